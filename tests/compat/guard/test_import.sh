#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An update that comes as a file, by hand or through the inbox: believed by the same client, and
# harmless whatever it is.
. "$VDI_TEST_SOURCE/tests/compat/guard/bundle_support.sh"

bundle()
{
    manifest bundle "$@"
}

system corp other
author corp
author other
bundle "$lab/corp" -o "$lab/one.vdi"
bundle "$lab/other" -o "$lab/other.vdi"
manifest draft "$lab/corp" --id corp-2 --bad pkg:deb/debian/x=2 --fixed 3 \
    --title-en 'Another breaks' --message-en 'Wait.'
manifest sign "$lab/corp"
bundle "$lab/corp" -o "$lab/two.vdi"
bundle "$lab/corp" -o "$lab/again.vdi"
cp -R "$lab/corp" "$lab/ahead"
manifest draft "$lab/ahead" --id corp-3 --bad pkg:deb/debian/y=2 --fixed 3 \
    --title-en 'A third breaks' --message-en 'Wait.'
manifest sign "$lab/ahead"
bundle "$lab/ahead" -o "$lab/newer.vdi"
rm -rf "$lab/ahead"
holds "the same repository is the same file" cmp "$lab/two.vdi" "$lab/again.vdi"
check "a folder that nobody signed" 69 'root.json' \
    "$build/compat/vdi-manifest" bundle "$lab/nothing" -o "$lab/nothing.vdi"
check "a bundle without a place" 64 '-o' "$build/compat/vdi-manifest" bundle "$lab/corp"

# refused NAME PATTERN FILE [OPTION…]: one sentence, status 65, and the store as it was.
refused()
{
    name=$1 pattern=$2 file=$3
    shift 3
    state "$where" >"$lab/before"
    check "$name" 65 "$pattern" as_caller import "$file" "$@"
    holds "$name: in one sentence" test "$(wc -l <"$lab/out")" -eq 1
    state "$where" >"$lab/after"
    holds "$name: and nothing has changed" cmp "$lab/before" "$lab/after"
}

# What is refused is refused to everyone; the store holds list 2 of corp.
refuse_all()
{
    refused "an older one" 'older than the one already here' "$lab/one.vdi"
    refused "one that has expired" 'out of date' "$lab/two.vdi" --now "$(in_days 30)"
    refused "an update of a stranger" 'never enrols.*other.*Ask that organisation' "$lab/other.vdi"
    sed 's/^organisation corp/organisation other/' "$lab/two.vdi" >"$lab/bad.vdi"
    refused "one under another name" 'not what it was when it was written' "$lab/bad.vdi"
    sed '/^metadata timestamp.json/,/^$/ s/I/J/' "$lab/two.vdi" >"$lab/bad.vdi"
    refused "one with bits that changed" 'damaged on its way' "$lab/bad.vdi"
    sed '/^metadata timestamp.json/,/^$/ s/$/*/' "$lab/two.vdi" >"$lab/bad.vdi"
    refused "junk for base64" 'not base64' "$lab/bad.vdi"
    cat "$lab/two.vdi" "$lab/two.vdi" >"$lab/bad.vdi"
    refused "two in one file" 'something follows its end' "$lab/bad.vdi"
    head -n 30 "$lab/two.vdi" >"$lab/bad.vdi"
    refused "one that was cut" 'damaged on its way' "$lab/bad.vdi"
    cp "$lab/two.vdi" "$lab/bad.vdi"
    forge "$lab/bad.vdi"
    holds "what nobody changed has the checksum that it should have" cmp "$lab/two.vdi" "$lab/bad.vdi"
    sed '/^target /,/^$/d' "$lab/newer.vdi" >"$lab/bad.vdi"
    forge "$lab/bad.vdi"
    refused "a newer one without its list" 'not in the file' "$lab/bad.vdi"
    # The first byte of it: "{" becomes a blank.
    sed '/^target /,/^$/ { /^ew/ s/^e/I/ }' "$lab/newer.vdi" >"$lab/bad.vdi"
    forge "$lab/bad.vdi"
    refused "a newer one with another list" 'damaged or changed on its way' "$lab/bad.vdi"
    sed '/^metadata timestamp.json/,/^$/ { /^ew/ s/^e/I/ }' "$lab/newer.vdi" >"$lab/bad.vdi"
    forge "$lab/bad.vdi"
    refused "a newer one with another timestamp" 'timestamp' "$lab/bad.vdi"
    printf 'From: it@example.com\nContent-Type: text/plain\n\n' | cat - "$lab/two.vdi" >"$lab/bad.vdi"
    refused "a whole mail" 'no bundle begins here' "$lab/bad.vdi"
    : >"$lab/bad.vdi"
    refused "an empty file" 'no bundle begins here' "$lab/bad.vdi"
    truncate -s 13M "$lab/bad.vdi"
    refused "a huge one" 'more than' "$lab/bad.vdi"
    truncate -s 900G "$lab/bad.vdi" 2>/dev/null &&
        refused "an absurdly huge one" 'more than' "$lab/bad.vdi"
    rm "$lab/bad.vdi"
    mkfifo "$lab/bad.vdi"
    refused "a FIFO" 'not a regular file' "$lab/bad.vdi"
    rm "$lab/bad.vdi"
    refused "a folder" 'regular file\|directory' "$lab"
    refused "a device" 'not a regular file' /dev/zero
    check "none at all" 78 'missing' as_caller import "$lab/nowhere.vdi"
}

# What every caller may expect; `as_caller` runs vdi-guard, $where is its state.
tell()
{
    check "an update is believed" 0 'corp: list 1, fresh' as_caller import "$lab/one.vdi"
    check "the same again is nothing new" 0 '^Nothing new' as_caller import "$lab/one.vdi"
    sed 's/$/\r/' "$lab/two.vdi" >"$lab/mailed.vdi"
    check "the next one, through a mail, from standard input" 0 'corp: list 2, fresh' \
        as_caller import - <"$lab/mailed.vdi"
    ln -sf "$lab/two.vdi" "$lab/link.vdi"
    check "a link leads to the same bytes" 0 '^Nothing new' as_caller import "$lab/link.vdi"
    refuse_all
    # The whole of another organisation under the name of this one.
    manifest init "$lab/liar" --id corp
    manifest sign "$lab/liar"
    bundle "$lab/liar" -o "$lab/liar.vdi"
    refused "another root under a name that is enrolled" 'another root of trust.*corp: here .*, in the file' \
        "$lab/liar.vdi"
    rm -rf "$lab/liar"
    check "what is believed stays readable" 0 'corp: list 2, fresh' as_caller status
}

# ---- as root ----

as_caller()
{
    guard "$@"
}

if [ "$is_root" = yes ]; then
    trust corp
    where=$root
    tell
    check "it is recorded" 0 '"event":"refused".*another root' cat "$root/var/lib/vdi/audit.jsonl"
    check "what it says is held" 0 'held: lib-corp 2.0' guard status

    # A file that is replaced over and over while it is read: one of the two, or refused.
    rounds=0
    while [ "$rounds" -lt 8 ]; do
        (i=0
        while [ "$i" -lt 15 ]; do
            cp "$lab/other.vdi" "$lab/new.vdi" && mv "$lab/new.vdi" "$lab/swapped.vdi"
            cp "$lab/two.vdi" "$lab/new.vdi" && mv "$lab/new.vdi" "$lab/swapped.vdi"
            i=$((i + 1))
        done) &
        swapper=$!
        status=0
        sleep 0.01
        guard import "$lab/swapped.vdi" >"$lab/out" 2>&1 || status=$?
        wait "$swapper"
        case $status in 0 | 65 | 78) ;; *) holds "a file swapped while it is read" false ;; esac
        rounds=$((rounds + 1))
    done
    check "swapped files have changed nothing" 0 'corp: list 2, fresh' guard status
    check "another user may not" 77 'Only root' person "$build/compat/vdi-guard" import \
        --root "$root" "$lab/two.vdi"

    # One descriptor, and nobody else is asked.
    if strace -o /dev/null true 2>/dev/null; then
        ASAN_OPTIONS=detect_leaks=0 strace -f -e trace=open,openat,openat2,socket -o "$lab/trace" \
            "$build/compat/vdi-guard" import --root "$root" --simulation "$lab/system.json" \
            "$lab/two.vdi" >"$lab/out" 2>&1
        holds "the file is opened once" test "$(grep -c "$lab/two.vdi" "$lab/trace")" -eq 1
        holds "no network is asked for" sh -c '! grep -q AF_INET "$1"' sh "$lab/trace"
    else
        echo "SKIP: how often a file is opened: needs strace"
        skipped=$((skipped + 1))
    fi

    # ---- the inbox ----
    inbox=$root/var/lib/vdi/inbox
    mkdir -p "$inbox"
    manifest renew "$lab/corp"
    bundle "$lab/corp" -o "$inbox/50-corp.vdi"
    cp "$lab/one.vdi" "$inbox/10-old.vdi"
    cp "$lab/other.vdi" "$inbox/20-stranger.vdi"
    ln -s /etc/shadow "$inbox/30-link.vdi"
    mkfifo "$inbox/31-fifo.vdi"
    mkdir "$inbox/32-folder.vdi"
    cp "$lab/two.vdi" "$inbox/40-theirs.vdi"
    chown 65534 "$inbox/40-theirs.vdi"
    cp "$lab/two.vdi" "$inbox/41-open.vdi"
    chmod 666 "$inbox/41-open.vdi"
    cp "$lab/two.vdi" "$inbox/two.txt"
    cp "$inbox/50-corp.vdi" "$inbox/.hidden.vdi"
    check "apply takes what was dropped, in the order of names" 0 'held' guard apply
    for said in older.*10-old never.*20-stranger 30-link.*link 31-fifo.*regular 32-folder.*regular \
        40-theirs.*not.root 41-open.*others.may; do
        said "each that is refused is said" "$said"
    done
    holds "seven are set aside" test "$(ls "$inbox" | grep -c 'vdi.refused$')" -eq 7
    holds "the good one is done and gone" absent "$inbox/50-corp.vdi"
    holds "what has another name is left" test -e "$inbox/two.txt" -a -e "$inbox/.hidden.vdi"
    check "what a good one says is believed" 0 'list 2, fresh' guard status
    check "it is said once" 0 held guard apply
    holds "and not again" test "$(wc -l <"$lab/out")" -eq 1
    holds "/etc/shadow is where it was" test -f /etc/shadow
    bundle "$lab/corp" -o "$inbox/60-again.vdi"
    mkdir -p "$lab/full" # no room in the store: the file is not to blame
    mv "$root/var/lib/vdi/orgs/corp" "$lab/corp.store"
    : >"$root/var/lib/vdi/orgs/corp"
    check "what fails for another reason stays for the next time" 0 '60-again' guard apply
    holds "it is still there" test -e "$inbox/60-again.vdi"
    rm "$root/var/lib/vdi/orgs/corp"
    mv "$lab/corp.store" "$root/var/lib/vdi/orgs/corp"
    check "then it is taken" 0 held guard apply
    holds "and gone" absent "$inbox/60-again.vdi"
    cp "$lab/two.vdi" "$inbox/70.vdi"
    chmod 777 "$inbox"
    check "an inbox that others may write is not read" 0 'nothing in it is read' guard apply
    holds "and its files are left" test -e "$inbox/70.vdi"
else
    echo "SKIP: import as root, and the inbox: needs root"
    skipped=$((skipped + 1))
fi

# ---- as a person, on a computer of their own ----

if has_person; then
    as_caller()
    {
        person "$lab/bin/vdi-guard" "$@" --simulation "$lab/system.json"
    }
    chmod -R a+rX "$lab"
    where=$lab/home
    check "a person without an organisation" 65 'never enrols' as_caller import "$lab/one.vdi"
    person mkdir -p "$lab/home/.config/vdi/orgs/corp"
    person cp "$lab/corp/metadata/1.root.json" "$lab/home/.config/vdi/orgs/corp/root.json"
    printf '[organisation]\nurl = https://updates.example.com/corp\n' |
        person tee "$lab/home/.config/vdi/orgs/corp/org.conf" >/dev/null
    tell
    check "a person's own list only advises" 0 'Nothing is held' as_caller status
else
    echo "SKIP: import as a person: needs setpriv, and no /etc/vdi/orgs"
    skipped=$((skipped + 1))
fi

finish
