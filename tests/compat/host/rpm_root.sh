# SPDX-License-Identifier: Apache-2.0
#
# A throw-away rpm system for shell tests: sourced, never run. Real packages in $lab/repo, installed
# with real rpm below $root; this machine's packages are not touched.
#
#   build_rpms FILE            each line "NAME EPOCH VERSION-RELEASE ARCH [FIELD: VALUE]…", with `;`
#                              between the fields
#   install_rpms NAME-VERSION…
#   make_repository            with updateinfo: libexample1 2.0-1 repairs a hole
#   forget_rpms NAME           no longer in the repository
#
# Wants: lab, root.

rpms=usr/lib/sysimage/rpm

build_rpms()
{
    rm -rf "$lab/specs"
    mkdir -p "$lab/specs" "$lab/repo"
    while read -r name epoch evr arch fields; do
        spec=$lab/specs/$name-$evr.spec
        {
            printf 'Name: %s\nEpoch: %s\nVersion: %s\nRelease: %s\n' "$name" "$epoch" \
                "${evr%-*}" "${evr##*-}"
            printf 'Summary: for a test\nLicense: none\nBuildArch: %s\n' "$arch"
            printf '%s\n' "$fields" | sed 's|; *|\n|g'
            printf '%%description\nfor a test\n%%files\n'
        } | sed '/^Epoch: 0$/d' >"$spec"
    done <"$1"
    rpmbuild -bb --quiet --define "_topdir $lab/build-rpm" --define "_rpmdir $lab/repo" \
        --define "_build_id_links none" --define "_rpmfilename %{NAME}-%{VERSION}-%{RELEASE}.%{ARCH}.rpm" \
        "$lab"/specs/*.spec >"$lab/out" 2>&1 || { cat "$lab/out"; exit 1; }
}

install_rpms()
{
    for one in "$@"; do
        set -- "$lab/repo/$one".*.rpm
        rpm --root "$root" --dbpath "/$rpms" -i --nodeps "$1" >"$lab/out" 2>&1 ||
            { cat "$lab/out"; exit 1; }
    done
}

forget_rpms()
{
    rm -f "$lab/repo/$1"-*.rpm
}

make_repository()
{
    cat >"$lab/updateinfo.xml" <<END
<?xml version="1.0" encoding="UTF-8"?>
<updates><update from="nobody@example.com" status="final" type="security" version="1">
<id>LAB-2026-1</id><title>a hole</title><issued date="2026-01-01 00:00:00"/>
<severity>Important</severity><description>a hole</description><references/>
<pkglist><collection short="lab"><name>lab</name>
<package name="libexample1" version="2.0" release="1" epoch="1" arch="x86_64" src="x.src.rpm">
<filename>libexample1-2.0-1.x86_64.rpm</filename></package>
</collection></pkglist></update></updates>
END
    createrepo_c -q "$lab/repo" >"$lab/out" 2>&1 &&
        modifyrepo_c --mdtype=updateinfo "$lab/updateinfo.xml" "$lab/repo/repodata" >>"$lab/out" 2>&1 ||
        { cat "$lab/out"; exit 1; }
}
