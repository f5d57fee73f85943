/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/clients.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "compat/rules/version.h"

enum { VERSION_FILE_BYTES = 1024 * 1024 };

#define CISCO "/opt/cisco/"
#define CITRIX "/opt/Citrix/ICAClient/pkginf/Ver.core."

/* Package names are those of the distributions and of the vendors' own packages; what could not be
 * seen in a public source is marked in docs/beside-another-client.md. */
static const VdiClientRow clients[] = {
    {"vigie", "Vigie", {{"deb", "vigie"}, {"rpm", "vigie"}, {"alpm", "vigie"}}},
    {"horizon-client", "Horizon Client",
        {{"deb", "omnissa-horizon-client"}, {"deb", "vmware-horizon-client"},
            {"rpm", "omnissa-horizon-client"}, {"rpm", "vmware-horizon-client"},
            {"alpm", "omnissa-horizon-client"}, {"alpm", "vmware-horizon-client"},
            {"generic", "Omnissa Horizon Client"}, {"generic", "VMware Horizon Client"},
            {"folder", "/usr/lib/omnissa"}, {"folder", "/usr/lib/vmware/view"}}},
    {"view-client", "View Client, before it was called Horizon",
        {{"deb", "vmware-view-client"}, {"generic", "VMware View Client"}}},
    {"citrix-workspace", "Citrix Workspace",
        {{"deb", "icaclient"}, {"rpm", "ICAClient"}, {"alpm", "icaclient"},
            {"file", CITRIX "linuxx64"}, {"file", CITRIX "linuxarm64"},
            {"file", CITRIX "linuxarmhf"}, {"file", CITRIX "linuxx86"},
            {"folder", "/opt/Citrix/ICAClient"}}},
    {"parallels-client", "Parallels Client", {{"folder", "/opt/2X/Client"}}},
    {"remmina", "Remmina",
        {{"deb", "remmina"}, {"rpm", "remmina"}, {"alpm", "remmina"},
            {"flatpak", "org.remmina.Remmina"}, {"snap", "remmina"}}},
    {"freerdp", "FreeRDP (xfreerdp and its like)",
        {{"deb", "freerdp3-x11"}, {"deb", "freerdp3-wayland"}, {"deb", "freerdp3-sdl"},
            {"deb", "freerdp2-x11"}, {"deb", "freerdp2-wayland"}, {"rpm", "freerdp"},
            {"alpm", "freerdp"}, {"flatpak", "com.freerdp.FreeRDP"}}},
    {"gnome-connections", "GNOME Connections",
        {{"deb", "gnome-connections"}, {"rpm", "gnome-connections"}, {"alpm", "gnome-connections"},
            {"flatpak", "org.gnome.Connections"}}},
    {"krdc", "KRDC",
        {{"deb", "krdc"}, {"rpm", "krdc"}, {"alpm", "krdc"}, {"flatpak", "org.kde.krdc"}}},
    {"vinagre", "Vinagre", {{"deb", "vinagre"}, {"rpm", "vinagre"}, {"alpm", "vinagre"}}},
    {"rdesktop", "rdesktop", {{"deb", "rdesktop"}, {"rpm", "rdesktop"}, {"alpm", "rdesktop"}}},
    {"thincast", "Thincast Remote Desktop Client",
        {{"alpm", "thincast-client"}, {"flatpak", "com.thincast.client"},
            {"snap", "thincast-client"}}},
    {"nomachine", "NoMachine",
        {{"deb", "nomachine"}, {"rpm", "nomachine"}, {"alpm", "nomachine"}, {"folder", "/usr/NX"}}},
    {"tigervnc", "TigerVNC Viewer",
        {{"deb", "tigervnc-viewer"}, {"rpm", "tigervnc"}, {"alpm", "tigervnc"}}},
    {"virt-viewer", "virt-viewer, remote-viewer",
        {{"deb", "virt-viewer"}, {"rpm", "virt-viewer"}, {"alpm", "virt-viewer"}}},
    {"openconnect", "OpenConnect",
        {{"deb", "openconnect"}, {"rpm", "openconnect"}, {"alpm", "openconnect"}}},
    {"openvpn", "OpenVPN", {{"deb", "openvpn"}, {"rpm", "openvpn"}, {"alpm", "openvpn"}}},
    {"strongswan", "strongSwan",
        {{"deb", "strongswan-charon"}, {"deb", "strongswan-starter"}, {"rpm", "strongswan"},
            {"alpm", "strongswan"}}},
    {"wireguard", "WireGuard (its tools; the tunnel itself is the kernel's)",
        {{"deb", "wireguard-tools"}, {"rpm", "wireguard-tools"}, {"alpm", "wireguard-tools"}}},
    {"networkmanager-openconnect", "NetworkManager's plug-in for OpenConnect",
        {{"deb", "network-manager-openconnect"}, {"rpm", "NetworkManager-openconnect"},
            {"alpm", "networkmanager-openconnect"}}},
    {"networkmanager-openvpn", "NetworkManager's plug-in for OpenVPN",
        {{"deb", "network-manager-openvpn"}, {"rpm", "NetworkManager-openvpn"},
            {"alpm", "networkmanager-openvpn"}}},
    {"networkmanager-l2tp", "NetworkManager's plug-in for L2TP",
        {{"deb", "network-manager-l2tp"}, {"rpm", "NetworkManager-l2tp"},
            {"alpm", "networkmanager-l2tp"}}},
    {"networkmanager-vpnc", "NetworkManager's plug-in for vpnc",
        {{"deb", "network-manager-vpnc"}, {"rpm", "NetworkManager-vpnc"},
            {"alpm", "networkmanager-vpnc"}}},
    {"networkmanager-strongswan", "NetworkManager's plug-in for strongSwan",
        {{"deb", "network-manager-strongswan"}, {"rpm", "NetworkManager-strongswan"},
            {"alpm", "networkmanager-strongswan"}}},
    {"cisco-secure-client", "Cisco Secure Client, AnyConnect before",
        {{"deb", "cisco-secure-client-vpn"}, {"deb", "cisco-secure-client-vpn-cli"},
            {"rpm", "cisco-secure-client-vpn"}, {"rpm", "cisco-secure-client-vpn-cli"},
            {"generic", "Cisco AnyConnect Secure Mobility Client"},
            {"file", CISCO "secureclient/update.txt"}, {"file", CISCO "anyconnect/update.txt"},
            {"folder", CISCO "secureclient"}, {"folder", CISCO "anyconnect"}}},
    {"globalprotect", "GlobalProtect",
        {{"deb", "globalprotect"}, {"rpm", "globalprotect"},
            {"folder", "/opt/paloaltonetworks/globalprotect"}}},
    {NULL, NULL, {{NULL, NULL}}},
};

/* The FreeRDP that vdi-session loads. */
static const VdiClientRow engine = {"", "the engine",
    {{"deb", "libfreerdp3-3"}, {"deb", "libfreerdp-client3-3"}, {"rpm", "freerdp-libs"},
        {"rpm", "libfreerdp3-3"}, {"alpm", "freerdp"}}};

const VdiClientRow *vdi_clients(void)
{
    return clients;
}

const VdiClientRow *vdi_clients_engine(void)
{
    return &engine;
}

/* ---- from packages ---- */

static bool is_of_packages(const VdiClientCarrier *carrier)
{
    return vdi_version_scheme(carrier->type) != NULL;
}

static bool take_version(const VdiPackage *package, void *user)
{
    *(const char **) user = package->version;
    return true;
}

/* NULL: none of its packages is installed. Of several the one that counts after a change as well.
 */
static char *link_packages(VdiFacts *facts, const VdiClientRow *row)
{
    for (const VdiClientCarrier *at = row->carriers; at->type != NULL && is_of_packages(at); at++) {
        vdi_facts_set_client_package(facts, row->id, at->type, at->name);
    }
    const char *version = vdi_facts_package_version_of(facts, row->id);

    return version != NULL ? vdi_version_upstream(version) : NULL;
}

/* Not found among the packages, is it not there? On another system than ours only if it would be.
 */
static bool would_be_found(const VdiFacts *facts, const VdiClientRow *row)
{
    bool found = g_strcmp0(vdi_facts_get(facts, VDI_FACT_OS_ID), "windows") != 0;

    for (const VdiClientCarrier *at = row->carriers; at->type != NULL; at++) {
        found = found || strcmp(at->type, "generic") == 0;
    }
    return found && vdi_facts_packages_known(facts);
}

void vdi_clients_derive(VdiFacts *facts)
{
    g_autofree char *of_engine = link_packages(facts, &engine);

    if (of_engine != NULL && vdi_facts_get(facts, VDI_FACT_ENGINE) == NULL) {
        vdi_facts_set(facts, VDI_FACT_ENGINE, of_engine);
    }
    for (const VdiClientRow *row = clients; row->id != NULL; row++) {
        g_autofree char *version = link_packages(facts, row);
        const char *known = NULL;

        if (vdi_facts_client(facts, row->id, &known) == VDI_TRUTH_UNKNOWN
            && (version != NULL || would_be_found(facts, row))) {
            vdi_facts_set_client(facts, row->id, version);
        }
    }
}

bool vdi_clients_derive_absence(const VdiFacts *facts, const char *id)
{
    const char *version = NULL;
    const VdiClientRow *row = clients;

    while (row->id != NULL && strcmp(row->id, id) != 0) {
        row++;
    }
    for (const VdiClientCarrier *at = row->carriers; at->type != NULL; at++) {
        if (vdi_facts_find_packages(facts, at->type, at->name, take_version, &version)) {
            return false;
        }
    }
    return row->id != NULL && would_be_found(facts, row);
}

/* ---- past the package manager ---- */

static char *read_text(const VdiPaths *paths, const char *absolute)
{
    g_autofree char *path = vdi_paths_below(paths, absolute);
    g_autoptr(GBytes) bytes = vdi_file_read(path, VERSION_FILE_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    /* A break first, so that the beginning is the beginning of a line as well. */
    return data != NULL ? g_strdup_printf("\n%.*s", (int) size, data) : NULL;
}

/* The first version that stands behind `then` behind `first`, perhaps in quotes: it begins with a
 * digit. AnyConnect writes commas for points. */
static char *find_version(const char *text, const char *first, const char *then)
{
    const char *version = NULL;

    for (const char *at = strstr(text, first); at != NULL; at = strstr(version, first)) {
        version = strstr(at + strlen(first), then);
        if (version == NULL) {
            return NULL;
        }
        version += strlen(then);
        version += strspn(version, " \t'\"");
        if (g_ascii_isdigit(*version)) {
            size_t length = strspn(version,
                "0123456789.,+~-_"
                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
            g_autofree char *whole = g_strndup(version, MIN(length, VDI_VERSION_MAX_BYTES));

            return vdi_version_upstream(g_strdelimit(whole, ",", '.'));
        }
    }
    return NULL;
}

static char *version_in(
    const VdiPaths *paths, const char *path, const char *first, const char *then)
{
    g_autofree char *text = read_text(paths, path);

    return text != NULL ? find_version(text, first, then) : NULL;
}

/* Of the releases in its AppStream data the newest stands first. */
static char *version_of_flatpak(const VdiPaths *paths, const char *name)
{
    g_autofree char *files =
        g_strconcat("/var/lib/flatpak/app/", name, "/current/active/files/share", NULL);
    g_autofree char *metainfo = g_strconcat(files, "/metainfo/", name, ".metainfo.xml", NULL);
    g_autofree char *appdata = g_strconcat(files, "/appdata/", name, ".appdata.xml", NULL);
    g_autofree char *below = vdi_paths_below(paths, files);
    char *version = version_in(paths, metainfo, "<release", " version=");

    if (version == NULL) {
        version = version_in(paths, appdata, "<release", " version=");
    }
    return version == NULL && access(below, F_OK) == 0 ? g_strdup("") : version;
}

static char *version_of_snap(const VdiPaths *paths, const char *name)
{
    g_autofree char *path = g_strconcat("/snap/", name, "/current/meta/snap.yaml", NULL);

    return version_in(paths, path, "\nversion:", "");
}

/* At the beginning of a line, or behind the name that the vendor of icaclient gives it there. */
static char *version_of_file(const VdiPaths *paths, const char *name)
{
    char *version = version_in(paths, name, "\nID_VERSION=", "");

    return version != NULL ? version : version_in(paths, name, "\n", "");
}

/* "": it is there. NULL: it is not. */
static char *look_for(const VdiPaths *paths, const VdiClientCarrier *carrier)
{
    if (strcmp(carrier->type, "flatpak") == 0) {
        return version_of_flatpak(paths, carrier->name);
    }
    if (strcmp(carrier->type, "snap") == 0) {
        return version_of_snap(paths, carrier->name);
    }
    if (strcmp(carrier->type, "file") == 0) {
        return version_of_file(paths, carrier->name);
    }
    if (strcmp(carrier->type, "folder") == 0) {
        g_autofree char *path = vdi_paths_below(paths, carrier->name);

        return access(path, F_OK) == 0 ? g_strdup("") : NULL;
    }
    return NULL;
}

void vdi_clients_look(const VdiPaths *paths, VdiFacts *facts)
{
    for (const VdiClientRow *row = clients; row->id != NULL; row++) {
        g_autofree char *version = NULL;
        const char *known = NULL;

        if (vdi_facts_client(facts, row->id, &known) == VDI_TRUTH_TRUE) {
            continue;
        }
        for (const VdiClientCarrier *at = row->carriers; at->type != NULL && version == NULL;
             at++) {
            version = look_for(paths, at);
        }
        if (version != NULL) {
            vdi_facts_set_client(facts, row->id, version);
        }
    }
}
