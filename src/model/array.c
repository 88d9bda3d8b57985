/* array.c - shape first, then numbers. */
#include "model/array.h"
#include "base/try.h"
#include "model/number.h"
#include <math.h>
#include <stdio.h>

static lsa_status expect_number(const lsa_node *node, double *out, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    if (lsa_node_number(node, out) && isfinite(*out))
        return LSA_OK;
    return lsa_node_error(node, err, "found %s, expected a number%s", lsa_node_found(node, found),
                          lsa_number_hint(node));
}

static lsa_status check_numbers(const lsa_node *list, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double x = 0;
    for (ptrdiff_t k = 0; k < list->count; k++)
        LSA_TRY(expect_number(list->items[k], &x, err));
done:
    return status;
}

static lsa_status check_rows(const lsa_node *node, ptrdiff_t cols, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    for (ptrdiff_t i = 0; i < node->count; i++) {
        const lsa_node *row = node->items[i];
        if (row->kind != LSA_NODE_SEQUENCE)
            return lsa_node_error(row, err, "found %s, expected a row of numbers", lsa_node_found(row, found));
        if (row->count != cols)
            return lsa_node_error(row, err, "the row has %td numbers, the first row has %td", row->count, cols);
        LSA_TRY(check_numbers(row, err));
    }
done:
    return status;
}

lsa_status lsa_array_shape(const lsa_node *node, lsa_array_form *form, ptrdiff_t *rows, ptrdiff_t *cols, lsa_error *err)
{
    double x = 0;
    *rows = *cols = 1;
    *form = LSA_ARRAY_NUMBER;
    if (node->kind == LSA_NODE_SCALAR)
        return expect_number(node, &x, err);
    if (node->kind == LSA_NODE_MAPPING)
        return lsa_node_error(node, err, "found a mapping, expected numbers");
    if (node->count == 0)
        return lsa_node_error(node, err, "found an empty list, expected numbers");
    const lsa_node *first = node->items[0];
    const bool flat = first->kind != LSA_NODE_SEQUENCE;
    *form = flat ? LSA_ARRAY_VECTOR : LSA_ARRAY_MATRIX;
    *rows = node->count;
    *cols = flat ? 1 : first->count;
    if (!flat && first->count == 0)
        return lsa_node_error(first, err, "found an empty row, expected numbers");
    return flat ? check_numbers(node, err) : check_rows(node, *cols, err);
}

/* How a value of a given form and shape is written, for messages. */
static lsa_status shape_error(const lsa_node *node, lsa_array_form form, ptrdiff_t rows, ptrdiff_t cols,
                              lsa_array_form wanted, ptrdiff_t want_rows, ptrdiff_t want_cols, lsa_error *err)
{
    char texts[2][LSA_FOUND_SIZE];
    const lsa_array_form forms[2] = {form, wanted};
    const ptrdiff_t shapes[2][2] = {{rows, cols}, {want_rows, want_cols}};
    for (int k = 0; k < 2; k++) {
        if (forms[k] == LSA_ARRAY_NUMBER)
            snprintf(texts[k], LSA_FOUND_SIZE, "a number");
        else if (forms[k] == LSA_ARRAY_VECTOR)
            snprintf(texts[k], LSA_FOUND_SIZE, "a list of length %td", shapes[k][0]);
        else
            snprintf(texts[k], LSA_FOUND_SIZE, "a %td x %td matrix", shapes[k][0], shapes[k][1]);
    }
    return lsa_node_error(node, err, "found %s, expected %s", texts[0], texts[1]);
}

lsa_status lsa_array_read(const lsa_node *node, lsa_array_form form, ptrdiff_t rows, ptrdiff_t cols, double *out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_array_form found = LSA_ARRAY_NUMBER;
    ptrdiff_t m = 0, n = 0;
    LSA_TRY(lsa_array_shape(node, &found, &m, &n, err));
    const bool as_rows = form == LSA_ARRAY_VECTOR && found == LSA_ARRAY_MATRIX && n == 1;
    if ((found != form && !as_rows) || m != rows || n != cols)
        return shape_error(node, found, m, n, form, rows, cols, err);
    if (found == LSA_ARRAY_NUMBER)
        return expect_number(node, out, err);
    for (ptrdiff_t i = 0; i < rows; i++)
        for (ptrdiff_t j = 0; j < cols; j++) {
            const lsa_node *entry = found == LSA_ARRAY_VECTOR ? node->items[i] : node->items[i]->items[j];
            LSA_TRY(expect_number(entry, &out[i + j * rows], err));
        }
done:
    return status;
}
