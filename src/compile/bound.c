/* bound.c - numbers for symbols: the base basis and the constant matrices in it. */
#include "compile/bound.h"

#include "base/matrix.h"
#include "base/try.h"

#include <string.h>

const lsa_symbol *lsa_bound_symbol(const lsa_bound *bound, int symbol)
{
    return symbol < lsa_algebra_symbol_count(bound->algebra) ? lsa_algebra_symbol(bound->algebra, symbol)
                                                             : &bound->introduced;
}

lsa_atom lsa_bound_constant(int symbol)
{
    return (lsa_atom){.number = symbol, .index = LSA_INDEX_NONE, .of = LSA_SYMBOL};
}

lsa_atom lsa_bound_turned(const lsa_bound *bound, lsa_atom letter)
{
    const bool symmetric =
        letter.of == LSA_RUN || (letter.of == LSA_SYMBOL && lsa_bound_symbol(bound, letter.number)->symmetric);
    letter.transposed = !symmetric && !letter.transposed;
    return letter;
}

ptrdiff_t lsa_bound_size(const lsa_bound *bound, lsa_dim dim)
{
    return dim == LSA_DIM_ONE ? 1 : bound->binding->dims[dim];
}

/* A Wishart law is averaged over in symbols (derive.h): what needs numbers is its scale. */
static const lsa_covariance *numbers_of(const lsa_covariance *covariance)
{
    return covariance != NULL && covariance->kind == LSA_COVARIANCE_WISHART ? covariance->scale : covariance;
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

static bool same_basis(ptrdiff_t d, const double *V, const double *W)
{
    return V == W || memcmp(V, W, (size_t)d * (size_t)d * sizeof *V) == 0;
}

/* The basis that a covariance asks for: *settled when it asks for one, NULL being the user's. A mixture asks for
 * the one basis that its components share, or for the user's. */
static const double *asked_basis(const lsa_covariance *covariance, bool *settled)
{
    const double *basis = NULL;
    if (covariance == NULL || covariance->kind == LSA_COVARIANCE_LAWS) {
        *settled = *settled || covariance != NULL;
        return NULL;
    }
    const bool mixture = covariance->kind == LSA_COVARIANCE_MIXTURE;
    const ptrdiff_t n = mixture ? covariance->n_components : 1;
    for (ptrdiff_t c = 0; c < n; c++) {
        const lsa_covariance *one = mixture ? &covariance->components[c] : numbers_of(covariance);
        if (is_scalar(one))
            continue;
        const double *asked = is_rotated(one) ? one->basis : NULL;
        if (asked == NULL || (basis != NULL && !same_basis(one->d, asked, basis))) {
            *settled = true;
            return NULL;
        }
        basis = asked;
        *settled = true;
    }
    return basis;
}

/* V: Lambda's eigenbasis; a multiple of the identity leaves the choice to the query's covariance, then to Omega. */
static const double *choose_basis(const lsa_bound *bound)
{
    const lsa_setting *setting = bound->setting;
    const lsa_covariance *candidates[] = {setting->covariance, setting->query, setting->task_covariance};
    bool settled = false;
    if (lsa_bound_keeps_basis(bound))
        return NULL;
    for (size_t k = 0; k < sizeof candidates / sizeof *candidates && !settled; k++) {
        const double *basis = asked_basis(candidates[k], &settled);
        if (settled)
            return basis;
    }
    return NULL;
}

static void assign_roles(lsa_bound *bound)
{
    const lsa_statement *statement = bound->statement;
    for (int j = 0; j < statement->n_parameters; j++) {
        const int symbol = statement->parameters[j];
        bound->kind[symbol] = LSA_BOUND_PARAMETER;
        bound->parameter[symbol] = j;
        const int direction = lsa_derivation_direction(bound->derivation, j);
        if (direction < 0)
            continue;
        bound->kind[direction] = LSA_BOUND_DIRECTION;
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
    bound->setting = &binding->setting;
    bound->arena = arena;
    bound->basis = choose_basis(bound);
    bound->n_symbols = lsa_algebra_symbol_count(bound->algebra) + lsa_bound_room(&binding->setting);
    bound->introduced = (lsa_symbol){.name = "(average)",
                                     .kind = LSA_SYMBOL_MATRIX,
                                     .rows = LSA_DIM_D,
                                     .cols = LSA_DIM_D,
                                     .symmetric = true,
                                     .covariance = -1};
    bound->averages = lsa_intern_create(arena);
    LSA_TRY_MEMORY(bound->averages, "the numbers of a program");
    const size_t n = (size_t)bound->n_symbols;
    bound->kind = lsa_arena_alloc(arena, n, sizeof *bound->kind);
    bound->parameter = lsa_arena_alloc(arena, n, sizeof *bound->parameter);
    bound->known = lsa_arena_alloc(arena, n, sizeof *bound->known);
    bound->value = lsa_arena_alloc(arena, n, sizeof *bound->value);
    LSA_TRY_MEMORY(bound->kind, "the numbers of a program");
    LSA_TRY_MEMORY(bound->parameter, "the numbers of a program");
    LSA_TRY_MEMORY(bound->known, "the numbers of a program");
    LSA_TRY_MEMORY(bound->value, "the numbers of a program");
    assign_roles(bound);
    LSA_TRY(lsa_bound_check_laws(bound, err));
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

lsa_status lsa_bound_covariance(const lsa_bound *bound, const lsa_covariance *covariance, lsa_value *out,
                                lsa_error *err)
{
    if (is_scalar(covariance)) {
        *out = lsa_value_scalar(covariance->d, lsa_covariance_entry(covariance, 0, 0));
        return LSA_OK;
    }
    const bool rotated = is_rotated(covariance);
    if (bound->basis == NULL && !rotated)
        return plain_diagonal(bound, covariance, out, err);
    if (rotated && bound->basis != NULL && same_basis(covariance->d, covariance->basis, bound->basis)) {
        *out = lsa_value_diagonal(covariance->d, covariance->spectrum);
        return LSA_OK;
    }
    return rotate_covariance(bound, covariance, out, err);
}

/* Numbers that the user gives in his own basis. */
static lsa_status plain_value(const lsa_bound *bound, int symbol, const double *numbers, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *s = lsa_bound_symbol(bound, symbol);
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

const double *lsa_bound_user_numbers(const lsa_bound *bound, int symbol)
{
    for (int k = 0; k < bound->binding->n_values; k++)
        if (bound->binding->values[k].symbol == symbol)
            return bound->binding->values[k].values;
    return NULL;
}

lsa_status lsa_bound_missing(const lsa_bound *bound, int symbol, lsa_error *err)
{
    return lsa_error_set(err, LSA_ERR_INPUT, "no numbers are given for the symbol %s",
                         lsa_algebra_symbol(bound->algebra, symbol)->name);
}

/* The numbers of a constant in the user's basis; NULL where a covariance gives them, or nothing. The second moment of a
 * fixed task w is w w'. */
static lsa_status plain_numbers(const lsa_bound *bound, int symbol, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool fixed = bound->setting->task == LSA_TASK_FIXED;
    const double *w = bound->setting->task_vector;
    if (fixed && symbol == lsa_derivation_fixed_task(bound->derivation)) {
        *out = w;
    } else if (fixed && lsa_bound_symbol(bound, symbol)->role == LSA_ROLE_TASK_COVARIANCE) {
        const ptrdiff_t d = lsa_bound_size(bound, LSA_DIM_D);
        double *square = lsa_arena_alloc(bound->arena, (size_t)d, (size_t)d * sizeof *square);
        LSA_TRY_MEMORY(square, "the second moment of a task");
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++)
                square[i + j * d] = w[i] * w[j];
        *out = square;
    } else {
        *out = lsa_bound_user_numbers(bound, symbol);
    }
done:
    return status;
}

lsa_status lsa_bound_matrix(lsa_bound *bound, int symbol, lsa_value *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (!bound->known[symbol]) {
        const lsa_covariance *covariance = lsa_bound_named(bound, symbol);
        const double *numbers = NULL;
        LSA_TRY(plain_numbers(bound, symbol, &numbers, err));
        if (numbers != NULL)
            LSA_TRY(plain_value(bound, symbol, numbers, &bound->value[symbol], err));
        else if (covariance != NULL)
            LSA_TRY(lsa_bound_covariance(bound, numbers_of(covariance), &bound->value[symbol], err));
        else
            LSA_TRY(lsa_bound_missing(bound, symbol, err));
        bound->known[symbol] = true;
    }
    *out = bound->value[symbol];
done:
    return status;
}
