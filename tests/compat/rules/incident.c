/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/rules/incident.h"

#include <string.h>

#include "base/file.h"
#include "compat/rules/manifest_reader.h"
#include "tests/support/check.h"

enum { FILE_BYTES = 256 * 1024, WORDS = 5, CELLS = 7 };

#define EVERY_MACHINE "Every machine: "
#define WARNED "- warned: "

/* One statement, split at blanks; what is missing is "". */
typedef struct {
    const char *word[WORDS];
    GStrv owned;
} Statement;

static bool read_statement(const char *text, Statement *statement)
{
    statement->owned = g_strsplit(text, " ", -1);
    guint n_words = g_strv_length(statement->owned);

    for (guint i = 0; i < WORDS; i++) {
        statement->word[i] = i < n_words ? statement->owned[i] : "";
    }
    return n_words > 1 && n_words <= WORDS;
}

/* "-": known to be absent. */
static const char *value(const char *word)
{
    return strcmp(word, "-") != 0 ? word : NULL;
}

/* ---- what a machine has ---- */

typedef struct {
    VdiFacts *facts;
    const char *type, *distributor; /* of its packages */
} Machine;

static void set_os(Machine *machine, const Statement *said)
{
    vdi_facts_set(machine->facts, VDI_FACT_OS_ID, said->word[1]);
    vdi_facts_set(
        machine->facts, VDI_FACT_OS_VERSION, *said->word[2] != '\0' ? said->word[2] : NULL);
}

static void set_like(Machine *machine, const Statement *said)
{
    const char *like[] = {said->word[1], NULL};

    vdi_facts_set_os_like(machine->facts, like);
}

static void set_build(Machine *machine, const Statement *said)
{
    vdi_facts_set(machine->facts, VDI_FACT_BUILD, said->word[1]);
}

static void set_engine(Machine *machine, const Statement *said)
{
    vdi_facts_set(machine->facts, VDI_FACT_ENGINE, said->word[1]);
}

static void set_library(Machine *machine, const Statement *said)
{
    vdi_facts_add_library(machine->facts, said->word[1]);
}

static void set_client(Machine *machine, const Statement *said)
{
    vdi_facts_set_client(machine->facts, said->word[1], value(said->word[2]));
}

static void set_update(Machine *machine, const Statement *said)
{
    vdi_facts_add_update(machine->facts, said->word[1]);
}

static void set_setting(Machine *machine, const Statement *said)
{
    vdi_facts_set_setting(machine->facts, said->word[1], value(said->word[2]));
}

static void set_peer(Machine *machine, const Statement *said)
{
    vdi_facts_set_peer(machine->facts, said->word[1], said->word[2]);
}

static void set_package(Machine *machine, const Statement *said)
{
    if (value(said->word[2]) != NULL) {
        vdi_facts_add_package(machine->facts, machine->type, machine->distributor, said->word[1],
            said->word[2], NULL);
    }
}

static const struct {
    const char *kind;
    bool is_named; /* there may be several, each with a name of its own */
    void (*set)(Machine *machine, const Statement *said);
} statements[] = {
    {"packages", false, NULL},
    {"os", false, set_os},
    {"like", false, set_like},
    {"build", false, set_build},
    {"engine", false, set_engine},
    {"library", false, set_library},
    {"client", true, set_client},
    {"update", true, set_update},
    {"setting", true, set_setting},
    {"peer", true, set_peer},
    {"package", true, set_package},
};

/* "client remmina" of "client remmina 1.4.2"; NULL: not understood. */
static char *subject_of(const Statement *statement)
{
    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (strcmp(statement->word[0], statements[i].kind) == 0) {
            return statements[i].is_named
                ? g_strconcat(statement->word[0], " ", statement->word[1], NULL)
                : g_strdup(statement->word[0]);
        }
    }
    return NULL;
}

/* Adds the statements of a list to `subjects` (of text, by subject), the later over the earlier. */
static bool collect(const char *list, GHashTable *subjects)
{
    g_auto(GStrv) texts = g_strsplit(list, "; ", -1);

    for (size_t i = 0; texts[i] != NULL && *list != '\0'; i++) {
        Statement statement = {0};
        bool is_good = read_statement(texts[i], &statement);
        char *subject = is_good ? subject_of(&statement) : NULL;

        if (subject != NULL) {
            g_hash_table_replace(subjects, subject, g_strdup(texts[i]));
        }
        g_strfreev(statement.owned);
        if (subject == NULL) {
            return false;
        }
    }
    return true;
}

static void set_all(Machine *machine, GHashTable *subjects)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(subjects), (GCompareFunc) strcmp);

    for (size_t i = 0; i < G_N_ELEMENTS(statements); i++) {
        for (const GList *at = keys; at != NULL && statements[i].set != NULL; at = at->next) {
            Statement said = {0};

            (void) read_statement(g_hash_table_lookup(subjects, at->data), &said);
            if (strcmp(said.word[0], statements[i].kind) == 0
                && !g_str_has_suffix(g_hash_table_lookup(subjects, at->data), " ?")) {
                statements[i].set(machine, &said);
            }
            g_strfreev(said.owned);
        }
    }
}

/* ---- what is about to change ---- */

/* "OLD > NEW" of three words. */
static bool add_versions(VdiChange *change, const Machine *machine, const char *type,
    const char *name, const char *const *word, bool is_security)
{
    if (strcmp(word[1], ">") != 0 || *word[2] == '\0') {
        return false;
    }
    vdi_change_add(change, type != NULL ? type : machine->type,
        type != NULL ? NULL : machine->distributor, name, NULL, value(word[0]), value(word[2]),
        is_security);
    return true;
}

static bool add_item(VdiChange *change, const Machine *machine, const Statement *said)
{
    const char *const *word = said->word;

    if (strcmp(word[0], "update") == 0) {
        bool is_gone = strcmp(word[2], "gone") == 0;

        vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, word[1], NULL, is_gone ? "1" : NULL,
            is_gone ? NULL : "1", true);
        return is_gone || *word[2] == '\0';
    }
    if (strcmp(word[0], "build") == 0) {
        return add_versions(change, machine, VDI_CHANGE_BUILD, "windows", word + 1, true);
    }
    if (strcmp(word[0], "client") == 0) {
        return add_versions(change, machine, VDI_CHANGE_CLIENT, word[1], word + 2, false);
    }
    return strcmp(word[0], "package") == 0 && machine->type != NULL
        && add_versions(change, machine, NULL, word[1], word + 2, false);
}

static bool add_items(VdiChange *change, const Machine *machine, const char *list)
{
    g_auto(GStrv) texts = g_strsplit(list, "; ", -1);
    bool is_good = true;

    for (size_t i = 0; is_good && texts[i] != NULL && *list != '\0'; i++) {
        Statement said = {0};

        is_good = read_statement(texts[i], &said) && add_item(change, machine, &said);
        g_strfreev(said.owned);
    }
    return is_good;
}

/* ---- the file ---- */

static void case_free(void *data)
{
    IncidentCase *row = data;

    g_free(row->name);
    vdi_facts_free(row->facts);
    vdi_change_free(row->change);
    g_free(row->before);
    g_free(row->after);
    g_free(row->held);
    g_free(row->ends);
    g_free(row);
}

void incident_free(Incident *incident)
{
    if (incident != NULL) {
        g_ptr_array_unref(incident->cases);
        g_ptr_array_unref(incident->warned);
        g_free(incident);
    }
}

/* NULL: it is not understood. */
static IncidentCase *read_case(GStrv cells, const char *every)
{
    g_autoptr(GHashTable) subjects = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    IncidentCase *row = g_new0(IncidentCase, 1);
    Machine machine = {vdi_facts_new(), NULL, NULL};
    Statement packages = {0};

    row->facts = machine.facts;
    row->change = vdi_change_new();
    row->name = g_strdup(cells[0]);
    row->before = g_strdup(cells[3]);
    row->after = g_strdup(cells[4]);
    row->held = g_strdup(cells[5]);
    row->ends = g_strdup(cells[6]);
    vdi_facts_set_packages_known(machine.facts);
    vdi_facts_set_updates_known(machine.facts);
    vdi_facts_set_clients_known(machine.facts);
    bool is_good = collect(every, subjects) && collect(cells[1], subjects);
    const char *said = g_hash_table_lookup(subjects, "packages");

    if (said != NULL && read_statement(said, &packages)) {
        machine.type = packages.word[1];
        machine.distributor = packages.word[2];
    }
    if (is_good) {
        set_all(&machine, subjects);
        is_good = add_items(row->change, &machine, cells[2]);
    }
    g_strfreev(packages.owned);
    if (!is_good) {
        case_free(row);
        return NULL;
    }
    return row;
}

/* The cells of a row, trimmed; NULL: it is none, or the head of the table. */
static GStrv split_row(const char *line)
{
    g_auto(GStrv) parts = g_strsplit(line, "|", -1);

    if (g_strv_length(parts) != CELLS + 2 || *parts[0] != '\0' || parts[1][0] == '-'
        || g_str_has_prefix(parts[1], " case ")) {
        return NULL;
    }
    GStrv cells = g_new0(char *, CELLS + 1);

    for (size_t i = 0; i < CELLS; i++) {
        cells[i] = g_strdup(g_strstrip(parts[i + 1]));
    }
    return cells;
}

static bool read_line(Incident *incident, const char *line, char **every)
{
    if (g_str_has_prefix(line, EVERY_MACHINE)) {
        g_free(*every);
        *every = g_strdup(line + strlen(EVERY_MACHINE));
    } else if (g_str_has_prefix(line, WARNED)) {
        const char *part = line + strlen(WARNED);

        g_ptr_array_add(incident->warned, g_strndup(part, strcspn(part, "(") - 1));
    } else if (*line == '|') {
        g_auto(GStrv) cells = split_row(line);
        IncidentCase *row = cells != NULL && *every != NULL ? read_case(cells, *every) : NULL;

        if (row != NULL) {
            g_ptr_array_add(incident->cases, row);
        }
        return row != NULL || cells == NULL;
    }
    return true;
}

Incident *incident_read(const char *id)
{
    g_autofree char *path = g_strdup_printf("tests/compat/rules/incidents/%s.md", id);
    g_autofree char *file = test_source(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(file, FILE_BYTES, &error);
    g_autoptr(Incident) incident = g_new0(Incident, 1);
    g_autofree char *every = NULL;

    if (!CHECK_NO_ERROR(error)) {
        return NULL;
    }
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    incident->cases = g_ptr_array_new_with_free_func(case_free);
    incident->warned = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; lines[i] != NULL; i++) {
        if (!CHECK_ROW(lines[i], read_line(incident, lines[i], &every))) {
            return NULL;
        }
    }
    return g_steal_pointer(&incident);
}

/* ---- the examples ---- */

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

GPtrArray *incident_ids(void)
{
    g_autofree char *folder = test_source(INCIDENT_EXAMPLES);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".json")) {
            g_ptr_array_add(ids, g_strndup(name, strlen(name) - strlen(".json")));
        }
    }
    g_ptr_array_sort(ids, by_name);
    CHECK(ids->len > 20);
    return ids;
}

char *incident_path(const char *folder, const char *id)
{
    g_autofree char *path = g_strdup_printf("%s/%s.json", folder, id);

    return test_source(path);
}

VdiManifest *incident_manifest(const char *folder, const char *id)
{
    g_autofree char *file = incident_path(folder, id);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, &error);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error) : NULL;

    if (error != NULL) {
        g_prefix_error(&error, "%s: ", id);
        CHECK_NO_ERROR(error);
        return NULL;
    }
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);

    return vdi_manifest_load(compiled, NULL);
}
