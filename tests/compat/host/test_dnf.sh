#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rpm and dnf 4 in a throw-away root: what is installed, what is on offer.
set -u

build=$VDI_TEST_BUILD
here=$VDI_TEST_SOURCE/tests/compat/host
. "$here/said.sh"
. "$here/rpm_root.sh"
if missing=$(missing_tool rpm rpmbuild dnf createrepo_c modifyrepo_c); then
    echo "SKIP: dnf in a throw-away root: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
root=$lab/root

fetch()
{
    rm -rf "$root/var/cache/dnf"
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/nonexistent \
        dnf --installroot="$root" -q makecache >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
}

mkdir -p "$root/etc/dnf" "$root/etc/yum.repos.d" "$root/$rpms" "$root/etc/vdi/orgs"
printf 'ID=fedora\nVERSION_ID=41\n' >"$root/etc/os-release"
printf '[main]\ngpgcheck=0\nplugins=0\nbest=True\n' >"$root/etc/dnf/dnf.conf"
printf '[lab]\nname=lab\nbaseurl=file://%s/repo\nenabled=1\n' "$lab" >"$root/etc/yum.repos.d/lab.repo"

fails "an empty database is damage" "rpm knows of no installed package" installed

cat >"$lab/before" <<'END'
libexample1 1 1.0-1 x86_64
client 0 1.0-1 noarch Requires: libexample1
bystander 0 1.0-1 noarch
old 0 1.0-1 noarch
stuck 0 1.0-1 noarch
freerdp-libs 2 3.10.3-1 x86_64
rpm 0 4.18-1 x86_64
END
build_rpms "$lab/before"
install_rpms libexample1-1.0-1 client-1.0-1 bystander-1.0-1 old-1.0-1 stuck-1.0-1 \
    freerdp-libs-3.10.3-1 rpm-4.18-1
is "what is installed" "rpm/fedora/bystander 1.0-1 noarch
rpm/fedora/client 1.0-1 noarch
rpm/fedora/freerdp-libs 2:3.10.3-1 x86_64
rpm/fedora/libexample1 1:1.0-1 x86_64
rpm/fedora/old 1.0-1 noarch
rpm/fedora/rpm 4.18-1 x86_64
rpm/fedora/stuck 1.0-1 noarch" installed
is "the machine" "back-end dnf
arch x86_64
engine 3.10.3" facts
fails "nothing was fetched yet" "Cache-only enabled but no cache for 'lab'" offers

cat >"$lab/after" <<'END'
libexample1 1 2.0-1 x86_64
client 0 2.0-1 noarch Requires: libexample1 >= 1:2.0; Requires: libnew
bystander 0 1.1-1 noarch
libnew 0 1.0-1 noarch Obsoletes: old < 2
stuck 0 2.0-1 noarch Requires: nothing-has-this
END
build_rpms "$lab/after"
make_repository
fetch
is "all that is on offer" "bystander noarch 1.0-1 -> 1.1-1
client noarch 1.0-1 -> 2.0-1
libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" offers
is "with that version held, and what needs it" "bystander noarch 1.0-1 -> 1.1-1
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" offers libexample1 1:2.0-1
is "a hold of another version changes nothing" "$(ask offers)" offers libexample1 1:1.9-1
is "what one version brings along" "client noarch 1.0-1 -> 2.0-1
libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" bring client noarch 2.0-1
is "what one version brings alone" "libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security" \
    bring libexample1 x86_64 1:2.0-1
fails "a version that nobody has" "Unable to find a match: libexample1-1:7-1" bring libexample1 x86_64 1:7-1
fails "a version that cannot be installed" "stuck" bring stuck noarch 2.0-1
fails "a version that is there already" "dnf cannot install bystander 1.0-1" bring bystander noarch 1.0-1

judged 80 "for dnf cannot be told yet: libexample1 1:2.0-1." pkg:rpm/fedora/libexample1 'vers:rpm/>=1:2.0|<1:2.1'
judged 0 "Nothing that is known here would be broken" pkg:rpm/fedora/libexample1 'vers:rpm/>=1:2.1|<1:3'

# Other people's wishes.
printf 'excludepkgs=libexample1\n' >>"$root/etc/dnf/dnf.conf"
is "an administrator's exclude counts" "bystander noarch 1.0-1 -> 1.1-1
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" offers
judged 0 "Nothing that is known here would be broken" pkg:rpm/fedora/libexample1 'vers:rpm/>=1:2.0|<1:2.1'
sed -i '/^excludepkgs/d' "$root/etc/dnf/dnf.conf"

# No network: the repository is gone, the cache is older than it may be.
mv "$lab/repo" "$lab/elsewhere"
printf 'metadata_expire=1\n' >>"$root/etc/dnf/dnf.conf"
is "what was fetched last is what is on offer" "bystander noarch 1.0-1 -> 1.1-1
client noarch 1.0-1 -> 2.0-1
libexample1 x86_64 1:1.0-1 -> 1:2.0-1 security
libnew noarch - -> 1.0-1
old noarch 1.0-1 -> -" offers

no_network
mkdir -p "$root/run"
: >"$root/run/ostree-booted"
fails "of an image dnf knows nothing" "replaced as a whole" offers
rm "$root/run/ostree-booted"
# A prepared off-line update is what is pending.
mkdir -p "$root/var/lib/PackageKit"
printf '[update]\nprepared_ids=bystander;1.1-1;noarch;lab,client;1.0-1;noarch;lab\n' \
    >"$root/var/lib/PackageKit/prepared-update"
is "what is prepared comes first" "of packagekit
bystander noarch 1.0-1 -> 1.1-1" pending

# What was foreseen is what happens.
mv "$lab/elsewhere" "$lab/repo"
foresee
echo "%_dbpath /$rpms" >"$lab/.rpmmacros"
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME="$lab" \
    dnf --installroot="$root" -C -q -y --nobest upgrade >"$lab/out" 2>&1 || cat "$lab/out"
comes_true

# A database that is cut anywhere is never a shorter list.
database=$root/$rpms/rpmdb.sqlite
sqlite_whole=$(ask installed)
rm -f "$database-wal" "$database-shm"
cp "$database" "$lab/whole"
size=$(wc -c <"$database")
for part in 0 1 30 70 99 100; do
    head -c $((size * part / 100)) "$lab/whole" >"$database"
    rm -f "$database-wal" "$database-shm"
    said=$(ask installed 2>/dev/null)
    if [ -z "$said" ] || [ "$said" = "$sqlite_whole" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: a database cut at $part % is believed: $said"
    fi
done
finish
