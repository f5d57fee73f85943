#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# vdi-connect against the lab: the main job, and each bad input with its sentence and exit status.
set -eu
. "$VDI_TEST_SOURCE/tests/lab/checks.sh"
here=$VDI_TEST_SOURCE/tests/lab
bin=$VDI_TEST_BUILD
connect=$bin/client/vdi-connect
golden=$VDI_TEST_SOURCE/tests/golden
root=$scratch/root
picture=$scratch/out/picture.png

for program in Xvfb freerdp-shadow-cli3; do
    command -v "$program" >/dev/null || { echo "SKIP: $program is missing"; exit 77; }
done
[ -x "$bin/protocol/rdp/vdi-session" ] || { echo "SKIP: vdi-session was not built"; exit 77; }
unset DISPLAY WAYLAND_DISPLAY
export G_DEBUG=fatal-criticals # GTK warns of a home that is not there
# Settings are believed where they are root's; anyone else has a home of their own.
below="--root $root"
[ "$(id -u)" -eq 0 ] || below=
export XDG_CONFIG_HOME="$scratch/home" XDG_STATE_HOME="$scratch/state"
mkdir -p "$scratch/out" "$root/etc/vdi"

# connect STATUS OPTION…: signs in as ada; stderr is kept in $scratch/err, stdout in $scratch/json.
connect()
{
    expected=$1
    shift
    status=0
    "$connect" $below --display none --user ada --password-fd 3 "$@" \
        3<"$scratch/password" >"$scratch/json" 2>"$scratch/err" || status=$?
    cat "$scratch/err"
    [ "$status" -eq "$expected" ] || { echo "exit status $status, expected $expected"; return 1; }
}

# To the lab, for a picture.
job()
{
    expected=$1
    shift
    rm -f "$picture"
    connect "$expected" --server "$(member broker)" --ca "$(member ca)" --desktop Office \
        --screenshot "$picture" --once "$@"
}

# What stderr says, but for what differs from run to run, and what libcurl words in its own way.
sentence()
{
    sed -e "s|$scratch|SCRATCH|g" -e 's|127\.0\.0\.1:[0-9]*|127.0.0.1:PORT|g' \
        -e 's|(https://127.0.0.1:PORT: [A-Z].*) |(https://127.0.0.1:PORT: DETAIL) |' "$scratch/err"
}

# refused NAME STATUS OPTION…: fails with that status, and says what tests/golden has under NAME.
refused()
{
    name=$1
    shift
    expected=$1
    shift
    job "$expected" "$@" || return 1
    sentence >"$scratch/sentence"
    sh "$VDI_TEST_SOURCE/tests/same.sh" "$golden/vdi-connect-$name.txt" cat "$scratch/sentence"
}

still_part_is_alike()
{
    original=$(sed -n '/"key": "office"/,/still/s/.*"display": "\([^"]*\)".*/\1/p' "$scratch/lab.json")
    area=$(sed -n '/"key": "office"/,/still/s/.*"still": \[\(.*\)\].*/\1/p' "$scratch/lab.json" | tr ',' ' ')
    DISPLAY=$original "$bin/tests/lab/lab-probe" screenshot "$scratch/original.png"
    ratio=$("$bin/tests/lab/lab-probe" psnr "$scratch/original.png" "$picture" $area)
    case $ratio in inf*) ratio=99 ;; esac
    echo "PSNR $ratio dB"
    [ "${ratio%%.*}" -ge 35 ]
}

operations()
{
    sed -n 's/.* operation=\([a-z-]*\) result=\([a-z]*\).*/\1=\2/p' "$(member broker_log)" | tail -n "$1" | tr '\n' ' '
}

holds "--help is as documented" sh "$VDI_TEST_SOURCE/tests/same.sh" "$golden/vdi-connect-help.txt" "$connect" --help

lab_up
cp "$lab_dir/passwords/ada" "$scratch/password"

# ---- the main job ----
holds "the main job ends well, without a manifest and saying so" job 0
holds "one line says that there is no compatibility information" \
    is "$(grep -c 'No compatibility information is here' "$scratch/err")" 1
holds "the still part of the picture is the desktop's" still_part_is_alike
holds "nobody else may read the picture" is "$(stat -c %a "$picture")" 600
holds "the broker was asked in order, log-out last" is "$(operations 7)" \
    "set-locale=ok get-configuration=ok do-submit-authentication=ok get-tunnel-connection=ok get-desktops=ok get-desktop-connection=ok do-logout=ok "
holds "a desktop with NLA is reached as well" job 0 --desktop 'Engineering & Design'
holds "a size is obeyed" job 0 --width 1024 --height 768 --json
holds "--json says where the time went" grep -q '"event":"end".*"code":"ok","status":0,"times_ms":{"verdict":' "$scratch/json"

# ---- bad input ----
holds "a password on the command line" refused password-argument 64 --password=x
holds "no server" connect 64
holds "an address that is none" refused bad-address 64 --server ftp://x
printf wrong >"$scratch/password"
holds "a wrong password is refused once, in clear words" refused wrong-password 77
holds "and sent once" is "$(grep -c do-submit-authentication "$(member broker_log)")" 4
cp "$lab_dir/passwords/ada" "$scratch/password"
holds "an unknown desktop is named with those that there are" refused unknown-desktop 69 --desktop Cellar
holds "a desktop without a machine" refused unavailable 69 --desktop Payroll
holds "a desktop in maintenance" refused maintenance 69 --desktop 'Training room'
holds "a screenshot that cannot be made" refused unwritable 73 --screenshot /nonexistent/picture.png
holds "is known before anybody signs in" is "$(operations 1)" "do-logout=ok "
holds "an RDP host that refuses" refused rdp-refused 75 --server rdp://127.0.0.1:9 --desktop 127.0.0.1
holds "no password at all" sh -c '"$1" --server "$2" --ca "$3" $4 --user ada --display none 2>&1; [ $? -eq 78 ]' \
    sh "$connect" "$(member broker)" "$(member ca)" "$below"
holds "a descriptor that is not open" refused closed-descriptor 64 --password-fd 99
holds "a password file that others can read" sh -c 'chmod 644 "$5"; "$1" --server "$2" --ca "$3" $4 --password-file "$5" --display none 2>&1; [ $? -eq 78 ]' \
    sh "$connect" "$(member broker)" "$(member ca)" "$below" "$scratch/password"

# ---- the canary ----
leaks()
{
    for process in "$1" $(cat "/proc/$1/task/$1/children"); do
        tr '\0' '\n' <"/proc/$process/cmdline"
        [ ! -r "/proc/$process/environ" ] || tr '\0' '\n' <"/proc/$process/environ"
    done
    cat "$scratch/err" "$scratch/json"
}
"$connect" $below --display none --server "$(member broker)" --ca "$(member ca)" --user ada \
    --password-fd 3 --desktop Office --json 3<"$scratch/password" >"$scratch/json" 2>"$scratch/err" &
pid=$!
for _ in $(seq 200); do
    grep -q first-frame "$scratch/json" && break
    sleep 0.05
done
leaks "$pid" >"$scratch/seen"
holds "a session without --once stays" grep -q '"session":"first-frame"' "$scratch/json"
holds "vdi-session runs beside it" grep -q vdi-session "$scratch/seen"
holds "no password is seen while it runs" says_not "$(cat "$scratch/seen")" s3cret
holds "nor the desktop's" says_not "$(cat "$scratch/seen")" 0nce-only
kill -TERM "$pid"
status=0
wait "$pid" || status=$?
holds "a signal ends it, signed out" is "$status $(operations 1)" "143 do-logout=ok "
holds "no password is left behind" sh -c '! grep -rqE "s3cret|0nce-only" "$@"' sh \
    "$scratch/out" "$scratch/json" "$scratch/err" "$(member broker_log)" "$root"

# ---- with a display ----
shown()
{
    for _ in $(seq 100); do
        DISPLAY=$display "$bin/tests/lab/lab-probe" screenshot "$picture"
        still_part_is_alike && return 0
        sleep 0.1
    done
    return 1
}
end_viewer()
{
    for child in $(cat "/proc/$pid/task/$pid/children"); do
        case $(tr '\0' ' ' <"/proc/$child/cmdline") in */vdi-viewer*) kill -"$1" "$child" ;; esac
    done
}
if [ -x "$bin/ui/vdi-viewer" ]; then
    Xvfb -displayfd 6 -screen 0 1280x800x24 -nolisten tcp -noreset 6>"$scratch/display" >/dev/null 2>&1 &
    server=$!
    trap 'kill "$server" 2>/dev/null || true; sh "$here/lab" down --dir "$lab_dir"; rm -rf "$scratch"' EXIT
    for _ in $(seq 200); do
        [ -s "$scratch/display" ] && break
        sleep 0.05
    done
    display=:$(cat "$scratch/display")
    DISPLAY=$display "$connect" $below --server "$(member broker)" --ca "$(member ca)" --user ada \
        --password-fd 3 --desktop Office 3<"$scratch/password" >"$scratch/json" 2>"$scratch/err" &
    pid=$!
    holds "with a display, vdi-viewer shows the desktop" shown
    end_viewer TERM
    status=0
    wait "$pid" || status=$?
    holds "its end is the session's, signed out" is "$status $(operations 1)" "0 do-logout=ok "
    DISPLAY=$display "$connect" $below --server "$(member broker)" --ca "$(member ca)" --user ada \
        --password-fd 3 --desktop Office 3<"$scratch/password" >"$scratch/json" 2>"$scratch/err" &
    pid=$!
    holds "and shows it again" shown
    end_viewer KILL
    status=0
    wait "$pid" || status=$?
    holds "its death is no log-off" is "$status $(operations 1)" "70 do-logout=ok "
    kill "$server"
    wait "$server" || true
    status=0
    DISPLAY=$display "$connect" $below --server "$(member broker)" --ca "$(member ca)" --user ada \
        --password-fd 3 --desktop Office 3<"$scratch/password" >"$scratch/json" 2>"$scratch/err" || status=$?
    holds "a display that is not there" is "$status $(grep -c "no screen" "$scratch/err")" "69 1"
else
    echo "SKIP: the viewer: vdi-viewer was not built"
fi

# ---- the guard: what it believes must be root's ----
if [ "$(id -u)" -eq 0 ]; then
    manifest=$bin/compat/vdi-manifest
    org=$root/etc/vdi/orgs/example-corp
    rule()
    {
        "$manifest" remove "$scratch/manifest" LAB-1 >/dev/null 2>&1 || true
        sed "s/EFFECT/$1/" >"$scratch/rule.json" <<'RULE'
{"id": "LAB-1", "effect": "EFFECT", "title": {"en": "This release breaks the client.", "fr": "Cette version casse le client."},
 "message": {"en": "Wait for the fixed one.", "fr": "Attendez la version corrigée."}, "when": {"package": {"purl": "pkg:deb/debian/base-files", "version": "vers:deb/>=12|<13"}},
 "remedies": [{"category": "workaround", "text": {"en": "Use another computer.", "fr": "Utilisez un autre ordinateur."}}],
 "expires": "2100-01-01T00:00:00Z", "references": []}
RULE
        "$manifest" add "$scratch/manifest" "$scratch/rule.json" && "$manifest" sign "$scratch/manifest" &&
            "$manifest" publish "$scratch/manifest" --to "$lab_dir/repository"
    }
    flip()
    {
        for file in "$lab_dir"/repository/*compat.json; do
            sed -i 's/client/clienu/' "$file"
        done
    }
    new_root()
    {
        rm -rf "$root"
        mkdir -p "$org" "$root/var/lib/dpkg"
        cp "$scratch/manifest/metadata/1.root.json" "$org/root.json"
        printf '[organisation]\nurl=%s\nca=%s\nmay-block=true\n' "$(member web)" "$(member ca)" >"$org/org.conf"
        printf 'ID=debian\nVERSION_ID="12"\n' >"$root/etc/os-release"
        printf 'Package: base-files\nStatus: install ok installed\nVersion: 12\nArchitecture: amd64\n\n' \
            >"$root/var/lib/dpkg/status"
        chmod -R go-w "$root"
    }
    chmod 755 "$scratch"
    printf '[connect]\nuser=ada\nuser.locked=true\nserver=%s\n' "$(member broker)" >"$root/etc/vdi/vdi.conf"
    holds "a site's settings are used" connect 0 --ca "$(member ca)" --desktop Office --screenshot "$picture" --once
    holds "what a site has locked stays" refused locked 78 --user grace
    rm "$root/etc/vdi/vdi.conf"
    before=$(grep -c do-submit-authentication "$(member broker_log)")
    holds "a manifest is made" "$manifest" init "$scratch/manifest" --id example-corp
    holds "and published" rule block
    new_root
    holds "a rule that blocks is refreshed, then refuses with its sentence" refused block 80
    holds "before any password left" is "$(grep -c do-submit-authentication "$(member broker_log)")" "$before"
    if [ -d "${LOCPATH-}/fr_FR.UTF-8" ]; then
        export LC_ALL=fr_FR.UTF-8
        holds "in the person's language" refused block-fr 80
        export LC_ALL=C.UTF-8
    else
        echo "SKIP: the person's language: the locale fr_FR.UTF-8"
    fi
    holds "a risk that is accepted goes on" job 0 --accept-risk LAB-1
    holds "and is recorded" grep -q '"event":"override","organisation":"example-corp","rule":"LAB-1"' \
        "$root/var/lib/vdi/audit.jsonl"
    holds "another rule's name accepts nothing" job 80 --accept-risk LAB-2
    printf '[guard]\nallow-override=false\n' >"$root/etc/vdi/guard.conf"
    holds "a site may forbid it" refused override-refused 80 --accept-risk LAB-1
    printf '[guard]\nallow-overide=false\n' >"$root/etc/vdi/guard.conf"
    holds "settings of the guard that cannot be used block nothing" job 0
    holds "and are said" grep -q 'guard.conf' "$scratch/err"
    rm "$root/etc/vdi/guard.conf"
    printf '[guard]\nconnect=advise\n' >"$root/etc/vdi/vdi.conf"
    holds "a site may make it advice" job 0
    holds "and the advice is said" grep -q 'This release breaks the client' "$scratch/err"
    rm "$root/etc/vdi/vdi.conf"
    holds "a rule that advises is published" rule advise
    holds "advice is said and goes on" job 0
    holds "with the rule's sentence" grep -q 'Rule LAB-1 of example-corp' "$scratch/err"
    holds "a blocking one again" rule block
    flip
    holds "a manifest with one bit flipped: the last good one counts" job 0
    holds "and that is said" grep -q 'last good list stays in force' "$scratch/err"
    new_root
    holds "where there was none: it goes on" job 0
    holds "and that is said too" grep -Eq 'no compatibility list of example-corp yet|No compatibility' "$scratch/err"
    mv "$org/org.conf" "$scratch/org.conf"
    holds "an organisation without its settings" job 0
    holds "is said once" is "$(grep -c 'settings of example-corp' "$scratch/err")" 1
    printf '[organisation]\n' >"$org/org.conf"
    holds "or without an address" job 0
    holds "which is said too" grep -q 'names no url' "$scratch/err"
    mv "$scratch/org.conf" "$org/org.conf"
    printf '[guard]\nstrict=true\n' >"$root/etc/vdi/guard.conf"
    holds "a strict site refuses then" job 81
    rm "$root/etc/vdi/guard.conf"
else
    echo "SKIP: the guard's verdicts: needs root"
fi

# ---- brokers that are none ----
cp "$(member ca)" "$scratch/ca.pem"
lab_down
rm -rf "$root/etc/vdi/orgs"
holds "a broker that is not there" refused dead-broker 75 --ca "$scratch/ca.pem"
for row in 'html --fault=html 76' 'untrusted --certificate=other-ca 78' \
    'other-name --certificate=other-name 78' 'expired --certificate=expired 78' 'doctype --fault=doctype 76' \
    'wrong-root --fault=wrong-root 76' 'truncated --fault=truncated 76' 'redirect --fault=redirect 78' \
    'tunnel --fault=tunnel 76' 'launch-error --fault=launch-error 69' 'bad-port --fault=bad-port 76' \
    'no-desktops --fault=no-desktops 77'; do
    set -- $row
    lab_up --no-desktops "${2%%=*}" "${2#*=}"
    holds "broker: $1" refused "$1" "$3"
    lab_down
done
finish
