/* Laws of the algebra on random formulas: ring laws, canonical form, reading back what is printed, values, derivatives.
 *
 * Formulas are random texts of given shape, read by lsa_derivation_parse; numbers come from the slow evaluator. The
 * seeds are fixed; a failure prints the formula. */
#include "base/rng.h"
#include "check.h"
#include "derived.h"
#include "slow_eval.h"
#include "symbolic/derivation.h"
#include "symbolic/differentiate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CASES = 60, TEXT = 4096, D = 3, R = 2, HEADS = 2 };

static const char *const yaml =
    "gaussians:\n"
    "  x: {covariance: Lambda}\n"
    "  w: {covariance: Omega}\n"
    "  e: {variance: s2}\n"
    "parameters: {A: [d, d], a: vector, c: scalar, K: [r, d], \"u[h]\": scalar, \"U[h]\": [d, d]}\n"
    "prediction: \"c / N * a' * (A + K' * K) * x + sum(h, u[h] * a' * U[h] * x) + e\"\n"
    "target: \"w' * x\"\n";

/* ---- random formulas --------------------------------------------------------------------------------------------- */

typedef struct writer {
    uint64_t seed, at;
    char *out;
} writer;

static int pick(writer *w, int n)
{
    lsa_rng rng = lsa_rng_at(w->seed, LSA_RNG_PROBE, w->at++);
    double u = 0.0;
    lsa_rng_uniforms(&rng, 1, &u);
    return (int)(u * n);
}

static void add(writer *w, const char *text)
{
    assert_true(strlen(w->out) + strlen(text) < TEXT);
    strcat(w->out, text);
}

static void add_one_of(writer *w, int n, const char *const *choices)
{
    add(w, choices[pick(w, n)]);
}

typedef enum shape { SCALAR, ROW, COLUMN, SQUARE } shape;

static void write_formula(writer *w, shape s, int depth);

static void write_product(writer *w, shape left, shape right, int depth)
{
    write_formula(w, left, depth);
    add(w, "*");
    write_formula(w, right, depth);
}

static void write_leaf(writer *w, shape s)
{
    static const char *const scalars[] = {"c", "N", "1/2", "3", "s2", "c^2", "-2", "sum(g1, u[g1])", "d"};
    static const char *const squares[] = {"A", "Lambda", "Omega", "A'", "K'*K", "sum(g1, u[g1]*U[g1])", "Lambda^2"};
    static const char *const columns[] = {"a", "Lambda*a", "A*a", "sum(g1, U[g1]'*a)"};
    static const char *const rows[] = {"a'", "a'*Omega", "a'*A", "a'*K'*K"};
    if (s == SCALAR)
        add_one_of(w, 9, scalars);
    else if (s == SQUARE)
        add_one_of(w, 7, squares);
    else
        add_one_of(w, 4, s == COLUMN ? columns : rows);
}

/* One of the ways to build a value of that shape from smaller ones. */
static void write_compound(writer *w, shape s, int depth)
{
    const int way = pick(w, 4);
    if (way == 0) {
        write_formula(w, s, depth);
        add(w, pick(w, 2) == 0 ? " + " : " - ");
        write_formula(w, s, depth);
    } else if (way == 1) {
        write_product(w, SCALAR, s, depth);
    } else if (s == SCALAR) {
        add(w, way == 2 ? "tr(" : "");
        write_product(w, way == 2 ? SQUARE : ROW, way == 2 ? SQUARE : COLUMN, depth);
        add(w, way == 2 ? ")" : "");
    } else if (s == SQUARE) {
        write_product(w, way == 2 ? SQUARE : COLUMN, way == 2 ? SQUARE : ROW, depth);
    } else if (s == COLUMN) {
        write_product(w, SQUARE, COLUMN, depth);
    } else {
        write_product(w, ROW, SQUARE, depth);
    }
}

static void write_formula(writer *w, shape s, int depth)
{
    add(w, "(");
    if (depth == 0)
        write_leaf(w, s);
    else
        write_compound(w, s, depth - 1);
    add(w, ")");
}

static const char *formula(char *out, uint64_t seed, shape s, int depth)
{
    writer w = {.seed = seed, .out = out};
    out[0] = '\0';
    write_formula(&w, s, depth);
    return out;
}

/* ---- values ------------------------------------------------------------------------------------------------------ */

typedef struct point {
    double A[D * D], a[D], c, K[R * D], u[HEADS], U[HEADS * D * D], Lambda[D * D], Omega[D * D], N, s2;
} point;

static void fill(double *out, ptrdiff_t n, uint64_t seed)
{
    lsa_rng rng = lsa_rng_at(11, LSA_RNG_PROBE, seed);
    lsa_rng_normals(&rng, n, out);
}

static void symmetrise(double *a)
{
    for (int i = 0; i < D; i++)
        for (int j = 0; j < i; j++)
            a[i + j * D] = a[j + i * D];
}

static void make_point(point *p)
{
    fill(p->A, D * D, 1);
    fill(p->a, D, 2);
    fill(&p->c, 1, 3);
    fill(p->K, R * D, 4);
    fill(p->u, HEADS, 5);
    fill(p->U, HEADS * D * D, 6);
    fill(p->Lambda, D * D, 7);
    fill(p->Omega, D * D, 8);
    symmetrise(p->Lambda);
    symmetrise(p->Omega);
    p->N = 1.7;
    p->s2 = 0.6;
}

static void bind(const lsa_derived *d, const point *p, lsa_slow_values *values)
{
    ptrdiff_t dims[LSA_SLOW_DIMS] = {1};
    for (int k = 1; k < lsa_algebra_dim_count(d->algebra); k++)
        dims[k] = strcmp(lsa_algebra_dim_name(d->algebra, k), "r") == 0 ? R : D;
    lsa_slow_init(values, d->algebra, lsa_algebra_dim_count(d->algebra), dims, HEADS);
    lsa_slow_set(values, "A", p->A);
    lsa_slow_set(values, "a", p->a);
    lsa_slow_set(values, "c", &p->c);
    lsa_slow_set(values, "K", p->K);
    lsa_slow_set(values, "u", p->u);
    lsa_slow_set(values, "U", p->U);
    lsa_slow_set(values, "Lambda", p->Lambda);
    lsa_slow_set(values, "Omega", p->Omega);
    lsa_slow_set(values, "N", &p->N);
    lsa_slow_set(values, "s2", &p->s2);
}

static double norm(int n, const double *x)
{
    double largest = 0.0;
    for (int k = 0; k < n; k++)
        largest = fmax(largest, fabs(x[k]));
    return largest;
}

/* ---- laws -------------------------------------------------------------------------------------------------------- */

/* What poly.h promises of every term. */
static void check_canonical(const lsa_derived *d, const lsa_poly *poly)
{
    for (ptrdiff_t k = 0; k < lsa_poly_count(poly); k++) {
        const lsa_term term = lsa_poly_term(poly, k);
        assert_true(strcmp(term.coefficient_text, "0") != 0);
        for (int i = 0; i < term.n_powers; i++)
            assert_int_not_equal(term.powers[i].exponent, 0);
        for (int t = 0; t < term.n_traces; t++) {
            assert_true(term.traces[t].length > 0);
            for (int l = 0; l < term.traces[t].length; l++) {
                const lsa_letter letter = term.traces[t].letters[l];
                assert_false(letter.transposed && lsa_algebra_symbol(d->algebra, letter.symbol)->symmetric);
            }
        }
    }
}

/* Both texts are the same polynomial. */
static void check_same(const lsa_derived *d, const char *left, const char *right)
{
    const lsa_poly *f = lsa_derived_parse(d, left), *g = lsa_derived_parse(d, right);
    check_canonical(d, f);
    if (!lsa_poly_equal(f, g))
        fail_msg("%s\n is not\n%s", left, right);
}

static void ring_laws(void **state)
{
    static char f[TEXT], g[TEXT], h[TEXT], left[6 * TEXT], right[6 * TEXT];
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        formula(f, 3 * seed, SQUARE, 1 + (int)(seed % 2));
        formula(g, 3 * seed + 1, SQUARE, 1);
        formula(h, 3 * seed + 2, SQUARE, 1);
        snprintf(left, sizeof left, "%s*(%s + %s)", f, g, h);
        snprintf(right, sizeof right, "%s*%s + %s*%s", f, h, f, g);
        check_same(&d, left, right);
        snprintf(left, sizeof left, "(%s*%s)*%s", f, g, h);
        snprintf(right, sizeof right, "%s*(%s*%s)", f, g, h);
        check_same(&d, left, right);
        snprintf(left, sizeof left, "tr(%s*%s*%s)", f, g, h);
        snprintf(right, sizeof right, "tr(%s*%s*%s)", g, h, f);
        check_same(&d, left, right);
        snprintf(right, sizeof right, "tr(%s'*%s'*%s')", h, g, f);
        check_same(&d, left, right);
        snprintf(left, sizeof left, "(%s*%s)'", f, g);
        snprintf(right, sizeof right, "%s'*%s'", g, f);
        check_same(&d, left, right);
    }
    lsa_derived_clear(&d);
}

/* tr(AB) and tr(AB') are different: the laws above do not hold because everything is equal. */
static void different_things_differ(void **state)
{
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    static const char *const pairs[][2] = {
        {"tr(A*A)", "tr(A*A')"},
        {"a'*A*a", "a'*A*A*a"},
        {"tr(A*Lambda*A*Omega)", "tr(A*Lambda*A'*Omega)"},
        {"tr(A*A*Lambda*Omega)", "tr(A*A*Omega*Lambda)"},
        {"sum(g1, u[g1])^2", "sum(g1, u[g1]^2)"},
        {"sum(g1, sum(g2, tr(U[g1]*U[g2]')))", "sum(g1, tr(U[g1]*U[g1]'))"},
        {"tr(K*A*K')", "tr(K*Lambda*K')"},
        {"d", "1"},
        {"c/N", "c"},
    };
    (void)state;
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++)
        assert_false(lsa_poly_equal(lsa_derived_parse(&d, pairs[k][0]), lsa_derived_parse(&d, pairs[k][1])));
    lsa_derived_clear(&d);
}

/* Renaming sums does not matter. */
static void dummies_have_no_names(void **state)
{
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    (void)state;
    check_same(&d, "sum(g1, sum(g2, u[g1]^2*u[g2]*a'*U[g2]*U[g1]'*a))",
               "sum(g1, sum(g2, u[g2]^2*u[g1]*a'*U[g2]*U[g1]'*a))");
    check_same(&d, "sum(g1, sum(g2, sum(g3, u[g1]^2*u[g2]*tr(U[g1]*U[g2]*U[g3]'))))",
               "sum(g1, sum(g2, sum(g3, u[g3]^2*u[g1]*tr(U[g2]*U[g1]'*U[g3]'))))");
    check_same(&d, "sum(g1, sum(g2, tr(U[g1]*U[g2])))", "tr(sum(g1, U[g1])^2)");
    lsa_derived_clear(&d);
}

static void printed_text_is_read_back(void **state)
{
    static char f[TEXT];
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    (void)state;
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        formula(f, 1000 + seed, SCALAR, 1 + (int)(seed % 3));
        check_same(&d, f, lsa_derived_text(&d, lsa_derived_parse(&d, f), LSA_FORMAT_TEXT));
    }
    check_same(&d, "c/N^2/s2*a'*A*a*a'*Lambda*a - 3/7",
               lsa_derived_text(&d, lsa_derived_parse(&d, "c/N^2/s2*a'*A*a*a'*Lambda*a - 3/7"), LSA_FORMAT_TEXT));
    lsa_derived_clear(&d);
}

/* eval(f g) = eval(f) eval(g), eval(f + g), eval(f'), eval(tr f), and the trace of what stands beside traces. */
static void values_respect_the_operations(void **state)
{
    static char f[TEXT], g[TEXT], text[4 * TEXT];
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    lsa_slow_values values;
    point p;
    (void)state;
    make_point(&p);
    bind(&d, &p, &values);
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        double F[D * D], G[D * D], got[D * D], product[D * D] = {0}, trace = 0.0, trace_of_f = 0.0, trace_of_g = 0.0;
        formula(f, 2000 + 2 * seed, SQUARE, 2);
        formula(g, 2001 + 2 * seed, SQUARE, 1);
        lsa_slow_eval(&values, lsa_derived_parse(&d, f), 0, F);
        lsa_slow_eval(&values, lsa_derived_parse(&d, g), 0, G);
        for (int i = 0; i < D; i++)
            for (int j = 0; j < D; j++)
                for (int k = 0; k < D; k++)
                    product[i + j * D] += F[i + k * D] * G[j + k * D];
        for (int i = 0; i < D; i++) {
            trace += product[i + i * D];
            trace_of_f += F[i + i * D];
            trace_of_g += G[i + i * D];
        }
        /* Rounding: sums of at most some thousand terms, each below the product of the norms. */
        const double scale = 1e-11 * (1.0 + norm(D * D, F) * norm(D * D, G));
        snprintf(text, sizeof text, "%s*%s'", f, g);
        lsa_slow_eval(&values, lsa_derived_parse(&d, text), 0, got);
        check_vector_close(D * D, got, product, 0.0, scale);
        snprintf(text, sizeof text, "tr(%s*%s')", f, g);
        check_close(lsa_slow_scalar(&values, lsa_derived_parse(&d, text)), trace, 0.0, scale);
        snprintf(text, sizeof text, "tr(tr(%s)*%s)", f, g);
        check_close(lsa_slow_scalar(&values, lsa_derived_parse(&d, text)), trace_of_f * trace_of_g, 0.0, D * scale);
    }
    lsa_derived_clear(&d);
}

/* Central difference of fourth order: the error is h^4/30 f^(5) + eps/h |f|, h = 1e-3. */
static double difference(const lsa_slow_values *values, const lsa_poly *f, double *entry)
{
    static const double weights[] = {1.0, -8.0, 8.0, -1.0}, steps[] = {-2.0, -1.0, 1.0, 2.0};
    const double h = 1e-3, kept = *entry;
    double sum = 0.0;
    for (int k = 0; k < 4; k++) {
        *entry = kept + steps[k] * h;
        sum += weights[k] * lsa_slow_scalar(values, f);
    }
    *entry = kept;
    return sum / (12.0 * h);
}

/* Every entry of df/dP, of every head. */
static void check_derivative(const lsa_derived *d, const lsa_slow_values *values, const lsa_poly *f, const char *name,
                             double *block, ptrdiff_t size, ptrdiff_t heads)
{
    const lsa_poly *df = NULL;
    double got[D * D], want[D * D];
    const double scale = 1.0 + fabs(lsa_slow_scalar(values, f));
    check_status(lsa_differentiate(d->derivation->algebra, f, lsa_statement_find(d->statement, name), &df, NULL),
                 LSA_OK, NULL);
    check_canonical(d, df);
    for (ptrdiff_t head = 0; head < heads; head++) {
        lsa_slow_eval(values, df, head, got);
        for (ptrdiff_t k = 0; k < size; k++)
            want[k] = difference(values, f, &block[head * size + k]);
        check_vector_close(size, got, want, 1e-8, 1e-8 * scale);
    }
}

static void derivatives_match_differences(void **state)
{
    static char f[TEXT];
    lsa_derived d = lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
    lsa_slow_values values;
    point p;
    (void)state;
    make_point(&p);
    bind(&d, &p, &values);
    for (uint64_t seed = 1; seed <= CASES; seed++) {
        const lsa_poly *poly = lsa_derived_parse(&d, formula(f, 5000 + seed, SCALAR, 2 + (int)(seed % 2)));
        check_derivative(&d, &values, poly, "A", p.A, D * D, 1);
        check_derivative(&d, &values, poly, "a", p.a, D, 1);
        check_derivative(&d, &values, poly, "c", &p.c, 1, 1);
        check_derivative(&d, &values, poly, "K", p.K, R * D, 1);
        check_derivative(&d, &values, poly, "u", p.u, 1, HEADS);
        check_derivative(&d, &values, poly, "U", p.U, D * D, HEADS);
    }
    lsa_derived_clear(&d);
}

/* ---- the Hessian of shipped statements ---------------------------------------------------------------------------- */

enum { BLOCKS = 8, BLOCK = HEADS * D * D };

/* Numbers for parameters, direction and constants of a derivation with a Hessian. */
typedef struct hessian_point {
    double parameters[BLOCKS][BLOCK], direction[BLOCKS][BLOCK];
    point constants;
    double rho;
    ptrdiff_t size[BLOCKS]; /* of one head */
    bool family[BLOCKS];
    lsa_slow_values values;
} hessian_point;

static void make_hessian_point(const lsa_derived *d, hessian_point *p)
{
    make_point(&p->constants);
    bind(d, &p->constants, &p->values);
    p->rho = 2.1;
    lsa_slow_set(&p->values, "rho", &p->rho);
    for (int k = 0; k < d->statement->n_parameters; k++) {
        const int id = d->statement->parameters[k];
        const lsa_symbol *symbol = lsa_algebra_symbol(d->algebra, id);
        p->size[k] = p->values.dims[symbol->rows] * p->values.dims[symbol->cols];
        p->family[k] = symbol->family == LSA_FAMILY_HEAD;
        fill(p->parameters[k], BLOCK, 100 + (uint64_t)k);
        fill(p->direction[k], BLOCK, 200 + (uint64_t)k);
        p->values.values[id] = p->parameters[k];
        p->values.values[lsa_derivation_direction(d->derivation, k)] = p->direction[k];
    }
}

/* H v, every block and head. */
static void hessian_times(const lsa_derived *d, const hessian_point *p, double out[BLOCKS][BLOCK])
{
    for (int k = 0; k < d->statement->n_parameters; k++)
        for (ptrdiff_t head = 0; head < (p->family[k] ? HEADS : 1); head++)
            lsa_slow_eval(&p->values, lsa_derivation_hessian(d->derivation, k), head, out[k] + head * p->size[k]);
}

static double inner(const lsa_derived *d, const hessian_point *p, double a[BLOCKS][BLOCK], double b[BLOCKS][BLOCK])
{
    double sum = 0.0;
    for (int k = 0; k < d->statement->n_parameters; k++)
        for (ptrdiff_t i = 0; i < p->size[k] * (p->family[k] ? HEADS : 1); i++)
            sum += a[k][i] * b[k][i];
    return sum;
}

/* <w, H v> = <v, H w>, and <v, H v> is the second derivative of the loss along v. */
static void check_hessian(const char *name)
{
    lsa_derived d = lsa_derived_make(name, (lsa_derive_options){.with_hessian = true});
    static hessian_point p;
    static double v[BLOCKS][BLOCK], w[BLOCKS][BLOCK], Hv[BLOCKS][BLOCK], Hw[BLOCKS][BLOCK];
    static const double weights[] = {-1.0, 16.0, -30.0, 16.0, -1.0};
    const double h = 1e-2;
    double second = 0.0;
    make_hessian_point(&d, &p);
    memcpy(v, p.direction, sizeof v);
    hessian_times(&d, &p, Hv);
    for (int k = 0; k < d.statement->n_parameters; k++)
        fill(p.direction[k], BLOCK, 300 + (uint64_t)k);
    memcpy(w, p.direction, sizeof w);
    hessian_times(&d, &p, Hw);
    check_close(inner(&d, &p, w, Hv), inner(&d, &p, v, Hw), 1e-11, 0.0);
    for (int s = 0; s < 5; s++) {
        for (int k = 0; k < d.statement->n_parameters; k++)
            for (ptrdiff_t i = 0; i < BLOCK; i++)
                p.parameters[k][i] += (s - 2) * h * v[k][i];
        second += weights[s] * lsa_slow_scalar(&p.values, lsa_derivation_loss(d.derivation)) / (12.0 * h * h);
        for (int k = 0; k < d.statement->n_parameters; k++)
            for (ptrdiff_t i = 0; i < BLOCK; i++)
                p.parameters[k][i] -= (s - 2) * h * v[k][i];
    }
    /* The loss has degree at most 6 along v: the stencil's error is h^4/90 of its sixth derivative. */
    check_close(inner(&d, &p, v, Hv), second, 1e-5, 1e-5);
    lsa_derived_clear(&d);
}

static void hessians_are_symmetric(void **state)
{
    (void)state;
    for (const char *const *name = lsa_statement_shipped_names(); *name != NULL; name++)
        check_hessian(*name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_laws),
        cmocka_unit_test(different_things_differ),
        cmocka_unit_test(dummies_have_no_names),
        cmocka_unit_test(printed_text_is_read_back),
        cmocka_unit_test(values_respect_the_operations),
        cmocka_unit_test(derivatives_match_differences),
        cmocka_unit_test(hessians_are_symmetric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
