/* json.c - one JSON document, built field by field; with json_records.c the only door to jansson.
 *
 * Invariant: stack[0] is the root, stack[k + 1] a container inside stack[k]; the root owns them all. Once `failed` is
 * set (memory ran out) nothing is added any more, and lsa_json_render reports it. */
#include "report/report.h"

#include "base/text.h"
#include "base/try.h"
#include "report/shape.h"
#include "report/stream.h"
#include "report/utf8_text.h"

#include <assert.h>
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEPTH = 32 };

struct lsa_json {
    json_t *stack[DEPTH];
    int depth; /* the open container is stack[depth] */
    bool failed;
};

/* What lsa_json_parameters was given. */
typedef struct block_writer {
    const lsa_statement *statement;
    ptrdiff_t n_blocks;
    const lsa_block *blocks;
    const double *state;
    lsa_detail detail;
} block_writer;

lsa_json *lsa_json_create(void)
{
    lsa_json *json = calloc(1, sizeof *json);
    if (json == NULL)
        return NULL;
    json->stack[0] = json_object();
    json->failed = json->stack[0] == NULL;
    return json;
}

void lsa_json_destroy(lsa_json *json)
{
    if (json != NULL)
        json_decref(json->stack[0]);
    free(json);
}

static bool is_usable(const lsa_json *json)
{
    return json != NULL && !json->failed;
}

/* Takes `value` over, adding it to the open container; NULL (memory was out when it was made) marks the failure. */
static void add(lsa_json *json, const char *name, json_t *value)
{
    if (!is_usable(json)) {
        json_decref(value);
        return;
    }
    json_t *open = json->stack[json->depth];
    assert(json_is_object(open) == (name != NULL));
    assert(name == NULL || json_object_get(open, name) == NULL);
    const int failure = name != NULL ? json_object_set_new(open, name, value) : json_array_append_new(open, value);
    json->failed = failure != 0;
}

static void open_container(lsa_json *json, const char *name, json_t *container)
{
    add(json, name, container);
    if (!is_usable(json))
        return;
    assert(json->depth + 1 < DEPTH);
    json->stack[++json->depth] = container;
}

void lsa_json_object(lsa_json *json, const char *name)
{
    open_container(json, name, json_object());
}

void lsa_json_array(lsa_json *json, const char *name)
{
    open_container(json, name, json_array());
}

void lsa_json_end(lsa_json *json)
{
    if (!is_usable(json))
        return;
    assert(json->depth > 0);
    --json->depth;
}

void lsa_json_string(lsa_json *json, const char *name, const char *text)
{
    if (text == NULL) {
        add(json, name, json_null());
        return;
    }
    lsa_text valid;
    lsa_text_init(&valid);
    lsa_utf8_add_valid(&valid, text);
    add(json, name, valid.failed ? NULL : json_stringn(valid.data, valid.length));
    lsa_text_clear(&valid);
}

void lsa_json_bool(lsa_json *json, const char *name, bool value)
{
    add(json, name, json_boolean(value));
}

void lsa_json_integer(lsa_json *json, const char *name, ptrdiff_t value)
{
    add(json, name, json_integer(value));
}

/* The field "<name>_reason" of the open object. */
static void add_reason(lsa_json *json, const char *name, const char *reason)
{
    if (name == NULL)
        return; /* an element of an array: the owner of the array gives the reason */
    lsa_text field;
    lsa_text_init(&field);
    lsa_text_printf(&field, "%s_reason", name);
    if (!field.failed)
        lsa_json_string(json, field.data, reason);
    else if (json != NULL)
        json->failed = true;
    lsa_text_clear(&field);
}

void lsa_json_null(lsa_json *json, const char *name, const char *reason)
{
    add(json, name, json_null());
    add_reason(json, name, reason);
}

static const char *reason_of(double value)
{
    return isinf(value) ? "infinite" : "not a number";
}

void lsa_json_quantity(lsa_json *json, const char *name, lsa_quantity quantity)
{
    if (isfinite(quantity.value))
        add(json, name, json_real(quantity.value));
    else
        lsa_json_null(json, name, quantity.reason != NULL ? quantity.reason : reason_of(quantity.value));
}

void lsa_json_number(lsa_json *json, const char *name, double value)
{
    lsa_json_quantity(json, name, (lsa_quantity){value, NULL});
}

void lsa_json_context(lsa_json *json, const char *name, double context)
{
    const double exact = 9007199254740992.0; /* 2^53: integral doubles up to here convert exactly */
    if (fabs(context) <= exact && context == floor(context))
        add(json, name, json_integer((json_int_t)context));
    else
        lsa_json_number(json, name, context);
}

/* An array of n numbers a stride apart; *reason tells why one of them is null, and is left alone where none is. */
static json_t *numbers(ptrdiff_t n, const double *x, ptrdiff_t stride, const char **reason)
{
    json_t *array = json_array();
    for (ptrdiff_t i = 0; array != NULL && i < n; ++i) {
        const double value = x[i * stride];
        if (!isfinite(value))
            *reason = reason_of(value);
        if (json_array_append_new(array, isfinite(value) ? json_real(value) : json_null()) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

/* A as an array of rows. */
static json_t *rows_of(ptrdiff_t rows, ptrdiff_t cols, const double *A, const char **reason)
{
    json_t *array = json_array();
    for (ptrdiff_t i = 0; array != NULL && i < rows; ++i) {
        if (json_array_append_new(array, numbers(cols, A + i, rows, reason)) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static void add_with_reason(lsa_json *json, const char *name, json_t *value, const char *reason)
{
    add(json, name, value);
    if (reason != NULL)
        add_reason(json, name, reason);
}

void lsa_json_vector(lsa_json *json, const char *name, ptrdiff_t n, const double *x)
{
    const char *reason = NULL;
    json_t *array = numbers(n, x, 1, &reason);
    add_with_reason(json, name, array, reason);
}

void lsa_json_matrix(lsa_json *json, const char *name, ptrdiff_t rows, ptrdiff_t cols, const double *A)
{
    const char *reason = NULL;
    json_t *array = rows_of(rows, cols, A, &reason);
    add_with_reason(json, name, array, reason);
}

/* One block by its shape; of a square one the diagonal alone where that is asked. */
static json_t *block_value(const block_writer *writer, const lsa_block *block, const char **reason)
{
    const double *values = writer->state + block->offset;
    if (lsa_shape_is_diagonal(writer->statement, block, writer->detail))
        return numbers(block->rows, values, block->rows + 1, reason);
    switch (lsa_shape_of(writer->statement, block)) {
    case LSA_SHAPE_MATRIX:
        return rows_of(block->rows, block->cols, values, reason);
    case LSA_SHAPE_VECTOR:
        return numbers(block->rows, values, 1, reason);
    case LSA_SHAPE_SCALAR:
        break;
    }
    if (isfinite(values[0]))
        return json_real(values[0]);
    *reason = reason_of(values[0]);
    return json_null();
}

/* The heads of the family that blocks[first] opens, as an array in the order of the state. */
static json_t *family_value(const block_writer *writer, ptrdiff_t first, const char **reason)
{
    json_t *array = json_array();
    for (ptrdiff_t k = first; array != NULL && k < writer->n_blocks; ++k) {
        const lsa_block *block = &writer->blocks[k];
        if (strcmp(block->name, writer->blocks[first].name) != 0)
            continue;
        if (json_array_append_new(array, block_value(writer, block, reason)) != 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

static void add_block(lsa_json *json, const block_writer *writer, ptrdiff_t k)
{
    const lsa_block *block = &writer->blocks[k];
    const bool diagonal = lsa_shape_is_diagonal(writer->statement, block, writer->detail);
    const char *reason = NULL;
    json_t *value = block->family ? family_value(writer, k, &reason) : block_value(writer, block, &reason);
    lsa_text name;
    lsa_text_init(&name);
    lsa_text_printf(&name, "%s%s", block->name, diagonal ? "_diagonal" : "");
    if (name.failed) {
        json_decref(value);
        value = NULL;
    }
    add_with_reason(json, name.failed ? block->name : name.data, value, reason);
    lsa_text_clear(&name);
}

/* Whether blocks[k] is a later head of a family that an earlier block has opened. */
static bool is_later_head(const lsa_block *blocks, ptrdiff_t k)
{
    for (ptrdiff_t earlier = 0; earlier < k; ++earlier)
        if (strcmp(blocks[earlier].name, blocks[k].name) == 0)
            return true;
    return false;
}

void lsa_json_parameters(lsa_json *json, const char *name, const lsa_statement *statement, ptrdiff_t n_blocks,
                         const lsa_block *blocks, const double *state, lsa_detail detail)
{
    if (detail == LSA_DETAIL_NONE) {
        lsa_json_null(json, name, "left out: ask for them by flow.output.parameters: all");
        return;
    }
    const block_writer writer = {statement, n_blocks, blocks, state, detail};
    lsa_json_object(json, name);
    for (ptrdiff_t k = 0; k < n_blocks; ++k)
        if (!is_later_head(blocks, k))
            add_block(json, &writer, k);
    lsa_json_end(json);
}

static int append(const char *bytes, size_t length, void *text)
{
    lsa_text *out = text;
    lsa_text_add_bytes(out, bytes, length);
    return out->failed ? -1 : 0;
}

lsa_status lsa_json_render(const lsa_json *json, lsa_text *out, lsa_error *err)
{
    if (!is_usable(json))
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the JSON document");
    assert(json->depth == 0);
    if (json_dump_callback(json->stack[0], append, out, JSON_REAL_PRECISION(17)) != 0)
        return lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the JSON document");
    lsa_text_add(out, "\n");
    return out->failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for the JSON document") : LSA_OK;
}

lsa_status lsa_json_print(const lsa_json *json, FILE *stream, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    LSA_TRY(lsa_json_render(json, &text, err));
    LSA_TRY(lsa_stream_write(stream, &text, err));
done:
    lsa_text_clear(&text);
    return status;
}
