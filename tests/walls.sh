#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The arrows of docs/architecture.md, held: which rooms a room may include, where each library is at
# home, and what each program never links. Every finding is a line; none is success.
#
#   tests/walls.sh SOURCE [BUILD]
set -eu

cd "$1"
build=${2-}

# room: the rooms whose headers it may include, besides its own
ARROWS='
base:
compat/rules: base
compat/trust: base
compat/host: base compat/rules
compat/inventory: base compat/rules compat/host
compat/simulation: base compat/rules compat/host compat/inventory
compat: base compat/trust compat/rules compat/host
compat/manifest: base compat/trust compat/rules compat/host compat/inventory compat/simulation compat
compat/guard: base compat/trust compat/rules compat/host compat/inventory compat
protocol/broker: base
protocol/session: base
protocol/rdp: base protocol/session
client: base compat compat/rules protocol/broker protocol/session
ui: base compat compat/rules protocol/broker protocol/session client
'

# header: the file or folder where its library is at home
HOMES='
curl/: base/http.c
json-c/: base/json.c
libxml/: protocol/broker/
openssl/: base/certificate.c compat/trust/key.c protocol/rdp/identity.c
freerdp/: protocol/rdp/
winpr/: protocol/rdp/
seccomp.h: protocol/rdp/sandbox.c
linux/landlock.h: protocol/rdp/sandbox.c
png.h: protocol/session/screenshot.c
gtk/: ui/
gdk/: ui/
cairo: ui/
xcb/: ui/
X11/: ui/
wayland: ui/
libsecret/: ui/
'

# program: libraries that it never links
NEVER='
client/vdi-connect: gtk-3 gdk-3 freerdp winpr X11 xcb wayland
ui/vdi-client: freerdp winpr
ui/vdi-viewer: freerdp winpr curl xml2
protocol/rdp/vdi-session: gtk-3 gdk-3 curl json-c xml2 X11 xcb
compat/vdi-guard: gtk-3 gdk-3 freerdp winpr curl xml2
base/vdi-fetch: gtk-3 gdk-3 freerdp winpr json-c xml2
compat/vdi-hook: gtk-3 gdk-3 freerdp winpr curl xml2 json-c crypto ssl gio-2.0 gobject-2.0
compat/vdi-manifest: gtk-3 gdk-3 freerdp winpr curl xml2
'

room_of()
{
    case $1 in
    compat/*/* | protocol/*/*) dirname "$1" ;;
    *) printf '%s\n' "${1%%/*}" ;;
    esac
}

row()
{
    printf '%s' "$1" | sed -n "s|^$2: *||p"
}

wrong_arrows()
{
    for file in $files; do
        room=$(room_of "$file")
        printf '%s' "$ARROWS" | grep -q "^$room:" || echo "$file: no row of the table has the room $room"
        allowed=" $room $(row "$ARROWS" "$room") "
        for header in $(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file"); do
            case $header in
            */*)
                target=$(room_of "$header")
                case $allowed in
                *" $target "*) ;;
                *) echo "$file includes $header: $room may not know $target" ;;
                esac
                ;;
            *) # config.h and what a tool makes; a header of ours is named by its whole path
                [ ! -e "$(dirname "$file")/$header" ] || echo "$file: include $header by its whole path"
                ;;
            esac
        done
    done
}

strangers()
{
    printf '%s' "$HOMES" | while IFS=: read -r header places; do
        [ -n "$header" ] || continue
        grep -n "^#include <$header" $files | while IFS=: read -r file line _; do
            for place in $places; do
                case $file in "$place"*) continue 2 ;; esac
            done
            echo "$file:$line: <$header> is at home in $places"
        done
    done
}

wrong_links()
{
    printf '%s' "$NEVER" | while IFS=: read -r program libraries; do
        [ -n "$program" ] || continue
        if [ ! -x "$build/$program" ]; then
            case $program in
            ui/* | protocol/rdp/*) ;; # an option of the build
            *) echo "$program is not built" ;;
            esac
            continue
        fi
        needed=$(readelf -d "$build/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
        for library in $libraries; do
            case $needed in
            *"lib$library"*) echo "$program links lib$library, which it must never" ;;
            esac
        done
    done
}

files=$(find base compat protocol client ui -name '*.[ch]' | sort)
found=$(
    wrong_arrows
    strangers
    [ -z "$build" ] || wrong_links
)
if [ -n "$found" ]; then
    printf '%s\n' "$found" >&2
    exit 1
fi
echo "every arrow points down, every library is at home"
