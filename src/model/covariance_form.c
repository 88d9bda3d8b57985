/* covariance_form.c - the forms of a covariance.
 *
 * A scalar or diagonal form keeps O(d) numbers unless it is rotated. A matrix keeps itself and its eigenbasis: a
 * rotated spectrum knows both without a decomposition. What was made from a node is kept and found again, so that the
 * runs of `vary` share it. */
#include "model/covariance_form.h"
#include "base/matrix.h"
#include "base/text.h"
#include "base/try.h"
#include "model/array.h"
#include "model/csv.h"
#include "model/random_form.h"
#include "model/schema.h"
#include "model/semidefinite.h"
#include "model/written_form.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A form being made. */
typedef struct making {
    lsa_reading *reading;
    const lsa_node *node; /* the mapping                          */
    ptrdiff_t asked;      /* dimension from elsewhere, 0: unknown */
    lsa_covariance *covariance;
} making;

static lsa_status need_dimension(const making *m, lsa_error *err)
{
    if (m->asked > 0)
        return LSA_OK;
    return lsa_node_error(m->node, err, "this form does not say its dimension: give data.dimension");
}

/* The form's own dimension agrees with the one that is asked for, and a matrix is not too large. */
static lsa_status set_dimension(making *m, const lsa_node *node, ptrdiff_t d, lsa_error *err)
{
    if (m->asked > 0 && d != m->asked)
        return lsa_node_error(node, err, "the dimension is %td, expected %td", d, m->asked);
    m->covariance->d = d;
    return LSA_OK;
}

static lsa_status make_spectrum(making *m, lsa_covariance_kind kind, lsa_error *err)
{
    m->covariance->kind = kind;
    return lsa_reading_numbers(m->reading, m->node, m->covariance->d, 1, &m->covariance->spectrum, err);
}

static lsa_status make_scalar(making *m, double c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(need_dimension(m, err));
    m->covariance->d = m->asked;
    LSA_TRY(make_spectrum(m, LSA_COVARIANCE_SCALAR, err));
    for (ptrdiff_t i = 0; i < m->asked; i++)
        m->covariance->spectrum[i] = c;
done:
    return status;
}

static lsa_status make_list(making *m, const lsa_node *list, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (list->count == 0)
        return lsa_node_error(list, err, "found an empty list, expected eigenvalues");
    LSA_TRY(set_dimension(m, list, list->count, err));
    LSA_TRY(make_spectrum(m, LSA_COVARIANCE_DIAGONAL, err));
    LSA_TRY(lsa_array_read(list, LSA_ARRAY_VECTOR, list->count, 1, m->covariance->spectrum, err));
done:
    return status;
}

/* l_i = condition^(-(i-1)/(d-1)); 1 for d = 1. */
static void fill_geometric(ptrdiff_t d, double condition, double *spectrum)
{
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = d == 1 ? 1.0 : pow(condition, -(double)i / (double)(d - 1));
}

/* l_i = i^-exponent */
static void fill_power(ptrdiff_t d, double exponent, double *spectrum)
{
    for (ptrdiff_t i = 0; i < d; i++)
        spectrum[i] = pow((double)(i + 1), -exponent);
}

static lsa_status make_law(making *m, const lsa_node *word, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool geometric = lsa_choice_of(word, "(covariance).spectrum") == 0;
    const char *name = geometric ? "condition" : "exponent";
    const lsa_node *number = lsa_node_find(m->node, name);
    if (number == NULL)
        return lsa_node_error(m->node, err, "spectrum: %s needs the key '%s'", word->text, name);
    LSA_TRY(need_dimension(m, err));
    m->covariance->d = m->asked;
    LSA_TRY(make_spectrum(m, LSA_COVARIANCE_DIAGONAL, err));
    if (geometric)
        fill_geometric(m->asked, lsa_value_real(m->node, "(covariance).condition"), m->covariance->spectrum);
    else
        fill_power(m->asked, lsa_value_real(m->node, "(covariance).exponent"), m->covariance->spectrum);
done:
    return status;
}

static bool is_diagonal(ptrdiff_t d, const double *matrix)
{
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (i != j && matrix[i + j * d] != 0.0)
                return false;
    return true;
}

/* A <- A - sum of l q q' over the negative eigenvalues l, so that the matrix agrees with its clipped spectrum. Those of
 * the size of the decomposition's own error, d eps of the largest, say nothing of A: it stays as it is given. */
static void remove_negative_part(ptrdiff_t d, const double *spectrum, const double *basis, double *A)
{
    const double error = (double)d * DBL_EPSILON * lsa_vec_norm_max(d, spectrum);
    for (ptrdiff_t k = 0; k < d; k++) {
        const double *q = &basis[k * d];
        if (spectrum[k] >= -error)
            continue;
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i <= j; i++)
                A[j + i * d] = A[i + j * d] = A[i + j * d] - spectrum[k] * q[i] * q[j];
    }
}

/* Takes a d x d array as the covariance: diagonal where it is, else decomposed. */
static lsa_status take_matrix(making *m, const lsa_node *node, double *matrix, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_covariance *c = m->covariance;
    const ptrdiff_t d = c->d;
    LSA_TRY(lsa_symmetrise(node, d, matrix, err));
    if (is_diagonal(d, matrix)) {
        LSA_TRY(make_spectrum(m, LSA_COVARIANCE_DIAGONAL, err));
        for (ptrdiff_t i = 0; i < d; i++)
            c->spectrum[i] = matrix[i + i * d];
    } else {
        LSA_TRY(make_spectrum(m, LSA_COVARIANCE_MATRIX, err));
        LSA_TRY(lsa_reading_numbers(m->reading, node, d, d, &c->basis, err));
        c->matrix = matrix;
        LSA_TRY(lsa_mat_eigen(d, matrix, c->spectrum, c->basis, err));
        remove_negative_part(d, c->spectrum, c->basis, matrix);
    }
    LSA_TRY(lsa_clip_eigenvalues(node, d, c->spectrum, err));
done:
    return status;
}

static lsa_status make_matrix(making *m, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_array_form form = LSA_ARRAY_MATRIX;
    ptrdiff_t rows = 0, cols = 0;
    double *matrix = NULL;
    LSA_TRY(lsa_array_shape(node, &form, &rows, &cols, err));
    if (form != LSA_ARRAY_MATRIX || rows != cols)
        return lsa_node_error(node, err, "the matrix has %td rows and %td columns, expected a square one", rows, cols);
    LSA_TRY(set_dimension(m, node, rows, err));
    LSA_TRY(lsa_reading_numbers(m->reading, node, rows, rows, &matrix, err));
    LSA_TRY(lsa_array_read(node, LSA_ARRAY_MATRIX, rows, cols, matrix, err));
    LSA_TRY(take_matrix(m, node, matrix, err));
done:
    return status;
}

static lsa_status make_file(making *m, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_csv csv = {0};
    const char *path = NULL;
    double *matrix = NULL;
    LSA_TRY(lsa_reading_path(m->reading, node, &path, err));
    status = lsa_csv_read(path, NULL, NULL, &csv, err);
    if (status != LSA_OK)
        lsa_reading_add_place(node, err);
    LSA_TRY(status);
    if (csv.rows != csv.cols)
        LSA_TRY(lsa_node_error(node, err, "%s has %td rows and %td columns of numbers, expected a square matrix", path,
                               csv.rows, csv.cols));
    LSA_TRY(set_dimension(m, node, csv.rows, err));
    LSA_TRY(lsa_covariance_check_size(node, csv.rows, err));
    LSA_TRY(lsa_reading_numbers(m->reading, node, csv.rows, csv.rows, &matrix, err));
    lsa_mat_transpose(csv.rows, csv.rows, csv.values, matrix);
    LSA_TRY(take_matrix(m, node, matrix, err));
done:
    lsa_csv_clear(&csv);
    return status;
}

/* X'X/n: the rows as stored are X' column-major, k x n. */
static lsa_status make_data(making *m, const lsa_node *node, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_csv csv = {0};
    const char *path = NULL;
    double *matrix = NULL;
    LSA_TRY(lsa_reading_path(m->reading, node, &path, err));
    status = lsa_csv_read(path, lsa_node_find(m->node, "columns"), NULL, &csv, err);
    if (status != LSA_OK)
        lsa_reading_add_place(node, err);
    LSA_TRY(status);
    LSA_TRY(set_dimension(m, node, csv.cols, err));
    LSA_TRY(lsa_covariance_check_size(node, csv.cols, err));
    LSA_TRY(lsa_csv_prepare(&csv, lsa_value_flag(m->node, "(covariance).center"),
                            lsa_value_flag(m->node, "(covariance).standardize"), node, err));
    LSA_TRY(lsa_reading_numbers(m->reading, node, csv.cols, csv.cols, &matrix, err));
    lsa_mat_product(false, true, csv.cols, csv.cols, csv.rows, 1.0 / (double)csv.rows, csv.values, csv.values, 0.0,
                    matrix);
    if (!isfinite(lsa_vec_norm(csv.cols * csv.cols, matrix)))
        LSA_TRY(lsa_node_error(node, err, "the numbers of %s are too large: X'X/n overflows", path));
    LSA_TRY(take_matrix(m, node, matrix, err));
done:
    lsa_csv_clear(&csv);
    return status;
}

/* matrix = basis diag(spectrum) basis', exactly symmetric. */
static lsa_status rebuild_matrix(lsa_covariance *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = c->d;
    double *scaled = lsa_vec_create(d * d);
    LSA_TRY_MEMORY(scaled, "a rotated covariance");
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            scaled[i + j * d] = c->basis[i + j * d] * c->spectrum[j];
    lsa_mat_product(false, true, d, d, d, 1.0, scaled, c->basis, 0.0, c->matrix);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            c->matrix[i + j * d] = c->matrix[j + i * d] = 0.5 * (c->matrix[i + j * d] + c->matrix[j + i * d]);
done:
    free(scaled);
    return status;
}

/* Q C Q' for a Haar basis Q; c I stays as it is. */
static lsa_status rotate(making *m, const lsa_node *seed, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_covariance *c = m->covariance;
    const ptrdiff_t d = c->d;
    double *Q = NULL, *old = c->basis;
    if (lsa_covariance_is_random(c))
        return lsa_node_error(seed, err, "a random covariance is not rotated: rotate what it is made of");
    if (c->kind == LSA_COVARIANCE_SCALAR)
        return LSA_OK;
    LSA_TRY(lsa_covariance_check_size(seed, d, err));
    LSA_TRY(lsa_reading_numbers(m->reading, seed, d, d, &Q, err));
    LSA_TRY(lsa_mat_haar(d, lsa_value_seed(m->node, "(covariance).rotation"), Q, err));
    c->basis = Q;
    if (old != NULL) {
        LSA_TRY(lsa_reading_numbers(m->reading, seed, d, d, &c->basis, err));
        lsa_mat_product(false, false, d, d, d, 1.0, Q, old, 0.0, c->basis);
    }
    if (c->matrix == NULL)
        LSA_TRY(lsa_reading_numbers(m->reading, seed, d, d, &c->matrix, err));
    c->kind = LSA_COVARIANCE_MATRIX;
    c->by_spectrum = true;
    LSA_TRY(rebuild_matrix(c, err));
done:
    return status;
}

/* To a given trace; of a random covariance, the trace of its mean. */
static lsa_status rescale(making *m, const lsa_node *node, lsa_error *err)
{
    lsa_covariance *c = m->covariance;
    double trace = 0.0;
    for (ptrdiff_t i = 0; i < c->d; i++)
        trace += c->spectrum[i];
    if (!(trace > 0.0) || !isfinite(trace))
        return lsa_node_error(node, err, "a covariance of trace 0 cannot be rescaled");
    const double factor = lsa_value_real(m->node, "(covariance).trace") / trace;
    return lsa_covariance_multiply(m->reading->arena, factor, c, c, err);
}

/* "spectrum power, exponent 1.5, rotation 3" */
static lsa_status describe(making *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    for (ptrdiff_t k = 0; k < m->node->count; k++) {
        const lsa_node *value = m->node->items[k];
        char shown[LSA_FOUND_SIZE];
        lsa_text_printf(&text, "%s%s ", k > 0 ? ", " : "", m->node->keys[k]->text);
        if (value->kind == LSA_NODE_SCALAR)
            lsa_text_add(&text, lsa_text_shown(value->text, shown));
        else if (value->kind == LSA_NODE_MAPPING)
            lsa_node_write(value, &text);
        else
            lsa_text_printf(&text, "of %td", value->count);
    }
    LSA_TRY_MEMORY(text.failed || text.data == NULL ? NULL : text.data, "a covariance");
    m->covariance->form = lsa_arena_text(m->reading->arena, text.data, text.length);
    LSA_TRY_MEMORY(m->covariance->form, "a covariance");
done:
    lsa_text_clear(&text);
    return status;
}

/* Each law of a spectrum has its own parameter. */
static lsa_status check_spectrum_keys(const lsa_node *node, lsa_error *err)
{
    static const char *const parameters[] = {"condition", "exponent"}, *const laws[] = {"geometric", "power"};
    const lsa_node *spectrum = lsa_node_find(node, "spectrum");
    for (int k = 0; spectrum != NULL && k < 2; k++) {
        const lsa_node *value = lsa_node_find(node, parameters[k]);
        if (value != NULL && lsa_choice_of(spectrum, "(covariance).spectrum") != k)
            return lsa_node_error(value, err, "this key goes with 'spectrum: %s' only", laws[k]);
    }
    return LSA_OK;
}

static lsa_status make_form(making *m, lsa_error *err)
{
    static const char *const forms[] = {"scale", "spectrum", "matrix", "file", "data", "random", "train_scaled", NULL};
    static const lsa_companion companions[] = {{"condition", "spectrum"}, {"exponent", "spectrum"}, {"columns", "data"},
                                               {"center", "data"},        {"standardize", "data"},  {NULL, NULL}};
    lsa_status status = LSA_OK;
    const lsa_node *value = NULL;
    int which = 0;
    LSA_TRY(lsa_form_find(m->node, "covariance", "scale, spectrum, matrix, file, data, random", forms, companions,
                          &value, &which, err));
    LSA_TRY(check_spectrum_keys(m->node, err));
    switch (which) {
    case 0:
        return make_scalar(m, lsa_value_real(m->node, "(covariance).scale"), err);
    case 1:
        return value->kind == LSA_NODE_SEQUENCE ? make_list(m, value, err) : make_law(m, value, err);
    case 2:
        return make_matrix(m, value, err);
    case 3:
        return make_file(m, value, err);
    case 4:
        return make_data(m, value, err);
    case 5:
        return lsa_random_read(m->reading, value, m->asked, lsa_covariance_read_fixed, m->covariance, err);
    default:
        return lsa_node_error(value, err, "this form is for the entries of 'tests'");
    }
done:
    return status;
}

static lsa_status make(making *m, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *rotation = lsa_value_node(m->node, "(covariance).rotation");
    const lsa_node *trace = lsa_value_node(m->node, "(covariance).trace");
    m->covariance = lsa_arena_alloc(m->reading->arena, 1, sizeof *m->covariance);
    LSA_TRY_MEMORY(m->covariance, "a covariance");
    if (m->node->kind == LSA_NODE_SCALAR) {
        LSA_TRY(make_scalar(m, 1.0, err));
        m->covariance->form = "identity";
    } else {
        LSA_TRY(make_form(m, err));
        if (trace != NULL)
            LSA_TRY(rescale(m, trace, err));
        if (rotation != NULL)
            LSA_TRY(rotate(m, rotation, err));
        LSA_TRY(describe(m, err));
    }
done:
    return status;
}

static const lsa_covariance *find_made(const lsa_reading *reading, const lsa_made_covariance *wanted)
{
    for (const lsa_made_covariance *at = reading->made; at != NULL; at = at->next)
        if (at->node == wanted->node && at->version == wanted->version && at->asked == wanted->asked &&
            at->train == wanted->train && at->factor == wanted->factor)
            return at->covariance;
    return NULL;
}

static lsa_status keep_made(lsa_reading *reading, const lsa_made_covariance *made, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_made_covariance *kept = lsa_arena_alloc(reading->arena, 1, sizeof *kept);
    LSA_TRY_MEMORY(kept, "a covariance");
    *kept = *made;
    kept->next = reading->made;
    reading->made = kept;
done:
    return status;
}

lsa_status lsa_covariance_read(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_made_covariance made = {.node = node, .version = node->version, .asked = d};
    making m = {.reading = reading, .node = node, .asked = d};
    *out = find_made(reading, &made);
    if (*out != NULL)
        return LSA_OK;
    LSA_TRY(make(&m, err));
    made.covariance = *out = m.covariance;
    LSA_TRY(keep_made(reading, &made, err));
done:
    return status;
}

lsa_status lsa_covariance_identity(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                                   lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_made_covariance made = {.node = NULL, .asked = d};
    making m = {.reading = reading, .node = node, .asked = d};
    *out = find_made(reading, &made);
    if (*out != NULL)
        return LSA_OK;
    m.covariance = lsa_arena_alloc(reading->arena, 1, sizeof *m.covariance);
    LSA_TRY_MEMORY(m.covariance, "a covariance");
    LSA_TRY(make_scalar(&m, 1.0, err));
    m.covariance->form = "identity";
    made.covariance = *out = m.covariance;
    LSA_TRY(keep_made(reading, &made, err));
done:
    return status;
}

lsa_status lsa_covariance_of_matrix(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, double *matrix,
                                    const char *form, const lsa_covariance **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_covariance *c = lsa_arena_alloc(reading->arena, 1, sizeof *c);
    LSA_TRY_MEMORY(c, "a covariance");
    making m = {.reading = reading, .node = node, .asked = d, .covariance = c};
    c->d = d;
    c->form = form;
    LSA_TRY(take_matrix(&m, node, matrix, err));
    *out = c;
done:
    return status;
}

lsa_status lsa_covariance_read_rows(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const lsa_covariance **out,
                                    lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_made_covariance made = {.node = node, .version = node->version, .asked = d};
    making m = {.reading = reading, .node = node, .asked = d};
    *out = find_made(reading, &made);
    if (*out != NULL)
        return LSA_OK;
    m.covariance = lsa_arena_alloc(reading->arena, 1, sizeof *m.covariance);
    LSA_TRY_MEMORY(m.covariance, "a covariance");
    m.covariance->form = "matrix";
    LSA_TRY(make_matrix(&m, node, err));
    made.covariance = *out = m.covariance;
    LSA_TRY(keep_made(reading, &made, err));
done:
    return status;
}

lsa_status lsa_covariance_read_fixed(lsa_reading *reading, const lsa_node *node, ptrdiff_t d,
                                     const lsa_covariance **out, const char *what, lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_covariance_read(reading, node, d, out, err));
    if (lsa_covariance_is_random(*out))
        return lsa_node_error(lsa_node_find(node, "random"), err, "found a random covariance: %s is a fixed one", what);
done:
    return status;
}

lsa_status lsa_covariance_scaled(lsa_reading *reading, const lsa_node *node, const lsa_covariance *train, double factor,
                                 const lsa_covariance **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    char number[32];
    lsa_made_covariance made = {.node = node, .version = node->version, .train = train, .factor = factor};
    *out = find_made(reading, &made);
    if (*out != NULL)
        return LSA_OK;
    lsa_covariance *c = lsa_arena_alloc(reading->arena, 1, sizeof *c);
    LSA_TRY_MEMORY(c, "a covariance");
    LSA_TRY(lsa_covariance_multiply(reading->arena, factor, train, c, err));
    c->form = lsa_arena_printf(reading->arena, "train scaled by %s", lsa_text_number(factor, number));
    LSA_TRY_MEMORY(c->form, "a covariance");
    made.covariance = *out = c;
    LSA_TRY(keep_made(reading, &made, err));
done:
    return status;
}
