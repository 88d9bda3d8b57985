/* The derived loss and gradient of the full layer against two independent sources: the reference cases, and exact
 * Gauss-Hermite cubature of the layer f(E) itself, which knows no moment formula. */
#include "cases.h"
#include "check.h"
#include "derived.h"
#include "slow_eval.h"

#include <math.h>
#include <string.h>

enum { MAX_D = 5 };

/* ---- reference cases --------------------------------------------------------------------------------------------- */

typedef struct setting {
    double px[MAX_D], u, U[MAX_D * MAX_D], k[MAX_D], Lambda[MAX_D * MAX_D], query[MAX_D * MAX_D], Omega[MAX_D * MAX_D];
    double N, rho, s2;
} setting;

static void bind(const lsa_derived *derived, ptrdiff_t d, const setting *s, lsa_slow_values *values)
{
    const ptrdiff_t dims[] = {1, d};
    assert_int_equal(lsa_algebra_dim_count(derived->algebra), 2);
    lsa_slow_init(values, derived->algebra, 2, dims, 1);
    lsa_slow_set(values, "px", s->px);
    lsa_slow_set(values, "u", &s->u);
    lsa_slow_set(values, "U", s->U);
    lsa_slow_set(values, "k", s->k);
    lsa_slow_set(values, "Lambda", s->Lambda);
    lsa_slow_set(values, "Lambda_q", s->query);
    lsa_slow_set(values, "Omega", s->Omega);
    lsa_slow_set(values, "N", &s->N);
    lsa_slow_set(values, "rho", &s->rho);
    lsa_slow_set(values, "s2", &s->s2);
}

static void copy(double *out, const double *from, ptrdiff_t n)
{
    memcpy(out, from, (size_t)n * sizeof *out);
}

static void identity(double *out, ptrdiff_t d)
{
    memset(out, 0, (size_t)(d * d) * sizeof *out);
    for (ptrdiff_t i = 0; i < d; i++)
        out[i + i * d] = 1.0;
}

/* Context length under `length`, context covariance under `covariance`; blocks p_x, p_y, U, k. */
static ptrdiff_t read_law(const lsa_case *c, const char *length, const char *covariance, setting *s)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(c, "d");
    assert_true(d <= MAX_D);
    s->N = s->rho = lsa_case_number(c, length);
    s->s2 = lsa_case_number_or(c, "sigma2", 0.0);
    copy(s->Lambda, lsa_case_input(c, covariance, d * d), d * d);
    identity(s->Omega, d);
    if (lsa_case_has(c, "Omega"))
        copy(s->Omega, lsa_case_input(c, "Omega", d * d), d * d);
    return d;
}

static ptrdiff_t read_setting(const lsa_case *c, setting *s)
{
    const ptrdiff_t d = read_law(c, "N", "Lambda", s);
    s->u = lsa_case_number(c, "p_y");
    copy(s->px, lsa_case_input(c, "p_x", d), d);
    copy(s->U, lsa_case_input(c, "U", d * d), d * d);
    copy(s->k, lsa_case_input(c, "k", d), d);
    return d;
}

static void check_full_loss(const lsa_case *c)
{
    lsa_derived derived = lsa_derived_make("full", (lsa_derive_options){0});
    lsa_derived merged = lsa_derived_make("merged", (lsa_derive_options){0});
    lsa_slow_values values;
    setting s;
    const ptrdiff_t d = read_setting(c, &s);
    bind(&derived, d, &s, &values);
    const double loss = lsa_slow_scalar(&values, lsa_derivation_loss(derived.derivation));
    lsa_case_check(c, "loss", &loss, 1);
    /* The odd part is the reduced loss at uU + px k'. */
    for (ptrdiff_t i = 0; i < d; i++)
        for (ptrdiff_t j = 0; j < d; j++)
            s.U[i + j * d] = s.u * s.U[i + j * d] + s.px[i] * s.k[j];
    s.u = 1.0;
    bind(&merged, d, &s, &values);
    const double odd = lsa_slow_scalar(&values, lsa_derivation_loss(merged.derivation));
    lsa_case_check(c, "loss_odd", &odd, 1);
    lsa_derived_clear(&merged);
    lsa_derived_clear(&derived);
}

static void full_loss_cases(void **state)
{
    (void)state;
    lsa_cases_each("full_loss", check_full_loss);
}

static void check_full_grad(const lsa_case *c)
{
    static const char *const fields[] = {"p_x", "p_y", "U", "k"};
    lsa_derived derived = lsa_derived_make("full", (lsa_derive_options){.rho_is_N = true});
    lsa_slow_values values;
    setting s;
    const ptrdiff_t d = read_setting(c, &s), sizes[] = {d, 1, d * d, d};
    double got[MAX_D * MAX_D];
    bind(&derived, d, &s, &values);
    const double loss = lsa_slow_scalar(&values, lsa_derivation_loss(derived.derivation));
    lsa_case_check(c, "loss", &loss, 1);
    for (int k = 0; k < 4; k++) {
        lsa_slow_eval(&values, lsa_derivation_gradient(derived.derivation, k), 0, got);
        lsa_case_check(c, fields[k], got, sizes[k]);
    }
    lsa_derived_clear(&derived);
}

static void full_grad_cases(void **state)
{
    (void)state;
    lsa_cases_each("full_grad", check_full_grad);
}

/* The shift cases that state all blocks: context and query covariance apart. */
static void check_shift(const lsa_case *c)
{
    const json_t *blocks = json_object_get(c->input, "params");
    setting s;
    if (blocks == NULL)
        return;
    lsa_derived derived = lsa_derived_make("full", (lsa_derive_options){.own_query = true});
    const lsa_case params = {.id = c->id, .kind = c->kind, .input = blocks, .expect = c->expect, .arena = c->arena};
    const ptrdiff_t d = read_law(c, "M", "Lambda1", &s);
    lsa_slow_values values;
    copy(s.query, lsa_case_input(c, "Lambda2", d * d), d * d);
    s.u = lsa_case_number(&params, "p_y");
    copy(s.px, lsa_case_input(&params, "p_x", d), d);
    copy(s.U, lsa_case_input(&params, "U", d * d), d * d);
    copy(s.k, lsa_case_input(&params, "k", d), d);
    bind(&derived, d, &s, &values);
    const double loss = lsa_slow_scalar(&values, lsa_derivation_loss(derived.derivation));
    lsa_case_check(c, "loss", &loss, 1);
    lsa_derived_clear(&derived);
}

static void shift_cases(void **state)
{
    (void)state;
    lsa_cases_each("shift", check_shift);
}

/* ---- cubature of the layer ---------------------------------------------------------------------------------------- */

/* Gauss-Hermite nodes and weights for N(0, 1) with four nodes, exact to degree 7: +-sqrt(3 -+ sqrt 6). The squared
 * residual has degree at most 6 in a coordinate of xq and at most 4 in every other. */
enum { NODES = 4, DIM = 2, COUNT = 2, COLUMNS = COUNT + 1 };

typedef struct prompt {
    double x[DIM][COLUMNS]; /* the last column is the query */
    double w[DIM], noise[COUNT];
    double weight;
} prompt;

/* f(E) at the bottom right: (px', u) (E E'/rho) [U; k'] xq, from the matrices themselves. */
static double layer(const setting *s, const prompt *p, bool masked)
{
    double E[DIM + 1][COLUMNS] = {{0.0}}, prediction = 0.0;
    for (int c = 0; c < COLUMNS; c++)
        for (int i = 0; i < DIM; i++) {
            E[i][c] = p->x[i][c];
            E[DIM][c] += c < COUNT ? p->w[i] * p->x[i][c] : 0.0;
        }
    for (int c = 0; c < COUNT; c++)
        E[DIM][c] += p->noise[c];
    for (int c = 0; c < (masked ? COUNT : COLUMNS); c++) {
        double left = 0.0, right = 0.0;
        for (int i = 0; i <= DIM; i++) {
            double key = 0.0; /* row i of [U; k'] times xq */
            for (int j = 0; j < DIM; j++)
                key += (i < DIM ? s->U[i + j * DIM] : s->k[j]) * p->x[j][COUNT];
            left += (i < DIM ? s->px[i] : s->u) * E[i][c];
            right += E[i][c] * key;
        }
        prediction += left * right / s->rho;
    }
    return prediction;
}

static double residual(const setting *s, const prompt *p, bool masked)
{
    double target = 0.0;
    for (int i = 0; i < DIM; i++)
        target += p->w[i] * p->x[i][COUNT];
    return layer(s, p, masked) - target;
}

/* Lower Cholesky factor of a 2 x 2 covariance times a standard vector. */
static void colour(const double *covariance, const double *z, double *out)
{
    const double l11 = sqrt(covariance[0]), l21 = covariance[1] / l11;
    out[0] = l11 * z[0];
    out[1] = l21 * z[0] + sqrt(covariance[3] - l21 * l21) * z[1];
}

/* The prompt at node `at` of the product rule over 2 (COUNT + 2) + COUNT coordinates. */
static prompt node(const setting *s, long at)
{
    const double inner = sqrt(3.0 - sqrt(6.0)), outer = sqrt(3.0 + sqrt(6.0));
    const double nodes[NODES] = {-outer, -inner, inner, outer};
    const double weights[NODES] = {(3.0 - sqrt(6.0)) / 12.0, (3.0 + sqrt(6.0)) / 12.0, (3.0 + sqrt(6.0)) / 12.0,
                                   (3.0 - sqrt(6.0)) / 12.0};
    double z[DIM * (COLUMNS + 1) + COUNT];
    prompt p = {.weight = 1.0};
    for (size_t k = 0; k < sizeof z / sizeof *z; k++, at /= NODES) {
        z[k] = nodes[at % NODES];
        p.weight *= weights[at % NODES];
    }
    for (int c = 0; c < COLUMNS; c++) {
        double column[DIM];
        colour(c < COUNT ? s->Lambda : s->query, z + DIM * c, column);
        p.x[0][c] = column[0];
        p.x[1][c] = column[1];
    }
    colour(s->Omega, z + DIM * COLUMNS, p.w);
    for (int c = 0; c < COUNT; c++)
        p.noise[c] = sqrt(s->s2) * z[DIM * (COLUMNS + 1) + c];
    return p;
}

static double cubature(const setting *s, bool masked)
{
    double sum = 0.0;
    for (long at = 0; at < 1L << (2 * (DIM * (COLUMNS + 1) + COUNT)); at++) {
        const prompt p = node(s, at);
        const double r = residual(s, &p, masked);
        sum += 0.5 * p.weight * r * r;
    }
    return sum;
}

static const setting sample = {
    .px = {0.7, -0.4},
    .u = 0.9,
    .U = {0.3, -0.2, 0.5, 0.8},
    .k = {-0.6, 0.25},
    .Lambda = {1.5, 0.4, 0.4, 0.8},
    .query = {0.9, -0.3, -0.3, 1.1},
    .Omega = {1.2, 0.3, 0.3, 0.7},
    .N = COUNT,
    .rho = 3.0,
    .s2 = 0.35,
};

/* A million nodes with their rounding errors: 1e-12 leaves two digits of room above sqrt(1e6) eps. */
static void layer_by_cubature(void **state)
{
    static const char *const names[] = {"full", "full-masked"};
    (void)state;
    for (int masked = 0; masked < 2; masked++) {
        lsa_derived derived = lsa_derived_make(names[masked], (lsa_derive_options){.own_query = true});
        lsa_slow_values values;
        bind(&derived, DIM, &sample, &values);
        const double want = cubature(&sample, masked != 0);
        const double got = lsa_slow_scalar(&values, lsa_derivation_loss(derived.derivation));
        check_close(got, want, 1e-12, 0.0);
        /* The other statement is told apart by far more than the tolerance. */
        assert_true(fabs(got - cubature(&sample, masked == 0)) > 1e-3);
        lsa_derived_clear(&derived);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_loss_cases),
        cmocka_unit_test(full_grad_cases),
        cmocka_unit_test(shift_cases),
        cmocka_unit_test(layer_by_cubature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
