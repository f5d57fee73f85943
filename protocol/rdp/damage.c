/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/damage.h"

#include <glib.h>
#include <stdbool.h>

static bool contains(const VdiRectangle *outer, const VdiRectangle *inner)
{
    return outer->x <= inner->x && outer->y <= inner->y
        && outer->x + outer->width >= inner->x + inner->width
        && outer->y + outer->height >= inner->y + inner->height;
}

static VdiRectangle unite(const VdiRectangle *a, const VdiRectangle *b)
{
    int right = MAX(a->x + a->width, b->x + b->width);
    int bottom = MAX(a->y + a->height, b->y + b->height);
    VdiRectangle both = {.x = MIN(a->x, b->x), .y = MIN(a->y, b->y)};

    both.width = (uint16_t) (right - both.x);
    both.height = (uint16_t) (bottom - both.y);
    return both;
}

static int64_t count_pixels(const VdiRectangle *area)
{
    return (int64_t) area->width * area->height;
}

/* Pixels that a union would add to what the two cover alone; overlaps make it smaller. */
static int64_t waste(const VdiRectangle *a, const VdiRectangle *b)
{
    VdiRectangle both = unite(a, b);

    return count_pixels(&both) - count_pixels(a) - count_pixels(b);
}

static void remove_at(VdiDamage *damage, size_t i)
{
    damage->area[i] = damage->area[--damage->n];
}

static void add(VdiDamage *damage, VdiRectangle fresh)
{
    for (size_t i = 0; i < damage->n;) {
        if (contains(&damage->area[i], &fresh)) {
            return;
        }
        /* Two that fit together without waste become one: rows of tiles stay few. */
        if (contains(&fresh, &damage->area[i]) || waste(&damage->area[i], &fresh) <= 0) {
            fresh = unite(&damage->area[i], &fresh);
            remove_at(damage, i);
            i = 0;
        } else {
            i++;
        }
    }
    if (damage->n < VDI_FRAME_MAX_DAMAGE) {
        damage->area[damage->n++] = fresh;
        return;
    }
    size_t nearest = 0;

    for (size_t i = 1; i < damage->n; i++) {
        if (waste(&damage->area[i], &fresh) < waste(&damage->area[nearest], &fresh)) {
            nearest = i;
        }
    }
    fresh = unite(&damage->area[nearest], &fresh);
    remove_at(damage, nearest);
    add(damage, fresh); /* there is room now; it may swallow others */
}

void vdi_damage_add(VdiDamage *damage, int x, int y, int area_width, int area_height,
    uint32_t width, uint32_t height)
{
    int64_t left = CLAMP(x, 0, (int64_t) width);
    int64_t top = CLAMP(y, 0, (int64_t) height);
    int64_t right = CLAMP((int64_t) x + area_width, 0, (int64_t) width);
    int64_t bottom = CLAMP((int64_t) y + area_height, 0, (int64_t) height);

    if (right > left && bottom > top) {
        add(damage,
            (VdiRectangle){(uint16_t) left, (uint16_t) top, (uint16_t) (right - left),
                (uint16_t) (bottom - top)});
    }
}

void vdi_damage_add_all(VdiDamage *damage, uint32_t width, uint32_t height)
{
    damage->n = 0;
    vdi_damage_add(damage, 0, 0, (int) width, (int) height, width, height);
}
