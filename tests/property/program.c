/* Programs against the slow evaluation of the polynomials they were made from, over statements, laws and bases. */
#include "compiled.h"

enum { MOST = 4 }; /* d */

typedef enum form { SCALAR, DIAGONAL, ROTATED, OTHER, SAME_BASIS, N_FORMS } form;

/* A covariance of each form; OTHER has another basis than ROTATED, SAME_BASIS its basis and other eigenvalues. */
static const lsa_covariance *make_covariance(lsa_fixture *s, form f, ptrdiff_t d)
{
    static const double spectrum[MOST] = {1.7, 0.4, 0.9, 1.2};
    double *A = fixture_numbers(s, d * d);
    if (f == SCALAR)
        return fixture_scalar(s, d, 1.3);
    if (f == DIAGONAL)
        return fixture_diagonal(s, d, spectrum);
    const double *B = fixture_normals(s, d * d, f == OTHER ? 31 : 30, 0.6);
    lsa_mat_product(false, true, d, d, d, 1.0, B, B, 0.0, A);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < j; i++)
            A[i + j * d] = A[j + i * d];
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_MATRIX, d);
    *out = *fixture_matrix(s, d, A);
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
    double *want = fixture_numbers(&c->setting, c->size), *got = fixture_numbers(&c->setting, c->size);
    double *direction = fixture_normals(&c->setting, c->size, 5, 1.0), *rotated = fixture_numbers(&c->setting, c->size);
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

static const shape shapes[] = {{"merged", 3, 1, 1},
                               {"merged", 1, 1, 1},
                               {"full", 3, 1, 1},
                               {"full", 1, 1, 1},
                               {"full-masked", 2, 1, 1},
                               {"separate", 3, 1, 2},
                               {"separate", 2, 1, 3},
                               {"separate", 3, 1, 1},
                               {"multihead", 3, 3, 1},
                               {"multihead", 2, 1, 1},
                               {"multihead-separate", 3, 2, 2}};

static void programs_equal_their_polynomials(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        for (form Lambda = SCALAR; Lambda <= ROTATED; Lambda++)
            for (form Omega = SCALAR; Omega < N_FORMS; Omega++) {
                lsa_compiled c;
                const shape *s = &shapes[k];
                compiled_init(&c, s->statement, NULL, s->d, 5.0, s->heads, s->rank);
                c.setting.experiment.training.covariance = make_covariance(&c.setting, Lambda, s->d);
                c.setting.experiment.training.task_covariance = make_covariance(&c.setting, Omega, s->d);
                c.derive.rho_is_N = Lambda == DIAGONAL;
                c.derive.noiseless = Omega == SCALAR;
                c.setting.experiment.training.label_noise = c.derive.noiseless ? 0.0 : 0.3;
                c.setting.experiment.training.normalise_plus_one = !c.derive.rho_is_N;
                compiled_make(&c, 17 + k);
                check_program(&c);
                compiled_clear(&c);
            }
}

/* ---- statements of a user ---- */

/* Constants of every shape, words through dimension 1, powers, a product of three parameters, a row as a parameter. */
static const char *const with_constants =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, "
    "constants: {A: [d, d], b: vector, c: scalar, P: [r, d]}, "
    "parameters: {u: scalar, U: [d, d], k: vector, R: [d, r], t: [1, d]}, "
    "prediction: \"c * u^2 / rho * sum(i, w' * x[i] * x[i]') * A * U' * U * A' * xq + (k' * b) * (b' * U * xq) / c "
    "+ u * k' * R * P * xq + t * A * xq\", target: \"w' * xq\"}";

/* All blocks of every head, which no sum over the heads can stand for. */
static const char *const all_blocks_of_heads =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, "
    "parameters: {\"px[h]\": vector, \"u[h]\": scalar, \"U[h]\": [d, d], \"k[h]\": vector}, "
    "prediction: \"sum(h, 1/rho * (px[h]' * sum(i, x[i] * x[i]') * U[h] * xq + px[h]' * sum(i, x[i] * x[i]') * w * "
    "k[h]' "
    "* xq + u[h] * sum(i, w' * x[i] * x[i]') * U[h] * xq) + u[h]^2 * k[h]' * xq)\", target: \"w' * xq\"}";

/* Numbers for the constants of a statement, drawn. */
static void give_constants(lsa_fixture *s)
{
    const lsa_statement *statement = s->experiment.statement;
    static const char *const names[] = {"A", "b", "c", "P"};
    lsa_block_values *values = lsa_arena_alloc(s->arena, 4, sizeof *values);
    assert_non_null(values);
    for (int k = 0; k < 4; k++) {
        const int symbol = lsa_statement_find(statement, names[k]);
        assert_true(symbol >= 0);
        const lsa_symbol *found = &statement->symbols[symbol];
        const ptrdiff_t count = s->experiment.dims[found->rows] * s->experiment.dims[found->cols];
        values[k] = (lsa_block_values){.symbol = symbol, .values = fixture_normals(s, count, 40 + (uint64_t)k, 0.8)};
    }
    s->experiment.data.n_values = 4;
    s->experiment.data.values = values;
}

static void programs_of_a_user(void **state)
{
    (void)state;
    for (ptrdiff_t d = 1; d <= 3; d++)
        for (form Lambda = SCALAR; Lambda <= ROTATED; Lambda++)
            for (form Omega = SCALAR; Omega <= OTHER; Omega++)
                for (int heads = 0; heads < 2; heads++) {
                    lsa_compiled c;
                    compiled_init(&c, "inline", heads ? all_blocks_of_heads : with_constants, d, 5.0, heads ? 2 : 1, 2);
                    c.setting.experiment.training.covariance = make_covariance(&c.setting, Lambda, d);
                    c.setting.experiment.training.task_covariance = make_covariance(&c.setting, Omega, d);
                    if (!heads)
                        give_constants(&c.setting);
                    compiled_make(&c, 23);
                    check_program(&c);
                    compiled_clear(&c);
                }
}

/* ---- the program against itself ---- */

/* (g(y + h v) - g(y - h v)) / 2h; the rest is of the order h^2 |third derivative|. */
static void difference_gradient(lsa_compiled *c, const double *v, double h, double *out)
{
    double *at = fixture_numbers(&c->setting, c->size), *back = fixture_numbers(&c->setting, c->size);
    memcpy(at, c->state, (size_t)c->size * sizeof *at);
    lsa_vec_axpy(c->size, h, v, at);
    lsa_program_gradient(c->program, c->work, at, out);
    lsa_vec_axpy(c->size, -2.0 * h, v, at);
    lsa_program_gradient(c->program, c->work, at, back);
    lsa_vec_axpy(c->size, -1.0, back, out);
    lsa_vec_scale(c->size, 0.5 / h, out);
}

static double difference_loss(lsa_compiled *c, const double *v, double h)
{
    double *at = fixture_numbers(&c->setting, c->size);
    memcpy(at, c->state, (size_t)c->size * sizeof *at);
    lsa_vec_axpy(c->size, h, v, at);
    const double ahead = lsa_program_loss(c->program, c->work, at);
    lsa_vec_axpy(c->size, -2.0 * h, v, at);
    return (ahead - lsa_program_loss(c->program, c->work, at)) / (2.0 * h);
}

static void derivatives_are_consistent(void **state)
{
    const double h = 1e-4; /* truncation 1e-8 |L'''|, rounding 1e-12: 1e-6 relative is generous to both */
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        lsa_compiled c;
        compiled_init(&c, shapes[k].statement, NULL, shapes[k].d, 6.0, shapes[k].heads, shapes[k].rank);
        c.setting.experiment.training.covariance = make_covariance(&c.setting, ROTATED, shapes[k].d);
        c.setting.experiment.training.task_covariance = make_covariance(&c.setting, OTHER, shapes[k].d);
        compiled_make(&c, 3);
        const double *v = fixture_normals(&c.setting, c.size, 51, 0.3),
                     *w = fixture_normals(&c.setting, c.size, 52, 0.3);
        double *gradient = fixture_numbers(&c.setting, c.size), *Hv = fixture_numbers(&c.setting, c.size);
        double *Hw = fixture_numbers(&c.setting, c.size), *difference = fixture_numbers(&c.setting, c.size);
        lsa_program_gradient(c.program, c.work, c.state, gradient);
        check_close(difference_loss(&c, v, h), lsa_vec_dot(c.size, gradient, v), 1e-6, 1e-6);
        lsa_program_hessian(c.program, c.work, c.state, v, Hv);
        lsa_program_hessian(c.program, c.work, c.state, w, Hw);
        check_close(lsa_vec_dot(c.size, Hv, w), lsa_vec_dot(c.size, Hw, v), 1e-12, 1e-12);
        difference_gradient(&c, v, h, difference);
        check_vector_close(c.size, difference, Hv, 1e-6, 1e-6);
        compiled_clear(&c);
    }
}

static void bases_are_orthogonal(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
        lsa_compiled c;
        compiled_init(&c, shapes[k].statement, NULL, shapes[k].d, 6.0, shapes[k].heads, shapes[k].rank);
        c.setting.experiment.training.covariance = make_covariance(&c.setting, ROTATED, shapes[k].d);
        c.setting.experiment.training.task_covariance = make_covariance(&c.setting, OTHER, shapes[k].d);
        compiled_make(&c, 4);
        double *back = fixture_numbers(&c.setting, c.size);
        check_close(lsa_vec_norm(c.size, c.state), lsa_vec_norm(c.size, c.user), 1e-14, 0.0);
        check_status(lsa_program_to_user(c.program, c.state, back, &c.err), LSA_OK, &c.err);
        check_vector_close(c.size, back, c.user, 1e-14, 1e-14);
        compiled_clear(&c);
    }
}

/* The comparison with the slow evaluator can fail: each coefficient of the compiled loss in turn, 1 in 10^4 off. */
static void a_wrong_coefficient_is_seen(void **state)
{
    lsa_compiled c;
    lsa_slow_values values;
    (void)state;
    compiled_init(&c, "full", NULL, 3, 5.0, 1, 1);
    compiled_make(&c, 9);
    compiled_slow(&c, c.user, NULL, &values);
    const double want = lsa_slow_scalar(&values, lsa_derivation_loss(c.derivation));
    const lsa_code honest = c.program->loss;
    lsa_instruction *forged = lsa_arena_alloc(c.setting.arena, (size_t)honest.n, sizeof *forged);
    int seen = 0, terms = 0;
    assert_non_null(forged);
    memcpy(forged, honest.instructions, (size_t)honest.n * sizeof *forged);
    c.program->loss.instructions = forged;
    for (ptrdiff_t k = 0; k < honest.n; k++) {
        if (forged[k].op != LSA_OP_TERM)
            continue;
        terms++;
        forged[k].c *= 1.0 + 1e-4;
        seen += fabs(lsa_program_loss(c.program, c.work, c.state) - want) > 1e-11 * (1.0 + fabs(want));
        forged[k].c = honest.instructions[k].c;
    }
    assert_true(terms > 10);
    assert_int_equal(seen, terms);
    compiled_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(programs_equal_their_polynomials), cmocka_unit_test(programs_of_a_user),
        cmocka_unit_test(derivatives_are_consistent), cmocka_unit_test(bases_are_orthogonal),
        cmocka_unit_test(a_wrong_coefficient_is_seen)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
