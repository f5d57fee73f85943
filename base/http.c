/* SPDX-License-Identifier: Apache-2.0 */
#include "base/http.h"

#include <curl/curl.h>
#include <string.h>

#include "base/buffer.h"
#include "base/certificate.h"
#include "base/error.h"
#include "base/text.h"
#include "config.h"

enum {
    CONNECT_TIMEOUT_MS = 10000,
    IDLE_TIMEOUT_MS = 30000, /* without one byte */
    HEADERS_MAX_BYTES = 64 * 1024,
    PAGE_MAX_BYTES = 64 * 1024, /* of an error: read past, so that the connection can be kept */
};

struct VdiHttp {
    CURL *curl;
    bool allow_http;
    int status;
    int64_t retry_after_seconds;
};

/* One exchange: lives on the stack of perform(). */
typedef struct {
    CURL *curl;
    VdiBuffer body;
    size_t max_bytes, header_bytes, page_bytes;
    bool too_large;
    char *encoding, *cache_control, *age; /* of the headers */
    GCancellable *cancellable;
    VdiHttpReply *reply;
} Exchange;

void vdi_http_reply_clear(VdiHttpReply *reply)
{
    g_clear_pointer(&reply->body, g_bytes_unref);
    g_clear_pointer(&reply->content_type, g_free);
    g_clear_pointer(&reply->etag, g_free);
    g_clear_pointer(&reply->last_modified, g_free);
}

static void exchange_clear(Exchange *exchange)
{
    g_free(exchange->encoding);
    g_free(exchange->cache_control);
    g_free(exchange->age);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Exchange, exchange_clear)

static bool is_success(const Exchange *exchange)
{
    long status = 0;

    curl_easy_getinfo(exchange->curl, CURLINFO_RESPONSE_CODE, &status);
    return status >= 200 && status < 300;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    Exchange *exchange = user;

    if (!is_success(exchange)) {
        exchange->page_bytes += size * count;
        return exchange->page_bytes <= PAGE_MAX_BYTES ? size * count : 0;
    }
    if (exchange->body.size + size * count > exchange->max_bytes) {
        exchange->too_large = true;
        return 0;
    }
    vdi_buffer_append(&exchange->body, data, size * count);
    return size * count;
}

static void keep_header(const char *line, size_t size, const char *name, char **value)
{
    size_t length = strlen(name);

    if (size > length && g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':') {
        g_free(*value);
        *value = g_strstrip(g_strndup(line + length + 1, size - length - 1));
    }
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
    Exchange *exchange = user;

    exchange->header_bytes += size * count;
    if (exchange->header_bytes > HEADERS_MAX_BYTES) {
        exchange->too_large = true;
        return 0;
    }
    keep_header(line, size * count, "Content-Type", &exchange->reply->content_type);
    keep_header(line, size * count, "ETag", &exchange->reply->etag);
    keep_header(line, size * count, "Last-Modified", &exchange->reply->last_modified);
    keep_header(line, size * count, "Content-Encoding", &exchange->encoding);
    keep_header(line, size * count, "Cache-Control", &exchange->cache_control);
    keep_header(line, size * count, "Age", &exchange->age);
    return size * count;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const Exchange *exchange = user;

    return g_cancellable_is_cancelled(exchange->cancellable);
}

VdiHttp *vdi_http_new(const VdiHttpOptions *options, GError **error)
{
    g_autoptr(VdiHttp) http = g_new0(VdiHttp, 1);

    http->curl = curl_easy_init();
    if (http->curl == NULL) {
        g_error("out of memory");
    }
    http->allow_http = options->allow_http;
    CURL *curl = http->curl;

    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, options->allow_http ? "https,http" : "https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_NETRC, (long) CURL_NETRC_IGNORED);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "vigie/" VDI_VERSION);
    curl_easy_setopt(curl, CURLOPT_COOKIEFILE, ""); /* in memory */
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long) CURL_SSLVERSION_TLSv1_2);
    /* One conversation, one connection; HTTP/2 would bring nothing to it. */
    curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, (long) CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
        (long) (options->connect_timeout_ms > 0 ? options->connect_timeout_ms
                                                : CONNECT_TIMEOUT_MS));
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (options->no_proxy) {
        curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    }
    if (options->ca_file != NULL) {
        if (!vdi_certificate_check_file(options->ca_file, error)) {
            return NULL;
        }
        curl_easy_setopt(curl, CURLOPT_CAINFO, options->ca_file);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    return g_steal_pointer(&http);
}

void vdi_http_free(VdiHttp *http)
{
    if (http != NULL) {
        curl_easy_cleanup(http->curl);
        g_free(http);
    }
}

/* libcurl's codes at our wall. What no row names is a broken transfer. */
static VdiHttpError translate(CURLcode code)
{
    static const struct {
        CURLcode theirs;
        VdiHttpError ours;
    } rows[] = {
        {CURLE_UNSUPPORTED_PROTOCOL, VDI_HTTP_ERROR_ADDRESS},
        {CURLE_URL_MALFORMAT, VDI_HTTP_ERROR_ADDRESS},
        {CURLE_COULDNT_RESOLVE_PROXY, VDI_HTTP_ERROR_HOST},
        {CURLE_COULDNT_RESOLVE_HOST, VDI_HTTP_ERROR_HOST},
        {CURLE_COULDNT_CONNECT, VDI_HTTP_ERROR_CONNECT},
        {CURLE_OPERATION_TIMEDOUT, VDI_HTTP_ERROR_TRANSFER},
        {CURLE_SSL_CONNECT_ERROR, VDI_HTTP_ERROR_TLS},
        {CURLE_SSL_CIPHER, VDI_HTTP_ERROR_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, VDI_HTTP_ERROR_CERTIFICATE},
        {CURLE_SSL_CACERT_BADFILE, VDI_HTTP_ERROR_CERTIFICATE},
        {CURLE_ABORTED_BY_CALLBACK, VDI_HTTP_ERROR_CANCELLED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (rows[i].theirs == code) {
            return rows[i].ours;
        }
    }
    return VDI_HTTP_ERROR_TRANSFER;
}

/* Scheme, host and port alone: the path may name what is none of a log's business. */
static char *origin_of(const char *url)
{
    g_autoptr(GUri) uri = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    g_autofree char *origin = NULL;

    if (uri == NULL) {
        return vdi_text_quote(url);
    }
    origin = g_uri_join(G_URI_FLAGS_NONE, g_uri_get_scheme(uri), NULL, g_uri_get_host(uri),
        g_uri_get_port(uri), "", NULL, NULL);
    return vdi_text_clean(origin);
}

static bool fail_transfer(
    VdiHttp *http, CURLcode code, const char *url, const char *detail, GError **error)
{
    g_autofree char *origin = origin_of(url);
    VdiHttpError ours = translate(code);
    long verified = 0;

    curl_easy_getinfo(http->curl, CURLINFO_SSL_VERIFYRESULT, &verified);
    if (ours == VDI_HTTP_ERROR_CERTIFICATE && vdi_certificate_is_about_dates(verified)) {
        ours = VDI_HTTP_ERROR_EXPIRED;
    }
    g_autofree char *shown = vdi_text_clean(*detail != '\0' ? detail : curl_easy_strerror(code));

    g_set_error(error, VDI_HTTP_ERROR, (int) ours, "%s: %s", origin, shown);
    return false;
}

static bool fail_status(VdiHttp *http, const char *url, GError **error)
{
    g_autofree char *origin = origin_of(url);
    const char *target = NULL;

    curl_easy_getinfo(http->curl, CURLINFO_REDIRECT_URL, &target);
    if (target != NULL) {
        g_autofree char *shown = vdi_text_quote(target);

        g_set_error(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_ADDRESS,
            "%s: it sends us to %s, and redirects are not followed", origin, shown);
    } else {
        g_set_error(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_STATUS, "%s: HTTP status %d", origin,
            http->status);
    }
    return false;
}

/* "max-age=3600" among the directives of Cache-Control. */
static int64_t max_age_of(const Exchange *exchange)
{
    g_auto(GStrv) directives =
        g_strsplit(exchange->cache_control != NULL ? exchange->cache_control : "", ",", -1);
    guint64 lasts = 0, age = 0;

    for (size_t i = 0; directives[i] != NULL; i++) {
        const char *directive = g_strstrip(directives[i]);

        if (g_ascii_strncasecmp(directive, "no-cache", 8) == 0
            || g_ascii_strncasecmp(directive, "no-store", 8) == 0) {
            return 0;
        }
        if (g_ascii_strncasecmp(directive, "max-age=", 8) == 0) {
            (void) g_ascii_string_to_unsigned(directive + 8, 10, 0, G_MAXINT32, &lasts, NULL);
        }
    }
    if (exchange->age != NULL) {
        (void) g_ascii_string_to_unsigned(exchange->age, 10, 0, G_MAXINT32, &age, NULL);
    }
    return lasts > age ? (int64_t) (lasts - age) : 0;
}

/* What came with the status, whatever the status is. */
static void read_answer(VdiHttp *http, Exchange *exchange)
{
    curl_off_t retry_after = 0;
    long status = 0;

    curl_easy_getinfo(http->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(http->curl, CURLINFO_RETRY_AFTER, &retry_after);
    http->status = (int) status;
    http->retry_after_seconds = CLAMP((int64_t) retry_after, 0, G_MAXINT32);
    exchange->reply->max_age_seconds = max_age_of(exchange);
    exchange->reply->body = vdi_buffer_steal(&exchange->body);
}

static bool check_answer(VdiHttp *http, const Exchange *exchange, const char *url,
    const VdiHttpLimits *limits, GError **error)
{
    VdiHttpReply *reply = exchange->reply;

    reply->not_modified =
        http->status == 304 && (limits->etag != NULL || limits->last_modified != NULL);
    if (reply->not_modified) {
        return true;
    }
    if (http->status < 200 || http->status >= 300) {
        return fail_status(http, url, error);
    }
    if (exchange->encoding != NULL && g_ascii_strcasecmp(exchange->encoding, "identity") != 0) {
        g_autofree char *origin = origin_of(url);
        g_autofree char *shown = vdi_text_quote(exchange->encoding);

        g_set_error(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_TRANSFER,
            "%s: it answers in the content encoding %s, which nobody asked for", origin, shown);
        return false;
    }
    return true;
}

static bool perform(VdiHttp *http, const char *url, const VdiHttpLimits *limits,
    GCancellable *cancellable, struct curl_slist *headers, VdiHttpReply *ret_reply, GError **error)
{
    g_auto(VdiHttpReply) reply = {0};
    CURL *curl = http->curl;
    g_auto(Exchange) exchange = {
        .curl = curl, .max_bytes = limits->max_bytes, .cancellable = cancellable, .reply = &reply};
    char detail[CURL_ERROR_SIZE] = "";

    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long) limits->deadline_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME,
        (long) (limits->idle_timeout_ms > 0 ? limits->idle_timeout_ms : IDLE_TIMEOUT_MS) / 1000);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, detail);
    CURLcode code = curl_easy_perform(curl);

    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, NULL);
    read_answer(http, &exchange);
    if (exchange.too_large) {
        g_autofree char *origin = origin_of(url);

        g_set_error(error, VDI_HTTP_ERROR, VDI_HTTP_ERROR_LARGE, "%s: more than %zu bytes", origin,
            limits->max_bytes);
        return false;
    }
    if (exchange.page_bytes > PAGE_MAX_BYTES) {
        return fail_status(http, url, error);
    }
    if (code != CURLE_OK) {
        return fail_transfer(http, code, url, detail, error);
    }
    if (!check_answer(http, &exchange, url, limits, error)) {
        return false;
    }
    *ret_reply = reply;
    reply = (VdiHttpReply){0};
    return true;
}

static struct curl_slist *header(struct curl_slist *list, const char *name, const char *value)
{
    g_autofree char *line = g_strdup_printf("%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(list, line);

    if (longer == NULL) {
        g_error("out of memory");
    }
    return longer;
}

bool vdi_http_get(VdiHttp *http, const char *url, const VdiHttpLimits *limits,
    GCancellable *cancellable, VdiHttpReply *ret_reply, GError **error)
{
    struct curl_slist *headers = NULL;

    if (limits->etag != NULL) {
        headers = header(headers, "If-None-Match", limits->etag);
    }
    if (limits->last_modified != NULL) {
        headers = header(headers, "If-Modified-Since", limits->last_modified);
    }
    curl_easy_setopt(http->curl, CURLOPT_HTTPGET, 1L);
    bool done = perform(http, url, limits, cancellable, headers, ret_reply, error);

    curl_slist_free_all(headers);
    return done;
}

bool vdi_http_post(VdiHttp *http, const char *url, const char *content_type, GBytes *body,
    const VdiHttpLimits *limits, GCancellable *cancellable, VdiHttpReply *ret_reply, GError **error)
{
    struct curl_slist *headers = header(NULL, "Content-Type", content_type);
    size_t size = 0;
    const char *data = g_bytes_get_data(body, &size);

    /* An empty Expect keeps libcurl from waiting for a 100 that some brokers never send. */
    headers = header(headers, "Expect", "");
    curl_easy_setopt(http->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, data);
    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t) size);
    bool done = perform(http, url, limits, cancellable, headers, ret_reply, error);

    curl_easy_setopt(http->curl, CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(headers);
    return done;
}

int vdi_http_status(const VdiHttp *http)
{
    return http->status;
}

int64_t vdi_http_retry_after(const VdiHttp *http)
{
    return http->retry_after_seconds;
}

void vdi_http_forget_cookies(VdiHttp *http)
{
    curl_easy_setopt(http->curl, CURLOPT_COOKIELIST, "ALL");
}
