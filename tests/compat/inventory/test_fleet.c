/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/inventory/fleet_facts.h"
#include "compat/inventory/fleet_stream.h"
#include "tests/support/check.h"

#define HEAD "@ lap-1 os=debian version=12 arch=amd64 packages=3\n"
#define LINES "libc6 2.36-9 amd64\nlibc6 2.36-9 i386\nlibssl3 1:3.0.15~rc1\n"

static VdiFacts *read_text(const char *text, char **name, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return vdi_fleet_read(bytes, name, error);
}

/* All of it, as steps: "head lap-1", "line libc6", "whole", "line 3: …". */
static char *steps_of(const char *text, bool is_cut)
{
    g_auto(VdiFleetCursor) cursor = {0};
    GString *steps = g_string_new(NULL);
    VdiFleetStep step = VDI_FLEET_END;

    vdi_fleet_cursor_init(&cursor, text, strlen(text), is_cut);
    while ((step = vdi_fleet_next(&cursor)) != VDI_FLEET_END) {
        switch (step) {
        case VDI_FLEET_HEAD:
            g_string_append_printf(steps, "[%.*s", (int) cursor.machine.size, cursor.machine.at);
            break;
        case VDI_FLEET_LINE:
            g_string_append_printf(
                steps, " %.*s", (int) cursor.package.name.size, cursor.package.name.at);
            CHECK_INT(cursor.package.hash,
                vdi_fleet_hash(cursor.package.name.at, cursor.package.name.size));
            break;
        case VDI_FLEET_WHOLE:
            g_string_append_c(steps, ']');
            break;
        case VDI_FLEET_UNREADABLE:
            g_string_append_printf(steps, "{%zu: %s}", cursor.mistake_line, cursor.mistake);
            break;
        case VDI_FLEET_END:
            break;
        }
    }
    g_string_append_printf(steps, "%zu", cursor.line);
    return g_string_free(steps, false);
}

static void reads_machines_and_goes_on_after_a_mistake(void)
{
    static const struct {
        const char *name, *text, *steps;
    } rows[] = {
        {"nothing", "", "0"},
        {"one machine", HEAD LINES, "[lap-1 libc6 libc6 libssl3]4"},
        {"two", "@ a os=arch\nx 1\n@ b os=arch\ny 2\n", "[a x][b y]4"},
        {"no package at all", "@ a os=arch\n@ b packages=0\n", "[a][b]2"},
        {"no head line", "x 1\ny 2\n@ b os=arch\n",
            "{1: no machine was begun: its head line is missing (@ NAME KEY=VALUE …)}[b]3"},
        {"JSON", "{\n}\n",
            "{1: this is JSON; \"vdi-guard inventory --from FILE --format fleet\" makes lines of "
            "it}2"},
        {"half a line", "@ a os=arch\nx 1\ny", "[a x{3: it ends within a line}3"},
        {"half a version", "@ a os=arch\nx 1", "[a{2: it ends within a line}2"},
        {"half a head line", "@ a os=arch\n@ b os=ar", "[a]{2: it ends within a line}2"},
        {"half a file", HEAD "libc6 2.36-9\n@ b\n",
            "[lap-1 libc6{2: fewer packages than its head line says: a part of it is missing}[b]3"},
        {"more than was said", "@ a os=arch packages=1\nx 1\ny 1\n",
            "[a x y{3: more packages than its head line says}3"},
        {"a control character in a name", "@ a os=arch\nx\x1b[2J 1\n@ b\n",
            "[a{2: a character that is written %XX here}[b]3"},
        {"a carriage return", "@ a os=arch\r\nx 1\r\n@ b\n",
            "{1: a carriage return: lines end with a line feed alone}[b]3"},
        {"an empty line", "@ a os=arch\n\n@ b\n", "[a{2: a word is missing}[b]3"},
        {"no version", "@ a os=arch\nx\n@ b\n", "[a{2: a package without a version}[b]3"},
        {"no name", "@ a os=arch\n- 1\n@ b\n", "[a{2: a package without a name}[b]3"},
        {"two blanks", "@ a os=arch\nx  1\n@ b\n", "[a{2: a blank where a word is due}[b]3"},
        {"a blank at the end", "@ a os=arch\nx 1 \n@ b\n", "[a{2: a word is missing}[b]3"},
        {"five words", "@ a os=arch\nx 1 any alpm/arch z\n@ b\n",
            "[a{2: a blank where a word is due}[b]3"},
        {"an equals sign", "@ a os=arch\nx=1 2\n@ b\n",
            "[a{2: a character that is written %XX here}[b]3"},
        {"an encoding that is not needed", "@ a os=arch\n%41 1\n@ b\n",
            "[a{2: a % that begins no encoding of ours}[b]3"},
        {"small hex digits", "@ a os=arch\na%1b 1\n@ b\n",
            "[a{2: a % that begins no encoding of ours}[b]3"},
        {"a zero byte, encoded", "@ a os=arch\na%00 1\n@ b\n",
            "[a{2: a % that begins no encoding of ours}[b]3"},
        {"an encoding that ends too early", "@ a os=arch\na%4 1\n@ b\n",
            "[a{2: a % that begins no encoding of ours}[b]3"},
        {"an encoded escape is data", "@ a os=arch\na%1B 1\n", "[a a%1B]2"},
        {"nobody knows the type", "@ a os=plan9\nx 1\n@ b\n",
            "[a{2: nothing says what type this package is of; the head line needs type=, as in "
            "type=deb/debian}[b]3"},
        {"unless the line says it", "@ a os=plan9\nx 1 - deb/debian\n", "[a x]2"},
        {"a type that is none", "@ a os=plan9\nx 1 - /debian\n",
            "[a{2: a type of packages is written as in deb/debian, rpm/fedora, generic}2"},
        {"no name", "@\n@ b\n", "{1: a head line is: @ NAME KEY=VALUE …}[b]2"},
        {"an unknown word", "@ a colour=blue\n@ b\n",
            "{1: a word of the head line that is not known here}[b]2"},
        {"a word twice", "@ a os=arch os=debian\n@ b\n",
            "{1: a word that can stand there once stands there twice}[b]2"},
        {"no value", "@ a os\n@ b\n", "{1: a value is due: KEY=VALUE}[b]2"},
        {"an empty value", "@ a os=\n@ b\n", "{1: a value is due: KEY=VALUE}[b]2"},
        {"no name of a setting", "@ a setting=x\n@ b\n", "{1: a name is due: KEY:NAME=VALUE}[b]2"},
        {"a name that nobody writes so", "@ a setting:x%zz=1\n@ b\n",
            "{1: a % that begins no encoding of ours: two capital hex digits, and only where the "
            "character cannot stand for itself}[b]2"},
        {"a number that is none", "@ a packages=-1\n@ b\n",
            "{1: packages= is a number up to 200000, or \"unknown\"}[b]2"},
        {"a number without end", "@ a packages=99999999999999999999\n@ b\n",
            "{1: packages= is a number up to 200000, or \"unknown\"}[b]2"},
        {"half of a word", "@ a updates=some\n@ b\n",
            "{1: updates=, clients= and settings= say nothing but \"whole\"}[b]2"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *steps = steps_of(rows[i].text, false);

        if (!check_row(
                rows[i].name, strcmp(steps, rows[i].steps) == 0, steps, __LINE__, __FILE__)) {
            printf("%s\n", steps);
        }
    }
    g_autofree char *cut = steps_of("@ a os=arch\nx 1\nli", true);

    CHECK_TEXT(cut, "[a x{3: a machine of more than 16 MiB}3");
}

static void a_machine_has_a_ceiling_of_packages(void)
{
    g_autoptr(GString) text = g_string_new("@ a os=arch\n");

    for (int i = 0; i < VDI_FLEET_PACKAGES_MAX + 2; i++) {
        g_string_append(text, "x 1\n");
    }
    g_string_append(text, "@ b\n");
    g_auto(VdiFleetCursor) cursor = {0};
    VdiFleetStep step = VDI_FLEET_END;

    vdi_fleet_cursor_init(&cursor, text->str, text->len, false);
    do {
        step = vdi_fleet_next(&cursor);
    } while (step == VDI_FLEET_HEAD || step == VDI_FLEET_LINE);
    CHECK(step == VDI_FLEET_UNREADABLE);
    CHECK_TEXT(cursor.mistake, "more than 200000 packages in one machine");
    CHECK_INT(cursor.mistake_line, VDI_FLEET_PACKAGES_MAX + 2);
    CHECK(vdi_fleet_next(&cursor) == VDI_FLEET_HEAD && vdi_fleet_next(&cursor) == VDI_FLEET_WHOLE);
    CHECK(vdi_fleet_next(&cursor) == VDI_FLEET_END);
}

static void facts_are_what_the_lines_say(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    const char *value = NULL;
    g_autoptr(VdiFacts) facts = read_text(
        "@ lap%20one os=linuxmint version=22 like=ubuntu like=debian arch=amd64 kernel=6.8.0-45 "
        "machine=0123 setting:fips=on setting:proxy setting:empty= update=A update=B "
        "updates=whole library=libssl.so.3 peer:rdp-security=nla client:horizon-client=2406 "
        "client:unheard\n"
        "remmina 1.4.35+dfsg-1 amd64\nlib%3Dodd - - generic\n",
        &name, &error);

    CHECK_NO_ERROR(error);
    if (facts == NULL) {
        return;
    }
    CHECK_TEXT(name, "lap one");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_OS_ID), "linuxmint");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_KERNEL), "6.8.0-45");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_MACHINE), "0123");
    CHECK_INT(vdi_facts_n_packages(facts), 2);
    CHECK_TEXT(vdi_facts_package(facts, 0)->type, "deb");
    CHECK_TEXT(vdi_facts_package(facts, 0)->namespace, "linuxmint");
    CHECK_TEXT(vdi_facts_package(facts, 1)->name, "lib=odd");
    CHECK_TEXT(vdi_facts_package(facts, 1)->type, "generic");
    CHECK_TEXT(vdi_facts_package(facts, 1)->version, "");
    CHECK(vdi_facts_package(facts, 1)->namespace == NULL);
    CHECK(vdi_facts_packages_known(facts));
    CHECK(vdi_facts_is_distributor(facts, vdi_facts_package(facts, 0), "debian") == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_has_update(facts, "B") == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_has_update(facts, "C") == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_has_library(facts, "libssl.so.1") == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_client(facts, "unheard", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_client(facts, "unheard-of", &value) == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_facts_client(facts, "horizon-client", &value) == VDI_TRUTH_TRUE);
    CHECK_TEXT(value, "2406");
    CHECK(vdi_facts_client(facts, "remmina", &value) == VDI_TRUTH_TRUE);
    CHECK_TEXT(value, "1.4.35");
    CHECK(vdi_facts_client(facts, "openvpn", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_setting(facts, "fips", &value) == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_setting(facts, "proxy", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_setting(facts, "empty", &value) == VDI_TRUTH_TRUE);
    CHECK_TEXT(value, "");
    CHECK(vdi_facts_peer(facts, "rdp-security", &value) == VDI_TRUTH_TRUE);
}

static void a_list_that_is_not_whole_says_so(void)
{
    g_autofree char *name = NULL;
    g_autoptr(VdiFacts) facts = read_text("@ - os=debian packages=unknown\nx 1\n", &name, NULL);

    CHECK(facts != NULL && !vdi_facts_packages_known(facts));
    CHECK(name == NULL);
}

static void one_machine_is_one_machine(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;

    CHECK(read_text("@ a\n@ b\n", &name, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET);
    CHECK(read_text("", &name, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET);
    CHECK(read_text("@ a os=arch\nx\n", &name, &error) == NULL);
    CHECK_TEXT(error != NULL ? error->message : NULL, "line 2: a package without a version");
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET);
    CHECK(name == NULL);
}

/* The line of a machine, whatever it was learnt from, and back. */
static void what_is_written_is_read_again(void)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *name = NULL;
    const char *like[] = {"rhel", "fedora", NULL};
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "rocky");
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, "9.4");
    vdi_facts_set(facts, VDI_FACT_BUILD, "26100.7623");
    vdi_facts_set_os_like(facts, like);
    vdi_facts_add_package(facts, "rpm", "rocky", "z", "2:1-1", "x86_64");
    vdi_facts_add_package(facts, "rpm", "rocky", "z", "2:1-1", "i686");
    vdi_facts_add_package(facts, "rpm", "rocky", "a", "1-1", NULL);
    vdi_facts_add_package(facts, "generic", NULL, "@Zoom 100 %\n", "", NULL);
    vdi_facts_add_package(facts, "generic", NULL, "-", "-", NULL);
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_client(facts, "strange:one", "=2");
    vdi_facts_set_setting(facts, "off", NULL);
    g_autofree char *once = vdi_fleet_print("a name", facts);

    CHECK_TEXT(once,
        "@ a%20name os=rocky version=9.4 build=26100.7623 like=rhel like=fedora "
        "client:strange:one=%3D2 setting:off type=rpm/rocky packages=5\n"
        "%2D %2D - generic\n"
        "%40Zoom%20100%20%25%0A - - generic\n"
        "a 1-1\n"
        "z 2:1-1 i686\n"
        "z 2:1-1 x86_64\n");
    g_autoptr(VdiFacts) again = read_text(once, &name, &error);

    CHECK_NO_ERROR(error);
    if (again == NULL) {
        return;
    }
    g_autofree char *twice = vdi_fleet_print(name, again);

    CHECK_TEXT(twice, once);
}

/* ---- the stream ---- */

static char *write_file(const char *name, const char *text, size_t size)
{
    char *path = g_build_filename(test_folder(), name, NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(text, size);

    CHECK(vdi_file_write(path, bytes, 0644, NULL));
    return path;
}

/* What comes of all blocks: "[a x]", with lines counted over a path as a whole. */
static char *stream_of(const char *const *paths)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiFleetStream) stream = vdi_fleet_stream_open(paths, &error);
    GString *all = g_string_new(NULL);
    VdiFleetBlock block = {0};
    g_auto(VdiFleetCursor) cursor = {0};
    size_t line = 0;
    VdiFleetStep step = VDI_FLEET_END;

    CHECK_NO_ERROR(error);
    vdi_fleet_cursor_init(&cursor, "", 0, false);
    while (stream != NULL && vdi_fleet_stream_next(stream, &block)) {
        CHECK(block.capacity <= VDI_FLEET_MACHINE_MAX_BYTES);
        line = (block.is_first ? 0 : line) + block.n_lines_lost;
        vdi_fleet_cursor_reset(&cursor, block.text, block.size, block.is_cut);
        while ((step = vdi_fleet_next(&cursor)) != VDI_FLEET_END) {
            if (step == VDI_FLEET_WHOLE) {
                g_string_append_printf(all, "%.*s:%zu ", (int) cursor.machine.size,
                    cursor.machine.at, cursor.n_packages);
            } else if (step == VDI_FLEET_UNREADABLE) {
                g_string_append_printf(
                    all, "{%zu: %s} ", line + cursor.mistake_line, cursor.mistake);
            }
        }
        line += cursor.line;
        if (block.failure != NULL) {
            g_string_append_printf(all, "{%s} ", block.failure);
        }
    }
    vdi_fleet_block_clear(&block);
    return g_string_free(all, false);
}

static void append_machine(GString *text, const char *name, int n_packages)
{
    g_string_append_printf(text, "@ %s os=arch\n", name);
    for (int i = 0; i < n_packages; i++) {
        g_string_append_printf(text, "package-%07d 1.%d-1\n", i, i);
    }
}

static void machines_are_whole_wherever_a_block_ends(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) due = g_string_new(NULL);

    for (int i = 0; i < 60; i++) {
        g_autofree char *name = g_strdup_printf("m%d", i);
        int n = i % 7 == 0 ? 60000 : i * 13; /* some larger than a block */

        append_machine(text, name, n);
        g_string_append_printf(due, "%s:%d ", name, n);
    }
    g_autofree char *path = write_file("fleet", text->str, text->len);
    const char *paths[] = {path, NULL};
    g_autofree char *all = stream_of(paths);

    CHECK_TEXT(all, due->str);
}

static void a_machine_that_is_too_large_is_left_out(void)
{
    g_autoptr(GString) text = g_string_new(NULL);

    append_machine(text, "before", 3);
    g_string_append(text, "@ large os=arch\n");
    while (text->len < 3 * VDI_FLEET_MACHINE_MAX_BYTES + 17) {
        /* Few lines, so that it is too large before it has too many packages. */
        g_string_append(text, "n");
        for (int i = 0; i < 7000; i++) {
            g_string_append_c(text, '@');
        }
        g_string_append(text, " 1\n");
    }
    append_machine(text, "after", 2);
    g_string_append(text, "x\n");
    g_autofree char *path = write_file("large", text->str, text->len);
    const char *paths[] = {path, NULL};
    g_autofree char *all = stream_of(paths);
    size_t lines = 0;

    for (size_t i = 0; i < text->len; i++) {
        lines += text->str[i] == '\n';
    }
    g_autofree char *last = g_strdup_printf("{%zu: a package without a version} ", lines);

    CHECK(g_str_has_prefix(all, "before:3 {"));
    CHECK(strstr(all, "a machine of more than 16 MiB} ") != NULL);
    CHECK(g_str_has_suffix(all, last));
}

static void folders_files_and_pipes_are_one_stream(void)
{
    g_autofree char *folder = g_build_filename(test_folder(), "folder", NULL);
    g_autofree char *inner = g_build_filename(folder, "c.sub", NULL);
    g_autofree char *pipe_path = g_build_filename(folder, "d.pipe", NULL);
    g_autofree char *b = write_file("folder/b", "@ b os=arch\nx 1\n", 16);
    const char *paths[] = {folder, b, NULL};

    g_free(write_file("folder/a", "@ a os=arch\nx 1", 15));
    g_free(write_file("folder/.hidden", "rubbish", 7));
    g_free(write_file("folder/e", "", 0));
    CHECK(mkdir(inner, 0755) == 0 && mkfifo(pipe_path, 0644) == 0);
    g_autofree char *all = stream_of(paths);

    CHECK_TEXT(all, "{2: it ends within a line} b:1 {not a file} {not a file} b:1 ");
}

static void a_path_that_is_not_there_is_said_at_once(void)
{
    g_autoptr(GError) error = NULL;
    const char *paths[] = {"/nowhere/fleet", NULL};

    CHECK(vdi_fleet_stream_open(paths, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
}

const Test tests[] = {
    {"reads machines, and goes on after a mistake", reads_machines_and_goes_on_after_a_mistake},
    {"a machine has a ceiling of packages", a_machine_has_a_ceiling_of_packages},
    {"facts are what the lines say", facts_are_what_the_lines_say},
    {"a list that is not whole says so", a_list_that_is_not_whole_says_so},
    {"one machine is one machine", one_machine_is_one_machine},
    {"what is written is read again", what_is_written_is_read_again},
    {"machines are whole, wherever a block ends", machines_are_whole_wherever_a_block_ends},
    {"a machine that is too large is left out", a_machine_that_is_too_large_is_left_out},
    {"folders, files and pipes are one stream", folders_files_and_pipes_are_one_stream},
    {"a path that is not there is said at once", a_path_that_is_not_there_is_said_at_once},
    TEST_END,
};
