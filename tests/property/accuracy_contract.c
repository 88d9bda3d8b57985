/* The accuracy contract: what each way of integrating is off by, in units of rtol, against Radau's method in extended
 * precision (support/reference_path.h), by condition of Lambda, scale of the start and units.
 *
 *     test_property_accuracy_contract                 a share, judged by the contract
 *     test_property_accuracy_contract list            the names of the losses
 *     test_property_accuracy_contract all [NAME]      one line a run, for script/accuracy-contract
 *     test_property_accuracy_contract at NAME CONDITION START UNIT SEED      the same of one place */
#include "check.h"
#include "draw.h"
#include "model_text.h"
#include "reference_path.h"

#include "base/matrix.h"
#include "lsaflow/flow.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WAYS = 4, MOST_SIZE = 48 };

/* A loss, and the ways in which its flow is integrated. */
typedef struct subject {
    const char *name, *statement;
    ptrdiff_t d;
    const char *data; /* more of `data` */
    int blocks;       /* factors of the product W */
    bool closed;      /* (W12) knows the flow     */
    int n_ways;
    lsa_method ways[MOST_WAYS];
} subject;

/* What `merged` says, in other words: names, a constant that is 1/2, a sum written twice. */
#define OWN_MERGED                                                                                                     \
    "{gaussians: {z: {covariance: Lambda, samples: N}, q: {covariance: Lambda}, t: {covariance: Omega}, "              \
    "e: {variance: s2, samples: N}}, parameters: {a: scalar, M: [d, d]}, "                                             \
    "define: {\"l[i]\": \"z[i]' * t + e[i]\"}, prediction: \"a/(2*N) * sum(i, l[i] * z[i]') * M * q + "                \
    "a/(2*N) * sum(i, l[i] * z[i]') * M * q\", target: \"q' * t\"}"
/* What `full-masked` says with px = 0: a loss without a form. */
#define OWN_PARTIAL                                                                                                    \
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}, "             \
    "eps: {variance: s2, samples: N}}, parameters: {u: scalar, U: [d, d], b: vector}, "                                \
    "define: {\"y[i]\": \"w' * x[i] + eps[i]\"}, prediction: \"u/rho * sum(i, y[i] * x[i]') * U * xq + b' * xq\", "    \
    "target: \"w' * xq\"}"
/* What `multihead-separate` says of two heads of rank one, written out. */
#define OWN_HEADS                                                                                                      \
    "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}, "             \
    "eps: {variance: s2, samples: N}}, parameters: {v1: scalar, K1: [1, d], Q1: [1, d], v2: scalar, K2: [1, d], "      \
    "Q2: [1, d]}, define: {\"y[i]\": \"w' * x[i] + eps[i]\"}, prediction: \"v1/rho * sum(i, y[i] * x[i]') * K1' * "    \
    "Q1 * xq + v2/rho * sum(i, y[i] * x[i]') * K2' * Q2 * xq\", target: \"w' * xq\"}"

static const subject subjects[] = {
    {"merged",
     "merged",
     3,
     "",
     2,
     true,
     4,
     {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"merged, Omega",
     "merged",
     3,
     ", task_covariance: {matrix: [[1.3, 0.2, 0.1], [0.2, 0.9, 0.3], [0.1, 0.3, 0.7]]}",
     2,
     false,
     2,
     {LSA_METHOD_ARROWHEAD, LSA_METHOD_DENSE}},
    {"two heads",
     "multihead",
     2,
     ", heads: 2",
     2,
     true,
     3,
     {LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"keys", "separate", 2, ", rank: 2", 3, true, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"two heads, keys",
     "multihead-separate",
     2,
     ", heads: 2, rank: 1",
     3,
     true,
     2,
     {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"full", "full", 2, "", 2, false, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"own merged", OWN_MERGED, 3, "", 2, true, 3, {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_DENSE}},
    {"own heads", OWN_HEADS, 2, "", 3, false, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"own vector", OWN_PARTIAL, 2, "", 2, false, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
};
enum { N_SUBJECTS = sizeof subjects / sizeof *subjects };

static const double conditions[] = {1.0, 1e3, 1e6, 1e8};
static const double starts[] = {1e-6, 1e-4, 1e-2, 1.0, 1e2};
static const double units[] = {1e-6, 1.0, 1e6};
static const double tolerances[] = {1e-6, 1e-8, 1e-10};

/* Where in the grid. */
typedef struct place {
    double condition, start, unit;
    int seed; /* odd: the paper's start where there is one; of 4, 2 and 3 have label noise */
} place;

typedef struct made {
    const subject *subject;
    place at;
    lsa_model *model;
    lsa_derivation *derivation;
    lsa_program *program;
    reference_problem problem;
    double start[MOST_SIZE];
    reference_path path;
    double least; /* the least loss, where no form knows it */
} made;

static void write_model(const subject *s, place at, size_t size, char *text)
{
    char spectrum[256] = "";
    for (ptrdiff_t i = 0; i < s->d; i++)
        snprintf(spectrum + strlen(spectrum), sizeof spectrum - strlen(spectrum), "%s%.17g", i > 0 ? ", " : "",
                 at.unit * pow(at.condition, -(double)i / (double)(s->d - 1)));
    snprintf(text, size,
             "statement: %s\ndata: {context: 20, covariance: {spectrum: [%s]}, label_noise: %.17g%s}\ntests: []\n",
             s->statement, spectrum, at.seed % 4 < 2 ? 0.0 : 0.5 * at.unit, s->data);
}

/* The size of parameters where their product is the limit V, all alike; by hand where no form is known. */
static double size_at_limit(const subject *s, place at, const lsa_program *program)
{
    const lsa_form *form = lsa_program_product_form(program);
    double square = 0.0;
    for (ptrdiff_t j = 0; form != NULL && j < form->d; j++)
        for (ptrdiff_t i = 0; i < form->d; i++)
            square += pow(lsa_form_limit(form, i, j), 2.0);
    const double product = form != NULL ? sqrt(square) : at.condition / at.unit;
    return pow(product, 1.0 / s->blocks);
}

/* Gaussian entries; u > 0. The paper's: u = sigma, U = sigma Theta Theta'. */
static void set_start(made *m)
{
    const lsa_program *program = m->program;
    const double sigma = m->at.start * m->problem.size;
    lsa_rng rng = lsa_rng_at(20261201, LSA_RNG_PROBE, (uint64_t)m->at.seed / 2);
    lsa_rng_normals(&rng, lsa_program_size(program), m->start);
    lsa_vec_scale(lsa_program_size(program), sigma, m->start);
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        double *x = m->start + block->offset;
        if (block->rows * block->cols == 1)
            x[0] = fabs(x[0]);
        if (m->at.seed % 2 == 1 && m->subject->blocks == 2 && block->rows * block->cols == 1)
            x[0] = sigma;
        if (m->at.seed % 2 == 1 && m->subject->blocks == 2 && block->cols == m->subject->d) {
            double B[MOST_SIZE];
            memcpy(B, x, sizeof(double) * (size_t)(block->rows * block->cols));
            lsa_mat_product(false, true, block->rows, block->rows, block->rows, 1.0, B, B, 0.0, x);
            lsa_vec_scale(block->rows * block->cols, sigma / lsa_vec_norm(block->rows * block->cols, x), x);
        }
    }
}

/* All but the path. */
static void prepare(const subject *s, place at, made *m)
{
    char text[4096];
    lsa_error err;
    *m = (made){.subject = s, .at = at};
    lsa_error_clear(&err);
    write_model(s, at, sizeof text, text);
    m->model = model_of(text);
    const lsa_experiment *e = lsa_model_experiment(m->model, 0);
    lsa_derive_options derive = lsa_derive_options_of(&e->training, true);
    derive.with_hessian = true;
    const lsa_binding binding = lsa_binding_training(e);
    check_status(lsa_derive(e->statement, &derive, &m->derivation, &err), LSA_OK, &err);
    check_status(lsa_program_create(m->derivation, &binding, &m->program, &err), LSA_OK, &err);
    m->problem = (reference_problem){.experiment = e,
                                     .derivation = m->derivation,
                                     .program = m->program,
                                     .closed = s->closed,
                                     .size = size_at_limit(s, at, m->program)};
    set_start(m);
}

static bool make(const subject *s, place at, made *m)
{
    prepare(s, at, m);
    if (!reference_path_make(&m->problem, m->start, 1e-14, &m->path))
        return false;
    m->least = reference_path_least(&m->path);
    return true;
}

static void clear(made *m)
{
    reference_path_clear(&m->path);
    lsa_program_destroy(m->program);
    lsa_derivation_destroy(m->derivation);
    lsa_model_destroy(m->model);
}

/* ---- a run and its errors ---------------------------------------------------------------------------------------- */

/* The largest over the path, over what it is measured against. */
typedef struct errors {
    double block; /* of an entry, over its block's largest, at the start or now */
    double curve; /* the same, and the relative error of the time, where the time may be chosen                 */
    double entry; /* of an entry at that time, over the larger of it and its block's largest at the start       */
    double own;   /* the same over the larger of it and itself at the start                                     */
    double now;   /* of an entry, over the largest of its block, or of the state where that is smaller than its start */
    double gap;   /* of sqrt(L - L*) at that time, over the larger of it and its value at zero parameters       */
    double held;  /* of an entry of the end, which later samples hold, over the largest of the state            */
    ptrdiff_t judged;
} errors;

static const lsa_block *block_of(const lsa_program *program, ptrdiff_t i)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        if (i < block->offset + block->rows * block->cols)
            return block;
    }
    return NULL;
}

/* The largest of each entry's block. */
static void set_sizes(const made *m, const double *x, double *sizes)
{
    for (ptrdiff_t i = 0; i < m->path.size; i++) {
        const lsa_block *block = block_of(m->program, i);
        sizes[i] = lsa_vec_norm_max(block->rows * block->cols, x + block->offset);
    }
}

static double distance(ptrdiff_t n, const double *x, const double *y, const double *sizes)
{
    double most = 0.0;
    for (ptrdiff_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i] - y[i]) / sizes[i]);
    return most;
}

/* The larger of the distance to the path at `moment` and the relative error of that time. */
static double distance_at(const made *m, double moment, double time, const double *y, const double *sizes, double *x)
{
    reference_path_at(&m->path, moment, x);
    return fmax(distance(m->path.size, x, y, sizes), fabs(moment / time - 1.0));
}

/* Its least over the time, x the point where it is: among the nodes of the steps within a hundredth of the time, one of which is
 * the time itself, then by golden section between the neighbours of the best. */
static double nearest(const made *m, double time, const double *y, const double *sizes, double *x)
{
    const reference_path *p = &m->path;
    const double ratio = 0.5 * (sqrt(5.0) - 1.0);
    double best = time, least = (double)INFINITY, before = time, after = time, last = p->times[0];
    bool take_next = false;
    for (ptrdiff_t k = 0; k + 1 < p->count; k++)
        for (int j = 0; j < REFERENCE_STAGES && p->times[k] <= 1.01 * time; j++) {
            const double moment = p->times[k] + p->nodes[j] * (p->times[k + 1] - p->times[k]);
            if (take_next)
                after = moment;
            take_next = false;
            const double here = moment < 0.99 * time ? (double)INFINITY : distance_at(m, moment, time, y, sizes, x);
            if (here < least) {
                least = here;
                best = after = moment;
                before = last;
                take_next = true;
            }
            last = moment;
        }
    for (int k = 0; k < 90 && after > before; k++) {
        const double a = after - ratio * (after - before), b = before + ratio * (after - before);
        if (distance_at(m, a, time, y, sizes, x) < distance_at(m, b, time, y, sizes, x))
            after = b;
        else
            before = a;
    }
    const double found = distance_at(m, 0.5 * (before + after), time, y, sizes, x);
    return found < least ? found : distance_at(m, best, time, y, sizes, x);
}

static double minimum_of(const made *m)
{
    const lsa_form *form = lsa_program_product_form(m->program);
    return form != NULL && !form->partial ? form->minimum : m->least;
}

static void take_gap(const made *m, const lsa_sample *sample, const double *x, errors *e)
{
    const reference_path *p = &m->path;
    const double at_zero = lsa_program_loss_at_zero(m->program), least = minimum_of(m), depth = at_zero - least;
    const bool exact = lsa_program_product_form(m->program) != NULL && !lsa_program_product_form(m->program)->partial &&
                       lsa_program_product_form(m->program)->rank == 0;
    const double gap = fmax((double)(reference_path_excess(p, x) / depth), 0.0);
    if (isnan(sample->loss) || (!exact && gap < 1e-10))
        return;
    const double got = fmax(exact ? sample->gap : (sample->loss - least) / depth, 0.0);
    e->gap = fmax(e->gap, fabs(sqrt(got) - sqrt(gap)) / fmax(1.0, sqrt(gap)));
}

static void take_entries(const made *m, const double *first, const double *x, const double *got, errors *e)
{
    for (ptrdiff_t i = 0; i < m->path.size; i++) {
        const double off = fabs(got[i] - x[i]), size = fabs(x[i]);
        e->entry = fmax(e->entry, off / fmax(size, first[i]));
        e->own = fmax(e->own, off / fmax(size, fabs(m->start[i])));
    }
}

static errors measure(const made *m, const lsa_trajectory *run, double rtol)
{
    errors e = {.block = 0.0};
    const reference_path *p = &m->path;
    const ptrdiff_t count = lsa_trajectory_count(run), n = p->size;
    const double end = lsa_trajectory_raw(run).time; /* later samples hold it */
    double first[MOST_SIZE], now[MOST_SIZE], sizes[MOST_SIZE], x[MOST_SIZE];
    set_sizes(m, m->start, first);
    for (ptrdiff_t k = 0; k < count && k < p->count; k++) {
        const lsa_sample sample = lsa_trajectory_sample(run, k);
        const double *exact = p->states + k * n, largest = lsa_vec_norm_max(n, exact);
        if (sample.state == NULL)
            break;
        e.judged++;
        set_sizes(m, exact, now);
        for (ptrdiff_t i = 0; i < n; i++)
            sizes[i] = sample.time < end ? fmax(now[i], fmin(first[i], largest)) : largest;
        const double of_now = distance(n, exact, sample.state, sizes);
        if (sample.time >= end) {
            e.held = fmax(e.held, of_now);
            continue;
        }
        e.now = fmax(e.now, of_now);
        for (ptrdiff_t i = 0; i < n; i++)
            sizes[i] = fmax(first[i], now[i]);
        const double block = distance(n, exact, sample.state, sizes);
        double curve = block;
        memcpy(x, exact, (size_t)n * sizeof *x);
        if (block > rtol && k > 0)
            curve = nearest(m, sample.time, sample.state, sizes, x);
        e.block = fmax(e.block, block);
        e.curve = fmax(e.curve, curve);
        take_entries(m, first, x, sample.state, &e);
        take_gap(m, &sample, x, &e);
    }
    return e;
}

static const char *method_text(lsa_method method)
{
    switch (method) {
    case LSA_METHOD_REDUCED:
        return "reduced";
    case LSA_METHOD_ARROWHEAD:
        return "arrowhead";
    case LSA_METHOD_KRYLOV:
        return "krylov";
    default:
        return "dense";
    }
}

static const char *reason_text(lsa_stop_reason reason)
{
    static const char *const names[] = {"gap", "gradient", "time", "wall", "interrupt", "failure", "rounding"};
    return names[reason];
}

/* A line: subject, way, condition, start, unit, seed, rtol, errors over rtol as in `errors`, why it ended and where, its steps,
 * the samples that it has of the path's. */
static void run(const made *m, lsa_method method, double rtol)
{
    lsa_trajectory *t = NULL;
    lsa_error err;
    lsa_flow_options options = lsa_flow_options_defaults();
    lsa_error_clear(&err);
    options.method = method;
    options.rtol = rtol;
    options.n_times = m->path.count;
    options.times = m->path.times;
    options.stop.wall = 20.0;
    options.minimum = minimum_of(m);
    const lsa_status status = lsa_flow_run(m->program, m->start, &options, &t, &err);
    printf("%s; %s; %g; %g; %g; %d; %g; ", m->subject->name, method_text(method), m->at.condition, m->at.start,
           m->at.unit, m->at.seed, rtol);
    if (t == NULL) {
        printf("refused; %d; %.100s\n", (int)status, err.text);
    } else {
        const errors e = measure(m, t, rtol);
        const lsa_classification c = lsa_trajectory_classification(t);
        printf("%.3g; %.3g; %.3g; %.3g; %.3g; %.3g; %.3g; %s; %s; %td; %td/%td\n", e.block / rtol, e.curve / rtol,
               e.entry / rtol, e.own / rtol, e.now / rtol, e.gap / rtol, e.held / rtol,
               reason_text(lsa_trajectory_reason(t)), lsa_kind_text(c.kind), lsa_trajectory_stats(t).steps, e.judged,
               m->path.count);
    }
    fflush(stdout);
    lsa_trajectory_destroy(t);
}

/* All units of the first subject at conditions where its references are quick; else one after the other. */
static bool is_asked(int subject_number, size_t c, size_t a, size_t u)
{
    return (subject_number == 0 && c < 2) || u == (a + c) % 3;
}

static void campaign_at(const subject *s, place at)
{
    made m;
    const bool done = make(s, at, &m);
    fprintf(stderr, "%s, condition %g, start %g, unit %g: %td points%s\n", s->name, at.condition, at.start, at.unit,
            m.path.count, done ? "" : ", given up");
    for (int w = 0; done && w < s->n_ways; w++)
        for (size_t r = 0; r < 3; r++)
            run(&m, s->ways[w], tolerances[r]);
    clear(&m);
}

static int one_place(char **words)
{
    const place at = {strtod(words[1], NULL), strtod(words[2], NULL), strtod(words[3], NULL), atoi(words[4])};
    for (int k = 0; k < N_SUBJECTS; k++)
        if (strcmp(words[0], subjects[k].name) == 0) {
            campaign_at(&subjects[k], at);
            return 0;
        }
    return 2;
}

static void campaign(const char *only)
{
    for (int k = 0; k < N_SUBJECTS; k++)
        for (size_t c = 0; (only == NULL || strcmp(only, subjects[k].name) == 0) && c < 4; c++)
            for (size_t a = 0; a < 5; a++)
                for (size_t u = 0; u < 3; u++)
                    if (is_asked(k, c, a, u))
                        campaign_at(&subjects[k], (place){conditions[c], starts[a], units[u], 0});
}

/* ---- the share --------------------------------------------------------------------------------------------------- */

/* The contract (docs/testing.md), in rtol: the nearest point of the path at a time that may be off by as much, of its own
 * size; heads u U and all ways of one form also at the time itself. */
static const double OF_THE_CURVE = 100.0, AT_THE_TIME = 100.0;

static bool judged_in_time(const subject *s)
{
    return s->blocks == 2 && strncmp(s->name, "own vector", 10) != 0 && strcmp(s->name, "full") != 0;
}

static void check_place(const subject *s, place at)
{
    made m;
    assert_true(make(s, at, &m));
    for (int w = 0; w < s->n_ways; w++)
        for (size_t r = 0; r < 3; r++) {
            lsa_trajectory *t = NULL;
            lsa_error err = {0};
            lsa_flow_options options = lsa_flow_options_defaults();
            options.method = s->ways[w];
            options.rtol = tolerances[r];
            options.n_times = m.path.count;
            options.times = m.path.times;
            options.minimum = minimum_of(&m);
            check_status(lsa_flow_run(m.program, m.start, &options, &t, &err), LSA_OK, &err);
            const errors e = measure(&m, t, options.rtol);
            print_message("%s, %s, condition %g, start %g, rtol %g: %.3g of the curve, %.3g at the time\n", s->name,
                          method_text(options.method), at.condition, at.start, options.rtol, e.curve / options.rtol,
                          e.block / options.rtol);
            check_at_most(fmax(e.curve, e.held), OF_THE_CURVE * options.rtol);
            if (judged_in_time(s))
                check_at_most(e.block, AT_THE_TIME * options.rtol);
            lsa_trajectory_destroy(t);
        }
    clear(&m);
}

static void test_contract(void **state)
{
    (void)state;
    for (int k = 0; k < N_SUBJECTS; k++)
        check_place(&subjects[k], (place){1.0, subjects[k].closed ? 1e-4 : 1.0, 1.0, 0});
    check_place(&subjects[0], (place){1e3, 1e-2, 1e6, 1});
    check_place(&subjects[3], (place){1e6, 1e-2, 1.0, 0});
}

/* The reference's two gradients agree to all their digits, and a path does not depend on the tolerance. */
static void test_reference_agrees_with_itself(void **state)
{
    (void)state;
    static const char *const names[] = {"merged", "two heads", "keys", "two heads, keys"};
    for (int k = 0; k < N_SUBJECTS; k++)
        for (int n = 0; n < 4; n++) {
            made m;
            extended closed[MOST_SIZE], derived[MOST_SIZE];
            if (strcmp(subjects[k].name, names[n]) != 0)
                continue;
            prepare(&subjects[k], (place){1e3, 1.0, 1.0, 2}, &m);
            reference_gradient(&m.problem, m.start, closed);
            m.problem.closed = false;
            reference_gradient(&m.problem, m.start, derived);
            for (ptrdiff_t i = 0; i < lsa_program_size(m.program); i++)
                check_at_most((double)extended_abs(closed[i] - derived[i]),
                              1e-28 * (double)extended_abs(closed[i]) + 1e-30);
            clear(&m);
        }
    made m;
    reference_path coarse;
    double x[MOST_SIZE];
    assert_true(make(&subjects[0], (place){10.0, 1e-2, 1.0, 0}, &m));
    assert_true(reference_path_make(&m.problem, m.start, 1e-11, &coarse));
    for (ptrdiff_t k = 0; k < coarse.count && coarse.times[k] <= m.path.times[m.path.count - 1]; k++) {
        reference_path_at(&m.path, coarse.times[k], x);
        check_vector_close(m.path.size, coarse.states + k * m.path.size, x, 2e-14, 0.0);
    }
    reference_path_clear(&coarse);
    clear(&m);
}

/* The spectral road is a third one, to 1e-12 of the state; a start that is off by 1e-9 is seen. */
static void test_reference_agrees_with_the_spectral_road(void **state)
{
    (void)state;
    made m;
    lsa_error err = {0};
    lsa_flow_options options = lsa_flow_options_defaults();
    assert_true(make(&subjects[0], (place){100.0, 1e-2, 1.0, 1}, &m));
    options.method = LSA_METHOD_SPECTRAL;
    options.rtol = 1e-14; /* of where it ends; the road has its own accuracy */
    options.n_times = m.path.count;
    options.times = m.path.times;
    for (int off = 0; off < 2; off++) {
        lsa_trajectory *t = NULL;
        double worst = 0.0;
        if (off == 1)
            lsa_vec_scale(lsa_program_size(m.program), 1.0 + 1e-9, m.start);
        check_status(lsa_flow_run(m.program, m.start, &options, &t, &err), LSA_OK, &err);
        for (ptrdiff_t k = 0; k < lsa_trajectory_count(t); k++) {
            const double *x = m.path.states + k * m.path.size, *y = lsa_trajectory_sample(t, k).state;
            for (ptrdiff_t i = 0; i < m.path.size; i++)
                worst = fmax(worst, fabs(x[i] - y[i]) / lsa_vec_norm_max(m.path.size, x));
        }
        if (off == 0)
            check_at_most(worst, 1e-12);
        else
            check_at_least(worst, 1e-10);
        lsa_trajectory_destroy(t);
    }
    clear(&m);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_reference_agrees_with_itself),
                                       cmocka_unit_test(test_reference_agrees_with_the_spectral_road),
                                       cmocka_unit_test(test_contract)};
    if (argc < 2)
        return cmocka_run_group_tests(tests, NULL, NULL);
    if (strcmp(argv[1], "list") == 0) {
        for (int k = 0; k < N_SUBJECTS; k++)
            puts(subjects[k].name);
        return 0;
    }
    if (strcmp(argv[1], "at") == 0 && argc == 7)
        return one_place(argv + 2);
    campaign(argc > 2 ? argv[2] : NULL);
    return 0;
}
