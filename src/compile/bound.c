/* bound.c - numbers for symbols: the base basis, the constant matrices in it, the constant scalars and their limits. */
#include "compile/bound.h"

#include "base/matrix.h"
#include "base/try.h"

#include <math.h>
#include <string.h>

double lsa_integer_power(double x, int exponent)
{
    double result = 1.0;
    for (unsigned e = exponent < 0 ? 0u - (unsigned)exponent : (unsigned)exponent; e > 0; e /= 2) {
        if (e % 2 != 0)
            result *= x;
        x *= x;
    }
    return exponent < 0 ? 1.0 / result : result;
}

ptrdiff_t lsa_bound_size(const lsa_bound *bound, lsa_dim dim)
{
    return dim == LSA_DIM_ONE ? 1 : bound->binding->dims[dim];
}

/* A covariance written as a matrix whose zeros do not already show that it is diagonal. */
static bool is_rotated(const lsa_covariance *covariance)
{
    if (covariance == NULL || covariance->kind != LSA_COVARIANCE_MATRIX)
        return false;
    const ptrdiff_t d = covariance->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j && covariance->matrix[i + j * d] != 0.0)
                return true;
    return false;
}

static bool is_scalar(const lsa_covariance *covariance)
{
    if (covariance == NULL)
        return true;
    if (is_rotated(covariance))
        return false;
    for (ptrdiff_t i = 1; i < covariance->d; i++)
        if (lsa_covariance_entry(covariance, i, i) != lsa_covariance_entry(covariance, 0, 0))
            return false;
    return true;
}

/* V: Lambda's eigenbasis; a multiple of the identity leaves the choice to the query's covariance, then to Omega. */
static const double *choose_basis(const lsa_binding *binding)
{
    const lsa_covariance *candidates[] = {binding->covariance, binding->query, binding->task};
    for (size_t k = 0; k < sizeof candidates / sizeof *candidates; k++) {
        if (is_rotated(candidates[k]))
            return candidates[k]->basis;
        if (!is_scalar(candidates[k]))
            return NULL;
    }
    return NULL;
}

static void assign_roles(lsa_bound *bound)
{
    const lsa_statement *statement = bound->statement;
    for (int j = 0; j < statement->n_parameters; j++) {
        const int symbol = statement->parameters[j];
        bound->role[symbol] = LSA_ROLE_PARAMETER;
        bound->parameter[symbol] = j;
        const int direction = lsa_derivation_direction(bound->derivation, j);
        if (direction < 0)
            continue;
        bound->role[direction] = LSA_ROLE_DIRECTION;
        bound->parameter[direction] = j;
    }
}

lsa_status lsa_bound_create(lsa_arena *arena, const lsa_derivation *derivation, const lsa_binding *binding,
                            lsa_bound **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_bound *bound = lsa_arena_alloc(arena, 1, sizeof *bound);
    LSA_TRY_MEMORY(bound, "the numbers of a program");
    bound->derivation = derivation;
    bound->algebra = lsa_derivation_algebra(derivation);
    bound->statement = lsa_derivation_statement(derivation);
    bound->binding = binding;
    bound->arena = arena;
    bound->basis = choose_basis(binding);
    bound->n_symbols = lsa_algebra_symbol_count(bound->algebra);
    const size_t n = (size_t)bound->n_symbols;
    bound->role = lsa_arena_alloc(arena, n, sizeof *bound->role);
    bound->parameter = lsa_arena_alloc(arena, n, sizeof *bound->parameter);
    bound->known = lsa_arena_alloc(arena, n, sizeof *bound->known);
    bound->value = lsa_arena_alloc(arena, n, sizeof *bound->value);
    LSA_TRY_MEMORY(bound->role, "the numbers of a program");
    LSA_TRY_MEMORY(bound->parameter, "the numbers of a program");
    LSA_TRY_MEMORY(bound->known, "the numbers of a program");
    LSA_TRY_MEMORY(bound->value, "the numbers of a program");
    assign_roles(bound);
    *out = bound;
done:
    return status;
}

/* The diagonal of a covariance that is diagonal in the user's basis. */
static lsa_status plain_diagonal(const lsa_bound *bound, const lsa_covariance *covariance, lsa_value *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *diagonal = lsa_arena_alloc(bound->arena, (size_t)covariance->d, sizeof *diagonal);
    LSA_TRY_MEMORY(diagonal, "a covariance");
    for (ptrdiff_t i = 0; i < covariance->d; i++)
        diagonal[i] = lsa_covariance_entry(covariance, i, i);
    *out = lsa_value_diagonal(covariance->d, diagonal);
done:
    return status;
}

/* V' C V for a symmetric C, exactly symmetric. */
static lsa_status rotate_covariance(const lsa_bound *bound, const lsa_covariance *covariance, lsa_value *out,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = covariance->d;
    double *full = lsa_arena_alloc(bound->arena, (size_t)d, (size_t)d * sizeof *full);
    LSA_TRY_MEMORY(full, "a covariance");
    lsa_covariance_matrix(covariance, full);
    const lsa_value plain = lsa_value_dense(d, d, full);
    lsa_value rotated;
    LSA_TRY(lsa_value_rotate(bound->arena, bound->basis, &plain, bound->basis, &rotated, err));
    LSA_TRY(lsa_value_symmetrise(bound->arena, &rotated, out, err));
done:
    return status;
}

static lsa_status covariance_value(const lsa_bound *bound, const lsa_covariance *covariance, lsa_value *out,
                                   lsa_error *err)
{
    const size_t d = (size_t)covariance->d;
    if (is_scalar(covariance)) {
        *out = lsa_value_scalar(covariance->d, lsa_covariance_entry(covariance, 0, 0));
        return LSA_OK;
    }
    const bool rotated = is_rotated(covariance);
    if (bound->basis == NULL && !rotated)
        return plain_diagonal(bound, covariance, out, err);
    if (rotated && bound->basis != NULL &&
        (covariance->basis == bound->basis || memcmp(covariance->basis, bound->basis, d * d * sizeof(double)) == 0)) {
        *out = lsa_value_diagonal(covariance->d, covariance->spectrum);
        return LSA_OK;
    }
    return rotate_covariance(bound, covariance, out, err);
}

/* Numbers that the user gives in his own basis. */
static lsa_status plain_value(const lsa_bound *bound, int symbol, const double *numbers, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *s = lsa_algebra_symbol(bound->algebra, symbol);
    const ptrdiff_t rows = lsa_bound_size(bound, s->rows), cols = lsa_bound_size(bound, s->cols);
    lsa_value plain = lsa_value_dense(rows, cols, numbers);
    if (s->rows == s->cols)
        LSA_TRY(lsa_value_narrow(bound->arena, rows, cols, numbers, &plain, err));
    const double *left = s->rows == LSA_DIM_D ? bound->basis : NULL;
    const double *right = s->cols == LSA_DIM_D ? bound->basis : NULL;
    LSA_TRY(lsa_value_rotate(bound->arena, left, &plain, right, out, err));
    if (s->symmetric && out->kind == LSA_VALUE_DENSE)
        LSA_TRY(lsa_value_symmetrise(bound->arena, out, out, err));
done:
    return status;
}

static const double *user_numbers(const lsa_bound *bound, int symbol)
{
    for (int k = 0; k < bound->binding->n_values; k++)
        if (bound->binding->values[k].symbol == symbol)
            return bound->binding->values[k].values;
    return NULL;
}

/* The covariance that a symbol names, or NULL. */
static const lsa_covariance *named_covariance(const lsa_bound *bound, int symbol)
{
    const char *name = lsa_algebra_symbol(bound->algebra, symbol)->name;
    if (symbol == lsa_derivation_query_covariance(bound->derivation))
        return bound->binding->query;
    if (strcmp(name, "Lambda") == 0)
        return bound->binding->covariance;
    return strcmp(name, "Omega") == 0 ? bound->binding->task : NULL;
}

static lsa_status no_number(const lsa_bound *bound, int symbol, lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_INPUT, "no numbers are given for the symbol %s",
                         lsa_algebra_symbol(bound->algebra, symbol)->name);
}

lsa_status lsa_bound_matrix(lsa_bound *bound, int symbol, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!bound->known[symbol]) {
        const lsa_covariance *covariance = named_covariance(bound, symbol);
        const double *numbers = symbol == lsa_derivation_fixed_task(bound->derivation) ? bound->binding->fixed_task
                                                                                       : user_numbers(bound, symbol);
        if (numbers != NULL)
            LSA_TRY(plain_value(bound, symbol, numbers, &bound->value[symbol], err));
        else if (covariance != NULL)
            LSA_TRY(covariance_value(bound, covariance, &bound->value[symbol], err));
        else
            LSA_TRY(no_number(bound, symbol, err));
        bound->known[symbol] = true;
    }
    *out = bound->value[symbol];
done:
    return status;
}

/* A constant scalar other than N and rho. */
static lsa_status scalar_value(const lsa_bound *bound, int symbol, double *out, lsa_error *err)
{
    const double *numbers = user_numbers(bound, symbol);
    if (numbers != NULL) {
        *out = numbers[0];
        return LSA_OK;
    }
    for (lsa_dim dim = LSA_DIM_D; dim < lsa_algebra_dim_count(bound->algebra); dim++)
        if (symbol == lsa_derivation_dim_symbol(bound->derivation, dim)) {
            *out = (double)lsa_bound_size(bound, dim);
            return LSA_OK;
        }
    if (strcmp(lsa_algebra_symbol(bound->algebra, symbol)->name, "s2") != 0)
        return no_number(bound, symbol, err);
    *out = bound->binding->label_noise;
    return LSA_OK;
}

/* N^a rho^b, or its limit. */
static lsa_status samples_value(const lsa_bound *bound, int a, int b, double *out, lsa_error *err)
{
    const double N = bound->binding->context, rho = bound->binding->normaliser;
    if (isinf(N)) {
        if (a + b > 0)
            return lsa_error_set(err, LSA_ERR_DOMAIN,
                                 "the loss has no limit as N -> inf: a term grows like N^%d rho^%d", a, b);
        *out = a + b == 0 ? 1.0 : 0.0;
        return LSA_OK;
    }
    if (N == 0.0 && a > 0) {
        *out = 0.0;
        return LSA_OK;
    }
    if ((N == 0.0 && a < 0) || (rho == 0.0 && b < 0))
        return lsa_error_set(err, LSA_ERR_DOMAIN,
                             "the loss has a term N^%d rho^%d, which is not defined at N = %g, "
                             "rho = %g",
                             a, b, N, rho);
    *out = lsa_integer_power(N, a) * lsa_integer_power(rho, b);
    return LSA_OK;
}

lsa_status lsa_bound_monomial(const lsa_bound *bound, int n, const lsa_power *powers, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int of_N = 0, of_rho = 0;
    double product = 1.0, samples = 1.0;
    for (int k = 0; k < n; k++) {
        const int symbol = powers[k].symbol;
        if (bound->role[symbol] != LSA_ROLE_CONSTANT)
            continue;
        if (symbol == bound->statement->samples) {
            of_N += powers[k].exponent;
        } else if (symbol == bound->statement->rho) {
            of_rho += powers[k].exponent;
        } else {
            double x = 0.0;
            LSA_TRY(scalar_value(bound, symbol, &x, err));
            if (x == 0.0 && powers[k].exponent < 0)
                LSA_TRY(lsa_error_set(err, LSA_ERR_DOMAIN, "the loss divides by %s, which is 0",
                                      lsa_algebra_symbol(bound->algebra, symbol)->name));
            product *= lsa_integer_power(x, powers[k].exponent);
        }
    }
    LSA_TRY(samples_value(bound, of_N, of_rho, &samples, err));
    *out = samples == 0.0 ? 0.0 : samples * product;
done:
    return status;
}
