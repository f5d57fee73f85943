/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/simulator_cache.h"

#include <string.h>

static void system_free(void *data)
{
    System *system = data;

    g_free(system->shown);
    g_free(system->recent);
    g_free(system);
}

static void context_free(void *data)
{
    Context *context = data;

    g_array_unref(context->rules);
    g_free(context);
}

static void value_free(void *data)
{
    Value *value = data;

    vdi_fleet_package_free(value->package);
    g_clear_pointer(&value->rules, g_array_unref);
    g_free(value);
}

void vdi_simulator_counted_free(void *data)
{
    Counted *counted = data;

    vdi_outcome_free(counted->outcome);
    g_free(counted);
}

static void signature_free(void *data)
{
    Signature *signature = data;

    g_free((gpointer) signature->numbers);
    g_array_unref(signature->rules);
    g_array_unref(signature->staged);
    g_clear_pointer(&signature->sole, vdi_simulator_counted_free);
    g_clear_pointer(&signature->by_choice, g_hash_table_unref);
    g_free(signature);
}

/* Eight bytes at a time: it is asked for each package that any rule names. */
static guint hash_bytes(const void *bytes, size_t size, uint64_t hash)
{
    const char *at = bytes;
    uint64_t word = 0;

    for (; size >= sizeof word; at += sizeof word, size -= sizeof word) {
        memcpy(&word, at, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    word = size;
    memcpy(&word, at, size);
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return (guint) (hash ^ hash >> 32);
}

static guint hash_value(gconstpointer data)
{
    const Value *value = data;

    return hash_bytes(
        value->rest.at, value->rest.size, value->name->hash ^ (uint64_t) value->system->id << 40);
}

static gboolean equal_values(gconstpointer a, gconstpointer b)
{
    const Value *left = a, *right = b;

    return left->name == right->name && left->system == right->system
        && left->rest.size == right->rest.size
        && memcmp(left->rest.at, right->rest.at, left->rest.size) == 0;
}

static guint hash_signature(gconstpointer data)
{
    const Signature *signature = data;

    return hash_bytes(signature->numbers, signature->n_numbers * sizeof(uint32_t), 0);
}

static gboolean equal_signatures(gconstpointer a, gconstpointer b)
{
    const Signature *left = a, *right = b;

    return left->n_numbers == right->n_numbers
        && memcmp(left->numbers, right->numbers, left->n_numbers * sizeof(uint32_t)) == 0;
}

void vdi_simulator_cache_init(Cache *cache)
{
    cache->texts = g_string_chunk_new(64 * 1024);
    cache->systems = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, system_free);
    cache->contexts = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, context_free);
    cache->values = g_hash_table_new_full(hash_value, equal_values, value_free, NULL);
    cache->signatures =
        g_hash_table_new_full(hash_signature, equal_signatures, signature_free, NULL);
    cache->n_bytes = 0;
    cache->n_ids = 0;
}

void vdi_simulator_cache_clear(Cache *cache)
{
    g_clear_pointer(&cache->signatures, g_hash_table_unref);
    g_clear_pointer(&cache->values, g_hash_table_unref);
    g_clear_pointer(&cache->contexts, g_hash_table_unref);
    g_clear_pointer(&cache->systems, g_hash_table_unref);
    g_clear_pointer(&cache->texts, g_string_chunk_free);
}

const char *vdi_simulator_cache_keep(Cache *cache, const char *text, size_t size)
{
    cache->n_bytes += size + 1;
    return g_string_chunk_insert_len(cache->texts, text, (gssize) size);
}
