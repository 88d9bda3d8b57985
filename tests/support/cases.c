/* cases.c - reads the reference cases with jansson. */
#include "cases.h"

#include <string.h>

static const json_t *field(const lsa_case *c, const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    if (value == NULL)
        fail_msg("case %s has no field %s", c->id, name);
    return value;
}

/* How many numbers a field holds. */
static ptrdiff_t count_numbers(const json_t *value)
{
    if (!json_is_array(value))
        return json_is_number(value) || json_is_boolean(value) ? 1 : 0;
    ptrdiff_t count = 0;
    for (size_t i = 0; i < json_array_size(value); ++i)
        count += count_numbers(json_array_get(value, i));
    return count;
}

static double number(const json_t *value)
{
    return json_is_boolean(value) ? (double)json_is_true(value) : json_number_value(value);
}

static bool is_matrix(const json_t *value)
{
    const json_t *row = json_array_get(value, 0);
    return json_is_array(row) && !json_is_array(json_array_get(row, 0));
}

/* Writes a matrix, given by rows, column by column; returns the place behind it. */
static double *flatten_matrix(const lsa_case *c, const char *name, const json_t *rows, double *out)
{
    const size_t m = json_array_size(rows);
    const size_t n = json_array_size(json_array_get(rows, 0));
    for (size_t i = 0; i < m; ++i) {
        const json_t *row = json_array_get(rows, i);
        if (json_array_size(row) != n)
            fail_msg("case %s, field %s: rows of different lengths", c->id, name);
        for (size_t j = 0; j < n; ++j)
            out[i + j * m] = number(json_array_get(row, j));
    }
    return out + m * n;
}

static double *flatten(const lsa_case *c, const char *name, const json_t *value, double *out)
{
    if (!json_is_array(value)) {
        *out = number(value);
        return out + 1;
    }
    if (is_matrix(value))
        return flatten_matrix(c, name, value, out);
    for (size_t i = 0; i < json_array_size(value); ++i)
        out = flatten(c, name, json_array_get(value, i), out);
    return out;
}

static const double *numbers(const lsa_case *c, const json_t *object, const char *name, ptrdiff_t count)
{
    const json_t *value = field(c, object, name);
    if (count_numbers(value) != count)
        fail_msg("case %s, field %s: %td numbers, not %td", c->id, name, count_numbers(value), count);
    double *out = lsa_arena_alloc(c->arena, (size_t)count, sizeof *out);
    assert_non_null(out);
    flatten(c, name, value, out);
    return out;
}

static bool run_case(const json_t *entry, const char *kind, void (*test)(const lsa_case *c))
{
    lsa_case c = {.id = json_string_value(json_object_get(entry, "id")),
                  .kind = json_string_value(json_object_get(entry, "kind")),
                  .input = json_object_get(entry, "input"),
                  .expect = json_object_get(entry, "expect"),
                  .rtol = json_number_value(json_object_get(entry, "rtol")),
                  .atol = json_number_value(json_object_get(entry, "atol"))};
    if (strcmp(c.kind, kind) != 0)
        return false;
    c.arena = lsa_arena_create();
    assert_non_null(c.arena);
    print_message("case %s\n", c.id);
    test(&c);
    lsa_arena_destroy(c.arena);
    return true;
}

void lsa_cases_each(const char *kind, void (*test)(const lsa_case *c))
{
    json_error_t error;
    json_t *root = json_load_file(LSA_TEST_DATA "/public.json", 0, &error);
    if (root == NULL)
        fail_msg("%s:%d: %s", error.source, error.line, error.text);
    const json_t *cases = json_object_get(root, "cases");
    int found = 0;
    for (size_t i = 0; i < json_array_size(cases); ++i)
        found += run_case(json_array_get(cases, i), kind, test);
    if (found == 0)
        fail_msg("there is no case of kind %s", kind);
    json_decref(root);
}

bool lsa_case_has(const lsa_case *c, const char *name)
{
    return json_object_get(c->input, name) != NULL;
}

ptrdiff_t lsa_case_length(const lsa_case *c, const char *name)
{
    return (ptrdiff_t)json_array_size(field(c, c->input, name));
}

double lsa_case_number(const lsa_case *c, const char *name)
{
    return *numbers(c, c->input, name, 1);
}

double lsa_case_number_or(const lsa_case *c, const char *name, double otherwise)
{
    return lsa_case_has(c, name) ? lsa_case_number(c, name) : otherwise;
}

const double *lsa_case_input(const lsa_case *c, const char *name, ptrdiff_t count)
{
    return numbers(c, c->input, name, count);
}

const double *lsa_case_expect(const lsa_case *c, const char *name, ptrdiff_t count)
{
    return numbers(c, c->expect, name, count);
}

void lsa_case_check(const lsa_case *c, const char *name, const double *got, ptrdiff_t count)
{
    const double *want = lsa_case_expect(c, name, count);
    char what[128];
    snprintf(what, sizeof what, "case %s, %s", c->id, name);
    lsa_check_matrix_close(count, 1, got, want, c->rtol, c->atol, what, __FILE__, __LINE__);
}
