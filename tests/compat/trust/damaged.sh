#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An author's folder in which one file is broken, gone or in the way, and every command over it: a
# sentence and a status that is documented, and what is published is followed as before.
#
#   tests/compat/trust/damaged.sh VDI-MANIFEST FOLLOW
set -eu

program=$(realpath "$1")
follow=$(realpath "$2")
if [ -w /dev/shm ]; then
    TMPDIR=/dev/shm
    export TMPDIR
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
passed=0 failed=0
now=2026-11-23T09:00:00Z

author() { "$program" "$@" --now $now; }

# A folder with all that there can be: a root and targets that wait, two of all the rest.
mkdir whole
cd whole
{
    author init site --root-keys 3 --targets-keys 2
    author sign site
    author publish site --to web
    author sign site
    mkdir others
    mv site/keys/root-1.pem site/keys/targets-1.pem others/
    author rotate site online
    author sign site --anew
    mv site/keys/root-2.pem others/
    author rotate site root --keep
    author sign site || true
    cp -a site copy
    author sign copy --keys others
} >../made 2>&1
hash=$(basename site/metadata/*.compat.json)
now=2026-11-26T09:00:00Z

# told COMMAND STATUS: it ended as docs/exit-codes.md says, with a sentence where it failed
told()
{
    case $2 in
    0) return 0 ;;
    65 | 69 | 70 | 73 | 75 | 76 | 78) grep -q '^vdi-manifest: \|refuses it\|BAD' ../said && return 0 ;;
    esac
    return 1
}

try()
{
    status=0
    author "$@" >../said 2>&1 || status=$?
    if told "$1" $status && "$follow" store web/1.root.json web $now >../followed; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $damage $file: $*: status $status"
        cat ../said ../followed
    fi
}

break_file()
{
    case $damage in
    garbled) [ -f "$1" ] && printf '{"signed": ' >"$1" ;;
    without) rm -f "$1" ;;
    blocked) rm -rf "$1" && mkdir -p "$1/in-the-way" ;;
    esac
}

cd ..
"$follow" first whole/web/1.root.json whole/web $now >/dev/null
for file in compat.json names.json keys/online.pem metadata/1.root.json \
    metadata/timestamp.json metadata/2.snapshot.json metadata/2.targets.json "metadata/$hash" \
    metadata/3.root.json staged/3.root.json staged/3.targets.json metadata/2.root.json \
    metadata/3.targets.json metadata/3.snapshot.json metadata/4.snapshot.json staged/4.snapshot.json \
    keys/root-3.pem keys/online-3.pem staged/timestamp.json webroot published; do
    for damage in garbled without blocked; do
        if [ $damage != blocked ] && [ ! -f "whole/site/$file" ]; then
            continue
        fi
        rm -rf case
        cp -a whole case
        break_file "case/site/$file"
        cd case
        try health site
        try verify site
        try diff site
        try renew site
        try sign copy --from site
        try sign site --from copy
        rm -rf site
        cp -a ../whole/site site
        break_file "site/$file"
        try sign site
        try sign site --keys others
        try publish site --to web
        try rotate site online --keep
        try revoke site online-2 --replace
        try sign site --anew --keys others
        try sign site
        try publish site --to web
        cd ..
    done
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
