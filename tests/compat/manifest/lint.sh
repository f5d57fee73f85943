#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# lint as an author meets it: places, levels, local limits, the day on which machines break.
set -eu

program=$VDI_TEST_BUILD/compat/vdi-manifest
examples=$VDI_TEST_SOURCE/docs/examples
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
cd "$lab"
. "$VDI_TEST_SOURCE/tests/support/check.sh"

lint()
{
    "$program" lint "$@" --now 2026-11-22T08:00:00Z
}

# manifest RULE…: manifest.json with these rules
manifest()
{
    printf '{"schema": "https://vigie.example/manifest/1", "id": "x",\n' >manifest.json
    printf ' "issued": "2026-11-22T08:00:00Z", "rules": [\n' >>manifest.json
    comma=
    for rule; do
        printf '%s%s\n' "$comma" "$rule" >>manifest.json
        comma=,
    done
    printf ']}\n' >>manifest.json
}

# rule ID EFFECT EXPIRES WHEN
rule()
{
    printf '{"id": "%s", "effect": "%s", "expires": "%s", "when": %s,' "$1" "$2" "$3" "$4"
    printf ' "title": {"en": "t"}, "message": {"en": "m"}, "remedies": [{"category": "vendor_fix"}]}'
}

# package NAME RANGE
package()
{
    printf '{"package": {"purl": "pkg:deb/debian/%s", "version": "vers:deb/%s"}}' "$1" "$2"
}

manifest
check "an empty manifest is fine" 0 'rules: 0, errors: 0, warnings: 0' lint manifest.json
manifest "$(rule A block 2026-12-01T00:00:00Z "$(package a '>=2|<3')")"
check "a good rule is fine, and holds until it expires" 0 \
    'A  *2026-12-01  the rule expires$' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package a '>=2|<3')")"
check "or until the longest hold ends" 0 \
    'breaks on 2026-12-06 .* rule A, the longest hold of a ends (14 days)' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package libssl3 '>=2|<3')")" \
    "$(rule B block 2026-12-01T00:00:00Z "$(package a '>=2|<3')")"
check "what everything stands on is held for 72 hours" 0 \
    'breaks on 2026-11-25 .* rule A, the longest hold of libssl3 ends (72 hours)' lint manifest.json
check "of all rules" 0 'rules: 2' cat out
manifest "$(rule A block 2027-01-31T00:00:00Z "{\"any\": [$(package a '>=2|<3'), $(package libssl3 2)]}")" \
    "$(rule B block 2026-12-01T00:00:00Z "{\"any\": [$(package libssl3 '>=4|<5'), $(package b 2)]}")"
check "the shortest time of what a rule names counts" 0 \
    'A  *2026-11-25  the longest hold of libssl3 ends (72 hours)' lint manifest.json
check "wherever it stands" 0 'B  *2026-11-25  the longest hold of libssl3' cat out
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package libssl3 '>=2|<3')")" \
    "$(rule B block 2026-12-01T00:00:00Z "$(package a '>=2|<3')")"
check "the other rules are told as well" 0 'B  *2026-12-01  the rule expires' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package dpkg '>=2|<3')")"
check "what is never held is said" 0 \
    '^rules\[0\].when.package: warning: Machines never hold dpkg.*(A)$' lint manifest.json
check "and that the rule protects from nothing" 0 'A  *not held .*never held' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z '{"all": [{"engine": {"version": "vers:generic/<3"}},
    {"peer": {"key": "os-build", "version": "vers:generic/1"}}]}')"
check "what acts at connect time has no such day" 1 '' \
    sh -c '"$0" lint manifest.json --now 2026-11-22T08:00:00Z | grep "until when"' "$program"

# A site's own limits.
printf '[hold]\nlongest-days = 3\nnever = a\n' >guard.conf
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package a '>=2|<3')")" \
    "$(rule B block 2027-01-31T00:00:00Z "$(package b '>=2|<3')")"
check "a site's own limits count" 0 'Machines never hold a:' lint manifest.json --limits guard.conf
check "its days too" 0 'B  *2026-11-25  the longest hold of b ends (72 hours)' \
    lint manifest.json --limits guard.conf
printf '[guard]\nmode = advise\n' >guard.conf
check "and its mode" 0 'these limits make every block advice' \
    lint manifest.json --limits guard.conf
printf '[hold]\nlongest-years = 3\n' >guard.conf
check "limits that are none" 78 'longest-years: no such setting' \
    lint manifest.json --limits guard.conf
check "limits that are not there" 78 'nowhere.conf' lint manifest.json --limits nowhere.conf
check "a file that is none" 78 'manifest.json' lint manifest.json --limits manifest.json

# Machines: what they have, and what they are offered.
# machine FILE INSTALLED OFFERED SECURITY
machine()
{
    cat >"$1" <<END
{"format": 1, "name": "$1", "os": {"id": "debian"}, "whole": ["packages"],
 "packages": [{"type": "deb", "namespace": "debian", "name": "a", "version": "$2", "arch": "amd64"}],
 "pending": [{"type": "deb", "namespace": "debian", "name": "a", "arch": "amd64", "before": "$2",
              "after": "$3", "security": $4}]}
END
}

machine one.json 1 2.1 true
machine two.json 1 3 false
manifest "$(rule A block 2027-01-31T00:00:00Z "$(package a '>=2|<3')")"
check "what some machine is offered is fine" 0 'warnings: 0$' \
    lint manifest.json --inventory one.json --inventory two.json
check "what comes from a security origin is held for 72 hours" 0 \
    'breaks on 2026-11-25 .* rule A, the longest hold of a ends (72 hours)' \
    lint manifest.json --inventory one.json
check "what no machine has or is offered is said" 0 \
    '^rules\[0\].when.package.version: warning: .* there is 1, 3. (A)$' \
    lint manifest.json --inventory two.json
check "an inventory that is none" 65 'manifest.json' lint manifest.json --inventory manifest.json
check "an inventory that is not there" 78 'nowhere.json' \
    lint manifest.json --inventory one.json --inventory nowhere.json
set --
for letter in a b c d; do
    set -- "$@" "$(rule "R$letter" block 2027-01-31T00:00:00Z \
        "{\"all\": [$(package a '>=2|<3'), {\"not\": {\"update\": \"$letter\"}}]}")"
done
manifest "$@"
sed -i 's/"whole": \["packages"\]/"whole": ["packages", "updates"]/' one.json
check "what would be too much at once is said" 0 \
    '^rules\[0\]: warning: .* 4 rules would hold 1 packages at once.*becomes advice' \
    lint manifest.json --inventory one.json

manifest "$(rule A block 2027-01-31T00:00:00Z "$(package a '>=2|<3')" |
    sed 's/"vendor_fix"/"vendor_fix", "version": "3"/')"
check "what would be better is named" 0 'ends (14 days) (unless 3 is there by then)$' \
    lint manifest.json
sed -i 's|"version": "3"|"package": "pkg:deb/debian/a", "version": "3"|' manifest.json
check "with its package" 0 '(unless a 3 is there by then)$' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z '{"client": {"id": "remmina", "version": "vers:generic/<3"}}' |
    sed 's/"vendor_fix"/"vendor_fix", "action": "upgrade-client", "version": "3"/')"
check "or its client" 0 '(unless remmina 3 is there by then)$' lint manifest.json

# Slips of the pen.
# slip FACT…: each must be told with what was meant
slip()
{
    manifest "$(rule A info 2027-01-31T00:00:00Z "$1")"
    check "a slip: $1" 0 "warning: .*did you mean $2?" lint manifest.json
}

slip '{"client": {"id": "Remmina", "version": "vers:generic/<2"}}' remmina
slip '{"client": {"id": "remina", "version": "vers:generic/<2"}}' remmina
slip '{"os": {"id": "Ubuntu"}}' ubuntu
slip '{"os": {"id": "ubunut"}}' ubuntu
manifest "$(rule A info 2027-01-31T00:00:00Z '{"os": {"id": "gentoo"}}')"
check "another system is none" 0 'warnings: 0$' lint manifest.json
manifest "$(rule A info 2027-01-31T00:00:00Z '{"client": {"id": "ours-alone", "version": "vers:generic/<2"}}')"
check "a client of the site's own is said" 0 'have the client ours-alone\.' lint manifest.json

# Places and statuses.
manifest "$(rule A block 2027-01-31T00:00:00Z "{\"any\": [{\"update\": \"KB1\"},
    $(package a '*')]}")"
check "what may not be signed is 65" 65 \
    '^rules\[0\].when.any\[1\].package.version: error: .*any version.*(A)$' lint manifest.json
check "and counted" 65 'errors: 1, warnings: 1$' lint manifest.json
manifest "$(rule A block 2027-01-31T00:00:00Z "{\"all\": [{\"update\": \"KB1\"},
    {\"package\": {\"purl\": \"openssl\", \"version\": \"vers:deb/1\"}}]}")"
check "what cannot be read is 65, with its place" 65 \
    'rules\[0\].when.all\[1\].package: purl: ' lint manifest.json
printf '{"schema": "https://vigie.example/manifest/1",\n "id": x}' >manifest.json
check "broken JSON is 65, with its line" 65 'line 2, column 8: ' lint manifest.json
check "no file" 78 'nowhere/compat.json.*"vdi-manifest init nowhere --id NAME" makes one' lint nowhere
rule R block 2027-01-31T00:00:00Z '{"update": "KB1"}' >one-rule.json
check "one rule is no manifest" 65 'one-rule.json: that is one rule; "vdi-manifest add DIR one-rule.json"' \
    lint one-rule.json
check "no folder" 64 'lint DIR' lint

# A folder, and every example.
"$program" init site --id example-corp --now 2026-11-22T08:00:00Z >/dev/null
check "a folder's draft is linted" 0 '^site: rules: 0' lint site
warned='^rules\[0\].when.client.id: warning: .* have the client remina; did you mean remmina? (R1)$'
add() { "$program" add site one-rule.json --now 2026-11-22T08:00:00Z; }
rule R1 block 2027-01-31T00:00:00Z \
    '{"client": {"id": "remina", "version": "vers:generic/<1.4"}}' >one-rule.json
check "add warns in the same words" 0 "vdi-manifest: ${warned#^}" add
check "lint" 0 "$warned" lint site
check "and sign" 0 "vdi-manifest: ${warned#^}" "$program" sign site --now 2026-11-22T08:00:00Z
sed -i 's/R1/R2/; s/remina/remmina/' one-rule.json
sed 's/1.4"/1.5"/' one-rule.json >again.json
replace() { "$program" add site again.json --now 2026-11-22T08:00:00Z "$@"; }
check "what is not there is not replaced" 65 'no such rule' replace --replace
check "add is silent about other rules" 1 '' sh -c '"$@" 2>&1 | grep "warning:.*(R1)"' sh \
    "$program" add site one-rule.json --now 2026-11-22T08:00:00Z
check "a rule that is there is not added" 65 'give "add" --replace' replace
sed 's/R2/R3/; s/"client"/"program"/' one-rule.json >again.json
check "a mistake is one of its file" 65 '(again.json: when.program: no such fact' replace
sed 's/1.4"/1.5"/' one-rule.json >again.json
check "a rule that is there is replaced" 0 'rule R2 is in the draft' replace --replace
check "by what is new" 0 'vers:generic/<1.5' "$program" show site R2
check "and once" 0 '^site: rules: 2, ' lint site
for example in "$examples"/*.json; do
    issued=$(sed -n 's/^  "issued": "\(.*\)",$/\1/p' "$example")
    check "$(basename "$example") has no error" 0 'errors: 0' \
        "$program" lint "$example" --now "$issued"
done
finish
