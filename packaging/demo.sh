#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The main job, shown: on Debian 12 or 13, from a clean clone, as root or with sudo. Installs what it
# needs, builds, starts a data centre on loopback, lets an administrator's rule arrive, holds a breaking
# update with real apt in a root of its own, signs in through the broker and opens the desktop.
#
# It asks nothing. What it makes lies in build/demo; this machine's packages are only read.
set -eu

cd "$(dirname "$0")/.."
top=$PWD
build=build/plain
demo=$top/build/demo
lab=$demo/lab
root=$demo/root
pictures=$demo/pictures
began=$(date +%s)
screens=

step()
{
    printf '\n[%3ds] %s\n' $(($(date +%s) - began)) "$*"
}

die()
{
    printf 'demo: %s\n' "$*" >&2
    exit 1
}

# Prints a command as a person would type it; passwords are never part of one.
spell()
{
    printf '\n  $'
    for word; do
        case $word in
        *[!a-zA-Z0-9_./:=,%+-]*) printf " '%s'" "$word" ;;
        *) printf ' %s' "$word" ;;
        esac
    done | sed "s|$top/||g"
    echo
}

# show STATUS COMMAND…: runs it, shows what it says, and goes on only with that exit status.
show()
{
    expected=$1
    shift
    spell "$@"
    status=0
    "$@" >"$demo/said" 2>&1 || status=$?
    sed "s|$top/||g; s/^/    /" "$demo/said"
    [ "$status" -eq "$expected" ] || die "exit status $status, but $expected was due"
}

finish()
{
    for pid in $screens; do
        kill "$pid" 2>/dev/null || true
    done
    [ ! -e "$lab" ] || sh tests/lab/lab down --dir "$lab"
}

# fact KEY: the first text of that name in what the lab said of itself.
fact()
{
    sed -n "s/.*\"$1\": \"\([^\"]*\)\".*/\1/p" "$demo/lab.json" | head -n 1
}

# The picture on the demonstration's own screen is the desktop's: its still part, PSNR at least 35 dB.
seen_in_viewer()
{
    DISPLAY=$screen $build/tests/lab/lab-probe screenshot "$pictures/vdi-viewer.png" &&
        $build/tests/lab/lab-probe psnr "$pictures/vdi-connect.png" "$pictures/vdi-viewer.png" \
            48 48 726 616 >"$demo/psnr" && awk '{ exit !($1 == "inf" || $1 >= 35) }' "$demo/psnr"
}

# A screen of the demonstration's own; sets $screen.
new_screen()
{
    mkfifo "$demo/display"
    Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp -noreset 3>"$demo/display" 2>"$demo/xvfb.log" &
    screens="$screens $!"
    screen=:$(head -n 1 "$demo/display")
    rm -f "$demo/display"
}

step "1/6  Installing what is missing"
sh packaging/deps.sh

step "2/6  Building (build/plain)"
mkdir -p build
[ -e $build/build.ninja ] || meson setup $build -Dwerror=true >build/plain.log 2>&1 ||
    { cat build/plain.log; die "meson could not set up $build"; }
ninja -C $build >>build/plain.log 2>&1 || { tail -n 40 build/plain.log; die "the build failed"; }
echo "  $(find $build -name 'vdi-*' -type f -perm -u+x | wc -l) programs are built"

trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
[ ! -e "$lab" ] || sh tests/lab/lab down --dir "$lab"
rm -rf "$demo"
mkdir -p "$pictures" "$root/etc" "$root/var/lib"
PATH=$top/$build/client:$top/$build/compat:$top/$build/ui:$PATH

step "3/6  A data centre on loopback: a broker over TLS, two desktops, a manifest repository"
sh tests/lab/lab up --dir "$lab" --build $build --json >"$demo/lab.json"
broker=$(fact broker)
web=$(fact web)
ca=$(fact ca)
echo "  broker $broker, repository $web, desktops \"Office\" and \"Engineering & Design\""

step "4/6  An administrator publishes a signed manifest; this machine believes and evaluates it"
# The guard's own places are below build/demo/root; the package database is this machine's.
ln -s /var/lib/dpkg "$root/var/lib/dpkg"
cp /etc/os-release "$root/etc/os-release"
installed=$(dpkg-query -W -f '${Version}' libc6)
echo "  This machine has $(dpkg-query -W | wc -l) packages, libc6 $installed among them"
show 0 vdi-manifest init "$demo/manifest" --id acme
show 0 vdi-manifest draft "$demo/manifest" --id ACME-2026-001 \
    --bad pkg:deb/debian/libfreerdp3-3=3.0.0 --fixed 3.10.3 \
    --title-en "Early FreeRDP 3 cannot sign in to the desktops" \
    --message-en "Install {package} {fixed} or later."
show 0 vdi-manifest sign "$demo/manifest"
show 0 vdi-manifest publish "$demo/manifest" --to "$lab/repository"
show 0 vdi-manifest welcome "$demo/manifest" -o "$demo/acme.vdi" --title "Acme Ltd" --url "$web" --ca "$ca" \
    --server "Office=$broker"

echo
echo "  That one file comes to this machine, the fingerprint by another way:"
fingerprint=$(sha256sum <"$demo/manifest/metadata/1.root.json" | cut -d ' ' -f 1)
show 0 vdi-guard enroll "$demo/acme.vdi" --root "$root" --yes --fingerprint "$fingerprint"
show 0 vdi-guard refresh --root "$root"
show 0 vdi-guard check --root "$root"

echo
echo "  A rule that is true of this machine refuses before any password leaves:"
show 0 vdi-manifest draft "$demo/manifest" --id ACME-2026-002 \
    --bad "pkg:deb/debian/libc6=$installed" \
    --title-en "This libc6 cannot open the desktops" \
    --message-en "Ask the service desk for its replacement." \
    --title-fr "Cette libc6 ne peut pas ouvrir les bureaux" \
    --message-fr "Demandez son remplacement au support."
show 0 vdi-manifest sign "$demo/manifest"
show 0 vdi-manifest publish "$demo/manifest" --to "$lab/repository"
connect="vdi-connect --server $broker --ca $ca --user ada --password-file $lab/passwords/ada
    --desktop Office --root $root"
show 80 $connect --display none --once
show 80 env LOCPATH=$build/tests/locale LC_ALL=fr_FR.UTF-8 $connect --display none --once
show 0 vdi-manifest remove "$demo/manifest" ACME-2026-002
show 0 vdi-manifest sign "$demo/manifest"
show 0 vdi-manifest publish "$demo/manifest" --to "$lab/repository"

step "5/6  A breaking update is offered among others: real apt, in a root of its own"
show 0 sh tests/compat/guard/incident.sh $build "$demo/incident"

step "6/6  A person signs in: broker, guard, desktop"
show 0 $connect --display none --screenshot "$pictures/vdi-connect.png" --once

new_screen 1280x800
DISPLAY=$screen GDK_BACKEND=x11 $connect 2>"$demo/vdi-viewer.log" &
screens="$! $screens"
waited=0
until seen_in_viewer; do
    waited=$((waited + 1))
    [ $waited -lt 30 ] || { cat "$demo/vdi-viewer.log"; die "vdi-viewer shows no desktop"; }
    sleep 1
done
printf '\n  The desktop, headless:       build/demo/pictures/vdi-connect.png\n'
printf '  The desktop, in vdi-viewer:  build/demo/pictures/vdi-viewer.png\n'

if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
    printf '\n  The application opens on your screen: sign in as ada, the password is in\n'
    printf '  %s. Close its window to end the demonstration.\n' "$lab/passwords/ada"
    vdi-client --server "$broker" --ca "$ca" --root "$root" --user ada ||
        echo "  (root may not draw on this screen; the pictures above are the same desktop)"
fi
step "Done. Everything that was started is ended."
