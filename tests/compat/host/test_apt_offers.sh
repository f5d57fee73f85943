#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What our apt back end says is on offer, against apt-get itself, over random archives and machines.
# VDI_TEST_ARCHIVES: how many (tests/run.sh --full takes more).
set -u

here=$VDI_TEST_SOURCE/tests/compat
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
for tool in apt-get apt-config apt-ftparchive python3; do
    command -v "$tool" >/dev/null 2>&1 || { echo "SKIP: apt's offers: needs $tool"; exit 77; }
done
build=$VDI_TEST_BUILD
. "$here/guard/apt_root.sh"
make_root
printf 'deb [trusted=yes] file:%s/main ./\ndeb [trusted=yes] file:%s/security ./\n' "$lab" "$lab" \
    >"$root/etc/apt/sources.list"
cat >>"$lab/apt.conf" <<END
APT::Architecture "amd64";
APT::Architectures { "amd64"; "i386"; };
APT::Machine-ID "0123456789abcdef0123456789abcdef";
END
python3 "$here/host/apt_random.py" "$build/tests/compat/host/lines" "$lab" "$root" "$lab/apt.conf" \
    "${VDI_TEST_ARCHIVES:-6}" "${VDI_TEST_SEED:-1}"
