/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/keyring.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

enum { NAMES_MAX_BYTES = 65536, KEYID_MAX = 128, SHOWN_DIGITS = 8, TRIES = 3 };

#define SUFFIX ".pem"

typedef struct {
    char *name, *path;
    char *keyid;        /* NULL: not known before it is opened */
    VdiPrivateKey *key; /* NULL: sealed */
} Entry;

struct VdiKeyring {
    char *folder, *names_file;
    GHashTable *names;  /* keyid → name */
    GPtrArray *entries; /* of Entry */
    VdiSecret *passphrase;
    VdiSecret *(*ask)(const char *name, GError **error);
};

static bool refuse(const char *said, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(said);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "%s: %s", shown, what);
    return false;
}

static void free_entry(gpointer data)
{
    Entry *entry = data;

    g_free(entry->name);
    g_free(entry->path);
    g_free(entry->keyid);
    vdi_private_key_free(entry->key);
    g_free(entry);
}

void vdi_keyring_free(VdiKeyring *keyring)
{
    if (keyring == NULL) {
        return;
    }
    g_clear_pointer(&keyring->names, g_hash_table_unref);
    g_clear_pointer(&keyring->entries, g_ptr_array_unref);
    vdi_secret_free(keyring->passphrase);
    g_free(keyring->folder);
    g_free(keyring->names_file);
    g_free(keyring);
}

/* ---- names ---- */

static bool read_name(VdiKeyring *keyring, VdiJson *object, const char *name, GError **error)
{
    g_autofree char *keyid = NULL;

    if (!vdi_text_is_name(name)) {
        return refuse(name, "no name for a key", error);
    }
    if (!vdi_json_text(object, name, 1, KEYID_MAX, &keyid, error)) {
        return false;
    }
    g_hash_table_insert(keyring->names, g_steal_pointer(&keyid), g_strdup(name));
    return true;
}

static bool read_names(VdiKeyring *keyring, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(keyring->names_file, NAMES_MAX_BYTES, &local);

    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return true;
    }
    g_autoptr(VdiJson) object =
        bytes != NULL ? vdi_json_parse(bytes, NAMES_MAX_BYTES, &local) : NULL;

    if (object == NULL || vdi_json_type(object) != VDI_JSON_OBJECT) {
        return refuse(
            keyring->names_file, local != NULL ? local->message : "it must hold an object", error);
    }
    for (size_t i = 0; i < vdi_json_length(object); i++) {
        if (!read_name(keyring, object, vdi_json_name(object, i), error)) {
            g_prefix_error(error, "%s: ", keyring->names_file);
            return false;
        }
    }
    return true;
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(a, b);
}

static bool write_names(const VdiKeyring *keyring, GError **error)
{
    g_autoptr(VdiJson) object = vdi_json_new_object();
    g_autoptr(GHashTable) keyids = g_hash_table_new(g_str_hash, g_str_equal); /* name → keyid */
    GHashTableIter all;
    gpointer keyid = NULL, name = NULL;

    g_hash_table_iter_init(&all, keyring->names);
    while (g_hash_table_iter_next(&all, &keyid, &name)) {
        g_hash_table_insert(keyids, name, keyid);
    }
    GList *sorted = g_list_sort(g_hash_table_get_keys(keyids), by_text);

    for (GList *at = sorted; at != NULL; at = at->next) {
        vdi_json_add_text(object, at->data, g_hash_table_lookup(keyids, at->data));
    }
    g_list_free(sorted);
    g_autofree char *text = vdi_json_print_pretty(object);

    return vdi_file_write_text(keyring->names_file, text, 0644, error);
}

static const char *keyid_of(const VdiKeyring *keyring, const char *name)
{
    GHashTableIter all;
    gpointer keyid = NULL, known = NULL;

    g_hash_table_iter_init(&all, keyring->names);
    while (g_hash_table_iter_next(&all, &keyid, &known)) {
        if (g_str_equal(known, name)) {
            return keyid;
        }
    }
    return NULL;
}

char *vdi_keyring_show(const VdiKeyring *keyring, const char *keyid)
{
    const char *name = g_hash_table_lookup(keyring->names, keyid);
    g_autofree char *clean = vdi_text_clean(keyid);

    return name != NULL ? g_strdup_printf("%s (%.*s)", name, SHOWN_DIGITS, clean)
                        : g_strdup_printf("%.*s", SHOWN_DIGITS, clean);
}

static bool is_called(const VdiKeyring *keyring, const char *keyid, const char *said)
{
    const char *name = g_hash_table_lookup(keyring->names, keyid);
    g_autofree char *base = g_path_get_basename(said);

    if (g_str_has_suffix(base, SUFFIX)) {
        base[strlen(base) - strlen(SUFFIX)] = '\0';
    }
    return g_strcmp0(name, base) == 0
        || (strlen(said) >= SHOWN_DIGITS && g_str_has_prefix(keyid, said));
}

char *vdi_keyring_identify(
    const VdiKeyring *keyring, const char *said, const char *const *keyids, GError **error)
{
    const char *found = NULL;

    for (size_t i = 0; keyids[i] != NULL; i++) {
        if (!is_called(keyring, keyids[i], said) || g_strcmp0(found, keyids[i]) == 0) {
            continue;
        }
        if (found != NULL) {
            refuse(said, "more than one key is called that; give more of its id", error);
            return NULL;
        }
        found = keyids[i];
    }
    if (found == NULL) {
        refuse(said, "the root names no such key; \"health\" lists those that it names", error);
        return NULL;
    }
    return g_strdup(found);
}

/* ---- keys ---- */

static char *id_of(const VdiPrivateKey *key)
{
    g_autoptr(VdiJson) public_key = vdi_private_key_public(key);

    return vdi_key_id(public_key);
}

/* Plain ones are opened at once, so that one which is of no use is named before anything is done.
 */
static bool add_entry(VdiKeyring *keyring, const char *file, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *path = g_build_filename(keyring->folder, file, NULL);
    VdiPrivateKey *key = vdi_private_key_load(path, NULL, &local);
    Entry *entry = NULL;

    if (key == NULL && !g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE)) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    entry = g_new0(Entry, 1);
    entry->name = g_strndup(file, strlen(file) - strlen(SUFFIX));
    entry->path = g_steal_pointer(&path);
    entry->key = key;
    entry->keyid = key != NULL ? id_of(key) : g_strdup(keyid_of(keyring, entry->name));
    g_ptr_array_add(keyring->entries, entry);
    return true;
}

VdiKeyring *vdi_keyring_open(const char *folder, const VdiKeyringSource *source, GError **error)
{
    g_autoptr(VdiKeyring) keyring = g_new0(VdiKeyring, 1);

    keyring->folder =
        source->keys != NULL ? g_strdup(source->keys) : g_build_filename(folder, "keys", NULL);
    keyring->names_file = g_build_filename(folder, "names.json", NULL);
    keyring->names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    keyring->entries = g_ptr_array_new_with_free_func(free_entry);
    keyring->passphrase = vdi_secret_copy(source->passphrase);
    keyring->ask = source->passphrase == NULL ? source->ask : NULL;
    g_auto(GStrv) files = vdi_file_list(keyring->folder);

    if (!read_names(keyring, error)) {
        return NULL;
    }
    for (size_t i = 0; files[i] != NULL; i++) {
        if (g_str_has_suffix(files[i], SUFFIX) && !add_entry(keyring, files[i], error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&keyring);
}

bool vdi_keyring_is_empty(const VdiKeyring *keyring)
{
    return keyring->entries->len == 0;
}

const char *vdi_keyring_folder(const VdiKeyring *keyring)
{
    return keyring->folder;
}

/* Tries what is known, then asks. A passphrase that opens a key is kept: most people have one. */
static bool open_entry(VdiKeyring *keyring, Entry *entry, GError **error)
{
    for (int tries = 0;; tries++) {
        g_autoptr(GError) local = NULL;

        if (keyring->passphrase != NULL || keyring->ask == NULL) {
            entry->key = vdi_private_key_load(entry->path, keyring->passphrase, &local);
        }
        if (entry->key != NULL) {
            g_free(entry->keyid);
            entry->keyid = id_of(entry->key);
            return true;
        }
        if (keyring->ask == NULL || tries == TRIES
            || (local != NULL
                && !g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE))) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        g_clear_pointer(&keyring->passphrase, vdi_secret_free);
        keyring->passphrase = keyring->ask(entry->name, error);
        if (keyring->passphrase == NULL) {
            return false;
        }
    }
}

bool vdi_keyring_find(
    VdiKeyring *keyring, const char *keyid, const VdiPrivateKey **ret_key, GError **error)
{
    const VdiPrivateKey *found = NULL;

    for (guint i = 0; i < keyring->entries->len && found == NULL; i++) {
        Entry *entry = g_ptr_array_index(keyring->entries, i);

        if (entry->key == NULL && (entry->keyid == NULL || g_str_equal(entry->keyid, keyid))
            && !open_entry(keyring, entry, error)) {
            return false;
        }
        if (entry->key != NULL && g_str_equal(entry->keyid, keyid)) {
            found = entry->key;
        }
    }
    *ret_key = found;
    return true;
}

bool vdi_keyring_has(const VdiKeyring *keyring, const char *keyid)
{
    for (guint i = 0; i < keyring->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(keyring->entries, i);

        if (g_strcmp0(entry->keyid, keyid) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- new ones ---- */

/* The N of "STEM-N", 1 for "STEM"; 0 for another name. */
static guint64 number_in(const char *name, const char *stem)
{
    size_t length = strlen(stem);
    guint64 number = 0;

    if (g_str_equal(name, stem)) {
        return 1;
    }
    return g_str_has_prefix(name, stem) && name[length] == '-'
            && g_ascii_string_to_unsigned(name + length + 1, 10, 1, G_MAXUINT32, &number, NULL)
        ? number
        : 0;
}

/* No name is had twice, also not one whose key is gone. */
static char *next_name(const VdiKeyring *keyring, const char *stem, bool is_numbered)
{
    guint64 highest = 0;
    GHashTableIter all;
    gpointer keyid = NULL, name = NULL;

    g_hash_table_iter_init(&all, keyring->names);
    while (g_hash_table_iter_next(&all, &keyid, &name)) {
        highest = MAX(highest, number_in(name, stem));
    }
    for (guint i = 0; i < keyring->entries->len; i++) {
        const Entry *entry = g_ptr_array_index(keyring->entries, i);

        highest = MAX(highest, number_in(entry->name, stem));
    }
    return highest == 0 && !is_numbered
        ? g_strdup(stem)
        : g_strdup_printf("%s-%" G_GUINT64_FORMAT, stem, highest + 1);
}

static bool remember(VdiKeyring *keyring, const char *name, VdiJson *public_key, GError **error)
{
    g_hash_table_insert(keyring->names, vdi_key_id(public_key), g_strdup(name));
    return write_names(keyring, error);
}

VdiJson *vdi_keyring_make(
    VdiKeyring *keyring, const char *stem, bool is_numbered, bool may_seal, GError **error)
{
    g_autofree char *name = next_name(keyring, stem, is_numbered);
    g_autofree char *file = g_strconcat(name, SUFFIX, NULL);
    g_autofree char *path = g_build_filename(keyring->folder, file, NULL);
    g_autoptr(VdiPrivateKey) key = vdi_private_key_generate();
    g_autoptr(VdiJson) public_key = vdi_private_key_public(key);

    if (!vdi_private_key_save(key, path, may_seal ? keyring->passphrase : NULL, error)
        || !remember(keyring, name, public_key, error)) {
        return NULL;
    }
    Entry *entry = g_new0(Entry, 1);

    entry->keyid = id_of(key);
    entry->key = g_steal_pointer(&key);
    entry->name = g_steal_pointer(&name);
    entry->path = g_steal_pointer(&path);
    g_ptr_array_add(keyring->entries, entry);
    return g_steal_pointer(&public_key);
}

VdiJson *vdi_keyring_admit(VdiKeyring *keyring, const char *path, GError **error)
{
    g_autoptr(VdiJson) public_key = vdi_public_key_load(path, error);
    g_autofree char *base = g_path_get_basename(path);
    char *dot = strchr(base, '.');

    if (public_key == NULL) {
        return NULL;
    }
    if (dot != NULL) {
        *dot = '\0';
    }
    g_autofree char *keyid = vdi_key_id(public_key);

    if (!vdi_text_is_name(base)) {
        refuse(
            path, "the file's name becomes the key's: lower-case letters, digits, hyphens", error);
        return NULL;
    }
    if (!g_hash_table_contains(keyring->names, keyid)) {
        g_autofree char *name = next_name(keyring, base, false);

        if (!remember(keyring, name, public_key, error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&public_key);
}
