/* Programs against the slow evaluation of the polynomials they were made from, over statements, laws and bases. */
#include "compiled.h"

enum { MOST = 4 }; /* d */

typedef enum form { SCALAR, DIAGONAL, ROTATED, OTHER, SAME_BASIS, N_FORMS } form;

/* A covariance of each form; OTHER has another basis than ROTATED, SAME_BASIS its basis and other eigenvalues. */
static const lsa_covariance *make_covariance(lsa_setting *s, form f, ptrdiff_t d)
{
    static const double spectrum[MOST] = {1.7, 0.4, 0.9, 1.2};
    double *A = setting_numbers(s, d * d);
    if (f == SCALAR)
        return setting_scalar(s, d, 1.3);
    if (f == DIAGONAL)
        return setting_diagonal(s, d, spectrum);
    const double *B = setting_normals(s, d * d, f == OTHER ? 31 : 30, 0.6);
    lsa_mat_product(false, true, d, d, d, 1.0, B, B, 0.0, A);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            A[i + j * d] = A[j + i * d];
    lsa_covariance *out = setting_covariance(s, LSA_COVARIANCE_MATRIX, d);
    *out = *setting_matrix(s, d, A);
    if (f != SAME_BASIS)
        return out;
    for (ptrdiff_t k = 0; k < d; k++)
        out->spectrum[k] = 0.3 + out->spectrum[k] * out->spectrum[k];
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++) {
            out->matrix[i + j * d] = 0.0;
            for (ptrdiff_t k = 0; k < d; k++)
                out->matrix[i + j * d] += out->basis[i + k * d] * out->spectrum[k] * out->basis[j + k * d];
        }
    return out;
}

/* Loss, gradient and Hessian-vector product. Both sides add some hundred products of a dozen numbers of size 1: 1e-11
 * leaves a factor of a hundred over their rounding. */
static void check_program(lsa_compiled *c)
{
    const double tolerance = 1e-11;
    lsa_slow_values values;
    double *want = setting_numbers(&c->setting, c->size), *got = setting_numbers(&c->setting, c->size);
    double *direction = setting_normals(&c->setting, c->size, 5, 1.0), *rotated = setting_numbers(&c->setting, c->size);
    compiled_slow(c, c->user, direction, &values);
    check_close(lsa_program_loss(c->program, c->work, c->state),
                lsa_slow_scalar(&values, lsa_derivation_loss(c->derivation)), tolerance, tolerance);
    lsa_program_gradient(c->program, c->work, c->state, got);
    check_status(lsa_program_to_user(c->program, got, got, &c->err), LSA_OK, &c->err);
    compiled_slow_blocks(c, &values, lsa_derivation_gradient, want);
    check_vector_close(c->size, got, want, tolerance, tolerance);
    check_status(lsa_program_from_user(c->program, direction, rotated, &c->err), LSA_OK, &c->err);
    lsa_program_hessian(c->program, c->work, c->state, rotated, got);
    check_status(lsa_program_to_user(c->program, got, got, &c->err), LSA_OK, &c->err);
    compiled_slow_blocks(c, &values, lsa_derivation_hessian, want);
    check_vector_close(c->size, got, want, tolerance, tolerance);
}

typedef struct shape {
    const char *statement;
    ptrdiff_t d, heads, rank;
} shape;

static const shape shapes[] = {{"merged", 3, 1, 1},    {"merged", 1, 1, 1},    {"full", 3, 1, 1},
                               {"full", 1, 1, 1},      {"full-masked", 2, 1, 1}, {"separate", 3, 1, 2},
                               {"separate", 2, 1, 3},  {"separate", 3, 1, 1},  {"multihead", 3, 3, 1},
                               {"multihead", 2, 1, 1}, {"multihead-separate", 3, 2, 2}};

static void programs_equal_their_polynomials(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (form Lambda = SCALAR; Lambda <= ROTATED; Lambda++)
            for (form Omega = SCALAR; Omega < N_FORMS; Omega++) {
                lsa_compiled c;
                const shape *s = &shapes[k];
                print_message("%s d=%d heads=%d rank=%d Lambda %d Omega %d\n", s->statement, (int)s->d, (int)s->heads,
                              (int)s->rank, (int)Lambda, (int)Omega);
                compiled_init(&c, s->statement, NULL, s->d, 5.0, s->heads, s->rank);
                c.setting.experiment.data.covariance = make_covariance(&c.setting, Lambda, s->d);
                c.setting.experiment.data.task_covariance = make_covariance(&c.setting, Omega, s->d);
                c.setting.experiment.data.label_noise = 0.3;
                c.setting.experiment.data.normaliser = 6.0;
                compiled_make(&c, 17 + k);
                check_program(&c);
                compiled_clear(&c);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs_equal_their_polynomials)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
