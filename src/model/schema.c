/* schema.c - a tree checked against the table of keys, and values read from it with the table's defaults. */
#include "model/schema.h"
#include "base/text.h"
#include "base/try.h"
#include "model/number.h"
#include "model/suggest.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { ROW_PATH = 128 }; /* longer than any path of the table */

/* Appends to a buffer of `size`, cutting at its end. */
static void append(char *buffer, size_t size, const char *text)
{
    const size_t used = strlen(buffer);
    snprintf(buffer + used, size - used, "%s", text);
}

static void append_bound(char *buffer, size_t size, const char *before, double bound)
{
    char number[32];
    append(buffer, size, before);
    append(buffer, size, lsa_text_number(bound, number));
}

static bool is_counted(const lsa_schema_row *row)
{
    return row->kind == LSA_VALUE_COUNT || row->kind == LSA_VALUE_EXTENT;
}

static void append_range(const lsa_schema_row *row, char *buffer, size_t size)
{
    const bool open_low = row->kind == LSA_VALUE_ABOVE || row->kind == LSA_VALUE_INSIDE;
    append(buffer, size, is_counted(row) ? "an integer" : "a number");
    if (isfinite(row->high) && row->low == -row->high) {
        append_bound(buffer, size, " from ", row->low);
        append_bound(buffer, size, " to ", row->high);
        return;
    }
    if (isfinite(row->low))
        append_bound(buffer, size, open_low ? " > " : " >= ", row->low);
    if (isfinite(row->high))
        append_bound(buffer, size, row->kind == LSA_VALUE_INSIDE ? " and < " : " and <= ", row->high);
    if (row->kind == LSA_VALUE_EXTENT)
        append(buffer, size, ", or .inf");
}

/* "one of a, b, c" from "a|b|c". */
static void append_choices(const char *choices, char *buffer, size_t size)
{
    const char *end = strchr(choices, '|');
    append(buffer, size, end == NULL ? "" : "one of ");
    for (; end != NULL; choices = end + 1, end = strchr(choices, '|')) {
        char word[32];
        snprintf(word, sizeof word, "%.*s, ", (int)(end - choices), choices);
        append(buffer, size, word);
    }
    append(buffer, size, choices);
}

char *lsa_schema_expected(const lsa_schema_row *row, char buffer[LSA_EXPECTED_SIZE])
{
    static const char *const lists[] = {"", "a list", "a list of lists"};
    buffer[0] = '\0';
    switch (row->kind) {
    case LSA_VALUE_NONE:
        break;
    case LSA_VALUE_TEXT:
        append(buffer, LSA_EXPECTED_SIZE, "text");
        break;
    case LSA_VALUE_FLAG:
        append(buffer, LSA_EXPECTED_SIZE, "true or false");
        break;
    case LSA_VALUE_SEED:
        append(buffer, LSA_EXPECTED_SIZE, "an integer from 0 to 18446744073709551615");
        break;
    case LSA_VALUE_CHOICE:
        append_choices(row->choices, buffer, LSA_EXPECTED_SIZE);
        break;
    default:
        if (row->choices != NULL) {
            append_choices(row->choices, buffer, LSA_EXPECTED_SIZE);
            append(buffer, LSA_EXPECTED_SIZE, ", or ");
        }
        append_range(row, buffer, LSA_EXPECTED_SIZE);
    }
    if (row->list > 0) {
        append(buffer, LSA_EXPECTED_SIZE, buffer[0] != '\0' ? ", or " : "");
        append(buffer, LSA_EXPECTED_SIZE, lists[row->list]);
    }
    if (row->mapping != NULL) {
        append(buffer, LSA_EXPECTED_SIZE, buffer[0] != '\0' ? ", or " : "");
        append(buffer, LSA_EXPECTED_SIZE, "a mapping");
    }
    return buffer;
}

static bool in_range(const lsa_schema_row *row, double x)
{
    const bool open_low = row->kind == LSA_VALUE_ABOVE || row->kind == LSA_VALUE_INSIDE;
    const bool open_high = row->kind == LSA_VALUE_INSIDE;
    return (open_low ? x > row->low : x >= row->low) && (open_high ? x < row->high : x <= row->high);
}

static bool fits_number(const lsa_schema_row *row, const lsa_node *node)
{
    double x = 0;
    if (!lsa_node_number(node, &x))
        return false;
    if (isinf(x))
        return row->kind == LSA_VALUE_EXTENT && x > 0;
    return (!is_counted(row) || lsa_node_integer(node, &x)) && in_range(row, x);
}

/* The place of `word` in "a|b|c", or -1. */
static int choice_index(const char *choices, const char *word)
{
    const size_t length = strlen(word);
    int index = 0;
    for (const char *at = choices; at != NULL; index++) {
        const char *end = strchr(at, '|');
        const size_t n = end == NULL ? strlen(at) : (size_t)(end - at);
        if (n == length && memcmp(at, word, n) == 0)
            return index;
        at = end == NULL ? NULL : end + 1;
    }
    return -1;
}

static bool fits_scalar(const lsa_schema_row *row, const lsa_node *node)
{
    uint64_t seed = 0;
    if (lsa_node_is_null(node))
        return false;
    switch (row->kind) {
    case LSA_VALUE_NONE:
        return false;
    case LSA_VALUE_TEXT:
        return true;
    case LSA_VALUE_FLAG:
        return node->style == LSA_STYLE_PLAIN && choice_index("false|true", node->text) >= 0;
    case LSA_VALUE_SEED:
        return node->style == LSA_STYLE_PLAIN && lsa_seed_parse(node->text, &seed);
    case LSA_VALUE_CHOICE:
        return choice_index(row->choices, node->text) >= 0;
    default:
        return fits_number(row, node) || (row->choices != NULL && choice_index(row->choices, node->text) >= 0);
    }
}

/* The nearest word of a choice to a wrong one. The words are copied: the table keeps them in one string. */
static void append_near_choice(const lsa_schema_row *row, const lsa_node *node, char *buffer, size_t size)
{
    enum { WORDS = 8, LETTERS = 32 };
    char words[WORDS][LETTERS], hint[LSA_SUGGESTION_SIZE];
    lsa_suggestion best = lsa_suggestion_for(node->text);
    int n = 0;
    for (const char *at = row->choices; at != NULL && n < WORDS; n++) {
        const char *end = strchr(at, '|');
        const size_t length = end == NULL ? strlen(at) : (size_t)(end - at);
        const size_t kept = length < LETTERS ? length : LETTERS - 1;
        memcpy(words[n], at, kept);
        words[n][kept] = '\0';
        lsa_suggestion_offer(&best, words[n]);
        at = end == NULL ? NULL : end + 1;
    }
    append(buffer, size, lsa_suggestion_text(&best, hint));
}

static lsa_status unexpected(const lsa_schema_row *row, const lsa_node *node, lsa_error *err)
{
    char found[LSA_FOUND_SIZE], expected[LSA_EXPECTED_SIZE], hint[LSA_SUGGESTION_SIZE + LSA_FOUND_SIZE] = "";
    const bool number = row->kind != LSA_VALUE_NONE && row->kind != LSA_VALUE_TEXT && row->kind != LSA_VALUE_FLAG;
    if (row->choices != NULL && node->kind == LSA_NODE_SCALAR)
        append_near_choice(row, node, hint, sizeof hint);
    else if (number)
        append(hint, sizeof hint, lsa_number_hint(node));
    return lsa_node_error(node, err, "found %s, expected %s%s", lsa_node_found(node, found),
                          lsa_schema_expected(row, expected), hint);
}

static lsa_status check_value(const lsa_schema_row *row, const lsa_node *node, lsa_error *err);

static lsa_status check_list(const lsa_schema_row *row, const lsa_node *node, int depth, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char path[ROW_PATH];
    snprintf(path, sizeof path, "%s.*", row->path);
    const lsa_schema_row *below = lsa_schema_find(path);
    lsa_schema_row item = below != NULL ? *below : *row;
    if (below == NULL)
        item.list = 0;
    for (ptrdiff_t k = 0; k < node->count; k++) {
        if (depth == 1)
            LSA_TRY(check_value(&item, node->items[k], err));
        else if (node->items[k]->kind != LSA_NODE_SEQUENCE)
            return unexpected(row, node->items[k], err);
        else
            LSA_TRY(check_list(row, node->items[k], depth - 1, err));
    }
done:
    return status;
}

/* Whether a row stands directly below a prefix; `name` is then its key. The root's prefix is empty. */
static bool is_below(const lsa_schema_row *row, const char *prefix, const char **name)
{
    const size_t n = strlen(prefix);
    if (n == 0) {
        *name = row->path;
        return strchr(row->path, '.') == NULL && row->path[0] != '(';
    }
    if (strncmp(row->path, prefix, n) != 0 || row->path[n] != '.')
        return false;
    *name = row->path + n + 1;
    return strchr(*name, '.') == NULL && (*name)[0] != '*';
}

static const lsa_schema_row *row_below(const char *prefix, const char *key)
{
    const char *name = NULL;
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++)
        if (is_below(row, prefix, &name) && strcmp(name, key) == 0)
            return row;
    return NULL;
}

/* A key that is known in another place: a path of the table that ends with it, or NULL. */
static const char *place_of_key(const char *key)
{
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++) {
        const char *dot = strrchr(row->path, '.');
        if (row->path[0] != '(' && dot != NULL && strcmp(dot + 1, key) == 0)
            return row->path;
    }
    return NULL;
}

/* Keys of a claim about a set of models or of points: one run has one model. */
static bool is_of_many(const char *prefix, const char *key)
{
    static const char *const keys[] = {"critical", "forall", "forsome", "almost-all", "margin", "search"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (strcmp(prefix, "claims.*") == 0 && strcmp(keys[k], key) == 0)
            return true;
    return false;
}

static lsa_status unknown_key(const char *prefix, const lsa_node *key, lsa_error *err)
{
    if (is_of_many(prefix, key->text))
        return lsa_node_error(key, err,
                              "a claim is judged on the model at hand; '%s' speaks of many models or points, "
                              "which this version does not search",
                              key->text);
    char hint[LSA_SUGGESTION_SIZE];
    const char *name = NULL;
    lsa_suggestion best = lsa_suggestion_for(key->text);
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++)
        if (is_below(row, prefix, &name))
            lsa_suggestion_offer(&best, name);
    if (best.best == NULL)
        best.best = place_of_key(key->text);
    return lsa_node_error(key, err, "unknown key%s", lsa_suggestion_text(&best, hint));
}

static lsa_status check_mapping(const char *prefix, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const char *name = NULL;
    for (ptrdiff_t k = 0; k < node->count; k++) {
        const lsa_schema_row *row = row_below(prefix, node->keys[k]->text);
        if (row == NULL)
            return unknown_key(prefix, node->keys[k], err);
        LSA_TRY(check_value(row, node->items[k], err));
    }
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++)
        if (is_below(row, prefix, &name) && strcmp(row->standard, "required") == 0 && lsa_node_find(node, name) == NULL)
            return lsa_node_error(node, err, "the key '%s' is missing", name);
done:
    return status;
}

static lsa_status check_value(const lsa_schema_row *row, const lsa_node *node, lsa_error *err)
{
    switch (node->kind) {
    case LSA_NODE_SEQUENCE:
        return row->list > 0 ? check_list(row, node, row->list, err) : unexpected(row, node, err);
    case LSA_NODE_MAPPING:
        if (row->mapping == NULL)
            return unexpected(row, node, err);
        if (strcmp(row->mapping, "*") == 0)
            return LSA_OK;
        return check_mapping(strcmp(row->mapping, ".") == 0 ? row->path : row->mapping, node, err);
    default:
        return fits_scalar(row, node) ? LSA_OK : unexpected(row, node, err);
    }
}

lsa_status lsa_schema_check(const lsa_node *root, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    if (root->kind != LSA_NODE_MAPPING)
        return lsa_node_error(root, err, "found %s, expected a mapping", lsa_node_found(root, found));
    return check_mapping("", root, err);
}

lsa_status lsa_schema_check_key(const lsa_node *root, const char *key, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    if (root->kind != LSA_NODE_MAPPING)
        return lsa_node_error(root, err, "found %s, expected a mapping", lsa_node_found(root, found));
    if (root->count != 1 || lsa_node_find(root, key) == NULL)
        return lsa_node_error(root, err, "expected the key '%s' and nothing else", key);
    return check_value(lsa_schema_find(key), root->items[0], err);
}

const lsa_node *lsa_value_node(const lsa_node *mapping, const char *path)
{
    const char *dot = strrchr(path, '.');
    assert(lsa_schema_find(path) != NULL);
    if (mapping == NULL || mapping->kind != LSA_NODE_MAPPING)
        return NULL;
    return lsa_node_find(mapping, dot == NULL ? path : dot + 1);
}

/* The text of a value that is there, or of the row's default. */
static const char *value_text(const lsa_node *mapping, const char *path)
{
    const lsa_node *node = lsa_value_node(mapping, path);
    return node != NULL ? node->text : lsa_schema_find(path)->standard;
}

double lsa_value_real(const lsa_node *mapping, const char *path)
{
    double x = NAN; /* no value and no default */
    lsa_number_parse(value_text(mapping, path), &x);
    return x;
}

uint64_t lsa_value_seed(const lsa_node *mapping, const char *path)
{
    uint64_t seed = 0;
    lsa_seed_parse(value_text(mapping, path), &seed);
    return seed;
}

bool lsa_value_flag(const lsa_node *mapping, const char *path)
{
    return strcmp(value_text(mapping, path), "true") == 0;
}

int lsa_value_choice(const lsa_node *mapping, const char *path)
{
    return choice_index(lsa_schema_find(path)->choices, value_text(mapping, path));
}

int lsa_choice_of(const lsa_node *node, const char *path)
{
    return node->kind == LSA_NODE_SCALAR ? choice_index(lsa_schema_find(path)->choices, node->text) : -1;
}

/* A cell of a Markdown table: | would end it. */
static void add_cell(struct lsa_text *text, const char *cell)
{
    for (; *cell != '\0'; cell++) {
        if (*cell == '|')
            lsa_text_add(text, "\\");
        lsa_text_add_bytes(text, cell, 1);
    }
}

static void add_row(struct lsa_text *text, const lsa_schema_row *row)
{
    char expected[LSA_EXPECTED_SIZE];
    const bool is_default = row->standard[0] != '\0' && strcmp(row->standard, "required") != 0;
    lsa_text_printf(text, "| `%s` | ", row->path);
    add_cell(text, lsa_schema_expected(row, expected));
    lsa_text_printf(text, " | %s%s%s | ", is_default ? "`" : "", row->standard, is_default ? "`" : "");
    add_cell(text, row->meaning);
    lsa_text_add(text, " |\n");
}

void lsa_schema_markdown(struct lsa_text *text)
{
    lsa_text_add(text, "| key | value | default | meaning |\n|---|---|---|---|\n");
    for (const lsa_schema_row *row = lsa_schema_rows(); row->path != NULL; row++) {
        const size_t n = strlen(row->path);
        const bool item = row->path[n - 1] == '*' && row->mapping == NULL;
        const bool heading = row->path[0] == '(' && row->path[n - 1] == ')';
        if (!item && !heading)
            add_row(text, row);
    }
}
