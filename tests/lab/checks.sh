# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# A shell test of the lab: sentences that hold or not, and the counts at the end. Sourced by
# test_*.sh; $lab_dir is a folder of this test alone, and a lab in it is always ended.

here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
lab_dir=$scratch/lab
n_passed=0
n_failed=0
n_skipped=0
trap 'sh "$here/lab" down --dir "$lab_dir"; rm -rf "$scratch"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

for program in curl openssl setsid; do
    command -v "$program" >/dev/null || { echo "SKIP: $program is missing"; exit 77; }
done

# holds "SENTENCE" COMMAND…: the command succeeds.
holds()
{
    sentence=$1
    shift
    if "$@" >"$scratch/words" 2>&1; then
        n_passed=$((n_passed + 1))
    else
        n_failed=$((n_failed + 1))
        printf 'FAILED: %s\n' "$sentence"
        sed 's/^/    /' "$scratch/words" | head -n 20
    fi
}

# skips "SENTENCE" "WHAT IS MISSING"
skips()
{
    n_skipped=$((n_skipped + 1))
    printf 'SKIP: %s: %s\n' "$1" "$2"
}

# is ACTUAL EXPECTED
is()
{
    [ "$1" = "$2" ] || { printf 'got "%s", expected "%s"\n' "$1" "$2"; return 1; }
}

# says TEXT PATTERN: a fixed string stands in it.
says()
{
    case $1 in
    *"$2"*) ;;
    *) printf 'no "%s" in: %s\n' "$2" "$1"; return 1 ;;
    esac
}

says_not()
{
    ! says "$@"
}

finish()
{
    printf '%d passed, %d failed, %d skipped\n' "$n_passed" "$n_failed" "$n_skipped"
    [ "$n_failed" -eq 0 ] && [ "$n_passed" -gt 0 ]
    exit
}

lab_up()
{
    sh "$here/lab" up --dir "$lab_dir" --json "$@" >"$scratch/lab.json"
}

lab_down()
{
    sh "$here/lab" down --dir "$lab_dir"
}

# The first value of a member of the lab's JSON.
member()
{
    sed -n "s/.*\"$1\": \"\\([^\"]*\\)\".*/\\1/p" "$scratch/lab.json" | head -n 1
}

# of DESKTOP MEMBER: the same of one desktop, by its key.
of()
{
    sed -n "/\"key\": \"$1\"/,/}/s/.*\"$2\": \"\{0,1\}\([^\",]*\).*/\1/p" "$scratch/lab.json" | head -n 1
}

# post XML: an answer of the broker; cookies are kept in $jar.
jar=$scratch/jar
post()
{
    printf '%s' "$1" | curl -sS --max-time 20 --cacert "$(member ca)" -b "$jar" -c "$jar" \
        -H 'User-Agent: VMware-client' --data-binary @- "$(member broker)/broker/xml"
}

DECLARATION='<?xml version="1.0"?>'
FIRST_POST="$DECLARATION<broker version=\"4.5\"><set-locale><locale>C.UTF-8</locale></set-locale><get-configuration/></broker>"
CHAINED='<get-tunnel-connection/><get-desktops><supported-protocols><protocol><name>RDP</name></protocol></supported-protocols></get-desktops>'

# param NAME VALUE, already escaped
param()
{
    printf '<param><name>%s</name><values><value>%s</value></values></param>' "$1" "$2"
}

# screen NAME PARAM…: the POST that answers a screen, with what travels along.
screen()
{
    screen_name=$1
    shift
    printf '%s<broker version="4.5"><do-submit-authentication><screen><name>%s</name><params>' \
        "$DECLARATION" "$screen_name"
    printf '%s' "$@"
    printf '</params></screen></do-submit-authentication>%s</broker>' "$CHAINED"
}

# password USER PASSWORD: escaped
password()
{
    screen windows-password "$(param username "$1")" "$(param password "$2")" "$(param domain LAB)"
}

connection()
{
    printf '%s<broker version="4.5"><get-desktop-connection><desktop-id>%s</desktop-id><protocol><name>RDP</name></protocol></get-desktop-connection></broker>' \
        "$DECLARATION" "$1"
}
