#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-manifest as its author meets it: from an empty folder to a published repository, and what it
# refuses on the way.
#
#   tests/compat/trust/vdi-manifest.sh PROGRAM
set -eu

. "$(dirname "$0")/said.sh"
program=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
now=2026-11-22T08:00:00Z

at()
{
    time=$1
    shift
    "$program" "$@" --now "$time"
}

add()
{
    at "$now" draft site --id "$1" --bad pkg:deb/debian/libfreerdp3-3=3.10 \
        --fixed 3.11 --title-en 'An update breaks sign-in' \
        --title-fr 'Une mise à jour casse la connexion' --message-en 'Wait for {fixed}.' \
        --expires 2027-01-31
}

check "makes a folder" 0 at "$now" init site --id example-corp
said "says what to copy" /etc/vdi/orgs/example-corp/root.json
check "keeps keys for their owner" 0 test "$(stat -c %a site/keys/*.pem | sort -u)" = 600
check "keeps the folder of keys for its owner" 0 test "$(stat -c %a site/keys)" = 700
sha256sum site/keys/* >keys.before
check "never makes keys twice" 65 at "$now" init site
check "left the keys alone" 0 sha256sum --quiet -c keys.before
check "does not publish before signing" 65 at "$now" publish site --to web
check "does not renew before signing" 65 at "$now" renew site

check "drafts a rule from options" 0 add VDI-1
check "wants no JSON and writes it" 0 grep -q '"purl": "pkg:deb/debian/libfreerdp3-3"' site/compat.json
check "does not add one twice" 65 add VDI-1
check "names the option that is missing" 64 at "$now" draft site --id VDI-2
said "named it" --bad
cp site/compat.json draft.before
echo '{"id": "VDI-4", "effect": "stop"}' >bad.json
check "refuses a rule that the strict parser refuses" 65 at "$now" add site bad.json
sed 's|deb/<1|deb/*|; s|"advise"|"block", "expires": "2026-12-01T00:00:00Z"|' <<'RULE' >bad.json
{"id": "VDI-3", "effect": "advise", "title": {"en": "t"}, "message": {"en": "m"},
 "when": {"package": {"purl": "pkg:deb/debian/a", "version": "vers:deb/<1"}}}
RULE
check "refuses a rule that would do harm" 65 at "$now" add site bad.json
said "said which" 'bad.json: when.*any version'
echo '{"id": "VDI-4",}' >bad.json
check "refuses what is no JSON" 65 at "$now" add site bad.json
said "said where" 'bad.json: line 1, column 16: '
check "refuses a whole manifest" 65 at "$now" add site site/compat.json
said "said what is due" 'whole manifest; one of its rules'
check "takes no options for a rule" 64 at "$now" add site --bad pkg:deb/debian/a=1
check "left the draft alone" 0 cmp draft.before site/compat.json
cat >rule.json <<'RULE'
{"id": "VDI-5", "effect": "advise", "title": {"en": "t"}, "message": {"en": "m"},
 "when": {"package": {"purl": "pkg:deb/debian/a", "version": "vers:deb/<1"}}}
RULE
check "adds a rule from a file" 0 at "$now" add site rule.json
said "warns of what it lacks" 'rules.1..remedies: warning: No vendor'
check "removes a rule" 0 at "$now" remove site VDI-5
check "does not remove what is not there" 65 at "$now" remove site VDI-5
add_stdin() { at "$now" add site - <rule.json; }
check "adds a rule from standard input" 0 add_stdin
check "shows the rules" 0 at "$now" show site
said "showed the first" '^VDI-1 .*block'
said "showed the second" '^VDI-5 .*advise'

check "signs" 0 at "$now" sign site
check "publishes" 0 at "$now" publish site --to web
check "copied no key" 0 test "$(find web -name '*.pem' | wc -l)" = 0
check "copied what a client asks for" 0 test -f web/1.root.json -a -f web/1.snapshot.json \
    -a -f web/1.targets.json -a -f web/timestamp.json
check "verifies the folder" 0 at "$now" verify site
check "verifies the web root" 0 at "$now" verify web
check "says when there is no room for a trial" 73 env TMPDIR=/nonexistent \
    "$program" verify web --now "$now"
check "publishes the same again" 0 at "$now" publish site --to web

check "lives a week without renewing" 0 at 2026-11-29T07:59:59Z verify web
check "and no longer" 75 at 2026-11-29T08:00:00Z verify web
later=2026-11-29T09:00:00Z
check "renews" 0 at $later renew site
check "publishes what was renewed" 0 at $later publish site --to web
check "is fresh again" 0 at $later verify web
check "left the targets alone" 0 test ! -e web/2.targets.json
later=2026-11-29T10:00:00Z
cp web/timestamp.json timestamp.before
check "renews nothing that is fresh" 0 at $later renew site
unsaid "and is quiet about it" .
check "did not change the timestamp" 0 cmp timestamp.before site/metadata/timestamp.json
later=2026-11-30T09:00:00Z
check "does not renew without the online key" 65 sh -c \
    "mv site/keys/online.pem . && '$program' renew site --now $later"
said "says whose signature is missing" 'timestamp 3 has 0 of 1 signatures.* by online ('
mv online.pem site/keys/
check "renews without the other keys" 0 sh -c \
    "mv site/keys/root.pem site/keys/targets.pem . && '$program' renew site --now $later"
said "the timestamp alone, for the snapshot is young" '^timestamp 3: signed by online'
check "left the snapshot alone" 0 test ! -e site/metadata/3.snapshot.json
mv root.pem targets.pem site/keys/
check "refuses a key that others may read" 65 sh -c \
    "chmod 644 site/keys/online.pem; '$program' sign site --now $later"
chmod 600 site/keys/online.pem

# New files first, the timestamp last: where a new file cannot be written, clients see the old state.
check "signs once more" 0 at $later sign site
cp web/timestamp.json timestamp.before
mkdir "web/2.targets.json"
check "says that it cannot write" 73 at $later publish site --to web
check "left the published timestamp alone" 0 cmp timestamp.before web/timestamp.json
check "left a web root that clients accept" 0 at $later verify web
rmdir web/2.targets.json
check "publishes once that is mended" 0 at $later publish site --to web

# Keys stay where they are.
check "refuses a web root that would serve the keys" 65 at $later publish site --to .
said "said so" 'would serve'
check "refuses the author's folder as a web root" 65 at $later publish site --to site
check "refuses a web root among the keys" 65 at $later publish site --to site/keys/web
ln -s site/keys link
check "also by a link" 65 at $later publish site --to link/web
check "and among the files that wait" 65 at $later publish site --to site/staged
check "takes one that is beside them" 0 at $later publish site --to site/web
cp site/keys/online.pem web/backup
check "refuses a web root with a key in it" 65 at $later publish site --to web
said "named it" 'web/backup'
mkdir web/old
mv web/backup web/old/online.pem
check "also deeper" 65 at $later publish site --to web
rm -r web/old
check "publishes without it" 0 at $later publish site --to web
printf 'draft' >site/metadata/notes.json
check "copies only what a client asks for" 0 at $later publish site --to web
check "not what lies beside it" 0 test ! -e web/notes.json
check "two publishers do not mix" 0 sh -c "
    '$program' publish site --to web --now $later & one=\$!
    '$program' publish site --to web --now $later & two=\$!
    wait \$one && wait \$two"

# Targets that no snapshot names yet: the online key is elsewhere.
cp -r site apart
mv apart/keys/online.pem online.pem
check "signs what the keys at hand can" 0 at $later sign apart --anew
check "publishes what is complete" 0 at $later publish apart --to web
said "and says what is not" 'is signed, but no snapshot names it'
mv online.pem apart/keys/
check "signs the rest with the online key" 0 at $later renew apart
check "publishes all of it" 0 at $later publish apart --to web3
unsaid "and says nothing more" 'no snapshot names it'

# What a client would refuse is not published.
cp -r site older
check "signs the newest" 0 at $later sign site
check "publishes the newest" 0 at $later publish site --to web
cp web/timestamp.json timestamp.before
check "refuses to go back" 65 at $later publish older --to web
said "said why" 'a client would refuse it'
check "signs beside it" 0 at 2026-11-30T09:00:01Z sign older
check "refuses other content under the same version" 65 at 2026-11-30T09:00:01Z publish older --to web
check "makes another organisation" 0 at $later init other
check "signs for the other" 0 at $later sign other
check "refuses a web root of somebody else" 65 at $later publish other --to web
check "published none of it" 0 cmp timestamp.before web/timestamp.json
sed -i 's/"version": 1/"version": 2/' other/metadata/1.targets.json
check "refuses a file changed by hand" 65 at $later publish other --to web2
check "made no web root" 0 test ! -e web2/timestamp.json

printf '{"schema": "https://vigie.example/manifest/1", "id": "x", "issued": "%s", "rules": [{}]}' \
    $later >other/compat.json
check "does not sign what it would refuse" 65 at $later sign other
check "does not sign under an expired root" 65 at 2029-11-22T08:00:00Z sign site
check "cannot make a folder below a file" 73 at "$now" init keys.before/site --id x
check "wants no passphrase where others could read it" 64 at $later sign site --passphrase=hunter2
unsaid "and does not repeat it" hunter2
check "wants a command" 64 "$program"
check "wants one that it knows" 64 "$program" dance
check "wants a folder" 64 "$program" sign
check "helps" 0 "$program" --help
check "prints its version" 0 "$program" --version

finish
