# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
#
# The machines: for each desktop of the scenario that says how it is secured, an X server
# (screen-KEY), a picture on it (desktop-KEY) and an RDP server that shows it (rdp-KEY). What was
# found out about one is in run/KEY.desktop, as shell variables.

# By chance, below the ports that the kernel gives out by itself.
random_port()
{
    od -An -N2 -tu2 /dev/urandom | awk '{ print 20000 + $1 % 12000 }'
}

# Does PID listen on 127.0.0.1:PORT? Looked up, not tried: a probe would be a client that fails.
# 0100007F is the address as /proc/net/tcp writes it, 0A is LISTEN.
listens()
{
    inode=$(awk -v at="0100007F:$(printf %04X "$2")" '$2 == at && $4 == "0A" { print $10 }' \
        /proc/net/tcp)
    [ -n "$inode" ] || return 1
    ls -l "/proc/$1/fd" 2>/dev/null | grep -q "socket:\[$inode\]"
}

start_screen()
{
    # The number is written to a descriptor, which start() would close.
    : >"$dir/lab/run/$1.display"
    start "screen-$1" sh -c 'exec Xvfb -displayfd 3 -screen 0 "$1x24" -nolisten tcp -noreset -s 0 3>"$2"' \
        sh "$size" "$dir/lab/run/$1.display"
}

# The password's NT hash is MD4 over UTF-16; it goes through pipes, never through an argument.
write_accounts()
{
    (
        umask 077
        hash=$(scenario_value "desktop $1" password | tr -d '\n' | iconv -t UTF-16LE |
            openssl dgst -provider legacy -provider default -md4 -r | cut -d ' ' -f 1)
        printf '%s:%s::%s:::\n' "$(scenario_value "desktop $1" user)" \
            "$(scenario_value "desktop $1" domain)" "$hash" >"$home/accounts"
    )
}

# Its certificate lies where the shadow server looks for its own.
prepare_rdp()
{
    home=$dir/lab/run/$1.home
    mkdir -p -m 0700 "$home/.config/freerdp/shadow"
    cp "$dir/lab/certificates/desktop.pem" "$home/.config/freerdp/shadow/shadow.crt"
    cp "$dir/lab/certificates/desktop.key" "$home/.config/freerdp/shadow/shadow.key"
    case $(scenario_value "desktop $1" security) in
    tls) set -- "$1" -auth /sec:tls ;;
    nla)
        write_accounts "$1"
        set -- "$1" /sec:nla "/sam-file:$home/accounts"
        ;;
    *) die 65 "desktop $1: security is neither tls nor nla" ;;
    esac
    shift
    rdp_arguments=$*
}

# A port that somebody else took first ends the server; another is tried.
start_rdp()
{
    prepare_rdp "$1"
    attempts=20
    while [ "$attempts" -gt 0 ]; do
        attempts=$((attempts - 1))
        desktop_port=$(random_port)
        start "rdp-$1" env -u XDG_CONFIG_HOME DISPLAY="$desktop_display" HOME="$home" \
            freerdp-shadow-cli3 "/port:$desktop_port" /bind-address:127.0.0.1 $rdp_arguments
        tries=500
        while is_alive "$started_pid" "$(start_time "$started_pid")" && [ "$tries" -gt 0 ]; do
            listens "$started_pid" "$desktop_port" && return 0
            tries=$((tries - 1))
            sleep 0.02
        done
    done
    tail -n 5 "$dir/lab/log/rdp-$1.log" >&2
    die 69 "the RDP server of $1 did not start"
}

start_desktops()
{
    for key in $(scenario_groups desktop); do
        [ -z "$(scenario_value "desktop $key" security)" ] || running="$running $key"
    done
    for key in $running; do
        start_screen "$key"
    done
    hue=212
    for key in $running; do
        wait_for_file "screen-$key" "$dir/lab/run/$key.display"
        desktop_display=:$(cat "$dir/lab/run/$key.display")
        start "desktop-$key" env DISPLAY="$desktop_display" "$bin/lab-desktop" --hue "$hue" \
            --title "$(scenario_value "desktop $key" name)" \
            --ready-file "$dir/lab/run/$key.layout" --log "$dir/lab/log/$key-input.log"
        hue=$((hue + 60))
    done
    for key in $running; do
        wait_for_file "desktop-$key" "$dir/lab/run/$key.layout"
        desktop_display=:$(cat "$dir/lab/run/$key.display")
        start_rdp "$key"
        printf 'desktop_display=%s\ndesktop_port=%s\n' "$desktop_display" "$desktop_port" \
            >"$dir/lab/run/$key.desktop"
    done
}

desktop_json()
{
    . "$dir/lab/run/$1.desktop"
    printf '{"key": %s, "name": %s, "security": %s, "host": "127.0.0.1", "port": %s,\n' \
        "$(json_text "$1")" "$(json_text "$(scenario_value "desktop $1" name)")" \
        "$(json_text "$(scenario_value "desktop $1" security)")" "$desktop_port"
    printf '   "user": %s, "domain": %s, "display": "%s", "input_log": %s,\n' \
        "$(json_text "$(scenario_value "desktop $1" user)")" \
        "$(json_text "$(scenario_value "desktop $1" domain)")" "$desktop_display" \
        "$(json_text "$dir/lab/log/$1-input.log")"
    sed 's/\(.*\)=\(.*\)/   "\1": [\2]/; $!s/$/,/' "$dir/lab/run/$1.layout"
    printf '  }'
}
