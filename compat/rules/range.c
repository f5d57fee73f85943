/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/range.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

typedef enum {
    COMPARE_UNEQUAL,
    COMPARE_BELOW_OR_EQUAL,
    COMPARE_ABOVE_OR_EQUAL,
    COMPARE_BELOW,
    COMPARE_ABOVE,
    COMPARE_EQUAL,
} Comparator;

/* By comparator; one that another begins with stands behind it. */
static const char *const comparator_texts[] = {"!=", "<=", ">=", "<", ">", ""};

typedef struct {
    Comparator comparator;
    const char *version; /* decoded; borrowed */
} Constraint;

struct VdiRange {
    const VdiVersionScheme *scheme;
    bool is_any;
    size_t n_constraints;
    Constraint *constraints;
    char *text;    /* canonical: printed from what was read */
    char *decoded; /* as written, cut at each `|` and decoded in place; NULL: it was loaded */
};

/* What a version may hold only percent-encoded. `|` parts constraints, `%` begins an encoding. */
#define RESERVED "><=!*"
#define ENCODED RESERVED "|%"

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERS, what);
    return false;
}

/* In place, once; text only shrinks. */
static bool decode(char *text)
{
    char *out = text;

    for (const char *in = text; *in != '\0'; in++) {
        char c = *in;

        if (c == '%') {
            if (!g_ascii_isxdigit(in[1]) || !g_ascii_isxdigit(in[2])) {
                return false;
            }
            c = (char) (g_ascii_xdigit_value(in[1]) * 16 + g_ascii_xdigit_value(in[2]));
            in += 2;
        } else if (!g_ascii_isgraph(c) || strchr(RESERVED, c) != NULL) {
            return false;
        }
        if (c == '\0') {
            return false;
        }
        *out++ = c;
    }
    *out = '\0';
    return true;
}

void vdi_range_append(GString *out, const char *comparator, const char *version)
{
    g_string_append(out, comparator);
    for (const char *c = version; *c != '\0'; c++) {
        if (strchr(ENCODED, *c) != NULL) {
            g_string_append_printf(out, "%%%02X", (unsigned char) *c);
        } else {
            g_string_append_c(out, *c);
        }
    }
}

static Comparator take_comparator(char **at)
{
    size_t i = 0;

    while (!g_str_has_prefix(*at, comparator_texts[i])) {
        i++;
    }
    *at += strlen(comparator_texts[i]);
    return (Comparator) i;
}

static bool is_below(Comparator comparator)
{
    return comparator == COMPARE_BELOW || comparator == COMPARE_BELOW_OR_EQUAL;
}

static bool is_above(Comparator comparator)
{
    return comparator == COMPARE_ABOVE || comparator == COMPARE_ABOVE_OR_EQUAL;
}

static bool read_constraint(VdiRange *range, char *text, GError **error)
{
    Constraint *constraint = &range->constraints[range->n_constraints];

    if (*text == '\0') {
        return fail("a constraint is empty", error);
    }
    constraint->comparator = take_comparator(&text);
    if (*text == '\0') {
        return fail("a comparator without a version", error);
    }
    if (!decode(text)) {
        return fail("a character or an encoding that is not allowed", error);
    }
    if (!vdi_version_is_valid(range->scheme, text)) {
        g_autofree char *shown = vdi_text_quote(text);

        g_set_error(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERSION, "%s is no version of type %s",
            shown, range->scheme->name);
        return false;
    }
    constraint->version = text;
    range->n_constraints++;
    return true;
}

static bool check_sorted(const VdiRange *range, GError **error)
{
    for (size_t i = 1; i < range->n_constraints; i++) {
        int order = range->scheme->compare(
            range->constraints[i - 1].version, range->constraints[i].version);

        if (order == 0) {
            return fail("a version stands there twice", error);
        }
        if (order > 0) {
            g_autofree char *what = g_strdup_printf("its versions are not sorted: %s is below %s",
                range->constraints[i].version, range->constraints[i - 1].version);

            return fail(what, error);
        }
    }
    return true;
}

/* Without `!=`: after `=` come `=`, `>`, `>=`. Without `=` as well: lesser and greater alternate.
 */
static bool check_redundancy(const VdiRange *range, GError **error)
{
    const Constraint *last = NULL, *last_bound = NULL;

    for (size_t i = 0; i < range->n_constraints; i++) {
        const Constraint *constraint = &range->constraints[i];

        if (constraint->comparator == COMPARE_UNEQUAL) {
            continue;
        }
        bool follows_equal = last != NULL && last->comparator == COMPARE_EQUAL;

        if (follows_equal && is_below(constraint->comparator)) {
            return fail("an upper end follows =", error);
        }
        last = constraint;
        if (constraint->comparator == COMPARE_EQUAL) {
            continue;
        }
        if (last_bound != NULL
            && is_below(last_bound->comparator) == is_below(constraint->comparator)) {
            return fail("two ends of one kind follow each other", error);
        }
        last_bound = constraint;
    }
    return true;
}

static bool read_constraints(VdiRange *range, char *text, GError **error)
{
    size_t n_bars = 0;

    for (const char *c = text; *c != '\0'; c++) {
        n_bars += *c == '|';
    }
    if (n_bars >= VDI_RANGE_MAX_CONSTRAINTS) {
        return fail("more than 64 constraints", error);
    }
    range->constraints = g_new0(Constraint, n_bars + 1);
    for (char *at = text; at != NULL;) {
        char *bar = strchr(at, '|');

        if (bar != NULL) {
            *bar++ = '\0';
        }
        if (!read_constraint(range, at, error)) {
            return false;
        }
        at = bar;
    }
    return check_sorted(range, error) && check_redundancy(range, error);
}

static char *print_range(const VdiRange *range)
{
    GString *out = g_string_new("vers:");

    g_string_append_printf(out, "%s/%s", range->scheme->name, range->is_any ? "*" : "");
    for (size_t i = 0; i < range->n_constraints; i++) {
        g_string_append(out, i > 0 ? "|" : "");
        vdi_range_append(
            out, comparator_texts[range->constraints[i].comparator], range->constraints[i].version);
    }
    return g_string_free(out, false);
}

static bool fail_form(const char *text, GError **error)
{
    g_autofree char *what = vdi_version_is_valid(&vdi_version_generic, text)
        ? g_strdup_printf("it is not vers:TYPE/CONSTRAINTS; write vers:generic/%s", text)
        : g_strdup("it is not vers:TYPE/CONSTRAINTS");

    return fail(what, error);
}

static bool fail_type(GError **error)
{
    g_autoptr(GString) what =
        g_string_new("it has a type whose versions nobody here can compare; known are");

    for (size_t i = 0; vdi_version_scheme_at(i) != NULL; i++) {
        g_string_append_printf(what, "%s %s", i > 0 ? "," : "", vdi_version_scheme_at(i)->name);
    }
    return fail(what->str, error);
}

static bool read_range(VdiRange *range, const char *text, GError **error)
{
    if (strnlen(text, VDI_RANGE_MAX_BYTES + 1) > VDI_RANGE_MAX_BYTES) {
        return fail("it is longer than 4096 bytes", error);
    }
    range->decoded = g_strdup(text);
    char *slash = strchr(range->decoded, '/');

    if (!g_str_has_prefix(text, "vers:") || slash == NULL) {
        return fail_form(text, error);
    }
    *slash = '\0';
    range->scheme = vdi_version_scheme(range->decoded + strlen("vers:"));
    if (range->scheme == NULL) {
        return fail_type(error);
    }
    range->is_any = strcmp(slash + 1, "*") == 0;
    return range->is_any || read_constraints(range, slash + 1, error);
}

static bool check_printed(VdiRange *range, const char *text, GError **error)
{
    range->text = print_range(range);
    if (strcmp(range->text, text) != 0) {
        g_autofree char *shown = vdi_text_quote(range->text);

        g_set_error(
            error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERS, "its versions are encoded as %s", shown);
        return false;
    }
    return true;
}

VdiRange *vdi_range_parse(const char *text, GError **error)
{
    g_autoptr(VdiRange) range = g_new0(VdiRange, 1);

    if (!read_range(range, text, error) || !check_printed(range, text, error)) {
        g_autofree char *shown = vdi_text_quote(text);

        g_prefix_error(error, "%s: ", shown);
        return NULL;
    }
    return g_steal_pointer(&range);
}

void vdi_range_free(VdiRange *range)
{
    if (range == NULL) {
        return;
    }
    g_free(range->constraints);
    g_free(range->text);
    g_free(range->decoded);
    g_free(range);
}

/* ---- the compiled form: as the text says, and taken apart ---- */

void vdi_range_write(const VdiRange *range, VdiCompiledWriter *writer)
{
    vdi_compiled_write_text(writer, range->text);
    vdi_compiled_write_text(writer, range->scheme->name);
    vdi_compiled_write_number(writer, range->n_constraints);
    for (size_t i = 0; i < range->n_constraints; i++) {
        vdi_compiled_write_number(writer, range->constraints[i].comparator);
        vdi_compiled_write_text(writer, range->constraints[i].version);
    }
}

/* Comparing asks for valid versions; that they are sorted is a matter of truth alone. */
VdiRange *vdi_range_load(VdiCompiledReader *reader)
{
    VdiRange *range = vdi_arena_take(reader->arena, 1, sizeof *range);

    range->text = (char *) vdi_compiled_read_text(reader, false);
    range->scheme = vdi_version_scheme(vdi_compiled_read_text(reader, false));
    range->n_constraints = vdi_compiled_read_number(reader, VDI_RANGE_MAX_CONSTRAINTS);
    range->is_any = range->n_constraints == 0;
    range->constraints = vdi_arena_take(reader->arena, range->n_constraints, sizeof(Constraint));
    reader->is_broken = reader->is_broken || range->scheme == NULL;
    for (size_t i = 0; i < range->n_constraints && !reader->is_broken; i++) {
        Constraint *constraint = &range->constraints[i];

        constraint->comparator = vdi_compiled_read_number(reader, COMPARE_EQUAL);
        constraint->version = vdi_compiled_read_text(reader, false);
        reader->is_broken =
            reader->is_broken || !vdi_version_is_valid(range->scheme, constraint->version);
    }
    return range;
}

/* The specification's algorithm. `order` says how the version stands to each constraint's: below
 * zero, zero, above zero. It may be equal to several: alpm's 1.0 is 1.0-1 and 1.0-2. */
static bool contains(const VdiRange *range, const int *order)
{
    const Constraint *all = range->constraints;
    ptrdiff_t first = -1, last = -1;
    bool is_excluded = false;

    for (size_t i = 0; i < range->n_constraints; i++) {
        if (order[i] == 0) {
            if (all[i].comparator == COMPARE_EQUAL || all[i].comparator == COMPARE_BELOW_OR_EQUAL
                || all[i].comparator == COMPARE_ABOVE_OR_EQUAL) {
                return true;
            }
            is_excluded = is_excluded || all[i].comparator == COMPARE_UNEQUAL;
        }
    }
    for (size_t i = 0; i < range->n_constraints && !is_excluded; i++) {
        if (!is_below(all[i].comparator) && !is_above(all[i].comparator)) {
            continue;
        }
        /* Lower and upper ends alternate: behind a lower one comes an upper one. */
        if (last >= 0 && is_above(all[last].comparator) && order[last] > 0 && order[i] < 0) {
            return true;
        }
        first = first < 0 ? (ptrdiff_t) i : first;
        last = (ptrdiff_t) i;
    }
    /* A single constraint is the first and the last at once. */
    return (first >= 0 && is_below(all[first].comparator) && order[first] < 0)
        || (last >= 0 && is_above(all[last].comparator) && order[last] > 0);
}

VdiTruth vdi_range_contains(const VdiRange *range, const char *version)
{
    int order[VDI_RANGE_MAX_CONSTRAINTS];

    if (!vdi_version_is_valid(range->scheme, version)) {
        return VDI_TRUTH_UNKNOWN;
    }
    for (size_t i = 0; i < range->n_constraints; i++) {
        order[i] = range->scheme->compare(version, range->constraints[i].version);
    }
    return range->is_any || contains(range, order) ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE;
}

bool vdi_range_divides(const VdiRange *range, const char *version)
{
    size_t length = strlen(version);

    for (size_t i = 0; i < range->n_constraints; i++) {
        const char *end = range->constraints[i].version;

        if (strncmp(end, version, length) == 0 && end[length] == '.') {
            return true;
        }
    }
    return false;
}

const char *vdi_range_end_above(const VdiRange *range, const char *version, bool *ret_is_beyond)
{
    *ret_is_beyond = false;
    if (vdi_range_contains(range, version) != VDI_TRUTH_TRUE) {
        return NULL;
    }
    for (size_t i = 0; i < range->n_constraints; i++) {
        const Constraint *end = &range->constraints[i];
        int order = range->scheme->compare(version, end->version);
        bool is_alone = end->comparator == COMPARE_EQUAL && order == 0;

        if (is_alone || (is_below(end->comparator) && order <= 0)) {
            *ret_is_beyond = end->comparator != COMPARE_BELOW;
            return end->version;
        }
    }
    return NULL;
}

const VdiVersionScheme *vdi_range_scheme(const VdiRange *range)
{
    return range->scheme;
}

const char *vdi_range_text(const VdiRange *range)
{
    return range->text;
}

const char *vdi_range_version(const VdiRange *range, size_t i)
{
    return i < range->n_constraints ? range->constraints[i].version : NULL;
}

bool vdi_range_is_any(const VdiRange *range)
{
    return range->is_any;
}

bool vdi_range_is_only_unequal(const VdiRange *range)
{
    for (size_t i = 0; i < range->n_constraints; i++) {
        if (range->constraints[i].comparator != COMPARE_UNEQUAL) {
            return false;
        }
    }
    return !range->is_any;
}

bool vdi_range_has_upper_end(const VdiRange *range)
{
    for (size_t i = range->n_constraints; i > 0; i--) {
        Comparator comparator = range->constraints[i - 1].comparator;

        if (comparator != COMPARE_UNEQUAL && comparator != COMPARE_EQUAL) {
            return is_below(comparator);
        }
    }
    return !range->is_any;
}

/* Is there a version of `range` that stands to `pivot` as `side` says (just below it, at it, just
 * above it) and so to every other version? Between two versions there may always be a third. */
static bool contains_beside(const VdiRange *range, const char *pivot, int side)
{
    int order[VDI_RANGE_MAX_CONSTRAINTS];

    for (size_t i = 0; i < range->n_constraints; i++) {
        order[i] = range->scheme->compare(pivot, range->constraints[i].version);
        order[i] = order[i] == 0 ? side : order[i];
    }
    return range->is_any || contains(range, order);
}

static bool meets_beside_ends_of(const VdiRange *ends, const VdiRange *a, const VdiRange *b)
{
    for (size_t i = 0; i < ends->n_constraints; i++) {
        for (int side = -1; side <= 1; side++) {
            if (contains_beside(a, ends->constraints[i].version, side)
                && contains_beside(b, ends->constraints[i].version, side)) {
                return true;
            }
        }
    }
    return false;
}

bool vdi_range_intersects(const VdiRange *a, const VdiRange *b)
{
    return a->scheme == b->scheme
        && ((a->is_any && b->is_any) || meets_beside_ends_of(a, a, b)
            || meets_beside_ends_of(b, a, b));
}

static bool leaves_beside_ends_of(
    const VdiRange *ends, const VdiRange *inner, const VdiRange *outer)
{
    for (size_t i = 0; i < ends->n_constraints; i++) {
        for (int side = -1; side <= 1; side++) {
            if (contains_beside(inner, ends->constraints[i].version, side)
                && !contains_beside(outer, ends->constraints[i].version, side)) {
                return true;
            }
        }
    }
    return false;
}

bool vdi_range_is_within(const VdiRange *inner, const VdiRange *outer)
{
    return inner->scheme == outer->scheme
        && (outer->is_any
            || (!inner->is_any && !leaves_beside_ends_of(inner, inner, outer)
                && !leaves_beside_ends_of(outer, inner, outer)));
}
