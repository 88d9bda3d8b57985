/* batch_gradient.c - gradients of single prompts, summed in fixed groups and the groups in order.
 *
 * Through a layer the gradient is summed by the layer's blocks and pulled back to the parameters once, which is
 * linear. */
#include "empirical/batch_gradient.h"
#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include "empirical/covariance_factor.h"
#include "empirical/forward.h"
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Prompts summed by one thread at a time. Part of the result: another number would move last digits. */
enum { GROUP = 16 };

/* The scratch of one thread. */
typedef struct worker {
    lsa_prompt *prompt;
    lsa_forward_work *forward_work;
    double *layer_work, *one; /* one: a prompt's gradient */
} worker;

struct lsa_batch_gradient {
    lsa_prompt_law law;
    lsa_prompts *prompts;
    lsa_forward *forward;
    lsa_layer *layer; /* NULL: the statement has none */
    bool plain;       /* the target is the prompt's own */
    ptrdiff_t batch, groups, n, n_parameters;
    int threads;
    worker *worker;
    double *sum, *loss, *tasks; /* n a group, 1 a group, d a task */
};

static void clear_worker(worker *w)
{
    lsa_prompt_destroy(w->prompt);
    lsa_forward_work_destroy(w->forward_work);
    free(w->layer_work);
    free(w->one);
}

static lsa_status init_worker(const lsa_batch_gradient *g, worker *w, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_prompt_create(g->prompts, &w->prompt, err));
    LSA_TRY(lsa_forward_work_create(g->forward, &w->forward_work, err));
    w->layer_work = lsa_vec_create(g->layer ? lsa_layer_fast_work_size(g->layer, g->law.M) : 1);
    w->one = lsa_vec_create(g->n);
    LSA_TRY_MEMORY(w->layer_work, "a training thread");
    LSA_TRY_MEMORY(w->one, "a training thread");
done:
    return status;
}

static const double largest_pool = 134217728.0; /* 2^27 doubles, 1 GiB */

/* Task t is N(0, Omega) from a stream beyond those of the prompts. */
static lsa_status draw_tasks(lsa_batch_gradient *g, double count, uint64_t seed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = g->law.d, tasks = (ptrdiff_t)fmin(count, largest_pool / (double)d);
    lsa_factor factor = {0};
    double *z = lsa_vec_create(d);
    LSA_TRY_MEMORY(z, "the pool of tasks");
    if (count > (double)tasks)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "a pool of %.17g tasks is more than 2^27 numbers", count));
    LSA_TRY(lsa_factor_init(&factor, g->law.setting.task_covariance, err));
    g->tasks = lsa_vec_create(d * tasks);
    LSA_TRY_MEMORY(g->tasks, "the pool of tasks");
    for (ptrdiff_t t = 0; t < tasks; t++) {
        lsa_rng rng = lsa_stream_at(seed, LSA_STREAM_TRAIN_TASK, (uint64_t)t);
        lsa_rng_normals(&rng, d, z);
        lsa_factor_apply(&factor, z, g->tasks + t * d);
    }
    g->law.tasks = g->tasks;
    g->law.n_tasks = tasks;
done:
    lsa_factor_clear(&factor);
    free(z);
    return status;
}

static lsa_status make_workers(lsa_batch_gradient *g, int threads, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int wanted = threads > 0 ? threads : omp_get_max_threads();
    g->groups = (g->batch + GROUP - 1) / GROUP;
    g->threads = (ptrdiff_t)wanted < g->groups ? wanted : (int)g->groups;
    g->worker = calloc((size_t)g->threads, sizeof *g->worker);
    g->sum = lsa_vec_create(g->n * g->groups);
    g->loss = lsa_vec_create(g->groups);
    LSA_TRY_MEMORY(g->worker, "training threads");
    LSA_TRY_MEMORY(g->sum, "training threads");
    LSA_TRY_MEMORY(g->loss, "training threads");
    for (int t = 0; t < g->threads; t++)
        LSA_TRY(init_worker(g, &g->worker[t], err));
done:
    return status;
}

lsa_status lsa_batch_gradient_create(const lsa_experiment *experiment, ptrdiff_t batch, double tasks, uint64_t seed,
                                     int threads, lsa_batch_gradient **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_batch_gradient *g = calloc(1, sizeof *g);
    LSA_TRY_MEMORY(g, "a batch of training prompts");
    g->batch = batch;
    LSA_TRY(lsa_prompt_law_training(experiment, &g->law, err));
    LSA_TRY(lsa_forward_create(experiment, &g->law, &g->forward, err));
    g->n = g->n_parameters = lsa_forward_parameter_count(g->forward);
    g->plain = lsa_forward_target_is_plain(g->forward);
    if (lsa_statement_runs_layer(experiment->statement)) {
        LSA_TRY(lsa_layer_create(g->law.d, experiment->data.heads, experiment->statement->masked, &g->layer, err));
        g->n = lsa_layer_block_count(g->layer);
    }
    if (isfinite(tasks))
        LSA_TRY(draw_tasks(g, tasks, seed, err));
    LSA_TRY(lsa_prompts_create(&g->law, seed, LSA_PROMPTS_TRAIN, &g->prompts, err));
    LSA_TRY(make_workers(g, threads, err));
    *out = g;
    g = NULL;
done:
    lsa_batch_gradient_destroy(g);
    return status;
}

void lsa_batch_gradient_destroy(lsa_batch_gradient *g)
{
    if (!g)
        return;
    for (int t = 0; g->worker && t < g->threads; t++)
        clear_worker(&g->worker[t]);
    lsa_prompts_destroy(g->prompts);
    lsa_layer_destroy(g->layer);
    lsa_forward_destroy(g->forward);
    free(g->worker);
    free(g->sum);
    free(g->loss);
    free(g->tasks);
    free(g);
}

ptrdiff_t lsa_batch_gradient_count(const lsa_batch_gradient *g)
{
    return g->n_parameters;
}

/* One prompt's gradient into w->one; its loss. */
static double prompt_gradient(const lsa_batch_gradient *g, worker *w, const double *parameters, uint64_t index)
{
    double prediction = 0.0, target = 0.0;
    lsa_prompt_draw(g->prompts, index, w->prompt);
    if (g->layer) {
        target = w->prompt->target;
        if (!g->plain)
            lsa_forward_target(g->forward, w->forward_work, parameters, w->prompt, &target);
        prediction = lsa_layer_block_gradient(g->layer, w->prompt, target, w->one, w->layer_work);
    } else {
        lsa_forward_evaluate(g->forward, w->forward_work, parameters, w->prompt, &prediction, &target);
        lsa_forward_gradient(g->forward, w->forward_work, parameters, w->prompt, w->one);
    }
    return 0.5 * (prediction - target) * (prediction - target);
}

static void sum_group(lsa_batch_gradient *g, worker *w, const double *parameters, uint64_t first, ptrdiff_t group)
{
    const ptrdiff_t start = group * GROUP;
    const ptrdiff_t end = start + GROUP < g->batch ? start + GROUP : g->batch;
    double *sum = g->sum + group * g->n;
    memset(sum, 0, (size_t)g->n * sizeof(double));
    g->loss[group] = 0.0;
    for (ptrdiff_t b = start; b < end; b++) {
        g->loss[group] += prompt_gradient(g, w, parameters, first + (uint64_t)b);
        for (ptrdiff_t k = 0; k < g->n; k++)
            sum[k] += w->one[k];
    }
}

double lsa_batch_gradient_eval(lsa_batch_gradient *g, const double *parameters, uint64_t first, double *out)
{
    double loss = 0.0;
    if (g->layer)
        lsa_forward_fill_layer(g->forward, g->worker[0].forward_work, parameters, g->layer);
#pragma omp parallel for schedule(static) num_threads(g->threads) if (g->threads > 1)
    for (ptrdiff_t group = 0; group < g->groups; group++)
        sum_group(g, &g->worker[omp_get_thread_num()], parameters, first, group);
    for (ptrdiff_t group = 0; group < g->groups; group++) {
        loss += g->loss[group];
        for (ptrdiff_t k = 0; group > 0 && k < g->n; k++)
            g->sum[k] += g->sum[group * g->n + k];
    }
    lsa_vec_scale(g->n, 1.0 / (double)g->batch, g->sum);
    if (g->layer) {
        memset(out, 0, (size_t)g->n_parameters * sizeof(double));
        lsa_forward_pull_back(g->forward, g->worker[0].forward_work, parameters, g->sum, out);
    } else {
        memcpy(out, g->sum, (size_t)g->n * sizeof(double));
    }
    return loss / (double)g->batch;
}
