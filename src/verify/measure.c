/* measure.c - formulas and claims of a sweep's columns. */
#include "verify/measure.h"

#include "base/try.h"
#include "verify/measure_time.h"
#include "verify/text_checked.h"
#include "verify/text_flow.h"
#include "verify/text_names.h"
#include "verify/text_world.h"
#include <stdlib.h>
#include <string.h>

struct measure {
    lsa_experiment like;   /* what the formula was checked against */
    lsa_text_claim wanted; /* the formula as a claim would have it  */
    checked_claim checked; /* without a formula: a claim            */
    text_beside beside;    /* of the experiment at hand             */
    lsa_arena *arena;      /* of its name */
    const char *claim;     /* of a published claim */
    int text;              /* the number of one of the file's own, -1: none */
};

/* ---------------------------------------------------------------- reading */

/* The claim of that name, where there is one. */
static lsa_status find_claim(measure *m, const lsa_experiment *experiment, const char *name, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t count;
    const lsa_claim *claims;
    m->arena = lsa_arena_create();
    LSA_TRY_MEMORY(m->arena, "a column");
    LSA_TRY(lsa_claims(m->arena, &claims, &count, err));
    m->text = -1;
    for (ptrdiff_t k = 0; k < experiment->n_text_claims && m->text < 0; k++)
        if (strcmp(experiment->text_claims[k].name, name) == 0)
            m->text = (int)k;
    for (ptrdiff_t k = 0; k < count && m->text < 0 && m->claim == NULL; k++)
        if (strcmp(claims[k].name, name) == 0)
            m->claim = claims[k].name;
done:
    return status;
}

static lsa_status check(measure *m, const lsa_experiment *experiment, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char shape[LSA_FOUND_SIZE];
    m->wanted = (lsa_text_claim){.name = "", .source = "", .formula = node, .convention = {0.5, 0, 1.0}};
    LSA_TRY(checked_formula_init(&m->checked, experiment, &m->beside, &m->wanted, NULL, err));
    const formula_node *formula = m->checked.formula;
    if (!formula->truth && !formula_is_scalar(formula))
        return lsa_node_error(node, err, "found %s, expected one number: norm(...), entry(..., i, j)",
                              formula_shape_text(formula->rows, formula->cols, shape));
done:
    return status;
}

lsa_status measure_create(const lsa_experiment *experiment, const lsa_named_formula *formula, measure **out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    measure *m = calloc(1, sizeof *m);
    LSA_TRY_MEMORY(m, "a column");
    m->like = *experiment;
    LSA_TRY(find_claim(m, experiment, formula->formula->text, err));
    if (m->text < 0 && m->claim == NULL)
        LSA_TRY(check(m, experiment, formula->formula, err));
    *out = m;
    m = NULL;
done:
    measure_destroy(m);
    return status;
}

void measure_destroy(measure *m)
{
    if (m == NULL)
        return;
    text_beside_clear(&m->beside);
    checked_claim_clear(&m->checked);
    lsa_arena_destroy(m->arena);
    free(m);
}

bool measure_fits(const measure *m, const lsa_experiment *e)
{
    const lsa_experiment *like = &m->like;
    const bool random = lsa_covariance_is_random(e->training.covariance);
    bool same = like->statement == e->statement && like->data.d == e->data.d && like->data.rank == e->data.rank &&
                like->data.heads == e->data.heads && like->data.n_values == e->data.n_values && e->data.n_values == 0 &&
                lsa_covariance_is_random(like->training.covariance) == random && like->n_variants == 0 &&
                e->n_variants == 0 && like->n_tests == e->n_tests && like->n_text_claims == e->n_text_claims;
    for (ptrdiff_t t = 0; same && t < e->n_tests; t++)
        same = strcmp(like->tests[t].name, e->tests[t].name) == 0;
    return same;
}

bool measure_is_verdict(const measure *m)
{
    return m->checked.formula == NULL;
}

/* ---------------------------------------------------------------- taking */

/* The one claim, on the study's experiment; the path of a verdict is one that the flow does not reduce. */
static lsa_status take_verdict(const measure *m, lsa_study *study, measured *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_study *judged = NULL;
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    const char *names[] = {m->claim};
    lsa_experiment one = *lsa_study_experiment(study);
    lsa_study_options options = *lsa_study_settings(study);
    options.may_reduce = false;
    one.all_claims = false;
    one.n_claims = m->claim != NULL;
    one.claims = names;
    one.n_text_claims = m->text >= 0;
    one.text_claims = m->text >= 0 ? &one.text_claims[m->text] : NULL;
    LSA_TRY(lsa_study_create(&one, &options, &judged, err));
    LSA_TRY(lsa_verify(judged, &results, &count, err));
    *out = (measured){.kind = MEASURE_VERDICT};
    out->word =
        count == 1 ? lsa_verdict_text(results[0].verdict) : lsa_verdict_text(lsa_verify_overall(results, count));
done:
    free(results);
    lsa_study_destroy(judged);
    return status;
}

static void take_truth(const formula_value *value, measured *out)
{
    const formula_truth truth = formula_value_is_true(value);
    *out = (measured){.kind = MEASURE_CONDITION};
    out->word = truth == FORMULA_TRUE ? "true" : truth == FORMULA_FALSE ? "false" : "unknown";
}

/* Parameters without a place are those of the end. */
static lsa_status take_value(const measure *m, text_world *w, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_place end;
    if ((m->checked.formula->needs & (FORMULA_AT_POINT | FORMULA_IN_TIME)) == 0)
        return text_at(w, NULL, m->checked.formula, out, err);
    if (!m->checked.formula->truth)
        return text_at_limit(w, m->checked.formula, out, err);
    LSA_TRY(text_end_place(w, &end, err));
    LSA_TRY(text_at(w, &end, m->checked.formula, out, err));
done:
    return status;
}

lsa_status measure_take(measure *m, lsa_study *study, measured *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_world w;
    const formula_value *value;
    double gap;
    if (m->checked.formula == NULL)
        return take_verdict(m, study, out, err);
    if (measure_is_gap_time(m->checked.formula, &gap)) {
        *out = (measured){.kind = MEASURE_NUMBER};
        return measure_gap_time(study, gap, &out->number, err);
    }
    text_beside_clear(&m->beside);
    m->checked.experiment = lsa_study_experiment(study);
    status = text_world_init(&w, &text_names, study, &m->checked, NULL, false, FORMULA_BITS_FIRST, err);
    if (status != LSA_OK)
        return status;
    LSA_TRY(take_value(m, &w, &value, err));
    if (m->checked.formula->truth)
        take_truth(value, out);
    else
        *out = (measured){.kind = MEASURE_NUMBER, .number = formula_value_double(value, 0, 0)};
done:
    text_world_clear(&w);
    return status;
}
