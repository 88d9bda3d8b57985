/* slots.c - binds the symbols of a statement to the numbers of an experiment and a prompt law.
 *
 * Roles are the statement's own knowledge (lsa_role). The query, the task, the only context and the only family of label
 * noise are the prompt's own; any other Gaussian is drawn beside it, from the law of its covariance symbol. */
#include "empirical/slots.h"
#include "base/try.h"
#include "empirical/prompt.h"
#include <math.h>
#include <string.h>

typedef struct setting {
    lsa_arena *arena;
    const lsa_experiment *experiment;
    const lsa_statement *statement;
    const lsa_prompt_law *law;
} setting;

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

/* Room for a d x d constant, zeroed. */
static lsa_status make_matrix(const setting *s, lsa_slot *slot, double **value, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t d = (size_t)s->law->d;
    *value = lsa_arena_alloc(s->arena, d * d, sizeof **value);
    LSA_TRY_MEMORY(*value, "a covariance");
    slot->origin = LSA_ORIGIN_CONSTANT;
    slot->value = *value;
done:
    return status;
}

/* Lambda: a random one is the prompt's own. */
static lsa_status set_covariance(const setting *s, lsa_slot *slot, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *value = NULL;
    LSA_TRY(make_matrix(s, slot, &value, err));
    lsa_covariance_matrix(s->law->setting.covariance, value);
    if (lsa_covariance_is_random(s->law->setting.covariance))
        slot->origin = LSA_ORIGIN_COVARIANCE;
done:
    return status;
}

/* Omega: the second moment of the task, whatever its law; of labels without a task, the training task's. */
static lsa_status set_task_moment(const setting *s, lsa_slot *slot, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = s->law->d;
    const bool labels = lsa_prompt_law_labels(s->law);
    double *value = NULL;
    LSA_TRY(make_matrix(s, slot, &value, err));
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            value[i + j * d] =
                labels ? lsa_covariance_entry(s->law->prior, i, j) : lsa_task_moment(&s->law->setting, i, j);
done:
    return status;
}

/* What a user gives no number is an error only where it is used. */
static lsa_status set_constant(const setting *s, lsa_slot *slot, int symbol, lsa_error *err)
{
    switch (s->statement->symbols[symbol].role) {
    case LSA_ROLE_CONTEXT_LENGTH:
        return set_scalar(s, slot, (double)s->law->M, err);
    case LSA_ROLE_NORMALISER:
        return set_scalar(s, slot, s->law->rho > 0.0 ? s->law->rho : 1.0, err); /* forward.c: empty contexts */
    case LSA_ROLE_NOISE_VARIANCE:
        return set_scalar(s, slot, s->law->setting.label_noise, err);
    case LSA_ROLE_COVARIANCE:
        return set_covariance(s, slot, err);
    case LSA_ROLE_TASK_COVARIANCE:
        return set_task_moment(s, slot, err);
    default:
        slot->value = user_values(s, symbol);
        slot->origin = slot->value ? LSA_ORIGIN_CONSTANT : LSA_ORIGIN_NONE;
        return LSA_OK;
    }
}

/* ---- Gaussians -------------------------------------------------------------------------------------------------- */

/* The part of the prompt that a Gaussian is, or LSA_ORIGIN_FURTHER. */
static lsa_origin origin_of(const setting *s, int symbol)
{
    if (symbol == s->statement->context)
        return LSA_ORIGIN_CONTEXT;
    if (symbol == s->statement->query)
        return LSA_ORIGIN_QUERY;
    if (symbol == s->statement->task)
        return LSA_ORIGIN_TASK;
    return symbol == s->statement->label_noise ? LSA_ORIGIN_NOISE : LSA_ORIGIN_FURTHER;
}

static lsa_status add_further(const setting *s, lsa_draw_slots *slots, int symbol, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol *gaussian = &s->statement->symbols[symbol];
    const lsa_slot *covariance = &slots->slot[gaussian->covariance];
    lsa_slot *slot = &slots->slot[symbol];
    lsa_further *further = &slots->further[slots->n_further];
    further->covariate = gaussian->role == LSA_ROLE_CONTEXT || gaussian->role == LSA_ROLE_COVARIATE;
    further->student = gaussian->role == LSA_ROLE_CONTEXT && s->law->setting.student > 0.0;
    if (further->covariate && s->law->setting.task == LSA_TASK_DATA)
        LSA_TRY(
            lsa_error_set(err, LSA_ERR_UNABLE, "rows of data are no law of the further covariate %s", gaussian->name));
    if (!further->covariate && covariance->origin != LSA_ORIGIN_CONSTANT)
        LSA_TRY(lsa_error_set(err, LSA_ERR_INPUT, "the covariance of %s has no number", gaussian->name));
    if (!further->covariate)
        LSA_TRY(lsa_factor_init_matrix(&further->factor, slot->rows, covariance->value, err));
    further->size = slot->rows;
    further->count = family_size(s, gaussian);
    slot->origin = LSA_ORIGIN_FURTHER;
    slot->offset = slots->further_count;
    slots->further_count += further->count * further->size;
    slots->n_further++;
done:
    return status;
}

static lsa_status set_gaussian(const setting *s, lsa_draw_slots *slots, int symbol, lsa_error *err)
{
    const lsa_origin origin = origin_of(s, symbol);
    if (origin == LSA_ORIGIN_FURTHER)
        return add_further(s, slots, symbol, err);
    slots->slot[symbol].origin = origin;
    return LSA_OK;
}

/* ---- All -------------------------------------------------------------------------------------------------------- */

static void place_parameters(const setting *s, lsa_draw_slots *slots)
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
static lsa_status set_all(const setting *s, lsa_draw_slots *slots, lsa_error *err)
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

lsa_status lsa_draw_slots_init(lsa_draw_slots *slots, lsa_arena *arena, const lsa_experiment *experiment,
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

void lsa_draw_slots_clear(lsa_draw_slots *slots)
{
    for (int f = 0; f < slots->n_further; f++)
        lsa_factor_clear(&slots->further[f].factor);
    slots->n_further = 0;
}
