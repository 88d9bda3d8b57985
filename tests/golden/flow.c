/* The reference trajectories: 40-digit cases of tests/data/public.json and a DOP853 table of 14 digits. */
#include "cases.h"
#include "flowing.h"

typedef struct reference {
    const lsa_case *c;
    lsa_flowing f;
    ptrdiff_t d, n_times;
} reference;

/* The training law of a case: N, Lambda, [Omega, sigma2]. */
static void make(reference *r, const lsa_case *c, const char *statement, ptrdiff_t rank)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    r->c = c;
    r->d = d;
    r->n_times = lsa_case_length(c, "times");
    flowing_init(&r->f, statement, d, lsa_case_number(c, "N"), 1, rank);
    lsa_setting *law = &r->f.setting.experiment.training;
    law->covariance = fixture_matrix(&r->f.setting, d, lsa_case_input(c, "Lambda", d * d));
    if (lsa_case_has(c, "Omega"))
        law->task_covariance = fixture_matrix(&r->f.setting, d, lsa_case_input(c, "Omega", d * d));
    law->label_noise = lsa_case_number_or(c, "sigma2", 0.0);
    flowing_make(&r->f);
    r->f.options.times = lsa_case_input(c, "times", r->n_times);
    r->f.options.n_times = r->n_times;
    r->f.options.rtol = 1e-11;
}

static void start(reference *r, const char *block, const char *field)
{
    const lsa_block *b = flowing_block(&r->f, block, 0);
    flowing_set(&r->f, block, lsa_case_input(r->c, field, b->rows * b->cols));
}

/* A block at all times against the field of the case; vectors over times are flattened as the rows of a matrix. */
static void check_block(reference *r, const char *block, const char *field)
{
    const lsa_block *b = flowing_block(&r->f, block, 0);
    const ptrdiff_t size = b->rows * b->cols;
    const bool vector = b->cols == 1 && b->rows > 1;
    double *got = fixture_numbers(&r->f.setting, size * r->n_times);
    for (ptrdiff_t k = 0; k < r->n_times; k++) {
        const double *values = flowing_get(&r->f, lsa_trajectory_sample(r->f.trajectory, k), block);
        for (ptrdiff_t i = 0; i < size; i++)
            got[vector ? k + i * r->n_times : i + k * size] = values[i];
    }
    lsa_case_check(r->c, field, got, size * r->n_times);
}

static void check_loss(reference *r)
{
    double *got = fixture_numbers(&r->f.setting, r->n_times);
    for (ptrdiff_t k = 0; k < r->n_times; k++)
        got[k] = lsa_trajectory_sample(r->f.trajectory, k).loss;
    lsa_case_check(r->c, "loss", got, r->n_times);
}

static void run(reference *r)
{
    check_status(flowing_run(&r->f), LSA_OK, &r->f.err);
    assert_int_equal(lsa_trajectory_count(r->f.trajectory), r->n_times);
    check_loss(r);
}

static void check_flow(const lsa_case *c)
{
    reference r;
    make(&r, c, "merged", 1);
    start(&r, "u", "u0");
    start(&r, "U", "U0");
    run(&r);
    check_block(&r, "u", "u");
    check_block(&r, "U", "U");
    assert_int_equal(lsa_trajectory_conserved_count(r.f.trajectory), 1);
    const lsa_conserved conserved = lsa_trajectory_conserved(r.f.trajectory, 0);
    assert_string_equal(conserved.name, r.d == 1 ? "u^2 - U^2" : "u^2 - |U|_F^2");
    lsa_case_check(c, "conserved", &conserved.start, 1);
    lsa_case_check(c, "loss_min", &lsa_program_form(r.f.program)->minimum, 1);
    flowing_clear(&r.f);
}

static void check_kq_flow(const lsa_case *c)
{
    reference r;
    make(&r, c, "separate", (ptrdiff_t)lsa_case_number(c, "r"));
    start(&r, "u", "u0");
    start(&r, "K", "K0");
    start(&r, "Q", "Q0");
    run(&r);
    check_block(&r, "u", "u");
    check_block(&r, "K", "K");
    check_block(&r, "Q", "Q");
    assert_int_equal(lsa_trajectory_conserved_count(r.f.trajectory), 2);
    const bool rank_one = lsa_case_number(c, "r") == 1.0;
    const lsa_conserved conserved = lsa_trajectory_conserved(r.f.trajectory, 0);
    assert_string_equal(conserved.name, rank_one ? "u^2 - |K|^2" : "u^2 - |K|_F^2");
    lsa_case_check(c, "u2_minus_K2", &conserved.start, 1);
    check_at_most(conserved.drift, 40.0 * r.f.options.rtol);
    flowing_clear(&r.f);
}

/* The end, whichever minimum it is; a spurious one must be found to be one without being waited for. */
static void check_end(reference *r)
{
    const double minimum = *lsa_case_expect(r->c, "loss_min", 1);
    const bool global = json_is_true(json_object_get(r->c->expect, "reaches_global_min"));
    r->f.options.n_times = 0;
    r->f.options.minimum = minimum;
    check_status(flowing_run(&r->f), LSA_OK, &r->f.err);
    const lsa_classification end = lsa_trajectory_classification(r->f.trajectory);
    const lsa_sample last = lsa_trajectory_polished(r->f.trajectory);
    print_message("%s: %s, loss %.15g at time %.6g, inertia %td %td %td, least %.3g, %td steps\n", r->c->id,
                  lsa_kind_text(end.kind), last.loss, last.time, end.negative, end.zero, end.positive,
                  end.least_eigenvalue, lsa_trajectory_stats(r->f.trajectory).steps);
    lsa_case_check(r->c, "final_loss", &last.loss, 1);
    assert_int_equal(end.kind, global ? LSA_KIND_GLOBAL_MINIMUM : LSA_KIND_LOCAL_MINIMUM);
    assert_int_equal(end.negative, 0);
    assert_int_equal(end.zero, 0);
    check_at_least(end.least_eigenvalue, 1e-6);
    check_close(end.excess, last.loss - minimum, 0.0, 1e-12);
}

static void check_full_flow(const lsa_case *c)
{
    reference r;
    make(&r, c, "full", 1);
    start(&r, "px", "p_x");
    start(&r, "u", "p_y");
    start(&r, "U", "U");
    start(&r, "k", "k");
    run(&r);
    check_block(&r, "px", "p_x");
    check_block(&r, "u", "p_y");
    check_block(&r, "U", "U");
    check_block(&r, "k", "k");
    assert_int_equal(lsa_trajectory_conserved_count(r.f.trajectory), 1);
    const lsa_conserved conserved = lsa_trajectory_conserved(r.f.trajectory, 0);
    assert_string_equal(conserved.name, "|px|^2 + u^2 - |U|_F^2 - |k|^2");
    lsa_case_check(c, "conserved", &conserved.start, 1);
    check_end(&r);
    flowing_clear(&r.f);
}

static void test_flow(void **state)
{
    (void)state;
    lsa_cases_each("flow", check_flow);
}

static void test_kq_flow(void **state)
{
    (void)state;
    lsa_cases_each("kq_flow", check_kq_flow);
}

static void test_full_flow(void **state)
{
    (void)state;
    lsa_cases_each("full_flow", check_full_flow);
}

/* Lambda = [[2, .5], [.5, 1]], N = 10, Theta Theta' = I/sqrt 2, sigma = .2: U11, U12, U22, u, L by DOP853 at 1e-13. */
static void test_table(void **state)
{
    (void)state;
    static const double Lambda[4] = {2.0, 0.5, 0.5, 1.0};
    static const double times[4] = {0.25, 0.5, 1.0, 2.0};
    static const double want[4][5] = {
        {.38525945473107, .08149077366537, .22227790740032, .45947122648008, .7567240913840},
        {.51736891015359, .10537613525029, .30661663965300, .61959068155209, .5168486536932},
        {.52764984404199, .04661547209513, .43441889985173, .68664411665959, .4583787959507},
        {.49225877660024, -.06852207266766, .62930292193555, .80481763125687, .3778689745297}};
    lsa_flowing f;
    flowing_init(&f, "merged", 2, 10.0, 1, 1);
    f.setting.experiment.training.covariance = fixture_matrix(&f.setting, 2, Lambda);
    flowing_make(&f);
    flowing_start_identity(&f, 0.2);
    f.options.rtol = 1e-13;
    f.options.times = times;
    f.options.n_times = 4;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t k = 0; k < 4; k++) {
        const lsa_sample s = lsa_trajectory_sample(f.trajectory, k);
        const double *U = flowing_get(&f, s, "U");
        const double got[5] = {U[0], U[1], U[3], *flowing_get(&f, s, "u"), s.loss};
        check_vector_close(5, got, want[k], 3e-12, 0.0);
        check_close(U[1], U[2], 0.0, 1e-13); /* Theta Theta' commutes with Lambda: U stays symmetric */
    }
    flowing_clear(&f);
}

/* Saddle to saddle (2501.16265, section 5): the flow of models/saddle-to-saddle.yaml rests at the saddles of (19), whose
 * losses the reference gives doubled with 14 digits. The point of least motion is near one, its loss within 1e-6; the
 * saddle itself is found from there. */
static void test_saddle_to_saddle(void **state)
{
    (void)state;
    static const double lambda[4] = {0.4, 0.3, 0.2, 0.1}, v = 1e-3;
    static const double direction[4][4] = {
        {0.8, 0.4, 0.4, 0.2}, {-0.4, 0.8, 0.2, -0.4}, {-0.4, -0.2, 0.8, 0.4}, {-0.2, 0.4, -0.4, 0.8}};
    static const double plateaus[] = {1.0, .64057971014493, .37737216297512, .20980459540755}, end = .13599507159802;
    lsa_flowing f;
    ptrdiff_t found = 0;
    flowing_init(&f, "multihead-separate", 4, 31.0, 4, 1);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, 4, lambda);
    flowing_make(&f);
    for (ptrdiff_t h = 0; h < 4; h++) {
        f.start[flowing_block(&f, "u", h)->offset] = v;
        lsa_vec_axpy(4, v, direction[h], f.start + flowing_block(&f, "K", h)->offset);
        lsa_vec_axpy(4, v, direction[h], f.start + flowing_block(&f, "Q", h)->offset);
    }
    f.options.minimum = 0.5 * end;
    check_status(flowing_run(&f), LSA_OK, &f.err);
    for (ptrdiff_t e = 0; e < lsa_trajectory_event_count(f.trajectory); e++) {
        const lsa_event event = lsa_trajectory_event(f.trajectory, e);
        if (strncmp(event.name, "plateau", 7) != 0)
            continue;
        assert_in_range(found, 0, 3);
        check_close(2.0 * event.loss, plateaus[found], 0.0, 1e-6);
        check_close(2.0 * event.saddle, plateaus[found], 0.0, 1e-12);
        found++;
    }
    assert_int_equal(found, 4);
    check_close(2.0 * lsa_trajectory_polished(f.trajectory).loss, end, 0.0, 1e-12);
    assert_int_equal(lsa_trajectory_classification(f.trajectory).kind, LSA_KIND_GLOBAL_MINIMUM);
    flowing_clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flow),  cmocka_unit_test(test_kq_flow),          cmocka_unit_test(test_full_flow),
        cmocka_unit_test(test_table), cmocka_unit_test(test_saddle_to_saddle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
