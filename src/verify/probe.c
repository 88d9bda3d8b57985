/* probe.c - random parameters and prompts, from the experiment's own seed. */
#include "verify/probe.h"

#include "base/matrix.h"
#include "base/streams.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>

void probe_fill(const lsa_experiment *experiment, probe_stream stream, double scale, ptrdiff_t count, double *out)
{
    lsa_rng rng = lsa_stream_at(experiment->monte_carlo.seed, LSA_STREAM_CHECK, (uint64_t)stream);
    lsa_rng_normals(&rng, count, out);
    lsa_vec_scale(count, scale, out);
}

/* x := x scaled to the Euclidean norm `norm`. */
static void set_norm(ptrdiff_t n, double norm, double *x)
{
    const double present = lsa_vec_norm(n, x);
    if (present > 0.0)
        lsa_vec_scale(n, norm / present, x);
}

lsa_status probe_parameters(const claim_context *context, const lsa_program *program, probe_stream stream, double **out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reduced_view view;
    const ptrdiff_t size = lsa_program_size(program), d = context->experiment->data.d;
    lsa_predictions *p;
    double *x = lsa_vec_create(size), u;
    LSA_TRY_MEMORY(x, "random parameters");
    probe_fill(context->experiment, stream, 0.5, size, x);
    if (lsa_study_has_theory(context->study) && lsa_study_is_reduced(context->study, program)) {
        LSA_TRY(lsa_study_reduced_view(context->study, program, &view, err));
        LSA_TRY(lsa_study_predictions(context->study, &p, err));
        u = sqrt(lsa_vec_norm(d * d, p->A));
        x[view.u] = copysign(u, x[view.u]);
        set_norm(d * d, u, x + view.U);
        if (view.px >= 0)
            set_norm(d, u / 4, x + view.px);
        if (view.k >= 0)
            set_norm(d, u / 4, x + view.k);
    }
    *out = x;
    x = NULL;
done:
    free(x);
    return status;
}

lsa_status probe_law(const claim_context *context, ptrdiff_t longest, lsa_prompt_law *law, lsa_error *err)
{
    lsa_setting training = context->experiment->training;
    if (isfinite(training.context))
        training.context = fmin(training.context, (double)longest);
    return lsa_prompt_law_of(&training, law, err);
}
