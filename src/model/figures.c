/* figures.c - the figures that a model file writes itself: names and texts here, their meaning in the room of formulas. */
#include "base/text.h"
#include "base/try.h"
#include "model/experiment.h"
#include "model/schema.h"
#include <string.h>

enum { MOST_FIGURES = 100, MOST_CURVES = 16, LONGEST_NAME = 60 };

/* Part of file names: letters, digits and '-'. */
static bool is_name(const char *text)
{
    return *text != '\0' && strlen(text) <= LONGEST_NAME &&
           text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static lsa_status read_name(lsa_reading *reading, const lsa_node *figure, ptrdiff_t k, const lsa_text_figure *before,
                            const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    const lsa_node *node = lsa_value_node(figure, "figures.*.name");
    *out = node != NULL ? node->text : lsa_arena_printf(reading->arena, "%td", k + 1);
    LSA_TRY_MEMORY(*out, "a figure");
    if (!is_name(*out))
        return lsa_node_error(node, err, "found %s, expected at most %d small letters, digits and '-'",
                              lsa_node_found(node, found), (int)LONGEST_NAME);
    for (ptrdiff_t j = 0; j < k; j++)
        if (strcmp(before[j].name, *out) == 0)
            return lsa_node_error(node != NULL ? node : figure, err, "two figures are called '%s'", *out);
done:
    return status;
}

/* t, or M; keys of the model are other cells of `vary`. */
static lsa_status read_axis(const lsa_node *node, lsa_figure_axis *out, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    *out = node != NULL && strcmp(node->text, "M") == 0 ? LSA_FIGURE_CONTEXT : LSA_FIGURE_TIME;
    if (node == NULL || *out == LSA_FIGURE_CONTEXT || strcmp(node->text, "t") == 0)
        return LSA_OK;
    if (lsa_schema_find(node->text) != NULL)
        return lsa_node_error(node, err,
                              "found %s: a figure of one run is against t or M; what changes with a key of the model "
                              "needs runs of 'vary'",
                              lsa_node_found(node, found));
    return lsa_node_error(node, err, "found %s, expected t or M", lsa_node_found(node, found));
}

static lsa_status read_curves(lsa_reading *reading, const lsa_node *node, lsa_text_claim *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool one = node->kind == LSA_NODE_SCALAR;
    out->n_curves = one ? 1 : node->count;
    if (out->n_curves == 0 || out->n_curves > MOST_CURVES)
        return lsa_node_error(node, err, "found %td formulas, expected 1 to %d", out->n_curves, (int)MOST_CURVES);
    const lsa_node **list = lsa_arena_alloc(reading->arena, (size_t)out->n_curves, sizeof *list);
    LSA_TRY_MEMORY(list, "a figure");
    for (ptrdiff_t k = 0; k < out->n_curves; k++)
        list[k] = one ? node : node->items[k];
    out->curves = list;
done:
    return status;
}

static lsa_status read_figure(lsa_reading *reading, const lsa_node *node, ptrdiff_t k, lsa_text_figure *all,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text_figure *out = &all[k];
    const lsa_node *title = lsa_value_node(node, "figures.*.title"), *log = lsa_value_node(node, "figures.*.log");
    LSA_TRY(read_name(reading, node, k, all, &out->name, err));
    out->title = title != NULL ? title->text : "";
    out->log = log == NULL ? LSA_FIGURE_LOG_AUTO : (lsa_figure_log)lsa_choice_of(log, "figures.*.log");
    LSA_TRY(read_axis(lsa_value_node(node, "figures.*.x"), &out->x, err));
    LSA_TRY(read_curves(reading, lsa_value_node(node, "figures.*.y"), &out->formulas, err));
    LSA_TRY(lsa_named_formulas_read(reading, lsa_value_node(node, "figures.*.where"), &out->formulas.n_where,
                                    &out->formulas.where, true, err));
    out->formulas.name = out->name;
    out->formulas.source = "";
    out->formulas.each_test = out->x == LSA_FIGURE_CONTEXT;
    out->formulas.resolution = 1.0;
    out->formulas.convention = (lsa_convention){.loss = 0.5, .sign = 1.0};
done:
    return status;
}

lsa_status lsa_figures_read(lsa_reading *reading, const lsa_node *figures, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = figures == NULL ? 0 : figures->count;
    if (count > MOST_FIGURES)
        return lsa_node_error(figures, err, "more than %d figures", (int)MOST_FIGURES);
    lsa_text_figure *all = lsa_arena_alloc(reading->arena, (size_t)count, sizeof *all);
    LSA_TRY_MEMORY(all, "the figures of a model");
    for (ptrdiff_t k = 0; k < count; k++)
        LSA_TRY(read_figure(reading, figures->items[k], k, all, err));
    experiment->figures = all;
    experiment->n_figures = count;
done:
    return status;
}
