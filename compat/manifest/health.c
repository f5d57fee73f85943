/* SPDX-License-Identifier: Apache-2.0 */
/* health: how long all of it will still be believed. */
#include "compat/trust/health.h"

#include <stdio.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/trust/author.h"
#include "compat/trust/client.h"
#include "compat/trust/keyring.h"

enum { DAY_SECONDS = 86400 };

/* What monitoring systems of the Nagios family read. */
static const struct {
    const char *word;
    int status;
} nagios_states[] = {
    [VDI_HEALTH_GOOD] = {"OK", 0},
    [VDI_HEALTH_ENDS_SOON] = {"WARNING", 1},
    [VDI_HEALTH_BAD] = {"CRITICAL", 2},
};
enum { NAGIOS_UNKNOWN = 3 };

/* An author's folder has its repository inside; a web root is one. */
static VdiStagedState state_of(const char *folder)
{
    g_autofree char *complete = g_build_filename(folder, "metadata", NULL);

    return g_file_test(complete, G_FILE_TEST_IS_DIR) ? VDI_STAGED_COMPLETE : VDI_STAGED_PUBLISHED;
}

/* Days with one digit, whatever the locale's comma. */
static char *write_days(int64_t seconds)
{
    int64_t tenths = seconds * 10 / DAY_SECONDS;

    return g_strdup_printf("%s%" G_GINT64_FORMAT ".%d", tenths < 0 ? "-" : "", ABS(tenths) / 10,
        (int) (ABS(tenths) % 10));
}

/* ---- for a monitoring system ---- */

static void print_performance(const VdiHealth *health)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        const VdiHealthRole *seen = &health->roles[role];
        int64_t life = vdi_author_lifetime(role);
        g_autofree char *left = write_days(seen->left);
        g_autofree char *least = write_days(life * VDI_HEALTH_MIN_PERCENT / 100);

        printf(" %s_days=%s;%s:;0:;0;%d", vdi_role_name(role), seen->metadata != NULL ? left : "U",
            least, (int) (life / DAY_SECONDS));
    }
}

static void print_nagios(const VdiHealth *health)
{
    bool is_first = true;

    printf("VIGIE %s -", nagios_states[health->state].word);
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        const VdiHealthRole *seen = &health->roles[role];

        if (seen->state == health->state) {
            g_autofree char *left = write_days(seen->left);

            printf("%s %s %s%s", is_first ? "" : ",", vdi_role_name(role),
                seen->metadata != NULL ? left : "missing", seen->metadata != NULL ? " d" : "");
            is_first = false;
        }
    }
    if (health->refusal != NULL) {
        g_autofree char *clean = vdi_text_clean(health->refusal);

        g_strdelimit(clean, "|", '/');
        printf("%s a client says: %s", is_first ? "" : ";", clean);
    }
    printf(" |");
    print_performance(health);
    printf("\n");
}

/* ---- for people ---- */

static char *list_keys(const VdiKeyring *keyring, const VdiHealthRole *role, GStrv keyids)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (size_t i = 0; keyids[i] != NULL; i++) {
        g_autofree char *shown = vdi_keyring_show(keyring, keyids[i]);
        bool has_signed =
            role->signed_by != NULL && g_ptr_array_find(role->signed_by, keyids[i], NULL);

        g_string_append_printf(text, "%s%s%s%s", i > 0 ? ", " : "", shown,
            has_signed ? " signed" : "", vdi_keyring_has(keyring, keyids[i]) ? " here" : "");
    }
    return g_string_free(g_steal_pointer(&text), false);
}

static void print_role(const VdiHealth *health, VdiRole role, const VdiKeyring *keyring)
{
    static const char *const words[] = {"", ", ends soon", ", BAD"};
    const VdiHealthRole *seen = &health->roles[role];
    const VdiSigners *signers = &health->root->signers[role];
    g_autofree char *keys = list_keys(keyring, seen, signers->keyids);

    if (seen->metadata == NULL) {
        printf("%-9s missing\n", vdi_role_name(role));
    } else {
        g_autofree char *left = write_days(seen->left);
        g_autofree char *until = vdi_text_time(MAX(seen->metadata->expires_at, 0));

        printf("%-9s version %" G_GINT64_FORMAT ", %s days left (%s)%s\n", vdi_role_name(role),
            seen->metadata->version, left, until, words[seen->state]);
    }
    printf("          %" G_GINT64_FORMAT " of: %s\n", signers->threshold, keys);
}

static void print_waiting(const char *folder)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_autoptr(VdiMetadata) waiting = NULL;

        if (vdi_staged_read(folder, VDI_STAGED_WAITING, role, &waiting, NULL) && waiting != NULL) {
            printf("%-9s version %" G_GINT64_FORMAT " waits for signatures\n", vdi_role_name(role),
                waiting->version);
        }
    }
}

static bool print_health(const char *folder, const VdiHealth *health, GError **error)
{
    const VdiKeyringSource nobody = {0};
    g_autoptr(VdiKeyring) keyring = vdi_keyring_open(folder, &nobody, error);

    if (keyring == NULL) {
        return false;
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        print_role(health, role, keyring);
    }
    print_waiting(folder);
    printf("a client that trusts its root 1 %s%s\n",
        health->refusal == NULL ? "accepts it" : "refuses it: ",
        health->refusal == NULL ? "" : health->refusal);
    return true;
}

bool vdi_manifest_command_health(VdiCall *call, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_auto(VdiHealth) health = {0};
    gboolean nagios = false;
    const GOptionEntry entries[] = {
        {"nagios", 0, 0, G_OPTION_ARG_NONE, &nagios,
            "one line and the exit status that monitoring systems read", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    bool done = vdi_health_read(
        call->argv[1], state_of(call->argv[1]), VDI_TRUST_MANIFEST, call->now, &health, &local);

    if (nagios) {
        call->status = done ? nagios_states[health.state].status : NAGIOS_UNKNOWN;
        if (done) {
            print_nagios(&health);
        } else {
            g_autofree char *clean = vdi_text_clean(local->message);

            printf("VIGIE UNKNOWN - %s\n", clean);
        }
        return true;
    }
    if (!done) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    call->status = health.state == VDI_HEALTH_GOOD ? VDI_EXIT_OK : VDI_EXIT_TEMPORARY;
    return print_health(call->argv[1], &health, error);
}
