/* model.c - a model file from its text to its runs.
 *
 * Overrides change the tree before anything is checked. Each combination of `vary` is put into the same tree, which is
 * then checked and read in full, as if the file had been written that way. */
#include "model/model.h"
#include "base/text.h"
#include "base/try.h"
#include "model/experiment.h"
#include "model/override.h"
#include "model/schema.h"
#include "model/variant.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_RUNS = 10000 };

/* Values that all runs together may read: some ten seconds. */
#define MOST_VALUES 2e8

/* Bytes of all runs together: `vary` multiplies what a single file may hold. */
#define MOST_BYTES ((size_t)16 << 30)

struct lsa_model {
    lsa_arena *arena;
    const char *name;
    ptrdiff_t n_runs;
    lsa_experiment *experiments;
    ptrdiff_t n_varied;        /* keys of `vary`               */
    lsa_variation *variations; /* n_varied for each run        */
};

/* The file's base name without extension. */
static const char *base_name(lsa_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *start = slash == NULL ? path : slash + 1;
    const char *dot = strrchr(start, '.');
    const size_t length = dot == NULL || dot == start ? strlen(start) : (size_t)(dot - start);
    return lsa_arena_text(arena, start, length);
}

/* The folder of a path with its slash, "" for none. */
static const char *directory_of(lsa_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return lsa_arena_text(arena, path, slash == NULL ? 0 : (size_t)(slash - path) + 1);
}

static lsa_status apply_overrides(lsa_node *root, const lsa_model_options *options, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; options != NULL && k < options->n_overrides; k++)
        LSA_TRY(lsa_override_apply(root, options->overrides[k], arena, err));
done:
    return status;
}

/* Checks the shape of `vary` and counts its combinations. */
static lsa_status count_runs(const lsa_node *vary, ptrdiff_t *out, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    *out = 1;
    for (ptrdiff_t k = 0; vary != NULL && k < vary->count; k++) {
        const lsa_node *list = vary->items[k];
        const char *key = vary->keys[k]->text;
        if (list->kind != LSA_NODE_SEQUENCE || list->count == 0)
            return lsa_node_error(list, err, "found %s, expected a list of values",
                                  list->kind == LSA_NODE_SEQUENCE ? "an empty list" : lsa_node_found(list, found));
        if (strncmp(key, "vary", 4) == 0 && (key[4] == '\0' || key[4] == '.'))
            return lsa_node_error(vary->keys[k], err, "'vary' cannot be varied");
        if (list->count > MOST_RUNS / *out)
            return lsa_node_error(vary, err, "more than %d combinations", MOST_RUNS);
        *out *= list->count;
    }
    return LSA_OK;
}

/* A value as text for reports: a scalar as it is written. */
static lsa_status value_text(lsa_arena *arena, const lsa_node *value, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    if (value->kind == LSA_NODE_SCALAR) {
        *out = value->text;
        return LSA_OK;
    }
    lsa_text_init(&text);
    lsa_node_write(value, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a run");
    *out = lsa_arena_text(arena, text.data, text.length);
    LSA_TRY_MEMORY(*out, "a run");
done:
    lsa_text_clear(&text);
    return status;
}

/* Puts combination `run` into the tree; the last key varies fastest. */
static lsa_status set_variation(lsa_model *model, lsa_node *root, const lsa_node *vary, ptrdiff_t run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t rest = run;
    for (ptrdiff_t k = model->n_varied - 1; k >= 0; k--) {
        const lsa_node *list = vary->items[k];
        const ptrdiff_t index = rest % list->count;
        lsa_variation *variation = &model->variations[run * model->n_varied + k];
        rest /= list->count;
        variation->key = vary->keys[k]->text;
        LSA_TRY(value_text(model->arena, list->items[index], &variation->value, err));
        const char *blame = lsa_node_place(vary->keys[k], model->arena);
        LSA_TRY_MEMORY(blame, "a run");
        LSA_TRY(lsa_node_set(root, variation->key, list->items[index], blame, model->arena, err));
    }
done:
    return status;
}

static double count_values(const lsa_node *node)
{
    double count = 1.0;
    for (ptrdiff_t k = 0; k < node->count; k++)
        count += count_values(node->items[k]);
    return count;
}

static lsa_status read_run(lsa_model *model, lsa_reading *reading, const char *path, const lsa_node *root,
                           const lsa_model_options *options, ptrdiff_t run, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *experiment = &model->experiments[run];
    lsa_provenance *origin = lsa_arena_alloc(model->arena, 1, sizeof *origin);
    LSA_TRY_MEMORY(origin, "a run");
    LSA_TRY(lsa_experiment_read(reading, root, model->name, options, experiment, err));
    *origin = (lsa_provenance){.path = path,
                               .root = root,
                               .n_varied = model->n_varied,
                               .variations = &model->variations[run * model->n_varied],
                               .experiment = experiment};
    experiment->origin = origin;
done:
    return status;
}

static lsa_status read_runs(lsa_model *model, lsa_reading *reading, const char *path, lsa_node *root,
                            const lsa_model_options *options, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *vary = lsa_value_node(root, "vary");
    LSA_TRY(count_runs(vary, &model->n_runs, err));
    if (vary != NULL && (double)model->n_runs * count_values(root) > MOST_VALUES)
        return lsa_node_error(vary, err, "the runs together would read more than 200000000 values");
    model->n_varied = vary == NULL ? 0 : vary->count;
    const size_t n = (size_t)model->n_runs;
    model->experiments = lsa_arena_alloc(model->arena, n, sizeof *model->experiments);
    model->variations = lsa_arena_alloc(model->arena, n * (size_t)model->n_varied, sizeof *model->variations);
    LSA_TRY_MEMORY(model->experiments, "the runs of a model");
    LSA_TRY_MEMORY(model->variations, "the runs of a model");
    for (ptrdiff_t run = 0; run < model->n_runs; run++) {
        LSA_TRY(set_variation(model, root, vary, run, err));
        LSA_TRY(read_run(model, reading, path, root, options, run, err));
        if (lsa_arena_size(model->arena) > MOST_BYTES)
            return lsa_node_error(vary != NULL ? vary : root, err, "the model would take more than 16 GiB of memory");
    }
done:
    return status;
}

/* The names of the model and of the folder that its files are relative to. */
static lsa_status take_name(lsa_model *model, const char *name, lsa_reading *reading, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *reading = (lsa_reading){.arena = model->arena, .directory = directory_of(model->arena, name)};
    model->name = base_name(model->arena, name);
    LSA_TRY_MEMORY(reading->directory, "a model");
    LSA_TRY_MEMORY(model->name, "a model");
done:
    return status;
}

/* The tree of a text, which the model keeps. */
static lsa_status parse_tree(const char *name, const char *text, size_t length, lsa_arena *arena, lsa_node **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t mark = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    lsa_source *source = lsa_arena_alloc(arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "a model");
    source->name = lsa_arena_printf(arena, "%s", name);
    source->text = lsa_arena_text(arena, text + mark, length - mark);
    source->length = length - mark;
    LSA_TRY_MEMORY(source->name, "a model");
    LSA_TRY_MEMORY(source->text, "a model");
    LSA_TRY(lsa_yaml_parse(source, arena, out, err));
done:
    return status;
}

/* From the tree to the runs. */
static lsa_status build(lsa_model *model, const char *name, lsa_node *root, const lsa_model_options *options,
                        lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_reading reading;
    const char *path = lsa_arena_printf(model->arena, "%s", name);
    LSA_TRY_MEMORY(path, "a model");
    LSA_TRY(take_name(model, name, &reading, err));
    if (root->kind == LSA_NODE_MAPPING)
        LSA_TRY(apply_overrides(root, options, model->arena, err));
    LSA_TRY(lsa_schema_check(root, err));
    LSA_TRY(read_runs(model, &reading, path, root, options, err));
done:
    return status;
}

static lsa_status model_create(lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model *model = calloc(1, sizeof *model);
    LSA_TRY_MEMORY(model, "a model");
    model->arena = lsa_arena_create();
    LSA_TRY_MEMORY(model->arena, "a model");
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
    lsa_model *model = NULL;
    lsa_node *root = NULL;
    LSA_TRY(model_create(&model, err));
    LSA_TRY(parse_tree(name, text, length, model->arena, &root, err));
    LSA_TRY(build(model, name, root, options, err));
    *out = model;
    model = NULL;
done:
    lsa_model_destroy(model);
    return status;
}

lsa_status lsa_model_of_tree(const char *name, const lsa_node *tree, const lsa_model_options *options, lsa_model **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model *model = NULL;
    lsa_node *root = NULL;
    if (count_values(tree) > LSA_YAML_NODES)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: more than 1000000 values in one model", name);
    LSA_TRY(model_create(&model, err));
    LSA_TRY(lsa_node_copy(tree, model->arena, &root, err));
    LSA_TRY(build(model, name, root, options, err));
    *out = model;
    model = NULL;
done:
    lsa_model_destroy(model);
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
    free(model);
}

void lsa_model_refine(lsa_model *model, double share)
{
    for (ptrdiff_t run = 0; run < model->n_runs; run++)
        model->experiments[run].flow.rtol = fmax(share * model->experiments[run].flow.rtol, 1e-14);
}

ptrdiff_t lsa_model_runs(const lsa_model *model)
{
    return model->n_runs;
}

const lsa_experiment *lsa_model_experiment(const lsa_model *model, ptrdiff_t run)
{
    return &model->experiments[run];
}

const lsa_variation *lsa_model_variation(const lsa_model *model, ptrdiff_t run, ptrdiff_t *count)
{
    *count = model->n_varied;
    return model->variations + run * model->n_varied;
}

const char *lsa_model_name(const lsa_model *model)
{
    return model->name;
}
