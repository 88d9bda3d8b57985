/* task.c - the labels of a test: linear in a task vector, a nonlinear teacher, rows of data, or moments alone. */
#include "model/task.h"
#include "base/matrix.h"
#include "base/try.h"
#include "model/array.h"
#include "model/covariance_form.h"
#include "model/csv.h"
#include "model/schema.h"
#include "model/semidefinite.h"
#include "model/written_form.h"
#include <math.h>

enum { MOST_COEFFICIENTS = 13 }; /* degree 12 */

lsa_status lsa_vector_read(lsa_reading *reading, const lsa_node *node, ptrdiff_t d, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    double *numbers = NULL;
    LSA_TRY(lsa_reading_numbers(reading, node, d, 1, &numbers, err));
    LSA_TRY(lsa_array_read(node, LSA_ARRAY_VECTOR, d, 1, numbers, err));
    *out = numbers;
done:
    return status;
}

/* The training task where the node is NULL or says so. */
static lsa_status read_gaussian(lsa_reading *reading, const lsa_node *node, const lsa_setting *training,
                                lsa_setting *out, lsa_error *err)
{
    out->task = LSA_TASK_GAUSSIAN;
    out->task_covariance = training->task_covariance;
    if (node == NULL || lsa_choice_of(node, "(task).gaussian") == 0)
        return LSA_OK;
    if (node->kind == LSA_NODE_MAPPING && lsa_node_find(node, "train_scaled") != NULL)
        return lsa_node_error(node, err, "'train_scaled' is a law of covariates, not of tasks");
    return lsa_covariance_read_fixed(reading, node, training->covariance->d, &out->task_covariance, "the law of tasks",
                                     err);
}

static lsa_status read_fixed(lsa_reading *reading, const lsa_node *node, const lsa_setting *training, lsa_setting *out,
                             lsa_error *err)
{
    out->task = LSA_TASK_FIXED;
    return lsa_vector_read(reading, node, training->covariance->d, &out->task_vector, err);
}

/* E w w' = (r^2 / d) I. */
static lsa_status read_sphere(lsa_reading *reading, const lsa_node *task, const lsa_setting *training, lsa_setting *out,
                              lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double r = lsa_value_real(task, "(task).sphere");
    const lsa_covariance *identity = NULL;
    lsa_covariance *moment = lsa_arena_alloc(reading->arena, 1, sizeof *moment);
    LSA_TRY_MEMORY(moment, "a test");
    LSA_TRY(lsa_covariance_identity(reading, task, training->covariance->d, &identity, err));
    LSA_TRY(lsa_covariance_multiply(reading->arena, r * r / (double)training->covariance->d, identity, moment, err));
    moment->form = "uniform on a sphere";
    out->task = LSA_TASK_SPHERE;
    out->radius = r;
    out->task_covariance = moment;
done:
    return status;
}

/* A key that one teacher needs and the others do not know. */
static lsa_status check_teacher_key(const lsa_node *task, const lsa_node *teacher, bool own, bool needed,
                                    const char *key, lsa_error *err)
{
    const lsa_node *value = lsa_node_find(task, key);
    if (needed && value == NULL)
        return lsa_node_error(task, err, "teacher: %s needs the key '%s'", teacher->text, key);
    if (!own && value != NULL)
        return lsa_node_error(value, err, "teacher: %s has no such key", teacher->text);
    return LSA_OK;
}

static lsa_status read_coefficients(lsa_reading *reading, const lsa_node *node, lsa_teacher *out, lsa_error *err)
{
    if (node->count < 1 || node->count > MOST_COEFFICIENTS)
        return lsa_node_error(node, err, "found %td coefficients, expected 1 to %d", node->count, MOST_COEFFICIENTS);
    out->n_coefficients = node->count;
    return lsa_vector_read(reading, node, node->count, &out->coefficients, err);
}

static lsa_status read_teacher(lsa_reading *reading, const lsa_node *task, const lsa_setting *training,
                               lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *name = lsa_value_node(task, "(task).teacher");
    const lsa_node *direction = lsa_value_node(task, "(task).direction");
    lsa_teacher *teacher = &out->teacher;
    out->task = LSA_TASK_TEACHER;
    teacher->kind = (lsa_teacher_kind)lsa_value_choice(task, "(task).teacher");
    const bool sine = teacher->kind == LSA_TEACHER_SINE, polynomial = teacher->kind == LSA_TEACHER_POLYNOMIAL;
    LSA_TRY(check_teacher_key(task, name, true, true, "direction", err));
    LSA_TRY(check_teacher_key(task, name, sine, false, "frequency", err));
    LSA_TRY(check_teacher_key(task, name, polynomial, polynomial, "coefficients", err));
    teacher->frequency = lsa_value_real(task, "(task).frequency");
    if (polynomial)
        LSA_TRY(read_coefficients(reading, lsa_value_node(task, "(task).coefficients"), teacher, err));
    LSA_TRY(lsa_vector_read(reading, direction, training->covariance->d, &out->task_vector, err));
    if (!(lsa_vec_norm_max(training->covariance->d, out->task_vector) > 0.0))
        return lsa_node_error(direction, err, "found the zero vector: every label would be the same");
done:
    return status;
}

/* Covariates as n x d column-major, labels beside them, from rows whose last column is the label. */
static lsa_status take_rows(lsa_reading *reading, const lsa_node *node, const lsa_csv *csv, lsa_made_rows *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t n = csv->rows, d = csv->cols - 1;
    LSA_TRY(lsa_reading_numbers(reading, node, n, d, &out->rows, err));
    LSA_TRY(lsa_reading_numbers(reading, node, n, 1, &out->labels, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < d; j++)
            out->rows[i + j * n] = csv->values[i * (d + 1) + j];
        out->labels[i] = csv->values[i * (d + 1) + d];
    }
    out->n = n;
done:
    return status;
}

/* Two covariances are one when their entries differ by rounding: a sum of n products, taken in another order. */
static bool is_same_matrix(const lsa_covariance *a, const double *matrix)
{
    const ptrdiff_t d = a->d;
    const double tolerance = 1e-12 * lsa_vec_norm_max(d * d, matrix);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            if (!(fabs(lsa_covariance_entry(a, i, j) - matrix[i + j * d]) <= tolerance))
                return false;
    return !lsa_covariance_is_random(a);
}

/* X'X/n as the covariance of the covariates. */
static lsa_status rows_moment(lsa_reading *reading, const lsa_node *node, const lsa_setting *training,
                              lsa_made_rows *rows, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = training->covariance->d, n = rows->n;
    double *moment = NULL;
    LSA_TRY(lsa_covariance_check_size(node, d, err));
    LSA_TRY(lsa_reading_numbers(reading, node, d, d, &moment, err));
    lsa_mat_product(true, false, d, d, n, 1.0 / (double)n, rows->rows, rows->rows, 0.0, moment);
    if (!isfinite(lsa_vec_norm(d * d, moment)))
        return lsa_node_error(node, err, "the numbers of %s are too large: X'X/n overflows", node->text);
    if (is_same_matrix(training->covariance, moment))
        rows->covariance = training->covariance;
    else
        LSA_TRY(lsa_covariance_of_matrix(reading, node, d, moment, "X'X/n of the rows", &rows->covariance, err));
done:
    return status;
}

/* Reads the file of `task`. */
static lsa_status read_rows(lsa_reading *reading, const lsa_node *task, const lsa_setting *training, lsa_made_rows *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_csv csv = {0};
    const char *path = NULL;
    const lsa_node *file = lsa_value_node(task, "(task).data"), *label = lsa_value_node(task, "(task).label");
    LSA_TRY(lsa_reading_path(reading, file, &path, err));
    status = lsa_csv_read(path, lsa_value_node(task, "(task).columns"), label, &csv, err);
    if (status != LSA_OK)
        lsa_reading_add_place(file, err);
    LSA_TRY(status);
    if (csv.cols - 1 != training->covariance->d)
        LSA_TRY(lsa_node_error(file, err, "the covariates have dimension %td, expected %td", csv.cols - 1,
                               training->covariance->d));
    LSA_TRY(lsa_csv_prepare(&csv, lsa_value_flag(task, "(task).center"), lsa_value_flag(task, "(task).standardize"),
                            file, err));
    LSA_TRY(take_rows(reading, file, &csv, out, err));
    LSA_TRY(rows_moment(reading, file, training, out, err));
done:
    lsa_csv_clear(&csv);
    return status;
}

/* Rows of data; those of an earlier run of `vary` where nothing has changed. */
static lsa_status read_data(lsa_reading *reading, const lsa_node *task, const lsa_setting *training, lsa_setting *out,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_made_rows *rows = reading->rows;
    if (lsa_value_node(task, "(task).label") == NULL)
        return lsa_node_error(task, err, "the key 'label' is missing: it names the column of the labels");
    while (rows != NULL &&
           (rows->node != task || rows->version != task->version || rows->train != training->covariance))
        rows = rows->next;
    if (rows == NULL) {
        rows = lsa_arena_alloc(reading->arena, 1, sizeof *rows);
        LSA_TRY_MEMORY(rows, "the rows of a test");
        LSA_TRY(read_rows(reading, task, training, rows, err));
        rows->node = task;
        rows->version = task->version;
        rows->train = training->covariance;
        rows->next = reading->rows;
        reading->rows = rows;
    }
    out->task = LSA_TASK_DATA;
    out->n_rows = rows->n;
    out->rows = rows->rows;
    out->labels = rows->labels;
    out->covariance = out->query = rows->covariance;
    out->covariance_is_train = lsa_covariance_same(rows->covariance, training->covariance);
    out->query_is_same = true;
done:
    return status;
}

static lsa_status read_moments(lsa_reading *reading, const lsa_node *node, const lsa_setting *training,
                               lsa_setting *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = training->covariance->d;
    const lsa_node *covariance = lsa_node_find(node, "covariance");
    const lsa_covariance *moment = NULL;
    double *matrix = NULL;
    out->task = LSA_TASK_MOMENTS;
    out->best_linear = lsa_value_real(node, "(task).moments.best_linear");
    LSA_TRY(lsa_vector_read(reading, lsa_node_find(node, "a"), d, &out->task_vector, err));
    LSA_TRY(lsa_covariance_read_rows(reading, covariance, d, &moment, err));
    LSA_TRY(lsa_reading_numbers(reading, covariance, d, d, &matrix, err));
    lsa_covariance_matrix(moment, matrix);
    out->moment_covariance = matrix;
done:
    return status;
}

lsa_status lsa_task_read(lsa_reading *reading, const lsa_node *task, const lsa_setting *training, lsa_setting *out,
                         lsa_error *err)
{
    static const char *const forms[] = {"gaussian", "fixed", "sphere", "teacher", "data", "moments", NULL};
    static const lsa_companion companions[] = {
        {"direction", "teacher"}, {"frequency", "teacher"}, {"coefficients", "teacher"}, {"label", "data"},
        {"columns", "data"},      {"center", "data"},       {"standardize", "data"},     {NULL, NULL}};
    lsa_status status = LSA_OK;
    const lsa_node *value = NULL;
    int which = 0;
    if (task == NULL)
        return read_gaussian(reading, NULL, training, out, err);
    LSA_TRY(lsa_form_find(task, "task", "gaussian, fixed, sphere, teacher, data, moments", forms, companions, &value,
                          &which, err));
    switch (which) {
    case 0:
        return read_gaussian(reading, value, training, out, err);
    case 1:
        return read_fixed(reading, value, training, out, err);
    case 2:
        return read_sphere(reading, task, training, out, err);
    case 3:
        return read_teacher(reading, task, training, out, err);
    case 4:
        return read_data(reading, task, training, out, err);
    default:
        return read_moments(reading, value, training, out, err);
    }
done:
    return status;
}
