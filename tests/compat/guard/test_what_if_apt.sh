#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-guard check --pending auto and what-if with real apt in a root of its own: what would come, what
# comes along, and what is not to be had.
set -u

. "$VDI_TEST_SOURCE/tests/compat/guard/apt_root.sh"
if missing=$(missing_tool); then
    echo "SKIP: what apt would bring along: needs $missing"
    exit 77
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
chmod 755 "$lab"
build=$VDI_TEST_BUILD
source=$VDI_TEST_SOURCE
. "$VDI_TEST_SOURCE/tests/support/check.sh"

make_root
make_package lib 1.0
make_package remmina 1.4
make_package bystander 1.0
index_repository
run_apt update >"$lab/out" 2>&1 && run_apt install -y lib remmina bystander >"$lab/out" 2>&1 ||
    { cat "$lab/out"; exit 1; }
make_package lib 2.0
make_package bystander 1.1
index_repository
run_apt update >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
cat >"$lab/rules.json" <<'END'
{"schema": "https://vigie.example/manifest/1", "id": "corp", "issued": "2026-11-20T08:00:00Z", "rules": [
  {"id": "R1", "effect": "block", "title": {"en": "It breaks"}, "message": {"en": "Wait."},
   "when": {"all": [{"package": {"purl": "pkg:deb/debian/lib", "version": "vers:deb/>=2.0|<2.1"}},
                    {"client": {"id": "remmina", "version": "vers:generic/<2.0"}}]},
   "expires": "2026-12-31T00:00:00Z"}]}
END
now="--now 2026-11-22T08:00:00Z --manifest $lab/rules.json"

check "as it is" 0 'Nothing that is known here' guard check $now
check "what is pending breaks it" 80 'Would be held: lib 2.0' guard check $now --pending auto
check "apt says so" 80 'Pending, as apt says: 2 changes' guard check $now --pending auto
check "so does what is named" 80 'then block: It breaks' guard what-if $now lib=2.0
check "the other update does not" 0 'bystander 1.0 → 1.1' guard what-if $now bystander=1.1
check "what is not to be had is judged alone, and said" 80 'it is judged without' \
    guard what-if $now lib=2.0.9

# The client that works is out, and wants that library.
make_package remmina 2.0 'lib (>= 2.0)'
index_repository
run_apt update >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
check "with its cure all of it passes" 0 'would be broken' guard check $now --pending auto
check "the cure brings the library along" 0 'lib 1.0 → 2.0 (comes along)' guard what-if $now remmina=2.0
check "and without what comes along it is another question" 0 '' \
    sh -c '"$@" | grep "comes along" || true' sh "$build/compat/vdi-guard" what-if $now remmina=2.0 --alone \
    --root "$root" --apt-config "$lab/apt.conf"
check "nothing was changed" 0 '1.0 1.4 1.0' \
    echo "$(version_of lib) $(version_of remmina) $(version_of bystander)"
check "and nothing is pinned" 0 '' ls "$root/etc/apt/preferences.d"
finish
