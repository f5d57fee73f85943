/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/needed.h"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { SEGMENTS_MAX = 128, DYNAMIC_BYTES_MAX = 64 * 1024, NAME_BYTES = 256, RUNPATH_BYTES = 4096 };

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OWN_ORDER ELFDATA2LSB
#else
#define OWN_ORDER ELFDATA2MSB
#endif
#define OWN_CLASS (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)

typedef struct {
    int fd;
    ElfW(Ehdr) header;
    ElfW(Phdr) segments[SEGMENTS_MAX];
    uint64_t strings; /* offset in the file of the table of names */
    uint64_t strings_size;
} Elf;

/* All of it, or nothing. */
static bool read_at(const Elf *elf, uint64_t offset, void *ret, size_t size)
{
    return offset <= G_MAXINT64 - size
        && pread(elf->fd, ret, size, (off_t) offset) == (ssize_t) size;
}

static bool read_header(Elf *elf)
{
    const unsigned char *ident = elf->header.e_ident;
    size_t n = 0;

    if (!read_at(elf, 0, &elf->header, sizeof elf->header) || memcmp(ident, ELFMAG, SELFMAG) != 0
        || ident[EI_CLASS] != OWN_CLASS || ident[EI_DATA] != OWN_ORDER
        || elf->header.e_phentsize != sizeof elf->segments[0]) {
        return false;
    }
    n = elf->header.e_phnum;
    return n > 0 && n <= SEGMENTS_MAX
        && read_at(elf, elf->header.e_phoff, elf->segments, n * sizeof elf->segments[0]);
}

/* Where in the file that address is. */
static bool find_offset(const Elf *elf, uint64_t address, uint64_t *ret_offset)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        const ElfW(Phdr) *segment = &elf->segments[i];

        if (segment->p_type == PT_LOAD && address >= segment->p_vaddr
            && address - segment->p_vaddr < segment->p_filesz) {
            *ret_offset = segment->p_offset + (address - segment->p_vaddr);
            return true;
        }
    }
    return false;
}

/* A name of at most `max` bytes with its end. NULL: it has none, or none that can be shown. */
static char *read_name(const Elf *elf, uint64_t at, size_t max)
{
    g_autofree char *text = g_malloc0(max + 1);
    uint64_t left = at < elf->strings_size ? elf->strings_size - at : 0;
    size_t size = MIN(left, max);

    if (size == 0 || !read_at(elf, elf->strings + at, text, size)
        || memchr(text, '\0', size) == NULL) {
        return NULL;
    }
    for (const char *c = text; *c != '\0'; c++) {
        if (!g_ascii_isgraph(*c)) {
            return NULL;
        }
    }
    return *text != '\0' ? g_steal_pointer(&text) : NULL;
}

static bool find_strings(Elf *elf, const ElfW(Dyn) * entries, size_t n)
{
    uint64_t address = 0;

    for (size_t i = 0; i < n && entries[i].d_tag != DT_NULL; i++) {
        if (entries[i].d_tag == DT_STRTAB) {
            address = entries[i].d_un.d_ptr;
        } else if (entries[i].d_tag == DT_STRSZ) {
            elf->strings_size = entries[i].d_un.d_val;
        }
    }
    return address != 0 && find_offset(elf, address, &elf->strings);
}

static bool take_entries(const Elf *elf, const ElfW(Dyn) * entries, size_t n, VdiNeeded *needed)
{
    for (size_t i = 0; i < n && entries[i].d_tag != DT_NULL; i++) {
        uint64_t at = entries[i].d_un.d_val;

        if (entries[i].d_tag == DT_NEEDED) {
            char *name = read_name(elf, at, NAME_BYTES);

            if (name == NULL || needed->names->len >= VDI_NEEDED_MAX) {
                g_free(name);
                return false;
            }
            g_ptr_array_add(needed->names, name);
        } else if (entries[i].d_tag == DT_RUNPATH
            || (entries[i].d_tag == DT_RPATH && needed->runpath == NULL)) {
            g_free(needed->runpath);
            needed->runpath = read_name(elf, at, RUNPATH_BYTES);
        }
    }
    return true;
}

static bool read_dynamic(Elf *elf, VdiNeeded *needed)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        const ElfW(Phdr) *segment = &elf->segments[i];

        if (segment->p_type != PT_DYNAMIC) {
            continue;
        }
        size_t n = segment->p_filesz / sizeof(ElfW(Dyn));

        if (segment->p_filesz > DYNAMIC_BYTES_MAX) {
            return false;
        }
        g_autofree ElfW(Dyn) *entries = g_new0(ElfW(Dyn), n + 1);

        return read_at(elf, segment->p_offset, entries, n * sizeof *entries)
            && find_strings(elf, entries, n) && take_entries(elf, entries, n, needed);
    }
    return true; /* linked statically: it asks for nothing */
}

void vdi_needed_clear(VdiNeeded *needed)
{
    g_clear_pointer(&needed->names, g_ptr_array_unref);
    g_clear_pointer(&needed->runpath, g_free);
}

bool vdi_needed_read(const char *path, VdiNeeded *ret)
{
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    g_auto(VdiNeeded) needed = {.names = g_ptr_array_new_with_free_func(g_free)};
    Elf elf = {.fd = fd};

    if (fd < 0 || !read_header(&elf) || !read_dynamic(&elf, &needed)) {
        return false;
    }
    needed.machine = elf.header.e_machine;
    *ret = needed;
    needed = (VdiNeeded){0};
    return true;
}
