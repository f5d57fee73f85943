/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/condition_compiled.h"

#include "compat/rules/fact_kind.h"

/* ---- writing ---- */

static void write_purl(const VdiPurl *purl, VdiCompiledWriter *writer)
{
    size_t n_texts = purl->qualifiers != NULL ? g_strv_length(purl->qualifiers) : 0;

    vdi_compiled_write_text(writer, purl->type);
    vdi_compiled_write_text(writer, purl->namespace);
    vdi_compiled_write_text(writer, purl->name);
    vdi_compiled_write_text(writer, purl->version);
    vdi_compiled_write_text(writer, purl->subpath);
    vdi_compiled_write_number(writer, n_texts);
    for (size_t i = 0; i < n_texts; i++) {
        vdi_compiled_write_text(writer, purl->qualifiers[i]);
    }
}

static void write_range(const VdiRange *range, VdiCompiledWriter *writer)
{
    vdi_compiled_write_number(writer, range != NULL);
    if (range != NULL) {
        vdi_range_write(range, writer);
    }
}

static void write_member(const VdiCondition *fact, VdiMemberType type, VdiCompiledWriter *writer)
{
    switch (type) {
    case VDI_MEMBER_NAME:
        vdi_compiled_write_text(writer, fact->name);
        return;
    case VDI_MEMBER_VALUE:
        vdi_compiled_write_text(writer, fact->value);
        return;
    case VDI_MEMBER_PURL:
        write_purl(fact->purl, writer);
        return;
    case VDI_MEMBER_RANGE:
        write_range(fact->range, writer);
        return;
    }
    g_assert_not_reached();
}

void vdi_condition_write_fact(const VdiCondition *fact, VdiCompiledWriter *writer)
{
    vdi_compiled_write_number(writer, VDI_CONDITION_FACT);
    vdi_compiled_write_text(writer, fact->kind->name);
    vdi_compiled_write_number(writer, fact->kind->n_members);
    for (size_t i = 0; i < fact->kind->n_members; i++) {
        write_member(fact, fact->kind->members[i].type, writer);
    }
}

/* ---- loading ---- */

static VdiPurl *load_purl(VdiCompiledReader *reader)
{
    VdiPurl *purl = vdi_arena_take(reader->arena, 1, sizeof *purl);

    purl->type = (char *) vdi_compiled_read_text(reader, false);
    purl->namespace = (char *) vdi_compiled_read_text(reader, true);
    purl->name = (char *) vdi_compiled_read_text(reader, false);
    purl->version = (char *) vdi_compiled_read_text(reader, true);
    purl->subpath = (char *) vdi_compiled_read_text(reader, true);
    size_t n_texts = vdi_compiled_read_number(reader, VDI_PURL_MAX_BYTES);

    if (n_texts > 0) {
        purl->qualifiers = vdi_arena_take(reader->arena, n_texts + 1, sizeof(char *));
        for (size_t i = 0; i < n_texts; i++) {
            purl->qualifiers[i] = (char *) vdi_compiled_read_text(reader, false);
        }
    }
    reader->is_broken = reader->is_broken || n_texts % 2 != 0;
    return purl;
}

static VdiRange *load_range(VdiCompiledReader *reader, bool is_optional)
{
    bool is_there = vdi_compiled_read_number(reader, 1) == 1;

    reader->is_broken = reader->is_broken || (!is_there && !is_optional);
    return is_there ? vdi_range_load(reader) : NULL;
}

static void load_member(VdiCompiledReader *reader, const VdiFactMember *member, VdiCondition *fact)
{
    switch (member->type) {
    case VDI_MEMBER_NAME:
        fact->name = vdi_compiled_read_text(reader, member->is_optional);
        return;
    case VDI_MEMBER_VALUE:
        fact->value = vdi_compiled_read_text(reader, member->is_optional);
        return;
    case VDI_MEMBER_PURL:
        fact->purl = load_purl(reader);
        return;
    case VDI_MEMBER_RANGE:
        fact->range = load_range(reader, member->is_optional);
        return;
    }
    g_assert_not_reached();
}

static bool load_fact(VdiCompiledReader *reader, VdiCondition *fact)
{
    fact->kind = vdi_fact_kind(vdi_compiled_read_text(reader, false));
    size_t n_members = vdi_compiled_read_number(reader, VDI_FACT_MEMBERS_MAX);

    if (fact->kind == NULL || n_members != fact->kind->n_members) {
        return false;
    }
    for (size_t i = 0; i < n_members; i++) {
        load_member(reader, &fact->kind->members[i], fact);
    }
    return !reader->is_broken && (fact->kind->check == NULL || fact->kind->check(fact, NULL));
}

static VdiCondition *load(VdiCompiledReader *reader, int depth);

static bool load_parts(VdiCompiledReader *reader, VdiCondition *condition, int depth)
{
    size_t n_parts = vdi_compiled_read_number(reader, VDI_CONDITION_PARTS_MAX);

    if (reader->is_broken || n_parts == 0 || (condition->op == VDI_CONDITION_NOT && n_parts != 1)) {
        return false;
    }
    condition->parts = vdi_arena_take(reader->arena, n_parts, sizeof *condition->parts);
    for (; condition->n_parts < n_parts; condition->n_parts++) {
        VdiCondition *part = load(reader, depth + 1);

        if (part == NULL) {
            return false;
        }
        condition->parts[condition->n_parts] = part;
    }
    return true;
}

static VdiCondition *load(VdiCompiledReader *reader, int depth)
{
    VdiCondition *condition = vdi_arena_take(reader->arena, 1, sizeof *condition);

    condition->op = vdi_compiled_read_number(reader, VDI_CONDITION_FACT);
    if (depth > VDI_CONDITION_DEPTH_MAX || reader->is_broken) {
        return NULL;
    }
    bool is_whole = condition->op == VDI_CONDITION_FACT ? load_fact(reader, condition)
                                                        : load_parts(reader, condition, depth);

    return is_whole ? condition : NULL;
}

VdiCondition *vdi_condition_load(VdiCompiledReader *reader)
{
    return load(reader, 1);
}
