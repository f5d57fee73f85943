#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# What our code does not say, and how a file begins. Every finding is a line; none is success.
#
#   tests/words.sh SOURCE
set -eu

cd "$1"

# Unbounded or locale-bound; a shell; readers without a ceiling; threads by hand; FreeRDP's parsers of
# options and .rdp files, which execute what a file says.
BANNED='strcpy|strcat|sprintf|vsprintf|sscanf|atoi|atol|strtol|strtoul|strtok|gmtime|localtime
system|popen|g_spawn_command_line_sync
g_file_get_contents|g_key_file_load_from_file|g_subprocess_communicate|g_subprocess_communicate_utf8
pthread_create
freerdp_client_settings_parse_command_line|freerdp_client_settings_parse_connection_file
freerdp_client_parse_rdp_file'

# file: word: the reason why it may stand there
EXCEPTIONS='
'

banned_words()
{
    words=$(printf '%s' "$BANNED" | tr '\n' '|')
    grep -noE "\b($words)\(" $sources | while IFS=: read -r file line word; do
        word=${word%(}
        printf '%s' "$EXCEPTIONS" | grep -q "^$file: $word:" || echo "$file:$line: $word is banned"
    done
}

headless()
{
    for file in $sources $(find . -name meson.build -o -name '*.sh' | grep -v '/build' | sort); do
        head -n 2 "$file" | grep -q 'SPDX-License-Identifier: Apache-2.0' || echo "$file: no SPDX line at the top"
    done
    for file in $(printf '%s\n' $sources | grep '\.h$'); do
        grep -q '^#pragma once' "$file" || echo "$file: no #pragma once"
    done
}

sources=$(find base compat protocol client ui tests -name '*.[ch]' | sort)
found=$(
    banned_words
    headless
)
if [ -n "$found" ]; then
    printf '%s\n' "$found" >&2
    exit 1
fi
echo "no banned word, every file has its head"
