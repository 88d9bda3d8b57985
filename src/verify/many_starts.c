/* many_starts.c - see many_starts.h. */
#include "verify/many_starts.h"

#include "base/try.h"
#include <math.h>
#include <string.h>

/* Losses of ends are known to some 1e-10 of the loss at zero; spurious minima differ by more than this share of it. */
static const double same_loss = 1e-6;

/* The flow's end from the study's start (seed 0) or from a Gaussian one; state NULL where there is none. */
static lsa_status end_from(lsa_study *study, lsa_arena *arena, uint64_t seed, many_end *out, double *at_zero,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *own = NULL;
    const lsa_trajectory *run;
    const lsa_program *program;
    lsa_error story = {0};
    ptrdiff_t size;
    lsa_study_options options = *lsa_study_settings(study);
    lsa_experiment e = *lsa_study_experiment(study);
    if (seed > 0)
        e.init = (lsa_init){.scheme = LSA_INIT_GAUSSIAN, .scale = seed % 2 == 0 ? 0.1 : 0.7, .seed = seed};
    options.progress = NULL;
    options.gradient_only = false;
    *out = (many_end){.starts = 1};
    LSA_TRY(lsa_study_create(&e, &options, &own, err));
    LSA_TRY(lsa_study_program(own, &program, err));
    LSA_TRY(lsa_study_size(own, &size, err));
    *at_zero = lsa_program_loss_at_zero(program);
    status = lsa_study_trajectory(own, &run, &story);
    if (status == LSA_ERR_INTERRUPTED || status == LSA_ERR_MEMORY)
        LSA_TRY(lsa_error_copy(err, status, &story));
    if (status != LSA_OK || lsa_trajectory_final(run).state == NULL) {
        status = LSA_OK;
        goto done;
    }
    double *state = lsa_arena_alloc(arena, (size_t)size, sizeof *state);
    LSA_TRY_MEMORY(state, "the end of a flow");
    memcpy(state, lsa_trajectory_final(run).state, (size_t)size * sizeof *state);
    out->loss = lsa_trajectory_final(run).loss;
    out->kind = lsa_trajectory_classification(run).kind;
    out->state = state;
done:
    lsa_study_destroy(own);
    return status;
}

/* Into the list, in the order of losses. */
static void add(many_ends *all, const many_end *end, double tolerance)
{
    ptrdiff_t k = 0;
    while (k < all->count && all->ends[k].loss < end->loss - tolerance)
        k++;
    for (ptrdiff_t j = k; j < all->count && all->ends[j].loss <= end->loss + tolerance; j++) {
        if (all->ends[j].kind != end->kind)
            continue;
        all->ends[j].starts++;
        if (end->loss < all->ends[j].loss) {
            all->ends[j].loss = end->loss;
            all->ends[j].state = end->state;
        }
        return;
    }
    while (k < all->count && all->ends[k].loss <= end->loss)
        k++;
    memmove(&all->ends[k + 1], &all->ends[k], (size_t)(all->count - k) * sizeof *all->ends);
    all->ends[k] = *end;
    all->count++;
}

lsa_status many_starts_run(lsa_study *study, lsa_arena *arena, many_ends *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (many_ends){.starts = MANY_STARTS + 1};
    for (uint64_t seed = 0; seed <= MANY_STARTS; seed++) {
        many_end end;
        double at_zero = 0.0;
        LSA_TRY(end_from(study, arena, seed, &end, &at_zero, err));
        if (end.state == NULL || !isfinite(end.loss))
            out->failed++;
        else
            add(out, &end, same_loss * fmax(at_zero, fabs(end.loss)));
    }
    if (out->count == 0)
        status = lsa_error_set(err, LSA_ERR_UNABLE, "no start's flow came to an end");
done:
    return status;
}
