/* Programs of random covariances against averages of programs of fixed ones, the reference cases and the golden values.
 *
 * The shipped losses are of degree 3 in Lambda, so a law may be exchanged for atoms that agree in three moments:
 * two-point Gauss rules for the entries of a diagonal, the four-point Gauss-Hermite rule (degree 7) for a Wishart's vectors. */
#include "cases.h"
#include "compiled.h"
#include "lsaflow/test_error.h"

enum { MOST_ATOMS = 256, MOST_D = 3 };

/* A law of finitely many covariances. */
typedef struct atoms {
    ptrdiff_t n;
    double weight[MOST_ATOMS];
    const lsa_covariance *covariance[MOST_ATOMS];
} atoms;

/* The two-point law with the first three moments of `law`: nodes are roots of the second orthogonal polynomial. */
static lsa_law gauss_rule(const lsa_law *law)
{
    const double *a = law->parameter;
    const double middle = 0.5 * (a[0] + a[1]), half = 0.5 * (a[1] - a[0]) / sqrt(3.0);
    const double shape = law->kind == LSA_LAW_GAMMA ? a[0] : 1.0;
    const double scale = law->kind == LSA_LAW_GAMMA ? a[1] : a[0];
    const double root = sqrt(shape + 1.0), low = shape + 1.0 - root, high = shape + 1.0 + root;
    switch (law->kind) {
    case LSA_LAW_TWO_POINT:
        return *law;
    case LSA_LAW_POINT:
        return (lsa_law){LSA_LAW_TWO_POINT, {a[0], 0.0, 1.0}};
    case LSA_LAW_UNIFORM:
        return (lsa_law){LSA_LAW_TWO_POINT, {middle - half, middle + half, 0.5}};
    case LSA_LAW_EXPONENTIAL:
    case LSA_LAW_GAMMA:
        break;
    }
    return (lsa_law){LSA_LAW_TWO_POINT, {scale * low, scale * high, (high - shape) / (high - low)}};
}

/* All combinations of the entries' points. */
static void spread_laws(lsa_fixture *s, const lsa_covariance *random, atoms *out)
{
    out->n = (ptrdiff_t)1 << random->d;
    for (ptrdiff_t k = 0; k < out->n; k++) {
        double spectrum[MOST_D];
        out->weight[k] = 1.0;
        for (ptrdiff_t i = 0; i < random->d; i++) {
            const lsa_law rule = gauss_rule(&random->laws[i]);
            const bool first = (k >> i) % 2 == 0;
            spectrum[i] = rule.parameter[first ? 0 : 1];
            out->weight[k] *= first ? rule.parameter[2] : 1.0 - rule.parameter[2];
        }
        out->covariance[k] = fixture_diagonal(s, random->d, spectrum);
    }
}

static void spread_mixture(const lsa_covariance *random, atoms *out)
{
    out->n = random->n_components;
    for (ptrdiff_t k = 0; k < out->n; k++) {
        out->weight[k] = random->weights[k];
        out->covariance[k] = &random->components[k];
    }
}

/* Lambda = (1/dof) sum_j L z_j z_j' L', L L' the scale, every entry of the z_j at a node of the rule. */
static void spread_wishart(lsa_fixture *s, const lsa_covariance *random, atoms *out)
{
    const double inner = sqrt(3.0 - sqrt(6.0)), outer = sqrt(3.0 + sqrt(6.0));
    const double node[4] = {-outer, -inner, inner, outer};
    const double weight[4] = {(3.0 - sqrt(6.0)) / 12.0, (3.0 + sqrt(6.0)) / 12.0, (3.0 + sqrt(6.0)) / 12.0,
                              (3.0 - sqrt(6.0)) / 12.0};
    const ptrdiff_t d = random->d, k = (ptrdiff_t)random->dof, n = d * k;
    double S[MOST_D * MOST_D], L[MOST_D * MOST_D], *z = fixture_numbers(s, n), *Lz = fixture_numbers(s, n);
    lsa_error err;
    lsa_covariance_matrix(random->scale, S);
    check_status(lsa_mat_cholesky(d, S, L, &err), LSA_OK, &err);
    out->n = (ptrdiff_t)1 << 2 * n;
    assert_true(out->n <= MOST_ATOMS);
    for (ptrdiff_t at = 0; at < out->n; at++) {
        double *Lambda = fixture_numbers(s, d * d);
        out->weight[at] = 1.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            z[i] = node[(at >> 2 * i) % 4];
            out->weight[at] *= weight[(at >> 2 * i) % 4];
        }
        lsa_mat_product(false, false, d, k, d, 1.0, L, z, 0.0, Lz);
        lsa_mat_product(false, true, d, d, k, 1.0 / (double)k, Lz, Lz, 0.0, Lambda);
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < j; i++)
                Lambda[i + j * d] = Lambda[j + i * d];
        out->covariance[at] = fixture_matrix(s, d, Lambda);
    }
}

static void spread(lsa_fixture *s, const lsa_covariance *random, atoms *out)
{
    if (random->kind == LSA_COVARIANCE_LAWS)
        spread_laws(s, random, out);
    else if (random->kind == LSA_COVARIANCE_MIXTURE)
        spread_mixture(random, out);
    else if (random->kind == LSA_COVARIANCE_WISHART)
        spread_wishart(s, random, out);
    else
        *out = (atoms){.n = 1, .weight = {1.0}, .covariance = {random}};
}

/* ---- random covariances ---- */

static const lsa_law all_laws[] = {{LSA_LAW_EXPONENTIAL, {0.8, 0.0, 0.0}}, {LSA_LAW_UNIFORM, {0.5, 1.7, 0.0}},
                                   {LSA_LAW_GAMMA, {2.5, 0.4, 0.0}},       {LSA_LAW_TWO_POINT, {0.5, 2.0, 0.3}},
                                   {LSA_LAW_POINT, {1.3, 0.0, 0.0}},       {LSA_LAW_TWO_POINT, {1.4, 0.2, 0.6}}};

static const lsa_covariance *laws(lsa_fixture *s, ptrdiff_t d, int first)
{
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_LAWS, d);
    lsa_law *of = lsa_arena_alloc(s->arena, (size_t)d, sizeof *of);
    assert_non_null(of);
    for (ptrdiff_t i = 0; i < d; i++)
        of[i] = all_laws[(first + i) % 6];
    out->laws = of;
    return out;
}

static const lsa_covariance *general(lsa_fixture *s, ptrdiff_t d, uint64_t seed)
{
    double *A = fixture_numbers(s, d * d);
    const double *B = fixture_normals(s, d * d, seed, 0.6);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            for (ptrdiff_t k = 0; k < d; k++)
                A[i + j * d] += B[i + k * d] * B[j + k * d];
    for (ptrdiff_t i = 0; i < d; i++)
        A[i + i * d] += 0.3;
    return fixture_matrix(s, d, A);
}

typedef enum mixture_kind { DIAGONALS, ONE_BASIS, MANY_BASES, N_MIXTURES } mixture_kind;

static const lsa_covariance *mixture(lsa_fixture *s, ptrdiff_t d, mixture_kind kind)
{
    static const double weights[] = {0.5, 0.2, 0.3},
                        diagonals[3][MOST_D] = {{1.0, 2.0, 0.4}, {3.0, 0.5, 1.0}, {0.7, 0.7, 0.7}};
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_MIXTURE, d);
    lsa_covariance *components = lsa_arena_alloc(s->arena, 3, sizeof *components);
    assert_non_null(components);
    for (int c = 0; c < 3; c++) {
        components[c] = kind == DIAGONALS ? *fixture_diagonal(s, d, diagonals[c])
                                          : *general(s, d, kind == ONE_BASIS ? 3 : 3 + (uint64_t)c);
        for (ptrdiff_t k = 0; kind == ONE_BASIS && k < d; k++)
            components[c].spectrum[k] = diagonals[c][k];
        for (ptrdiff_t j = 0; kind == ONE_BASIS && j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++) {
                components[c].matrix[i + j * d] = 0.0;
                for (ptrdiff_t k = 0; k < d; k++)
                    components[c].matrix[i + j * d] +=
                        components[c].basis[i + k * d] * components[c].spectrum[k] * components[c].basis[j + k * d];
            }
    }
    out->n_components = 3;
    out->weights = weights;
    out->components = components;
    return out;
}

static const lsa_covariance *wishart(lsa_fixture *s, const lsa_covariance *scale, double dof)
{
    lsa_covariance *out = fixture_covariance(s, LSA_COVARIANCE_WISHART, scale->d);
    out->scale = scale;
    out->dof = dof;
    return out;
}

/* ---- the oracle ---- */

/* Loss, gradient and Hessian-vector product in the user's basis, one after the other. */
static void evaluate(const lsa_derivation *derivation, const lsa_binding *binding, const double *user,
                     const double *direction, double weight, ptrdiff_t size, double *out)
{
    lsa_program *program = NULL;
    lsa_workspace *work = NULL;
    lsa_error err;
    check_status(lsa_program_create(derivation, binding, &program, &err), LSA_OK, &err);
    check_status(lsa_workspace_create(program, &work, &err), LSA_OK, &err);
    double *at = lsa_vec_create(4 * size);
    assert_non_null(at);
    check_status(lsa_program_from_user(program, user, at, &err), LSA_OK, &err);
    check_status(lsa_program_from_user(program, direction, at + size, &err), LSA_OK, &err);
    out[0] += weight * lsa_program_loss(program, work, at);
    lsa_program_gradient(program, work, at, at + 2 * size);
    lsa_program_hessian(program, work, at, at + size, at + 3 * size);
    for (int k = 2; k < 4; k++) {
        check_status(lsa_program_to_user(program, at + k * size, at + k * size, &err), LSA_OK, &err);
        lsa_vec_axpy(size, weight, at + k * size, out + 1 + (k - 2) * size);
    }
    free(at);
    lsa_workspace_destroy(work);
    lsa_program_destroy(program);
}

/* The average over the atoms of the fixed law's program; `skip` leaves one atom out, for controls. */
static double *average(lsa_compiled *c, const lsa_derivation *fixed, const double *direction, ptrdiff_t skip)
{
    atoms contexts, queries;
    double *out = fixture_numbers(&c->setting, 1 + 2 * c->size);
    spread(&c->setting, c->binding.setting.covariance, &contexts);
    queries = (atoms){.n = 1, .weight = {1.0}};
    if (!c->binding.setting.query_is_same)
        spread(&c->setting, c->binding.setting.query, &queries);
    for (ptrdiff_t k = 0; k < contexts.n; k++)
        for (ptrdiff_t q = 0; q < queries.n; q++) {
            lsa_binding binding = c->binding;
            binding.setting.covariance = contexts.covariance[k];
            binding.setting.query = queries.covariance[q];
            if (k != skip)
                evaluate(fixed, &binding, c->user, direction, contexts.weight[k] * queries.weight[q], c->size, out);
        }
    return out;
}

/* Some hundred products of numbers of size 1 to 10, averaged over up to 256 atoms. */
static const double tolerance = 1e-11;

static void check_average(lsa_compiled *c, const lsa_derivation *fixed)
{
    const double *direction = fixture_normals(&c->setting, c->size, 5, 1.0);
    double *got = fixture_numbers(&c->setting, 1 + 2 * c->size);
    const double *want = average(c, fixed, direction, -1);
    evaluate(c->derivation, &c->binding, c->user, direction, 1.0, c->size, got);
    check_vector_close(1 + 2 * c->size, got, want, tolerance, tolerance);
}

typedef struct shape {
    const char *statement;
    ptrdiff_t d, heads, rank;
} shape;

static const shape shapes[] = {{"merged", 3, 1, 1},
                               {"merged", 1, 1, 1},
                               {"full", 3, 1, 1},
                               {"full-masked", 2, 1, 1},
                               {"separate", 3, 1, 2},
                               {"multihead", 2, 3, 1},
                               {"multihead-separate", 2, 2, 2}};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

static const lsa_covariance *omega(lsa_fixture *s, ptrdiff_t d, int kind)
{
    static const double spectrum[] = {1.0, 0.4, 1.9};
    return kind == 0 ? fixture_scalar(s, d, 0.8) : kind == 1 ? fixture_diagonal(s, d, spectrum) : general(s, d, 21);
}

static void begin(lsa_compiled *c, const shape *s, int task)
{
    compiled_init(c, s->statement, NULL, s->d, 5.0, s->heads, s->rank);
    c->setting.experiment.training.task_covariance = omega(&c->setting, s->d, task);
    c->setting.experiment.training.label_noise = task == 1 ? 0.0 : 0.3;
    c->setting.experiment.training.normalise_plus_one = true;
}

static void random_diagonals_are_averages(void **state)
{
    (void)state;
    for (int k = 0; k < N_SHAPES; k++)
        for (int task = 0; task < 3; task++) {
            lsa_compiled c;
            begin(&c, &shapes[k], task);
            c.setting.experiment.training.covariance = laws(&c.setting, shapes[k].d, k + task);
            compiled_make(&c, 11 + (uint64_t)k);
            check_average(&c, c.derivation);
            compiled_clear(&c);
        }
}

static void mixtures_are_averages(void **state)
{
    (void)state;
    for (int k = 0; k < N_SHAPES; k++)
        for (mixture_kind kind = DIAGONALS; kind < N_MIXTURES; kind++) {
            lsa_compiled c;
            begin(&c, &shapes[k], (int)kind);
            c.setting.experiment.training.covariance = mixture(&c.setting, shapes[k].d, kind);
            compiled_make(&c, 11 + (uint64_t)k);
            check_average(&c, c.derivation);
            compiled_clear(&c);
        }
}

static void wisharts_are_averages(void **state)
{
    (void)state;
    static const shape of[] = {{"merged", 2, 1, 1},
                               {"merged", 2, 1, 1},
                               {"full", 2, 1, 1},
                               {"full-masked", 2, 1, 1},
                               {"separate", 2, 1, 2},
                               {"multihead", 2, 3, 1},
                               {"multihead-separate", 2, 2, 2}};
    for (int k = 0; k < 7; k++) {
        lsa_compiled c;
        lsa_derivation *fixed = NULL;
        const shape s = of[k];
        begin(&c, &s, k % 3);
        c.setting.experiment.training.covariance = wishart(
            &c.setting, k % 2 ? general(&c.setting, 2, 8) : fixture_scalar(&c.setting, 2, 0.9), k < 2 ? 2.0 : 1.0);
        c.derive.wishart = true;
        compiled_make(&c, 4);
        c.derive.wishart = false;
        check_status(lsa_derive(c.setting.experiment.statement, &c.derive, &fixed, &c.err), LSA_OK, &c.err);
        check_average(&c, fixed);
        lsa_derivation_destroy(fixed);
        compiled_clear(&c);
    }
}

/* The query's covariance: its own draw of any law. */
static void queries_have_their_own_law(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        lsa_compiled c;
        const shape s = {k % 2 ? "full" : "merged", 2, 1, 1};
        begin(&c, &s, 2);
        c.derive.own_query = true;
        c.setting.experiment.training.covariance = k < 2 ? laws(&c.setting, 2, 0) : mixture(&c.setting, 2, MANY_BASES);
        c.setting.experiment.training.query_is_same = false;
        c.setting.experiment.training.query = general(&c.setting, 2, 31);
        compiled_make(&c, 6);
        check_average(&c, c.derivation);
        c.binding.setting.query = k < 2 ? mixture(&c.setting, 2, ONE_BASIS) : laws(&c.setting, 2, 2);
        check_average(&c, c.derivation);
        c.binding.setting.query = laws(&c.setting, 2, 3);
        check_average(&c, c.derivation);
        c.binding.setting.query = wishart(&c.setting, general(&c.setting, 2, 8), 2.0);
        if (k % 2) {
            lsa_program *program = NULL;
            check_status(lsa_program_create(c.derivation, &c.binding, &program, &c.err), LSA_ERR_UNABLE, &c.err);
            check_contains(c.err.text, "by its mean alone");
        } else {
            check_average(&c, c.derivation);
        }
        compiled_clear(&c);
    }
}

static const char *const squared =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, "
    "parameters: {u: scalar}, prediction: \"u / rho^2 * sum(i, w' * x[i] * x[i]') * sum(i, x[i] * x[i]') * xq\", "
    "target: \"w' * xq\"}";
static const char *const quartic =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, parameters: "
    "{U: [d, d]}, prediction: \"1 / rho * w' * U * sum(i, x[i] * x[i]') * U * xq\", target: \"w' * xq\"}";
static const char *const entangled =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, parameters: "
    "{U: [d, d]}, prediction: \"1 / rho^2 * w' * sum(i, x[i] * x[i]') * U * sum(i, x[i] * x[i]') * U * xq\", target: "
    "\"w' * xq\"}";
static const char *const squared_with_U =
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, parameters: "
    "{u: scalar, U: [d, d]}, prediction: \"u / rho^2 * sum(i, w' * x[i] * x[i]') * U * sum(i, x[i] * x[i]') * xq\", "
    "target: \"w' * xq\"}";

/* Degree 5 in Lambda, with two-point laws, whose atoms are exact at any degree. Where loops through two equated indices
 * are entangled the loss is refused, not approximated. */
static void higher_degrees(void **state)
{
    static const lsa_law of[] = {{LSA_LAW_TWO_POINT, {0.5, 2.0, 0.3}}, {LSA_LAW_TWO_POINT, {1.4, 0.2, 0.6}}};
    lsa_compiled c;
    (void)state;
    const char *const texts[] = {squared, squared_with_U, quartic, entangled};
    for (int k = 0; k < 4; k++) {
        compiled_init(&c, "inline", texts[k], 2, 3.0, 1, 1);
        lsa_covariance *random = fixture_covariance(&c.setting, LSA_COVARIANCE_LAWS, 2);
        random->laws = of;
        c.setting.experiment.training.covariance = random;
        if (k < 3) {
            compiled_make(&c, 3);
            check_average(&c, c.derivation);
        } else {
            compiled_derive(&c);
            check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_ERR_UNABLE, &c.err);
            check_contains(c.err.text, "entangles");
        }
        compiled_clear(&c);
    }
}

/* ---- refusals ---- */

static void refused(lsa_compiled *c, const char *text)
{
    lsa_program *program = NULL;
    check_status(lsa_program_create(c->derivation, &c->binding, &program, &c->err), LSA_ERR_UNABLE, &c->err);
    check_contains(c->err.text, text);
}

/* A Wishart law and the derivation must know of each other. */
static void derivation_and_law_must_fit(void **state)
{
    const shape s = {"merged", 2, 1, 1};
    lsa_compiled c;
    (void)state;
    begin(&c, &s, 0);
    compiled_derive(&c);
    c.binding.setting.covariance = wishart(&c.setting, fixture_scalar(&c.setting, 2, 1.0), 3.0);
    refused(&c, "needs a loss that was averaged");
    lsa_derivation_destroy(c.derivation);
    c.derive.wishart = true;
    compiled_derive(&c);
    refused(&c, "which the covariance does not have");
    lsa_derivation_destroy(c.derivation);
    c.derive.own_query = true;
    compiled_derive(&c);
    c.binding.setting.covariance = wishart(&c.setting, fixture_scalar(&c.setting, 2, 1.0), 3.0);
    refused(&c, "cannot be kept apart");
    c.binding.setting.query_is_same = false;
    c.binding.setting.query = fixture_scalar(&c.setting, 2, 1.0);
    check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_OK, &c.err);
    compiled_clear(&c);
}

/* The comparison can fail: an atom of weight 0.018 left out, and E Lambda in the place of Lambda. */
static void a_wrong_average_is_seen(void **state)
{
    static const double mean[] = {0.8, 1.1};
    lsa_compiled c;
    (void)state;
    begin(&c, &shapes[5], 0);
    c.setting.experiment.training.covariance = laws(&c.setting, 2, 0);
    compiled_make(&c, 3);
    const double *direction = fixture_normals(&c.setting, c.size, 5, 1.0);
    const double *want = average(&c, c.derivation, direction, -1), *wrong = average(&c, c.derivation, direction, 3);
    double *other = fixture_numbers(&c.setting, 1 + 2 * c.size);
    lsa_binding binding = c.binding;
    binding.setting.covariance = fixture_diagonal(&c.setting, 2, mean);
    evaluate(c.derivation, &binding, c.user, direction, 1.0, c.size, other);
    assert_true(fabs(want[0] - wrong[0]) > 1e-3);
    assert_true(fabs(want[0] - other[0]) > 1e-3);
    compiled_clear(&c);
}

/* ---- the form ---- */

/* Reference values: atoms diag(1, 2) p = .4 and diag(3, .5) p = .6, N = 10. */
static void mixture_has_the_golden_form(void **state)
{
    static const double weights[] = {0.4, 0.6}, spectra[2][2] = {{1.0, 2.0}, {3.0, 0.5}};
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "merged", NULL, 2, 10.0, 1, 1);
    lsa_covariance *random = fixture_covariance(&c.setting, LSA_COVARIANCE_MIXTURE, 2);
    const lsa_covariance components[] = {*fixture_diagonal(&c.setting, 2, spectra[0]),
                                         *fixture_diagonal(&c.setting, 2, spectra[1])};
    random->n_components = 2;
    random->weights = weights;
    random->components = components;
    c.setting.experiment.training.covariance = random;
    compiled_make(&c, 1);
    const lsa_form *form = lsa_program_form(c.program);
    assert_non_null(form);
    assert_true(form->B_diagonal);
    check_close(form->B[0], 5.8, 1e-14, 0.0);
    check_close(form->B[1], 1.75, 1e-14, 0.0);
    check_close(lsa_form_rate(form, 0, 0), 20.27, 1e-14, 0.0);
    check_close(lsa_form_rate(form, 1, 1), 4.135, 1e-14, 0.0);
    check_close(lsa_form_rate(form, 0, 1), 4.405, 1e-14, 0.0);
    check_close(lsa_form_rate(form, 1, 0), 2.81, 1e-14, 0.0);
    check_close(form->minimum - form->constant, -1.20011211999554, 1e-13, 0.0);
    compiled_clear(&c);
}

/* Exponential entries of mean 1, finite N: g_i = 6(1+1/N) + (6+2(d-1))/N, g_ij = 2(1+1/N) + (4+(d-2))/N, xi = 2. d is large: the form
 * costs O(d). */
static void exponential_law_has_the_closed_form(void **state)
{
    enum { D = 500 };
    const double N = 20.0;
    const lsa_law exponential = {LSA_LAW_EXPONENTIAL, {1.0, 0.0, 0.0}};
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "merged", NULL, D, N, 1, 1);
    lsa_covariance *random = fixture_covariance(&c.setting, LSA_COVARIANCE_LAWS, D);
    lsa_law *of = lsa_arena_alloc(c.setting.arena, D, sizeof *of);
    assert_non_null(of);
    for (ptrdiff_t i = 0; i < D; i++)
        of[i] = exponential;
    random->laws = of;
    c.setting.experiment.training.covariance = random;
    compiled_derive(&c);
    check_status(lsa_program_create(c.derivation, &c.binding, &c.program, &c.err), LSA_OK, &c.err);
    const lsa_form *form = lsa_program_form(c.program);
    assert_non_null(form);
    check_close(form->B[7], 2.0, 1e-14, 0.0);
    check_close(lsa_form_rate(form, 7, 7), 6.0 * (1.0 + 1.0 / N) + (6.0 + 2.0 * (D - 1)) / N, 1e-13, 0.0);
    check_close(lsa_form_rate(form, 7, 8), 2.0 * (1.0 + 1.0 / N) + (4.0 + (D - 2)) / N, 1e-13, 0.0);
    assert_true(lsa_arena_size(c.program->arena) < 200 * D * sizeof(double));
    compiled_clear(&c);
}

/* The form says what the program evaluates. */
static void the_form_is_the_loss(void **state)
{
    (void)state;
    for (int k = 0; k < 4; k++) {
        lsa_compiled c;
        begin(&c, &shapes[0], k % 2);
        c.setting.experiment.training.covariance =
            k < 2 ? laws(&c.setting, 3, k) : mixture(&c.setting, 3, k == 2 ? DIAGONALS : ONE_BASIS);
        if (k == 3)
            c.setting.experiment.training.task_covariance = omega(&c.setting, 3, 0);
        compiled_make(&c, 12);
        const lsa_form *form = lsa_program_form(c.program);
        assert_non_null(form);
        const double u = c.state[form->u], *U = c.state + form->U;
        double loss = form->constant;
        for (ptrdiff_t j = 0; j < 3; j++)
            for (ptrdiff_t i = 0; i < 3; i++)
                loss += 0.5 * u * u * lsa_form_rate(form, i, j) * U[i + 3 * j] * U[i + 3 * j] -
                        (i == j ? u * form->B[i] * U[i + 3 * j] : 0.0);
        check_close(lsa_program_loss(c.program, c.work, c.state), loss, 1e-12, 0.0);
        compiled_clear(&c);
    }
}

/* ---- reference cases ---- */

static lsa_law case_law(const json_t *law)
{
    static const char *const names[] = {"point", "exponential", "uniform", "gamma", "two_point"};
    const char *name = json_string_value(json_object_get(law, "law"));
    lsa_law out = {.kind = LSA_LAW_POINT};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (strcmp(name, names[k]) == 0)
            out.kind = (lsa_law_kind)k;
    const json_t *par = json_object_get(law, "par");
    for (size_t k = 0; k < json_array_size(par); k++)
        out.parameter[k] = json_number_value(json_array_get(par, k));
    return out;
}

static lsa_status judge(lsa_compiled *c, const lsa_covariance *covariance, double M, double *error)
{
    const lsa_setting test = {.name = "t",
                              .context = M,
                              .covariance = covariance,
                              .query_is_same = true,
                              .task = LSA_TASK_GAUSSIAN,
                              .task_covariance = c->binding.setting.task_covariance};
    lsa_test_evaluator *evaluator = NULL;
    check_status(lsa_test_evaluator_create(&c->setting.experiment, &evaluator, &c->err), LSA_OK, &c->err);
    const lsa_status status = lsa_program_test_error(evaluator, &test, c->user, error, &c->err);
    lsa_test_evaluator_destroy(evaluator);
    return status;
}

/* The errors for every M of the case, and for M = inf. */
static void check_errors(lsa_compiled *c, const lsa_case *k, const lsa_covariance *covariance, const char *field,
                         const char *infinite)
{
    double errors[8] = {0.0}, limit = 0.0;
    const json_t *M = json_object_get(k->input, "M");
    const size_t n = json_array_size(M);
    for (size_t i = 0; field != NULL && i < n; i++)
        check_status(judge(c, covariance, json_number_value(json_array_get(M, i)), &errors[i]), LSA_OK, &c->err);
    if (field != NULL)
        lsa_case_check(k, field, errors, (ptrdiff_t)n);
    if (infinite == NULL)
        return;
    check_status(judge(c, covariance, INFINITY, &limit), LSA_OK, &c->err);
    lsa_case_check(k, infinite, &limit, 1);
}

/* The reduced layer under the case's law with N samples, at u = 1 and U = A = B/H, the minimum of its form. */
static const lsa_form *at_minimum(lsa_compiled *c, const lsa_case *k, double N, double *A)
{
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(k, "d");
    compiled_init(c, "merged", NULL, d, N, 1, 1);
    lsa_covariance *random = fixture_covariance(&c->setting, LSA_COVARIANCE_LAWS, d);
    lsa_law *of = lsa_arena_alloc(c->setting.arena, (size_t)d, sizeof *of);
    assert_non_null(of);
    for (ptrdiff_t i = 0; i < d; i++)
        of[i] = case_law(json_array_get(json_object_get(k->input, "laws"), (size_t)i));
    random->laws = of;
    c->setting.experiment.training.covariance = random;
    compiled_make(c, 1);
    const lsa_form *form = lsa_program_form(c->program);
    assert_non_null(form);
    memset(c->user, 0, (size_t)c->size * sizeof *c->user);
    c->user[form->u] = 1.0;
    for (ptrdiff_t i = 0; i < d; i++) {
        A[i] = form->B[i] / lsa_form_rate(form, i, i);
        c->user[form->U + i + i * d] = A[i];
    }
    return form;
}

static void random_case(const lsa_case *k)
{
    lsa_compiled c;
    const ptrdiff_t d = (ptrdiff_t)lsa_case_number(k, "d");
    double A[MOST_D], g[MOST_D];
    const lsa_form *form = at_minimum(&c, k, lsa_case_number(k, "N"), A);
    const double u = sqrt(lsa_vec_norm(d, A));
    for (ptrdiff_t i = 0; i < d; i++)
        g[i] = lsa_form_rate(form, i, i);
    lsa_case_check(k, "E_GammaLambda2", g, d);
    lsa_case_check(k, "E_Lambda2", form->B, d);
    lsa_case_check(k, "A", A, d);
    lsa_case_check(k, "u", &u, 1);
    lsa_case_check(k, "loss_min", &form->minimum, 1);
    check_errors(&c, k, c.binding.setting.covariance, "error_at_M", NULL);
    if (lsa_case_has(k, "test_Lambda"))
        check_errors(&c, k, fixture_diagonal(&c.setting, d, lsa_case_input(k, "test_Lambda", d)), "error_fixed_at_M",
                     "error_fixed_infinite");
    compiled_clear(&c);
    at_minimum(&c, k, INFINITY, A);
    lsa_case_check(k, "A_infinite", A, d);
    check_errors(&c, k, c.binding.setting.covariance, NULL, "error_infinite");
    compiled_clear(&c);
}

static void random_cases(void **state)
{
    (void)state;
    lsa_cases_each("randcov", random_case);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_diagonals_are_averages),
                                       cmocka_unit_test(mixtures_are_averages),
                                       cmocka_unit_test(wisharts_are_averages),
                                       cmocka_unit_test(queries_have_their_own_law),
                                       cmocka_unit_test(a_wrong_average_is_seen),
                                       cmocka_unit_test(higher_degrees),
                                       cmocka_unit_test(derivation_and_law_must_fit),
                                       cmocka_unit_test(mixture_has_the_golden_form),
                                       cmocka_unit_test(exponential_law_has_the_closed_form),
                                       cmocka_unit_test(the_form_is_the_loss),
                                       cmocka_unit_test(random_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
