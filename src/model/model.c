/* model.c - a model file and all of its runs, read at once. */
#include "model/model.h"
#include "base/text.h"
#include "base/try.h"
#include "model/cells.h"
#include <math.h>
#include <stdlib.h>

enum { MOST_RUNS = 10000 };

/* Values that all runs together may read: some ten seconds. */
#define MOST_VALUES 2e8

/* Bytes of all runs together: `vary` multiplies what a single file may hold. */
#define MOST_BYTES ((size_t)16 << 30)

struct lsa_model {
    lsa_cells *cells;
    lsa_arena *arena;
    ptrdiff_t n_runs;
    lsa_experiment **experiments;
    lsa_variation *variations; /* one a key for each run */
};

static double count_values(const lsa_node *node)
{
    double count = 1.0;
    for (ptrdiff_t k = 0; k < node->count; k++)
        count += count_values(node->items[k]);
    return count;
}

static lsa_status check_size(const lsa_model *model, lsa_error *err)
{
    const lsa_node *place = lsa_cells_place(model->cells);
    const lsa_vary *vary = lsa_cells_vary(model->cells);
    if (vary->n_cells > MOST_RUNS)
        return lsa_node_error(place, err, "more than %d combinations; `lsaflow sweep` takes more", MOST_RUNS);
    if (vary->n_keys > 0 && (double)vary->n_cells * count_values(place->parent) > MOST_VALUES)
        return lsa_node_error(place, err, "the runs together would read more than 200000000 values");
    return LSA_OK;
}

static lsa_status read_run(lsa_model *model, ptrdiff_t run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_vary *vary = lsa_cells_vary(model->cells);
    LSA_TRY(lsa_cells_read(model->cells, run, &model->experiments[run], err));
    for (ptrdiff_t k = 0; k < vary->n_keys; k++) {
        lsa_variation *variation = &model->variations[run * vary->n_keys + k];
        variation->key = vary->keys[k].key->text;
        LSA_TRY(lsa_cells_value(model->cells, run, k, &variation->value, err));
    }
done:
    return status;
}

static lsa_status read_runs(lsa_model *model, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_size(model, err));
    const lsa_vary *vary = lsa_cells_vary(model->cells);
    const size_t n = (size_t)vary->n_cells;
    model->experiments = lsa_arena_alloc(model->arena, n, sizeof *model->experiments);
    model->variations = lsa_arena_alloc(model->arena, n * (size_t)vary->n_keys, sizeof *model->variations);
    LSA_TRY_MEMORY(model->experiments, "the runs of a model");
    LSA_TRY_MEMORY(model->variations, "the runs of a model");
    for (; model->n_runs < vary->n_cells; model->n_runs++) {
        LSA_TRY(read_run(model, model->n_runs, err));
        if (lsa_cells_size(model->cells) > MOST_BYTES)
            return lsa_node_error(lsa_cells_place(model->cells), err,
                                  "the model would take more than 16 GiB of memory");
    }
done:
    return status;
}

/* The model of these cells, which it owns; they are NULL after their own failure. */
static lsa_status model_of(lsa_cells *cells, lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        lsa_cells_destroy(cells);
    LSA_TRY_MEMORY(model, "a model");
    model->cells = cells;
    model->arena = lsa_arena_create();
    LSA_TRY_MEMORY(model->arena, "a model");
    LSA_TRY(read_runs(model, err));
    *out = model;
    model = NULL;
done:
    lsa_model_destroy(model);
    return status;
}

lsa_status lsa_model_parse(const char *name, const char *text, size_t length, const lsa_model_options *options,
                           lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cells *cells = NULL;
    LSA_TRY(lsa_cells_parse(name, text, length, options, &cells, err));
    LSA_TRY(model_of(cells, out, err));
done:
    return status;
}

lsa_status lsa_model_of_tree(const char *name, const lsa_node *tree, const lsa_model_options *options, lsa_model **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cells *cells = NULL;
    if (count_values(tree) > LSA_YAML_NODES)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: more than 1000000 values in one model", name);
    LSA_TRY(lsa_cells_of_tree(name, tree, options, &cells, err));
    LSA_TRY(model_of(cells, out, err));
done:
    return status;
}

lsa_status lsa_model_load(const char *path, const lsa_model_options *options, lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_text_read_file(&text, path, LSA_YAML_BYTES, err));
    LSA_TRY(lsa_model_parse(path, text.data == NULL ? "" : text.data, text.length, options, out, err));
done:
    lsa_text_clear(&text);
    return status;
}

void lsa_model_destroy(lsa_model *model)
{
    if (model == NULL)
        return;
    lsa_arena_destroy(model->arena);
    lsa_cells_destroy(model->cells);
    free(model);
}

void lsa_model_refine(lsa_model *model, double share)
{
    for (ptrdiff_t run = 0; run < model->n_runs; run++)
        model->experiments[run]->flow.rtol = fmax(share * model->experiments[run]->flow.rtol, 1e-14);
}

ptrdiff_t lsa_model_runs(const lsa_model *model)
{
    return model->n_runs;
}

const lsa_experiment *lsa_model_experiment(const lsa_model *model, ptrdiff_t run)
{
    return model->experiments[run];
}

const lsa_variation *lsa_model_variation(const lsa_model *model, ptrdiff_t run, ptrdiff_t *count)
{
    *count = lsa_cells_vary(model->cells)->n_keys;
    return model->variations + run * *count;
}

const char *lsa_model_name(const lsa_model *model)
{
    return lsa_cells_name(model->cells);
}
