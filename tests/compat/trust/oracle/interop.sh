#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# An independent implementation of The Update Framework agrees with ours, both ways: go-tuf, from
# Debian's own packages, without a network. It follows what vdi-manifest publishes, and vdi-guard tuf
# follows what it publishes; what was changed on the way, both refuse.
#
#   tests/compat/trust/oracle/interop.sh BUILD
set -eu

build=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
gocode=/usr/share/gocode
passed=0 failed=0 work=$(mktemp -d)
server=
finish()
{
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
cd "$work"

skip()
{
    echo "SKIP: interop: needs $1"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
}

command -v go >/dev/null 2>&1 || skip golang-go
[ -d $gocode/src/github.com/theupdateframework/go-tuf/client ] ||
    skip golang-github-theupdateframework-go-tuf-dev
GOPATH=$gocode GO111MODULE=off GOPROXY=off GOTOOLCHAIN=local GOCACHE="$work/cache" \
    go build -o go_tuf "$here/go_tuf.go" 2>build.log ||
    { cat build.log; skip "a go-tuf with the interface of 0.5"; }
rm -rf cache
echo "go-tuf $(dpkg-query -W -f '${Version}' golang-github-theupdateframework-go-tuf-dev 2>/dev/null || echo '?')"

# check SENTENCE STATUS COMMAND…
check()
{
    sentence=$1 expected=$2 status=0
    shift 2
    "$@" >said 2>saying || status=$?
    if [ "$status" = "$expected" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $sentence: status $status instead of $expected"
        cat saying
    fi
}

# Everything is served from one folder.
mkdir served
"$build/tests/lab/lab-web" --folder served --port-file port 2>/dev/null &
server=$!
tries=100
while [ ! -s port ]; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || { echo "FAILED: the web server does not start"; exit 1; }
    sleep 0.1
done
url=http://127.0.0.1:$(cat port)

# ---- what vdi-manifest publishes ----

author()
{
    "$build/compat/vdi-manifest" "$@" >author.log 2>&1 || { cat author.log; exit 1; }
}

add()
{
    author draft site --id "$1" --bad pkg:deb/debian/libfreerdp3-3=3.10 --fixed 3.11 \
        --title-en "$1" --message-en 'Wait for {fixed}.'
}

publish()
{
    author sign site
    author publish site --to served/ours
    cp "$(ls -t served/ours/*.compat.json | head -n 1)" expected
}

# follows SENTENCE STORE: go-tuf, from root 1 when the store is new, gets what was published last.
follows()
{
    check "$1" 0 ./go_tuf follow "$2" 1.root.json "$url/ours" compat.json
    mv said got
    check "$1: the very bytes" 0 cmp got expected
}

refuses()
{
    check "$1" 1 ./go_tuf follow "$2" 1.root.json "$url/ours" compat.json
}

# One bit of what is signed (the year 3027), or a byte of the target.
flip()
{
    case $1 in
    *.compat.json | */targets/*) sed '1s/^./~/' "$1" ;;
    *) sed 's/\("expires": *"\)2/\13/' "$1" ;;
    esac >flipped
    ! cmp -s flipped "$1" || { echo "FAILED: $1 cannot be changed"; exit 1; }
    cp flipped "$1"
}

# newest FOLDER ROLE: its file of the highest version.
newest()
{
    (cd "$1" && ls) | grep "^[0-9]*[.]$2[.]json\$" | sort -n | tail -n 1
}

author init site --id example-corp
cp site/metadata/1.root.json .
add EX-1
publish
follows "go-tuf follows a first refresh" store
follows "go-tuf follows when nothing is new" store
add EX-2
publish
cp -r served/ours before
follows "go-tuf follows an update" store
author rotate site root --number 3 --threshold 2
publish
follows "go-tuf follows a root of one key to a root of two of three" store
author rotate site targets
author rotate site online
add EX-3
publish
follows "go-tuf follows new keys of every role" store
follows "go-tuf follows the whole chain of roots from the first" fresh
echo "roots published: $(ls served/ours/*.root.json | wc -l)"

mv served/ours good
n_flips=0
target=$(basename "$(ls -t good/*.compat.json | head -n 1)")
for file in timestamp.json $(cd good && ls ./*.root.json | grep -v '/1[.]') \
    "$(newest good snapshot)" "$(newest good targets)" "$target"; do
    cp -r good served/ours
    flip "served/ours/$file"
    refuses "go-tuf refuses a changed $file" "flip-$n_flips"
    rm -rf served/ours
    n_flips=$((n_flips + 1))
done
echo "changed files that go-tuf refused: $n_flips"
cp -r good served/ours
follows "go-tuf follows what was not changed" unchanged
rm -rf served/ours
cp -r before served/ours
refuses "go-tuf refuses to go back" store
rm -rf served/ours good

# ---- what go-tuf publishes ----

tuf()
{
    store=$1
    shift
    "$build/compat/vdi-guard" tuf --metadata-dir "$store" --metadata-url "$url/theirs" "$@"
}

# gets SENTENCE STORE NAME TEXT
gets()
{
    check "$1" 0 tuf "$2" --target-name "$3" --target-base-url "$url/theirs/targets" \
        --target-dir targets download
    printf '%s\n' "$4" >expected
    check "$1: the very bytes" 0 cmp "$(find targets -type f | head -n 1)" expected
    rm -rf targets
    mkdir targets
}

gets_nothing()
{
    check "$1" 1 tuf "$2" --target-name "$3" --target-base-url "$url/theirs/targets" \
        --target-dir targets download
    check "$1: nothing is left" 0 test -z "$(find targets -type f)"
}

begin()
{
    mkdir "$1"
    check "starts at their root" 0 "$build/compat/vdi-guard" tuf --metadata-dir "$1" \
        init theirs/first.json
}

mkdir targets
for consistent in true false; do
    how="consistent snapshots: $consistent"
    rm -rf theirs
    mkdir theirs
    check "go-tuf makes a repository ($how)" 0 ./go_tuf begin theirs $consistent
    cp theirs/repository/1.root.json theirs/first.json
    rm -rf served/theirs
    cp -r theirs/repository served/theirs
    begin "ours-$consistent"
    check "follows a first refresh of go-tuf ($how)" 0 tuf "ours-$consistent" refresh
    gets "finds what a terminating role signed ($how)" "ours-$consistent" vendor/rules.json 'vendor 1'
    gets "finds what a bin of hashes signed ($how)" "ours-$consistent" binned.json 'binned 1'
    gets_nothing "finds nothing that nobody signed ($how)" "ours-$consistent" vendor/other.json
    cp -r served/theirs old

    check "go-tuf changes a file ($how)" 0 ./go_tuf update theirs
    rm -rf served/theirs
    cp -r theirs/repository served/theirs
    gets "follows an update of go-tuf ($how)" "ours-$consistent" vendor/rules.json 'vendor 2'
    check "go-tuf changes its keys ($how)" 0 ./go_tuf rotate theirs
    rm -rf served/theirs
    cp -r theirs/repository served/theirs
    gets "follows new keys of every role of go-tuf ($how)" "ours-$consistent" vendor/rules.json \
        'vendor 6'
    begin "fresh-$consistent"
    gets "follows go-tuf's chain of roots from the first ($how)" "fresh-$consistent" \
        vendor/rules.json 'vendor 6'

    rm -rf good
    mv served/theirs good
    if [ $consistent = true ]; then
        files="$(newest good snapshot) $(newest good targets) $(newest good vendor)"
    else
        files='snapshot.json targets.json vendor.json'
    fi
    n_flips=0
    for file in timestamp.json 2.root.json 3.root.json $files targets; do
        cp -r good served/theirs
        if [ "$file" = targets ]; then # under each of its hashes
            (cd served/theirs && grep -l 'vendor 6' -r targets) >copies
        else
            echo "$file" >copies
        fi
        while read -r copy; do
            flip "served/theirs/$copy"
        done <copies
        begin "flip-$consistent-$n_flips"
        gets_nothing "refuses a changed $file of go-tuf ($how)" "flip-$consistent-$n_flips" \
            vendor/rules.json
        rm -rf served/theirs
        n_flips=$((n_flips + 1))
    done
    echo "changed files of go-tuf that were refused ($how): $n_flips"
    mv old served/theirs
    gets_nothing "refuses to go back with go-tuf ($how)" "ours-$consistent" vendor/rules.json
done

echo "$passed passed, $failed failed, 0 skipped"
[ $failed = 0 ]
