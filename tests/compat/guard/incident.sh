#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The incident, replayed: a library's update would cut people off from their desktops. An
# organisation publishes one rule; the guard holds that version while the other updates install;
# the fixed version comes and installs by itself. Real apt, in a root of its own.
#
#   incident.sh BUILD FOLDER [SOURCE]
#
# Prints each step for people; ends with status 0 only when every step was as it must be.
set -eu

build=$(cd "$1" && pwd)
lab=$2
source=${3:-$(cd "$(dirname "$0")/../../.." && pwd)}
. "$source/tests/compat/guard/apt_root.sh"

step()
{
    printf '\n== %s\n' "$*"
}

show()
{
    sed 's/^/   /' "$1"
}

die()
{
    printf 'incident: %s\n' "$*" >&2
    exit 1
}

# expect WHAT ACTUAL EXPECTED
expect()
{
    [ "$2" = "$3" ] || die "$1 is \"$2\", but \"$3\" is due"
    printf '   %s: %s\n' "$1" "${2:-none}"
}

mkdir -p "$lab"
lab=$(cd "$lab" && pwd)
out=$lab/out
manifest=$build/compat/vdi-manifest

step "A computer with a library, a tool that uses it, and a bystander"
make_root
make_package libexample1 1.0-1
make_package example-tool 1.0-1 'libexample1 (>= 1.0)'
make_package bystander 1.0-1
index_repository
run_apt update >"$out" 2>&1 || { show "$out"; die "apt-get update failed"; }
run_apt install -y libexample1 example-tool bystander >"$out" 2>&1 ||
    { show "$out"; die "the first installation failed"; }
expect "libexample1" "$(version_of libexample1)" 1.0-1
use_hook

step "Patch day: the archive offers newer versions of all, one of which breaks the client"
make_package libexample1 1.1-1
make_package example-tool 1.1-1 'libexample1 (>= 1.0)'
make_package bystander 1.1-1
index_repository
run_apt update >"$out" 2>&1 || { show "$out"; die "apt-get update failed"; }
run_apt -s upgrade | sed -n 's/^Inst /   would install: /p'

step "The organisation says so, in four commands"
"$manifest" init "$lab/example" --id example >"$out" || die "init failed"
"$manifest" draft "$lab/example" --id VDI-2026-001 --bad pkg:deb/debian/libexample1=1.1-1 \
    --fixed 1.2-1 \
    --title-en 'The desktop client cannot connect with this libexample1' \
    --title-fr 'Avec ce libexample1, le client ne peut pas se connecter' \
    --message-en 'Wait for {package} {fixed}; it will install by itself.' \
    --message-fr 'Attendez {package} {fixed}, qui s’installera tout seul.' >"$out" || die "draft failed"
"$manifest" sign "$lab/example" >"$out" || die "sign failed"
"$manifest" publish "$lab/example" --to "$lab/web" >"$out" || die "publish failed"
mkdir -p "$root/etc/vdi/orgs/example"
cp "$lab/example/metadata/1.root.json" "$root/etc/vdi/orgs/example/root.json"
printf '[organisation]\nurl = %s\n' "$lab/web" >"$root/etc/vdi/orgs/example/org.conf"
printf '   published: %s\n' "$(ls "$lab/web" | tr '\n' ' ')"

step "The guard believes the rule, and holds that one version"
guard refresh >"$out" 2>&1 || { show "$out"; die "refresh failed"; }
guard status >"$out" 2>&1 || { show "$out"; die "status failed"; }
show "$out"
grep -q 'The desktop client cannot connect with this libexample1' "$out" || die "it is not said why"
LANGUAGE=fr guard status >"$out" 2>&1 || { show "$out"; die "status failed"; }
grep -q 'Avec ce libexample1, le client ne peut pas se connecter' "$out" || { show "$out"; die "nor in French"; }
sed 's/^/   | /' "$root/etc/apt/preferences.d/vigie.pref" || die "there is no pin"
cp "$root/etc/apt/preferences.d/vigie.pref" "$lab/pins"
cp "$root/var/lib/vdi/holds.json" "$lab/holds"
guard refresh >"$out" 2>&1 || { show "$out"; die "the second refresh failed"; }
cmp "$lab/pins" "$root/etc/apt/preferences.d/vigie.pref" || die "the second refresh pins otherwise"
cmp "$lab/holds" "$root/var/lib/vdi/holds.json" || die "the second refresh holds otherwise"
echo "   a second refresh gives the same holds to the byte"

step "apt-get upgrade: the others install, that one does not"
run_apt upgrade -y >"$out" 2>&1 || { show "$out"; die "apt-get upgrade failed"; }
expect "bystander" "$(version_of bystander)" 1.1-1
expect "example-tool" "$(version_of example-tool)" 1.1-1
expect "libexample1" "$(version_of libexample1)" 1.0-1
status=0
guard check >"$out" 2>&1 || status=$?
expect "vdi-guard check" "$status" 0

step "Asked for by name, it is refused at the last gate"
status=0
run_apt install -y libexample1=1.1-1 >"$out" 2>&1 || status=$?
grep '^vdi-hook:' "$out" | sed 's/^/   /' || { show "$out"; die "the hook said nothing"; }
expect "apt-get's exit status" "$status" 100
expect "libexample1" "$(version_of libexample1)" 1.0-1
grep -q 'VDI-2026-001' "$out" || die "the rule is not named"
grep -q 'libexample1 1.1-1 must not be installed now' "$out" || die "the package is not named"
grep -q 'It ends with libexample1 1.2-1 or later' "$out" || die "it is not said what would end it"
grep -q '"event":"stopped"' "$root/var/lib/vdi/audit.jsonl" || die "it was not recorded"

step "The fixed version comes, and installs by itself"
make_package libexample1 1.2-1
index_repository
run_apt update >"$out" 2>&1 || { show "$out"; die "apt-get update failed"; }
[ ! -e "$root/etc/apt/preferences.d/vigie.pref" ] || die "the pin outlived its reason"
echo "   the pin is gone: apt-get update has asked the guard"
run_apt upgrade -y >"$out" 2>&1 || { show "$out"; die "apt-get upgrade failed"; }
expect "libexample1" "$(version_of libexample1)" 1.2-1
guard status >"$out" 2>&1 || { show "$out"; die "status failed"; }
show "$out"

step "What was decided, and when"
sed 's/^/   /' "$root/var/lib/vdi/audit.jsonl"
