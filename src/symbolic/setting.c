/* setting.c - a setting as meanings of symbols: rho is N, the noise is zero, Omega is the identity, w is a constant.
 *
 * The query is the Gaussian `xq` and the task the Gaussian `w`, as in every shipped statement and in
 * docs/model-language.md. */
#include "symbolic/setting.h"
#include "base/try.h"

/* The single Gaussian vector of that name. */
static lsa_status find_gaussian(const lsa_algebra *algebra, const char *name, const char *role, int *out,
                                lsa_error *err)
{
    *out = lsa_algebra_find(algebra, name);
    if (*out < 0 || algebra->symbols[*out].kind != LSA_SYMBOL_GAUSSIAN ||
        algebra->symbols[*out].family != LSA_FAMILY_NONE)
        return lsa_error_set(err, LSA_ERR_UNABLE, "the statement has no Gaussian vector %s, %s", name, role);
    return LSA_OK;
}

static void drop_noise(lsa_algebra *algebra)
{
    for (int id = 0; id < algebra->n_symbols; id++) {
        const lsa_symbol *symbol = &algebra->symbols[id];
        if (symbol->kind == LSA_SYMBOL_GAUSSIAN && symbol->rows == LSA_DIM_ONE && symbol->cols == LSA_DIM_ONE)
            lsa_algebra_let(algebra, id, LSA_MEANS_ZERO);
    }
}

static lsa_status own_query(lsa_algebra *algebra, int *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int query = -1;
    lsa_symbol symbol;
    LSA_TRY(find_gaussian(algebra, "xq", "whose covariance could differ", &query, err));
    symbol = algebra->symbols[algebra->symbols[query].covariance];
    symbol.name = "Lambda_q";
    LSA_TRY(lsa_algebra_add_symbol(algebra, &symbol, covariance, err));
    algebra->symbols[query].covariance = *covariance;
done:
    return status;
}

static lsa_status fix_task(lsa_algebra *algebra, int *vector, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int task = -1;
    lsa_symbol symbol;
    LSA_TRY(find_gaussian(algebra, "w", "the task that could be fixed", &task, err));
    symbol = algebra->symbols[task];
    symbol.name = "w0";
    symbol.kind = LSA_SYMBOL_MATRIX;
    symbol.covariance = -1;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &symbol, vector, err));
    lsa_algebra_let(algebra, task, *vector);
done:
    return status;
}

static lsa_status drop_task_covariance(lsa_algebra *algebra, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int task = -1;
    LSA_TRY(find_gaussian(algebra, "w", "whose covariance could be the identity", &task, err));
    lsa_algebra_let(algebra, algebra->symbols[task].covariance, LSA_MEANS_IDENTITY);
done:
    return status;
}

/* Lambda, the covariance of the covariates x, becomes random. */
static lsa_status randomise_covariance(lsa_algebra *algebra, lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int x = lsa_algebra_find(algebra, "x");
    if (x < 0 || algebra->symbols[x].kind != LSA_SYMBOL_GAUSSIAN || algebra->symbols[x].cols != LSA_DIM_ONE ||
        algebra->symbols[x].rows == LSA_DIM_ONE) {
        status = lsa_error_set(err, LSA_ERR_UNABLE,
                               "the statement has no Gaussian vector x, whose covariance could be random");
        goto done;
    }
    out->covariance = algebra->symbols[x].covariance;
    LSA_TRY(lsa_wishart_add_symbols(algebra, out->covariance, &out->wishart, err));
done:
    return status;
}

lsa_status lsa_setting_apply(lsa_algebra *algebra, const lsa_statement *statement, const lsa_derive_options *options,
                             lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_setting){
        .query_covariance = -1, .fixed_task = -1, .covariance = -1, .wishart = {.vector = -1, .scale = -1, .dof = -1}};
    if (options->rho_is_N && statement->rho >= 0 && statement->samples >= 0)
        lsa_algebra_let(algebra, statement->rho, statement->samples);
    if (options->noiseless)
        drop_noise(algebra);
    if (options->identity_task)
        LSA_TRY(drop_task_covariance(algebra, err));
    if (options->own_query)
        LSA_TRY(own_query(algebra, &out->query_covariance, err));
    if (options->fixed_task)
        LSA_TRY(fix_task(algebra, &out->fixed_task, err));
    if (options->wishart)
        LSA_TRY(randomise_covariance(algebra, out, err));
done:
    return status;
}
