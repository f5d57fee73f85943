#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The scenarios of docs/admin.md, by the very commands of the page, and a machine that follows.
#
#   tests/compat/trust/admin.sh VDI-MANIFEST FOLLOW FORGE
set -eu

. "$(dirname "$0")/said.sh"
program=$(realpath "$1")
follow=$(realpath "$2")
forge=$(realpath "$3")
bin=$(mktemp -d)
# Power cuts are not the subject: a disk need not hear of every file. (Nothing is executed there.)
if [ -w /dev/shm ]; then
    TMPDIR=/dev/shm
    export TMPDIR
fi
work=$(mktemp -d)
trap 'rm -rf "$work" "$bin"' EXIT
cd "$work"

# The page says no time; ours is in ./now.
cat >"$bin/vdi-manifest" <<WRAPPER
#!/bin/sh
exec "$program" "\$@" --now "\$(cat "$work/now")"
WRAPPER
chmod +x "$bin/vdi-manifest"
PATH=$bin:$PATH
at() { echo "$1" >"$work/now"; }

# page HEADING: the commands below that heading of the page, in one shell, with our own places
page()
{
    awk -v heading="## $1" '
        /^## / { here = $0 == heading }
        /^```/ { code = here && $0 == "```sh"; next }
        code' "$VDI_TEST_SOURCE/docs/admin.md" |
        sed "s|/srv/www/vigie|web|g; s|/media/|media/|g" >commands
    [ -s commands ] || { echo "the page has no commands for: $1"; return 99; }
    sh -ec '. ./commands'
}

# begin NAME [FROM]: a folder of its own for a scenario, as an earlier one left it
begin()
{
    cd "$work"
    if [ $# = 2 ]; then cp -a "$2" "$1"; else mkdir -p "$1"; fi
    cd "$1"
    mkdir -p media/anna media/ben media/chris media/stick
    rm -rf media/stick/site
}

# machine NAME: one refresh of a machine of that name, which began with root 1
machine()
{
    [ -f "$1.root.json" ] || cp web/1.root.json "$1.root.json"
    "$follow" "$1.store" "$1.root.json" web "$(cat "$work/now")"
}

# The content of a file's "signed" part, as it stands there.
signed_part() { sed -n '/^  "signed":/,$p' "$1"; }

at 2026-11-22T08:00:00Z
begin first
check "a first manifest in five commands" 0 page "A first manifest in five commands"
said "and a client accepts it" 'example-corp, rules: 1; a client that trusts its root 1 accepts it'
check "a machine follows it" 0 machine new
said "and has the rule" EX-2026-001

# ---- a root of three keys ----

begin three
check "a root of three keys, and the next one signed on two machines" 0 \
    page "A root of three keys, two of which must sign"
said "says who has signed first" '^root 2: signed by root-1 ('
said "says who else may" 'root 2 has 1 of 2 signatures; the others may be by root-2 (.*), root-3 ('
said "says whose keys when none was there" 'has 0 of 2 signatures by the keys of root 1'
check "a machine follows it" 0 machine new
said "to root 2" '^root 2 timestamp 1'
check "no root key stayed" 0 test "$(echo site/keys/*)" = 'site/keys/online.pem site/keys/targets.pem'
check "no key went round" 0 test "$(find media/stick web -name '*.pem' | wc -l)" = 0
check "nothing waits" 0 vdi-manifest health site
said "and a client accepts it" 'accepts it'
said "health names those who signed" '2 of: root-1 (.*) signed, root-2 (.*), root-3 (.*) signed$'
check "what is signed did not change on the way" 0 test \
    "$(signed_part media/stick/site/metadata/2.root.json)" = "$(signed_part site/metadata/2.root.json)"

begin partly three
check "a next root is made without keys" 0 vdi-manifest rotate site root --keep
cp site/staged/3.root.json before.json
check "one signs" 0 vdi-manifest sign site --keys media/ben
check "a signature leaves what is signed alone" 0 test "$(signed_part before.json)" = \
    "$(signed_part site/staged/3.root.json)"
check "the same one cannot sign twice" 65 vdi-manifest sign site --keys media/ben
said "and hears who is missing" 'can add no signature: root 3 has 1 of 2 signatures'
check "half a root is not published" 0 vdi-manifest publish site --to web
said "which is said" 'root 3 still waits for signatures'
check "half a root is not there" 0 test ! -e web/3.root.json
check "a stranger cannot sign" 65 sh -c "vdi-manifest init other >/dev/null &&
    vdi-manifest sign site --keys other/keys"
check "a broken signature does not count" 0 sh -c '
    sed -i "s/\"sig\": \"[0-9a-f][0-9a-f]/\"sig\": \"00/" site/staged/3.root.json
    vdi-manifest sign site --keys media/chris | grep -q "root 3 has 1 of 2 signatures"'
check "and is mended by who made it" 0 vdi-manifest sign site --keys media/ben
check "then the root is complete" 0 test -f site/metadata/3.root.json
check "and can be published" 0 vdi-manifest publish site --to web
check "a machine follows it" 0 machine new
said "to root 3" '^root 3'

check "more of them are to sign" 0 vdi-manifest rotate site root --keep --threshold 3
check "and who signs" 0 vdi-manifest sign site --keys media/anna
said "sees it" 'the root that waits: root: 3 of its keys must sign, not 2'

# Two copies are with two signers at once, and the timer goes on.
begin parallel three
check "a next root" 0 vdi-manifest rotate site root
mkdir -p new
mv site/keys/root-*.pem new/
for name in anna ben; do
    mkdir -p copies/$name
    tar -c --exclude=keys site | tar -x -C copies/$name
    check "$name signs" 0 vdi-manifest sign copies/$name/site --keys media/$name
done
at 2026-11-24T08:00:00Z
check "the timer renews meanwhile" 0 vdi-manifest renew site
check "one copy comes back" 0 vdi-manifest sign site --from copies/anna/site
said "with one signature" 'root 3: the signature by root-1 (.*) is in copies/anna/site'
said "and one is missing" 'root 3 has 1 of 2 signatures by the keys of root 2'
check "the same brings nothing new" 65 vdi-manifest sign site --from copies/anna/site
check "the other comes back" 0 vdi-manifest sign site --from copies/ben/site
check "and all is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine new
said "fresh as it is" '^root 3 timestamp 2'
check "a copy that is not there" 78 vdi-manifest sign site --from nowhere
at 2026-11-22T08:00:00Z

# ---- lost, left, stolen ----

begin lost three
check "a machine knows root 2" 0 machine old
check "a root key is lost" 0 page "A root key is lost"
check "an old machine follows" 0 machine old
said "to root 3" '^root 3'
check "a new one as well" 0 machine new
check "the lost key is gone from the root" 1 grep -q "$(sed -n 's/.*"root-2": "\(.*\)".*/\1/p' \
    site/names.json)" site/metadata/3.root.json
check "its successor can sign the next" 0 sh -ec 'vdi-manifest rotate site root --keep
    vdi-manifest sign site --keys media/ben; vdi-manifest sign site --keys media/anna
    vdi-manifest publish site --to web'
check "which a machine follows" 0 machine old
said "to root 4" '^root 4'

begin alone first
mv site/keys/root.pem backup.pem
check "a single root key that is lost cannot be replaced" 65 \
    vdi-manifest revoke site root --replace
said "and it is said what to do" 'Find its backup; without it make a new site'
check "nothing waits for it" 0 test -z "$(ls site/staged)"
check "the site goes on without it" 0 vdi-manifest sign site
mv backup.pem site/keys/root.pem
check "its backup is enough" 0 vdi-manifest revoke site root --replace
check "and its successor is what counts" 0 vdi-manifest publish site --to web
check "for a machine too" 0 machine new
said "at root 2" '^root 2'

begin left three
check "a machine knows root 2" 0 machine old
openssl genpkey -algorithm ed25519 -aes256 -pass pass:dora -out dora.pem 2>openssl.said
openssl pkey -in dora.pem -passin pass:dora -pubout -out dora.pub
check "a signer has left" 0 page "A signer has left"
check "both changes are one root" 0 test ! -e web/4.root.json
check "an old machine follows" 0 machine old
said "to root 3" '^root 3'
mkdir -p media/dora
cp dora.pem media/dora/
chmod 600 media/dora/dora.pem
check "who left cannot sign any more" 65 sh -ec 'vdi-manifest rotate site root --keep >/dev/null
    vdi-manifest sign site --keys media/chris'
check "a sealed key wants its passphrase" 78 vdi-manifest sign site --keys media/dora
check "and says which" 78 sh -c 'echo wrong | vdi-manifest sign site --keys media/dora --passphrase-fd 0'
said "is wrong" 'dora.*the passphrase is wrong'
check "Dora signs with hers" 0 sh -c 'echo dora | vdi-manifest sign site --keys media/dora --passphrase-fd 0'
said "under her name" 'root 4: signed by dora ('
check "and Anna" 0 vdi-manifest sign site --keys media/anna
check "which is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine old
said "to root 4" '^root 4'

# Whoever holds the online key signs the highest version there is, and machines believe it.
begin stolen three
check "a machine was there before" 0 machine old
cp -a web true
check "a thief signs the highest version" 0 "$forge" site/keys/online.pem web 2147483647 "$(cat ../now)"
check "a machine believes it" 0 machine old
said "at the highest version" 'timestamp 2147483647 snapshot 2147483647 targets 1'
cp web/timestamp.json .
rm -r web
mv true web
check "the machine refuses what is true" 1 machine old
check "the online key is stolen" 0 page "The online key is stolen"
check "the machine believes again" 0 machine old
said "low versions under a new root" '^root 3 timestamp 2 snapshot 2 targets 1'
cp timestamp.json web/
check "under that root the machine refuses the thief's" 1 machine old
said "for the key is no longer one" 'refused: timestamp: 0 valid signatures'
check "and publishing mends the web root" 0 vdi-manifest publish site --to web
check "so that all goes on" 0 machine old
check "a machine that was never deceived follows too" 0 machine new
check "the old key renews nothing" 65 sh -ec 'mkdir only; mv site/keys/online.pem only/
    echo 2026-11-24T08:00:00Z >../now; vdi-manifest renew site --keys only'
check "the new one does" 0 vdi-manifest renew site
at 2026-11-22T08:00:00Z

# The thief was at the author's machine: the folder holds his files as well.
begin within first
check "a thief signs in the author's folder" 0 \
    "$forge" site/keys/online.pem site/metadata 2147483647 "$(cat ../now)"
check "which is published" 0 vdi-manifest publish site --to web
check "and believed" 0 machine old
check "another online key" 0 vdi-manifest revoke site online --replace
check "is published, under low versions" 0 vdi-manifest publish site --to web
check "and believed by who was deceived" 0 machine old
said "which they are" '^root 2 timestamp 1 snapshot 2'
check "and by a new one" 0 machine new
check "all is well" 0 vdi-manifest health site
check "and stays so" 0 sh -ec 'echo 2026-11-24T08:00:00Z >../now
    vdi-manifest renew site; vdi-manifest publish site --to web'
check "for the machine" 0 machine old
said "which goes on" '^root 2 timestamp 2 snapshot 2'
at 2026-11-22T08:00:00Z

# ---- dates and copies ----

begin late three
at 2027-06-22T08:00:00Z
check "a root is made when all else has expired" 0 vdi-manifest rotate site root --keep
check "one signs it" 0 vdi-manifest sign site --keys media/anna
check "and another" 0 vdi-manifest sign site --keys media/ben
said "who hears what has expired" 'targets 1 has expired; whoever has their keys must sign the draft'
check "a timer cannot help" 65 vdi-manifest renew site
check "the author can" 0 vdi-manifest sign site
at 2028-12-22T08:00:00Z
check "an old root is said" 0 vdi-manifest sign site
said "in time" 'root: [0-9]* days are left; "rotate DIR root --keep"'
at 2029-06-22T08:00:00Z
check "nothing is signed under a root that has expired" 65 vdi-manifest sign site
said "and what helps" 'make the next one with "rotate DIR root --keep"'
check "nor renewed" 65 vdi-manifest renew site
check "which is possible still" 0 vdi-manifest rotate site root --keep
check "with one" 0 vdi-manifest sign site --keys media/anna
check "and with another" 0 vdi-manifest sign site --keys media/ben
check "then all goes on" 0 vdi-manifest sign site
check "and is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine new
said "over two roots" '^root 4'

at 2026-11-22T08:00:00Z
begin between first
check "new online keys" 0 vdi-manifest rotate site online
check "are signed" 0 vdi-manifest sign site
check "and new ones again" 0 vdi-manifest rotate site online
check "are signed before anything is published" 0 vdi-manifest sign site
check "and a root key" 0 vdi-manifest rotate site root
check "and what comes then" 0 sh -ec 'vdi-manifest draft site --id EX-2 \
    --bad pkg:deb/debian/libfreerdp3-3=3.10 --fixed 3.11 --title-en t --title-fr t \
    --message-en m --message-fr m --expires 2027-01-31; vdi-manifest sign site'
check "all that is published" 0 vdi-manifest publish site --to web
cp -a web half
rm half/2.root.json half/3.root.json half/4.root.json
for last in 1 2 3 4; do
    cp web/$last.root.json half/
    check "a machine that meets root $last alone follows" 0 \
        "$follow" $last.store web/1.root.json half "$(cat ../now)"
    said "what is new" "^root $last timestamp 6"
done
at 2026-11-24T08:00:00Z
check "after that" 0 vdi-manifest renew site
check "the old keys sign no more" 0 test "$(grep -c keyid site/metadata/timestamp.json)" = 1
check "and so it is when nobody knows what is published" 0 sh -ec 'echo no number >site/published
    echo 2026-11-26T08:00:00Z >../now; vdi-manifest renew site; vdi-manifest publish site --to web'
check "which is known then" 0 test "$(cat site/published)" = 4

at 2026-11-22T08:00:00Z
begin copies first
cp -a site older
check "keys change" 0 vdi-manifest rotate site online
check "and are published" 0 vdi-manifest publish site --to web
check "an older copy of the folder signs" 0 vdi-manifest sign older
check "and is not published" 65 vdi-manifest publish older --to web
said "and it is said why" 'A newer copy of it was published'
cp -a site twin
check "two copies renew at two times" 0 sh -ec 'echo 2026-11-24T08:00:00Z >../now
    vdi-manifest renew site; echo 2026-11-24T09:00:00Z >../now; vdi-manifest renew twin'
check "one is published" 0 vdi-manifest publish site --to web
check "the other is not" 65 vdi-manifest publish twin --to web
said "under the same version" 'another timestamp of the same version is published; sign again'

# ---- six months ----
at 2026-11-22T08:00:00Z

begin laptop first
check "a laptop is here" 0 machine laptop
check "goes on" 0 vdi-manifest rotate site online
vdi-manifest publish site --to web >/dev/null
for month in 12 01 02 03 04; do
    case $month in 12) year=2026 ;; *) year=2027 ;; esac
    at $year-$month-22T08:00:00Z
    vdi-manifest renew site >/dev/null
    vdi-manifest publish site --to web >/dev/null
done
check "keys change while it is away" 0 vdi-manifest rotate site root
vdi-manifest publish site --to web >/dev/null
check "and change again" 0 vdi-manifest rotate site targets
vdi-manifest publish site --to web >/dev/null
check "and more of them must sign" 0 vdi-manifest rotate site root --number 3 --threshold 2
vdi-manifest publish site --to web >/dev/null
at 2027-05-21T09:00:00Z
vdi-manifest sign site >/dev/null 2>&1
vdi-manifest publish site --to web >/dev/null
check "the laptop comes back" 0 page "A laptop comes back after six months"
check "and follows every root" 0 machine laptop
said "to the last" '^root 5 timestamp'
said "and has the rule still" EX-2026-001
rm web/3.root.json
check "a machine whose root was tidied away cannot" 1 machine tidied
check "and publishing puts it back" 0 vdi-manifest publish site --to web
check "so that it can" 0 machine tidied

# ---- targets of several ----

rule()
{
    vdi-manifest draft site --id "$1" --bad pkg:deb/debian/libfreerdp3-3=3.10 \
        --fixed 3.11 --title-en "$1 breaks" --title-fr "$1 casse" \
        --message-en m --message-fr m --expires 2027-01-31
}

at 2026-11-22T08:00:00Z
begin several
check "two of three sign what the manifest says" 0 vdi-manifest init site --targets-keys 3
mv site/keys/targets-1.pem media/anna/
mv site/keys/targets-2.pem media/ben/
mv site/keys/targets-3.pem media/chris/
check "nobody signs without a key" 65 vdi-manifest sign site
said "and hears whose" 'nothing waits for one of theirs'
check "a rule" 0 rule EX-1
check "one signs" 0 vdi-manifest sign site --keys media/anna
said "says what is missing" 'targets 1 has 1 of 2 signatures; the others may be by targets-2 (.*), targets-3 ('
cp site/staged/1.targets.json before.json
check "which is not published" 65 vdi-manifest publish site --to web
check "another signs" 0 vdi-manifest sign site --keys media/chris
said "says what comes next" 'snapshot 1 has 0 of 1 signatures; the others may be by online'
check "what was signed stays as it was" 0 test "$(signed_part before.json)" = \
    "$(signed_part site/metadata/1.targets.json)"
check "the timer does the rest" 0 vdi-manifest renew site
check "a set that is complete is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine old
said "with the rule" EX-1

check "another rule" 0 rule EX-2
check "one signs it" 0 vdi-manifest sign site --keys media/anna
check "the draft goes on" 0 rule EX-3
check "another signs what waits" 0 vdi-manifest sign site --keys media/ben
said "and sees it" 'the targets that wait: added EX-2'
said "not the draft" 'the draft has changed since'
vdi-manifest renew site >/dev/null
vdi-manifest publish site --to web >/dev/null
check "clients have what two signed" 0 machine old
said "which is the rule" EX-2
unsaid "and not the third" EX-3
check "the third is signed by one" 0 vdi-manifest sign site --keys media/anna
check "and changed" 0 vdi-manifest remove site EX-3
check "it can begin anew" 0 vdi-manifest sign site --keys media/anna --anew
check "under another version" 0 test -f site/staged/4.targets.json -a ! -e site/staged/3.targets.json
check "the timer goes on meanwhile" 0 sh -ec 'echo 2026-11-24T08:00:00Z >../now
    vdi-manifest renew site; vdi-manifest publish site --to web'
said "with what was complete" 'targets 4 still waits for signatures'
cp -a site forged
sed -i 's/"signed": {/"signed": {"delegations": {"keys": {}, "roles": []},/' forged/staged/4.targets.json
check "what others began is not signed unseen" 65 vdi-manifest sign forged --keys media/ben
said "when it lets others speak" 'hold something else than compat.json'
check "and is signed when it is what it should be" 0 vdi-manifest sign site --keys media/ben

check "a withdrawal waits for the second as well" 65 vdi-manifest withdraw site EX-1 --to web --keys media/anna
said "and says so" 'signed, and not complete: targets 5 has 1 of 2'
check "and is signed by it" 0 vdi-manifest sign site --keys media/chris
said "who sees what it is" 'the targets that wait: removed EX-1'
vdi-manifest renew site >/dev/null
check "and published" 0 vdi-manifest publish site --to web
check "and believed" 0 machine old
unsaid "without the rule" EX-1

begin gathered several
check "a rule more" 0 rule EX-5
check "signed by one" 0 vdi-manifest sign site --keys media/anna
cp -a site other
check "and elsewhere by another" 0 vdi-manifest sign other --keys media/ben
check "what is complete there is gathered" 0 vdi-manifest sign site --from other
said "with its signature" 'targets 6: the signature by targets-2 (.*) is in other'
check "and published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine old
said "with the rule" EX-5

begin one
check "one key for everything" 0 vdi-manifest init site --one-key
check "is one key" 0 test "$(ls site/keys)" = root.pem
check "signs all" 0 vdi-manifest sign site
check "and is published" 0 vdi-manifest publish site --to web
check "and replaced everywhere at once" 0 vdi-manifest revoke site root --replace
check "which is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine new

begin fresh first
mkdir one two
check "snapshot by two, at two machines" 0 vdi-manifest rotate site snapshot --number 2 --threshold 2
vdi-manifest publish site --to web >/dev/null
mv site/keys/snapshot-1.pem one/
mv site/keys/snapshot-2.pem two/
cp site/keys/targets.pem site/keys/online.pem one/
rule EX-2 >/dev/null
check "one machine signs" 0 vdi-manifest sign site --keys one
said "half of it" 'snapshot 3 has 1 of 2 signatures; the others may be by snapshot-2'
rule EX-3 >/dev/null
check "and something newer" 0 vdi-manifest sign site --keys one
check "which the snapshot that waits must name" 0 grep -q '"version": 3' site/staged/*.snapshot.json
check "the other machine signs" 0 vdi-manifest renew site --keys two
said "and says what is left" 'timestamp 3 has 0 of 1 signatures; the others may be by online'
check "the timer ends it" 0 vdi-manifest renew site
check "which is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine old
said "with the newest" EX-3

begin handed first
openssl genpkey -algorithm ed25519 -out media/heir.pem
chmod 600 media/heir.pem
openssl pkey -in media/heir.pem -pubout -out heir.pub
check "another's key for the manifest" 0 vdi-manifest rotate site targets --key heir.pub
check "leaves nothing to renew" 65 vdi-manifest renew site
said "until he signs" 'targets: its keys have changed; it must be signed again'
check "another's key for the root" 0 vdi-manifest rotate site root --key heir.pub
said "is signed here, and not complete" 'root 3 has 0 of 1 signatures; the others may be by heir'
mkdir heirs
mv media/heir.pem heirs/
check "and there" 0 vdi-manifest sign site --keys heirs --anew
said "root and targets" 'targets .*: signed by heir'
check "the timer does the rest" 0 vdi-manifest renew site
check "which is published" 0 vdi-manifest publish site --to web
check "and followed" 0 machine new
said "under his keys" '^root 3'

# ---- mistakes ----

begin wrong three
check "one key and several" 65 vdi-manifest init wrong --one-key --root-keys 3
check "keys among others'" 65 vdi-manifest init wrong --keys media/anna
said "which are not ours to mix" 'media/anna holds keys already'
check "more signatures than keys" 65 vdi-manifest init wrong --root-keys 2 --threshold 3
check "no key at all" 65 vdi-manifest init wrong --root-keys 0
check "too many keys" 65 vdi-manifest init wrong --root-keys 65
check "too many in all" 65 vdi-manifest init wrong --root-keys 40 --targets-keys 30
check "made nothing" 0 test ! -e wrong/keys -a ! -e wrong/metadata
check "no such role" 64 vdi-manifest rotate site mirrors
check "no such key" 65 vdi-manifest revoke site nobody
said "and where the names are" '"health" lists those'
check "too short an id" 65 vdi-manifest revoke site 1
check "more signatures than are left" 65 vdi-manifest rotate site targets --threshold 2
check "fewer keys than signatures" 65 vdi-manifest revoke site online
said "and what to do" 'add --replace for a new key in its place'
check "not a number" 64 vdi-manifest rotate site root --number -1
check "a key that is none" 65 vdi-manifest rotate site root --keep --key ../now
openssl pkey -in site/keys/targets.pem -pubout -out targets.pub
check "a key twice" 65 vdi-manifest rotate site targets --keep --key targets.pub
said "says which role has it" 'targets: it has one of those keys already'
cp targets.pub Targets.pub
check "a key whose file has no name for one" 65 vdi-manifest rotate site targets --keep --key Targets.pub
said "and what one is" 'lower-case letters'
cp targets.pub dora
check "a name without an end is one" 65 vdi-manifest rotate site targets --keep --key dora
said "and its key is known all the same" 'targets: it has one of those keys already'
check "the whole disk for a web root" 65 vdi-manifest publish site --to /
said "which holds the keys" 'would serve the author'
check "a file for a web root" 73 vdi-manifest publish site --to targets.pub
mkdir -p shared/a/b/c
echo hello >shared/index
head -c 20000 /dev/zero >shared/large
check "a web root that others use too" 0 vdi-manifest publish site --to shared
check "keeps what is theirs" 0 test -s shared/index -a -s shared/large
check "a folder beside the keys" 0 vdi-manifest publish site --to site/keys-public
check "is none of theirs" 65 vdi-manifest publish site --to site/keys/public
rm -r site/keys-public
check "and nothing waits for all that" 0 test ! -e site/staged/3.root.json
id=$(sed -n 's/.*"root-2": "\(........\).*/\1/p' site/names.json)
check "a key by the beginning of its id" 0 vdi-manifest revoke site "$id"
check "a second one is too many" 65 vdi-manifest revoke site root-1.pem
check "also with a folder before its name" 65 vdi-manifest revoke site /media/anna/root-1.pem
said "for two must sign" 'root: 1 keys would be left for 2 signatures'
echo '{"../x": "00"}' >site/names.json
check "names that are none" 65 vdi-manifest health site
echo '[]' >site/names.json
check "a list of names" 65 vdi-manifest health site
said "is no table of them" 'it must hold an object'
echo '{"root": 5}' >site/names.json
check "a name of no key" 65 vdi-manifest health site
rm site/names.json
check "no names at all" 0 vdi-manifest health site
said "shows the ids" "$id"
check "a folder that is not there" 73 vdi-manifest sign nowhere
cp -a site torn
printf x >>torn/metadata/2.root.json
check "a root that is damaged" 76 vdi-manifest sign torn
said "says which file" 'torn/metadata/2.root.json'
sed -i 's/"threshold": 2/"threshold": 1/' site/metadata/1.root.json
check "a root that was changed" 76 vdi-manifest renew site

# ---- sealed keys ----

begin sealed
echo 'correct horse' >passphrase
check "keys are sealed" 0 sh -c 'vdi-manifest init site --passphrase-fd 3 3<passphrase'
check "those of root and targets" 0 test "$(grep -l 'BEGIN ENCRYPTED' site/keys/*)" = \
    "$(printf 'site/keys/root.pem\nsite/keys/targets.pem')"
check "the timer's is not" 0 grep -q 'BEGIN PRIVATE KEY' site/keys/online.pem
check "signing wants it" 78 setsid vdi-manifest sign site
said "and says so" 'targets.*nobody is at a terminal'
check "signs with it" 0 sh -c 'vdi-manifest sign site --passphrase-fd 3 3<passphrase'
person() { python3 "$VDI_TEST_SOURCE/tests/compat/trust/terminal.py" "$@"; }
if command -v python3 >/dev/null; then
    check "a person is asked at the terminal" 0 person 'correct horse' vdi-manifest sign site
    said "for the key that is needed" 'Passphrase of the key targets:'
    unsaid "and nothing that is typed is shown" 'correct horse'
    check "three times, and no more" 78 person 'battery staple' vdi-manifest sign site
    said "and then told" 'the passphrase is wrong'
fi
check "the timer is not asked" 0 setsid vdi-manifest renew site
check "the next key is sealed as well" 0 sh -c 'vdi-manifest rotate site root --passphrase-fd 3 3<passphrase'
check "with the same" 0 grep -q 'BEGIN ENCRYPTED' site/keys/root-2.pem
wrong() { echo wrong | vdi-manifest "$@" --passphrase-fd 0; }
for command in "sign site" "rotate site root" "rotate site root --keep" "revoke site root-2 --replace"; do
    check "nothing is done without it: $command" 78 wrong $command
done
check "an empty one is none" 64 sh -c 'vdi-manifest sign site --passphrase-fd 0 </dev/null'
check "no descriptor, no passphrase" 64 vdi-manifest sign site --passphrase-fd 9
check "the passphrase is in nothing that is kept" 1 grep -rq 'correct horse' site

finish
