/* text_figure.c - a figure's formulas, evaluated like a claim's: along the flow at its samples, or at contexts of tests.
 *
 * With x: M a formula is one of a claim `for: tests`, whose test has the context M: it is drawn once for each law among the
 * tests where it speaks of `test`, and once where it does not. */
#include "verify/text_figure.h"

#include "base/try.h"
#include "verify/text_names.h"
#include <math.h>
#include <string.h>

enum { CONTEXTS = 49 };
/* The longest context of a figure where the file names none that is finite. */
static const double usual_context = 100.0;

static ptrdiff_t entries_of(const formula_node *node)
{
    return node->rows.size * node->cols.size;
}

static lsa_status check_figure(checked_claim *c, const lsa_experiment *experiment, text_beside *beside,
                               const lsa_text_figure *figure, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t curves = 0;
    LSA_TRY(checked_claim_init(c, experiment, beside, &figure->formulas, NULL, err));
    for (ptrdiff_t k = 0; k < figure->formulas.n_curves; k++) {
        curves += entries_of(c->curves[k]);
        if (curves > TEXT_CURVES)
            return lsa_node_error(figure->formulas.curves[k], err, "more than %d curves in one figure",
                                  (int)TEXT_CURVES);
    }
done:
    return status;
}

lsa_status text_figures_check(const lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_beside beside = {0};
    for (ptrdiff_t k = 0; k < experiment->n_figures && status == LSA_OK; k++) {
        checked_claim checked;
        status = check_figure(&checked, experiment, &beside, &experiment->figures[k], err);
        checked_claim_clear(&checked);
    }
    text_beside_clear(&beside);
    return status;
}

/* ---------------------------------------------------------------- curves */

/* Whether a formula speaks of the test itself, and not of M alone. */
static bool speaks_of_test(const formula_node *node)
{
    if ((node->needs & FORMULA_IN_TEST) == 0)
        return false;
    if (node->kind == FORMULA_TEXT || node->kind == FORMULA_NAME)
        return node->kind == FORMULA_TEXT || node->name->id != FORMULA_NAME_M;
    for (int k = 0; k < node->n_children; k++)
        if (speaks_of_test(node->children[k]))
            return true;
    return false;
}

static bool is_first_of_law(const lsa_experiment *experiment, ptrdiff_t t)
{
    const lsa_setting *test = &experiment->tests[t];
    for (ptrdiff_t s = 0; s < t; s++)
        if (lsa_setting_same_law(&experiment->tests[s], test) &&
            experiment->tests[s].covariance_scale == test->covariance_scale)
            return false;
    return true;
}

/* Whether a formula is drawn of test t. */
static bool is_drawn(const checked_claim *c, const lsa_experiment *experiment, ptrdiff_t k, ptrdiff_t t)
{
    return t == 0 || (speaks_of_test(c->curves[k]) && is_first_of_law(experiment, t));
}

/* The curves of one formula for one test (NULL: of none): one for each entry. */
static lsa_status add_curves(text_drawing *d, const checked_claim *c, ptrdiff_t k, const lsa_setting *test,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const formula_node *node = c->curves[k];
    const ptrdiff_t rows = node->rows.size, entries = entries_of(node);
    if (d->n_curves + entries > TEXT_CURVES)
        return lsa_node_error(c->claim->curves[k], err, "more than %d curves in one figure", (int)TEXT_CURVES);
    for (ptrdiff_t e = 0; e < entries; e++) {
        text_curve *curve = &d->curves[d->n_curves++];
        const ptrdiff_t i = e % rows + 1, j = e / rows + 1;
        *curve = (text_curve){.formula = c->claim->curves[k]->text, .formula_number = k};
        curve->test = test != NULL && speaks_of_test(node) ? test->name : NULL;
        curve->entry = entries == 1           ? ""
                       : node->cols.size == 1 ? lsa_arena_printf(d->arena, "(%td)", i)
                                              : lsa_arena_printf(d->arena, "(%td, %td)", i, j);
        curve->y = lsa_arena_alloc(d->arena, (size_t)d->n, sizeof *curve->y);
        LSA_TRY_MEMORY(curve->entry, "a figure");
        LSA_TRY_MEMORY(curve->y, "a figure");
    }
done:
    return status;
}

static void leave_gap(text_drawing *d, ptrdiff_t first, ptrdiff_t entries, ptrdiff_t i, const char *why)
{
    for (text_curve *curve = d->curves + first; curve < d->curves + first + entries; curve++) {
        curve->y[i] = (double)NAN;
        if (curve->missing++ == 0)
            curve->why = lsa_arena_text(d->arena, why, strlen(why));
    }
}

/* Point i of the curves of one formula, the first of which is number `first`. */
static lsa_status evaluate(text_world *w, const text_place *place, const formula_node *node, text_drawing *d,
                           ptrdiff_t first, ptrdiff_t i, lsa_error *err)
{
    const formula_value *value;
    lsa_error story = {0};
    const ptrdiff_t rows = node->rows.size, entries = entries_of(node);
    const size_t mark = formula_pool_mark(w->run.pool);
    const lsa_status status = text_at(w, place, node, &value, &story);
    if (lsa_status_is_no_answer(status))
        leave_gap(d, first, entries, i, story.text);
    else if (status != LSA_OK)
        return lsa_error_copy(err, status, &story);
    for (ptrdiff_t e = 0; status == LSA_OK && e < entries; e++)
        d->curves[first + e].y[i] = formula_value_double(value, e % rows, e / rows);
    formula_pool_release(w->run.pool, mark);
    return LSA_OK;
}

static lsa_status check_interrupt(const text_world *w, lsa_error *err)
{
    const volatile sig_atomic_t *flag = lsa_study_settings(w->study)->interrupt;
    return flag != NULL && *flag != 0 ? lsa_error_set(err, LSA_ERR_INTERRUPTED, "interrupted while drawing a figure")
                                      : LSA_OK;
}

/* ---------------------------------------------------------------- along the flow */

static lsa_status draw_course(text_world *w, const checked_claim *c, text_drawing *d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const flow_path *path;
    LSA_TRY(text_path(w, &path, err));
    d->n = path->count;
    d->x = lsa_arena_alloc(d->arena, (size_t)d->n, sizeof *d->x);
    LSA_TRY_MEMORY(d->x, "a figure");
    for (ptrdiff_t k = 0; k < c->claim->n_curves; k++)
        LSA_TRY(add_curves(d, c, k, NULL, err));
    for (ptrdiff_t i = 0; i < d->n; i++) {
        text_place place;
        lsa_error story = {0};
        const size_t mark = formula_pool_mark(w->run.pool);
        LSA_TRY(check_interrupt(w, err));
        d->x[i] = text_sample(w, i).time;
        status = text_place_of_sample(w, i, &place, &story);
        if (status != LSA_OK && !lsa_status_is_no_answer(status))
            LSA_TRY(lsa_error_copy(err, status, &story));
        for (ptrdiff_t k = 0, first = 0; k < c->claim->n_curves; first += entries_of(c->curves[k++])) {
            if (status == LSA_OK)
                LSA_TRY(evaluate(w, &place, c->curves[k], d, first, i, err));
            else
                leave_gap(d, first, entries_of(c->curves[k]), i, story.text);
        }
        status = LSA_OK;
        formula_pool_release(w->run.pool, mark);
    }
done:
    return status;
}

/* ---------------------------------------------------------------- against the context */

static double longest_context(const lsa_experiment *experiment)
{
    double longest = isfinite(experiment->training.context) ? experiment->training.context : 0.0;
    for (ptrdiff_t t = 0; t < experiment->n_tests; t++)
        if (isfinite(experiment->tests[t].context))
            longest = fmax(longest, experiment->tests[t].context);
    return longest > 0.0 ? longest : usual_context;
}

/* Integers from 1 on, evenly in the logarithm, each once. */
static lsa_status choose_contexts(const lsa_experiment *experiment, text_drawing *d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double most = 10.0 * longest_context(experiment);
    d->x = lsa_arena_alloc(d->arena, CONTEXTS, sizeof *d->x);
    LSA_TRY_MEMORY(d->x, "a figure");
    for (int k = 0; k < CONTEXTS; k++) {
        const double M = round(pow(most, (double)k / (CONTEXTS - 1)));
        if (d->n == 0 || M > d->x[d->n - 1])
            d->x[d->n++] = M;
    }
done:
    return status;
}

static lsa_status draw_test(text_world *w, const checked_claim *c, ptrdiff_t t, text_drawing *d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_setting test = w->experiment->tests[t];
    const ptrdiff_t before = d->n_curves;
    for (ptrdiff_t k = 0; k < c->claim->n_curves; k++)
        if (is_drawn(c, w->experiment, k, t))
            LSA_TRY(add_curves(d, c, k, &w->experiment->tests[t], err));
    w->test = &test;
    w->context_is_given = true;
    for (ptrdiff_t i = 0; i < d->n; i++) {
        LSA_TRY(check_interrupt(w, err));
        test.context = d->x[i];
        for (ptrdiff_t k = 0, first = before; k < c->claim->n_curves; k++) {
            if (!is_drawn(c, w->experiment, k, t))
                continue;
            LSA_TRY(evaluate(w, NULL, c->curves[k], d, first, i, err));
            first += entries_of(c->curves[k]);
        }
    }
done:
    w->test = NULL;
    return status;
}

static lsa_status draw_contexts(text_world *w, const checked_claim *c, text_drawing *d, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(choose_contexts(w->experiment, d, err));
    for (ptrdiff_t t = 0; t < w->experiment->n_tests; t++)
        LSA_TRY(draw_test(w, c, t, d, err));
done:
    return status;
}

lsa_status text_figure_draw(lsa_study *study, const lsa_text_figure *figure, text_drawing *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_beside beside = {0};
    checked_claim checked = {.arena = NULL};
    text_world w = {.study = NULL};
    *out = (text_drawing){.arena = lsa_arena_create(), .figure = figure};
    LSA_TRY_MEMORY(out->arena, "a figure");
    out->curves = lsa_arena_alloc(out->arena, TEXT_CURVES, sizeof *out->curves);
    LSA_TRY_MEMORY(out->curves, "a figure");
    LSA_TRY(check_figure(&checked, lsa_study_experiment(study), &beside, figure, err));
    LSA_TRY(text_world_init(&w, &text_names, study, &checked, NULL, false, FORMULA_BITS_FIRST, err));
    LSA_TRY(figure->x == LSA_FIGURE_TIME ? draw_course(&w, &checked, out, err) : draw_contexts(&w, &checked, out, err));
done:
    text_world_clear(&w);
    checked_claim_clear(&checked);
    text_beside_clear(&beside);
    return status;
}

void text_drawing_clear(text_drawing *drawing)
{
    lsa_arena_destroy(drawing->arena);
}
