#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Writes the corpus of fuzz_view: messages as vdi-session sends them, each behind its length in two
# bytes. One file a story; a broken one has one defect, and its name says which.
set -eu
cd "$(dirname "$0")/view"

# Numbers of two and of four bytes, the lowest first.
u16() { for n in "$@"; do printf "\\$(printf %03o $((n % 256)))\\$(printf %03o $((n / 256)))"; done; }
u32() { for n in "$@"; do u16 $((n % 65536)) $((n / 65536)); done; }
zeros() { head -c "$1" /dev/zero; }

size() { u16 12; u32 64 "$1" "$2"; }
# generation serial index n-damage x y width height
frame() { u16 272; u32 66 "$1" "$2"; u16 "$3" "$4" "$5" "$6" "$7" "$8"; zeros 248; }
# width height hot-x hot-y bytes
cursor() { u16 $((12 + $5)); u32 68; u16 "$1" "$2" "$3" "$4"; zeros "$5"; }

{ size 64 48; frame 1 1 0 1 0 0 64 48; frame 1 2 1 1 2 2 8 8; cursor 4 4 1 1 64; } >sound
{ size 64 48; frame 1 1 0 1 60 0 8 8; } >damage-outside
{ size 64 48; frame 1 1 0 33 0 0 8 8; } >damage-too-much
{ size 64 48; frame 1 1 2 1 0 0 8 8; } >third-picture
{ size 64 48; frame 2 1 0 1 0 0 8 8; } >generation-unknown
{ size 64 48; size 128 96; frame 1 1 0 1 0 0 64 48; frame 2 2 0 1 0 0 128 96; } >generation-old
{ size 64 48; frame 1 2 0 1 0 0 8 8; frame 1 1 1 1 0 0 8 8; } >serial-backwards
{ size 64 48; frame 1 1 0 1 1 0 8 8; frame 1 2 1 1 0 0 8 8; } >not-taken
size 0 48 >size-nothing
size 65535 65535 >size-absurd
cursor 200 200 0 0 64 >cursor-large
cursor 4 4 4 0 64 >cursor-points-elsewhere
{ u16 8; u32 4711 0; } >kind-unknown
{ u16 2; u16 66; } >length-short
