/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/source.h"

#include <string.h>

#include "base/error.h"
#include "base/fetch.h"
#include "base/process.h"
#include "base/text.h"

/* A source that starts vdi-fetch: the network stays in another process. What that process says is
 * read as if a server had said it. */

enum { ERRORS_MAX_BYTES = 64 * 1024, GRACE_MS = 5000 };

/* The one name whose bytes change, so the one that is asked for conditionally. */
#define TIMESTAMP "timestamp.json"

/* ---- what the server said beside the file ---- */

typedef struct {
    char *etag, *last_modified;
    int64_t retry_after, max_age; /* seconds; 0: none */
} Reply;

static void reply_clear(Reply *reply)
{
    g_free(reply->etag);
    g_free(reply->last_modified);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reply, reply_clear)

static bool take_text(const char *value, char **text)
{
    size_t length = strlen(value);

    for (const char *p = value; *p != '\0'; p++) {
        if (*p < 0x20 || *p > 0x7e) {
            return false;
        }
    }
    if (length == 0 || length > VDI_FETCH_VALIDATOR_MAX) {
        return false;
    }
    *text = g_strdup(value);
    return true;
}

static bool take_seconds(const char *value, int64_t *seconds)
{
    guint64 number = 0;

    if (!g_ascii_string_to_unsigned(value, 10, 1, VDI_FETCH_SECONDS_MAX, &number, NULL)) {
        return false;
    }
    *seconds = (int64_t) number;
    return true;
}

/* The lines at the head of its standard error (base/fetch.h), in their order, each at most once.
 * What does not fit ends them: that and all after it is what it complains of, returned. */
static char *read_reply(const char *errors, Reply *reply)
{
    const struct {
        const char *name;
        char **text;
        int64_t *seconds;
    } rows[] = {
        {VDI_FETCH_ETAG ": ", &reply->etag, NULL},
        {VDI_FETCH_LAST_MODIFIED ": ", &reply->last_modified, NULL},
        {VDI_FETCH_RETRY_AFTER ": ", NULL, &reply->retry_after},
        {VDI_FETCH_MAX_AGE ": ", NULL, &reply->max_age},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *end = strchr(errors, '\n');

        if (end == NULL || !g_str_has_prefix(errors, rows[i].name)) {
            continue;
        }
        const char *from = errors + strlen(rows[i].name);
        g_autofree char *value = g_strndup(from, (size_t) (end - from));

        if (rows[i].text != NULL ? take_text(value, rows[i].text)
                                 : take_seconds(value, rows[i].seconds)) {
            errors = end + 1;
        }
    }
    g_autofree char *rest = g_strdup(errors);

    return vdi_text_clean(g_strchomp(rest));
}

/* ---- asking ---- */

/* What vdi-fetch answered: an exit status, and what goes with it. */
typedef struct {
    int status;
    GBytes *bytes;
    Reply reply;
    char *said;
} Answer;

static void answer_clear(Answer *answer)
{
    reply_clear(&answer->reply);
    g_clear_pointer(&answer->bytes, g_bytes_unref);
    g_free(answer->said);
    *answer = (Answer){0};
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Answer, answer_clear)

typedef struct {
    VdiTrustSource source;
    char *address, *ca_file, *program;
    bool allow_http;
    unsigned seconds;
    VdiTrustServer *server; /* borrowed */
    int64_t now;
    gint64 deadline; /* monotonic, µs; 0: nothing was asked yet */
    Answer ahead;    /* to a request for the timestamp that has not come yet */
    bool has_ahead;
} Fetch;

/* `--name=value` in one word, so that no value can be taken for an option. */
static void add_option(GPtrArray *argv, const char *name, const char *value)
{
    if (value != NULL) {
        g_ptr_array_add(argv, g_strconcat(name, value, NULL));
    }
}

/* `then`: what to ask for where there is no such file, over the same connection; NULL: nothing. */
static GPtrArray *make_arguments(const Fetch *self, const VdiTrustRequest *request,
    const char *then, bool is_conditional, unsigned left_ms)
{
    g_autofree char *ceiling = g_strdup_printf("%zu", request->max_bytes);
    g_autofree char *seconds =
        g_strdup_printf("%u", MIN((left_ms + 999) / 1000, VDI_TRUST_REFRESH_SECONDS));
    g_autofree char *next = then != NULL ? g_strdup_printf("%s/%s", self->address, then) : NULL;
    GPtrArray *argv = g_ptr_array_new_with_free_func(g_free);

    g_ptr_array_add(argv, g_strdup(self->program));
    add_option(argv, "--ca=", self->ca_file);
    add_option(argv, "--allow-http", self->allow_http ? "" : NULL);
    add_option(argv, "--reply", self->server != NULL ? "" : NULL);
    add_option(argv, "--etag=", is_conditional ? self->server->etag : NULL);
    add_option(argv, "--last-modified=", is_conditional ? self->server->last_modified : NULL);
    add_option(argv, "--then=", next);
    add_option(argv, "--max-bytes=", ceiling);
    add_option(argv, "--seconds=", seconds);
    g_ptr_array_add(argv, g_strdup("--"));
    g_ptr_array_add(argv, g_strdup_printf("%s/%s", self->address, request->name));
    g_ptr_array_add(argv, NULL);
    return argv;
}

static bool find_time_left(Fetch *self, unsigned *ret_left_ms, GError **error)
{
    gint64 now = g_get_monotonic_time();

    if (self->deadline == 0) {
        self->deadline = now + (gint64) self->seconds * G_USEC_PER_SEC;
    }
    if (now >= self->deadline) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE,
            "all files together took more than %u s", self->seconds);
        return false;
    }
    *ret_left_ms = (unsigned) ((self->deadline - now) / 1000 + 1);
    return true;
}

static bool ask(Fetch *self, const VdiTrustRequest *request, const char *then, bool is_conditional,
    Answer *ret_answer, GError **error)
{
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) local = NULL;
    unsigned left_ms = 0;

    if (!find_time_left(self, &left_ms, error)) {
        return false;
    }
    g_autoptr(GPtrArray) argv = make_arguments(self, request, then, is_conditional, left_ms);
    /* It ends by itself, with a sentence; the deadline is for one that does not. */
    const VdiProcessOptions options = {
        .max_bytes = MAX(request->max_bytes, (size_t) ERRORS_MAX_BYTES),
        .deadline_ms = left_ms + GRACE_MS};

    if (!vdi_process_run((const char *const *) argv->pdata, &options, &result, &local)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE, "%s", local->message);
        return false;
    }
    ret_answer->status = result.status;
    ret_answer->bytes = g_steal_pointer(&result.output);
    ret_answer->said = read_reply(result.errors, &ret_answer->reply);
    if (self->server != NULL) {
        self->server->retry_after_seconds =
            MAX(self->server->retry_after_seconds, ret_answer->reply.retry_after);
    }
    return true;
}

/* Exit statuses of vdi-fetch that are answers. */
static VdiTrustError translate(int status)
{
    switch (status) {
    case VDI_FETCH_EXIT_ABSENT:
        return VDI_TRUST_ERROR_MISSING;
    case VDI_FETCH_EXIT_LARGE:
        return VDI_TRUST_ERROR_HASH;
    default:
        return VDI_TRUST_ERROR_SOURCE;
    }
}

static GBytes *take_bytes(Answer *answer, const VdiTrustRequest *request, GError **error)
{
    if (answer->status == 0) {
        return g_steal_pointer(&answer->bytes);
    }
    g_set_error(error, VDI_TRUST_ERROR, (int) translate(answer->status), "%s: %s", request->name,
        *answer->said != '\0' ? answer->said : "vdi-fetch said nothing");
    return NULL;
}

/* Where there is no newer root, the timestamp is what a client asks for next (specification 5.3.8,
 * 5.4.1). A second handshake would cost more than all that an unchanged refresh carries. */
static GBytes *fetch_root(Fetch *self, const VdiTrustRequest *request, GError **error)
{
    bool has_validators = self->server->etag != NULL || self->server->last_modified != NULL;
    g_auto(Answer) answer = {0};

    if (!ask(self, request, TIMESTAMP, has_validators, &answer, error)) {
        return NULL;
    }
    if (answer.status == VDI_FETCH_EXIT_THEN || answer.status == VDI_FETCH_EXIT_NOT_MODIFIED
        || answer.status == VDI_FETCH_EXIT_ABSENT) {
        answer_clear(&self->ahead);
        self->ahead = answer;
        self->ahead.status = answer.status == VDI_FETCH_EXIT_THEN ? 0 : answer.status;
        self->has_ahead = true;
        answer = (Answer){0};
        g_set_error(
            error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "%s: it is not there", request->name);
        return NULL;
    }
    return take_bytes(&answer, request, error);
}

static GBytes *fetch_timestamp(Fetch *self, const VdiTrustRequest *request, GError **error)
{
    bool holds = request->known != NULL && vdi_trust_server_knows(self->server, request->known);
    g_auto(Answer) answer = self->ahead;
    bool is_answered = self->has_ahead && (holds || answer.status != VDI_FETCH_EXIT_NOT_MODIFIED);

    self->ahead = (Answer){0};
    self->has_ahead = false;
    if (!is_answered) {
        answer_clear(&answer);
        if (!ask(self, request, NULL, holds, &answer, error)) {
            return NULL;
        }
    }
    self->server->max_age_seconds = answer.reply.max_age;
    self->server->has_spared = holds && answer.status == VDI_FETCH_EXIT_NOT_MODIFIED;
    if (self->server->has_spared) {
        return g_bytes_ref(request->known);
    }
    GBytes *bytes = take_bytes(&answer, request, error);

    if (bytes != NULL) {
        vdi_trust_server_keep(
            self->server, bytes, answer.reply.etag, answer.reply.last_modified, self->now);
    }
    return bytes;
}

/* "7.root.json", and no role that somebody called "x.root". */
static bool is_root(const char *name)
{
    return g_str_equal(name + strspn(name, "0123456789"), ".root.json");
}

static GBytes *fetch_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Fetch *self = (Fetch *) source;
    bool remembers = self->server != NULL && request->kind == VDI_TRUST_METADATA;
    g_auto(Answer) answer = {0};

    if (remembers && g_str_equal(request->name, TIMESTAMP)) {
        return fetch_timestamp(self, request, error);
    }
    if (remembers && is_root(request->name)) {
        return fetch_root(self, request, error);
    }
    return ask(self, request, NULL, false, &answer, error) ? take_bytes(&answer, request, error)
                                                           : NULL;
}

static void fetch_free(VdiTrustSource *source)
{
    Fetch *self = (Fetch *) source;

    g_free(self->address);
    g_free(self->ca_file);
    g_free(self->program);
    answer_clear(&self->ahead);
    g_free(self);
}

VdiTrustSource *vdi_trust_source_new_fetch(const VdiTrustAddress *address)
{
    Fetch *self = g_new0(Fetch, 1);
    size_t length = strlen(address->address);

    self->source = (VdiTrustSource){fetch_fetch, fetch_free};
    while (length > 0 && address->address[length - 1] == '/') {
        length--;
    }
    self->address = g_strndup(address->address, length);
    self->ca_file = g_strdup(address->ca_file);
    self->allow_http = address->allow_http;
    self->seconds = address->seconds > 0 ? address->seconds : VDI_TRUST_REFRESH_SECONDS;
    self->server = address->server;
    self->now = address->now;
    self->program = address->program != NULL ? g_strdup(address->program)
                                             : vdi_process_find("base", "vdi-fetch");
    return &self->source;
}
