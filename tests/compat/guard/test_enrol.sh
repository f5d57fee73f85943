#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Arriving and leaving: one welcome file, one question, one command back.
. "$VDI_TEST_SOURCE/tests/compat/guard/bundle_support.sh"

welcome()
{
    "$build/compat/vdi-manifest" welcome "$@"
}

system acme other
author acme
author other
author twin
openssl_ca()
{
    sed -n '/-----BEGIN/,/-----END/p' /etc/ssl/certs/ca-certificates.crt 2>/dev/null |
        sed '/-----END/q'
}

# ---- the author's side ----

check "a welcome is written" 0 'compares this fingerprint' welcome "$lab/acme" -o "$lab/acme.vdi" \
    --title 'Acme Ltd' --url https://updates.acme.example/v --url https://elsewhere.example/v \
    --server 'Desktops=https://desktops.acme.example' --server 'My PC=rdp://pc.acme.example:3390' \
    --set domain=ACME --set width=1600
fingerprint=$(tail -n 1 "$lab/out")
holds "it is that of root 1" test "$(printf '%s' "$fingerprint" | tr -d ' ')" = \
    "$(sha256sum "$lab/acme/metadata/1.root.json" | cut -d ' ' -f 1)"
cp "$lab/acme/welcome.json" "$lab/words.json"
check "without a word, the same words again" 0 'Wrote' welcome "$lab/acme" -o "$lab/again.vdi"
holds "and the same bytes" cmp "$lab/acme.vdi" "$lab/again.vdi"
for bad in '--url http://updates.example' '--url https://me:secret@updates.example' \
    '--url https://updates.example/?a' '--url /srv/vigie' '--url https://' \
    '--server A=ftp://files.example' '--server =https://a.example' '--set ca-file=/etc/passwd' \
    '--set guard=off' '--set width=9' '--set server=javascript:1' '--set domain='; do
    # shellcheck disable=SC2086
    check "no welcome says $bad" 65 'cannot be used' welcome "$lab/acme" -o "$lab/bad.vdi" $bad
done
check "a pair is a pair" 64 'NAME=VALUE' welcome "$lab/acme" -o "$lab/bad.vdi" --server desktops
check "an authority is one" 65 'no certificates' welcome "$lab/acme" -o "$lab/bad.vdi" --ca "$0"
check "a private key is none" 65 'private key' welcome "$lab/acme" -o "$lab/bad.vdi" \
    --ca "$lab/acme/keys/targets.pem"
holds "nothing was written" absent "$lab/bad.vdi"
manifest init "$lab/two" --id two --targets-keys 2 --targets-threshold 2
manifest sign "$lab/two"
mkdir "$lab/apart"
mv "$lab/two/keys/targets-2.pem" "$lab/apart/"
check "one of two signers is not enough" 65 '1 of 2 signatures' welcome "$lab/two" -o "$lab/two.vdi" \
    --url https://updates.two.example
check "the other adds his" 0 'Wrote' welcome "$lab/two" -o "$lab/two.vdi" --keys "$lab/apart"
manifest bundle "$lab/acme" -o "$lab/update.vdi"
check "a welcome can be verified" 0 'a welcome of acme, from root 1, SHA-256' \
    "$build/compat/vdi-manifest" verify "$lab/acme.vdi"
check "so can an update" 0 'an update of acme' "$build/compat/vdi-manifest" verify "$lab/update.vdi"
# A key of targets that is replaced: who is new follows the chain to the key that signs today.
author turned
welcome "$lab/turned" -o "$lab/before.vdi" --url https://updates.turned.example >"$lab/made"
manifest rotate "$lab/turned" targets
manifest sign "$lab/turned"
check "after a rotation the words are signed anew" 0 'Wrote' welcome "$lab/turned" -o "$lab/turned.vdi"
turned=$(tail -n 1 "$lab/out")
check "the chain is followed to the key of today" 0 'root 2' \
    "$build/compat/vdi-manifest" verify "$lab/turned.vdi"
welcome "$lab/other" -o "$lab/other.vdi" --url https://updates.other.example >"$lab/out"
other=$(tail -n 1 "$lab/out")
manifest init "$lab/false" --id acme
manifest sign "$lab/false"
welcome "$lab/false" -o "$lab/false.vdi" --url https://updates.false.example >"$lab/out"
false=$(tail -n 1 "$lab/out")

# ---- for every caller: `as_caller` runs vdi-guard, $config and $store are its places ----

# refused NAME STATUS PATTERN OPTION…: and nothing has changed.
refused()
{
    name=$1 due=$2 pattern=$3
    shift 3
    state "$where" >"$lab/before"
    check "$name" "$due" "$pattern" as_caller "$@"
    state "$where" >"$lab/after"
    holds "$name: and nothing has changed" cmp "$lab/before" "$lab/after"
}

at_terminal()
{
    answer=$1
    shift
    printf '%s\n' "$answer" | script -qec "$*" /dev/null
}

tell()
{
    refused "without a terminal nobody agrees" 77 'no terminal' enroll "$lab/acme.vdi"
    refused "--yes alone is not understood" 64 'fingerprint' enroll "$lab/acme.vdi" --yes
    refused "another fingerprint" 65 'another root of trust.*expected' enroll "$lab/acme.vdi" --yes \
        --fingerprint "$other"
    refused "a part of the fingerprint" 65 'another root of trust' enroll "$lab/acme.vdi" --yes \
        --fingerprint "$(printf '%s' "$fingerprint" | cut -c 1-19)"
    refused "an update enrols nobody" 65 'of another kind.*an update of acme' enroll "$lab/update.vdi" \
        --yes --fingerprint "$fingerprint"
    refused "a welcome is no update" 65 'of another kind.*a welcome file of acme' import "$lab/acme.vdi"
    sed '/^welcome/,/^metadata/ s/A/B/' "$lab/acme.vdi" >"$lab/bad.vdi"
    refused "one that is damaged" 65 'damaged on its way' enroll "$lab/bad.vdi" --yes --fingerprint "$fingerprint"
    sed '/^welcome /,/^$/ { /^ew/ s/^e/I/ }' "$lab/acme.vdi" >"$lab/bad.vdi"
    forge "$lab/bad.vdi"
    refused "one whose words were made unreadable" 65 'welcome.json' enroll "$lab/bad.vdi" --yes \
        --fingerprint "$fingerprint"
    {
        sed '/^welcome /,$d' "$lab/acme.vdi"
        echo 'welcome welcome.json'
        sed 's/desktops.acme/desktops.acne/' "$lab/words.json" | base64
        sed -n '/^metadata 1.root/,$p' "$lab/acme.vdi" | sed '1s/^/\n/'
    } >"$lab/bad.vdi"
    forge "$lab/bad.vdi"
    refused "one with another server under the same root" 65 'not signed by those.*welcome.json' \
        enroll "$lab/bad.vdi" --yes --fingerprint "$fingerprint"
    check "one that is agreed to" 0 'acme: list 1, fresh' as_caller enroll "$lab/acme.vdi" --yes \
        --fingerprint "$(printf '%s' "$fingerprint" | tr 'a-f ' 'A-F:')"
    said "who" 'Acme Ltd (acme) wants to guard'
    said "from where" 'https host updates.acme.example'
    said "and from where else" 'https host elsewhere.example'
    said "what it may" "$rights"
    said "which servers" 'brings the server My PC: rdp://pc.acme.example:3390'
    said "which settings" 'sets domain to ACME'
    said "whose root" "$(printf '%s' "$fingerprint" | sed 's/^ *//' | cut -c 1-39)"
    said "how to end it" 'vdi-guard leave acme'
    holds "its root is in place" cmp "$lab/acme/metadata/1.root.json" "$config/orgs/acme/root.json"
    check "so are its addresses" 0 'url = https://updates.acme.example/v https://elsewhere.example/v' \
        cat "$config/orgs/acme/org.conf"
    check "and its servers" 0 'address=https://desktops.acme.example' cat "$config/orgs/acme/servers"
    check "and its settings" 0 'domain=ACME' cat "$config/orgs/acme/vdi.conf"
    refused "the same again is nothing new" 0 'Nothing new: acme guards' enroll "$lab/acme.vdi"
    welcome "$lab/acme" -o "$lab/moved.vdi" --url https://moved.acme.example >"$lab/made"
    refused "another address stays out" 0 'stay as they are' enroll "$lab/moved.vdi"
    refused "another root under its name" 65 'acme: here .*, in the file' enroll "$lab/false.vdi" --yes \
        --fingerprint "$false"
    said "with both fingerprints" "$(printf '%s' "$false" | sed 's/^ *//')"
    check "a list that has ended enrols all the same" 0 'ended on' as_caller enroll "$lab/other.vdi" \
        --yes --fingerprint "$other" --now "$(in_days 60)"
    check "and is not believed" 0 'other: missing' as_caller status
    check "leaving" 0 'guards this computer no more' as_caller leave other
    check "it is recorded" 0 '"event":"left","organisation":"other"' cat "$store/audit.jsonl"
    check "enrolling is, too" 0 '"event":"enrolled","organisation":"acme"' cat "$store/audit.jsonl"
}

# ---- as root ----

if [ "$is_root" = yes ]; then
    as_caller()
    {
        verb=$1
        shift
        setsid -w "$build/compat/vdi-guard" "$verb" --root "$root" --simulation "$lab/system.json" "$@" </dev/null
    }
    where=$root config=$root/etc/vdi store=$root/var/lib/vdi
    rights='hold updates of at most 20 packages'
    tell
    guard apply >"$lab/out" 2>&1
    check "what it says is held" 0 'held: lib-acme 2.0' guard status

    # ---- leaving one of two ----
    check "another one" 0 'other: list 1' as_caller enroll "$lab/other.vdi" --yes --fingerprint "$other"
    check "both hold" 0 'held: lib-other 2.0' guard status
    mkdir -p "$store/incoming/acme" "$store/incoming/other"
    echo x >"$store/incoming/acme/timestamp.json"
    echo x >"$store/incoming/other/timestamp.json"
    kept()
    {
        (cd "$root" && sha256sum etc/vdi/orgs/other/* var/lib/vdi/incoming/other/* &&
            find var/lib/vdi/orgs/other -type f -exec sha256sum {} + | sort -k 2)
        grep -B 1 -A 7 '"package": "lib-other"' "$store/holds.json"
        grep -A 4 'other-1 of other' "$lab/system.json.holds/vigie.pref"
    }
    kept >"$lab/kept.before"
    refused "one that nobody knows" 78 'nobody' leave nobody
    refused "one that leads elsewhere" 78 'unknown here' leave ../orgs/other
    if person true 2>/dev/null; then
        check "another user may not let it leave" 77 'Only root' person "$build/compat/vdi-guard" leave \
            acme --root "$root"
    fi
    ln -s /etc/passwd "$store/orgs/acme/link"
    mkdir -p "$store/orgs/acme/metadata/deep/deeper"
    printf garbage >"$store/orgs/acme/rules.compiled"
    printf garbage >"$store/orgs/acme/metadata/root.json"
    check "leaving, with a damaged store" 0 'acme guards this computer no more' guard leave acme
    kept >"$lab/kept.after"
    holds "all of the other stays, byte for byte" cmp "$lab/kept.before" "$lab/kept.after"
    holds "and there is something of it" grep -q 'Pin: version 2.0' "$lab/kept.after"
    for gone in "$config/orgs/acme" "$store/orgs/acme" "$store/incoming/acme"; do
        holds "$gone is gone" absent "$gone"
    done
    holds "no link was followed" test -s /etc/passwd
    holds "its pin is lifted" sh -c '! grep -q acme "$1"' sh "$lab/system.json.holds/vigie.pref"
    holds "its hold is forgotten" sh -c '! grep -q "\"organisation\": \"acme\"" "$1"' sh "$store/holds.json"
    holds "and enforced no more" sh -c '! grep -qa acme "$1"' sh "$store/enforced.rules"
    holds "the other's is" grep -qa other-1 "$store/enforced.rules"
    cp "$store/holds.json" "$lab/holds.before"
    check "the next decision agrees" 0 '1 version is held' guard apply
    rm -rf "$store/incoming/other"
    holds "to the byte" cmp "$lab/holds.before" "$store/holds.json"
    check "who left is not known any more" 78 'acme' guard leave acme

    check "who has turned keys is enrolled by root 1" 0 'turned: list' as_caller enroll "$lab/turned.vdi" \
        --yes --fingerprint "$turned"
    holds "which is in place" cmp "$lab/turned/metadata/1.root.json" "$config/orgs/turned/root.json"
    refused "the file from before is nothing new" 0 'Nothing new' enroll "$lab/before.vdi"
    as_caller leave turned >"$lab/out"
    chmod 777 "$config/orgs"
    refused "a place where others may write" 78 'others than root may write' enroll "$lab/acme.vdi" \
        --yes --fingerprint "$fingerprint"
    chmod 755 "$config/orgs"

    # ---- advice alone; with an authority of its own ----
    if [ -n "$(openssl_ca)" ]; then
        openssl_ca >"$lab/ca.pem"
        welcome "$lab/twin" -o "$lab/twin.vdi" --url https://updates.twin.example --ca "$lab/ca.pem" >"$lab/out"
        check "one that may only advise" 0 'may only advise' as_caller enroll "$lab/twin.vdi" --yes \
            --fingerprint "$(tail -n 1 "$lab/out")" --advise-only
        holds "its authority is in place" cmp "$lab/ca.pem" "$config/orgs/twin/ca.pem"
        check "it is used" 0 "ca = $config/orgs/twin/ca.pem" cat "$config/orgs/twin/org.conf"
        check "it may not hold" 0 'may-block = false' cat "$config/orgs/twin/org.conf"
        printf -- '-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n' >"$lab/bad.pem"
        as_caller leave twin >"$lab/out"
        welcome "$lab/twin" -o "$lab/twin.vdi" --url https://updates.twin.example --ca "$lab/bad.pem" >"$lab/out"
        refused "an authority that is none" 65 'authorit' enroll "$lab/twin.vdi" --yes \
            --fingerprint "$(tail -n 1 "$lab/out")"
    fi

    # ---- the question ----
    if command -v script >/dev/null 2>&1; then
        command="$build/compat/vdi-guard enroll $lab/acme.vdi --root $root --simulation $lab/system.json"
        check "no is no" 77 'the answer was not yes' at_terminal n "$command"
        check "no word is no" 77 'Do you agree? \[y/N\]' at_terminal '' "$command"
        check "anything else is no" 77 'not yes' at_terminal 'maybe yes' "$command"
        holds "nobody was enrolled" absent "$config/orgs/acme"
        check "yes is yes" 0 'acme: list 1' at_terminal y "$command"
        as_caller leave acme >"$lab/out"
        check "also where it is oui" 0 'd.accord' env LC_ALL=fr_FR.UTF-8 \
            sh -c 'printf "oui\n" | script -qec "$1" /dev/null' sh "$command"
        as_caller leave acme >"$lab/out"
        check "the file may come through a pipe" 0 'acme: list 1' \
            sh -c 'printf "y\n" | script -qec "cat $1 | $2" /dev/null' sh "$lab/acme.vdi" \
            "$build/compat/vdi-guard enroll - --root $root --simulation $lab/system.json"
        as_caller leave acme >"$lab/out"
    else
        echo "SKIP: the question: needs script"
        skipped=$((skipped + 1))
    fi

    # ---- a death at any moment ----
    if strace -o /dev/null true 2>/dev/null; then
        calls=openat,mkdir,write,fsync,rename,renameat,renameat2,unlink,unlinkat,fchmod,chmod
        as_caller enroll "$lab/acme.vdi" --yes --fingerprint "$fingerprint" >"$lab/out"
        (cd "$config/orgs/acme" && sha256sum ./*) >"$lab/whole"
        torn=0 deaths=0 at=1
        # Not every call: the same few kinds of moments come again and again.
        while :; do
            rm -rf "$config/orgs/acme" "$store/orgs/acme"
            status=0
            ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e "trace=$calls" -e "inject=$calls:signal=KILL:when=$at" \
                "$build/compat/vdi-guard" enroll "$lab/acme.vdi" --root "$root" \
                --simulation "$lab/system.json" --yes --fingerprint "$fingerprint" >"$lab/out" 2>&1 || status=$?
            [ "$status" -ne 0 ] || break
            deaths=$((deaths + 1))
            if [ -e "$config/orgs/acme" ]; then
                (cd "$config/orgs/acme" && sha256sum ./*) >"$lab/found"
                cmp -s "$lab/whole" "$lab/found" || torn=$((torn + 1))
            fi
            at=$((at + 7))
            [ "$at" -lt 900 ] || break
        done
        holds "a death leaves it enrolled or not ($deaths deaths)" test "$torn" -eq 0 -a "$deaths" -gt 15
        check "and the next try is whole" 0 'acme' as_caller enroll "$lab/acme.vdi" --yes \
            --fingerprint "$fingerprint"
        torn=0 deaths=0 at=1
        while :; do
            status=0
            ASAN_OPTIONS=detect_leaks=0 strace -f -o /dev/null -e "trace=$calls" -e "inject=$calls:signal=KILL:when=$at" \
                "$build/compat/vdi-guard" leave acme --root "$root" --simulation "$lab/system.json" \
                >"$lab/out" 2>&1 || status=$?
            if [ -e "$config/orgs/acme" ]; then
                (cd "$config/orgs/acme" && sha256sum ./*) >"$lab/found"
                cmp -s "$lab/whole" "$lab/found" || torn=$((torn + 1))
            fi
            if [ "$status" -ne 137 ]; then
                # Alive to the end: everything is gone, or was before.
                [ ! -e "$config/orgs/acme" ] && [ ! -e "$store/orgs/acme" ] || torn=$((torn + 1))
                break
            fi
            deaths=$((deaths + 1))
            # What a death has left is taken by the next call.
            guard leave acme >"$lab/out" 2>&1
            [ ! -e "$config/orgs/acme" ] && [ ! -e "$store/orgs/acme" ] &&
                [ ! -e "$config/orgs/.acme.old" ] || torn=$((torn + 1))
            as_caller enroll "$lab/acme.vdi" --yes --fingerprint "$fingerprint" >"$lab/out" 2>&1
            at=$((at + 7))
        done
        as_caller enroll "$lab/acme.vdi" --yes --fingerprint "$fingerprint" >"$lab/out" 2>&1
        ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=socket -o "$lab/trace" "$build/compat/vdi-guard" \
            leave acme --root "$root" --simulation "$lab/system.json" >"$lab/out" 2>&1
        holds "who leaves needs no network" sh -c '! grep -q AF_INET "$1"' sh "$lab/trace"
        holds "and has left" absent "$config/orgs/acme"
        holds "a death while it leaves is mended by the next call ($deaths deaths)" \
            test "$torn" -eq 0 -a "$deaths" -gt 5
    else
        echo "SKIP: deaths at system calls: needs strace"
        skipped=$((skipped + 1))
    fi
else
    echo "SKIP: enrolling as root: needs root"
    skipped=$((skipped + 1))
fi

# ---- as a person, on a computer of their own ----

if has_person; then
    as_caller()
    {
        if [ "$is_root" = yes ]; then
            person setsid -w "$lab/bin/vdi-guard" "$@" --simulation "$lab/system.json" </dev/null
        else
            person setsid -w "$build/compat/vdi-guard" "$@" --simulation "$lab/system.json" </dev/null
        fi
    }
    chmod a+r "$lab"/*.vdi "$lab/system.json"
    chmod 755 "$lab/home"
    where=$lab/home config=$lab/home/.config/vdi store=$lab/home/.state/vdi
    rights='it may only advise'
    tell
    check "a person can leave" 0 'no more' as_caller leave acme
    holds "and nothing of it stays" sh -c '[ -z "$(find "$1" -name "*acme*")" ]' sh "$lab/home"
else
    echo "SKIP: enrolling as a person: needs setpriv, and no /etc/vdi/orgs"
    skipped=$((skipped + 1))
fi

finish
