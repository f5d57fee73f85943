#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What the specification demands of a repository (section 6), of one that vdi-manifest has written:
# released four times, with a new root in between.
#
#   tests/compat/trust/written.sh PROGRAM
set -eu

program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0 failed=0

# check SENTENCE COMMAND…
check()
{
    sentence=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence"
    fi
}

author()
{
    "$program" "$@" >said 2>&1 || { cat said; exit 1; }
}

release()
{
    author draft site --id "EX-$1" --bad pkg:deb/debian/a=1 --fixed 2 --title-en t --message-en m
    author sign site
    author publish site --to web
    cp -r web "web.$1"
}

author init site --id example-corp
release 1
release 2
author rotate site root --number 2 --threshold 2
author rotate site online
release 3
release 4

# version FILE: as it is signed.
version()
{
    sed -n 's/^    "version": \([0-9]*\),$/\1/p' "$1"
}

# announced FILE NAME MEMBER: what it says of the file NAME.
announced()
{
    sed -n "/^      \"$2\": {/,/^      }/s/^ *\"$3\": \"*\([0-9a-f]*\)\"*,*\$/\1/p" "$1"
}

newest()
{
    (cd web && ls) | grep "[.]$1[.]json\$" | sort -n | tail -n 1
}

metadata_bears_its_version()
{
    for file in web/*.root.json web/*.targets.json web/*.snapshot.json; do
        name=${file#web/}
        [ "${name%%.*}" = "$(version "$file")" ] || { echo "$file"; return 1; }
    done
    [ "$(ls web/*.targets.json | wc -l)" = 4 ]
}

targets_bear_their_hash()
{
    for file in web/*.compat.json; do
        name=${file#web/}
        [ "${name%%.*}" = "$(sha256sum "$file" | cut -d' ' -f1)" ] || { echo "$file"; return 1; }
    done
}

# One hash is listed, so there is one copy, under that hash.
every_listed_hash_has_its_copy()
{
    for file in web/*.targets.json; do
        hashes=$(sed -n '/"hashes": {/,/}/s/^ *"sha[0-9]*": "\([0-9a-f]*\)",*$/\1/p' "$file")
        [ -n "$hashes" ] || { echo "$file"; return 1; }
        for hash in $hashes; do
            [ -f "web/$hash.compat.json" ] || { echo "$file"; return 1; }
        done
    done
}

no_name_bears_a_prefix()
{
    ! grep -E '"[0-9a-f]+[.](root|targets|snapshot|compat)[.]json"|"[0-9]+[.].*[.]json"' web/*.json
}

root_says_consistent_snapshot()
{
    for file in web/*.root.json; do
        grep -q '^    "consistent_snapshot": true' "$file" || { echo "$file"; return 1; }
    done
}

timestamp_has_one_name()
{
    [ -f web/timestamp.json ] && [ -z "$(ls web | grep '[.]timestamp[.]json$')" ]
}

# What was once released is there for ever, as it was.
released_roots_stay()
{
    [ "$(ls web/*.root.json | wc -l)" -ge 2 ] || return 1
    for release in 1 2 3; do
        for file in web.$release/*.root.json; do
            cmp "$file" "web/${file#*/}" || return 1
        done
    done
}

# follows FILE NAME: FILE announces the newest version of NAME, its length and its hash.
announces()
{
    below=web/$(newest "$2")
    [ "$(announced "$1" "$2.json" version)" = "$(version "$below")" ] &&
        [ "$(announced "$1" "$2.json" length)" = "$(wc -c <"$below")" ] &&
        [ "$(announced "$1" "$2.json" sha256)" = "$(sha256sum "$below" | cut -d' ' -f1)" ]
}

# highest FOLDER ROLE: its newest version there.
highest()
{
    case $2 in
    timestamp) version "$1/timestamp.json" ;;
    *) (cd "$1" && ls) | sed -n "s/^\([0-9]*\)[.]$2[.]json\$/\1/p" | sort -n | tail -n 1 ;;
    esac
}

# With a release that changes no key, by one; a change of keys in between may use up some more.
versions_rise()
{
    for role in targets snapshot timestamp; do
        [ "$(highest web.1 $role)" = 1 ] && [ "$(highest web.2 $role)" = 2 ] &&
            [ "$(highest web.3 $role)" -gt 2 ] &&
            [ "$(highest web.4 $role)" = $(($(highest web.3 $role) + 1)) ] ||
            { echo "$role"; return 1; }
    done
}

# signatures FILE: how many keys have signed it.
signatures()
{
    sed '/^  "signed"/,$d' "$1" | grep -c '"keyid"'
}

root_is_signed_by_old_and_new()
{
    newest_root=web/$(newest root)
    [ "$(signatures web/1.root.json)" = 1 ] && [ "$(signatures web/2.root.json)" -ge 3 ] &&
        [ "$(signatures "$newest_root")" -ge 2 ]
}

check "every metadata file is written under its version" metadata_bears_its_version
check "every target is written under its hash" targets_bear_their_hash
check "there is a copy under every hash that is listed" every_listed_hash_has_its_copy
check "no name in metadata bears a version or a hash" no_name_bears_a_prefix
check "root says that snapshots are consistent" root_says_consistent_snapshot
check "timestamp is written without a version" timestamp_has_one_name
check "every root that was released stays" released_roots_stay
check "a new root is signed by old and new keys" root_is_signed_by_old_and_new
check "targets announce what is published" test -f "web/$(announced "web/$(newest targets)" compat.json sha256).compat.json"
check "snapshot announces the newest targets" announces "web/$(newest snapshot)" targets
check "timestamp announces the newest snapshot" announces web/timestamp.json snapshot
check "versions rise with every release" versions_rise

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
