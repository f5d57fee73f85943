#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A list that grows old while the repository cannot be reached, a clock that goes wrong, and a timer
# that looks now and then: what is held, what is said, and what stays as it was. Time is given.
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"

needs_root "a list that grows old"

# guard WHEN COMMAND…
guard()
{
    now=$1
    verb=$2
    shift 2
    "$build/compat/vdi-guard" "$verb" --root "$root" --simulation "$lab/system.json" --now "$now" "$@"
}

# silent PATTERN: what was said last holds no such line.
silent()
{
    cp "$lab/out" "$lab/said"
    check "and nobody is told: $1" 1 '' grep -- "$1" "$lab/said"
}

# system INSTALLED-VERSION: of the library that the rule is about.
system()
{
    printf '{"format": 1, "installed": [{"name": "lib", "version": "%s"}],
        "offered": [{"name": "lib", "version": "2.0"}]}' "$1" >"$lab/system.json"
}

# What is believed, byte for byte.
believed()
{
    (cd "$root/var/lib/vdi/orgs/corp" && find . -type f ! -name '.memory.json' ! -name .lock \
        -exec sha256sum {} + | sort)
}

unchanged()
{
    believed >"$lab/now"
    check "nothing new is believed: $1" 0 '' cmp "$lab/before" "$lab/now"
}

umask 022
mkdir -p "$root/etc/vdi/orgs/corp"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
# How long a package is held in all is another question (test_holds).
printf '[hold]\nlongest-days = 90\n' >"$root/etc/vdi/guard.conf"
system 1.0
start=2026-12-01T00:00:00Z
manifest init "$lab/corp" --id corp --now "$start"
manifest draft "$lab/corp" --id R1 --bad pkg:deb/debian/lib=2.0 --fixed 2.1 \
    --title-en 'The client breaks' --message-en 'Wait.' --expires 2027-12-01 --now "$start"
manifest sign "$lab/corp" --now "$start"
manifest publish "$lab/corp" --to "$lab/web" --now "$start"
cp "$lab/corp/metadata/1.root.json" "$root/etc/vdi/orgs/corp/root.json"
printf '[organisation]\nurl = %s\n' "$lab/web" >"$root/etc/vdi/orgs/corp/org.conf"

# ---- off line, beyond expiry: the timestamp is good for seven days ----
check "what breaks is held" 0 '1 version is held' guard "$start" refresh
believed >"$lab/before"
mv "$lab/web" "$lab/away"
check "off line, and still fresh" 75 '1 version is held' guard 2026-12-07T23:59:59Z refresh
check "expired: the hold is released" 75 '0 versions are held' guard 2026-12-08T00:00:00Z refresh
check "by the package manager too" 0 'Nothing is held' guard 2026-12-08T00:00:00Z status
check "whoever asks is told" 0 'grace' guard 2026-12-08T00:00:00Z status
unchanged "off line"
system 2.0
check "a block advises" 0 '^advise: The client breaks' guard 2026-12-10T00:00:00Z check
silent '^vdi-guard: .*out of date'
check "to the last second of the grace" 0 '^advise' guard 2026-12-15T00:00:00Z check
silent '^vdi-guard: '
check "then it is no information, and is said" 75 'too long ago' guard 2026-12-15T00:00:01Z check
silent '^advise'
system 1.0
mv "$lab/away" "$lab/web"
check "an expired list is not believed as new" 75 'has expired' guard 2026-12-16T00:00:00Z refresh
unchanged "expired"
manifest renew "$lab/corp" --now 2026-12-16T00:00:00Z
manifest publish "$lab/corp" --to "$lab/web" --now 2026-12-16T00:00:00Z
check "renewed, it holds again" 0 '1 version is held' guard 2026-12-16T01:00:00Z refresh
believed >"$lab/before"

# ---- a clock that goes wrong ----
check "ten years back: advice" 0 '0 versions are held' guard 2016-12-16T02:00:00Z refresh
check "it is the clock" 0 'clock is behind' guard 2016-12-16T02:00:00Z status
unchanged "ten years back"
check "and right again: held" 0 '1 version is held' guard 2026-12-16T02:00:00Z apply
check "ten years on: nothing is held" 75 '0 versions are held' guard 2036-12-16T02:00:00Z refresh
check "it may be the clock" 0 "clock is ahead" guard 2036-12-16T02:00:00Z status
unchanged "ten years on"
check "right again: what the clock said is forgotten" 0 'corp: list 1, fresh' \
    guard 2026-12-16T03:00:00Z status
check "a refresh is due, whatever was tried in that future" 0 'A refresh is due' \
    guard 2026-12-16T03:00:00Z status
check "and holds" 0 '1 version is held' guard 2026-12-16T03:00:00Z refresh
for when in 1970-01-01T00:00:01Z 2038-01-19T03:14:08Z 2099-12-31T23:59:59Z; do
    guard "$when" apply >/dev/null 2>&1
done
check "however it jumped" 0 '1 version is held' guard 2026-12-16T03:01:00Z apply
unchanged "jumps"

# ---- a timer that looks now and then ----
printf 'refresh-minutes = 1440\n' >>"$root/etc/vdi/orgs/corp/org.conf"
check "a refresh by hand always goes" 0 '1 version is held' guard 2026-12-22T23:00:00Z refresh
mv "$lab/web" "$lab/away"
check "the next one is later" 0 'next refresh is due at' guard 2026-12-22T23:00:01Z status
check "the same for programs" 0 '"next-refresh": "2026-12-2' guard 2026-12-22T23:00:01Z status --json
check "not due: nothing is done, and nothing said" 0 '' guard 2026-12-22T23:00:01Z refresh --if-due
check "what has ended meanwhile is let go all the same" 0 '0 versions are held' \
    guard 2026-12-23T00:00:00Z refresh --if-due
check "once" 0 '' guard 2026-12-23T00:00:01Z refresh --if-due
check "due" 75 'corp' guard 2026-12-24T00:00:00Z refresh --if-due

# ---- the same by another user, who only fills the incoming folder ----
if command -v setpriv >/dev/null 2>&1; then
    mv "$lab/away" "$lab/web"
    manifest renew "$lab/corp" --now 2026-12-24T00:00:00Z
    manifest publish "$lab/corp" --to "$lab/web" --now 2026-12-24T00:00:00Z
    incoming=$root/var/lib/vdi/incoming/corp
    mkdir -p "$incoming"
    chown 65534:65534 "$incoming"
    chmod -R a+rX "$lab"
    cp "$build/compat/vdi-guard" "$lab/vdi-guard"
    for second in 00 01; do
        check "another user's timer, $second" 0 '' setpriv --reuid=65534 --regid=65534 --clear-groups \
            "$lab/vdi-guard" refresh --if-due --root "$root" --now "2026-12-24T01:00:${second}Z"
    done
    check "it went once" 0 '"tried": "2026-12-24T01:00:00Z"' cat "$incoming/.memory.json"
    check "whoever asks is told when it goes again" 0 'next refresh is due at' \
        guard 2026-12-24T01:00:02Z status
    check "root believes what it brought" 0 '1 version is held' guard 2026-12-24T01:00:03Z apply
    rm "$incoming/.memory.json"
    ln -s /etc/shadow "$incoming/.memory.json"
    check "and follows no link of its" 0 'corp: list 1, fresh' guard 2026-12-24T01:00:04Z status
fi

finish
