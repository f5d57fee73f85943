/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/simulation_run.h"

#include "base/text.h"

/* A stretch of the fleet on its way to a thread and back. */
typedef struct {
    VdiFleetBlock block;
    GArray *mistakes; /* of VdiSimulatorMistake */
    size_t n_lines;
    bool is_away;
} Job;

typedef struct {
    GThreadPool *pool;
    GAsyncQueue *idle; /* of VdiSimulator: as many as threads */
    GAsyncQueue *done; /* of Job */
    Job *jobs;         /* used one after the other, in a ring: so they are taken back in order */
    size_t n_jobs;
    VdiTally *tally;
    GPtrArray *sentences;
    size_t line; /* lines of this path that were taken back */
} Crew;

static void work(gpointer data, gpointer user)
{
    Job *job = data;
    const Crew *crew = user;
    VdiSimulator *simulator = g_async_queue_pop(crew->idle);

    job->n_lines = vdi_simulator_take(
        simulator, job->block.text, job->block.size, job->block.is_cut, job->mistakes);
    g_async_queue_push(crew->idle, simulator);
    g_async_queue_push(crew->done, job);
}

static void simulator_free(void *simulator)
{
    vdi_simulator_free(simulator);
}

/* As many as the system gives. A pool that still wants more would keep each job that it is given
 * and say that it failed. NULL: none; then the reading thread does it all. */
static GThreadPool *start_threads(Crew *crew, unsigned n)
{
    GThreadPool *pool = g_thread_pool_new(work, crew, (int) n, TRUE, NULL);
    unsigned n_started = g_thread_pool_get_num_threads(pool);

    if (n_started == 0) {
        g_thread_pool_free(pool, TRUE, FALSE);
        return NULL;
    }
    (void) g_thread_pool_set_max_threads(pool, (int) n_started, NULL);
    return pool;
}

static void crew_init(
    Crew *crew, const VdiSimulation *simulation, unsigned threads, VdiTally *tally)
{
    unsigned n = threads != 0 ? threads : g_get_num_processors();

    n = CLAMP(n, 1, VDI_SIMULATION_THREADS_MAX);
    *crew = (Crew){.tally = tally, .n_jobs = 2 * n + 1};
    crew->idle = g_async_queue_new_full(simulator_free);
    crew->done = g_async_queue_new();
    crew->jobs = g_new0(Job, crew->n_jobs);
    crew->sentences = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < crew->n_jobs; i++) {
        crew->jobs[i].mistakes = g_array_new(false, false, sizeof(VdiSimulatorMistake));
    }
    for (unsigned i = 0; i < n; i++) {
        g_async_queue_push(crew->idle, vdi_simulator_new(simulation));
    }
    crew->pool = start_threads(crew, n);
}

static void crew_clear(Crew *crew)
{
    if (crew->pool != NULL) {
        g_thread_pool_free(crew->pool, FALSE, TRUE);
    }
    for (size_t i = 0; i < crew->n_jobs; i++) {
        vdi_fleet_block_clear(&crew->jobs[i].block);
        g_array_unref(crew->jobs[i].mistakes);
    }
    g_free(crew->jobs);
    g_async_queue_unref(crew->idle);
    g_async_queue_unref(crew->done);
    g_clear_pointer(&crew->sentences, g_ptr_array_unref);
}

static void take_mistake(Crew *crew, const char *path, size_t line, const char *mistake)
{
    crew->tally->unreadable++;
    if (crew->sentences->len < VDI_SIMULATION_MISTAKES_MAX) {
        g_autofree char *shown = vdi_text_clean(path);

        g_ptr_array_add(crew->sentences,
            line > 0 ? g_strdup_printf("%s, line %zu: %s", shown, line, mistake)
                     : g_strdup_printf("%s: %s", shown, mistake));
    }
}

/* Waits until the job is back, and takes what came of it. */
static void take_back(Crew *crew, Job *job)
{
    while (job->is_away) {
        Job *back = g_async_queue_pop(crew->done);

        back->is_away = false;
    }
    if (job->block.path == NULL) {
        return; /* its first round */
    }
    crew->line = (job->block.is_first ? 0 : crew->line) + job->block.n_lines_lost;
    for (guint i = 0; i < job->mistakes->len; i++) {
        const VdiSimulatorMistake *mistake = &g_array_index(job->mistakes, VdiSimulatorMistake, i);

        take_mistake(crew, job->block.path, crew->line + mistake->line, mistake->mistake);
    }
    if (job->block.failure != NULL) {
        take_mistake(crew, job->block.path, 0, job->block.failure);
    }
    crew->line += job->n_lines;
    g_array_set_size(job->mistakes, 0);
    job->block.path = NULL;
}

static void send_away(Crew *crew, Job *job)
{
    job->is_away = true;
    if (crew->pool != NULL) {
        (void) g_thread_pool_push(crew->pool, job, NULL);
    } else {
        work(job, crew);
    }
}

GPtrArray *vdi_simulation_run(const VdiSimulation *simulation, VdiFleetStream *stream,
    unsigned threads, VdiTally *tally, VdiSimulationSeen seen, void *user)
{
    Crew crew;
    size_t next = 0;
    bool is_more = true;

    crew_init(&crew, simulation, threads, tally);
    while (is_more) {
        Job *job = &crew.jobs[next];

        take_back(&crew, job);
        is_more = vdi_fleet_stream_next(stream, &job->block);
        if (is_more) {
            send_away(&crew, job);
            next = (next + 1) % crew.n_jobs;
        }
        if (seen != NULL) {
            seen(vdi_fleet_stream_taken(stream), user);
        }
    }
    for (size_t i = 0; i < crew.n_jobs; i++) {
        take_back(&crew, &crew.jobs[(next + i) % crew.n_jobs]);
    }
    VdiSimulator *simulator = NULL;

    while ((simulator = g_async_queue_try_pop(crew.idle)) != NULL) {
        vdi_simulator_count(simulator, tally);
        vdi_simulator_free(simulator);
    }
    GPtrArray *sentences = g_steal_pointer(&crew.sentences);

    crew_clear(&crew);
    return sentences;
}
