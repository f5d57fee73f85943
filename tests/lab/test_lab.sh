#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The whole lab: everything that it names answers, and nothing of it stays.
set -eu
. "$(dirname "$0")/checks.sh"

for program in Xvfb freerdp-shadow-cli3; do
    command -v "$program" >/dev/null || { echo "SKIP: $program is missing"; exit 77; }
done

lab_up
processes=$(sed -n 's/.*"pid": \([0-9]*\)}.*/\1/p' "$scratch/lab.json")

fetch()
{
    curl -sS --max-time 20 --path-as-is --cacert "$(member ca)" "$@"
}

code()
{
    fetch -o /dev/null -w '%{http_code}' "$@"
}

# signs_in DESKTOP FINGERPRINT PASSWORD: an RDP client believes that certificate alone and gets in.
# Kerberos would ask the network for a domain controller.
signs_in()
{
    printf '[libdefaults]\ndns_lookup_kdc = false\n' >"$scratch/krb5.conf"
    printf '%s\n' "$3" | HOME=$scratch KRB5_CONFIG=$scratch/krb5.conf timeout 30 xfreerdp3 \
        "/v:127.0.0.1:$(of "$1" port)" "/u:$(of "$1" user)" /d:LAB /from-stdin:force +auth-only \
        "/cert:deny,fingerprint:sha256:$2" >"$scratch/rdp" 2>&1 || true
    cat "$scratch/rdp"
    grep -q 'Authentication only, exit status 1' "$scratch/rdp"
}

signs_in_not()
{
    ! signs_in "$@"
}

no_process_left()
{
    for pid in $processes; do
        case $(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) in
        '' | Z*) ;;
        *) echo "$pid is alive: $(tr '\0' ' ' <"/proc/$pid/cmdline")"; return 1 ;;
        esac
    done
}

# Unless another X server has taken that number since.
no_file_left()
{
    [ ! -e "/tmp/.X$1-lock" ] || kill -0 "$(tr -d ' \n' <"/tmp/.X$1-lock")"
}

holds "nine processes are up" is "$(printf '%s\n' "$processes" | wc -l)" 9
holds "the folder is ours alone" is "$(stat -c %a "$lab_dir")" 700
holds "a second lab in the same folder is refused" is "$(lab_up 2>/dev/null || echo $?)" 75
sh "$here/lab" status --dir "$lab_dir" --json >"$scratch/lab.json"

holds "the first request of the walk is answered with the sign-in screen" \
    says "$(post "$FIRST_POST")" '<name>windows-password</name>'
holds "a password that needs escaping signs in" \
    says "$(post "$(password ada 's3cret&amp;&lt;&gt;')")" '<name>Engineering &amp; Design</name>'
answer=$(post "$(connection cn=engineering,ou=applications,dc=vdi)")
port=$(printf '%s' "$answer" | sed -n 's/.*<port>\([0-9]*\)<.*/\1/p')
holds "the desktop that is handed out is one of the lab's" \
    grep -q "\"security\": \"nla\", \"host\": \"127.0.0.1\", \"port\": $port," "$scratch/lab.json"
LIST='<broker version="4.5"><get-desktops/></broker>'
holds "who is on a desktop is seen in the list" says "$(post "$LIST")" '<session-id>S-1</session-id>'
holds "a session of somebody else cannot be ended" says "$(post \
    '<broker version="4.5"><kill-session><session-id>S-2</session-id></kill-session></broker>')" SESSION_NOT_FOUND
holds "one's own can" says "$(post \
    '<broker version="4.5"><kill-session><session-id>S-1</session-id></kill-session></broker>')" \
    '<kill-session><result>ok</result></kill-session>'
holds "and is gone from the list" says_not "$(post "$LIST")" '<session-id>S-1</session-id>'
holds "its port is listened on" grep -q ":$(printf %04X "${port:-0}") 00000000:0000 0A" /proc/net/tcp
ours=$(openssl x509 -in "$lab_dir/lab/certificates/desktop.pem" -noout -fingerprint -sha256 |
    cut -d = -f 2)
other=$(openssl x509 -in "$lab_dir/ca.pem" -noout -fingerprint -sha256 | cut -d = -f 2)
holds "the desktops' certificate is the lab's" \
    openssl verify -CAfile "$lab_dir/ca.pem" "$lab_dir/lab/certificates/desktop.pem"
if command -v xfreerdp3 >/dev/null; then
    holds "the TLS desktop presents it" signs_in office "$ours" any
    holds "and no other" signs_in_not office "$other" any
    holds "the NLA desktop presents it and takes its password" \
        signs_in engineering "$ours" engineering-0nce-only
    holds "and no other password" signs_in_not engineering "$ours" office-0nce-only
else
    skips "the desktops present it and take their passwords" "xfreerdp3 is missing"
fi
holds "no log holds a password" is "$(grep -rlF -e 's3cret&<>' -e 's3cret&amp;' -e 0nce-only "$lab_dir/lab/log")" ''

probe=${VDI_TEST_BUILD:-$here/../../build}/tests/lab/lab-probe
DISPLAY=$(member display)
export DISPLAY
typed()
{
    "$probe" type 'Hello, World!' && "$probe" wait-pixel 76 724 2eb872 10000 &&
        "$probe" screenshot "$scratch/typed.png"
}
clicked()
{
    "$probe" click 640 400 && "$probe" wait-pixel 76 724 f08c2e 10000 &&
        grep -qx 'button-up 1 640 400' "$(member input_log)"
}
"$probe" wait-pixel 76 724 8a94a6 10000
"$probe" screenshot "$scratch/first.png"
holds "keys arrive at the desktop and show" typed
holds "with the letters that were typed" says "$(tr '\n' ' ' <"$(member input_log)")" \
    'key-down Shift_L key-down W key-up W key-up Shift_L key-down o'
holds "so does a click" clicked
holds "the still part stands still" is "$("$probe" psnr "$scratch/first.png" "$scratch/typed.png" 48 48 726 616)" inf
holds "the line of keys does not" says_not "$("$probe" psnr "$scratch/first.png" "$scratch/typed.png" 48 696 1184 56)" inf
holds "an area outside the picture is refused" \
    is "$("$probe" psnr "$scratch/first.png" "$scratch/typed.png" 0 0 5000 10 2>/dev/null || echo $?)" 1

printf 'content\n' >"$lab_dir/repository/file.json"
mkdir "$lab_dir/repository/folder"
ln -s /etc/hostname "$lab_dir/repository/link"
web=$(member web)
tag=$(fetch -I "$web/file.json" | tr -d '\r' | sed -n 's/^ETag: //p')
date=$(fetch -I "$web/file.json" | tr -d '\r' | sed -n 's/^Last-Modified: //p')
holds "the repository serves a file" is "$(fetch "$web/file.json")" content
holds "a file that is known is not sent again" is "$(code -H "If-None-Match: $tag" "$web/file.json")" 304
holds "nor one that is no newer" is "$(code -H "If-Modified-Since: $date" "$web/file.json")" 304
holds "another tag gets the file" is "$(code -H 'If-None-Match: "x"' "$web/file.json")" 200
holds "a missing file is 404" is "$(code "$web/nothing")" 404
holds "a folder is not listed" is "$(code "$web/folder/")$(code "$web/folder")$(code "$web/")" 404404404
holds "no way leads out" is "$(code "$web/../ca.pem")$(code "$web/%2e%2e/ca.pem")$(code "$web//etc/hostname")" 404404404
holds "no link is followed" is "$(code "$web/link")" 404
holds "plain HTTP serves the same" is "$(fetch "$(member plain_web)/file.json")" content
holds "the access log says what was asked for" grep -q 'GET /file.json 304' "$(member web_log)"

lab_down
holds "down leaves no process" no_process_left
holds "down leaves no file" is "$(ls -A "$scratch" | grep -x lab)" ''
holds "down twice is once" lab_down

lab_up --no-desktops
processes=$(sed -n 's/.*"pid": \([0-9]*\)}.*/\1/p' "$scratch/lab.json")
rm -r "$lab_dir"
lab_down
holds "a lab whose folder was removed is found and ended" no_process_left

lab_up
processes=$(sed -n 's/.*"pid": \([0-9]*\)}.*/\1/p' "$scratch/lab.json")
number=$(member display)
number=${number#:}
# One of them may go with another before it is its turn.
kill -KILL $processes 2>/dev/null || true
until no_process_left >/dev/null; do
    sleep 0.02
done
lab_up
holds "a lab that crashed makes room for the next" says "$(post "$FIRST_POST")" windows-password
lab_down
holds "and what its X server left is gone" no_file_left "$number"

sh "$here/lab" up --dir "$lab_dir" >/dev/null 2>&1 &
sleep 0.2
kill -KILL $! 2>/dev/null || true
lab_down
holds "a lab that was killed while it started is ended" is "$(grep -lzxF "VDI_LAB=$lab_dir" /proc/[0-9]*/environ 2>/dev/null || true)" ''

mkdir "$lab_dir"
touch "$lab_dir/mine"
holds "a folder with other things in it is refused" is "$(lab_up 2>/dev/null || echo $?)" 73
rm "$lab_dir/mine"
lab_up --no-desktops
lab_down
holds "a folder that was there before stays" is "$(ls -d "$lab_dir")" "$lab_dir"
finish
