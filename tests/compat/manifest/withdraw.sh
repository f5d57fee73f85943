#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# show, diff and withdraw as an author meets them.
set -eu

program=$VDI_TEST_BUILD/compat/vdi-manifest
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
cd "$lab"
. "$VDI_TEST_SOURCE/tests/support/check.sh"

author()
{
    "$program" "$@" --now 2026-11-22T08:00:00Z
}

add()
{
    author draft site --id "$1" --bad pkg:deb/debian/libfreerdp3-3=3.10 \
        --fixed 3.11 --title-en "$1 breaks" --message-en 'Wait for {fixed}.' \
        --expires 2027-01-31
}

author init site --id example-corp >/dev/null
check "nothing is signed yet, so nothing differs from an empty draft" 0 '' author diff site
add EX-1 >/dev/null
add EX-2 >/dev/null
check "all of a first draft is new" 1 '^added EX-1: "EX-1 breaks"$' author diff site
check "does not know where to publish before anything was" 64 '--to WEBROOT is missing' \
    author withdraw site EX-1
author sign site >/dev/null 2>&1
add EX-0 >/dev/null
check "publishing tells of changes that nobody signed" 0 \
    'the draft has changes that are not signed, and not published: "diff"' \
    author publish site --to early
check "a rule that nobody signed reaches nobody when it is removed" 0 \
    '^rule EX-0 is out of the draft; it is not signed, and reaches nobody$' author remove site EX-0
check "and of nothing else" 1 '' sh -c '"$0" publish site --to early \
    --now 2026-11-22T08:00:00Z 2>&1 | grep "not signed"' "$program"
check "a signed draft is what is signed" 0 '' author diff site
check "a web root that is not there is no empty one" 78 'web' author diff site web
author publish site --to web >/dev/null
check "a published draft is what is published" 0 '' author diff site web
cp site/compat.json draft.whole
check "one that is signed stays in force" 0 'it stays in force until sign and publish$' \
    author remove site EX-1
cp draft.whole site/compat.json

check "shows one rule in full" 0 'package pkg:deb/debian/libfreerdp3-3 in vers:deb/>=3.10|<3.11' \
    author show site EX-1
check "shows what helps" 0 'Upgrade libfreerdp3-3 to version 3.11 or later' author show site EX-1
check "does not show what is not there" 65 'EX-9' author show site EX-9

# The draft goes on while something else is withdrawn.
add EX-3 >/dev/null
sed -i 's/2027-01-31/2027-02-28/' site/compat.json
cp -r site before
published() { find web site -type f -exec sha256sum {} + | sort; }
published >state.before
check "refuses a rule that nobody has" 65 'no such rule is published' author withdraw site EX-9
check "refuses a rule that is in the draft alone" 65 'not published; vdi-manifest remove' \
    author withdraw site EX-3
check "refuses a name that is a path" 65 'no such rule' author withdraw site ../../compat
check "says that the web root is not there" 73 'nowhere: the web root' \
    author withdraw site EX-1 --to nowhere
mkdir stranger
author init other --id other >/dev/null
author sign other >/dev/null
author publish other --to stranger >/dev/null
check "refuses somebody else's web root" 65 'another organisation' \
    author withdraw site EX-1 --to stranger
mv site/keys/targets.pem key
check "says that a key is missing" 65 'targets: none of its keys is in' author withdraw site EX-1
mv key site/keys/targets.pem
published >state.after
holds "has changed nothing until then" cmp state.before state.after

check "withdraws in one command, to where it was published last" 0 'rule EX-1 is withdrawn' \
    author withdraw site EX-1
check "warns of what the draft still holds" 0 'other changes, which were not published' cat out
check "clients accept it, without the rule" 0 'rules: 1;' author verify web
check "the draft has lost the rule" 1 '^added EX-3' author diff site web
check "and kept its own changes" 1 '  expires: "2027-02-28T23:59:59Z", was "2027-01-31T23:59:59Z"' \
    author diff site web
holds "keys are the author's alone" test "$(find web -name '*.pem' | wc -l)" = 0
check "remembers what was withdrawn" 0 '^withdrawn 2026-11-22T08:00:00Z' author show site EX-1
check "does not withdraw twice" 65 'no such rule is published' author withdraw site EX-1
late() { "$program" withdraw site EX-2 --now 2026-12-24T08:00:00Z; }
check "withdraws also when what is published has expired" 0 'EX-2 is withdrawn' late
check "and that is fresh" 0 'rules: 0;' "$program" verify web --now 2026-12-24T08:00:00Z

# Two people sign: the second one's signature is missing, and that is said.
author init pair --id pair >/dev/null
cp before/compat.json pair/compat.json
sed -i 's/"example-corp"/"pair"/' pair/compat.json
author rotate pair targets --number 2 --threshold 2 >/dev/null
author sign pair >/dev/null 2>&1
author publish pair --to pairweb >/dev/null
mkdir second
mv "$(find pair/keys -name 'targets-*.pem' | head -n 1)" second
check "begins what others have to finish" 65 'not complete: targets' author withdraw pair EX-1
check "which the second does" 0 'targets' author sign pair --keys second
check "says that it is fresh" 0 'snapshot' author renew pair
check "and publishes" 0 'targets 2' author publish pair --to pairweb
check "without the rule" 0 'rules: 2;' author verify pairweb
check "and the draft does not bring it back" 0 '' author diff pair pairweb
check "nor is its letter forgotten" 0 '^withdrawn' author show pair EX-1

echo 'relative' >site/webroot
check "refuses a remembered web root that is none" 70 'absolute path' author withdraw site EX-1
sed -i 's/"rules"/"rule"/' site/compat.json
check "refuses to compare a broken draft" 65 'rules' author diff site

finish
