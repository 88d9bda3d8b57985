/* slots.c - binds the symbols of a statement to the numbers of an experiment and a prompt law.
 *
 * Constants have their role by name (N, rho, s2, Lambda, Omega), Gaussians by their covariance; the first Gaussian of a
 * role is the prompt's own, any other is drawn beside it. */
#include "empirical/slots.h"
#include "base/try.h"
#include <math.h>
#include <string.h>

typedef struct setting {
    lsa_arena *arena;
    const lsa_experiment *experiment;
    const lsa_statement *statement;
    const lsa_prompt_law *law;
} setting;

static bool is_named(const setting *s, int symbol, const char *name)
{
    return symbol >= 0 && strcmp(s->statement->symbols[symbol].name, name) == 0;
}

static ptrdiff_t family_size(const setting *s, const lsa_symbol *symbol)
{
    switch (symbol->family) {
    case LSA_FAMILY_SAMPLE:
        return s->law->M;
    case LSA_FAMILY_HEAD:
        return s->experiment->data.heads;
    default:
        return 1;
    }
}

/* ---- Constants -------------------------------------------------------------------------------------------------- */

static const double *user_values(const setting *s, int symbol)
{
    for (int v = 0; v < s->experiment->data.n_values; v++)
        if (s->experiment->data.values[v].symbol == symbol)
            return s->experiment->data.values[v].values;
    return NULL;
}

static lsa_status set_scalar(const setting *s, lsa_slot *slot, double x, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *value = lsa_arena_alloc(s->arena, 1, sizeof *value);
    LSA_TRY_MEMORY(value, "a constant");
    *value = x;
    slot->origin = LSA_ORIGIN_CONSTANT;
    slot->value = value;
done:
    return status;
}

static lsa_status set_covariance(const setting *s, lsa_slot *slot, const lsa_covariance *covariance, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t d = (size_t)covariance->d;
    double *value = lsa_arena_alloc(s->arena, d * d, sizeof *value);
    LSA_TRY_MEMORY(value, "a covariance");
    lsa_covariance_matrix(covariance, value);
    slot->origin = LSA_ORIGIN_CONSTANT;
    slot->value = value;
done:
    return status;
}

static lsa_status set_constant(const setting *s, lsa_slot *slot, int symbol, lsa_error *err)
{
    if (symbol == s->statement->samples)
        return set_scalar(s, slot, (double)s->law->M, err);
    if (symbol == s->statement->rho)
        return set_scalar(s, slot, s->law->rho, err);
    if (is_named(s, symbol, "s2"))
        return set_scalar(s, slot, s->law->label_noise, err);
    if (is_named(s, symbol, "Lambda"))
        return set_covariance(s, slot, s->law->covariance, err);
    if (is_named(s, symbol, "Omega"))
        return set_covariance(s, slot, s->law->task, err);
    slot->value = user_values(s, symbol);
    slot->origin = slot->value ? LSA_ORIGIN_CONSTANT : LSA_ORIGIN_NONE; /* an error only where it is used */
    return LSA_OK;
}

/* ---- Gaussians -------------------------------------------------------------------------------------------------- */

static bool is_taken(const setting *s, const lsa_slots *slots, lsa_origin role)
{
    for (int i = 0; i < s->statement->n_symbols; i++)
        if (slots->slot[i].origin == role)
            return true;
    return false;
}

/* The role that a Gaussian of this covariance and family has in a prompt. */
static lsa_origin role_of(const setting *s, const lsa_symbol *symbol)
{
    const bool sampled = symbol->family == LSA_FAMILY_SAMPLE;
    if (is_named(s, symbol->covariance, "Lambda"))
        return sampled ? LSA_ORIGIN_CONTEXT : LSA_ORIGIN_QUERY;
    if (is_named(s, symbol->covariance, "Omega") && symbol->family == LSA_FAMILY_NONE)
        return LSA_ORIGIN_TASK;
    if (is_named(s, symbol->covariance, "s2") && sampled)
        return LSA_ORIGIN_NOISE;
    return LSA_ORIGIN_FURTHER;
}

static lsa_status add_further(const setting *s, lsa_slots *slots, int symbol, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *gaussian = &s->statement->symbols[symbol];
    const lsa_slot *covariance = &slots->slot[gaussian->covariance];
    lsa_slot *slot = &slots->slot[symbol];
    lsa_further *further = &slots->further[slots->n_further];
    if (covariance->origin != LSA_ORIGIN_CONSTANT)
        LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT, "the covariance of %s has no number", gaussian->name));
    LSA_TRY(lsa_factor_init_matrix(&further->factor, slot->rows, covariance->value, err));
    further->count = family_size(s, gaussian);
    slot->origin = LSA_ORIGIN_FURTHER;
    slot->offset = slots->further_count;
    slots->further_count += further->count * slot->rows;
    slots->n_further++;
done:
    return status;
}

static lsa_status set_gaussian(const setting *s, lsa_slots *slots, int symbol, lsa_error *err)
{
    const lsa_origin role = role_of(s, &s->statement->symbols[symbol]);
    if (role == LSA_ORIGIN_FURTHER || is_taken(s, slots, role))
        return add_further(s, slots, symbol, err);
    slots->slot[symbol].origin = role;
    return LSA_OK;
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static void place_parameters(const setting *s, lsa_slots *slots)
{
    for (int p = 0; p < s->statement->n_parameters; p++) {
        const int symbol = s->statement->parameters[p];
        lsa_slot *slot = &slots->slot[symbol];
        slot->origin = LSA_ORIGIN_PARAMETER;
        slot->offset = slots->parameter_count;
        slots->parameter_count += slot->rows * slot->cols * family_size(s, &s->statement->symbols[symbol]);
    }
}

/* Constants first: Gaussians read their covariances. */
static lsa_status set_all(const setting *s, lsa_slots *slots, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int n = s->statement->n_symbols;
    for (int i = 0; i < n; i++) {
        const lsa_symbol *symbol = &s->statement->symbols[i];
        slots->slot[i].rows = s->experiment->dims[symbol->rows];
        slots->slot[i].cols = s->experiment->dims[symbol->cols];
        slots->slot[i].family = symbol->family != LSA_FAMILY_NONE;
        if (symbol->kind == LSA_SYMBOL_SCALAR || symbol->kind == LSA_SYMBOL_MATRIX)
            LSA_TRY(set_constant(s, &slots->slot[i], i, err));
    }
    for (int i = 0; i < n; i++)
        if (s->statement->symbols[i].kind == LSA_SYMBOL_GAUSSIAN)
            LSA_TRY(set_gaussian(s, slots, i, err));
    place_parameters(s, slots);
done:
    return status;
}

lsa_status lsa_slots_init(lsa_slots *slots, lsa_arena *arena, const lsa_experiment *experiment,
                          const lsa_prompt_law *law, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const setting s = {arena, experiment, experiment->statement, law};
    const size_t n = (size_t)experiment->statement->n_symbols;
    slots->slot = lsa_arena_alloc(arena, n, sizeof *slots->slot);
    LSA_TRY_MEMORY(slots->slot, "the symbols of a statement");
    slots->further = lsa_arena_alloc(arena, n, sizeof *slots->further);
    LSA_TRY_MEMORY(slots->further, "the symbols of a statement");
    LSA_TRY(set_all(&s, slots, err));
done:
    return status;
}

void lsa_slots_clear(lsa_slots *slots)
{
    for (int f = 0; f < slots->n_further; f++)
        lsa_factor_clear(&slots->further[f].factor);
    slots->n_further = 0;
}
