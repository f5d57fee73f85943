#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The commands of vdi-guard, with their exit statuses and words, over a system that is written
# down: no package manager is asked.
here=$VDI_TEST_SOURCE/tests/compat/guard
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"

needs_root "the commands"

# system INSTALLED-VERSION: of the library that the rule is about.
system()
{
    cat >"$lab/system.json" <<END
{"format": 1, "installed": [{"name": "lib", "version": "$1"}, {"name": "x", "version": "1"}],
 "offered": [{"name": "lib", "version": "2.0"}, {"name": "x", "version": "2"}]}
END
}

umask 022
mkdir -p "$root/etc/vdi/orgs"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
system 1.0

check "no organisation" 75 'No compatibility information' guard check
check "status says so" 0 'No organisation guards this computer' guard status
manifest init "$lab/corp" --id corp
manifest draft "$lab/corp" --id R1 --bad pkg:deb/debian/lib=2.0 --fixed 2.1 \
    --title-en 'The client breaks' --title-fr 'Le client casse' --message-en 'Wait.'
manifest sign "$lab/corp"
manifest publish "$lab/corp" --to "$lab/web"
mkdir "$root/etc/vdi/orgs/corp"
cp "$lab/corp/metadata/1.root.json" "$root/etc/vdi/orgs/corp/root.json"
printf '[organisation]\nurl = %s %s\n' "$lab/nowhere" "$lab/web" >"$root/etc/vdi/orgs/corp/org.conf"

check "never fetched" 75 'no compatibility list of corp yet' guard check
check "the second address is tried, and the first is said" 0 '1 version is held' guard refresh
check "an unknown organisation" 78 'nobody' guard refresh nobody
check "clean" 0 'Nothing that is known here' guard check
check "clean, for programs" 0 '"effect": "none"' guard check --json
check "what is held is shown" 0 'held: lib 2.0' guard status
check "for programs too" 0 '"in-force": true' guard status --json
check "a rule is explained" 0 'R1 of corp: The client breaks' guard explain R1
check "with what is held for it" 0 'Held for it: lib 2.0' guard explain R1
check "and what would end that" 0 'It ends with lib 2.1 or later' guard explain R1
check "and what is here" 0 'not true: package pkg:deb/debian/lib >=2.0, <2.1; here it is 1.0' guard explain R1
check "what is pending would break" 80 'Would be held: lib 2.0' guard check --pending auto
check "also when it is held already, for programs" 80 '"effect-after": "block"' guard check --pending auto --json
check "so would what somebody names" 80 'then block: The client breaks' guard what-if lib=2.0
check "or not" 0 'Nothing that is known here would be broken' guard what-if lib=2.1 x=2
check "an unknown rule" 64 'R9' guard explain R9
system 2.0
check "broken" 80 '^block: The client breaks' guard check
check "what would cure it" 0 'Rule R1 of corp, which is true now, is not true after that' \
    guard what-if lib=2.1
check "a broken one is explained" 80 'It is true of this computer now' guard explain R1
check "broken, for programs" 80 '"rule": "R1"' guard check --json
check "broken, in French" 80 'Le client casse' env LC_ALL=fr_FR.UTF-8 \
    "$build/compat/vdi-guard" check --root "$root" --simulation "$lab/system.json"
system 1.0
check "a release needs a reason" 64 'reason' guard release R1 --for 24h
check "and an end" 64 'for' guard release R1 --reason why
check "and not too late a one" 64 'for' guard release R1 --for 31d --reason why
check "of a rule that there is" 64 'R9' guard release R9 --for 1h --reason why
check "a rule is released" 0 'Released until' guard release R1 --for 24h --reason 'payroll day'
check "then nothing is held" 0 'Nothing is held' guard status
check "the release is shown" 0 'released: R1 until .*payroll day' guard status
check "it ends by itself" 0 '1 version is held' guard apply --now "$(date -u -d '+25 hours' +%Y-%m-%dT%H:%M:%SZ)"
mv "$root/var/lib/vdi/releases.json" "$lab/releases.json"
mkdir "$root/var/lib/vdi/releases.json"
check "what cannot be recorded is lifted all the same" 73 'lifted, but only until' \
    guard release --all --for 1h --reason 'the disk is full'
check "nothing is enforced then" 0 gone \
    sh -c '[ -e "$1" ] || echo gone' sh "$root/var/lib/vdi/enforced.rules"
rmdir "$root/var/lib/vdi/releases.json"
mv "$lab/releases.json" "$root/var/lib/vdi/releases.json"
check "all rules are released" 0 'Released until' guard release --all --for 1h --reason 'emergency'
check "it is recorded" 0 '"event":"release"' cat "$root/var/lib/vdi/audit.jsonl"

# As another user: what is fetched lies in the incoming folder and is believed by root alone.
if command -v setpriv >/dev/null 2>&1; then
    other="setpriv --reuid=65534 --regid=65534 --clear-groups"
    manifest draft "$lab/corp" --id R2 --bad pkg:deb/debian/x=2 --fixed 3 \
        --title-en 'Another breaks' --message-en 'Wait.'
    manifest sign "$lab/corp"
    manifest publish "$lab/corp" --to "$lab/web"
    mkdir -p "$root/var/lib/vdi/incoming/corp"
    chown 65534:65534 "$root/var/lib/vdi/incoming/corp"
    chmod -R a+rX "$lab"
    cp "$build/compat/vdi-guard" "$lab/vdi-guard"
    cp "$root/var/lib/vdi/orgs/corp/rules.compiled" "$lab/before"
    check "another user fetches" 0 'nowhere' $other "$lab/vdi-guard" refresh corp --root "$root"
    check "and changes nothing that is believed" 0 same \
        sh -c 'cmp "$1" "$2" && echo same' sh "$lab/before" "$root/var/lib/vdi/orgs/corp/rules.compiled"
    check "may not apply" 77 'Only root' $other "$lab/vdi-guard" apply --root "$root"
    check "may not release" 77 'Only root' $other "$lab/vdi-guard" release R1 --for 1h --reason x \
        --root "$root"
    check "may look" 0 'R1' $other "$lab/vdi-guard" status --root "$root" --simulation "$lab/system.json"
    check "root believes it" 0 'held' guard apply
    check "and knows the new rule" 0 'R2 of corp' guard explain R2
fi

# The root of trust is what all else stands on.
trusted=$root/etc/vdi/orgs/corp/root.json
later=$(date -u -d '+26 hours' +%Y-%m-%dT%H:%M:%SZ)
system 2.0
check "blocked under its own root" 80 '^block' guard check --now "$later"
chmod 666 "$trusted"
check "nothing is refreshed under a root that others may write" 75 'others than root may write' \
    guard refresh corp
chmod 644 "$trusted"
mv "$trusted" "$lab/root.json"
check "without its root an organisation was left" 75 'no compatibility list of corp yet' \
    guard check --now "$later"
manifest init "$lab/other" --id other
cp "$lab/other/metadata/1.root.json" "$trusted"
check "another root does not vouch for what is stored" 75 'corp' guard check --now "$later"
mv "$lab/root.json" "$trusted"
check "with its root the rules count again" 80 '^block' guard check --now "$later"

printf x >>"$lab/web/timestamp.json"
check "a damaged repository is said, and the last good list stays" 75 'last good list stays' guard refresh corp
printf garbage >"$root/var/lib/vdi/orgs/corp/rules.compiled"
check "damaged compiled rules: the signed files are asked" 80 '^block' guard check --now "$later"
printf garbage >"$root/var/lib/vdi/orgs/corp/metadata/targets.json"
printf garbage >"$root/var/lib/vdi/orgs/corp/accepted.json"
check "damaged signed files: allowed, and said" 75 'cannot be used' guard check --now "$later"
check "also of what somebody names" 75 'cannot be used' guard what-if x=2 --now "$later"
check "and of a rule" 75 'cannot be used' guard explain R1 --now "$later"
check "a release works with a damaged store" 0 'Released until' guard release ANY --for 1h --reason x
touch "$root/var/lib/vdi/enforced.rules"
check "without a package system" 70 'package' \
    "$build/compat/vdi-guard" release --all --root "$root" --for 1h --reason x
check "the gate is open all the same" 0 gone \
    sh -c '[ ! -e "$1" ] && echo gone' sh "$root/var/lib/vdi/enforced.rules"
# This machine itself: what the engine that was built loads.
if [ -e "$build/protocol/rdp/vdi-session" ]; then
    cat >"$lab/loads.json" <<'END'
{"schema": "https://vigie.example/manifest/1", "id": "example", "issued": "2026-11-01T00:00:00Z",
 "rules": [{"id": "L1", "effect": "advise", "title": {"en": "T"}, "message": {"en": "M"},
            "when": {"library": {"soname": "libc.so.6"}}}]}
END
    check "a file of rules may ask what the engine loads" 0 'because of: library libc.so.6' \
        "$build/compat/vdi-guard" check --manifest "$lab/loads.json" --pending none
fi
check "no command" 64 'a command is due' "$build/compat/vdi-guard"
check "help" 0 'refresh' "$build/compat/vdi-guard" --help

finish
