/* SPDX-License-Identifier: Apache-2.0 */
#include "client/errand.h"

#include "base/error.h"

struct VdiErrand {
    VdiErrandWords *words; /* the task's thread alone touches it until the task is done */
    GCancellable *cancellable;
    void (*done)(VdiErrandWords *words, void *user); /* NULL: given up */
    void *user;
};

static void errand_free(gpointer data)
{
    VdiErrand *errand = data;
    VdiErrandWords *words = errand->words;

    vdi_broker_free(words->broker);
    g_clear_pointer(&words->answers, g_ptr_array_unref);
    g_clear_pointer(&words->list, g_ptr_array_unref);
    g_clear_pointer(&words->desktops, g_ptr_array_unref);
    vdi_screen_free(words->screen);
    vdi_target_free(words->target);
    g_clear_error(&words->error);
    g_free(words);
    g_object_unref(errand->cancellable);
    g_free(errand);
}

static void list(VdiErrandWords *words, GCancellable *cancellable)
{
    words->desktops = words->broker->ops->list(words->broker, cancellable, &words->error);
    if (words->desktops != NULL && words->desktops->len == 0) {
        g_clear_pointer(&words->desktops, g_ptr_array_unref);
        g_set_error_literal(&words->error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_ENTITLEMENT,
            "the broker's list of desktops is empty");
    }
}

static void run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    VdiErrandWords *words = ((VdiErrand *) data)->words;
    const VdiBrokerOps *ops = words->broker->ops;
    bool went_on = false;

    switch (words->kind) {
    case VDI_ERRAND_BEGIN:
        went_on = ops->begin(words->broker, cancellable, &words->screen, &words->error);
        break;
    case VDI_ERRAND_ANSWER:
        went_on =
            ops->answer(words->broker, words->answers, cancellable, &words->screen, &words->error);
        break;
    case VDI_ERRAND_LIST:
        list(words, cancellable);
        break;
    case VDI_ERRAND_CONNECT:
        words->target = ops->connect(words->broker, words->desktop, cancellable, &words->error);
        break;
    case VDI_ERRAND_END:
        ops->end(words->broker);
        break;
    }
    if (went_on && words->screen == NULL) {
        list(words, cancellable);
    }
    /* The password leaves memory with the answer, not with the errand. */
    g_clear_pointer(&words->answers, g_ptr_array_unref);
    g_task_return_boolean(task, true);
}

static void on_back(GObject *source, GAsyncResult *result, gpointer data)
{
    VdiErrand *errand = g_task_get_task_data(G_TASK(result));

    if (errand->done != NULL) {
        errand->done(errand->words, errand->user);
    }
}

VdiErrand *vdi_errand_start(
    VdiErrandWords *take_words, void (*done)(VdiErrandWords *words, void *user), void *user)
{
    VdiErrand *errand = g_new0(VdiErrand, 1);

    errand->words = take_words;
    errand->cancellable = g_cancellable_new();
    errand->done = done;
    errand->user = user;
    g_autoptr(GTask) task = g_task_new(NULL, errand->cancellable, on_back, NULL);

    /* What came back counts, cancelled or not: a broker may have signed us in meanwhile. */
    g_task_set_check_cancellable(task, false);
    g_task_set_task_data(task, errand, errand_free);
    g_task_run_in_thread(task, run);
    return errand;
}

void vdi_errand_cancel(VdiErrand *errand)
{
    g_cancellable_cancel(errand->cancellable);
}

void vdi_errand_give_up(VdiErrand *errand)
{
    errand->done = NULL;
    g_cancellable_cancel(errand->cancellable);
}
