#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The layout that .clang-format describes. It is version 14's; later ones lay out some lines otherwise.
#
#   tests/format.sh SOURCE
set -eu

cd "$1"
for tool in clang-format clang-format-14 ''; do
    case $("$tool" --version 2>/dev/null) in *' 14.'*) break ;; esac
done
if [ -z "$tool" ]; then
    echo "SKIP: format: clang-format 14 is missing"
    exit 77
fi
find base compat protocol client ui tests -name '*.[ch]' | sort | xargs "$tool" --dry-run -Werror
