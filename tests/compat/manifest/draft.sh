#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# draft as an author meets it: a rule from what is known, what it would do, and what is refused.
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

# package NAME VERSION, change NAME BEFORE AFTER: one of Debian, as inventories have them
package()
{
    printf '{"type": "deb", "namespace": "debian", "name": "%s", "arch": "amd64", "version": "%s"}' "$@"
}

change()
{
    printf '{"type": "deb", "namespace": "debian", "name": "%s", "arch": "amd64",' "$1"
    printf ' "before": "%s", "after": "%s"}' "$2" "$3"
}

# machine FILE NAME INSTALLED [OFFERED]
machine()
{
    pending=
    [ $# = 3 ] || pending=", \"pending\": [$(change "$2" "$3" "$4"), $(change other 1 2)]"
    cat >"$1" <<END
{"format": 1, "name": "$1", "os": {"id": "debian", "version": "12"}, "whole": ["packages", "updates"],
 "packages": [$(package "$2" "$3"), $(package other 1)]$pending}
END
}

# Without this machine, whose packages are another matter.
machine empty.json nothing 1
draft()
{
    author draft site --inventory empty.json "$@"
}

# try …: what would be written, and nothing changed
try()
{
    draft --dry-run "$@"
}

author init site --id example-corp >/dev/null
machine laptop.json libfoo 1.0-1 1.1-1
machine fixed.json libfoo 1.2-1
cp site/compat.json empty-draft

# ---- a package ----
check "a rule is drafted" 0 '^rule VDI-2026-001 is in the draft' \
    author draft site --bad libfoo=1.1-1 --fixed 1.2-1 --inventory laptop.json --inventory fixed.json
check "its range is closed at the fix" 0 'vers:deb/>=1.1-1|<1.2-1"$' grep vers site/compat.json
check "it speaks English" 0 '"en": "An update of {package} breaks the remote desktop"' \
    cat site/compat.json
check "and French, with holes" 0 '"fr": "{package} ({version}) coupe .* {fixed} fonctionne' \
    cat site/compat.json
check "it ends in 90 days" 0 '"expires": "2027-02-20T08:00:00Z"' cat site/compat.json
check "it names the fix" 0 '"category": "vendor_fix"' cat site/compat.json
check "it can be signed" 0 'targets 1: signed' author sign site
author remove site VDI-2026-001 >/dev/null

check "what is on offer would be held" 0 \
    '^    libfoo 1.1-1 is held, until 2026-12-06 at the latest' \
    author draft site --bad libfoo=1.1-1 --fixed 1.2-1 --inventory laptop.json --dry-run
check "and only that" 0 '^    all others are installed (1)' cat out
check "a machine with the fix goes not back" 0 '^  libfoo 1.1-1 does not come there: 1.2-1 is newer$' \
    author draft site --bad libfoo=1.1-1 --fixed 1.2-1 --inventory fixed.json --dry-run
check "where it is not installed, that is said" 0 'libfoo is not installed there' \
    try --bad libfoo=1.1-1
machine broken.json libfoo 1.1-1 1.2-1
check "a machine is told why" 0 'libfoo >=1.1-1, <1.2-1; here it is 1.0-1' \
    author draft site --bad libfoo=1.1-1 --fixed 1.2-1 --inventory laptop.json --dry-run
check "a broken machine is broken" 0 '^  now: broken' \
    author draft site --bad libfoo=1.1-1 --inventory broken.json --dry-run
check "and mended by what is on offer" 0 'it would work again' \
    author draft site --bad libfoo=1.1-1 --fixed 1.2-1 --inventory broken.json --dry-run
check "what is never held is said" 0 'what could prevent it is never held; people are told$' sh -c '
    sed s/libfoo/dpkg/ laptop.json | sed s/1.1-1/2/ >dpkg.json
    "$0" draft site --bad dpkg=2 --inventory dpkg.json --dry-run --now 2026-11-22T08:00:00Z' "$program"
check "advice holds nothing" 0 'people are told, nothing is held' \
    author draft site --bad libfoo=1.1-1 --effect advise --inventory laptop.json --dry-run
check "a site's own limits count" 0 'is held, until 2026-11-24' sh -c '
    printf "[hold]\nlongest-days = 2\n" >guard.conf
    "$0" draft site --bad libfoo=1.1-1 --inventory laptop.json --dry-run --limits guard.conf \
        --now 2026-11-22T08:00:00Z' "$program"
check "this machine is looked at when no other is given" 0 '^on this machine$' \
    author draft site --system debian --bad libfoo=1.1-1 --dry-run
check "nothing of that was written" 0 '"rules": \[\]' cat site/compat.json

check "without a fix the bad version alone is meant" 0 'in vers:deb/1.1-1$' try --bad libfoo=1.1-1
check "for 30 days" 0 '^VDI-2026-001 .*2026-12-22T08:00:00Z' try --bad libfoo=1.1-1
check "with what can be done meanwhile" 0 'go back to the one before' try --bad libfoo=1.1-1
check "and that no fix is out" 0 'There is no fix yet.$' try --bad libfoo=1.1-1
check "several versions are one range" 0 'in vers:deb/1.1-1|1.1-2$' \
    try --bad libfoo=1.1-2 --bad libfoo=1.1-1 --bad libfoo=1.1-2
check "closed at the fix" 0 'in vers:deb/>=1.1-1|<1.2$' \
    try --bad libfoo=1.1-2 --bad libfoo=1.1-1 --fixed 1.2
check "several packages are any of them" 0 '^    package pkg:deb/debian/libbar in vers:deb/2$' \
    try --bad libfoo=1.1-1 --bad libbar=2
check "with a fix for each" 0 'package pkg:deb/debian/libbar in vers:deb/>=2|<3' \
    try --bad libfoo=1.1-1 --bad libbar=2 --fixed 1.2 --fixed 3

# ---- where names belong ----
for row in 'fedora pkg:rpm/fedora/libfoo vers:rpm/1.1-1' 'arch pkg:alpm/arch/libfoo vers:alpm/1.1-1' \
    'ubuntu pkg:deb/ubuntu/libfoo vers:deb/1.1-1'; do
    set -- $row
    check "a name on $1" 0 "package $2 in $3" try --system "$1" --bad libfoo=1.1-1
done
check "versions of one release in a rule about all are warned of" 0 \
    'warning: These versions are of Fedora 42; .*write ?distro=fedora-42' \
    try --system fedora --bad a=2:3.16.0-1.fc42 --fixed 2:3.16.0-3.fc42
check "as is a version of another system" 0 'is a version of Fedora 42, whose packages are of type rpm' \
    try --system debian --bad a=2:3.16.0-1.fc42
check "a system can be one release" 0 'pkg:rpm/fedora/a?distro=fedora-42 in vers:rpm/' \
    try --system fedora-42 --bad a=2:3.16.0-1.fc42 --fixed 2:3.16.0-3.fc42
check "which is no more warned of" 1 '' grep 'other releases' out
check "a system's name may have a dash" 0 'pkg:rpm/opensuse-leap/a?distro=opensuse-leap-15.6 in' \
    try --system opensuse-leap-15.6 --bad a=1
check "a purl and its version" 0 'pkg:rpm/fedora/a in vers:rpm/1:2-3$' \
    try --bad pkg:rpm/fedora/a=1:2-3
check "a purl with its version" 0 'pkg:deb/debian/a in vers:deb/2-3$' try --bad pkg:deb/debian/a@2-3
check "a purl with a qualifier" 0 'pkg:deb/debian/a?arch=amd64 in vers:deb/2-3$' \
    try --bad 'pkg:deb/debian/a?arch=amd64=2-3'
check "and one of a release, which it is limited to" 0 '^  computers with a, on debian-12 alone$' \
    try --bad 'pkg:deb/debian/a?distro=debian-12=2-3'
check "a name with a plus" 0 'pkg:deb/debian/libstdc%2B%2B6 in vers:deb/12$' \
    try --system debian --bad libstdc++6=12
check "a version from the broken machine" 0 'pkg:deb/debian/libfoo in vers:deb/1.1-1$' \
    author draft site --bad libfoo --from broken.json --dry-run
check "the same as an osquery table" 0 'pkg:deb/debian/libfoo in vers:deb/1.1-1$' sh -c '
    printf "{\"os_version\": [{\"platform\": \"debian\"}],
        \"deb_packages\": [{\"name\": \"libfoo\", \"version\": \"1.1-1\"}]}" >osquery.json
    "$0" draft site --system debian --bad libfoo --from osquery.json --dry-run' "$program"

"$VDI_TEST_BUILD/compat/vdi-guard" check --json --with-machine --inventory broken.json \
    --manifest site/compat.json --pending none >check.json
check "a version from what check said there" 0 'pkg:deb/debian/libfoo in vers:deb/1.1-1$' \
    author draft site --bad libfoo --from check.json --dry-run
printf '{"format": 1, "effect": "none", "findings": []}' >check.json
check "which must say whose it is" 65 'check.json: machine: .*--with-machine' \
    author draft site --bad libfoo --from check.json --dry-run
check "from standard input" 0 'pkg:deb/debian/libfoo in vers:deb/1.1-1$' sh -c \
    '"$0" draft site --bad libfoo --from - --dry-run <broken.json' "$program"
printf '@ one os=debian type=deb/debian packages=1\nlibfoo 1.0-1\n' >fleet
printf '@ two os=debian type=deb/debian packages=1\nlibfoo 1.1-1\n' >>fleet
check "a fleet of two" 0 '^on fleet: two$' author draft site --bad libfoo=1.1-1 --inventory fleet --dry-run
check "one of which is broken" 0 '  now: broken' grep -A1 '^on fleet: two$' out

# ---- Windows ----
check "an update" 0 '^    update KB5074109$' try --bad kb5074109
check "on Windows" 0 '^    os windows$' try --bad KB5074109
check "taken out again meanwhile" 0 'Remove the update KB5074109.' try --bad KB5074109
check "repaired by another" 0 '^      update KB5077744$' try --bad KB5074109 --fixed KB5077744
check "which is its remedy" 0 'Install the update KB5077744.' try --bad KB5074109 --fixed KB5077744
check "repaired by a build" 0 'build in vers:generic/>=26100|<26100.7627' \
    try --bad KB5074109 --fixed 26100.7627
check "a build" 0 'build in vers:generic/>=26100.7623|<26100.7627' \
    try --bad build=26100.7623 --fixed 26100.7627
check "a build that an update repairs" 0 'build in vers:generic/26100.7623$' \
    try --bad build=26100.7623 --fixed KB5077744
check "which is its remedy, too" 0 'KB5077744 repairs it' cat out
check "two updates, either enough" 0 '^      update KB2467023$' \
    try --bad KB2482017 --bad KB2467023 --client 'view-client<4.5.0.353760'
check "and a client below its fix" 0 'client view-client in vers:generic/<4.5.0.353760' \
    cat out
check "which is a remedy" 0 'Upgrade the client to version 4.5.0.353760 or later.' \
    try --bad KB2482017 --client 'view-client<4.5.0.353760'
check "an advisory that is an update" 0 'update RHSA-2026:1234$' try --bad update=RHSA-2026:1234

printf '@ w os=windows version=10.0 client:citrix-workspace=24.9 updates=whole\n' >windows.txt
check "an update that would be held is named once" 0 '^    KB5080001 is held, until ' \
    author draft site --bad KB5080001 --bad KB5080002 --client 'citrix-workspace<24.9.10' --dry-run \
    --inventory windows.txt
check "and a system by what was asked" 0 'true: os windows; here it is windows$' cat out

# ---- clients ----
check "any version of a client" 0 'client remmina in vers:generic/\*' \
    try --bad libfoo=1.1-1 --client remmina
check "any of two" 0 '^      client freerdp in vers:generic/<=3.1$' \
    try --bad libfoo=1.1-1 --client remmina=1.4 --client 'freerdp<=3.1'

check "a client that nobody knows is warned of" 0 'client.id: warning: .* have the client remina; did you mean remmina?' \
    try --bad libfoo=1.1-1 --client remina
check "a known one is not" 1 '' sh -c '"$0" draft site --bad libfoo=1 --client remmina \
    --inventory empty.json --dry-run | grep table' "$program"

# ---- references ----
for row in 'USN-1234-1 ubuntu.com/security/notices/USN-1234-1' \
    'DSA-5000-1 security-tracker.debian.org/tracker/DSA-5000-1' \
    'DLA-500 security-tracker.debian.org/tracker/DLA-500' \
    'RHSA-2026:1234 access.redhat.com/errata/RHSA-2026:1234' \
    'FEDORA-2026-0a1b2c bodhi.fedoraproject.org/updates/FEDORA-2026-0a1b2c' \
    'ASA-202601-1 security.archlinux.org/ASA-202601-1' \
    'CVE-2026-12345 www.cve.org/CVERecord?id=CVE-2026-12345' \
    'GHSA-ab12-cd34-ef56 github.com/advisories/GHSA-ab12-cd34-ef56' \
    'KB5074109 support.microsoft.com/help/5074109' \
    'https://example.com/a example.com/a'; do
    set -- $row
    check "where $1 is read" 0 "^  https://$2 (not verified)$" try --bad libfoo=1.1-1 --advisory "$1"
done
check "an advisory about other packages is warned of" 0 \
    '^rules.*references\[0\].title: warning: FEDORA-2026-1a is about packages of type rpm, and the rule names deb\.' \
    try --system debian --bad libfoo=1.1-1 --advisory FEDORA-2026-1a
check "and the other way round" 0 'DSA-5000-1 is about packages of type deb, and the rule names rpm' \
    try --system fedora --bad a=1-1 --advisory DSA-5000-1
check "one about these is not" 1 '' sh -c '"$0" draft site --system debian --bad a=1 \
    --advisory DSA-5000-1 --advisory CVE-2026-1 --dry-run | grep "is about"' "$program"
check "what somebody has read" 0 '^  https://ubuntu.com/security/notices/USN-1-1$' \
    try --bad libfoo=1.1-1 --advisory USN-1-1 --verified
for id in USN-1 DSA- RHSA-2026-1 KB CVE-x-1 usn-1-1 SUSE-SU-2026:1-1 'https://' '' 'USN-1-1 x'; do
    check "no advisory: $id" 64 '--advisory' try --bad libfoo=1.1-1 --advisory "$id"
done

# ---- names, days, words ----
check "an id of one's own" 0 '^rule EX-7 is in the draft' draft --bad libfoo=1.1-1 --id EX-7
check "not twice" 65 'EX-7' draft --bad libfoo=1.1-1 --id EX-7
check "the next free one" 0 'rule VDI-2026-001 is' draft --bad libfoo=9
check "and the next" 0 'rule VDI-2026-002 is' draft --bad libfoo=10
author sign site >/dev/null 2>&1
author publish site --to web >/dev/null
author withdraw site VDI-2026-002 >/dev/null 2>&1
check "one that was withdrawn is not used again" 0 'rule VDI-2026-003: nothing' try --bad libfoo=11
check "a day of one's own" 0 '2026-12-24T23:59:59Z' try --bad libfoo=11 --expires 2026-12-24
check "too far a day is warned of" 0 'rules\[2\].expires: warning: .*90 days' \
    try --bad libfoo=11 --expires 2027-06-01
check "sentences of one's own" 0 '^  Wait for 2.$' \
    try --bad libfoo=1.1-1 --fixed 2 --message-en 'Wait for {fixed}.' --title-en 'It breaks'
check "then in French only if given" 1 '' grep 'in French' out
check "which lint says" 0 'The language fr is missing' draft --bad libfoo=12 --title-en 'It breaks' \
    --message-en m --dry-run

# ---- what may be to blame ----
check "what differs is shown" 64 '^  libfoo  *1.0-1 -> 1.1-1$' \
    author draft site --before laptop.json --after broken.json
check "and what is asked" 0 '--bad is missing: name the one of these' cat out
check "one of them is named" 0 'package pkg:deb/debian/libfoo in vers:deb/1.1-1$' \
    author draft site --before laptop.json --after broken.json --bad libfoo --dry-run
check "what was not broken before" 0 'not broken' cat out
check "what is on offer is shown" 64 '^  libfoo  *1.0-1 -> 1.1-1$' author draft site --from laptop.json
check "before without after" 64 'belong together' author draft site --before laptop.json

# ---- what is refused: one clear sentence, nothing changed ----
cp site/compat.json before
# refused NAME STATUS PATTERN OPTION…
refused()
{
    name=$1 due=$2 pattern=$3
    shift 3
    check "$name" "$due" "$pattern" draft "$@"
    holds "$name: in one sentence" test "$(wc -l <"$lab/out")" = 1
    holds "$name: nothing changed" cmp before site/compat.json
}
refused "no --bad" 64 '--bad is missing'
refused "an unknown type" 64 'deb, rpm, alpm and generic' --bad pkg:npm/left-pad=1
refused "no purl" 65 'pkg:deb' --bad pkg:=1
refused "a name that is none" 64 'no package.s name' --bad openssl==3
refused "a range for a version" 64 'no package.s name' --bad 'openssl<3'
refused "a build that is not called so" 64 'build=26100.7623' --bad 26100.7623
refused "a version that cannot be compared" 65 '"x:1" is no version of type deb' --bad libfoo=x:1
refused "a version that no package has" 65 'begin with a digit' --bad libfoo=abc
refused "a fix that no package has" 65 'begin with a digit' --bad libfoo=1.0-1 --fixed v1.0-2
refused "a fix with its name" 64 'write the version alone, 1.0-2' \
    --system debian --bad foo=1.0-1 --fixed foo=1.0-2
refused "an update without KB" 64 'an update is written KB5074109' --bad 5074109
refused "a fix that cannot be compared" 65 '"x:1" is no version of type deb' \
    --bad libfoo=1 --fixed x:1
refused "a fix that is as old" 64 'not newer than what is bad, libfoo 1.1' --bad libfoo=1.1 --fixed 1.1
refused "a fix that is older" 64 'not newer' --bad libfoo=1.1 --fixed 1.1~rc1
refused "a fix of another Windows" 64 'another Windows' --bad build=26100.7623 --fixed 26200.7627
refused "a build without a revision" 64 'a build and its revision' --bad build=26100
refused "an update that repairs itself" 64 'does not repair itself' --bad KB5074109 --fixed KB5074109
refused "a fix that is no update" 64 'KB5077744' --bad KB5074109 --fixed soon
refused "an update without a name" 64 'no update' --bad update=
refused "two fixes for three" 64 'once for all' --bad a=1 --bad b=1 --bad c=1 --fixed 2 --fixed 2
refused "Windows beside another" 64 'draft two' --bad KB5074109 --bad libfoo=1
refused "a name on Windows" 64 'on Windows' --system windows --bad libfoo=1
refused "an unknown system" 64 'none of debian' --system plan9 --bad libfoo=1
refused "a release that is none" 64 'none of debian' --system fedora-rawhide --bad libfoo=1
refused "a version that nobody knows" 64 'which version' --bad libfoo
refused "a client that is none" 64 'view-client<4.5' --bad libfoo=1 --client '<4'
refused "a client's version that is none" 64 'dotted numbers' --bad libfoo=1 --client 'a<4-1'
refused "an effect that is none" 64 'block, advise or info' --bad libfoo=1 --effect stop
refused "a day that is none" 64 'write 2026-12-31' --bad libfoo=1 --expires tomorrow
refused "a day that is past" 64 'that is past' --bad libfoo=1 --expires 2026-01-01
refused "an id that is none" 65 '(id: ' --bad libfoo=1 --id a/b
refused "an inventory that is none" 65 'before' --bad libfoo=1 --inventory before
refused "an inventory that is not there" 78 'nowhere' --bad libfoo=1 --from nowhere
check "no folder" 64 'draft DIR' author draft
check "a folder that is none" 78 'nowhere/compat.json' author draft nowhere --bad libfoo=1
finish
