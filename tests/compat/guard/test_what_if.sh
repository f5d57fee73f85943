#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-guard check with what is pending, what-if and explain, over systems that are written down and
# by unsigned rules: what they print and how they end, as tests/golden/vdi-guard-what-if.txt has it,
# and the French of it. Needs no rights.
set -u

guard=$VDI_TEST_BUILD/compat/vdi-guard

# say WORD…: the command, what it says, its exit status; the folder's name is left out.
say()
{
    printf '$ vdi-guard'
    printf " '%s'" "$@" | sed "s|$PWD|DIR|g"
    echo
    said=$("$guard" "$@" --root "$PWD/root" --now 2026-11-22T08:00:00Z 2>&1)
    status=$?
    printf '%s\n' "$said" | sed "s|$PWD|DIR|g"
    printf 'exit status %d\n\n' $status
}

# Beside rules.json, which says that client 1.x breaks with lib 2.0, and some facts of other kinds.
write_files()
{
    mkdir -p root/etc
    printf 'ID=debian\nVERSION_ID="12"\n' >root/etc/os-release
    cat >rules.json <<'END'
{"schema": "https://vigie.example/manifest/1", "id": "corp", "issued": "2026-11-20T08:00:00Z",
 "rules": [
  {"id": "R1", "effect": "block",
   "title": {"en": "Library 2.0 breaks the client", "fr": "La bibliothèque 2.0 casse le client"},
   "message": {"en": "Upgrade the client first.", "fr": "Mettez d'abord le client à jour."},
   "when": {"all": [
     {"package": {"purl": "pkg:deb/debian/lib", "version": "vers:deb/>=2.0|<2.1"}},
     {"client": {"id": "remmina", "version": "vers:generic/<2.0"}},
     {"not": {"package": {"purl": "pkg:deb/debian/x", "version": "vers:deb/>=9"}}}]},
   "remedies": [{"category": "vendor_fix", "action": "upgrade-client", "version": "2.0"}],
   "expires": "2026-12-31T00:00:00Z"},
  {"id": "R2", "effect": "block",
   "title": {"en": "The January update breaks the prompt", "fr": "La mise à jour de janvier casse l'invite"},
   "message": {"en": "Wait for {fixed}.", "fr": "Attendez {fixed}."},
   "when": {"all": [{"os": {"id": "windows"}}, {"any": [{"update": "KB5074109"},
     {"build": {"version": "vers:generic/>=26100.7623|<26100.7627"}}]},
     {"not": {"setting": {"key": "rollback"}}}]},
   "remedies": [{"category": "vendor_fix", "action": "install-update", "update": "KB5077744",
                 "version": "26100.7627"}],
   "expires": "2026-12-31T00:00:00Z"},
  {"id": "R3", "effect": "advise",
   "title": {"en": "Tool 3 is slow", "fr": "L'outil 3 est lent"},
   "message": {"en": "It works.", "fr": "Il fonctionne."},
   "when": {"package": {"purl": "pkg:deb/debian/tool", "version": "vers:deb/>=3|<4"}}}]}
END
    # lib 2.0 comes with tool 3; the client that works comes with lib 2.0.
    cat >system.json <<'END'
{"format": 1,
 "installed": [{"name": "lib", "version": "1.0"}, {"name": "tool", "version": "2"},
               {"name": "remmina", "version": "1.4-1"}, {"name": "x", "version": "1"}],
 "offered": [{"name": "lib", "version": "2.0", "security": true, "needs": [{"name": "tool", "version": "3"}]},
             {"name": "tool", "version": "3"},
             {"name": "remmina", "version": "2.0-1", "needs": [{"name": "lib", "version": "2.0"}]},
             {"name": "x", "version": "2"}]}
END
    grep -v '"version": "2.0-1"' system.json >late.json # the client that works is not out yet
    cat >machine.json <<'END'
{"format": 1, "name": "poste-12", "os": {"id": "debian", "version": "12"},
 "whole": ["clients", "packages", "updates"],
 "clients": [{"id": "remmina", "version": "1.4"}],
 "packages": [{"type": "deb", "namespace": "debian", "name": "lib", "version": "2.0", "arch": "amd64"}],
 "pending": [{"type": "deb", "namespace": "debian", "name": "lib", "arch": "amd64", "before": "2.0",
              "after": "2.1"}]}
END
    cat >windows.json <<'END'
{"format": 1, "name": "poste-13", "os": {"id": "windows", "version": "10"}, "build": "26100.7600",
 "whole": ["clients", "packages", "updates"], "settings": [{"key": "rollback", "absent": true}],
 "clients": [{"id": "horizon-client", "version": "8.13"}]}
END
    # One that tells neither its updates nor its settings.
    printf '{"format": 1, "name": "poste-14", "os": {"id": "windows"}, "build": "26100.7625"}' >silent.json
    printf '# tonight\nlib=2.0\n\nx=2\n' >words
    printf 'VERSION 3\nAPT::Architecture=amd64\n\nlib 1.0 all none < 2.0 all none /var/lib.deb\n' >stream
    printf 'lib\n' >bad-words
    printf '{"format": 1' >broken.json
    printf '{"format": 2}' >other.json
}

transcript()
{
    rules="--manifest $PWD/rules.json"
    here="$rules --simulation $PWD/system.json"

    say check $here
    say check $here --pending none
    say check $here --pending auto
    say check $rules --simulation "$PWD/late.json" --pending auto
    say check $here --pending "$PWD/words"
    say check $here --pending "$PWD/stream"
    say check $here --pending "$PWD/words" --json
    say check $rules --inventory "$PWD/machine.json"
    say check $rules --inventory "$PWD/machine.json" --pending auto
    say what-if $here lib=2.0
    say what-if $here --alone lib=2.0
    say what-if $here --alone lib=2.0 remmina=2.0-1
    say what-if $here remmina=2.0-1
    say what-if $here tool=3
    say what-if $here lib=9.9
    say what-if $here libgnutls3=3.8 x=2
    say what-if $rules --inventory "$PWD/machine.json" libgnutls3=3.8 tool=3
    say what-if $rules --inventory "$PWD/machine.json" lib=
    say what-if $rules --inventory "$PWD/machine.json" client:remmina=2.1 --json
    say what-if $rules --inventory "$PWD/windows.json" KB5074109
    say what-if $rules --inventory "$PWD/windows.json" build=26100.7625
    say what-if $rules --inventory "$PWD/windows.json" build=26100.7627 horizon-client=8.15
    say explain R1 $here
    say explain R1 $rules --inventory "$PWD/machine.json"
    say explain R2 $rules --inventory "$PWD/windows.json"
    say explain R2 $rules --inventory "$PWD/silent.json"
    say check $rules --inventory "$PWD/silent.json"
}

# What is not understood: one sentence, and a status that says whose fault it is.
refusals()
{
    rules="--manifest $PWD/rules.json"
    here="$rules --simulation $PWD/system.json"

    say check --simulation "$PWD/system.json"
    say check $here --pending "$PWD/nothing"
    say check $here --pending "$PWD/bad-words"
    say check $here --pending "$PWD/broken.json"
    say check $here --pending "$PWD/windows.json"
    say check $rules --inventory "$PWD/windows.json" --pending auto
    say check $rules --inventory "$PWD/broken.json"
    say check $rules --inventory "$PWD/other.json"
    say check --manifest "$PWD/broken.json" --simulation "$PWD/system.json"
    say check --manifest "$PWD/nothing" --simulation "$PWD/system.json"
    say what-if $here
    say what-if $here lib
    say what-if $here lib=2.0 lib=2.1
    say what-if $here lib=2.0 lib:all=
    say what-if $here nothing=
    say what-if $here 'lib=2 0'
    say what-if $here build=now
    say explain R9 $here
    say explain $here
}

if [ "${1-}" = transcript ]; then
    lab=$(mktemp -d)
    trap 'rm -rf "$lab"' EXIT
    cd "$lab" || exit
    write_files
    transcript
    [ "${2-}" = french ] || refusals
    exit
fi
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
. "$VDI_TEST_SOURCE/tests/support/check.sh"

holds "the transcript" sh "$VDI_TEST_SOURCE/tests/same.sh" \
    "$VDI_TEST_SOURCE/tests/golden/vdi-guard-what-if.txt" sh "$0" transcript
if [ -d "${LOCPATH-}/fr_FR.UTF-8" ]; then
    holds "the transcript in French" env LC_ALL=fr_FR.UTF-8 sh "$VDI_TEST_SOURCE/tests/same.sh" \
        "$VDI_TEST_SOURCE/tests/golden/vdi-guard-what-if-fr.txt" sh "$0" transcript french
else
    echo "SKIP: the person's language: the locale fr_FR.UTF-8"
    skipped=1
fi
finish
