/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <string.h>

#include "tests/support/check.h"

static void every_row_is_whole(void)
{
    for (const VdiErrorRow *row = vdi_error_rows(); row->name != NULL; row++) {
        CHECK_ROW(row->name, strspn(row->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(row->name));
        CHECK_ROW(row->name, g_str_has_suffix(row->headline, "."));
        CHECK_ROW(row->name, g_str_has_suffix(row->hint, "."));
        CHECK_ROW(row->name, row->exit_status >= 0 && row->exit_status <= 130);
    }
}

static void every_code_has_one_row(void)
{
    g_autoptr(GHashTable) next = g_hash_table_new(NULL, NULL);

    /* Rows stand in the order of the enumerations, so a missing or doubled code breaks the count.
     */
    for (const VdiErrorRow *row = vdi_error_rows(); row->name != NULL; row++) {
        gpointer domain = GUINT_TO_POINTER(row->domain());
        int expected = GPOINTER_TO_INT(g_hash_table_lookup(next, domain));

        CHECK_ROW(row->name, row->code == expected);
        g_hash_table_insert(next, domain, GINT_TO_POINTER(expected + 1));
    }
    CHECK_INT(g_hash_table_size(next), 15);
}

static void a_foreign_error_is_a_fault_of_ours(void)
{
    g_autoptr(GError) error = g_error_new_literal(G_MARKUP_ERROR, 0, "whatever");

    CHECK_TEXT(vdi_error_row(error)->name, "internal");
    CHECK_INT(vdi_error_row(error)->exit_status, VDI_EXIT_SOFTWARE);
}

static void the_sentence_has_headline_detail_and_hint(void)
{
    g_autoptr(GError) error =
        g_error_new_literal(VDI_HTTP_ERROR, VDI_HTTP_ERROR_HOST, "https://nowhere.example");
    g_autofree char *sentence = vdi_error_sentence(error);

    CHECK_TEXT(sentence,
        "The server's name is unknown. (https://nowhere.example) "
        "Check the name, and this computer's network.");
}

const Test tests[] = {
    {"every row has a name, a status, a headline and a hint", every_row_is_whole},
    {"every code of every domain has one row", every_code_has_one_row},
    {"an error of somebody else's is a fault of ours", a_foreign_error_is_a_fault_of_ours},
    {"a sentence is headline, detail and hint", the_sentence_has_headline_detail_and_hint},
    TEST_END,
};
