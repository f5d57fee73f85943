/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/offer.h"
#include "compat/rules/facts.h"

/* For the tests of back ends: bytes in, one line of words out. */

GBytes *bytes_of(const char *text);
/* "name/arch before>after! " for each item: `!` marks a security update. Yours; NULL for NULL. */
char *print_change(const VdiChange *change);
/* The same of an offer. */
char *print_offer(const VdiOffer *offer);
/* "type/namespace/name=version:arch ". Yours. */
char *print_facts(const VdiFacts *facts);
