/* SPDX-License-Identifier: Apache-2.0 */
#include "client/report.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/json.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/rules/explain.h"

enum { FORMAT_VERSION = 1 };

struct VdiReport {
    bool json;
    int64_t started_us;
};

static const char *const states[] = {
    [VDI_STATE_IDLE] = "idle",
    [VDI_STATE_REACHING] = "reaching",
    [VDI_STATE_GUARD] = "guard",
    [VDI_STATE_SIGN_IN] = "sign-in",
    [VDI_STATE_SIGNING_IN] = "signing-in",
    [VDI_STATE_CHOOSING] = "choosing",
    [VDI_STATE_ASKING] = "asking",
    [VDI_STATE_OPENING] = "opening",
    [VDI_STATE_OPEN] = "open",
    [VDI_STATE_STOPPING] = "stopping",
    [VDI_STATE_ENDED] = "ended",
};

static const char *const phases[] = {
    [VDI_PHASE_CONNECTING] = "connecting",
    [VDI_PHASE_SECURED] = "secured",
    [VDI_PHASE_SIGNED_IN] = "signed-in",
    [VDI_PHASE_FIRST_FRAME] = "first-frame",
};

VdiReport *vdi_report_new(bool json)
{
    VdiReport *report = g_new0(VdiReport, 1);

    report->json = json;
    report->started_us = g_get_monotonic_time();
    return report;
}

void vdi_report_free(VdiReport *report)
{
    g_free(report);
}

static VdiJson *begin(const VdiReport *report, const char *event)
{
    VdiJson *line = vdi_json_new_object();

    vdi_json_add_integer(line, "v", FORMAT_VERSION);
    vdi_json_add_time(line, "ts", g_get_real_time() / G_USEC_PER_SEC);
    vdi_json_add_text(line, "event", event);
    vdi_json_add_integer(line, "elapsed_ms", (g_get_monotonic_time() - report->started_us) / 1000);
    return line;
}

/* A line at once: a supervisor reads along. */
static void say(const VdiReport *report, VdiJson *take_line)
{
    if (report->json) {
        g_autofree char *text = vdi_json_print(take_line);

        printf("%s\n", text);
        (void) fflush(stdout);
    }
    vdi_json_free(take_line);
}

void vdi_report_state(VdiReport *report, VdiState state)
{
    VdiJson *line = begin(report, "state");

    vdi_json_add_text(line, "state", states[state]);
    say(report, line);
}

void vdi_report_phase(VdiReport *report, VdiPhase phase)
{
    VdiJson *line = begin(report, "session");

    vdi_json_add_text(line, "session", phases[phase]);
    say(report, line);
}

void vdi_report_warning(VdiReport *report, const char *sentence)
{
    VdiJson *line = begin(report, "warning");

    vdi_program_warn(sentence);
    vdi_json_add_text(line, "detail", sentence);
    say(report, line);
}

void vdi_report_finding(VdiReport *report, const VdiFinding *finding, bool is_blocking)
{
    g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());
    VdiJson *line = begin(report, "finding");

    if (!is_blocking) {
        vdi_program_warn(sentence); /* what blocks is said at the end, with its exit status */
    }
    vdi_json_add_text(line, "rule_id", finding->rule->id);
    vdi_json_add_text(line, "code", is_blocking ? "block" : vdi_effect_name(finding->effect));
    vdi_json_add_text(line, "detail", sentence);
    say(report, line);
}

void vdi_report_accepted(VdiReport *report, const char *rule)
{
    g_autofree char *shown = vdi_text_clean(rule);
    g_autofree char *sentence =
        g_strdup_printf(_("Going on against rule %s, as you asked; this is recorded."), shown);
    VdiJson *line = begin(report, "accepted");

    vdi_program_warn(sentence);
    vdi_json_add_text(line, "rule_id", shown);
    say(report, line);
}

void vdi_report_screenshot(VdiReport *report, const char *path, uint32_t width, uint32_t height)
{
    g_autofree char *shown = vdi_text_clean(path);
    g_autofree char *sentence =
        g_strdup_printf(_("The picture is in %s (%u × %u)."), shown, width, height);
    VdiJson *line = begin(report, "screenshot");

    vdi_program_warn(sentence);
    vdi_json_add_text(line, "detail", shown);
    say(report, line);
}

static void add_times(VdiJson *line, const VdiConnectionTimes *times)
{
    VdiJson *object = vdi_json_add_object(line, "times_ms");

    vdi_json_add_integer(object, "verdict", times->verdict_ms);
    vdi_json_add_integer(object, "signed_in", times->signed_in_ms);
    vdi_json_add_integer(object, "target", times->target_ms);
    vdi_json_add_integer(object, "connected", times->connected_ms);
    vdi_json_add_integer(object, "first_frame", times->first_frame_ms);
}

int vdi_report_end(VdiReport *report, const GError *error, const VdiConnectionTimes *times)
{
    VdiJson *line = begin(report, "end");
    int status = error != NULL ? vdi_program_fail(error) : VDI_EXIT_OK;

    vdi_json_add_text(line, "code", error != NULL ? vdi_error_row(error)->name : "ok");
    if (error != NULL) {
        g_autofree char *shown = vdi_text_clean(error->message);

        vdi_json_add_text(line, "detail", shown);
    }
    vdi_json_add_integer(line, "status", status);
    add_times(line, times);
    say(report, line);
    return status;
}
