/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "compat/host/zypper.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

/* As zypper 1.14.42 writes it: `zypper --xmlout update --dry-run`. */
static const char recorded[] =
    "<?xml version='1.0'?>\n"
    "<stream>\n"
    "<message type=\"info\">Loading repository data...</message>\n"
    "<install-summary download-size=\"16731\" space-usage-diff=\"0\" packages-to-change=\"4\">\n"
    "<to-upgrade>\n"
    "<solvable type=\"package\" name=\"libexample1\" edition=\"1:1.1-1\" arch=\"x86_64\" "
    "edition-old=\"1.0-1\" arch-old=\"x86_64\" summary=\"a &lt;test&gt;\"/>\n"
    "<solvable type=\"product\" name=\"Leap\" edition=\"15.6-1\" arch=\"x86_64\" "
    "edition-old=\"15.5-1\" arch-old=\"x86_64\" summary=\"openSUSE\"/>\n"
    "</to-upgrade>\n"
    "<to-downgrade>\n"
    "<solvable type=\"package\" name=\"d\" edition=\"1-1\" arch=\"noarch\" edition-old=\"2-1\" "
    "arch-old=\"noarch\">\n<description>Two\nlines</description></solvable>\n"
    "</to-downgrade>\n"
    "<to-install>\n"
    "<solvable type=\"package\" name=\"libnew\" edition=\"2.0-1\" arch=\"x86_64\" summary=\"x\"/>\n"
    "<solvable type=\"patch\" name=\"LAB-2026-1\" edition=\"1\" arch=\"noarch\"/>\n"
    "</to-install>\n"
    "<to-reinstall>\n"
    "<solvable type=\"package\" name=\"same\" edition=\"1-1\" arch=\"noarch\"/>\n"
    "</to-reinstall>\n"
    "<to-remove>\n"
    "<solvable type=\"package\" name=\"old\" edition=\"1.0-1\" arch=\"x86_64\"/>\n"
    "</to-remove>\n"
    "<to-change-arch>\n"
    "<solvable type=\"package\" name=\"moved\" edition=\"2-1\" arch=\"noarch\" "
    "edition-old=\"1-1\" arch-old=\"x86_64\"/>\n"
    "</to-change-arch>\n"
    "</install-summary>\n"
    "<prompt id=\"0\">\n<text>Continue?</text>\n</prompt>\n"
    "</stream>\n";

static const char items[] = "libexample1/x86_64 1.0-1>1:1.1-1 d/noarch 2-1>1-1 "
                            "libnew/x86_64 ->2.0-1 moved/noarch 1-1>2-1 old/x86_64 1.0-1>- ";

static char *read_words(const char *text, size_t size, GError **error)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", "opensuse");
    g_autoptr(GBytes) xml = g_bytes_new(text, size);

    return vdi_zypper_read_summary(xml, offer, error) ? print_offer(offer) : NULL;
}

static void what_zypper_would_do_is_read(void)
{
    static const char nothing[] =
        "<?xml version='1.0'?>\n<stream>\n<install-summary packages-to-change=\"0\">\n"
        "</install-summary>\n<message type=\"info\">Nothing to do.</message>\n</stream>\n";
    g_autoptr(GError) error = NULL;
    g_autofree char *some = read_words(recorded, strlen(recorded), &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(some, items);
    g_autofree char *none = read_words(nothing, strlen(nothing), &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(none, "");
}

static void a_cut_anywhere_is_never_a_shorter_answer(void)
{
    for (size_t size = 0; size < strlen(recorded); size++) {
        g_autofree char *found = read_words(recorded, size, NULL);

        CHECK(found == NULL || strcmp(found, items) == 0);
    }
}

static void what_is_not_understood_is_refused(void)
{
    static const struct {
        const char *name, *xml;
    } rows[] = {
        {"no summary", "<stream></stream>"},
        {"plain words", "System management is locked.\n"},
        {"no name",
            "<stream><install-summary><to-remove><solvable type=\"package\" edition=\"1-1\"/>"
            "</to-remove></install-summary></stream>"},
        {"no old version",
            "<stream><install-summary><to-upgrade><solvable type=\"package\" name=\"a\" "
            "edition=\"1-1\"/></to-upgrade></install-summary></stream>"},
        {"a name that is an option",
            "<stream><install-summary><to-remove><solvable type=\"package\" name=\"--root\" "
            "edition=\"1-1\"/></to-remove></install-summary></stream>"},
        {"an entity of its own",
            "<!DOCTYPE x [<!ENTITY e \"a\">]><stream><install-summary><to-remove>"
            "<solvable type=\"package\" name=\"&e;\" edition=\"1-1\"/></to-remove>"
            "</install-summary></stream>"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *found = read_words(rows[i].xml, strlen(rows[i].xml), &error);

        CHECK_ROW(rows[i].name, found == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    }
}

static void its_complaint_is_repeated(void)
{
    static const char refused[] =
        "<stream><message type=\"info\">Loading</message>"
        "<message type=\"error\">No provider of &apos;a=2&apos; \x1b[1mfound.</message></stream>";
    g_autoptr(GError) error = NULL;
    g_autofree char *found = read_words(refused, strlen(refused), &error);

    CHECK(found == NULL && error != NULL);
    CHECK(error != NULL && strstr(error->message, "No provider of 'a=2'") != NULL);
    CHECK(error != NULL && strchr(error->message, '\x1b') == NULL);
}

static void security_patches_mark_what_they_repair(void)
{
    g_autoptr(GBytes) list = bytes_of(
        "<stream><update-status version=\"0.6\"><update-list>"
        "<update kind=\"patch\" name=\"LAB-1\" status=\"needed\" category=\"security\"/>"
        "<update kind=\"patch\" name=\"LAB-2\" status=\"needed\" category=\"recommended\"/>"
        "<update kind=\"patch\" name=\"LAB-3\" status=\"applied\" category=\"security\"/>"
        "<update kind=\"patch\" name=\"--x\" status=\"needed\" category=\"security\"/>"
        "</update-list></update-status></stream>");
    g_autoptr(GBytes) info = bytes_of("Name        : LAB-1\n"
                                      "Conflicts   : [2]\n"
                                      "    lib-a.x86_64 < 1:1.1-1\n"
                                      "    other.noarch < 3-1\n");
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", "opensuse");
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) patches = vdi_zypper_read_patches(list, &error);

    CHECK_NO_ERROR(error);
    CHECK(patches != NULL && patches->len == 1);
    CHECK(patches != NULL && g_strcmp0(patches->pdata[0], "LAB-1") == 0);
    CHECK(vdi_offer_comes(offer, "lib-a", "x86_64", "1:1.1-1", NULL));
    CHECK(vdi_offer_comes(offer, "other", "noarch", "2-1", NULL));
    CHECK(vdi_zypper_mark_security(info, offer, &error));
    g_autofree char *found = print_offer(offer);

    CHECK_TEXT(found, "lib-a/x86_64 ->1:1.1-1! other/noarch ->2-1 ");
}

const Test tests[] = {
    {"what zypper would do is read", what_zypper_would_do_is_read},
    {"a cut anywhere is never a shorter answer", a_cut_anywhere_is_never_a_shorter_answer},
    {"what is not understood is refused", what_is_not_understood_is_refused},
    {"its complaint is repeated", its_complaint_is_repeated},
    {"security patches mark what they repair", security_patches_mark_what_they_repair},
    TEST_END,
};
