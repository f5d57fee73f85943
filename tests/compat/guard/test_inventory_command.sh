#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-guard inventory: of a system that is written down, of a file in each form, and of this machine,
# whose packages dpkg-query names one by one.
. "$VDI_TEST_SOURCE/tests/compat/guard/throwaway.sh"

fixtures=$VDI_TEST_SOURCE/tests/compat/inventory/forms
program=$build/compat/vdi-guard

# of FORMAT FILE [OPTION…]: that inventory in that form.
of()
{
    format=$1 file=$2
    shift 2
    "$program" inventory --from "$file" --format "$format" "$@"
}

# same FILE COMMAND…: it prints what the file holds.
same()
{
    file=$1
    shift
    "$@" | diff -u "$file" -
}

mkdir -p "$root/etc"
printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
echo bureau-17 >"$root/etc/hostname"
echo 0123456789abcdef0123456789abcdef >"$root/etc/machine-id"
cat >"$lab/system.json" <<'END'
{"format": 1, "installed": [{"name": "lib", "version": "1.0"}, {"name": "remmina", "version": "1.4.29-1", "arch": "amd64"}],
 "offered": [{"name": "lib", "version": "2.0", "security": true}]}
END

# ---- what is asked for, and what is not ----

check "the system below the root" 0 '"name":"remmina","version":"1.4.29-1","arch":"amd64"' guard inventory
check "its clients" 0 '{"id":"remmina","version":"1.4.29","package":"deb/remmina"}' guard inventory
holds "nothing tells this computer from others" sh -c \
    '! grep -qE "bureau|machine|0123456789" "$1/out"' sh "$lab"
check "nothing of what is pending" 0 '' sh -c \
    "'$program' inventory --root '$root' --simulation '$lab/system.json' | grep pending; true"
check "its name when it is asked for" 0 '"name": "bureau-17"' guard inventory --name
check "its number with it, and not the machine-id" 0 '"machine": "[0-9a-f]\{32\}"' guard inventory --name
holds "the machine-id stays here" sh -c '! grep -q 0123456789abcdef "$1/out"' sh "$lab"
check "what is on offer" 0 '"name":"lib","arch":"all","before":"1.0","after":"2.0","security":true' \
    guard inventory --pending
check "also in CycloneDX" 0 'pending' guard inventory --pending --format cyclonedx
check "osquery" 0 '"platform":"debian"' guard inventory --format osquery
check "a fleet of one" 0 '^@ bureau-17 .*os=debian' guard inventory --format fleet --name
check "an unknown form" 64 'vigie, osquery, cyclonedx or fleet' guard inventory --format spdx
check "osquery has no place for what is pending" 64 'pending' guard inventory --format osquery --pending
check "a file says itself what is pending" 64 'pending' guard inventory --from "$lab/x" --pending
check "a word too many" 64 'usage' guard inventory everything
check "no package system" 70 'no package system' "$program" inventory --root "$lab"

# ---- files ----

cp "$fixtures/vigie-linux.json" "$lab/linux"
sed -e '/"name": "bureau-17"/d' -e '/"machine"/d' "$lab/linux" >"$lab/nameless"
holds "our own form comes out as it went in" same "$lab/linux" of vigie "$lab/linux" --name
holds "without what tells it from others" same "$lab/nameless" of vigie "$lab/linux"
for form in cyclonedx fleet; do
    of $form "$lab/linux" --name >"$lab/there"
    of vigie "$lab/there" --name >"$lab/back"
    case $form in # the line form has no word for what is pending, nor whose package a client is
    fleet) holds "by way of $form the packages are the same" sh -c \
        'grep "\"type\":.*\"version\"" "$1" >"$1.p"; grep "\"type\":.*\"version\"" "$2" | diff "$1.p" -' \
        sh "$lab/linux" "$lab/back" ;;
    *) holds "by way of $form nothing is lost" diff -u "$lab/linux" "$lab/back" ;;
    esac
done
check "standard input" 0 '"build": "26100.7623"' sh -c \
    "'$program' inventory --from - <'$fixtures/osquery-windows.json'"
check "what has no place is said" 0 '1 package is left out' of osquery "$fixtures/cyclonedx-debian.json"
check "no such file" 78 "$lab/nowhere" of vigie "$lab/nowhere"
printf '{"format": 1, "packages": [{"type": "deb", "name": "a", "version": "1"}, {"type": "deb"' >"$lab/cut"
check "a file that is cut" 65 "$lab/cut: " of vigie "$lab/cut"
printf '{"format": 1, "packages": [{"type": "deb", "name": "a\\u001b[2J", "version": "1"}]}' >"$lab/escape"
check "an escape in a name is said with its place" 65 'packages\[0\]: name: ' of vigie "$lab/escape"
holds "and does not reach the terminal" sh -c '! grep -q "$(printf "\033")" "$1/out"' sh "$lab"
mkfifo "$lab/fifo"
check "a FIFO is not waited for" 70 'not a regular file' of vigie "$lab/fifo"

# ---- the rules of CycloneDX that can be checked here ----

python=/usr/bin/python3
if [ -x $python ]; then
    for file in "$fixtures"/*.json; do
        "$program" inventory --format cyclonedx --name --from "$file" >"$lab/bom.json"
        holds "a list of components keeps the rules: ${file##*/}" \
            $python "$VDI_TEST_SOURCE/tests/compat/guard/bom.py" "$lab/bom.json"
    done
else
    echo "SKIP: the rules of CycloneDX: $python"
    skipped=$((skipped + 1))
fi

# ---- this machine ----

if [ ! -s /var/lib/dpkg/status ]; then
    echo "SKIP: this machine's packages: dpkg"
    skipped=$((skipped + 1))
    finish
    exit
fi
dpkg-query -W -f '${db:Status-Status} ${Package} ${Version} ${Architecture}\n' |
    awk '$1 ~ /^(installed|unpacked|half-configured|triggers-.*)$/ {print $2, $3, $4}' | LC_ALL=C sort >"$lab/dpkg"
"$program" inventory >"$lab/own"

# Rules about a dozen of these packages, of which one half is true here; about one that nobody has, the
# system and its kernel.
distributor=$(sed -n 's/.*"namespace":"\([^"]*\)".*/\1/p' "$lab/own" | sed 1q)
kernel=$(uname -r)
awk -v every=$(($(wc -l <"$lab/dpkg") / 12 + 1)) -v from="$distributor" -v kernel="$kernel" '
    function rule(condition) {
        printf "%s {\"id\": \"R%d\", \"effect\": \"block\", \"expires\": \"2099-01-01T00:00:00Z\",", n++ ? "," : "", n
        printf " \"title\": {\"en\": \"t\"}, \"message\": {\"en\": \"m\"}, \"when\": {%s}}\n", condition
    }
    function package(name, range) {
        gsub(/[+]/, "%2B", name)
        return sprintf("\"package\": {\"purl\": \"pkg:deb/%s/%s\", \"version\": \"vers:deb/%s\"}", from, name, range)
    }
    BEGIN {
        print "{\"schema\": \"https://vigie.example/manifest/1\", \"id\": \"x\", \"issued\": \"2026-11-20T08:00:00Z\", \"rules\": ["
    }
    NR % every == 1 { rule(package($1, (k++ % 2 ? "<" : "<=") $2)) }
    END {
        rule(package("no-such-package", ">=0"))
        rule("\"all\": [{\"os\": {\"id\": \"" from "\"}}, {\"kernel\": {\"version\": \"vers:deb/" kernel "\"}}, {" \
            package("dpkg", ">=1") "}]")
        print "]}"
    }' "$lab/dpkg" >"$lab/rules.json"
judge()
{
    "$program" check --json --pending none --manifest "$lab/rules.json" "$@"
}
check "rules about this machine's packages are true of it" 80 '"rule": "R1"' judge
cp "$lab/out" "$lab/verdict"
holds "and some are not" sh -c '! grep -q "\"rule\": \"R2\"" "$1/verdict" && [ "$(grep -c "\"rule\"" "$1/verdict")" -ge 7 ]' \
    sh "$lab"
for form in vigie osquery cyclonedx fleet; do
    "$program" inventory --format $form >"$lab/form"
    "$program" inventory --format $form >"$lab/again"
    of vigie "$lab/form" >"$lab/back"
    sed -n 's/.*"name":"\([^"]*\)","version":"\([^"]*\)","arch":"\([^"]*\)".*/\1 \2 \3/p' "$lab/back" |
        LC_ALL=C sort >"$lab/ours"
    check "$form: judged by it, as by the machine itself" 80 . judge --inventory "$lab/form"
    holds "$form: the verdict is the same to the byte" cmp "$lab/verdict" "$lab/out"
    holds "$form: two prints are the same to the byte" cmp "$lab/form" "$lab/again"
    holds "$form: dpkg-query names the same packages" diff "$lab/dpkg" "$lab/ours"
    case $form in # osquery has no table for our own client, settings, and what the engine loads
    osquery) sed -e '/^  "libraries": \[/,/^  \]/d' -e '/^    "settings"/d' -e '/"id":"vigie"/d' "$lab/own" |
        tr -d ,
        grep -v '"id":"vigie"' "$lab/back" | tr -d , >"$lab/less" ;;
    *) cp "$lab/back" "$lab/less"; cat "$lab/own" ;;
    esac >"$lab/due"
    holds "$form: read back, it is the same machine" diff "$lab/due" "$lab/less"
done
finish
