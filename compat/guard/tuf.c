/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "compat/guard/command.h"
#include "compat/trust/client.h"
#include "compat/trust/metadata.h"

/* The command line by which clients of The Update Framework are compared (docs/trust.md): the same
 * client as everywhere, over a folder of metadata and one of targets, with no organisation, no
 * grace and no guard around it. Its exit status is 0 or 1 and nothing else. */

typedef struct {
    char *metadata_dir, *metadata_url, *target_base_url, *target_dir;
    GStrv target_names;
    int64_t now;
} Options;

static void options_clear(Options *options)
{
    g_free(options->metadata_dir);
    g_free(options->metadata_url);
    g_free(options->target_base_url);
    g_free(options->target_dir);
    g_strfreev(options->target_names);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* ---- metadata from one address, targets from another ---- */

typedef struct {
    VdiTrustSource source;
    VdiTrustSource *metadata, *targets; /* NULL: none is asked for */
} Pair;

static GBytes *pair_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Pair *self = (Pair *) source;
    VdiTrustSource *chosen = request->kind == VDI_TRUST_METADATA ? self->metadata : self->targets;

    return chosen->fetch(chosen, request, error);
}

static void pair_free(VdiTrustSource *source)
{
    Pair *self = (Pair *) source;

    vdi_trust_source_free(self->metadata);
    vdi_trust_source_free(self->targets);
    g_free(self);
}

static VdiTrustSource *new_fetch(const char *url)
{
    const VdiTrustAddress address = {.address = url, .allow_http = true};

    return url != NULL ? vdi_trust_source_new_fetch(&address) : NULL;
}

static VdiTrustSource *new_pair(const Options *options)
{
    Pair *self = g_new0(Pair, 1);

    self->source = (VdiTrustSource){pair_fetch, pair_free};
    self->metadata = new_fetch(options->metadata_url);
    self->targets = new_fetch(options->target_base_url);
    return &self->source;
}

/* ---- the verbs ---- */

/* A root that its own keys do not vouch for would be refused by every later run. */
static bool init(const Options *options, const char *word, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(word, VDI_METADATA_ROOT_MAX_BYTES, error);
    g_autoptr(VdiMetadata) root =
        bytes != NULL ? vdi_metadata_verify_root(bytes, NULL, error) : NULL;
    g_autofree char *path = g_build_filename(options->metadata_dir, "root.json", NULL);

    return root != NULL && vdi_file_create(path, bytes, 0644, error);
}

static bool run(const Options *options, const char *const *names, GError **error)
{
    g_autoptr(VdiTrustRepository) repository =
        vdi_trust_repository_new_plain(options->metadata_dir, options->target_dir);
    g_autoptr(VdiTrustSource) source = new_pair(options);
    VdiTrustReport report = {0};

    return vdi_trust_download(repository, source, names, options->now, &report, error);
}

static bool refresh(const Options *options, const char *word, GError **error)
{
    static const char *const none[] = {NULL};

    return run(options, none, error);
}

/* A target may be called root.json: where trusted metadata lies none is stored. */
static bool check_folders(const Options *options, GError **error)
{
    struct stat metadata, targets;

    if (stat(options->metadata_dir, &metadata) == 0 && stat(options->target_dir, &targets) == 0
        && metadata.st_dev == targets.st_dev && metadata.st_ino == targets.st_ino) {
        return vdi_call_fail_usage(
            "--target-dir: another folder than --metadata-dir is due", error);
    }
    return true;
}

static bool download(const Options *options, const char *word, GError **error)
{
    return check_folders(options, error)
        && run(options, (const char *const *) options->target_names, error);
}

typedef struct {
    const char *name;
    bool has_word; /* after the verb */
    bool asks_for_metadata, asks_for_targets;
    bool (*run)(const Options *options, const char *word, GError **error);
} Verb;

static const Verb verbs[] = {
    {"init", true, false, false, init},
    {"refresh", false, true, false, refresh},
    {"download", false, true, true, download},
};

static bool needs(const void *value, bool is_due, const char *option, GError **error)
{
    if ((value != NULL) == is_due) {
        return true;
    }
    g_autofree char *detail =
        g_strdup_printf(is_due ? "%s is due" : "%s: not with this verb", option);

    return vdi_call_fail_usage(detail, error);
}

static const Verb *find_verb(const VdiCall *call, const Options *options, GError **error)
{
    for (size_t i = 0; call->argc > 1 && i < G_N_ELEMENTS(verbs); i++) {
        const Verb *verb = &verbs[i];
        const char *word = call->argc > 2 ? call->argv[2] : NULL;

        if (!g_str_equal(verb->name, call->argv[1])) {
            continue;
        }
        return needs(word, verb->has_word, "a root of trust", error)
                && needs(options->metadata_dir, true, "--metadata-dir", error)
                && needs(options->metadata_url, verb->asks_for_metadata, "--metadata-url", error)
                && needs(options->target_names, verb->asks_for_targets, "--target-name", error)
                && needs(
                    options->target_base_url, verb->asks_for_targets, "--target-base-url", error)
                && needs(options->target_dir, verb->asks_for_targets, "--target-dir", error)
            ? verb
            : NULL;
    }
    vdi_call_fail_usage("init ROOT, refresh or download is due", error);
    return NULL;
}

static bool obey(VdiCall *call, Options *options, GError **error)
{
    const GOptionEntry own[] = {
        {"metadata-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->metadata_dir,
            N_("where trusted metadata lies"), N_("DIR")},
        {"metadata-url", 0, 0, G_OPTION_ARG_STRING, &options->metadata_url,
            N_("where metadata is asked for"), N_("URL")},
        {"target-name", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->target_names,
            N_("what to download; may be given several times"), N_("NAME")},
        {"target-base-url", 0, 0, G_OPTION_ARG_STRING, &options->target_base_url,
            N_("where targets are asked for"), N_("URL")},
        {"target-dir", 0, 0, G_OPTION_ARG_FILENAME, &options->target_dir,
            N_("where targets are stored"), N_("DIR")},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, own, NULL, 1, 2, error)) {
        return false;
    }
    options->now = call->now;
    const Verb *verb = find_verb(call, options, error);

    return verb != NULL && verb->run(options, call->argv[2], error);
}

bool vdi_guard_command_tuf(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    g_autoptr(GError) local = NULL;

    if (!obey(call, &options, &local)) {
        (void) vdi_program_fail(local);
        call->status = 1;
    }
    return true;
}
