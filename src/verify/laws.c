/* laws.c - model's covariances in theory's words; the two modules do not know each other. */
#include "verify/laws.h"

#include "base/try.h"

lsa_second_moment laws_moment(const lsa_covariance *covariance)
{
    if (covariance->matrix != NULL)
        return (lsa_second_moment){.matrix = covariance->matrix};
    return (lsa_second_moment){.diagonal = covariance->spectrum};
}

bool laws_task_is_linear(const lsa_setting *test)
{
    return test->task == LSA_TASK_GAUSSIAN || test->task == LSA_TASK_FIXED || test->task == LSA_TASK_SPHERE;
}

bool laws_covariates_as_trained(const lsa_setting *test)
{
    return test->covariance_is_train && test->query_is_same && test->mean == NULL && test->student == 0.0 &&
           !test->query_orthogonal;
}

lsa_second_moment laws_task(const lsa_setting *test)
{
    if (test->task == LSA_TASK_FIXED)
        return (lsa_second_moment){.vector = test->task_vector};
    return laws_moment(test->task_covariance);
}

static lsa_theory_scalar_law scalar_law(const lsa_law *law)
{
    static const lsa_theory_scalar_kind kinds[] = {[LSA_LAW_POINT] = LSA_THEORY_POINT,
                                                   [LSA_LAW_EXPONENTIAL] = LSA_THEORY_EXPONENTIAL,
                                                   [LSA_LAW_UNIFORM] = LSA_THEORY_UNIFORM,
                                                   [LSA_LAW_GAMMA] = LSA_THEORY_GAMMA,
                                                   [LSA_LAW_TWO_POINT] = LSA_THEORY_TWO_POINT};
    return (lsa_theory_scalar_law){kinds[law->kind], {law->parameter[0], law->parameter[1], law->parameter[2]}};
}

static lsa_status diagonal_law(const lsa_covariance *covariance, lsa_arena *arena, lsa_theory_covariance_law *out,
                               lsa_error *err)
{
    lsa_theory_scalar_law *entries = lsa_arena_alloc(arena, (size_t)covariance->d, sizeof *entries);
    if (entries == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the laws of a covariance");
    for (ptrdiff_t i = 0; i < covariance->d; i++)
        entries[i] = scalar_law(&covariance->laws[i]);
    *out = (lsa_theory_covariance_law){.kind = LSA_THEORY_DIAGONAL, .entries = entries};
    return LSA_OK;
}

static lsa_status mixture_law(const lsa_covariance *covariance, lsa_arena *arena, lsa_theory_covariance_law *out,
                              lsa_error *err)
{
    lsa_second_moment *matrices = lsa_arena_alloc(arena, (size_t)covariance->n_components, sizeof *matrices);
    if (matrices == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the components of a covariance");
    for (ptrdiff_t c = 0; c < covariance->n_components; c++)
        matrices[c] = laws_moment(&covariance->components[c]);
    *out = (lsa_theory_covariance_law){.kind = LSA_THEORY_MIXTURE,
                                       .components = covariance->n_components,
                                       .weights = covariance->weights,
                                       .matrices = matrices};
    return LSA_OK;
}

lsa_status laws_covariance(const lsa_covariance *covariance, lsa_arena *arena, lsa_theory_covariance_law *out,
                           lsa_error *err)
{
    switch (covariance->kind) {
    case LSA_COVARIANCE_LAWS:
        return diagonal_law(covariance, arena, out, err);
    case LSA_COVARIANCE_MIXTURE:
        return mixture_law(covariance, arena, out, err);
    case LSA_COVARIANCE_WISHART:
        *out = (lsa_theory_covariance_law){
            .kind = LSA_THEORY_WISHART, .dof = covariance->dof, .scale = laws_moment(covariance->scale)};
        return LSA_OK;
    default:
        *out = (lsa_theory_covariance_law){.kind = LSA_THEORY_FIXED, .scale = laws_moment(covariance)};
        return LSA_OK;
    }
}

lsa_status laws_ranks(const lsa_covariance *covariance, ptrdiff_t *least, ptrdiff_t *most, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_covariance_law law;
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "the law of a covariance");
    LSA_TRY(laws_covariance(covariance, arena, &law, err));
    LSA_TRY(lsa_theory_random_ranks(covariance->d, &law, least, most, err));
done:
    lsa_arena_destroy(arena);
    return status;
}

lsa_theory_law laws_training(ptrdiff_t d, const lsa_setting *training)
{
    return (lsa_theory_law){.d = d,
                            .context = training->context,
                            .normalise_plus_one = training->normalise_plus_one,
                            .covariance = laws_moment(training->covariance),
                            .task = laws_moment(training->task_covariance),
                            .label_noise = training->label_noise};
}

lsa_status laws_random_training(ptrdiff_t d, const lsa_setting *training, lsa_arena *arena, lsa_theory_random_law *out,
                                lsa_error *err)
{
    *out = (lsa_theory_random_law){.d = d,
                                   .context = training->context,
                                   .normalise_plus_one = training->normalise_plus_one,
                                   .task = laws_moment(training->task_covariance),
                                   .label_noise = training->label_noise};
    return laws_covariance(training->covariance, arena, &out->covariance, err);
}
