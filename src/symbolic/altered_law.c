/* altered_law.c - a setting as meanings of symbols: rho is N, the noise is zero, Omega is the identity, the task is a
 * constant, lengths are mixed. Who is query, task, context and noise is the statement's own knowledge (lsa_role). */
#include "symbolic/altered_law.h"
#include "base/try.h"
#include "symbolic/mixing.h"
#include <math.h>

/* s2 is zero, and so is what has that variance. */
static void drop_noise(lsa_algebra *algebra, const lsa_statement *statement)
{
    for (int id = 0; id < statement->n_symbols; id++)
        if (statement->symbols[id].role == LSA_ROLE_NOISE || statement->symbols[id].role == LSA_ROLE_NOISE_VARIANCE)
            lsa_algebra_let(algebra, id, LSA_MEANS_ZERO);
}

static lsa_status require(int gaussian, const char *what, lsa_error *err)
{
    return gaussian >= 0 ? LSA_OK : lsa_error_set(err, LSA_ERR_UNABLE, "the statement has no %s", what);
}

static lsa_status own_query(lsa_algebra *algebra, int query, int *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(require(query, "query, whose covariance could differ", err));
    lsa_symbol symbol = algebra->symbols[algebra->symbols[query].covariance];
    symbol.name = "Lambda_q";
    symbol.role = LSA_ROLE_NONE;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &symbol, covariance, err));
    algebra->symbols[query].covariance = *covariance;
done:
    return status;
}

static lsa_status fix_task(lsa_algebra *algebra, int task, int *vector, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(require(task, "task that could be fixed", err));
    lsa_symbol symbol = algebra->symbols[task];
    symbol.name = "w0";
    symbol.kind = LSA_SYMBOL_MATRIX;
    symbol.role = LSA_ROLE_NONE;
    symbol.covariance = -1;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &symbol, vector, err));
    lsa_algebra_let(algebra, task, *vector);
done:
    return status;
}

static lsa_status mix_task(lsa_algebra *algebra, int task, int *moments, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(require(task, "task that could lie on a sphere", err));
    LSA_TRY(lsa_mixing_add_moments(algebra, "sphere", moments, err));
    LSA_TRY(lsa_mixing_let(algebra, task, *moments, err));
done:
    return status;
}

static lsa_status mix_contexts(lsa_algebra *algebra, const lsa_statement *statement, int *moments, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_mixing_add_moments(algebra, "student", moments, err));
    for (int id = 0; id < statement->n_symbols; id++)
        if (statement->symbols[id].role == LSA_ROLE_CONTEXT)
            LSA_TRY(lsa_mixing_let(algebra, id, *moments, err));
done:
    return status;
}

static bool is_identity(const lsa_covariance *covariance)
{
    return covariance->kind == LSA_COVARIANCE_SCALAR && covariance->spectrum[0] == 1.0;
}

lsa_derive_options lsa_derive_options_of(const lsa_setting *setting, bool simplify)
{
    return (lsa_derive_options){.rho_is_N = simplify && !setting->normalise_plus_one,
                                .noiseless = simplify && setting->label_noise == 0.0,
                                .identity_task = simplify && setting->task == LSA_TASK_GAUSSIAN &&
                                                 is_identity(setting->task_covariance),
                                .own_query = !setting->query_is_same,
                                .fixed_task = setting->task == LSA_TASK_FIXED,
                                .sphere = setting->task == LSA_TASK_SPHERE,
                                .student = setting->student > 0.0 && isfinite(setting->student),
                                .wishart = setting->covariance->kind == LSA_COVARIANCE_WISHART};
}

lsa_status lsa_variant_apply(lsa_algebra *algebra, const lsa_statement *statement, const lsa_derive_options *options,
                             lsa_variant *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_variant){.query_covariance = -1,
                         .fixed_task = -1,
                         .student = -1,
                         .sphere = -1,
                         .covariance = -1,
                         .wishart = {.vector = -1, .scale = -1, .dof = -1}};
    if (options->rho_is_N && statement->rho >= 0)
        lsa_algebra_let(algebra, statement->rho, statement->samples);
    if (options->noiseless)
        drop_noise(algebra, statement);
    if (options->identity_task && statement->task_covariance >= 0)
        lsa_algebra_let(algebra, statement->task_covariance, LSA_MEANS_IDENTITY);
    if (options->own_query)
        LSA_TRY(own_query(algebra, statement->query, &out->query_covariance, err));
    if (options->fixed_task)
        LSA_TRY(fix_task(algebra, statement->task, &out->fixed_task, err));
    if (options->sphere)
        LSA_TRY(mix_task(algebra, statement->task, &out->sphere, err));
    if (options->student)
        LSA_TRY(mix_contexts(algebra, statement, &out->student, err));
    if (options->wishart && statement->covariance >= 0) {
        out->covariance = statement->covariance;
        LSA_TRY(lsa_wishart_add_symbols(algebra, out->covariance, &out->wishart, err));
    }
done:
    return status;
}
