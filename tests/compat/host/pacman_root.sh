# SPDX-License-Identifier: Apache-2.0
#
# A throw-away pacman system for shell tests: sourced, never run. Real packages in $lab/repo, real
# pacman below $root.
#
#   make_pacman_root
#   make_alpm NAME VERSION ARCH [FIELD = VALUE]…   into the repository
#   run_pacman OPTION…         upon that system
#   install_alpm               all of it
#   offer_alpm                 the repository's list, as `pacman -Sy` would have fetched it
#
# Wants: lab, root.

make_pacman_root()
{
    mkdir -p "$lab/repo" "$root/etc/pacman.d" "$root/var/lib/pacman/sync" \
        "$root/var/cache/pacman/pkg" "$root/var/log" "$root/etc/vdi/orgs"
    printf 'ID=arch\nBUILD_ID=rolling\n' >"$root/etc/os-release"
    printf '[options]\nArchitecture = x86_64\nSigLevel = Never\n[lab]\nServer = file:///repo\n' \
        >"$root/etc/pacman.conf"
}

make_alpm()
{
    tree=$lab/tree
    rm -rf "$tree"
    mkdir -p "$tree/usr/share/$1"
    echo "$2" >"$tree/usr/share/$1/version"
    {
        printf 'pkgname = %s\npkgbase = %s\npkgver = %s\narch = %s\n' "$1" "$1" "$2" "$3"
        printf 'pkgdesc = for a test\nurl = https://example.com\nbuilddate = 1700000000\n'
        printf 'packager = Nobody\nsize = 10\n'
    } >"$tree/.PKGINFO"
    file=$lab/repo/$1-$2-$3.pkg.tar.gz
    shift 3
    for field in "$@"; do
        echo "$field" >>"$tree/.PKGINFO"
    done
    (cd "$tree" && bsdtar -czf "$file" .PKGINFO usr)
}

run_pacman()
{
    pacman --config "$root/etc/pacman.conf" --root "$root" --dbpath "$root/var/lib/pacman" \
        --cachedir "$root/var/cache/pacman/pkg" --logfile "$root/var/log/pacman.log" \
        --hookdir "$root/hooks" --gpgdir "$root/etc/pacman.d" --noconfirm "$@" >"$lab/out" 2>&1 ||
        { cat "$lab/out"; exit 1; }
}

install_alpm()
{
    run_pacman -U "$lab"/repo/*.pkg.tar.gz
    rm -f "$lab"/repo/*.pkg.tar.gz
}

offer_alpm()
{
    rm -f "$lab"/repo/lab.*
    repo-add -q "$lab/repo/lab.db.tar.gz" "$lab"/repo/*.pkg.tar.gz >"$lab/out" 2>&1 ||
        { cat "$lab/out"; exit 1; }
    cp "$lab/repo/lab.db.tar.gz" "$root/var/lib/pacman/sync/lab.db"
}
