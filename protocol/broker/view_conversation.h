/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/broker/broker.h"

/* The View-style broker over HTTPS: one kept connection, its cookies in memory, a ladder of
 * versions tried from the top. */
extern const VdiBrokerOps vdi_view_ops;
