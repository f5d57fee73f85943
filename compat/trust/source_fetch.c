/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/source.h"

#include <string.h>

#include "base/error.h"
#include "base/fetch.h"
#include "base/process.h"
#include "base/text.h"

/* A source that starts vdi-fetch: the network stays in another process. */

enum { ERRORS_MAX_BYTES = 64 * 1024, FETCH_DEADLINE_MS = 35000 };

typedef struct {
    VdiTrustSource source;
    char *address, *ca_file, *program;
    bool allow_http;
    gint64 deadline; /* monotonic, µs; 0: nothing was asked yet */
} Fetch;

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

static bool run(Fetch *self, const char *url, size_t max_bytes, unsigned deadline_ms,
    VdiProcessResult *ret_result, GError **error)
{
    g_autofree char *ceiling = g_strdup_printf("%zu", max_bytes);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) local = NULL;
    VdiProcessOptions options = {
        .max_bytes = MAX(max_bytes, (size_t) ERRORS_MAX_BYTES), .deadline_ms = deadline_ms};

    g_ptr_array_add(argv, self->program);
    if (self->ca_file != NULL) {
        g_ptr_array_add(argv, (gpointer) "--ca");
        g_ptr_array_add(argv, self->ca_file);
    }
    if (self->allow_http) {
        g_ptr_array_add(argv, (gpointer) "--allow-http");
    }
    g_ptr_array_add(argv, (gpointer) "--max-bytes");
    g_ptr_array_add(argv, ceiling);
    g_ptr_array_add(argv, (gpointer) "--");
    g_ptr_array_add(argv, (gpointer) url);
    g_ptr_array_add(argv, NULL);
    if (!vdi_process_run((const char *const *) argv->pdata, &options, ret_result, &local)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE, "%s", local->message);
        return false;
    }
    return true;
}

static GBytes *fetch_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Fetch *self = (Fetch *) source;
    g_autofree char *url = g_strdup_printf("%s/%s", self->address, request->name);
    g_auto(VdiProcessResult) result = {0};
    gint64 now = g_get_monotonic_time();

    if (self->deadline == 0) {
        self->deadline = now + VDI_TRUST_REFRESH_SECONDS * G_USEC_PER_SEC;
    }
    if (now >= self->deadline) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE,
            "all files together took more than %d s", VDI_TRUST_REFRESH_SECONDS);
        return NULL;
    }
    unsigned left_ms = (unsigned) MIN((self->deadline - now) / 1000 + 1, FETCH_DEADLINE_MS);

    if (!run(self, url, request->max_bytes, left_ms, &result, error)) {
        return NULL;
    }
    if (result.status != 0) {
        g_autofree char *said = vdi_text_clean(g_strchomp(result.errors));

        g_set_error(error, VDI_TRUST_ERROR, (int) translate(result.status), "%s: %s", request->name,
            *said != '\0' ? said : "vdi-fetch said nothing");
        return NULL;
    }
    return g_steal_pointer(&result.output);
}

static void fetch_free(VdiTrustSource *source)
{
    Fetch *self = (Fetch *) source;

    g_free(self->address);
    g_free(self->ca_file);
    g_free(self->program);
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
    self->program = address->program != NULL ? g_strdup(address->program)
                                             : vdi_process_find("base", "vdi-fetch");
    return &self->source;
}
