#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# For tests of files that carry a repository: an author's folder, a throw-away system, and a person
# who is not root. Sourced; $lab is the test's folder, $person the command prefix that makes somebody
# else of us ("" when we are somebody else already).
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"
is_root=$([ "$(id -u)" -eq 0 ] && echo yes || echo no)
umask 022

# said NAME PATTERN: the last command said that too.
said()
{
    if grep -q -e "$2" "$lab/out"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not as it must be: $1: \"$2\" is missing in:"
        cat "$lab/out"
    fi
}

absent()
{
    [ ! -e "$1" ]
}

# author FOLDER: an organisation of that name with one rule, signed.
author()
{
    manifest init "$lab/$1" --id "$1"
    manifest draft "$lab/$1" --id "$1-1" --bad "pkg:deb/debian/lib-$1=2.0" \
        --fixed 2.1 --title-en "The client of $1 breaks" \
        --title-fr "Le client de $1 casse" --message-en 'Wait.' --message-fr 'Attendez.'
    manifest sign "$lab/$1"
}

# system NAME…: an update of lib-NAME to 2.0 is on offer, for each.
system()
{
    installed='' offered=''
    for lib in "$@"; do
        installed="$installed{\"name\": \"lib-$lib\", \"version\": \"1.0\"},"
        offered="$offered{\"name\": \"lib-$lib\", \"version\": \"2.0\"},"
    done
    printf '{"format": 1, "installed": [%s], "offered": [%s]}\n' "${installed%,}" "${offered%,}" \
        >"$lab/system.json"
}

# trust NAME: enrolled by hand, as an administrator does.
trust()
{
    mkdir -p "$root/etc/vdi/orgs/$1"
    cp "$lab/$1/metadata/1.root.json" "$root/etc/vdi/orgs/$1/root.json"
    printf '[organisation]\nurl = https://updates.example.com/%s\n' "$1" \
        >"$root/etc/vdi/orgs/$1/org.conf"
}

# state FOLDER: every file below it, with its content; what no refused file may change. The audit and
# locks are other people's.
state()
{
    (cd "$1" && find . -type f ! -name audit.jsonl ! -name '*.lock' ! -name '.lock' -exec sha256sum {} + |
        sort -k 2)
}

# forge FILE: a bundle that somebody changed, with the checksum that it should have now.
forge()
{
    {
        sed -n 's/^kind //p' "$1" | tr '\n' ' '
        sed -n 's/^organisation //p' "$1"
        sed -n '/^\(welcome\|metadata\|target\) /p' "$1" | while read -r word name; do
            sed -n "/^$word $name\$/,/^\$/p" "$1" | sed 1d | base64 -d >"$lab/member"
            printf '%s %s %s\n' "$word" "$name" "$(wc -c <"$lab/member")"
            cat "$lab/member"
        done
    } | sha256sum >"$lab/sum"
    sed -i "s/^sha256 .*/sha256 $(cut -d ' ' -f 1 <"$lab/sum")/" "$1"
}

in_days()
{
    date -u -d "+$1 days" +%Y-%m-%dT%H:%M:%SZ
}

# person COMMAND…: as somebody who is not root, with a home of their own in $lab/home.
person()
{
    if [ "$is_root" = yes ]; then
        set -- setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
    fi
    HOME=$lab/home XDG_CONFIG_HOME=$lab/home/.config XDG_STATE_HOME=$lab/home/.state "$@"
}

# There is a person, and no system-wide organisation in the way.
has_person()
{
    [ ! -e /etc/vdi/orgs ] || return 1
    [ "$is_root" = no ] || command -v setpriv >/dev/null 2>&1 || return 1
    mkdir -p "$lab/home" "$lab/bin"
    cp "$build/compat/vdi-guard" "$lab/bin/vdi-guard"
    [ "$is_root" = no ] || chown 65534:65534 "$lab/home"
}

mkdir -p "$root/etc" "$root/var/lib"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
