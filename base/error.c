/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <glib/gi18n.h>

G_DEFINE_QUARK(vdi - json - error - quark, vdi_json_error)
G_DEFINE_QUARK(vdi - file - error - quark, vdi_file_error)
G_DEFINE_QUARK(vdi - http - error - quark, vdi_http_error)
G_DEFINE_QUARK(vdi - process - error - quark, vdi_process_error)
G_DEFINE_QUARK(vdi - settings - error - quark, vdi_settings_error)
G_DEFINE_QUARK(vdi - program - error - quark, vdi_program_error)
G_DEFINE_QUARK(vdi - trust - error - quark, vdi_trust_error)
G_DEFINE_QUARK(vdi - bundle - error - quark, vdi_bundle_error)
G_DEFINE_QUARK(vdi - manifest - error - quark, vdi_manifest_error)
G_DEFINE_QUARK(vdi - range - error - quark, vdi_range_error)
G_DEFINE_QUARK(vdi - host - error - quark, vdi_host_error)
G_DEFINE_QUARK(vdi - guard - error - quark, vdi_guard_error)
G_DEFINE_QUARK(vdi - broker - error - quark, vdi_broker_error)
G_DEFINE_QUARK(vdi - session - error - quark, vdi_session_error)
G_DEFINE_QUARK(vdi - client - error - quark, vdi_client_error)

/* The errors of one domain differ only in code, name, status and words. */
#define JSON(code, ...)                                                                            \
    {                                                                                              \
        vdi_json_error_quark, VDI_JSON_ERROR_##code, __VA_ARGS__                                   \
    }
#define FILES(code, ...)                                                                           \
    {                                                                                              \
        vdi_file_error_quark, VDI_FILE_ERROR_##code, __VA_ARGS__                                   \
    }
#define HTTP(code, ...)                                                                            \
    {                                                                                              \
        vdi_http_error_quark, VDI_HTTP_ERROR_##code, __VA_ARGS__                                   \
    }
#define PROCESS(code, ...)                                                                         \
    {                                                                                              \
        vdi_process_error_quark, VDI_PROCESS_ERROR_##code, __VA_ARGS__                             \
    }
#define SETTINGS(code, ...)                                                                        \
    {                                                                                              \
        vdi_settings_error_quark, VDI_SETTINGS_ERROR_##code, __VA_ARGS__                           \
    }
#define PROGRAM(code, ...)                                                                         \
    {                                                                                              \
        vdi_program_error_quark, VDI_PROGRAM_ERROR_##code, __VA_ARGS__                             \
    }
#define TRUST(code, ...)                                                                           \
    {                                                                                              \
        vdi_trust_error_quark, VDI_TRUST_ERROR_##code, __VA_ARGS__                                 \
    }
#define BUNDLE(code, ...)                                                                          \
    {                                                                                              \
        vdi_bundle_error_quark, VDI_BUNDLE_ERROR_##code, __VA_ARGS__                               \
    }
#define MANIFEST(code, ...)                                                                        \
    {                                                                                              \
        vdi_manifest_error_quark, VDI_MANIFEST_ERROR_##code, __VA_ARGS__                           \
    }
#define RANGE(code, ...)                                                                           \
    {                                                                                              \
        vdi_range_error_quark, VDI_RANGE_ERROR_##code, __VA_ARGS__                                 \
    }
#define HOST(code, ...)                                                                            \
    {                                                                                              \
        vdi_host_error_quark, VDI_HOST_ERROR_##code, __VA_ARGS__                                   \
    }
#define GUARD(code, ...)                                                                           \
    {                                                                                              \
        vdi_guard_error_quark, VDI_GUARD_ERROR_##code, __VA_ARGS__                                 \
    }
#define BROKER(code, ...)                                                                          \
    {                                                                                              \
        vdi_broker_error_quark, VDI_BROKER_ERROR_##code, __VA_ARGS__                               \
    }
#define SESSION(code, ...)                                                                         \
    {                                                                                              \
        vdi_session_error_quark, VDI_SESSION_ERROR_##code, __VA_ARGS__                             \
    }
#define CLIENT(code, ...)                                                                          \
    {                                                                                              \
        vdi_client_error_quark, VDI_CLIENT_ERROR_##code, __VA_ARGS__                               \
    }

/* clang-format off */
static const VdiErrorRow rows[] = {
    JSON(FORMAT, "json-format", VDI_EXIT_DATA,
        N_("A file is not valid JSON."), N_("Correct it there, or ask whoever wrote it.")),
    JSON(MEMBER, "json-member", VDI_EXIT_DATA,
        N_("A file does not say what it must."), N_("Correct the member that is named, or ask whoever wrote the file.")),
    JSON(LARGE, "json-large", VDI_EXIT_DATA,
        N_("A file is larger than allowed."), N_("Ask whoever wrote it for a smaller one.")),

    FILES(READ, "file-read", VDI_EXIT_SOFTWARE,
        N_("A file cannot be read."), N_("Check the file's owner and rights, and the disk.")),
    FILES(WRITE, "file-write", VDI_EXIT_CANNOT_CREATE,
        N_("A file cannot be written."), N_("Check the folder's owner and rights, and the room on the disk.")),
    FILES(ABSENT, "file-absent", VDI_EXIT_CONFIG,
        N_("A file is missing."), N_("Check the name, or put the file there.")),
    FILES(LARGE, "file-large", VDI_EXIT_DATA,
        N_("A file is larger than allowed."), N_("Check that it is the file that was meant.")),
    FILES(UNTRUSTED, "file-untrusted", VDI_EXIT_CONFIG,
        N_("A file could have been changed by others, so it is not believed."),
        N_("Give it and every folder above it to root, not writable by others.")),
    FILES(PRIVATE, "file-not-private", VDI_EXIT_CONFIG,
        N_("A file that holds a secret is not yours alone."),
        N_("Make it a plain file that belongs to you, with mode 0600; think about whether others read it.")),
    FILES(BUSY, "file-busy", VDI_EXIT_TEMPORARY,
        N_("Another process is at work on the same files."), N_("Try again in a moment.")),

    HTTP(HOST, "host-unknown", VDI_EXIT_NO_HOST,
        N_("The server's name is unknown."), N_("Check the name, and this computer's network.")),
    HTTP(CONNECT, "unreachable", VDI_EXIT_TEMPORARY,
        N_("The server cannot be reached."), N_("Check this computer's network, or try again later.")),
    HTTP(TRANSFER, "transfer-broken", VDI_EXIT_TEMPORARY,
        N_("The server's answer broke off."), N_("Try again; if it stays so, tell the server's administrator.")),
    HTTP(TLS, "tls-failed", VDI_EXIT_PROTOCOL,
        N_("No secure connection could be agreed with the server."),
        N_("Its TLS may be too old: tell the server's administrator.")),
    HTTP(CERTIFICATE, "certificate-untrusted", VDI_EXIT_CONFIG,
        N_("The server could not prove who it is."),
        N_("Do not go on; ask the server's administrator for its certificate authority.")),
    HTTP(EXPIRED, "certificate-expired", VDI_EXIT_CONFIG,
        N_("The server's certificate is not valid today."),
        N_("Check this computer's clock, then tell the server's administrator.")),
    HTTP(STATUS, "http-status", VDI_EXIT_UNAVAILABLE,
        N_("The server cannot answer now."), N_("Try again later, or tell the server's administrator.")),
    HTTP(LARGE, "http-large", VDI_EXIT_PROTOCOL,
        N_("The server's answer is larger than allowed."), N_("Check the address; tell the server's administrator.")),
    HTTP(ADDRESS, "http-address", VDI_EXIT_CONFIG,
        N_("The server's address cannot be used."), N_("Give the address that it really has; it begins with https://.")),
    HTTP(CANCELLED, "cancelled", 130,
        N_("Cancelled."), N_("Nothing was changed.")),
    HTTP(AUTHORITY, "authority-unusable", VDI_EXIT_CONFIG,
        N_("The file of certificate authorities cannot be used."),
        N_("Give a PEM file with at least one certificate.")),

    PROCESS(START, "process-start", VDI_EXIT_SOFTWARE,
        N_("A helper program cannot be started."), N_("Install Vigie again.")),
    PROCESS(DEADLINE, "process-deadline", VDI_EXIT_TEMPORARY,
        N_("A helper program took too long and was ended."), N_("Try again later.")),
    PROCESS(LARGE, "process-large", VDI_EXIT_SOFTWARE,
        N_("A helper program said more than allowed."), N_("Report this as a fault.")),
    PROCESS(STATUS, "process-status", VDI_EXIT_SOFTWARE,
        N_("A helper program failed."), N_("Read its message; report this as a fault if there is none.")),

    SETTINGS(FORMAT, "settings-format", VDI_EXIT_CONFIG,
        N_("A settings file cannot be read."), N_("Correct the line that is named.")),
    SETTINGS(KEY, "settings-key", VDI_EXIT_CONFIG,
        N_("A setting is unknown or its value is not allowed."), N_("Correct the key that is named; docs/connect.md has those of vdi.conf, docs/guard.md those of guard.conf.")),
    SETTINGS(LOCKED, "settings-locked", VDI_EXIT_CONFIG,
        N_("This site does not allow that setting to be changed."), N_("Leave it out, or ask your administrator.")),

    PROGRAM(USAGE, "usage", VDI_EXIT_USAGE,
        N_("The command is not understood."), N_("See --help.")),
    PROGRAM(VALUE, "value", VDI_EXIT_USAGE,
        N_("A value in the command cannot be used."), N_("Correct that value, and run the command again.")),
    PROGRAM(SECRET, "secret-on-command-line", VDI_EXIT_USAGE,
        N_("A password on the command line can be read by everyone on this computer."),
        N_("Use --password-fd or --password-file.")),
    PROGRAM(OUTPUT, "cannot-create", VDI_EXIT_CANNOT_CREATE,
        N_("A file that was asked for cannot be made."), N_("Choose a folder that exists and that you may write to.")),
    PROGRAM(SCREEN, "no-screen", VDI_EXIT_UNAVAILABLE,
        N_("There is no screen to show it on."), N_("Start it from a graphical session, or check DISPLAY and WAYLAND_DISPLAY.")),
    PROGRAM(BUG, "internal", VDI_EXIT_SOFTWARE,
        N_("Something went wrong inside Vigie."), N_("Report this as a fault, with the sentence in brackets.")),

    TRUST(FORMAT, "metadata-format", VDI_EXIT_PROTOCOL,
        N_("The compatibility list's signed description cannot be read."),
        N_("The last good list stays in force; tell whoever publishes it.")),
    TRUST(SIGNATURE, "metadata-signature", VDI_EXIT_PROTOCOL,
        N_("The compatibility list is not signed by those whom this computer trusts."),
        N_("The last good list stays in force; tell whoever publishes it.")),
    TRUST(ROLLBACK, "metadata-rollback", VDI_EXIT_PROTOCOL,
        N_("The compatibility list that was offered is older than the one already here."),
        N_("The newer list stays in force; tell whoever publishes it.")),
    TRUST(VERSION, "metadata-version", VDI_EXIT_PROTOCOL,
        N_("The parts of the compatibility list do not belong together."),
        N_("The last good list stays in force; try again later.")),
    TRUST(EXPIRED, "manifest-expired", VDI_EXIT_TEMPORARY,
        N_("The compatibility list is out of date."),
        N_("Check this computer's clock, then its connection to the update server.")),
    TRUST(HASH, "metadata-hash", VDI_EXIT_PROTOCOL,
        N_("The compatibility list was damaged or changed on its way."),
        N_("The last good list stays in force; try again later, or tell whoever publishes it.")),
    TRUST(MISSING, "metadata-missing", VDI_EXIT_UNAVAILABLE,
        N_("The compatibility list's server does not have all of it."),
        N_("Check the address, or tell whoever publishes it.")),
    TRUST(SOURCE, "repository-unreachable", VDI_EXIT_TEMPORARY,
        N_("The compatibility list's server cannot be reached."),
        N_("The last good list stays in force; try again later.")),
    TRUST(KEY, "key-unusable", VDI_EXIT_DATA,
        N_("A signing key cannot be used."), N_("Check the key file that is named.")),
    TRUST(NO_ROOT, "no-root-of-trust", VDI_EXIT_CONFIG,
        N_("This computer has no root of trust for that organisation."),
        N_("Put its root.json where the message says.")),
    TRUST(REFUSED, "author-refused", VDI_EXIT_DATA,
        N_("This cannot be signed or published."), N_("Correct what is named, then try again.")),
    TRUST(PASSPHRASE, "key-passphrase", VDI_EXIT_CONFIG,
        N_("A signing key stays locked: its passphrase is missing or wrong."),
        N_("Give it with --passphrase-fd, or at a terminal.")),

    BUNDLE(FORMAT, "bundle-format", VDI_EXIT_DATA,
        N_("That file is not a bundle of Vigie, or was damaged on its way."),
        N_("Nothing was changed; ask for it again, as an attachment.")),
    BUNDLE(KIND, "bundle-kind", VDI_EXIT_DATA,
        N_("That bundle is of another kind."),
        N_("vdi-guard import takes updates, vdi-guard enroll takes welcome files.")),
    BUNDLE(STRANGER, "bundle-stranger", VDI_EXIT_DATA,
        N_("That update is of an organisation that does not guard this computer, and an update never enrols."),
        N_("Ask that organisation's administrator for its welcome file, then vdi-guard enroll.")),
    BUNDLE(OTHER_ROOT, "other-root-of-trust", VDI_EXIT_DATA,
        N_("That file stands on another root of trust than the expected one."),
        N_("Do not go on; ask the organisation's administrator, by another way than the file came.")),
    BUNDLE(WELCOME, "welcome-unusable", VDI_EXIT_DATA,
        N_("What that welcome file says cannot be used."),
        N_("Nothing was changed; tell whoever made it.")),
    BUNDLE(NOT_AGREED, "not-agreed", VDI_EXIT_NO_PERMISSION,
        N_("Nobody agreed, so nothing was changed."),
        N_("Answer yes at a terminal, or give --yes with the --fingerprint that the administrator told you.")),

    MANIFEST(FORMAT, "manifest-format", VDI_EXIT_DATA,
        N_("The compatibility list cannot be read."), N_("Correct the place that is named; see docs/manifest.md.")),
    MANIFEST(RULE, "manifest-rule", VDI_EXIT_DATA,
        N_("A rule of the compatibility list cannot be used."), N_("Correct the rule that is named; see docs/manifest.md.")),
    MANIFEST(SCHEMA, "manifest-schema", VDI_EXIT_DATA,
        N_("The compatibility list is written for a newer Vigie."), N_("Upgrade Vigie.")),
    MANIFEST(COMPILED, "manifest-compiled", VDI_EXIT_SOFTWARE,
        N_("The prepared rules are damaged."), N_("Nothing is held by them; as root, run vdi-guard apply.")),
    MANIFEST(LINT, "manifest-lint", VDI_EXIT_DATA,
        N_("A rule would do harm or nothing at all."), N_("Correct what is named.")),

    RANGE(PURL, "purl", VDI_EXIT_DATA,
        N_("A package's name is not a package URL."), N_("Write it as pkg:deb/debian/NAME.")),
    RANGE(VERS, "vers", VDI_EXIT_DATA,
        N_("A range of versions is not written as VERS asks."), N_("Write it as vers:deb/>=1.0|<1.2.")),
    RANGE(VERSION, "version", VDI_EXIT_DATA,
        N_("A version cannot be compared."), N_("Check it against the rules of its package system.")),

    HOST(DATABASE, "package-database", VDI_EXIT_SOFTWARE,
        N_("This computer's list of installed packages cannot be read."),
        N_("Nothing is held because of it; repair the package database.")),
    HOST(OFFER, "package-offer", VDI_EXIT_TEMPORARY,
        N_("The package manager does not say what it would install."),
        N_("Earlier holds stay; run its update command and look at its message.")),
    HOST(HOLD, "package-hold", VDI_EXIT_SOFTWARE,
        N_("An update cannot be held back."), N_("Check the folder that is named; the update stays possible.")),
    HOST(STREAM, "hook-stream", VDI_EXIT_OK,
        N_("The package manager's message to the guard cannot be read."), N_("The update goes on.")),
    HOST(FLEET, "fleet-format", VDI_EXIT_DATA, N_("A list of machines cannot be read."),
        N_("Mend the line that is named, or have the list written anew.")),
    HOST(CHANGE, "change-format", VDI_EXIT_DATA,
        N_("The changes to be judged cannot be read."),
        N_("Give NAME=VERSION, an update such as KB5074109, apt's list for hooks, or an inventory with what is pending.")),

    GUARD(BLOCKED, "guard-blocked", VDI_EXIT_GUARD_BLOCK,
        N_("This computer cannot use the desktop as it is."), N_("Do what the rule says, or ask your administrator.")),
    GUARD(STALE, "guard-stale", VDI_EXIT_GUARD_STALE,
        N_("This site asks for a fresh compatibility list, and there is none."),
        N_("Check the connection to the update server, or ask your administrator.")),
    GUARD(NO_MANIFEST, "no-manifest", VDI_EXIT_TEMPORARY,
        N_("No compatibility information is here."), N_("As root, run vdi-guard refresh.")),
    GUARD(UNKNOWN_RULE, "unknown-rule", VDI_EXIT_USAGE,
        N_("No organisation has a rule of that name."), N_("Check its name: vdi-guard check and status show the rules that concern this computer.")),
    GUARD(OVERRIDE, "override-refused", VDI_EXIT_GUARD_BLOCK,
        N_("This site does not allow going on against that rule."), N_("Ask your administrator.")),
    GUARD(ORGANISATION, "organisation", VDI_EXIT_CONFIG,
        N_("An organisation is unknown here, or its folder is not as it must be."),
        N_("Check /etc/vdi/orgs.")),
    GUARD(RIGHTS, "needs-root", VDI_EXIT_NO_PERMISSION,
        N_("Only root may do that."), N_("Try again with sudo.")),

    BROKER(NOT_A_BROKER, "not-a-broker", VDI_EXIT_PROTOCOL,
        N_("That server is not a connection broker."), N_("Check the address; a login page of the network may be in between.")),
    BROKER(INVALID, "broker-invalid", VDI_EXIT_PROTOCOL,
        N_("The broker's answer breaks its own protocol."), N_("Tell the broker's administrator.")),
    BROKER(VERSION, "broker-version", VDI_EXIT_PROTOCOL,
        N_("This broker and this client have no version in common."), N_("Upgrade the client, or tell the broker's administrator.")),
    BROKER(REFUSED, "sign-in-refused", VDI_EXIT_NO_PERMISSION,
        N_("The broker refused the sign-in."), N_("Check the name and type the password again; it is not sent a second time by itself.")),
    BROKER(SESSION, "broker-session", VDI_EXIT_TEMPORARY,
        N_("The broker ended the conversation."), N_("Sign in again.")),
    BROKER(SCREEN, "broker-screen", VDI_EXIT_PROTOCOL,
        N_("The broker asks for a sign-in step that cannot be answered here."), N_("Sign in with the application, or ask the broker's administrator.")),
    BROKER(ENTITLEMENT, "not-entitled", VDI_EXIT_NO_PERMISSION,
        N_("This account may not use that desktop."), N_("Ask the broker's administrator.")),
    BROKER(NO_DESKTOP, "no-such-desktop", VDI_EXIT_UNAVAILABLE,
        N_("The broker offers no desktop of that name."), N_("Choose one of the names in brackets.")),
    BROKER(UNAVAILABLE, "desktop-unavailable", VDI_EXIT_UNAVAILABLE,
        N_("That desktop is not available now."), N_("Try again later, or choose another.")),
    BROKER(TUNNEL, "tunnel-required", VDI_EXIT_PROTOCOL,
        N_("The broker insists on its own tunnel, which this client does not speak."),
        N_("Ask the broker's administrator to allow direct connections.")),
    BROKER(FAILED, "broker-failed", VDI_EXIT_UNAVAILABLE,
        N_("The broker could not do what was asked."), N_("Tell the broker's administrator its code.")),

    SESSION(HOST, "desktop-unknown", VDI_EXIT_NO_HOST,
        N_("The desktop's name is unknown."), N_("Tell the broker's administrator.")),
    SESSION(CONNECT, "desktop-unreachable", VDI_EXIT_TEMPORARY,
        N_("The desktop cannot be reached."), N_("Try again later; it may be starting.")),
    SESSION(SECURITY, "desktop-security", VDI_EXIT_PROTOCOL,
        N_("This client and the desktop share no security protocol."), N_("Tell the desktop's administrator.")),
    SESSION(CERTIFICATE, "desktop-certificate", VDI_EXIT_CONFIG,
        N_("The desktop could not prove who it is."), N_("Do not go on; ask the desktop's administrator.")),
    SESSION(LOGON, "desktop-logon", VDI_EXIT_NO_PERMISSION,
        N_("The desktop refused the name or the password."), N_("Sign in again and type the password anew.")),
    SESSION(ACCOUNT, "desktop-account", VDI_EXIT_NO_PERMISSION,
        N_("The desktop does not let this account in."), N_("Ask your administrator whether it is locked or expired.")),
    SESSION(PASSWORD, "desktop-password", VDI_EXIT_NO_PERMISSION,
        N_("The password must be changed first."), N_("Change it where you usually do, then sign in again.")),
    SESSION(CREDENTIALS, "desktop-credentials", VDI_EXIT_CONFIG,
        N_("There is nothing to sign in to the desktop with."), N_("Give a name and a password.")),
    SESSION(DISCONNECTED, "disconnected", VDI_EXIT_DISCONNECTED,
        N_("The desktop ended the connection."), N_("Connect again if you did not mean to leave.")),
    SESSION(LOST, "link-lost", VDI_EXIT_TEMPORARY,
        N_("The connection to the desktop was lost."), N_("Check this computer's network, then connect again.")),
    SESSION(CRASHED, "session-crashed", VDI_EXIT_SOFTWARE,
        N_("The desktop's display stopped."), N_("Connect again; what was open on the desktop is still there.")),
    SESSION(MESSAGE, "session-message", VDI_EXIT_SOFTWARE,
        N_("The desktop's display misbehaved and was ended."), N_("Connect again; report this as a fault.")),
    SESSION(DEADLINE, "session-deadline", VDI_EXIT_TEMPORARY,
        N_("The desktop showed no picture in time."), N_("Try again later; it may be starting.")),
    SESSION(START, "session-start", VDI_EXIT_SOFTWARE,
        N_("The desktop's display cannot be started."), N_("Install Vigie again.")),

    CLIENT(SERVER, "server-address", VDI_EXIT_USAGE,
        N_("That is not a server's address."), N_("Write it as https://broker.example.com or rdp://desktop.example.com.")),
    CLIENT(CANCELLED, "cancelled", 130,
        N_("Cancelled."), N_("Nothing was changed.")),
    CLIENT(NO_USER, "no-user", VDI_EXIT_CONFIG,
        N_("The broker asks for a name and none was given."), N_("Use --user.")),
    CLIENT(NO_SECRET, "no-password", VDI_EXIT_CONFIG,
        N_("The broker asks for a password and none was given."), N_("Use --password-fd or --password-file.")),

    {NULL, 0, NULL, 0, NULL, NULL},
};
/* clang-format on */

const VdiErrorRow *vdi_error_rows(void)
{
    return rows;
}

const VdiErrorRow *vdi_error_row(const GError *error)
{
    const VdiErrorRow *bug = NULL;

    for (const VdiErrorRow *row = rows; row->name != NULL; row++) {
        if (error->domain == row->domain() && error->code == row->code) {
            return row;
        }
        if (row->domain == vdi_program_error_quark && row->code == VDI_PROGRAM_ERROR_BUG) {
            bug = row;
        }
    }
    return bug;
}

char *vdi_error_sentence(const GError *error)
{
    const VdiErrorRow *row = vdi_error_row(error);

    return g_strdup_printf("%s (%s) %s", _(row->headline), error->message, _(row->hint));
}
