/* Settings are special cases of each other: numbers put into a general derivation give the special one. */
#include "base/rng.h"
#include "check.h"
#include "derived.h"
#include "slow_eval.h"

#include <string.h>

enum { D = 3, R = 2, HEADS = 2, BLOCK = HEADS * D * D, SYMBOLS = 64 };

typedef struct numbers {
    double parameters[SYMBOLS][BLOCK];
    double Lambda[D * D], query[D * D], Omega[D * D], w0[D], N, rho, s2, dof;
} numbers;

static void fill(double *out, ptrdiff_t n, uint64_t seed)
{
    lsa_rng rng = lsa_rng_at(21, LSA_RNG_PROBE, seed);
    lsa_rng_normals(&rng, n, out);
}

/* B B' for a random B. */
static void covariance(double *out, uint64_t seed)
{
    double B[D * D];
    fill(B, D * D, seed);
    memset(out, 0, D * D * sizeof *out);
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            for (int k = 0; k < D; k++)
                out[i + j * D] += B[i + k * D] * B[j + k * D];
}

static numbers make_numbers(void)
{
    numbers p = {.N = 6.0, .rho = 7.0, .s2 = 0.4, .dof = 5.0};
    for (uint64_t k = 0; k < SYMBOLS; k++)
        fill(p.parameters[k], BLOCK, k);
    covariance(p.Lambda, 101);
    covariance(p.query, 102);
    covariance(p.Omega, 103);
    fill(p.w0, D, 104);
    return p;
}

/* The loss of the statement in a setting, at these numbers. */
static double loss(const char *name, lsa_derive_options options, const numbers *p)
{
    lsa_derived d = lsa_derived_make(name, options);
    lsa_slow_values values;
    ptrdiff_t dims[LSA_SLOW_DIMS] = {1, D, R};
    lsa_slow_init(&values, d.algebra, lsa_algebra_dim_count(d.algebra), dims, HEADS);
    for (int k = 0; k < d.statement->n_parameters; k++)
        values.values[d.statement->parameters[k]] = p->parameters[k];
    lsa_slow_set(&values, "Lambda", p->Lambda);
    lsa_slow_set(&values, "Lambda_0", p->Lambda);
    lsa_slow_set(&values, "Lambda_q", p->query);
    lsa_slow_set(&values, "Omega", p->Omega);
    lsa_slow_set(&values, "w0", p->w0);
    lsa_slow_set(&values, "N", &p->N);
    lsa_slow_set(&values, "rho", &p->rho);
    lsa_slow_set(&values, "s2", &p->s2);
    lsa_slow_set(&values, "dof", &p->dof);
    const double value = lsa_slow_scalar(&values, lsa_derivation_loss(d.derivation));
    lsa_derived_clear(&d);
    return value;
}

/* Rounding in sums of at most some hundred terms. */
static void check_equal(double got, double want)
{
    check_close(got, want, 1e-11, 0.0);
}

static void check_statement(const char *name)
{
    const lsa_derive_options general = {0};
    const numbers p = make_numbers();
    numbers q = p;
    const double base = loss(name, general, &p);
    q.rho = q.N;
    check_equal(loss(name, (lsa_derive_options){.rho_is_N = true}, &p), loss(name, general, &q));
    q = p;
    q.s2 = 0.0;
    check_equal(loss(name, (lsa_derive_options){.noiseless = true}, &p), loss(name, general, &q));
    assert_true(loss(name, general, &q) != base);
    q = p;
    memset(q.Omega, 0, sizeof q.Omega);
    for (int i = 0; i < D; i++)
        q.Omega[i + i * D] = 1.0;
    check_equal(loss(name, (lsa_derive_options){.identity_task = true}, &p), loss(name, general, &q));
    q = p;
    memcpy(q.query, p.Lambda, sizeof q.query);
    check_equal(loss(name, (lsa_derive_options){.own_query = true}, &q), base);
    assert_true(loss(name, (lsa_derive_options){.own_query = true}, &p) != base);
    q = p;
    q.dof = 1e14; /* Lambda -> Lambda_0 as 1/dof */
    check_equal(loss(name, (lsa_derive_options){.wishart = true}, &q), base);
    assert_true(loss(name, (lsa_derive_options){.wishart = true}, &p) != base);
}

static void settings_agree(void **state)
{
    (void)state;
    for (const char *const *name = lsa_statement_shipped_names(); *name != NULL; name++)
        check_statement(*name);
}

/* The reduced loss is quadratic in w, so a fixed task is the second moment w0 w0'. (The full loss is quartic: there the
 * mean over w of the fixed-task loss is not that of Omega = w0 w0'.) */
static void fixed_task_is_a_second_moment(void **state)
{
    numbers p = make_numbers();
    (void)state;
    for (int i = 0; i < D; i++)
        for (int j = 0; j < D; j++)
            p.Omega[i + j * D] = p.w0[i] * p.w0[j];
    check_equal(loss("merged", (lsa_derive_options){.fixed_task = true}, &p),
                loss("merged", (lsa_derive_options){0}, &p));
    assert_true(loss("full", (lsa_derive_options){.fixed_task = true}, &p) !=
                loss("full", (lsa_derive_options){0}, &p));
}

/* Two equal heads with half of u each are one head. */
static void equal_heads_are_one(void **state)
{
    numbers p = make_numbers();
    (void)state;
    const double whole = p.parameters[0][0];
    const double one = loss("merged", (lsa_derive_options){0}, &p);
    p.parameters[0][0] = 0.25 * whole;
    p.parameters[0][1] = 0.75 * whole;
    memcpy(p.parameters[1] + D * D, p.parameters[1], D * D * sizeof(double));
    check_equal(loss("multihead", (lsa_derive_options){0}, &p), one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_agree),
        cmocka_unit_test(fixed_task_is_a_second_moment),
        cmocka_unit_test(equal_heads_are_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
