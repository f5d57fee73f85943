#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# pacman in a throw-away root: what is installed, what is on offer.
set -u

build=$VDI_TEST_BUILD
here=$VDI_TEST_SOURCE/tests/compat/host
. "$here/said.sh"
. "$here/pacman_root.sh"
if missing=$(missing_tool pacman repo-add bsdtar); then
    echo "SKIP: pacman in a throw-away root: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
root=$lab/root
make_pacman_root

make_alpm libexample1 1.0-1 x86_64
make_alpm client 1.0-1 any 'depend = libexample1'
make_alpm bystander 1.0-1 any
make_alpm old 1.0-1 any
make_alpm older 3.0-1 any
make_alpm freerdp 2:3.10.3-1 x86_64
make_alpm pacman 6.0.2-1 x86_64
install_alpm
is "what is installed" "alpm/arch/bystander 1.0-1 any
alpm/arch/client 1.0-1 any
alpm/arch/freerdp 2:3.10.3-1 x86_64
alpm/arch/libexample1 1.0-1 x86_64
alpm/arch/old 1.0-1 any
alpm/arch/older 3.0-1 any
alpm/arch/pacman 6.0.2-1 x86_64" installed
is "the machine" "back-end pacman
arch x86_64
engine 3.10.3" facts
fails "nothing was fetched yet" "pacman -Sy" offers

make_alpm libexample1 1:1.1-1 x86_64
make_alpm client 2.0-1 any 'depend = libexample1>=1:1.1'
make_alpm bystander 1.1-1 any
make_alpm libnew 2.0-1 any 'replaces = old<2' 'conflict = old' 'replaces = older<2' \
    'optdepend = Name: : of nothing'
offer_alpm
all="bystander any 1.0-1 -> 1.1-1
client any 1.0-1 -> 2.0-1
libexample1 x86_64 1.0-1 -> 1:1.1-1
libnew any - -> 2.0-1
old any 1.0-1 -> -"
rest="bystander any 1.0-1 -> 1.1-1
libnew any - -> 2.0-1
old any 1.0-1 -> -"
is "all that is on offer" "$all" offers
is "with that version held, and what needs it" "$rest" offers libexample1 1:1.1-1
is "a hold of another version changes nothing" "$all" offers libexample1 1:1.2-1
is "what one version brings along" "client any 1.0-1 -> 2.0-1
libexample1 x86_64 1.0-1 -> 1:1.1-1" bring client any 2.0-1
is "what one version brings alone" "libexample1 x86_64 1.0-1 -> 1:1.1-1" bring libexample1 x86_64 1:1.1-1
fails "a version that nobody has" "pacman cannot install libexample1 7-1" bring libexample1 x86_64 7-1
fails "a package that nobody has" "target not found: nothing" bring nothing any 1-1

judged 80 "for pacman cannot be told yet: libexample1 1:1.1-1." pkg:alpm/arch/libexample1 \
    'vers:alpm/>=1:1.1|<1:1.2'

sed -i 's/^SigLevel.*/&\nIgnorePkg = libexample1/' "$root/etc/pacman.conf"
is "an administrator's IgnorePkg counts" "$rest" offers
sed -i '/^IgnorePkg/d' "$root/etc/pacman.conf"

cp "$root/var/lib/pacman/sync/lab.db" "$lab/whole"
size=$(wc -c <"$lab/whole")
for part in 0 20 50 80 99; do
    head -c $((size * part / 100)) "$lab/whole" >"$root/var/lib/pacman/sync/lab.db"
    said=$(ask offers 2>/dev/null)
    if [ -z "$said" ] || [ "$said" = "$all" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: a list cut at $part % is believed: $said"
    fi
done
cp "$lab/whole" "$root/var/lib/pacman/sync/lab.db"

no_network
mkdir -p "$root/var/lib/PackageKit"
printf 'bystander;1.1-1;any;lab\n' >"$root/var/lib/PackageKit/prepared-update"
is "what is prepared comes first" "of packagekit
bystander any 1.0-1 -> 1.1-1" pending

: >"$root/var/lib/pacman/db.lck"
fails "while pacman is at work nothing is believed" "pacman is at work" installed
fails "nor offered" "pacman is at work" offers
rm "$root/var/lib/pacman/db.lck"
is "and then all is as before" "$all" offers

# What was foreseen is what happens.
foresee
sed -i "s|^Server.*|Server = file://$lab/repo|" "$root/etc/pacman.conf"
run_pacman -Su
comes_true
finish
