/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/error.h"

#include <freerdp/error.h>
#include <freerdp/freerdp.h>

#define ROW(code, error, words)                                                                    \
    {                                                                                              \
        FREERDP_ERROR_##code, VDI_SESSION_ERROR_##error, words                                     \
    }
/* Disconnect reasons that have no FREERDP_ERROR_ name of their own. */
#define REASON(code, error, words)                                                                 \
    {                                                                                              \
        MAKE_FREERDP_ERROR(ERRINFO, ERRINFO_##code), VDI_SESSION_ERROR_##error, words              \
    }

/* clang-format off */
static const VdiEngineError rows[] = {
    ROW(DNS_ERROR, HOST, "the name cannot be looked up"),
    ROW(DNS_NAME_NOT_FOUND, HOST, "no such name"),
    ROW(CONNECT_FAILED, CONNECT, "nobody answers there"),
    ROW(CONNECT_TRANSPORT_FAILED, LOST, "it hung up while the connection was being made"),
    ROW(SECURITY_NEGO_CONNECT_FAILED, SECURITY, "it speaks neither NLA nor TLS as we do, or is no desktop at all"),
    ROW(TLS_CONNECT_FAILED, SECURITY, "TLS 1.2 or later, at security level 2, could not be agreed on"),
    ROW(MCS_CONNECT_INITIAL_ERROR, SECURITY, "it refused the first RDP message"),
    ROW(CONNECT_CANCELLED, CONNECT, "the connection was given up"),
    ROW(CONNECT_ACTIVATION_TIMEOUT, DEADLINE, "it did not start the desktop in time"),
    ROW(CONNECT_NO_OR_MISSING_CREDENTIALS, CREDENTIALS, "it wants a name and a password"),
    ROW(AUTHENTICATION_FAILED, LOGON, "name or password refused"),
    ROW(CONNECT_LOGON_FAILURE, LOGON, "name or password refused"),
    ROW(CONNECT_WRONG_PASSWORD, LOGON, "password refused"),
    ROW(CONNECT_ACCESS_DENIED, ACCOUNT, "this account may not sign in there"),
    ROW(INSUFFICIENT_PRIVILEGES, ACCOUNT, "this account may not sign in remotely"),
    ROW(SERVER_INSUFFICIENT_PRIVILEGES, ACCOUNT, "this account may not sign in remotely"),
    ROW(CONNECT_ACCOUNT_DISABLED, ACCOUNT, "the account is disabled"),
    ROW(CONNECT_ACCOUNT_LOCKED_OUT, ACCOUNT, "the account is locked"),
    ROW(CONNECT_ACCOUNT_EXPIRED, ACCOUNT, "the account has expired"),
    ROW(CONNECT_ACCOUNT_RESTRICTION, ACCOUNT, "the account is restricted: its hours, its machine, or an empty password"),
    ROW(CONNECT_CLIENT_REVOKED, ACCOUNT, "the account was revoked"),
    ROW(CONNECT_LOGON_TYPE_NOT_GRANTED, ACCOUNT, "this account may not sign in over the network"),
    ROW(CONNECT_PASSWORD_EXPIRED, PASSWORD, "the password has expired"),
    ROW(CONNECT_PASSWORD_CERTAINLY_EXPIRED, PASSWORD, "the password has expired"),
    ROW(CONNECT_PASSWORD_MUST_CHANGE, PASSWORD, "the password must be changed at first use"),
    ROW(CONNECT_KDC_UNREACHABLE, CONNECT, "its sign-in service cannot be reached"),
    ROW(SERVER_FRESH_CREDENTIALS_REQUIRED, CREDENTIALS, "it wants name and password again"),
    ROW(SERVER_DENIED_CONNECTION, DISCONNECTED, "it denied the connection"),

    ROW(LOGOFF_BY_USER, DISCONNECTED, NULL),
    ROW(RPC_INITIATED_DISCONNECT_BY_USER, DISCONNECTED, NULL),
    ROW(RPC_INITIATED_DISCONNECT, DISCONNECTED, "an administrator disconnected it"),
    ROW(RPC_INITIATED_LOGOFF, DISCONNECTED, "an administrator logged it off"),
    ROW(IDLE_TIMEOUT, DISCONNECTED, "it was idle for too long"),
    ROW(LOGON_TIMEOUT, DISCONNECTED, "signing in took too long"),
    ROW(DISCONNECTED_BY_OTHER_CONNECTION, DISCONNECTED, "somebody connected to it from elsewhere"),
    ROW(OUT_OF_MEMORY, DISCONNECTED, "it ran out of memory"),
    REASON(SERVER_DWM_CRASH, DISCONNECTED, "its window manager crashed"),
    REASON(SERVER_WINLOGON_CRASH, DISCONNECTED, "its sign-in service crashed"),
    REASON(SERVER_CSRSS_CRASH, DISCONNECTED, "its system service crashed"),
    REASON(CLOSE_STACK_ON_DRIVER_NOT_READY, DISCONNECTED, "its display was not ready"),
    REASON(CLOSE_STACK_ON_DRIVER_FAILURE, DISCONNECTED, "its display failed"),
    REASON(GRAPHICS_MODE_NOT_SUPPORTED, DISCONNECTED, "it cannot show this size"),
    REASON(GRAPHICS_SUBSYSTEM_FAILED, DISCONNECTED, "its display failed"),
    REASON(LICENSE_NO_LICENSE_SERVER, DISCONNECTED, "it has no licence server"),
    REASON(LICENSE_NO_LICENSE, DISCONNECTED, "it has no licence left"),
    REASON(LICENSE_NO_REMOTE_CONNECTIONS, DISCONNECTED, "it is not licensed for remote desktops"),
    REASON(CB_DESTINATION_NOT_FOUND, DISCONNECTED, "its broker knows no desktop for you"),
    REASON(CB_DESTINATION_POOL_NOT_FREE, DISCONNECTED, "its pool has no free desktop"),
    REASON(CB_SESSION_ONLINE_VM_BOOT_TIMEOUT, DISCONNECTED, "the machine did not start in time"),
};

/* A code without a row: by class. */
static const VdiEngineError others[] = {
    {MAKE_FREERDP_ERROR(ERRINFO, 0), VDI_SESSION_ERROR_DISCONNECTED, "it ended the connection"},
    {MAKE_FREERDP_ERROR(CONNECT, 0), VDI_SESSION_ERROR_SECURITY, "the connection could not be made"},
};
/* clang-format on */

static const VdiEngineError broken = {0, VDI_SESSION_ERROR_LOST, "the link broke"};

const VdiEngineError *vdi_engine_error(uint32_t code)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].code == code) {
            return &rows[i];
        }
    }
    for (size_t i = 0; i < G_N_ELEMENTS(others) && code != FREERDP_ERROR_SUCCESS; i++) {
        if (GET_FREERDP_ERROR_CLASS(others[i].code) == GET_FREERDP_ERROR_CLASS(code)) {
            return &others[i];
        }
    }
    return &broken;
}

GError *vdi_engine_error_new(uint32_t code)
{
    const VdiEngineError *row = vdi_engine_error(code);

    if (row->words == NULL) {
        return NULL;
    }
    if (code == FREERDP_ERROR_SUCCESS) {
        return g_error_new_literal(VDI_SESSION_ERROR, (int) row->error, row->words);
    }
    return g_error_new(VDI_SESSION_ERROR, (int) row->error, "%s: %s", row->words,
        freerdp_get_last_error_name(code));
}
