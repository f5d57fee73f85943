#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# A rule that is true of this machine, signed, published and believed below ROOT.
#
#   tests/ui/publish_rule.sh BUILD ROOT REPOSITORY URL CA
set -eu

build=$1 root=$2 repository=$3 url=$4 ca=$5
manifest=$root/manifest
mkdir -p "$root/etc/vdi/orgs/acme" "$root/var/lib"
ln -sfn /var/lib/dpkg "$root/var/lib/dpkg"
cp /etc/os-release "$root/etc/os-release"
installed=$(dpkg-query -W -f '${Version}' libc6)
"$build/compat/vdi-manifest" init "$manifest" --id acme
"$build/compat/vdi-manifest" draft "$manifest" --id ACME-2026-002 \
    --bad "pkg:deb/debian/libc6=$installed" \
    --title-en "This libc6 cannot open the desktops" \
    --message-en "Ask the service desk for its replacement." \
    --title-fr "Cette libc6 ne peut pas ouvrir les bureaux" \
    --message-fr "Demandez son remplacement au support."
"$build/compat/vdi-manifest" sign "$manifest"
"$build/compat/vdi-manifest" publish "$manifest" --to "$repository"
cp "$manifest/metadata/1.root.json" "$root/etc/vdi/orgs/acme/root.json"
printf '[organisation]\nurl = %s\nca = %s\nmay-block = true\n' "$url" "$ca" \
    >"$root/etc/vdi/orgs/acme/org.conf"
"$build/compat/vdi-guard" refresh --root "$root"
