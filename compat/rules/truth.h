/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* Three values, after Kleene: unknown stays unknown under `not`, and decides nothing by itself
 * under `all` and `any`. Unknown never blocks and is always reported. */
typedef enum { VDI_TRUTH_UNKNOWN, VDI_TRUTH_FALSE, VDI_TRUTH_TRUE } VdiTruth;
