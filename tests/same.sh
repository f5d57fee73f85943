#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What a command prints is what a committed file holds. VDI_UPDATE_GOLDEN=1 rewrites the file, and the
# diff is the review.
#
#   tests/same.sh FILE COMMAND…
set -eu

file=$1
shift
if [ -n "${VDI_UPDATE_GOLDEN-}" ]; then
    "$@" >"$file"
fi
"$@" | diff -u "$file" -
