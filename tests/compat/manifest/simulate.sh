#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# simulate as an author meets it: numbers in three forms, and fleets that are not as they must be.
set -eu

program=$VDI_TEST_BUILD/compat/vdi-manifest
python=/usr/bin/python3
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
cd "$lab"
. "$VDI_TEST_SOURCE/tests/support/check.sh"

simulate()
{
    "$program" simulate "$@" --now 2026-11-22T08:00:00Z
}

"$program" init site --id example-corp >/dev/null
cat >rule.json <<'RULE'
{"id": "EX-1", "effect": "block",
 "title": {"en": "A FreeRDP update breaks sign-in"}, "message": {"en": "Wait for {fixed}."},
 "when": {"package": {"purl": "pkg:deb/debian/libfreerdp3-3", "version": "vers:deb/>=3.10|<3.11"}},
 "remedies": [{"category": "vendor_fix", "action": "upgrade-package",
               "package": "pkg:deb/debian/libfreerdp3-3", "version": "3.11"}],
 "expires": "2027-01-31T00:00:00Z"}
RULE
"$program" add site rule.json --now 2026-11-22T08:00:00Z >/dev/null 2>&1
cat >fleet <<'FLEET'
@ lap-1 os=debian version=12 arch=amd64 packages=2
libc6 2.36-9 amd64
libfreerdp3-3 3.9-1 amd64
@ lap-2 os=debian version=12 arch=amd64
libfreerdp3-3 3.10-1 amd64
@ lap-3 os=ubuntu version=24.04 like=debian arch=amd64
libfreerdp3-3 3.9-1 amd64
@ lap-4 os=debian version=13 packages=unknown
x 1
@ lap-5 os=fedora version=41
freerdp 3.9-1
FLEET

check "says what is broken" 0 '^broken now  *1  *20.0 %$' simulate site --inventory fleet
check "and of what nobody can say" 0 '^package pkg:deb/debian/libfreerdp3-3  *1$' cat out
check "says nothing of an update that was not asked for" 1 '' grep 'would' out
update() { simulate site --inventory fleet --update libfreerdp3-3=3.10.2-1 "$@"; }
check "says what an update would break" 0 '^would be broken  *2  *40.0 %$' update
check "and what is held then" 0 '^libfreerdp3-3 3.10.2-1  *2$' cat out
check "by rule" 0 '^EX-1  *block  *1  *2  *2  *1  A FreeRDP update breaks sign-in$' cat out
check "by system" 0 '^ubuntu 24.04  *1  *0  *1  *1  *0$' cat out
check "a fixed version breaks nothing" 0 '^would be broken  *0 ' \
    simulate site --inventory fleet --update libfreerdp3-3=3.11-1
check "an expired rule says nothing" 0 '^not concerned  *5  *100.0 %$' \
    "$program" simulate site --inventory fleet --at 2027-03-01T00:00:00Z
check "takes a manifest as well as a folder" 0 '^5 machines, 1 rule of example-corp' \
    simulate site/compat.json fleet

# VDI_UPDATE_GOLDEN=1 rewrites them, and the diff is the review.
update >report.txt
update --json >report.json
update --csv >report.csv
for form in txt json csv; do
    golden=$VDI_TEST_SOURCE/tests/golden/simulate.$form
    [ -z "${VDI_UPDATE_GOLDEN-}" ] || cp report.$form "$golden"
    holds "as $form it says what it said before" diff -u "$golden" report.$form
done
if [ -x "$python" ]; then
    check "another program reads the JSON" 0 '^5 1 2$' "$python" -c '
import json
report = json.load(open("report.json"))
print(report["machines"], report["broken"], report["would_break"])'
    check "and the table of a spreadsheet" 0 '^EX-1 2$' "$python" -c '
import csv
rows = list(csv.DictReader(open("report.csv", newline="")))
print(*[(row["name"] + " " + row["would_break"]) for row in rows if row["what"] == "rule"])'
else
    skipped=$((skipped + 2))
    echo "SKIP: reading the report back: needs python3"
fi

# docs/admin.md shows a command and what it says.
awk '/^```/ { inside = 0 } inside; /^\$ vdi-manifest simulate/ { inside = 1 }' \
    "$VDI_TEST_SOURCE/docs/admin.md" | tail -n +2 >page.txt
(cd "$VDI_TEST_SOURCE" && "$program" simulate docs/examples/2022-04-xl2tpd.json \
    --inventory docs/examples/fleet.txt --update xl2tpd=1.3.16-1 --at 2022-04-27T08:00:00Z) >shown.txt
holds "the page for administrators shows what is said" diff -u page.txt shown.txt

# ---- where fleets come from ----

mkdir folder
head -n 3 fleet >folder/a
tail -n +4 fleet >folder/b
simulate site --inventory folder >of-folder
simulate site --inventory folder/a folder/b >of-files
simulate site --inventory - <fleet >of-input
mkfifo pipe
cat fleet >pipe &
simulate site --inventory pipe >of-pipe
simulate site --inventory fleet >of-file
for from in folder files input pipe; do
    holds "a $from is the same fleet" cmp of-$from of-file
done
cat >machine.json <<'END'
{"format": 1, "name": "lap-9", "os": {"id": "debian", "version": "12"}, "whole": ["packages"],
 "packages": [{"type": "deb", "namespace": "debian", "name": "libfreerdp3-3", "version": "3.10-1"}]}
END
check "a machine as vdi-guard inventory writes it" 0 '^broken now  *1  *100.0 %$' \
    simulate site --inventory machine.json
echo '{"os_version": [{"platform": "debian", "version": "12"}],
 "deb_packages": [{"name": "libfreerdp3-3", "version": "3.9-1", "status": "install ok installed"}]}' \
    >folder/query.json
cp machine.json folder/
check "folders of all forms" 0 '^7 machines' simulate site --inventory folder
check "among them broken ones" 0 '^broken now  *2 ' cat out
rm folder/*.json
check "in a pipe" 0 '^broken now  *1  *100.0 %$' \
    sh -c 'cat machine.json | "$0" simulate site - --now 2026-11-22T08:00:00Z' "$program"

# ---- an update that touches nothing ----

check "what nobody has is said to change nothing" 0 \
    '^vdi-manifest: --update foo bar changes nothing: none of these machines has it' \
    simulate site fleet --update foo=bar
check "and to programs" 0 '"changes_nothing": \[' simulate site fleet --update foo=bar --json
check "what touches one is not" 1 '' sh -c '"$@" 2>&1 | grep "changes nothing"' sh \
    "$program" simulate site fleet --update libfreerdp3-3=3.10.2-1
check "an advisory that no rule names" 0 '--update RHSA-2026:1 changes nothing: no rule names it' \
    simulate site fleet --update RHSA-2026:1
check "a build without a name" 64 'a build is windows=26100.7623' \
    simulate site fleet --update 26100.7623
check "a package that is new" 0 '^would be broken  *2 ' simulate site fleet \
    --update libfreerdp3-3=1 --update +pkg:deb/ubuntu/libfreerdp3-3@3.10.2-1
check "breaks where it is not installed yet" 0 '^would be broken  *1  *100.0 %$' \
    sh -c 'printf "@ lap os=ubuntu like=debian\nx 1\n" | "$@"' sh "$program" simulate site - \
    --update +pkg:deb/debian/libfreerdp3-3@3.10.2-1 --now 2026-11-22T08:00:00Z

check "an update in a file" 0 '^would be broken  *2' \
    sh -c 'echo libfreerdp3-3=3.10.2-1 >list && exec "$0" "$@"' \
    "$program" simulate site fleet --update-file list --now 2026-11-22T08:00:00Z

# ---- what is wrong ----

check "wants a fleet" 64 '\-\-inventory FLEET is missing' simulate site
check "wants one form" 64 '\-\-json or --csv' simulate site fleet --json --csv
check "wants a time" 64 '\-\-at' simulate site fleet --at tomorrow
check "wants an update that is one" 64 '\-\-update: "x=": NAME=VERSION' \
    simulate site fleet --update x=
printf 'x=1\nnonsense nonsense\n' >list
check "and says where in a file" 64 'list, line 2: ' simulate site fleet --update-file list
check "a manifest that is not there" 78 'nowhere' simulate nowhere fleet
check "a fleet that is not there" 78 'nowhere' simulate site nowhere
check "a manifest that is none" 65 'fleet' simulate fleet fleet
: >empty
check "an empty fleet" 65 'there is no machine in it' simulate site empty
mkdir nothing
check "an empty folder" 65 'there is no machine in it' simulate site nothing

{
    sed -n 1,2p fleet
    echo '@ lap-6 os=debian'
    printf 'evil\033[2Jname 1\n'
    echo '@ lap-7 os=debian'
    printf 'x %s\n' "$(awk 'BEGIN { for (i = 0; i < 3000; i++) printf "9999" }')"
    echo '@ lap-8 os=debian'
    printf 'x not-a-version~~~^^^:::\n'
    echo 'cut'
} >bad
check "goes on after what cannot be read" 65 '^5 machines, 1 rule' simulate site bad fleet
check "counts it" 0 '^4 could not be read$' cat out
check "says where: half a machine" 0 'bad, line 2: fewer packages than its head line says' cat out
check "a control character" 0 'bad, line 4: a character that is written %XX here' cat out
check "an absurd version" 0 'bad, line 6: a word of more than 8192 bytes' cat out
check "half a line" 0 'bad, line 9: a package without a version' cat out
check "shows none of it" 1 '' grep "$(printf '\033')" out
printf 'libfreerdp3-3 3.10-1' >headless
check "no head line" 65 'headless, line 1: no machine was begun' simulate site headless fleet
echo '{"format": 1, "kernle": "6.1"}' >machine.json
check "an inventory that is none" 65 'machine.json: .*kernle' simulate site machine.json fleet
check "costs nobody else anything" 0 '^5 machines' cat out
{
    echo '@ huge os=debian'
    awk 'BEGIN { for (i = 0; i < 10000000; i++) print "p" i " 1" }'
} | tail -c +1 >huge
check "ten million packages in one machine" 65 'huge, line 200002: more than 200000 packages' \
    simulate site huge fleet
check "cost nobody else anything" 0 '^5 machines' cat out
rm huge
check "a pipe in a folder is not waited for" 65 'folder/c: not a file' \
    sh -c 'mkfifo folder/c && exec "$0" "$@"' \
    "$program" simulate site folder --now 2026-11-22T08:00:00Z

# ---- progress, for people at a terminal alone ----

slowly() { head -n 3 fleet; sleep 0.5; tail -n +4 fleet; }
slowly | simulate site - >/dev/null 2>said
holds "nothing of it is said where nobody sits" test ! -s said
if [ -x "$python" ]; then
    check "one line that is gone afterwards" 0 'seen' "$python" -c '
import os, pty, subprocess, sys
here, terminal = pty.openpty()
slowly = subprocess.Popen(["sh", "-c", "sleep 0.5; cat fleet"], stdout=subprocess.PIPE)
subprocess.run([sys.argv[1], "simulate", "site", "-"], stdin=slowly.stdout, stdout=subprocess.DEVNULL,
    stderr=terminal, check=True)
os.close(terminal)
seen = b""
try:
    while part := os.read(here, 65536):
        seen += part
except OSError:
    pass
assert seen.startswith(b"\r0 MB, ") and seen.endswith(b"\r\033[K"), seen
print("seen")' "$program"
else
    skipped=$((skipped + 1))
    echo "SKIP: a progress bar at a terminal: needs python3"
fi

finish
