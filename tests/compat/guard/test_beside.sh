#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# docs/beside-another-client.md does what it says: its commands print what stands there, by its own
# rule, on a computer with the client that it speaks of. VDI_UPDATE_GOLDEN=1 rewrites the page.
set -u

page=$VDI_TEST_SOURCE/docs/beside-another-client.md
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
. "$VDI_TEST_SOURCE/tests/support/check.sh"

mkdir -p "$lab/root/etc" "$lab/root/opt/Citrix/ICAClient/pkginf"
printf 'ID=debian\nVERSION_ID="12"\n' >"$lab/root/etc/os-release"
printf 'ID_NAME=citrix\nID_VERSION=24.11.0.85\n' >"$lab/root/opt/Citrix/ICAClient/pkginf/Ver.core.linuxx64"
cat >"$lab/system.json" <<'END'
{"format": 1,
 "installed": [{"name": "libssl3", "version": "3.0.16-1", "arch": "amd64"},
               {"name": "openssl", "version": "3.0.16-1", "arch": "amd64"}],
 "offered": [{"name": "libssl3", "version": "3.0.17-1", "arch": "amd64"},
             {"name": "openssl", "version": "3.0.17-1", "arch": "amd64"}]}
END
awk '/^```json$/ { on = 1; next } /^```$/ { on = 0 } on' "$page" >"$lab/rule.json"

# The page with what its commands print now in place of what stands behind them.
run_page()
{
    while IFS= read -r line; do
        case $line in
        '```console') state=console ;;
        '```') state='' ;;
        *) [ "${state-}" != printed ] || continue ;;
        esac
        printf '%s\n' "$line"
        case ${state-}:$line in
        'console:$ vdi-guard '*)
            set -- ${line#'$ vdi-guard '}
            (cd "$lab" && LC_ALL=C.UTF-8 "$VDI_TEST_BUILD/compat/vdi-guard" "$@" --root "$lab/root" \
                --simulation "$lab/system.json" --now 2026-11-22T08:00:00Z </dev/null 2>&1)
            state=printed
            ;;
        esac
    done
}

run_page <"$page" >"$lab/page"
if [ -n "${VDI_UPDATE_GOLDEN-}" ]; then
    cp "$lab/page" "$page"
fi
holds "the page prints what the program prints" diff -u "$page" "$lab/page"
holds "something is printed" grep -q 'then block: This OpenSSL stops the Citrix client' "$lab/page"
finish
