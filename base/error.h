/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Every failure that a person may meet: its domain and code, and in error.c one row with its name,
 * exit status, headline and hint. Words alone: this header includes nothing of the rooms that use
 * it.
 *
 * A module fails with its own code and, as message, the detail (never translated, no secret, what
 * came from outside quoted by vdi_text_quote). Layers above add only where. docs/errors.md is
 * printed from the table; a test walks it. */

#define VDI_JSON_ERROR (vdi_json_error_quark())
typedef enum {
    VDI_JSON_ERROR_FORMAT, /* not JSON as we read it: grammar, UTF-8, duplicates, numbers, depth */
    VDI_JSON_ERROR_MEMBER, /* a member is missing, unknown, of another type or out of its range */
    VDI_JSON_ERROR_LARGE,  /* over the ceiling */
} VdiJsonError;

#define VDI_FILE_ERROR (vdi_file_error_quark())
typedef enum {
    VDI_FILE_ERROR_READ,
    VDI_FILE_ERROR_WRITE,
    VDI_FILE_ERROR_ABSENT,
    VDI_FILE_ERROR_LARGE,     /* over the ceiling */
    VDI_FILE_ERROR_UNTRUSTED, /* somebody else could have written it */
    VDI_FILE_ERROR_PRIVATE,   /* it holds a secret, and is not the user's alone */
    VDI_FILE_ERROR_BUSY,      /* its lock is held by a living process */
} VdiFileError;

#define VDI_HTTP_ERROR (vdi_http_error_quark())
typedef enum {
    VDI_HTTP_ERROR_HOST,        /* the name is unknown */
    VDI_HTTP_ERROR_CONNECT,     /* nobody answers there */
    VDI_HTTP_ERROR_TRANSFER,    /* cut, too slow, or shorter than announced */
    VDI_HTTP_ERROR_TLS,         /* no common TLS version or cipher */
    VDI_HTTP_ERROR_CERTIFICATE, /* issuer, name, purpose */
    VDI_HTTP_ERROR_EXPIRED,     /* the certificate's dates */
    VDI_HTTP_ERROR_STATUS,      /* an answer, but not 2xx */
    VDI_HTTP_ERROR_LARGE,       /* over the ceiling */
    VDI_HTTP_ERROR_ADDRESS,     /* not an https address, or a redirect elsewhere */
    VDI_HTTP_ERROR_CANCELLED,
    VDI_HTTP_ERROR_AUTHORITY, /* the file of authorities that was given holds none */
} VdiHttpError;

#define VDI_PROCESS_ERROR (vdi_process_error_quark())
typedef enum {
    VDI_PROCESS_ERROR_START,
    VDI_PROCESS_ERROR_DEADLINE,
    VDI_PROCESS_ERROR_LARGE, /* its output is over the ceiling */
    VDI_PROCESS_ERROR_STATUS,
} VdiProcessError;

#define VDI_SETTINGS_ERROR (vdi_settings_error_quark())
typedef enum {
    VDI_SETTINGS_ERROR_FORMAT,
    VDI_SETTINGS_ERROR_KEY,
    VDI_SETTINGS_ERROR_LOCKED, /* a site's locked value against the command line's */
} VdiSettingsError;

#define VDI_PROGRAM_ERROR (vdi_program_error_quark())
typedef enum {
    VDI_PROGRAM_ERROR_USAGE,
    VDI_PROGRAM_ERROR_VALUE,  /* the command is understood, a value in it is not usable */
    VDI_PROGRAM_ERROR_SECRET, /* a password where others could read it */
    VDI_PROGRAM_ERROR_OUTPUT, /* a file that was asked for cannot be made */
    VDI_PROGRAM_ERROR_SCREEN, /* no X server or Wayland compositor to show it on */
    VDI_PROGRAM_ERROR_BUG,
} VdiProgramError;

#define VDI_TRUST_ERROR (vdi_trust_error_quark())
typedef enum {
    VDI_TRUST_ERROR_FORMAT,    /* not metadata of TUF 1 */
    VDI_TRUST_ERROR_SIGNATURE, /* below the role's threshold */
    VDI_TRUST_ERROR_ROLLBACK,  /* a version fell */
    VDI_TRUST_ERROR_VERSION,   /* not the version that was announced */
    VDI_TRUST_ERROR_EXPIRED,
    VDI_TRUST_ERROR_HASH,       /* length or hash is not the announced one */
    VDI_TRUST_ERROR_MISSING,    /* the repository does not have it */
    VDI_TRUST_ERROR_SOURCE,     /* the repository cannot be asked */
    VDI_TRUST_ERROR_KEY,        /* a key file that cannot be used */
    VDI_TRUST_ERROR_NO_ROOT,    /* no root of trust on this machine */
    VDI_TRUST_ERROR_REFUSED,    /* the author's tool will not sign or publish this */
    VDI_TRUST_ERROR_PASSPHRASE, /* a sealed key's, missing or wrong */
} VdiTrustError;

#define VDI_BUNDLE_ERROR (vdi_bundle_error_quark())
typedef enum {
    VDI_BUNDLE_ERROR_FORMAT,     /* not a bundle, or damaged on its way */
    VDI_BUNDLE_ERROR_KIND,       /* an update where a welcome is due, or the other way round */
    VDI_BUNDLE_ERROR_STRANGER,   /* an update of an organisation that does not guard this machine */
    VDI_BUNDLE_ERROR_OTHER_ROOT, /* not the root of trust that is enrolled, or that was expected */
    VDI_BUNDLE_ERROR_WELCOME,    /* what a welcome says cannot be used */
    VDI_BUNDLE_ERROR_NOT_AGREED, /* nobody was there to agree, or somebody said no */
} VdiBundleError;

#define VDI_MANIFEST_ERROR (vdi_manifest_error_quark())
typedef enum {
    VDI_MANIFEST_ERROR_FORMAT,
    VDI_MANIFEST_ERROR_RULE,     /* one rule of it */
    VDI_MANIFEST_ERROR_SCHEMA,   /* a higher major than ours */
    VDI_MANIFEST_ERROR_COMPILED, /* the compiled form is damaged, or of another version */
    VDI_MANIFEST_ERROR_LINT,
} VdiManifestError;

#define VDI_RANGE_ERROR (vdi_range_error_quark())
typedef enum {
    VDI_RANGE_ERROR_PURL,
    VDI_RANGE_ERROR_VERS,
    VDI_RANGE_ERROR_VERSION, /* a version that its scheme cannot compare */
} VdiRangeError;

#define VDI_HOST_ERROR (vdi_host_error_quark())
typedef enum {
    VDI_HOST_ERROR_DATABASE, /* the package database cannot be read */
    VDI_HOST_ERROR_OFFER,    /* the package manager does not say what it would install */
    VDI_HOST_ERROR_HOLD,     /* a hold cannot be written or taken away */
    VDI_HOST_ERROR_STREAM,   /* what a package manager told the hook cannot be read */
    VDI_HOST_ERROR_FLEET,    /* a list of machines that is not as it is written */
    VDI_HOST_ERROR_CHANGE,   /* a change that somebody wrote down cannot be read */
} VdiHostError;

#define VDI_GUARD_ERROR (vdi_guard_error_quark())
typedef enum {
    VDI_GUARD_ERROR_BLOCKED,      /* a blocking rule is true of this machine */
    VDI_GUARD_ERROR_STALE,        /* a strict site has no fresh manifest */
    VDI_GUARD_ERROR_NO_MANIFEST,  /* no usable manifest */
    VDI_GUARD_ERROR_UNKNOWN_RULE, /* no organisation has a rule of that name */
    VDI_GUARD_ERROR_OVERRIDE,     /* the site does not allow going on */
    VDI_GUARD_ERROR_ORGANISATION, /* unknown, or its folder is not as it must be */
    VDI_GUARD_ERROR_RIGHTS,       /* needs root */
} VdiGuardError;

#define VDI_BROKER_ERROR (vdi_broker_error_quark())
typedef enum {
    VDI_BROKER_ERROR_NOT_A_BROKER, /* HTML, another XML, or none */
    VDI_BROKER_ERROR_INVALID,      /* a broker's answer that breaks its protocol */
    VDI_BROKER_ERROR_VERSION,      /* no version of the ladder */
    VDI_BROKER_ERROR_REFUSED,      /* name, password, passcode */
    VDI_BROKER_ERROR_SESSION,      /* the conversation is over: expired, or forgotten */
    VDI_BROKER_ERROR_SCREEN,       /* a sign-in screen that nobody here can answer */
    VDI_BROKER_ERROR_ENTITLEMENT,  /* no desktop at all, or not this one any more */
    VDI_BROKER_ERROR_NO_DESKTOP,   /* the named desktop is not in the list */
    VDI_BROKER_ERROR_UNAVAILABLE,  /* maintenance, none free, launch failed */
    VDI_BROKER_ERROR_TUNNEL,       /* the broker insists on a tunnel */
    VDI_BROKER_ERROR_FAILED,       /* any other code, with its text */
} VdiBrokerError;

#define VDI_SESSION_ERROR (vdi_session_error_quark())
typedef enum {
    VDI_SESSION_ERROR_HOST,         /* the desktop's name is unknown */
    VDI_SESSION_ERROR_CONNECT,      /* nobody answers there */
    VDI_SESSION_ERROR_SECURITY,     /* no common security protocol, or TLS failed */
    VDI_SESSION_ERROR_CERTIFICATE,  /* not trusted, or changed */
    VDI_SESSION_ERROR_LOGON,        /* name or password refused */
    VDI_SESSION_ERROR_ACCOUNT,      /* locked, disabled, expired, restricted */
    VDI_SESSION_ERROR_PASSWORD,     /* must be changed first */
    VDI_SESSION_ERROR_CREDENTIALS,  /* nothing to sign in with */
    VDI_SESSION_ERROR_DISCONNECTED, /* by the server, another client, idleness */
    VDI_SESSION_ERROR_LOST,         /* the link broke */
    VDI_SESSION_ERROR_CRASHED,      /* vdi-session died */
    VDI_SESSION_ERROR_MESSAGE,      /* vdi-session said what no healthy one says */
    VDI_SESSION_ERROR_DEADLINE,     /* no picture in time */
    VDI_SESSION_ERROR_START,        /* vdi-session cannot be started */
} VdiSessionError;

#define VDI_CLIENT_ERROR (vdi_client_error_quark())
typedef enum {
    VDI_CLIENT_ERROR_SERVER,    /* an address that is none */
    VDI_CLIENT_ERROR_CANCELLED, /* the person said so; not a failure to show */
    VDI_CLIENT_ERROR_NO_USER,   /* nobody to ask, and no name given */
    VDI_CLIENT_ERROR_NO_SECRET, /* nobody to ask, and no password given */
} VdiClientError;

typedef struct {
    GQuark (*domain)(void);
    int code;
    const char *name;     /* "manifest-expired": in --json, never translated */
    int exit_status;      /* docs/exit-codes.md */
    const char *headline; /* N_(): what happened, one sentence */
    const char *hint;     /* N_(): what to do next, one sentence */
} VdiErrorRow;

/* The row of an error. Never NULL: GLib's own errors and unknown ones have the row of a bug. */
const VdiErrorRow *vdi_error_row(const GError *error);

/* The table, in the order of this header; ended by a row without a name. */
const VdiErrorRow *vdi_error_rows(void);

/* One sentence for people, in the language of the process: headline, detail in brackets, hint. */
char *vdi_error_sentence(const GError *error);

/* Exit statuses that are nobody's error (sysexits.h and our own; docs/exit-codes.md). */
enum {
    VDI_EXIT_OK = 0,
    VDI_EXIT_USAGE = 64,
    VDI_EXIT_DATA = 65,
    VDI_EXIT_NO_HOST = 68,
    VDI_EXIT_UNAVAILABLE = 69,
    VDI_EXIT_SOFTWARE = 70,
    VDI_EXIT_CANNOT_CREATE = 73,
    VDI_EXIT_TEMPORARY = 75,
    VDI_EXIT_PROTOCOL = 76,
    VDI_EXIT_NO_PERMISSION = 77,
    VDI_EXIT_CONFIG = 78,
    VDI_EXIT_GUARD_BLOCK = 80,
    VDI_EXIT_GUARD_STALE = 81,
    VDI_EXIT_DISCONNECTED = 82,
};

GQuark vdi_json_error_quark(void);
GQuark vdi_file_error_quark(void);
GQuark vdi_http_error_quark(void);
GQuark vdi_process_error_quark(void);
GQuark vdi_settings_error_quark(void);
GQuark vdi_program_error_quark(void);
GQuark vdi_trust_error_quark(void);
GQuark vdi_bundle_error_quark(void);
GQuark vdi_manifest_error_quark(void);
GQuark vdi_range_error_quark(void);
GQuark vdi_host_error_quark(void);
GQuark vdi_guard_error_quark(void);
GQuark vdi_broker_error_quark(void);
GQuark vdi_session_error_quark(void);
GQuark vdi_client_error_quark(void);
