/* SPDX-License-Identifier: Apache-2.0 */
/* announce: a letter for people about one rule. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/bundle.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/letter.h"
#include "compat/manifest/mail.h"
#include "compat/manifest/webroot.h"
#include "compat/manifest/withdrawn.h"
#include "compat/trust/publish.h"

typedef struct {
    char *output, *from, *contact, *site;
    char **to;
} Options;

static void options_clear(Options *options)
{
    g_clear_pointer(&options->output, g_free);
    g_clear_pointer(&options->from, g_free);
    g_clear_pointer(&options->contact, g_free);
    g_clear_pointer(&options->site, g_free);
    g_clear_pointer(&options->to, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool check_address(const char *option, const char *address, GError **error)
{
    if (address == NULL || vdi_mail_is_address(address)) {
        return true;
    }
    g_autofree char *shown = vdi_text_quote(address);
    g_autofree char *detail =
        g_strdup_printf("%s: %s; an address alone is due: name@example.com", option, shown);

    return vdi_call_fail_usage(detail, error);
}

static bool check_site(const char *site, GError **error)
{
    g_autoptr(GUri) uri = site != NULL ? g_uri_parse(site, G_URI_FLAGS_NONE, NULL) : NULL;

    return site == NULL
        || (uri != NULL && g_str_equal(g_uri_get_scheme(uri), "https")
            && g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0'
            && g_uri_get_userinfo(uri) == NULL && g_str_is_ascii(site))
        || vdi_call_fail_usage(
            "--site: an address as https://it.example.com/updates is due", error);
}

static bool check_options(const Options *options, GError **error)
{
    if (options->output == NULL) {
        return vdi_call_fail_usage("-o FILE is missing", error);
    }
    for (size_t i = 0; options->to != NULL && options->to[i] != NULL; i++) {
        if (!check_address("--to", options->to[i], error)) {
            return false;
        }
    }
    return check_address("--from", options->from, error) && check_site(options->site, error);
}

/* What the letter is about, and what keeps it alive. */
typedef struct {
    VdiManifest *manifest;
    const VdiRule *rule;
    int64_t over_at; /* 0: in force */
} Subject;

static void subject_clear(Subject *subject)
{
    g_clear_pointer(&subject->manifest, vdi_manifest_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

/* Time 0: what a letter says of a rule does not grow old with the timestamp, which another machine
 * may renew. */
static VdiManifest *read_signed(const char *repository, GError **error)
{
    g_autofree char *timestamp = g_build_filename(repository, "timestamp.json", NULL);
    VdiTrustReport report = {0};

    if (!g_file_test(timestamp, G_FILE_TEST_EXISTS)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "nothing has been signed yet; sign and publish the rule first");
        return NULL;
    }
    g_autoptr(GBytes) bytes = vdi_publish_verify(repository, VDI_TRUST_MANIFEST, 0, &report, error);

    return bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;
}

static bool find_withdrawn(Subject *subject, const char *folder, const char *id, GError **error)
{
    g_autoptr(GError) local = NULL;
    VdiManifest *withdrawn = vdi_withdrawn_recall(folder, id, &local);

    g_clear_pointer(&subject->manifest, vdi_manifest_free);
    subject->manifest = withdrawn;
    subject->rule = withdrawn != NULL ? vdi_manifest_find(withdrawn, id) : NULL;
    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (subject->rule == NULL) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "rule %s: it is neither signed nor withdrawn; sign and publish it first", shown);
        return false;
    }
    subject->over_at = vdi_manifest_issued_at(withdrawn);
    return true;
}

/* Signed, so that the letter says what the machines hear; or withdrawn; or at its end. */
static bool find_subject(
    Subject *subject, const char *folder, const char *id, int64_t now, GError **error)
{
    g_autofree char *repository = g_build_filename(folder, "metadata", NULL);

    subject->manifest = read_signed(repository, error);
    if (subject->manifest == NULL) {
        return false;
    }
    subject->rule = vdi_manifest_find(subject->manifest, id);
    if (subject->rule == NULL) {
        return find_withdrawn(subject, folder, id, error);
    }
    if (subject->rule->expires_at != 0 && subject->rule->expires_at <= now) {
        subject->over_at = subject->rule->expires_at;
    }
    return true;
}

static bool has_text(VdiTexts texts, const char *language)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        if (g_ascii_strcasecmp(texts[i], language) == 0) {
            return true;
        }
    }
    return false;
}

/* What is right, and yet should be looked at before the letter leaves. */
static void warn(const Subject *subject, const char *folder, const char *id)
{
    g_autofree char *webroot = vdi_webroot_recall(folder, NULL);
    g_autoptr(VdiManifest) published = webroot != NULL ? read_signed(webroot, NULL) : NULL;
    bool is_published = published != NULL && vdi_manifest_find(published, id) != NULL;

    if (subject->over_at == 0 && !is_published) {
        vdi_program_warn("the rule is signed, but not published from here; publish before sending");
    }
    if (!has_text(subject->rule->title, "fr") || !has_text(subject->rule->message, "fr")) {
        vdi_program_warn("the rule has no French of its own; that half quotes the English");
    }
}

/* What clients are told today: as it is published where that is known, or as it is signed here. */
static GBytes *make_bundle(const char *folder, int64_t now, GError **error)
{
    g_autofree char *webroot = vdi_webroot_recall(folder, NULL);
    VdiTrustReport report = {0};
    GBytes *bundle =
        webroot != NULL ? vdi_manifest_bundle_make(webroot, 1, now, &report, NULL) : NULL;

    return bundle != NULL ? bundle : vdi_manifest_bundle_make(folder, 1, now, &report, error);
}

static bool write_letter(
    const Subject *subject, const Options *options, const char *folder, int64_t now, GError **error)
{
    const char *organisation = vdi_manifest_id(subject->manifest);
    g_autoptr(GBytes) bundle = make_bundle(folder, now, error);
    g_autofree char *file = g_strconcat(organisation, ".vdi", NULL);

    if (bundle == NULL) {
        return false;
    }
    const VdiLetter letter = {
        .rule = subject->rule,
        .organisation = organisation,
        .over_at = subject->over_at,
        .contact = options->contact,
        .site = options->site,
        .file = file,
    };
    g_autofree char *title = vdi_letter_subject(&letter);
    g_autofree char *text = vdi_letter_text(&letter);
    const VdiMail mail = {
        .from = options->from,
        .to = (const char *const *) options->to,
        .subject = title,
        .written_at = now,
        .text = text,
        .file = bundle,
        .file_name = file,
        .file_type = "application/vnd.vigie.bundle",
    };
    g_autofree char *written = vdi_mail_write(&mail);

    return vdi_file_write_text(options->output, written, 0644, error);
}

bool vdi_manifest_command_announce(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "the letter", "FILE"},
        {"from", 0, 0, G_OPTION_ARG_STRING, &options.from,
            "who sends it; without it, the mail program that opens it knows", "ADDRESS"},
        {"to", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.to,
            "who gets it; may be given several times", "ADDRESS"},
        {"contact", 0, 0, G_OPTION_ARG_STRING, &options.contact,
            "whom people ask; without it, they reply to the letter", "TEXT"},
        {"site", 0, 0, G_OPTION_ARG_STRING, &options.site,
            "your page for people: the only host that the letter links to", "https://…"},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, NULL, 2, 2, error) || !check_options(&options, error)) {
        return false;
    }
    const char *folder = call->argv[1], *id = call->argv[2];
    g_auto(Subject) subject = {0};

    if (!find_subject(&subject, folder, id, call->now, error)
        || !write_letter(&subject, &options, folder, call->now, error)) {
        return false;
    }
    warn(&subject, folder, id);
    printf("%s: read it, then send it%s\n", options.output,
        subject.over_at != 0 ? "; it says that the rule is over" : "");
    return true;
}
