/* study_path.c - the study's flow with a coarser one beside it. */
#include "verify/study_state.h"

#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

/* How much coarser the second run is, and the coarsest that the flow takes. */
static const double coarser = 10.0, coarsest = 1e-2;

/* The samples that the integration reached. */
static ptrdiff_t count_reached(const lsa_trajectory *run)
{
    const double end = lsa_trajectory_raw(run).time;
    ptrdiff_t count = 0;
    while (count < lsa_trajectory_count(run) && lsa_trajectory_sample(run, count).time <= end)
        count++;
    return count;
}

/* Whether the coarse run has a sample for each of the run's, and the end. */
static bool has_all(const flow_path *path, const lsa_trajectory *coarse)
{
    return coarse != NULL && lsa_trajectory_count(coarse) == path->count &&
           lsa_trajectory_raw(coarse).time == lsa_trajectory_raw(path->run).time;
}

lsa_status study_path_beside(const lsa_program *program, const double *start, const lsa_flow_options *as,
                             const flow_path *path, lsa_trajectory **out, lsa_error *story, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_flow_options options = *as;
    double *times = lsa_vec_create(path->count + 1);
    LSA_TRY_MEMORY(times, "the times of a path");
    for (ptrdiff_t k = 0; k < path->count; k++)
        times[k] = lsa_trajectory_sample(path->run, k).time;
    options.n_times = path->count;
    options.times = times;
    options.stop.gap = options.stop.gradient = NAN;
    options.stop.time = lsa_trajectory_raw(path->run).time;
    options.drop_states = false;
    if (path->count > 0)
        status = lsa_flow_run(program, start, &options, out, story);
    if (status == LSA_ERR_SOLVER || status == LSA_ERR_UNABLE)
        status = LSA_OK;
    else if (status != LSA_OK)
        LSA_TRY(lsa_error_copy(err, status, story));
done:
    free(times);
    return status;
}

lsa_status study_path_complete(const lsa_program *program, const double *start, const lsa_flow_options *as,
                               flow_path *path, lsa_trajectory **coarse, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_error story = {0};
    lsa_flow_options options = *as;
    path->count = count_reached(path->run);
    path->size = lsa_program_size(program);
    path->rtol = as->rtol;
    path->alone = coarse == NULL;
    if (path->alone)
        return LSA_OK;
    options.rtol = fmin(coarser * options.rtol, coarsest);
    LSA_TRY(study_path_beside(program, start, &options, path, coarse, &story, err));
    path->coarse = has_all(path, *coarse) ? *coarse : NULL;
done:
    return status;
}

/* The form by which the flow measures its gap, without cancellation: of heads u U that are the whole loss; with keys and
 * queries it is a difference of losses. */
static const lsa_form *whole_form(const lsa_program *program)
{
    const lsa_form *form = lsa_program_product_form(program);
    return form != NULL && !form->partial && form->rank == 0 ? form : NULL;
}

/* |V|_F. */
static double limit_norm(const lsa_form *form)
{
    double sum = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            sum += pow(lsa_form_limit(form, i, j), 2.0);
    return sqrt(sum);
}

lsa_status lsa_study_path(lsa_study *study, flow_path *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program;
    double minimum;
    if (study->path.run == NULL) {
        flow_path path = {.run = NULL};
        lsa_flow_options options;
        LSA_TRY(lsa_study_trajectory(study, &path.run, err));
        LSA_TRY(lsa_study_program(study, &program, err));
        LSA_TRY(lsa_study_minimum_loss(study, &minimum, err));
        path.loss_at_zero = lsa_program_loss_at_zero(program);
        path.depth = path.loss_at_zero - minimum;
        path.form = whole_form(program);
        path.product = path.form != NULL ? limit_norm(path.form) : (double)NAN;
        LSA_TRY(study_flow_options(study, &options, err));
        LSA_TRY(study_path_complete(program, study->start, &options, &path, study->trusts_run ? NULL : &study->coarse,
                                    err));
        study->path = path;
    }
    *out = study->path;
done:
    return status;
}
