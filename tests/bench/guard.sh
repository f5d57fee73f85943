#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# How long the guard keeps somebody waiting, and how much memory it takes: vdi-hook and vdi-guard
# check from the store of a machine, vdi-guard refresh from JSON, beside programs that ask the same
# of the same package database. Printed, never judged.
#
#   tests/bench/guard.sh BUILD [RUNS [PLOT.svg]]      as root: what is trusted must be root's
#
# Every program is started RUNS times, one after the other in turn, so that a busy minute hits all
# of them; slow ones less often. No rule is true, and each is about a package that is installed:
# nothing can be left out.
set -eu

build=$(cd "$1" && pwd)
runs=${2:-21}
plot=${3-}
[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 77; }
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
umask 022
bench=$build/tests/bench
guard=$build/compat/vdi-guard
hook=$build/compat/vdi-hook
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
end=$(date -u -d '+60 days' +%Y-%m-%dT00:00:00Z)
export APT_HOOK_INFO_FD=0

# ---- what is measured on ----

# database NAME PACKAGES: this machine's, cut to so many packages or grown to them by copies of its own.
database()
{
    awk -v n="$2" -v names="$lab/$1.names" 'BEGIN { RS = ""; ORS = "\n\n" }
        /\nStatus: [a-z]+ ok installed\n/ { entry[count++] = $0 }
        END {
            for (i = 0; i < n; i++) {
                text = entry[i % count]
                name = substr(text, 10, index(text, "\n") - 10)
                copy = name (i < count ? "" : "-copy" int(i / count))
                sub(/^Package: [^\n]*/, "Package: " copy, text)
                print text
                printf "%s\n", copy >names
            }
        }' /var/lib/dpkg/status >"$lab/$1.status"
}

# author LIST RULES NAMES [DOTS]: a signed and published list of so many rules about those packages in
# turn. With DOTS it fills the ceiling of bytes, by so many in each message and without remedies.
author()
{
    "$build/compat/vdi-manifest" init "$lab/$1" --id bench >/dev/null
    awk -v n="$2" -v dots="${4:-0}" -v now="$now" -v end="$end" '
        { name[NR - 1] = $0 }
        function remedy(i) {
            return dots ? "" : sprintf("\"remedies\":[{\"category\":\"vendor_fix\",\"action\":\"upgrade-package\"," \
                "\"package\":\"pkg:deb/debian/%s\",\"version\":\"99:%d\"}],", name[i % NR], i + 1)
        }
        END {
            for (i = 0; i < dots; i++) more = more "."
            printf "{\"schema\":\"https://vigie.example/manifest/1\",\"id\":\"bench\",\"issued\":\"%s\",\"rules\":[\n", now
            for (i = 0; i < n; i++) printf "%s{\"id\":\"R%d\",\"effect\":\"block\",\"title\":{\"en\":\"It breaks\"}," \
                "\"message\":{\"en\":\"Of %d%s\"},\"expires\":\"%s\",%s\"when\":{\"package\":" \
                "{\"purl\":\"pkg:deb/debian/%s\",\"version\":\"vers:deb/>=99:%d|<99:%d\"}}}", \
                i ? ",\n" : "", i, i, more, end, remedy(i), name[i % NR], i, i + 1
            print "]}"
        }' "$lab/$3.names" >"$lab/$1/compat.json"
    "$build/compat/vdi-manifest" sign "$lab/$1" >/dev/null 2>"$lab/said" || { cat "$lab/said"; exit 1; }
    "$build/compat/vdi-manifest" publish "$lab/$1" --to "$lab/web-$1" >/dev/null
}

# machine NAME LIST DATABASE: enrolled, and nothing fetched yet.
machine()
{
    mkdir -p "$lab/$1/etc/vdi/orgs/bench" "$lab/$1/var/lib/dpkg"
    cp "$lab/$3.status" "$lab/$1/var/lib/dpkg/status"
    cp /etc/os-release "$lab/$1/etc/os-release"
    cp "$lab/$2/metadata/1.root.json" "$lab/$1/etc/vdi/orgs/bench/root.json"
    printf '[organisation]\nurl = %s\n' "$lab/web-$2" >"$lab/$1/etc/vdi/orgs/bench/org.conf"
}

# guarded NAME LIST DATABASE: the same, with its list fetched and its rules in force.
guarded()
{
    machine "$1" "$2" "$3"
    "$guard" refresh --root "$lab/$1" --simulation "$lab/system.json" >/dev/null
}

# An upgrade of fifty packages, as apt tells it to a hook.
stream()
{
    printf 'VERSION 3\nA=b\n\n'
    head -n 50 "$lab/$1.names" | awk '{ print $0, "1 amd64 none < 2 amd64 none /a/" $0 ".deb" }'
}

# oval RULES: the same tests in OVAL's words.
oval()
{
    awk -v n="$1" -v now="$now" '
        { name[NR - 1] = $0 }
        END {
            oval = "http://oval.mitre.org/XMLSchema/oval"
            linux = "xmlns=\"" oval "-definitions-5#linux\" version=\"1\""
            print "<oval_definitions xmlns=\"" oval "-definitions-5\" xmlns:oval=\"" oval "-common-5\">"
            print "<generator><oval:schema_version>5.11.2</oval:schema_version><oval:timestamp>" \
                substr(now, 1, 19) "</oval:timestamp></generator>"
            print "<definitions>"
            for (i = 0; i < n; i++) print "<definition class=\"vulnerability\" id=\"oval:bench:def:" i \
                "\" version=\"1\"><metadata><title>R" i "</title><description>It breaks</description></metadata>" \
                "<criteria><criterion test_ref=\"oval:bench:tst:" i "\"/></criteria></definition>"
            print "</definitions><tests>"
            for (i = 0; i < n; i++) print "<dpkginfo_test " linux " check=\"all\" check_existence=\"at_least_one_exists\"" \
                " comment=\"R" i "\" id=\"oval:bench:tst:" i "\"><object object_ref=\"oval:bench:obj:" i \
                "\"/><state state_ref=\"oval:bench:ste:" i "\"/></dpkginfo_test>"
            print "</tests><objects>"
            for (i = 0; i < n; i++) print "<dpkginfo_object " linux " id=\"oval:bench:obj:" i "\"><name>" name[i % NR] \
                "</name></dpkginfo_object>"
            print "</objects><states>"
            for (i = 0; i < n; i++) print "<dpkginfo_state " linux " id=\"oval:bench:ste:" i "\"><evr datatype=\"debian_evr_string\"" \
                " operation=\"greater than or equal\">99:" i "</evr></dpkginfo_state>"
            print "</states></oval_definitions>"
        }' "$lab/here.names" >"$lab/oval.xml"
}

# ---- tables ----

# table [CHECK-MS]: what interleave prints, with what is beyond an empty program of the same
# libraries, and beside vdi-guard check of 5,000 rules.
table()
{
    awk -v check="${1:-0}" '
        {
            failed = /FAILED/ ? "   FAILED" : ""
            name = substr($0, 3, 44); sub(/ +$/, "", name)
            split(substr($0, 47), word, " ")
            n++; names[n] = name; whole[n] = word[1]; said[n] = failed
            for (i = 1; i in word; i++) {
                if (word[i] == "processor") processor[n] = word[i + 1]
                if (word[i] == "peak") peak[n] = word[i + 1]
            }
            if (name == "empty, as vdi-hook") hook = word[1]
            if (name == "empty, as vdi-guard") guard = word[1]
            if (name == "vdi-guard check, 5,000 rules") check = word[1]
        }
        END {
            printf "  %-44s %11s %11s %12s %9s %10s\n", "", "whole", "beyond", "processor", "x check", "peak"
            for (i = 1; i <= n; i++) {
                beyond = names[i] ~ /^vdi-hook/ ? hook : names[i] ~ /^vdi-guard/ ? guard : 0
                printf "  %-44s %8.2f ms %11s %9.2f ms %9.2f %6.1f MiB%s\n", names[i], whole[i],
                    beyond ? sprintf("%8.2f ms", whole[i] - beyond) : "", processor[i], whole[i] / check,
                    peak[i], said[i]
            }
        }'
}

check_ms()
{
    awk 'substr($0, 3, 44) ~ /^vdi-guard check, 5,000 rules *$/ { print substr($0, 47) + 0 }' "$lab/quick"
}

load()
{
    cut -d ' ' -f 1 /proc/loadavg
}

installed=$(awk 'BEGIN { RS = "" } /\nStatus: [a-z]+ ok installed\n/ { n++ } END { print n }' /var/lib/dpkg/status)
echo '{"format":1,"installed":[],"offered":[]}' >"$lab/system.json"
database here "$installed"
database grown 3000
author one 1 here
author some 5000 here
author most 16384 here 120
author all 16384 grown 120
guarded one one here
guarded some some here
guarded most most here
guarded some-3000 some grown
guarded all-3000 all grown
stream here >"$lab/stream"

printf 'The guard from its store: %s packages here, medians of %s, load %s\n' "$installed" "$runs" "$(load)"
printf '  lists: 5,000 rules %s bytes; 16,384 rules %s bytes\n' \
    "$(wc -c <"$lab/some/compat.json")" "$(wc -c <"$lab/most/compat.json")"
"$bench/interleave" "$runs" \
    "empty, as vdi-hook" "$bench/empty_hook" -- \
    "vdi-hook, 1 rule" "$hook" --root "$lab/one" -- \
    "vdi-hook, 5,000 rules" "$hook" --root "$lab/some" -- \
    "vdi-hook, 16,384 rules" "$hook" --root "$lab/most" -- \
    "vdi-hook, 16,384 rules, 3,000 packages" "$hook" --root "$lab/all-3000" -- \
    "empty, as vdi-guard" "$bench/empty_guard" -- \
    "vdi-guard check, 1 rule" "$guard" check --root "$lab/one" -- \
    "vdi-guard check, 5,000 rules" "$guard" check --root "$lab/some" -- \
    "vdi-guard check, 5,000 rules, 3,000 packages" "$guard" check --root "$lab/some-3000" -- \
    "vdi-guard check, 16,384 rules" "$guard" check --root "$lab/most" -- \
    "vdi-guard check, 16,384 rules, 3,000" "$guard" check --root "$lab/all-3000" -- \
    "dpkg-query -W" dpkg-query -W \
    <"$lab/stream" >"$lab/quick"
table <"$lab/quick"

# ---- at refresh, from JSON; and what is slow ----

few=5
i=0
while [ "$i" -lt "$few" ]; do
    machine "some-new-$i" some here
    machine "all-new-$i" all grown
    i=$((i + 1))
done
set -- "$bench/interleave" "$few" \
    "empty, as vdi-guard" "$bench/empty_guard" -- \
    "vdi-guard refresh, 5,000 rules" "$guard" refresh --lists-only --root "$lab/some-new-%d" -- \
    "vdi-guard refresh, 16,384 rules" "$guard" refresh --lists-only --root "$lab/all-new-%d"
listbugs=
for deb in "${XDG_CACHE_HOME:-${HOME:-/root}/.cache}"/vigie-bench/apt-listbugs_*.deb; do
    command -v ruby >/dev/null 2>&1 && [ -e "$deb" ] || continue
    dpkg-deb -x "$deb" "$lab/unpacked"
    listbugs=$lab/unpacked/usr/bin/apt-listbugs
    # Where it is installed it asks dpkg-query what it is, elsewhere a slower program.
    sed -i 's/^if File.expand_path(__FILE__).*/if true/' "$listbugs"
    set -- "$@" -- "apt-listbugs, its start alone" \
        ruby -I "$lab/unpacked/usr/lib/ruby/vendor_ruby" "$listbugs" --help
done
echo
printf 'At refresh, from JSON, and beside it; medians of %s, load %s\n' "$few" "$(load)"
"$@" >"$lab/slow"
table "$(check_ms)" <"$lab/slow"
[ -n "$listbugs" ] || echo "  apt-listbugs: not here (packaging/deps.sh --full)"

if command -v oscap >/dev/null 2>&1; then
    oval 5000
    "$bench/interleave" 1 "oscap oval eval, the same 5,000 tests" \
        oscap oval eval --skip-validation "$lab/oval.xml" >"$lab/oscap"
    table "$(check_ms)" <"$lab/oscap" | tail -n +2
else
    echo "  oscap: not here (packaging/deps.sh --full)"
fi

# ---- linear in rules and in packages ----

# points FILE: "X MS" from the names that interleave prints, which begin with X.
points()
{
    awk '{ print substr($0, 3, 44) + 0, substr($0, 47) + 0 }' "$1"
}

# line UNIT X-NAME: the straight line through points, and the farthest of them.
line()
{
    awk -v unit="$1" -v what="$2" '
        { x[NR] = $1; y[NR] = $2; sx += $1; sy += $2; sxx += $1 * $1; sxy += $1 * $2 }
        END {
            slope = (NR * sxy - sx * sy) / (NR * sxx - sx * sx)
            start = (sy - slope * sx) / NR
            for (i = 1; i <= NR; i++) {
                off = y[i] - start - slope * x[i]; off = off < 0 ? -off : off
                if (off > far) far = off
            }
            printf "  %.2f ms and %.3f ms for each %d %s; the farthest point is %.2f ms off that line\n",
                start, slope * unit, unit, what, far
        }'
}

# panel LEFT X-NAME: a drawing of points in SVG.
panel()
{
    awk -v left="$1" -v what="$2" '
        { x[NR] = $1; y[NR] = $2; if ($1 > far) far = $1; if ($2 > high) high = $2
          sx += $1; sy += $2; sxx += $1 * $1; sxy += $1 * $2 }
        function px(v) { return left + 50 + 300 * v / far }
        function py(v) { return 250 - 210 * v / high }
        END {
            slope = (NR * sxy - sx * sy) / (NR * sxx - sx * sx); start = (sy - slope * sx) / NR
            high *= 1.1
            printf "<path d=\"M%d 40V250H%d\" fill=\"none\" stroke=\"#444\"/>\n", left + 50, left + 360
            printf "<path d=\"M%.1f %.1fL%.1f %.1f\" stroke=\"#c60\"/>\n", px(0), py(start), px(far), py(start + slope * far)
            for (i = 1; i <= NR; i++) {
                printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", px(x[i]), py(y[i])
                printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.1f</text>\n", px(x[i]), py(y[i]) - 8, y[i]
                printf "<text x=\"%.1f\" y=\"266\" text-anchor=\"middle\">%d</text>\n", px(x[i]), x[i]
            }
            printf "<text x=\"%d\" y=\"286\" text-anchor=\"middle\">%s</text>\n", left + 200, what
            printf "<text x=\"%d\" y=\"30\">ms, whole process</text>\n", left + 50
        }'
}

database small 500
set --
for n in 1 2000 4000 8000 16000; do
    author "rules-$n" "$n" here 1
    guarded "rules-$n" "rules-$n" here
    set -- "$@" "$n rules" "$guard" check --root "$lab/rules-$n" --
done
"$bench/interleave" "$runs" "$@" >"$lab/by-rules"
author same 5000 small 1
set --
for n in 500 1000 2000 3000; do
    database "packages-$n" "$n"
    guarded "packages-$n" same "packages-$n"
    set -- "$@" "$n packages" "$guard" check --root "$lab/packages-$n" --
done
"$bench/interleave" "$runs" "$@" >"$lab/by-packages"
echo
printf 'Linear: vdi-guard check, medians of %s, load %s\n' "$runs" "$(load)"
points "$lab/by-rules" | line 1000 rules
points "$lab/by-packages" | line 1000 packages
if [ -n "$plot" ]; then
    {
        echo '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="300" font-family="sans-serif" font-size="11">'
        echo '<rect width="760" height="300" fill="#fff"/>'
        points "$lab/by-rules" | panel 0 "rules ($installed packages)"
        points "$lab/by-packages" | panel 380 "packages (5,000 rules)"
        echo '</svg>'
    } >"$plot"
    echo "  drawn in $plot"
fi
