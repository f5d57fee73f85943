/* SPDX-License-Identifier: Apache-2.0 */
#include "base/process.h"

#include <gio/gunixinputstream.h>
#include <string.h>

#include "base/error.h"
#include "base/paths.h"
#include "base/text.h"
#include "config.h"

enum { BLOCK_BYTES = 32768 };

void vdi_process_result_clear(VdiProcessResult *result)
{
    g_clear_pointer(&result->output, g_bytes_unref);
    g_clear_pointer(&result->errors, g_free);
}

/* One run: lives on the stack of vdi_process_run while its private loop turns. */
typedef struct Run Run;

typedef struct {
    Run *run;
    GInputStream *stream;
    GByteArray *data;
} Pipe;

struct Run {
    GSubprocess *child;
    size_t max_bytes;
    Pipe output, errors;
    int pending; /* reads and the wait that have not come back */
    /* What the child started may hold its pipes open after it was killed: nobody waits for that. */
    GCancellable *given_up;
    bool too_large, too_late;
};

static void read_more(Pipe *pipe);

static void give_up(Run *run)
{
    g_subprocess_force_exit(run->child);
    g_cancellable_cancel(run->given_up);
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Pipe *pipe = data;
    g_autoptr(GBytes) block =
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(source), result, NULL);

    pipe->run->pending--;
    if (block == NULL || g_bytes_get_size(block) == 0) {
        return;
    }
    if (pipe->data->len + g_bytes_get_size(block) > pipe->run->max_bytes) {
        pipe->run->too_large = true;
        give_up(pipe->run);
        return;
    }
    g_byte_array_append(pipe->data, g_bytes_get_data(block, NULL), (guint) g_bytes_get_size(block));
    read_more(pipe);
}

static void read_more(Pipe *pipe)
{
    pipe->run->pending++;
    g_input_stream_read_bytes_async(
        pipe->stream, BLOCK_BYTES, G_PRIORITY_DEFAULT, pipe->run->given_up, on_read, pipe);
}

static void on_end(GObject *source, GAsyncResult *result, gpointer data)
{
    Run *run = data;

    (void) g_subprocess_wait_finish(G_SUBPROCESS(source), result, NULL);
    run->pending--;
}

static gboolean on_deadline(gpointer data)
{
    Run *run = data;

    run->too_late = true;
    give_up(run);
    return G_SOURCE_REMOVE;
}

static GSubprocess *start(const char *const *argv, const VdiProcessOptions *options, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
    g_autoptr(GError) local = NULL;

    g_assert(g_path_is_absolute(argv[0]));
    if (options->environment != NULL) {
        g_subprocess_launcher_set_environ(launcher, (char **) options->environment);
    }
    if (options->folder != NULL) {
        g_subprocess_launcher_set_cwd(launcher, options->folder);
    }
    GSubprocess *child = g_subprocess_launcher_spawnv(launcher, argv, &local);

    if (child == NULL) {
        g_set_error(error, VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_START, "%s", local->message);
    }
    return child;
}

static void turn(Run *run, const VdiProcessOptions *options, GMainContext *context)
{
    g_autoptr(GSource) deadline = g_timeout_source_new(options->deadline_ms);

    g_source_set_callback(deadline, on_deadline, run, NULL);
    g_source_attach(deadline, context);
    read_more(&run->output);
    read_more(&run->errors);
    run->pending++;
    g_subprocess_wait_async(run->child, NULL, on_end, run);
    while (run->pending > 0) {
        g_main_context_iteration(context, true);
    }
    g_source_destroy(deadline);
}

bool vdi_process_run(const char *const *argv, const VdiProcessOptions *options,
    VdiProcessResult *ret_result, GError **error)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GByteArray) output = g_byte_array_new();
    g_autoptr(GByteArray) errors = g_byte_array_new();
    g_autoptr(GCancellable) given_up = g_cancellable_new();
    Run run = {.max_bytes = options->max_bytes, .given_up = given_up};

    g_main_context_push_thread_default(context);
    g_autoptr(GSubprocess) child = run.child = start(argv, options, error);

    if (child != NULL) {
        run.output = (Pipe){&run, g_subprocess_get_stdout_pipe(child), output};
        run.errors = (Pipe){&run, g_subprocess_get_stderr_pipe(child), errors};
        turn(&run, options, context);
    }
    g_main_context_pop_thread_default(context);
    if (child == NULL) {
        return false;
    }
    if (run.too_late || run.too_large) {
        g_set_error(error, VDI_PROCESS_ERROR,
            run.too_late ? VDI_PROCESS_ERROR_DEADLINE : VDI_PROCESS_ERROR_LARGE, "%s: %s", argv[0],
            run.too_late ? "ended after its deadline" : "its output is over the ceiling");
        return false;
    }
    ret_result->status = g_subprocess_get_if_exited(child) ? g_subprocess_get_exit_status(child)
                                                           : 128 + g_subprocess_get_term_sig(child);
    ret_result->output = g_byte_array_free_to_bytes(g_steal_pointer(&output));
    ret_result->errors =
        g_strndup(errors->data != NULL ? (const char *) errors->data : "", errors->len);
    return true;
}

GBytes *vdi_process_output(
    const char *const *argv, const VdiProcessOptions *options, GError **error)
{
    g_auto(VdiProcessResult) result = {0};

    if (!vdi_process_run(argv, options, &result, error)) {
        return NULL;
    }
    if (result.status != 0) {
        g_strchomp(result.errors);
        const char *last = strrchr(result.errors, '\n');
        g_autofree char *shown = vdi_text_quote(last != NULL ? last + 1 : result.errors);

        g_set_error(error, VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_STATUS, "%s: exit status %d, %s",
            argv[0], result.status, shown);
        return NULL;
    }
    return g_steal_pointer(&result.output);
}

char *vdi_process_find(const char *folder, const char *name)
{
    g_autofree char *below = g_build_filename(folder, name, NULL);
    char *built = vdi_paths_in_build(below);
    bool is_for_people =
        g_str_has_prefix(name, "vdi-guard") || g_str_has_prefix(name, "vdi-viewer");

    return built != NULL
        ? built
        : g_build_filename(is_for_people ? VDI_BINDIR : VDI_LIBEXECDIR, name, NULL);
}
