/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "protocol/broker/broker.h"

/* rdp://HOST[:PORT]: no broker. One screen asks who the person is, the address is the one desktop.
 */
extern const VdiBrokerOps vdi_direct_ops;
