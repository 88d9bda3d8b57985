/* vary.c - lists, ranges and what is zipped, read into axes; a cell's number into one value a key. */
#include "model/vary.h"

#include "base/text.h"
#include "base/try.h"
#include "model/number.h"
#include "model/override.h"
#include "model/suggest.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_IN_RANGE = 1000000 };

/* ---------------------------------------------------------------- ranges */

static const struct {
    const char *name, *expected;
} ranges[] = {[LSA_VARY_LOG] = {"log", "[a, b, n]: n numbers from a > 0 to b > 0, evenly in the logarithm"},
              [LSA_VARY_LINEAR] = {"linear", "[a, b, n]: n numbers from a to b, evenly"},
              [LSA_VARY_INTEGERS] = {"integers", "[a, b] or [a, b, step]: the integers from a to b"}};
enum { RANGES = sizeof ranges / sizeof *ranges };

/* In long double, so that rounding to 15 digits finds the decimal that is meant. */
double lsa_vary_number(lsa_vary_form form, double low, double high, ptrdiff_t k, ptrdiff_t n)
{
    char digits[32];
    const long double share = (long double)k / (long double)(n - 1), a = low, b = high;
    if (k == 0 || k == n - 1)
        return k == 0 ? low : high;
    const long double x =
        form == LSA_VARY_LOG ? expl((1 - share) * logl(a) + share * logl(b)) : (1 - share) * a + share * b;
    snprintf(digits, sizeof digits, "%.15Lg", x);
    return strtod(digits, NULL);
}

static bool is_integer(double x)
{
    return x == floor(x) && fabs(x) <= (double)LSA_LARGEST_INTEGER;
}

/* The numbers of a range, in x; whether they are two or three finite ones. */
static bool read_numbers(const lsa_node *list, double x[3])
{
    bool good = list->kind == LSA_NODE_SEQUENCE && (list->count == 2 || list->count == 3);
    x[2] = 1.0;
    for (ptrdiff_t k = 0; good && k < list->count; k++)
        good = list->items[k]->kind == LSA_NODE_SCALAR && lsa_node_number(list->items[k], &x[k]) && isfinite(x[k]);
    return good;
}

/* The count of a range's values; 0: it is none. */
static ptrdiff_t count_range(lsa_vary_form form, ptrdiff_t given, const double x[3])
{
    if (form == LSA_VARY_INTEGERS) {
        if (!is_integer(x[0]) || !is_integer(x[1]) || !is_integer(x[2]) || x[1] < x[0] || x[2] < 1.0)
            return 0;
        return (ptrdiff_t)fmin(floor((x[1] - x[0]) / x[2]) + 1.0, (double)LSA_VARY_CELLS + 1.0);
    }
    if (given != 3 || !is_integer(x[2]) || x[2] < 2.0 || (form == LSA_VARY_LOG && !(x[0] > 0.0 && x[1] > 0.0)))
        return 0;
    return (ptrdiff_t)fmin(x[2], (double)LSA_VARY_CELLS + 1.0);
}

/* {log: [1e-8, 1e-1, 8]} */
static lsa_status read_range(const lsa_node *node, lsa_arena *arena, lsa_vary_key *key, ptrdiff_t *count,
                             lsa_error *err)
{
    lsa_status status = LSA_OK;
    char hint[LSA_SUGGESTION_SIZE];
    double x[3];
    const char *name = node->count == 1 ? node->keys[0]->text : NULL;
    key->form = LSA_VARY_LIST;
    for (int r = LSA_VARY_LOG; name != NULL && r < RANGES; r++)
        if (strcmp(name, ranges[r].name) == 0)
            key->form = (lsa_vary_form)r;
    if (key->form == LSA_VARY_LIST) {
        lsa_suggestion best = lsa_suggestion_for(name != NULL ? name : "");
        for (int r = LSA_VARY_LOG; r < RANGES; r++)
            lsa_suggestion_offer(&best, ranges[r].name);
        return lsa_node_error(name != NULL ? node->keys[0] : node, err,
                              "expected a list of values, or one range: {log: [a, b, n]}, {linear: [a, b, n]}, "
                              "{integers: [a, b, step]}%s",
                              lsa_suggestion_text(&best, hint));
    }
    const lsa_node *list = node->items[0];
    *count = read_numbers(list, x) ? count_range(key->form, list->count, x) : 0;
    if (*count == 0)
        return lsa_node_error(list, err, "expected %s", ranges[key->form].expected);
    if (*count > MOST_IN_RANGE)
        return lsa_node_error(list, err, "more than %d values in one range", (int)MOST_IN_RANGE);
    key->low = x[0];
    key->high = key->form == LSA_VARY_INTEGERS ? x[2] : x[1];
    key->made = lsa_arena_alloc(arena, (size_t)*count, sizeof *key->made);
    LSA_TRY_MEMORY(key->made, "a range");
done:
    return status;
}

/* A scalar that stands where the range does. */
static lsa_status make_value(const lsa_vary_key *key, ptrdiff_t index, ptrdiff_t count, lsa_arena *arena,
                             lsa_node **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char text[32];
    const double x = key->form == LSA_VARY_INTEGERS ? key->low + key->high * (double)index
                                                    : lsa_vary_number(key->form, key->low, key->high, index, count);
    lsa_node *node = lsa_arena_alloc(arena, 1, sizeof *node);
    LSA_TRY_MEMORY(node, "a range");
    if (key->form == LSA_VARY_INTEGERS)
        snprintf(text, sizeof text, "%.0f", x);
    else
        lsa_text_number(x, text);
    *node = (lsa_node){.kind = LSA_NODE_SCALAR, .source = key->values->source, .line = key->values->line};
    node->column = key->values->column;
    node->length = strlen(text);
    node->text = lsa_arena_text(arena, text, node->length);
    LSA_TRY_MEMORY(node->text, "a range");
    *out = node;
done:
    return status;
}

/* ---------------------------------------------------------------- axes */

static lsa_status read_key(lsa_vary *vary, const lsa_node *key, lsa_node *values, lsa_arena *arena, ptrdiff_t *count,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    lsa_vary_key *out = &vary->keys[vary->n_keys++];
    *out = (lsa_vary_key){.key = key, .values = values, .axis = vary->n_axes};
    if (strncmp(key->text, "vary", 4) == 0 && (key->text[4] == '\0' || key->text[4] == '.'))
        return lsa_node_error(key, err, "'vary' cannot be varied");
    for (const lsa_vary_key *other = vary->keys; other < out; other++)
        if (strcmp(other->key->text, key->text) == 0)
            return lsa_node_error(key, err, "this key is varied twice");
    if (values->kind == LSA_NODE_MAPPING) {
        LSA_TRY(read_range(values, arena, out, count, err));
        out->values = values->items[0];
    } else if (values->kind != LSA_NODE_SEQUENCE || values->count == 0) {
        return lsa_node_error(values, err,
                              "found %s, expected a list of values, or a range such as {log: [1e-4, 1, 5]}",
                              values->kind == LSA_NODE_SEQUENCE ? "an empty list" : lsa_node_found(values, found));
    } else {
        *count = values->count;
    }
done:
    return status;
}

/* The last key read, or the last keys, as one axis of `count` values. */
static lsa_status end_axis(lsa_vary *vary, const lsa_node *place, ptrdiff_t count, lsa_error *err)
{
    if (count > LSA_VARY_CELLS / vary->n_cells)
        return lsa_node_error(place, err, "more than %d combinations", LSA_VARY_CELLS);
    vary->n_cells *= count;
    vary->counts[vary->n_axes++] = count;
    return LSA_OK;
}

/* {KEY: values, KEY: values}: as many values of each. */
static lsa_status read_zip(lsa_vary *vary, const lsa_node *zip, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char found[LSA_FOUND_SIZE];
    ptrdiff_t first = 0, count = 0;
    if (zip->kind != LSA_NODE_MAPPING || zip->count < 2)
        return lsa_node_error(zip, err, "found %s, expected a mapping of two keys or more, each with as many values",
                              zip->kind == LSA_NODE_MAPPING ? "too few keys" : lsa_node_found(zip, found));
    for (ptrdiff_t k = 0; k < zip->count; k++) {
        LSA_TRY(read_key(vary, zip->keys[k], zip->items[k], arena, &count, err));
        if (k > 0 && count != first)
            return lsa_node_error(zip->items[k], err, "%td values, but '%s' has %td: zipped keys go on together", count,
                                  zip->keys[0]->text, first);
        first = count;
    }
    LSA_TRY(end_axis(vary, zip, first, err));
done:
    return status;
}

static lsa_status read_zips(lsa_vary *vary, const lsa_node *zips, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (zips->kind != LSA_NODE_SEQUENCE)
        return read_zip(vary, zips, arena, err);
    for (ptrdiff_t k = 0; k < zips->count; k++)
        LSA_TRY(read_zip(vary, zips->items[k], arena, err));
done:
    return status;
}

/* As many keys as there can be below a mapping and what it zips. */
static ptrdiff_t count_keys(const lsa_node *node)
{
    ptrdiff_t count = node->kind == LSA_NODE_MAPPING ? node->count : 0;
    const lsa_node *zips = node->kind == LSA_NODE_MAPPING ? lsa_node_find(node, "zip") : NULL;
    for (ptrdiff_t k = 0; zips != NULL && zips->kind == LSA_NODE_SEQUENCE && k < zips->count; k++)
        count += zips->items[k]->count;
    return count + (zips != NULL ? zips->count : 0);
}

lsa_status lsa_vary_read(const lsa_node *node, lsa_arena *arena, lsa_vary *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = (lsa_vary){.n_cells = 1};
    if (node == NULL)
        return LSA_OK;
    const size_t most = (size_t)count_keys(node);
    out->keys = lsa_arena_alloc(arena, most, sizeof *out->keys);
    out->counts = lsa_arena_alloc(arena, most, sizeof *out->counts);
    LSA_TRY_MEMORY(out->keys, "the keys of 'vary'");
    LSA_TRY_MEMORY(out->counts, "the keys of 'vary'");
    for (ptrdiff_t k = 0; k < node->count; k++) {
        ptrdiff_t count = 0;
        if (strcmp(node->keys[k]->text, "zip") == 0) {
            LSA_TRY(read_zips(out, node->items[k], arena, err));
            continue;
        }
        LSA_TRY(read_key(out, node->keys[k], node->items[k], arena, &count, err));
        LSA_TRY(end_axis(out, node, count, err));
    }
done:
    return status;
}

/* ---------------------------------------------------------------- cells */

lsa_status lsa_vary_value(const lsa_vary *vary, ptrdiff_t cell, ptrdiff_t k, lsa_arena *arena, lsa_node **out,
                          lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_vary_key *key = &vary->keys[k];
    const ptrdiff_t count = vary->counts[key->axis];
    ptrdiff_t rest = cell;
    for (ptrdiff_t axis = vary->n_axes - 1; axis > key->axis; axis--)
        rest /= vary->counts[axis];
    const ptrdiff_t index = rest % count;
    if (key->form == LSA_VARY_LIST) {
        *out = key->values->items[index];
        return LSA_OK;
    }
    if (key->made[index] == NULL)
        LSA_TRY(make_value(key, index, count, arena, &key->made[index], err));
    *out = key->made[index];
done:
    return status;
}

lsa_status lsa_vary_apply(const lsa_vary *vary, ptrdiff_t cell, lsa_node *root, lsa_arena *arena, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t k = 0; k < vary->n_keys; k++) {
        lsa_node *value;
        const lsa_node *key = vary->keys[k].key;
        LSA_TRY(lsa_vary_value(vary, cell, k, arena, &value, err));
        const char *blame = lsa_node_place(key, arena);
        LSA_TRY_MEMORY(blame, "a cell");
        LSA_TRY(lsa_node_set(root, key->text, value, blame, arena, err));
    }
done:
    return status;
}
