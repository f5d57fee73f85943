#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# announce, from a rule to a letter that another program opens.
set -eu

program=$VDI_TEST_BUILD/compat/vdi-manifest
here=$VDI_TEST_SOURCE/tests/compat/manifest
python=/usr/bin/python3
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
cd "$lab"
. "$VDI_TEST_SOURCE/tests/support/check.sh"

author()
{
    "$program" "$@" --now 2026-11-22T08:00:00Z
}

announce()
{
    author announce site "$1" -o mail.eml --contact 'help desk, extension 1234' \
        --site https://it.example.com/updates --from it@example.com \
        --to everyone@example.com --to board@example.com
}

# opened SENTENCE ARGUMENT…: the letter reads as print_letter, with these arguments, says it, and
# brings what clients are told today.
opened()
{
    sentence=$1
    shift
    "$VDI_TEST_BUILD/tests/compat/manifest/print_letter" incident.json example-corp.vdi "$@" >text
    author bundle web -o bundle.vdi >/dev/null
    if [ -x "$python" ]; then
        check "$sentence" 0 'are what was written' "$python" "$here/letter.py" mail.eml text bundle.vdi
    else
        skipped=$((skipped + 1))
        echo "SKIP: $sentence: needs python3"
    fi
}

# The incident that started it, as if it happened now.
sed 's/"2011-08-01/"2027-01-31/' "$VDI_TEST_SOURCE/docs/examples/2011-02-view.json" >incident.json
author init site --id example-corp >/dev/null
cp incident.json site/compat.json
check "nothing is told before it is signed" 65 'nothing has been signed' \
    author announce site VDI-2011-001 -o mail.eml
author sign site >/dev/null 2>&1
check "says that machines have not heard it yet" 0 'publish before sending' announce VDI-2011-001
author publish site --to web >/dev/null

check "wants a file" 64 '-o FILE' author announce site VDI-2011-001
check "wants a plain address" 64 '--to: "x\\*' \
    author announce site VDI-2011-001 -o mail.eml --to 'x* y@example.com'
bcc=$(printf 'a@example.com\nBcc: b@example.com')
check "takes no header for an address" 64 '--from' \
    author announce site VDI-2011-001 -o mail.eml --from "$bcc"
check "wants a site that people can trust" 64 '--site' \
    author announce site VDI-2011-001 -o mail.eml --site http://it.example.com
check "writes nothing where it cannot" 73 'nowhere' \
    author announce site VDI-2011-001 -o mail.eml/nowhere/mail.eml
check "announces no rule that nobody has" 65 'neither signed nor withdrawn' \
    author announce site EX-9 -o mail.eml

check "writes the letter" 0 'read it, then send it$' announce VDI-2011-001
opened "another program reads what was written"
late() { "$program" announce site VDI-2011-001 -o late.eml --now 2026-11-30T08:00:00Z; }
check "does not attach what has expired" 75 'out of date' late

author withdraw site VDI-2011-001 >/dev/null 2>&1
check "a withdrawn rule has its own letter" 0 'says that the rule is over' announce VDI-2011-001
opened "which another program reads" 2026-11-22T08:00:00Z

finish
