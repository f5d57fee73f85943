#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A repository that somebody has changed on its way: the last good list stays, byte for byte, what it
# holds is held, it is said, and it is recorded.
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"
audit=$root/var/lib/vdi/audit.jsonl
now=2026-12-01T00:00:00Z

needs_root "a changed repository"

guard()
{
    verb=$1
    shift
    "$build/compat/vdi-guard" "$verb" --root "$root" --simulation "$lab/system.json" --now "$now" "$@"
}

manifest()
{
    "$build/compat/vdi-manifest" "$@" --now "$now" >"$lab/made" 2>&1 || { cat "$lab/made"; exit 1; }
}

believed()
{
    (cd "$root/var/lib/vdi/orgs/corp" && find . -type f ! -name '.*' -exec sha256sum {} + | sort)
}

# release ID: the next list, with one rule more.
release()
{
    manifest draft "$lab/corp" --id "$1" --bad pkg:deb/debian/lib=2.0 --fixed 2.1 \
        --title-en 'The client breaks' --message-en 'Wait.' --expires 2027-12-01
    manifest sign "$lab/corp"
    manifest publish "$lab/corp" --to "$lab/web"
}

# refuses NAME STATUS PATTERN: what lies in the web root now is not believed.
refuses()
{
    believed >"$lab/before"
    : >"$audit"
    check "$1" "$2" "$3" guard refresh
    believed >"$lab/after"
    holds "$1: what is believed stays" cmp "$lab/before" "$lab/after"
    check "$1: it is recorded" 0 '"event":"refused".*"corp"' cat "$audit"
    check "$1: what was held is held" 0 'held: lib 2.0' guard status
    serve second # an honest refresh in between: what is said twice in a row is recorded once
    check "$1: and the next refresh goes on" 0 '1 version is held' guard refresh
    serve good
}

# serve FOLDER: as the web root.
serve()
{
    rm -rf "$lab/web"
    cp -r "$lab/$1" "$lab/web"
}

# newest ROLE: its file in the web root.
newest()
{
    ls "$lab"/web/*."$1".json | sort -V | tail -n 1
}

umask 022
mkdir -p "$root/etc/vdi/orgs/corp"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
printf '{"format": 1, "installed": [{"name": "lib", "version": "1.0"}],
    "offered": [{"name": "lib", "version": "2.0"}]}' >"$lab/system.json"
manifest init "$lab/corp" --id corp
release R1
cp "$lab/corp/metadata/1.root.json" "$root/etc/vdi/orgs/corp/root.json"
printf '[organisation]\nurl = %s\n' "$lab/web" >"$root/etc/vdi/orgs/corp/org.conf"
cp -r "$lab/web" "$lab/first"
release R2
check "the machine has the second list" 0 '1 version is held' guard refresh
cp -r "$lab/web" "$lab/second"
release R3
cp -r "$lab/web" "$lab/good"

sed -i 's/"sig": ".*"/"sig": ""/' "$lab/web/timestamp.json"
refuses "without a signature" 75 'not signed by those'
sed -i 's/"expires": "2/"expires": "3/' "$lab/web/timestamp.json"
refuses "one bit of the timestamp" 75 'not signed by those'
sed -i 's/"scheme": "ed25519"/"scheme": "ed448"/' "$lab/web/1.root.json"
cp "$lab/web/1.root.json" "$lab/web/2.root.json"
refuses "a scheme that nobody knows" 75 'corp'
cp "$lab/web/1.root.json" "$lab/web/2.root.json"
refuses "the same root again" 75 'older than the one already here'
cp "$lab/first"/* "$lab/web"
refuses "an older list" 75 'older than the one already here'
printf '{"signed": {}}' >"$lab/web/timestamp.json"
refuses "something else" 75 'cannot be read'
sed -i 's/"version": [0-9]*/"version": 99999999999999999999/' "$lab/web/timestamp.json"
refuses "a version beyond all numbers" 75 'corp'

# What was announced and verified, and then comes otherwise: the chain goes on, the list does not.
sed -i 's/"expires": "2/"expires": "3/' "$(newest targets)"
: >"$audit"
check "one bit of the targets" 75 'damaged or changed on its way' guard refresh
check "one bit of the targets: the second list is what counts" 0 'corp: list 2' guard status
check "one bit of the targets: it is recorded" 0 '"event":"refused".*"corp"' cat "$audit"
serve good
check "the honest list is believed afterwards" 0 '1 version is held' guard refresh
check "and is the third" 0 'corp: list 3' guard status

# The same version, made twice: two copies of the author's folder, or somebody who has the key.
manifest renew "$lab/corp"
now=2026-12-02T01:00:00Z
cp -r "$lab/corp" "$lab/twin-of-third"
manifest renew "$lab/corp"
manifest publish "$lab/corp" --to "$lab/web"
check "the machine follows the first of two" 0 '1 version is held' guard refresh
believed >"$lab/before"
: >"$audit"
now=2026-12-02T02:00:00Z
manifest renew "$lab/twin-of-third"
cp "$lab"/twin-of-third/metadata/* "$lab/web"
check "the same version with other content" 0 'same version had other content' guard refresh
believed >"$lab/after"
holds "the same version: the first one stays" cmp "$lab/before" "$lab/after"
check "the same version: it is recorded" 0 '"event":"refused".*other content' cat "$audit"

finish
