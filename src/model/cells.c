/* cells.c - from a file's text to its tree, and from the tree to one experiment after the other. */
#include "model/cells.h"

#include "base/text.h"
#include "base/try.h"
#include "model/experiment.h"
#include "model/override.h"
#include "model/schema.h"
#include "model/variant.h"
#include <stdlib.h>
#include <string.h>

struct lsa_cells {
    lsa_arena *arena; /* of the file */
    lsa_node *file;
    const char *path, *name, *directory;
    const lsa_model_options *options;
    /* What dies at once: a copy of the tree, and all that was read from it. */
    lsa_arena *reading_arena;
    lsa_node *root;
    lsa_vary vary;
    lsa_reading reading;
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

lsa_status lsa_cells_renew(lsa_cells *cells, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena_destroy(cells->reading_arena);
    cells->reading_arena = lsa_arena_create();
    LSA_TRY_MEMORY(cells->reading_arena, "a model");
    cells->reading = (lsa_reading){.arena = cells->reading_arena, .directory = cells->directory};
    LSA_TRY(lsa_node_copy(cells->file, cells->reading_arena, &cells->root, err));
    LSA_TRY(lsa_vary_read(lsa_value_node(cells->root, "vary"), cells->reading_arena, &cells->vary, err));
done:
    return status;
}

static lsa_status cells_create(const char *name, const lsa_model_options *options, lsa_cells **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cells *cells = calloc(1, sizeof *cells);
    LSA_TRY_MEMORY(cells, "a model");
    cells->options = options;
    cells->arena = lsa_arena_create();
    LSA_TRY_MEMORY(cells->arena, "a model");
    cells->path = lsa_arena_printf(cells->arena, "%s", name);
    cells->name = base_name(cells->arena, name);
    cells->directory = directory_of(cells->arena, name);
    LSA_TRY_MEMORY(cells->path, "a model");
    LSA_TRY_MEMORY(cells->name, "a model");
    LSA_TRY_MEMORY(cells->directory, "a model");
    *out = cells;
    cells = NULL;
done:
    lsa_cells_destroy(cells);
    return status;
}

/* From the tree of the file to cells that can be read. */
static lsa_status complete(lsa_cells *cells, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (cells->file->kind == LSA_NODE_MAPPING)
        LSA_TRY(apply_overrides(cells->file, cells->options, cells->arena, err));
    LSA_TRY(lsa_schema_check(cells->file, err));
    LSA_TRY(lsa_cells_renew(cells, err));
done:
    return status;
}

lsa_status lsa_cells_parse(const char *name, const char *text, size_t length, const lsa_model_options *options,
                           lsa_cells **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cells *cells = NULL;
    LSA_TRY(cells_create(name, options, &cells, err));
    LSA_TRY(parse_tree(name, text, length, cells->arena, &cells->file, err));
    LSA_TRY(complete(cells, err));
    *out = cells;
    cells = NULL;
done:
    lsa_cells_destroy(cells);
    return status;
}

lsa_status lsa_cells_of_tree(const char *name, const lsa_node *tree, const lsa_model_options *options, lsa_cells **out,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_cells *cells = NULL;
    LSA_TRY(cells_create(name, options, &cells, err));
    LSA_TRY(lsa_node_copy(tree, cells->arena, &cells->file, err));
    LSA_TRY(complete(cells, err));
    *out = cells;
    cells = NULL;
done:
    lsa_cells_destroy(cells);
    return status;
}

void lsa_cells_destroy(lsa_cells *cells)
{
    if (cells == NULL)
        return;
    lsa_arena_destroy(cells->reading_arena);
    lsa_arena_destroy(cells->arena);
    free(cells);
}

const char *lsa_cells_name(const lsa_cells *cells)
{
    return cells->name;
}

const lsa_vary *lsa_cells_vary(const lsa_cells *cells)
{
    return &cells->vary;
}

const lsa_node *lsa_cells_place(const lsa_cells *cells)
{
    const lsa_node *vary = lsa_value_node(cells->root, "vary");
    return vary != NULL ? vary : cells->root;
}

const lsa_node *lsa_cells_measure(const lsa_cells *cells)
{
    return lsa_value_node(cells->root, "measure");
}

const char *lsa_cells_file(const lsa_cells *cells, ptrdiff_t k)
{
    const lsa_read_file *file = cells->reading.files;
    for (; file != NULL && k > 0; k--)
        file = file->next;
    return file != NULL ? file->path : NULL;
}

size_t lsa_cells_size(const lsa_cells *cells)
{
    return lsa_arena_size(cells->reading_arena);
}

/* A list or a mapping as it would be written in one line. */
static lsa_status written(const lsa_node *value, lsa_arena *arena, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_node_write(value, &text);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a cell");
    *out = lsa_arena_text(arena, text.data, text.length);
    LSA_TRY_MEMORY(*out, "a cell");
done:
    lsa_text_clear(&text);
    return status;
}

lsa_status lsa_cells_value(lsa_cells *cells, ptrdiff_t cell, ptrdiff_t k, const char **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *value;
    LSA_TRY(lsa_vary_value(&cells->vary, cell, k, cells->reading_arena, &value, err));
    if (value->kind == LSA_NODE_SCALAR)
        *out = value->text;
    else
        LSA_TRY(written(value, cells->reading_arena, out, err));
done:
    return status;
}

/* Where the experiment of a cell comes from, for models beside it. */
static lsa_status make_origin(lsa_cells *cells, ptrdiff_t cell, lsa_experiment *experiment, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = cells->vary.n_keys;
    lsa_provenance *origin = lsa_arena_alloc(cells->reading_arena, 1, sizeof *origin);
    lsa_variation *variations = lsa_arena_alloc(cells->reading_arena, (size_t)n, sizeof *variations);
    LSA_TRY_MEMORY(origin, "a run");
    LSA_TRY_MEMORY(variations, "a run");
    for (ptrdiff_t k = 0; k < n; k++) {
        variations[k].key = cells->vary.keys[k].key->text;
        LSA_TRY(lsa_cells_value(cells, cell, k, &variations[k].value, err));
    }
    *origin = (lsa_provenance){
        .path = cells->path, .root = cells->root, .n_varied = n, .variations = variations, .experiment = experiment};
    experiment->origin = origin;
done:
    return status;
}

lsa_status lsa_cells_read(lsa_cells *cells, ptrdiff_t cell, lsa_experiment **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_experiment *experiment = lsa_arena_alloc(cells->reading_arena, 1, sizeof *experiment);
    LSA_TRY_MEMORY(experiment, "an experiment");
    LSA_TRY(lsa_vary_apply(&cells->vary, cell, cells->root, cells->reading_arena, err));
    LSA_TRY(lsa_experiment_read(&cells->reading, cells->root, cells->name, cells->options, experiment, err));
    LSA_TRY(make_origin(cells, cell, experiment, err));
    *out = experiment;
done:
    return status;
}
