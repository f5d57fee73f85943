/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/trust/web.h"

#include <gio/gio.h>
#include <stdbool.h>
#include <string.h>

enum { REQUEST_MAX = 8192, DRIP_US = 50000 };

typedef enum { PAGE_WHOLE, PAGE_SILENCE, PAGE_DRIP } PageKind;

typedef struct {
    PageKind kind;
    GBytes *answer;
    char *condition, *spared; /* NULL: it is never spared */
} Page;

struct Web {
    GMutex mutex; /* of all below, but what is set once */
    GHashTable *pages;
    GPtrArray *requests;
    char *all;
    bool is_ending, is_kept;
    guint n_connections; /* until now */
    guint n_served;      /* at this moment */
    GCond idle;

    GMainContext *context;
    gint is_over; /* atomic: the thread ends, also when it has not begun yet */
    GSocketService *service;
    GThread *thread;
    char *address;
};

static void page_free(gpointer data)
{
    Page *page = data;

    g_clear_pointer(&page->answer, g_bytes_unref);
    g_free(page->condition);
    g_free(page->spared);
    g_free(page);
}

static bool is_ending(Web *web)
{
    g_mutex_lock(&web->mutex);
    bool is = web->is_ending;

    g_mutex_unlock(&web->mutex);
    return is;
}

/* What to say to this request; NULL with `ret_kind` for what has no end. */
static GBytes *choose(Web *web, const char *request, PageKind *ret_kind)
{
    g_auto(GStrv) words = g_strsplit(request, " ", 3);
    static const char absent[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone";
    GBytes *answer = NULL;

    *ret_kind = PAGE_WHOLE;
    g_mutex_lock(&web->mutex);
    g_ptr_array_add(web->requests, g_strdup(request));
    const Page *page = g_hash_table_lookup(web->pages, words[1] != NULL ? words[1] : "");

    if (web->all != NULL) {
        answer = g_bytes_new(web->all, strlen(web->all));
    } else if (page == NULL) {
        answer = g_bytes_new_static(absent, strlen(absent));
    } else if (page->condition != NULL && strstr(request, page->condition) != NULL) {
        answer = g_bytes_new(page->spared, strlen(page->spared));
    } else {
        *ret_kind = page->kind;
        answer = page->answer != NULL ? g_bytes_ref(page->answer) : NULL;
    }
    g_mutex_unlock(&web->mutex);
    return answer;
}

static void drip(Web *web, GOutputStream *out)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

    bool is_open = g_output_stream_write_all(out, head, strlen(head), NULL, NULL, NULL);

    while (is_open && !is_ending(web)) {
        g_usleep(DRIP_US);
        is_open = g_output_stream_write_all(out, "x", 1, NULL, NULL, NULL);
    }
}

/* True when another request may follow. */
static bool answer_one(Web *web, GSocketConnection *connection)
{
    GInputStream *in = g_io_stream_get_input_stream(G_IO_STREAM(connection));
    GOutputStream *out = g_io_stream_get_output_stream(G_IO_STREAM(connection));
    char request[REQUEST_MAX] = "";
    gsize size = 0;
    PageKind kind = PAGE_WHOLE;

    while (strstr(request, "\r\n\r\n") == NULL && size < sizeof request - 1) {
        gssize n = g_input_stream_read(in, request + size, sizeof request - 1 - size, NULL, NULL);

        if (n <= 0) {
            return false;
        }
        size += (gsize) n;
    }
    g_autoptr(GBytes) answer = choose(web, request, &kind);

    if (answer != NULL) {
        g_output_stream_write_all(
            out, g_bytes_get_data(answer, NULL), g_bytes_get_size(answer), NULL, NULL, NULL);
    } else if (kind == PAGE_DRIP) {
        drip(web, out);
    } else {
        (void) g_input_stream_read(in, request, 1, NULL, NULL); /* until the client goes */
    }
    return answer != NULL;
}

static gboolean serve(
    GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
    Web *web = data;

    g_mutex_lock(&web->mutex);
    web->n_served++;
    web->n_connections++;
    bool is_kept = web->is_kept;

    g_mutex_unlock(&web->mutex);
    while (answer_one(web, connection) && is_kept) {
    }
    g_mutex_lock(&web->mutex);
    web->n_served--;
    g_cond_signal(&web->idle);
    g_mutex_unlock(&web->mutex);
    return true;
}

static gpointer turn(gpointer data)
{
    Web *web = data;

    g_main_context_push_thread_default(web->context);
    while (!g_atomic_int_get(&web->is_over)) {
        g_main_context_iteration(web->context, true);
    }
    g_main_context_pop_thread_default(web->context);
    return NULL;
}

Web *web_new(void)
{
    Web *web = g_new0(Web, 1);

    g_mutex_init(&web->mutex);
    g_cond_init(&web->idle);
    web->pages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, page_free);
    web->requests = g_ptr_array_new_with_free_func(g_free);
    web->context = g_main_context_new();
    g_main_context_push_thread_default(web->context);
    web->service = g_threaded_socket_service_new(8);
    g_signal_connect(web->service, "run", G_CALLBACK(serve), web);
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(web->service), any, G_SOCKET_TYPE_STREAM,
            G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL)) {
        g_error("no port on loopback");
    }
    g_socket_service_start(web->service);
    g_main_context_pop_thread_default(web->context);
    web->address = g_strdup_printf(
        "http://127.0.0.1:%u", g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
    web->thread = g_thread_new("web", turn, web);
    return web;
}

void web_free(Web *web)
{
    if (web == NULL) {
        return;
    }
    g_mutex_lock(&web->mutex);
    web->is_ending = true;
    g_mutex_unlock(&web->mutex);
    g_atomic_int_set(&web->is_over, true);
    g_main_context_wakeup(web->context);
    g_thread_join(web->thread);
    g_mutex_lock(&web->mutex);
    while (web->n_served > 0) {
        g_cond_wait(&web->idle, &web->mutex);
    }
    g_mutex_unlock(&web->mutex);
    g_socket_service_stop(web->service);
    g_socket_listener_close(G_SOCKET_LISTENER(web->service));
    g_object_unref(web->service);
    g_main_context_unref(web->context);
    g_hash_table_unref(web->pages);
    g_ptr_array_unref(web->requests);
    g_mutex_clear(&web->mutex);
    g_cond_clear(&web->idle);
    g_free(web->all);
    g_free(web->address);
    g_free(web);
}

const char *web_address(const Web *web)
{
    return web->address;
}

static void put(Web *web, const char *path, Page *page)
{
    g_mutex_lock(&web->mutex);
    g_hash_table_insert(web->pages, g_strdup(path), page);
    g_mutex_unlock(&web->mutex);
}

void web_put(Web *web, const char *path, const char *answer)
{
    Page *page = g_new0(Page, 1);

    page->answer = g_bytes_new(answer, strlen(answer));
    put(web, path, page);
}

void web_put_file(Web *web, const char *path, const char *head, GBytes *bytes)
{
    g_autoptr(GByteArray) whole = g_byte_array_new();
    g_autofree char *top = g_strdup_printf(
        "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n%s\r\n", g_bytes_get_size(bytes), head);
    Page *page = g_new0(Page, 1);

    g_byte_array_append(whole, (const guint8 *) top, (guint) strlen(top));
    g_byte_array_append(whole, g_bytes_get_data(bytes, NULL), (guint) g_bytes_get_size(bytes));
    page->answer = g_byte_array_free_to_bytes(g_steal_pointer(&whole));
    put(web, path, page);
}

void web_spare(Web *web, const char *path, const char *condition, const char *head)
{
    g_mutex_lock(&web->mutex);
    Page *page = g_hash_table_lookup(web->pages, path);

    g_assert(page != NULL && page->condition == NULL);
    page->condition = g_strdup(condition);
    page->spared = g_strdup_printf("HTTP/1.1 304 Not Modified\r\n%s\r\n", head);
    g_mutex_unlock(&web->mutex);
}

static void put_endless(Web *web, const char *path, PageKind kind)
{
    Page *page = g_new0(Page, 1);

    page->kind = kind;
    put(web, path, page);
}

void web_put_silence(Web *web, const char *path)
{
    put_endless(web, path, PAGE_SILENCE);
}

void web_put_drip(Web *web, const char *path)
{
    put_endless(web, path, PAGE_DRIP);
}

void web_put_all(Web *web, const char *answer)
{
    g_mutex_lock(&web->mutex);
    g_free(web->all);
    web->all = g_strdup(answer);
    g_mutex_unlock(&web->mutex);
}

void web_keep_connections(Web *web)
{
    g_mutex_lock(&web->mutex);
    web->is_kept = true;
    g_mutex_unlock(&web->mutex);
}

guint web_n_connections(Web *web)
{
    g_mutex_lock(&web->mutex);
    guint n = web->n_connections;

    g_mutex_unlock(&web->mutex);
    return n;
}

char *web_request(Web *web, guint i)
{
    g_mutex_lock(&web->mutex);
    char *request = i < web->requests->len ? g_strdup(web->requests->pdata[i]) : NULL;

    g_mutex_unlock(&web->mutex);
    return request;
}

guint web_n_requests(Web *web)
{
    g_mutex_lock(&web->mutex);
    guint n = web->requests->len;

    g_mutex_unlock(&web->mutex);
    return n;
}

void web_forget(Web *web)
{
    g_mutex_lock(&web->mutex);
    g_ptr_array_set_size(web->requests, 0);
    web->n_connections = 0;
    g_mutex_unlock(&web->mutex);
}
