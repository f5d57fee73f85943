/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory.h"

/* Inventories for tests, from texts and from tests/compat/inventory/forms. */

VdiInventory *inventory_of(const char *text, GError **error);
/* The text of a file. Yours. */
char *inventory_fixture(const char *name);
/* NULL, and the test fails, when it cannot be read. */
VdiInventory *inventory_of_fixture(const char *name);

/* A rule's question: a fact of that kind, of one or two members. */
VdiTruth inventory_ask(
    const VdiInventory *machine, const char *kind, const char *first, const char *second);
