/* builder.c - a tree of nodes filled by calls, as yaml.c fills one from text.
 *
 * Every node has the builder's own source, which has no lines: messages name the builder and the key. Strings are quoted
 * scalars, so that they are never read as numbers; numbers are the shortest text that reads back as the same double. */
#include "lsaflow/builder.h"
#include "base/text.h"
#include "base/try.h"
#include "model/model.h"
#include "model/override.h"
#include "model/utf8.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lsa_builder {
    lsa_arena *arena;
    lsa_source source;
    lsa_node *root;
    lsa_error failure; /* the first one; status LSA_OK: none yet */
};

/* ---------------------------------------------------------------- nodes */

static lsa_status make_node(lsa_builder *builder, lsa_node_kind kind, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *node = lsa_arena_alloc(builder->arena, 1, sizeof *node);
    LSA_TRY_MEMORY(node, "a model");
    *node = (lsa_node){.kind = kind, .source = &builder->source, .line = 1, .column = 1};
    *out = node;
done:
    return status;
}

static lsa_status make_scalar(lsa_builder *builder, lsa_node_style style, const char *text, lsa_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(make_node(builder, LSA_NODE_SCALAR, out, err));
    (*out)->style = style;
    (*out)->length = strlen(text);
    (*out)->text = lsa_arena_text(builder->arena, text, (*out)->length);
    LSA_TRY_MEMORY((*out)->text, "a model");
done:
    return status;
}

static lsa_status make_number(lsa_builder *builder, double value, lsa_node **out, lsa_error *err)
{
    char digits[32];
    const char *text = isinf(value) ? (value > 0 ? ".inf" : "-.inf") : lsa_text_number(value, digits);
    return make_scalar(builder, LSA_STYLE_PLAIN, text, out, err);
}

/* A list with room for n items, which the caller fills. */
static lsa_status make_list(lsa_builder *builder, ptrdiff_t n, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (n > LSA_YAML_NODES)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: a list of %td values, more than 1000000", builder->source.name,
                             n);
    LSA_TRY(make_node(builder, LSA_NODE_SEQUENCE, out, err));
    (*out)->items = lsa_arena_alloc(builder->arena, (size_t)(n > 0 ? n : 0), sizeof *(*out)->items);
    LSA_TRY_MEMORY((*out)->items, "a model");
done:
    return status;
}

static void append_item(lsa_node *list, lsa_node *item)
{
    item->parent = list;
    item->slot = list->count;
    list->items[list->count++] = item;
}

/* x[0], x[stride], ..., n numbers. */
static lsa_status make_vector(lsa_builder *builder, ptrdiff_t n, ptrdiff_t stride, const double *x, lsa_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *number = NULL;
    LSA_TRY(make_list(builder, n, out, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        LSA_TRY(make_number(builder, x[i * stride], &number, err));
        append_item(*out, number);
    }
done:
    return status;
}

static lsa_status make_matrix(lsa_builder *builder, ptrdiff_t rows, ptrdiff_t cols, const double *A, lsa_node **out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_node *row = NULL;
    if (cols > 0 && rows > LSA_YAML_NODES / cols)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: a matrix of %td x %td values, more than 1000000",
                             builder->source.name, rows, cols);
    LSA_TRY(make_list(builder, rows, out, err));
    for (ptrdiff_t i = 0; i < rows; i++) {
        LSA_TRY(make_vector(builder, cols, rows, A + i, &row, err));
        append_item(*out, row);
    }
done:
    return status;
}

static lsa_status check_utf8(const lsa_builder *builder, const char *text, lsa_error *err)
{
    const lsa_utf8_fault fault = lsa_utf8_check(text, strlen(text));
    if (fault.what == NULL)
        return LSA_OK;
    return lsa_error_set(err, LSA_ERR_INPUT, "%s: %s in a text", builder->source.name, fault.what);
}

static lsa_status make_string(lsa_builder *builder, const char *text, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(check_utf8(builder, text, err));
    LSA_TRY(make_scalar(builder, LSA_STYLE_SINGLE, text, out, err));
done:
    return status;
}

static lsa_status make_yaml(lsa_builder *builder, const char *text, lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_source *source = lsa_arena_alloc(builder->arena, 1, sizeof *source);
    LSA_TRY_MEMORY(source, "a model");
    *source = builder->source;
    source->length = strlen(text);
    source->text = lsa_arena_text(builder->arena, text, source->length);
    LSA_TRY_MEMORY(source->text, "a model");
    LSA_TRY(lsa_yaml_parse(source, builder->arena, out, err));
done:
    return status;
}

/* ---------------------------------------------------------------- the builder */

lsa_builder *lsa_builder_create(const char *name)
{
    lsa_builder *builder = calloc(1, sizeof *builder);
    if (builder == NULL)
        return NULL;
    builder->arena = lsa_arena_create();
    if (builder->arena == NULL)
        goto failed;
    builder->source = (lsa_source){.name = lsa_arena_printf(builder->arena, "%s", name), .text = "", .option = true};
    if (builder->source.name == NULL || make_node(builder, LSA_NODE_MAPPING, &builder->root, NULL) != LSA_OK)
        goto failed;
    return builder;
failed:
    lsa_builder_destroy(builder);
    return NULL;
}

void lsa_builder_destroy(lsa_builder *builder)
{
    if (builder == NULL)
        return;
    lsa_arena_destroy(builder->arena);
    free(builder);
}

static bool works(const lsa_builder *builder)
{
    return builder != NULL && builder->failure.status == LSA_OK;
}

/* Puts the node at the key, unless making it has failed. */
static void put(lsa_builder *builder, const char *key, lsa_status made, lsa_node *const *node)
{
    if (made != LSA_OK)
        lsa_error_add(&builder->failure, "  while setting %s", key);
    else
        lsa_node_set(builder->root, key, *node, builder->source.name, builder->arena, &builder->failure);
}

void lsa_builder_string(lsa_builder *builder, const char *key, const char *text)
{
    lsa_node *node = NULL;
    if (works(builder))
        put(builder, key, make_string(builder, text, &node, &builder->failure), &node);
}

void lsa_builder_number(lsa_builder *builder, const char *key, double value)
{
    lsa_node *node = NULL;
    if (works(builder))
        put(builder, key, make_number(builder, value, &node, &builder->failure), &node);
}

void lsa_builder_vector(lsa_builder *builder, const char *key, ptrdiff_t n, const double *x)
{
    lsa_node *node = NULL;
    if (works(builder))
        put(builder, key, make_vector(builder, n, 1, x, &node, &builder->failure), &node);
}

void lsa_builder_matrix(lsa_builder *builder, const char *key, ptrdiff_t rows, ptrdiff_t cols, const double *A)
{
    lsa_node *node = NULL;
    if (works(builder))
        put(builder, key, make_matrix(builder, rows, cols, A, &node, &builder->failure), &node);
}

void lsa_builder_yaml(lsa_builder *builder, const char *key, const char *text)
{
    lsa_node *node = NULL;
    if (works(builder))
        put(builder, key, make_yaml(builder, text, &node, &builder->failure), &node);
}

/* `tests`, with one entry more: the list is made anew, its items stay. */
static lsa_status add_test(lsa_builder *builder, const char *name, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *before = lsa_node_find(builder->root, "tests");
    const ptrdiff_t count = before != NULL && before->kind == LSA_NODE_SEQUENCE ? before->count : 0;
    lsa_node *tests = NULL, *entry = NULL, *text = NULL;
    LSA_TRY(make_list(builder, count + 1, &tests, err));
    LSA_TRY(make_node(builder, LSA_NODE_MAPPING, &entry, err));
    LSA_TRY(make_string(builder, name, &text, err));
    for (ptrdiff_t k = 0; k < count; k++)
        append_item(tests, before->items[k]);
    append_item(tests, entry);
    LSA_TRY(lsa_node_set(entry, "name", text, builder->source.name, builder->arena, err));
    LSA_TRY(lsa_node_set(builder->root, "tests", tests, builder->source.name, builder->arena, err));
done:
    return status;
}

void lsa_builder_test(lsa_builder *builder, const char *name)
{
    if (works(builder) && add_test(builder, name, &builder->failure) != LSA_OK)
        lsa_error_add(&builder->failure, "  while adding a test");
}

lsa_status lsa_builder_model(lsa_builder *builder, const lsa_model_options *options, lsa_model **out, lsa_error *err)
{
    if (builder == NULL)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a builder");
    if (!works(builder))
        return lsa_error_copy(err, builder->failure.status, &builder->failure);
    return lsa_model_of_tree(builder->source.name, builder->root, options, out, err);
}
