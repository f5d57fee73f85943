#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# zypper in a throw-away root: what is on offer, with people's locks and with ours tried.
set -u

build=$VDI_TEST_BUILD
here=$VDI_TEST_SOURCE/tests/compat/host
. "$here/said.sh"
. "$here/rpm_root.sh"
if missing=$(missing_tool rpm rpmbuild zypper repo2solv createrepo_c modifyrepo_c); then
    echo "SKIP: zypper in a throw-away root: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
root=$lab/root

# Of another distribution libzypp looks for its helper under another name, and for rpm's database
# where this machine has its own.
run_zypper()
{
    env -i PATH="$lab/bin:/usr/sbin:/usr/bin:/sbin:/bin" LC_ALL=C HOME="$lab/home" \
        zypper --root "$root" --non-interactive "$@" >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
}

mkdir -p "$root/etc/zypp/repos.d" "$root/$rpms" "$root/etc/vdi/orgs" "$lab/bin" "$lab/home"
ln -s /usr/bin/repo2solv "$lab/bin/repo2solv.sh"
echo "%_dbpath /$rpms" >"$lab/home/.rpmmacros"
printf 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.6"\n' >"$root/etc/os-release"
printf '[lab]\nname=lab\nbaseurl=file://%s/repo\nenabled=1\ngpgcheck=0\n' "$lab" \
    >"$root/etc/zypp/repos.d/lab.repo"

cat >"$lab/before" <<'END'
libexample1 1 1.0-1 x86_64
client 0 1.0-1 noarch Requires: libexample1
bystander 0 1.0-1 noarch
old 0 1.0-1 noarch
libfreerdp3-3 0 3.10.3-1 x86_64
END
build_rpms "$lab/before"
install_rpms libexample1-1.0-1 client-1.0-1 bystander-1.0-1 old-1.0-1 libfreerdp3-3-3.10.3-1
is "what is installed" "rpm/opensuse-leap/bystander 1.0-1 noarch
rpm/opensuse-leap/client 1.0-1 noarch
rpm/opensuse-leap/libexample1 1:1.0-1 x86_64
rpm/opensuse-leap/libfreerdp3-3 3.10.3-1 x86_64
rpm/opensuse-leap/old 1.0-1 noarch" installed
is "the machine" "back-end zypper
arch x86_64
engine 3.10.3" facts

cat >"$lab/after" <<'END'
libexample1 1 2.0-1 x86_64
client 0 2.0-1 noarch Requires: libexample1 >= 1:2.0; Requires: libnew
bystander 0 1.1-1 noarch
libnew 0 1.0-1 noarch Obsoletes: old < 2
END
build_rpms "$lab/after"
make_repository
run_zypper --no-gpg-checks refresh
all="bystander noarch 1.0-1 -> 1.1-1
client noarch 1.0-1 -> 2.0-1
libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -"
rest="bystander noarch 1.0-1 -> 1.1-1
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -"
is "all that is on offer" "$all" offers
is "with that version held" "$rest" offers libexample1 1:2.0-1
is "a hold of another version changes nothing" "$all" offers libexample1 1:1.9-1
is "what one version brings along" "client noarch 1.0-1 -> 2.0-1
libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" bring client noarch 2.0-1
fails "a version that nobody has" "No provider of" bring libexample1 x86_64 1:7-1
fails "a version that is there already" "zypper cannot install bystander" bring bystander noarch 1.0-1

judged 80 "for zypper cannot be told yet: libexample1 1:2.0-1." pkg:rpm/opensuse/libexample1 \
    'vers:rpm/>=1:2.0|<1:2.1'

run_zypper addlock libexample1
cp "$root/etc/zypp/locks" "$lab/locks"
is "an administrator's lock counts" "$rest" offers
is "also beside a hold of ours" "libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" offers bystander 1.1-1
if cmp -s "$lab/locks" "$root/etc/zypp/locks"; then
    passed=$((passed + 1))
else
    failed=$((failed + 1))
    echo "not as it must be: the administrator's locks were changed"
fi
rm "$root/etc/zypp/locks"

mv "$lab/repo" "$lab/elsewhere"
is "what was fetched last is what is on offer" "$all" offers
no_network
# What was foreseen is what happens.
mv "$lab/elsewhere" "$lab/repo"
foresee
run_zypper --no-gpg-checks update
comes_true
# The database of another system must not be taken for an empty one.
mv "$root/$rpms" "$root/gone"
fails "no database, no answer" "no package system" offers
finish
