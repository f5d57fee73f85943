/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/session.h"

#include <sys/random.h>

struct LabSessions {
    GHashTable *by_cookie;
    int64_t idle_seconds;
    unsigned n_opened;
};

static void session_free(gpointer data)
{
    LabSession *session = data;

    g_free(session->cookie);
    g_free(session);
}

LabSessions *lab_sessions_new(int64_t idle_seconds)
{
    LabSessions *sessions = g_new0(LabSessions, 1);

    sessions->by_cookie = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, session_free);
    sessions->idle_seconds = idle_seconds;
    return sessions;
}

void lab_sessions_free(LabSessions *sessions)
{
    if (sessions != NULL) {
        g_hash_table_unref(sessions->by_cookie);
        g_free(sessions);
    }
}

static char *new_cookie(void)
{
    guint8 bytes[16];
    GString *cookie = g_string_new(NULL);

    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t) sizeof(bytes)) {
        g_error("no random bytes");
    }
    for (size_t i = 0; i < sizeof(bytes); i++) {
        g_string_append_printf(cookie, "%02X", bytes[i]);
    }
    return g_string_free(cookie, FALSE);
}

LabSession *lab_sessions_open(
    LabSessions *sessions, const char *cookie, int64_t now, bool *ret_is_new)
{
    LabSession *session = cookie != NULL ? g_hash_table_lookup(sessions->by_cookie, cookie) : NULL;

    if (session != NULL && now - session->used_at > sessions->idle_seconds * G_USEC_PER_SEC) {
        lab_sessions_forget(sessions, session);
        session = NULL;
    }
    *ret_is_new = session == NULL;
    if (session == NULL) {
        session = g_new0(LabSession, 1);
        session->cookie = new_cookie();
        session->number = ++sessions->n_opened;
        g_hash_table_insert(sessions->by_cookie, session->cookie, session);
    }
    session->used_at = now;
    return session;
}

void lab_sessions_forget(LabSessions *sessions, const LabSession *session)
{
    g_hash_table_remove(sessions->by_cookie, session->cookie);
}
