/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/compat/trust/machine.h"
#include "tests/support/check.h"
#include "tests/support/injection.h"

/* What a machine keeps, while every system call of a refresh fails in turn, or is its last; while
 * the disk takes half of what is written; and while there is no memory. */

/* ---- system calls ---- */

static bool survives(
    const Machine *machine, const InjectionCall *call, InjectionFault fault, unsigned *missed)
{
    machine_start_over(machine);
    int status = injection_run((const char *const *) machine->argv, call, fault);

    if (status == INJECTION_MISSED) {
        ++*missed;
        return true;
    }
    if (fault == INJECTION_KILL && status != 128 + SIGKILL) {
        printf("not killed: status %d\n", status);
        return false;
    }
    return machine_is_whole(machine, status, fault == INJECTION_KILL || call->is_memory);
}

static void take_every_call(const Machine *machine)
{
    unsigned n_injections = 0, n_missed = 0, n_torn = 0;

    machine_start_over(machine);
    g_autoptr(GPtrArray) calls =
        injection_calls((const char *const *) machine->argv, machine_written(machine));

    CHECK(calls != NULL && calls->len > 0);
    for (guint i = 0; calls != NULL && i < calls->len; i++) {
        const InjectionCall *call = g_ptr_array_index(calls, i);

        for (InjectionFault fault = 0; fault < INJECTION_N_FAULTS; fault++) {
            if (!injection_is_chosen(call, fault, i)) {
                continue;
            }
            n_injections++;
            if (!survives(machine, call, fault, &n_missed)) {
                printf("%s number %u: %s\n", call->name, call->nth, injection_fault_name(fault));
                n_torn++;
            }
        }
    }
    printf("%s: %u system calls, %u injections, torn states %u\n", machine->kind->name,
        calls != NULL ? calls->len : 0, n_injections - n_missed, n_torn);
    CHECK_INT(n_torn, 0);
    CHECK(n_missed * 20 <= n_injections);
}

static void no_system_call_tears_a_state(void)
{
    for (const MachineKind *kind = machine_kinds; kind->name != NULL; kind++) {
        g_autoptr(Machine) machine = machine_new(kind);

        if (!injection_is_possible()) {
            return;
        }
        take_every_call(machine);
    }
}

/* ---- a bad disk ---- */

/* A fault told by `format` and a number from 1 on, each `step`th, until the program does not meet
 * it. `is_met` says whether it did. */
static void count_up(const Machine *machine, const char *library, const char *format, unsigned step,
    bool (*is_met)(int status, const char *errors))
{
    unsigned n_torn = 0, n = 1;

    for (bool met = true; met; n += step) {
        g_autofree char *number = g_strdup_printf("%u", n);
        g_autofree char *fault = g_strconcat(format, number, NULL);
        g_auto(GStrv) environment = injection_environment(library, fault);
        g_autofree char *errors = NULL;

        machine_start_over(machine);
        int status = injection_run_in(
            (const char *const *) machine->argv, (const char *const *) environment, &errors);

        met = is_met(status, errors);
        if (!machine_is_whole(machine, status, true)) {
            printf("%s: status %d, %s\n", fault, status, errors);
            n_torn++;
        }
    }
    printf("%s, %s: up to %u in steps of %u, torn states %u\n", machine->kind->name, format,
        n - step, step, n_torn);
    CHECK(n > 1 + step);
    CHECK_INT(n_torn, 0);
}

static bool ended_badly(int status, const char *errors)
{
    return status != 0;
}

static void a_disk_that_takes_half_tears_no_state(void)
{
    for (const MachineKind *kind = machine_kinds; kind->name != NULL; kind++) {
        g_autoptr(Machine) machine = machine_new(kind);
        g_auto(GStrv) half = injection_environment("short_writes", "VDI_FAULT_WRITE=half");

        machine_start_over(machine);
        CHECK_INT(
            injection_run_in((const char *const *) machine->argv, (const char *const *) half, NULL),
            0);
        CHECK(machine_is_whole(machine, 0, false));
        count_up(machine, "short_writes", "VDI_FAULT_WRITE=full", 1, ended_badly);
        count_up(machine, "short_writes", "VDI_FAULT_WRITE=die", 1, ended_badly);
    }
}

/* ---- no memory ---- */

static bool said_so(int status, const char *errors)
{
    return errors != NULL && strstr(errors, "allocation failed") != NULL;
}

static void an_allocation_that_fails_tears_no_state(void)
{
    unsigned step = injection_takes_all() ? 1 : 97;

    if (!injection_may_take_memory()) {
        return;
    }
    for (const MachineKind *kind = machine_kinds; kind->name != NULL; kind++) {
        g_autoptr(Machine) machine = machine_new(kind);

        count_up(machine, "no_memory", "VDI_FAULT_MEMORY=", step, said_so);
    }
}

const Test tests[] = {
    {"no system call that fails or is the last tears a state", no_system_call_tears_a_state},
    {"a disk that takes half of what is written tears no state",
        a_disk_that_takes_half_tears_no_state},
    {"an allocation that fails tears no state", an_allocation_that_fails_tears_no_state},
    TEST_END,
};
