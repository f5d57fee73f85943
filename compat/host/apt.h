/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* apt and dpkg. What is installed is read from dpkg's own list; what would come is asked of
 * `apt-get -s`, without its lock, with a folder of preferences that is everybody's but ours; a hold
 * is a stanza in one file of ours (apt_pins.h). */
extern const VdiHostOps vdi_host_apt;
