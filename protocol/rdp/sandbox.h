/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The doors of vdi-session, closed before the peer's first byte and before a second thread: no new
 * privileges, no core, few descriptors, Landlock (system libraries and certificates read-only;
 * nothing else of the file system), seccomp (no sockets, no programs, no tracing, no mounts, no
 * keys). docs/session.md says what is a boundary and what is not. */

typedef struct {
    int landlock_abi;       /* 0: this kernel has none */
    bool has_seccomp;       /* false: the filter was refused; *reason of the log says why */
    bool is_for_sanitizers; /* a build with AddressSanitizer keeps what that needs */
} VdiSandbox;

/* Cannot be undone. What the kernel lacks is left out, told in the result, and logged on debug: a
 * desktop without a sandbox is what every other client gives. */
VdiSandbox vdi_sandbox_close(void);

/* How many threads this process has: 1 is wanted when the doors close. */
unsigned vdi_sandbox_count_threads(void);
