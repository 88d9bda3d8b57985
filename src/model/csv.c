/* csv.c - one pass over the text: a record is split into fields, the wanted ones become numbers. */
#include "model/csv.h"
#include "base/text.h"
#include "base/try.h"
#include "model/number.h"
#include "model/suggest.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_FIELD = 512, MOST_FIELDS = 100000 };

/* A field of the record in hand, blanks and quotes around it taken off. */
typedef struct field {
    const char *start;
    size_t length;
    int line, column;
    bool quoted;
} field;

typedef struct reader {
    const char *path;
    const char *at, *end;
    int line, column;
    field *fields;
    ptrdiff_t n_fields, field_capacity;
    ptrdiff_t *wanted; /* columns, from 0 */
    ptrdiff_t n_wanted;
    ptrdiff_t value_capacity;
} reader;

static lsa_status fail(const reader *r, int line, int column, lsa_error *err, const char *message)
{
    return lsa_error_set(err, LSA_ERR_INPUT, "%s:%d:%d: %s", r->path, line, column, message);
}

static void step(reader *r)
{
    r->column += ((unsigned char)*r->at & 0xC0) != 0x80;
    if (*r->at == '\n') {
        r->line++;
        r->column = 1;
    }
    r->at++;
}

static bool at_blank(const reader *r)
{
    return r->at < r->end && (*r->at == ' ' || *r->at == '\t');
}

static bool at_line_end(const reader *r)
{
    return r->at == r->end || *r->at == '\n' || (*r->at == '\r' && (r->at + 1 == r->end || r->at[1] == '\n'));
}

static void skip_line_end(reader *r)
{
    if (r->at < r->end && *r->at == '\r')
        r->at++;
    if (r->at < r->end)
        step(r);
}

static lsa_status push_field(reader *r, const field *f, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (r->n_fields == MOST_FIELDS)
        return fail(r, f->line, f->column, err, "more than 100000 fields in one row");
    if (r->n_fields == r->field_capacity) {
        const ptrdiff_t capacity = r->field_capacity == 0 ? 32 : 2 * r->field_capacity;
        field *grown = realloc(r->fields, (size_t)capacity * sizeof *grown);
        LSA_TRY_MEMORY(grown, r->path);
        r->fields = grown;
        r->field_capacity = capacity;
    }
    r->fields[r->n_fields++] = *f;
done:
    return status;
}

static lsa_status read_quoted(reader *r, field *f, lsa_error *err)
{
    step(r);
    f->start = r->at;
    f->quoted = true;
    for (;;) {
        if (r->at == r->end)
            return fail(r, f->line, f->column, err, "the quotes are not closed");
        const bool quote = *r->at == '"';
        const bool doubled = quote && r->at + 1 < r->end && r->at[1] == '"';
        if (quote && !doubled)
            break;
        step(r);
        if (doubled)
            step(r);
    }
    f->length = (size_t)(r->at - f->start);
    step(r);
    while (at_blank(r))
        step(r);
    if (!at_line_end(r) && *r->at != ',')
        return fail(r, r->line, r->column, err, "expected a comma after the closing quotes");
    return LSA_OK;
}

static lsa_status read_field(reader *r, lsa_error *err)
{
    lsa_status status = LSA_OK;
    while (at_blank(r))
        step(r);
    field f = {.start = r->at, .line = r->line, .column = r->column};
    if (r->at < r->end && *r->at == '"') {
        LSA_TRY(read_quoted(r, &f, err));
    } else {
        while (!at_line_end(r) && *r->at != ',')
            step(r);
        f.length = (size_t)(r->at - f.start);
        while (f.length > 0 && (f.start[f.length - 1] == ' ' || f.start[f.length - 1] == '\t'))
            f.length--;
    }
    LSA_TRY(push_field(r, &f, err));
done:
    return status;
}

/* Skips lines that are empty or begin with #. */
static void skip_comments(reader *r)
{
    while (r->at < r->end && (at_line_end(r) || *r->at == '#')) {
        while (!at_line_end(r))
            step(r);
        skip_line_end(r);
    }
}

/* Splits the next record; n_fields is 0 at the end of the file. */
static lsa_status read_record(reader *r, lsa_error *err)
{
    lsa_status status = LSA_OK;
    r->n_fields = 0;
    skip_comments(r);
    if (r->at == r->end)
        return LSA_OK;
    LSA_TRY(read_field(r, err));
    while (r->at < r->end && *r->at == ',') {
        step(r);
        LSA_TRY(read_field(r, err));
    }
    skip_line_end(r);
done:
    return status;
}

/* The field's text without its doubled quotes, cut to the buffer. */
static const char *field_text(const field *f, char buffer[LONGEST_FIELD])
{
    size_t used = 0;
    for (size_t k = 0; k < f->length && used < LONGEST_FIELD - 1; k++) {
        buffer[used++] = f->start[k];
        if (f->quoted && f->start[k] == '"')
            k++;
    }
    buffer[used] = '\0';
    return buffer;
}

static bool field_number(const field *f, double *out)
{
    char text[LONGEST_FIELD];
    return f->length < LONGEST_FIELD - 1 && lsa_number_parse(field_text(f, text), out) && isfinite(*out);
}

/* The column that a node names, by number or in the header. */
static lsa_status find_column(const reader *r, const lsa_node *node, ptrdiff_t *out, lsa_error *err)
{
    double number = 0;
    char text[LONGEST_FIELD], hint[LSA_SUGGESTION_SIZE], shown[LSA_FOUND_SIZE], best_text[LONGEST_FIELD] = "";
    if (lsa_node_number(node, &number)) {
        if (!lsa_node_integer(node, &number) || !(number >= 1 && number <= (double)r->n_fields))
            return lsa_node_error(node, err, "found column %s, %s has columns 1 to %td",
                                  lsa_text_shown(node->text, shown), r->path, r->n_fields);
        *out = (ptrdiff_t)number - 1;
        return LSA_OK;
    }
    lsa_suggestion best = lsa_suggestion_for(node->text);
    for (ptrdiff_t j = 0; j < r->n_fields; j++) {
        if (strcmp(field_text(&r->fields[j], text), node->text) == 0) {
            *out = j;
            return LSA_OK;
        }
        const int before = best.distance;
        lsa_suggestion_offer(&best, text);
        if (best.distance < before)
            memcpy(best_text, text, sizeof text);
    }
    best.best = best.best == NULL ? NULL : best_text;
    return lsa_node_error(node, err, "%s has no column '%s'%s", r->path, lsa_text_shown(node->text, shown),
                          lsa_suggestion_text(&best, hint));
}

/* Column j of the wanted ones: named, or the j-th that is not the label. */
static lsa_status choose_column(const reader *r, const lsa_node *columns, ptrdiff_t label, ptrdiff_t j, ptrdiff_t *out,
                                lsa_error *err)
{
    lsa_status status = LSA_OK;
    *out = label >= 0 && j >= label ? j + 1 : j;
    if (columns == NULL)
        return LSA_OK;
    const lsa_node *name = columns->kind == LSA_NODE_SEQUENCE ? columns->items[j] : columns;
    LSA_TRY(find_column(r, name, out, err));
    if (*out == label)
        return lsa_node_error(name, err, "this column is the label");
done:
    return status;
}

/* Which columns are wanted: from the first record, which may be the header. */
static lsa_status choose_columns(reader *r, const lsa_node *columns, const lsa_node *label, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t labels = label != NULL;
    const ptrdiff_t n = columns == NULL                      ? r->n_fields - labels
                        : columns->kind == LSA_NODE_SEQUENCE ? columns->count
                                                             : 1;
    ptrdiff_t at = -1;
    if (label != NULL)
        LSA_TRY(find_column(r, label, &at, err));
    if (n == 0)
        return lsa_node_error(columns != NULL ? columns : label, err, "found %s, expected columns",
                              columns != NULL ? "an empty list" : "no column but the label");
    r->n_wanted = n + labels;
    r->wanted = calloc((size_t)r->n_wanted, sizeof *r->wanted);
    LSA_TRY_MEMORY(r->wanted, r->path);
    for (ptrdiff_t j = 0; j < n; j++)
        LSA_TRY(choose_column(r, columns, at, j, &r->wanted[j], err));
    if (label != NULL)
        r->wanted[n] = at;
done:
    return status;
}

static bool is_header(const reader *r)
{
    double x = 0;
    for (ptrdiff_t j = 0; j < r->n_wanted; j++)
        if (!field_number(&r->fields[r->wanted[j]], &x))
            return true;
    return false;
}

static lsa_status grow_values(reader *r, lsa_csv *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t needed = (out->rows + 1) * out->cols;
    if (needed <= r->value_capacity)
        return LSA_OK;
    const ptrdiff_t capacity = 2 * needed;
    double *grown = realloc(out->values, (size_t)capacity * sizeof *grown);
    LSA_TRY_MEMORY(grown, r->path);
    out->values = grown;
    r->value_capacity = capacity;
done:
    return status;
}

/* Turns the wanted fields of the record into one row of numbers. */
static lsa_status take_record(reader *r, ptrdiff_t width, lsa_csv *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char message[LSA_FOUND_SIZE + 64], text[LONGEST_FIELD], shown[LSA_FOUND_SIZE];
    if (r->n_fields != width) {
        snprintf(message, sizeof message, "the row has %td fields, the first row has %td", r->n_fields, width);
        return fail(r, r->fields[0].line, r->fields[0].column, err, message);
    }
    LSA_TRY(grow_values(r, out, err));
    for (ptrdiff_t j = 0; j < r->n_wanted; j++) {
        const field *f = &r->fields[r->wanted[j]];
        if (!field_number(f, &out->values[out->rows * out->cols + j])) {
            snprintf(message, sizeof message, "found '%s', expected a number",
                     lsa_text_shown(field_text(f, text), shown));
            return fail(r, f->line, f->column, err, message);
        }
    }
    out->rows++;
done:
    return status;
}

static lsa_status read_rows(reader *r, const lsa_node *columns, const lsa_node *label, lsa_csv *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(read_record(r, err));
    const ptrdiff_t width = r->n_fields;
    if (width == 0)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: the file has no rows", r->path);
    LSA_TRY(choose_columns(r, columns, label, err));
    out->cols = r->n_wanted;
    if (is_header(r))
        LSA_TRY(read_record(r, err));
    while (r->n_fields > 0) {
        LSA_TRY(take_record(r, width, out, err));
        LSA_TRY(read_record(r, err));
    }
    if (out->rows == 0)
        return lsa_error_set(err, LSA_ERR_INPUT, "%s: the file has no rows of numbers", r->path);
done:
    return status;
}

lsa_status lsa_csv_read(const char *path, const lsa_node *columns, const lsa_node *label, lsa_csv *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    reader r = {.path = path, .line = 1, .column = 1};
    lsa_text_init(&text);
    *out = (lsa_csv){0};
    LSA_TRY(lsa_text_read_file(&text, path, LSA_CSV_BYTES, err));
    if (text.length > 0 && memchr(text.data, '\0', text.length) != NULL) {
        status = lsa_error_set(err, LSA_ERR_INPUT, "%s: the file holds NUL bytes: it is no text", path);
        goto done;
    }
    const size_t mark = text.length >= 3 && memcmp(text.data, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    r.at = text.length == 0 ? "" : text.data + mark;
    r.end = r.at + text.length - mark;
    LSA_TRY(read_rows(&r, columns, label, out, err));
done:
    free(r.fields);
    free(r.wanted);
    lsa_text_clear(&text);
    return status;
}

void lsa_csv_clear(lsa_csv *csv)
{
    free(csv->values);
    *csv = (lsa_csv){0};
}

/* Mean and mean squared deviation of column j, n rows of k numbers. */
static void column_moments(const lsa_csv *csv, ptrdiff_t j, double *mean, double *variance)
{
    const double n = (double)csv->rows;
    double sum = 0.0, squares = 0.0;
    for (ptrdiff_t i = 0; i < csv->rows; i++)
        sum += csv->values[i * csv->cols + j] / n;
    for (ptrdiff_t i = 0; i < csv->rows; i++) {
        const double deviation = csv->values[i * csv->cols + j] - sum;
        squares += deviation * deviation / n;
    }
    *mean = sum;
    *variance = squares;
}

lsa_status lsa_csv_prepare(lsa_csv *csv, bool center, bool standardize, const lsa_node *node, lsa_error *err)
{
    for (ptrdiff_t j = 0; j < csv->cols; j++) {
        double mean = 0.0, variance = 0.0;
        column_moments(csv, j, &mean, &variance);
        if (standardize && !(variance > 0.0))
            return lsa_node_error(node, err, "column %td of the chosen ones is constant: it cannot be standardized",
                                  j + 1);
        const double shift = center ? mean : 0.0, scale = standardize ? 1.0 / sqrt(variance) : 1.0;
        for (ptrdiff_t i = 0; i < csv->rows; i++) {
            double *x = &csv->values[i * csv->cols + j];
            *x = (*x - shift) * scale;
        }
    }
    return LSA_OK;
}
