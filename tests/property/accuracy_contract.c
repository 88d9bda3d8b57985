/* The accuracy contract: what each way of integrating is off by, in units of rtol, against Radau's method in extended
 * precision (support/reference_path.h), by condition of Lambda, scale of the start and units.
 *
 *     test_property_accuracy_contract                a share, judged by the contract
 *     test_property_accuracy_contract all [SYSTEM]   one line a run, for script/accuracy-contract */
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
    double most;      /* the largest condition for which there is a reference */
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
     1e8,
     4,
     {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"merged, Omega",
     "merged",
     3,
     ", task_covariance: {matrix: [[1.3, 0.2, 0.1], [0.2, 0.9, 0.3], [0.1, 0.3, 0.7]]}",
     2,
     false,
     1e3,
     2,
     {LSA_METHOD_ARROWHEAD, LSA_METHOD_DENSE}},
    {"two heads",
     "multihead",
     2,
     ", heads: 2",
     2,
     true,
     1e8,
     3,
     {LSA_METHOD_ARROWHEAD, LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"keys", "separate", 2, ", rank: 2", 3, true, 1e8, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"two heads, keys",
     "multihead-separate",
     2,
     ", heads: 2, rank: 1",
     3,
     true,
     1e8,
     2,
     {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"full", "full", 2, "", 2, false, 1e3, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"own merged", OWN_MERGED, 3, "", 2, true, 1e8, 3, {LSA_METHOD_REDUCED, LSA_METHOD_ARROWHEAD, LSA_METHOD_DENSE}},
    {"own heads", OWN_HEADS, 2, "", 3, false, 1e3, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
    {"own vector", OWN_PARTIAL, 2, "", 2, false, 1e3, 2, {LSA_METHOD_KRYLOV, LSA_METHOD_DENSE}},
};
enum { N_SUBJECTS = sizeof subjects / sizeof *subjects };

static const double conditions[] = {1.0, 1e3, 1e6, 1e8};
static const double starts[] = {1e-6, 1e-4, 1e-2, 1.0, 1e2};
static const double units[] = {1e-6, 1.0, 1e6};
static const double tolerances[] = {1e-6, 1e-8, 1e-10};

/* Where in the grid. */
typedef struct place {
    double condition, start, unit;
    int seed; /* odd: the paper's start where there is one; every other pair has label noise */
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

static bool make(const subject *s, place at, made *m)
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
    m->problem = (reference_problem){
        .experiment = e, .derivation = m->derivation, .program = m->program, .size = size_at_limit(s, at, m->program)};
    set_start(m);
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
    double block; /* of an entry, over its block's largest, at the start or now; of a held end, over the state's */
    double curve; /* the same, and the relative error of the time, where the time may be chosen                 */
    double entry; /* of an entry at that time, over the larger of it and its block's largest at the start       */
    double own;   /* the same over the larger of it and itself at the start                                     */
    double now;   /* of an entry, over the largest of its block, or of the state where that is smaller than its start */
    double gap;   /* of sqrt(L - L*) at that time, over the larger of it and its value at zero parameters       */
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
            sizes[i] = fmax(first[i], sample.time < end ? now[i] : largest);
        const double block = distance(n, exact, sample.state, sizes);
        double curve = block;
        memcpy(x, exact, (size_t)n * sizeof *x);
        if (block > rtol && k > 0)
            curve = nearest(m, sample.time, sample.state, sizes, x);
        e.block = fmax(e.block, block);
        e.curve = fmax(e.curve, curve);
        if (sample.time < end)
            take_entries(m, first, x, sample.state, &e);
        for (ptrdiff_t i = 0; i < n; i++)
            sizes[i] = sample.time < end ? fmax(now[i], fmin(first[i], largest)) : largest;
        e.now = fmax(e.now, distance(n, exact, sample.state, sizes));
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

/* A line: subject, way, condition, start, unit, seed, rtol, errors over rtol, why it ended, what share of the path it has. */
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
    const lsa_status status = lsa_flow_run(m->program, m->start, &options, &t, &err);
    printf("%s; %s; %g; %g; %g; %d; %g; ", m->subject->name, method_text(method), m->at.condition, m->at.start,
           m->at.unit, m->at.seed, rtol);
    if (t == NULL) {
        printf("refused; %d; %.100s\n", (int)status, err.text);
    } else {
        const errors e = measure(m, t, rtol);
        const lsa_classification c = lsa_trajectory_classification(t);
        printf("%.3g; %.3g; %.3g; %.3g; %.3g; %.3g; %s; %s; %td; %td/%td\n", e.block / rtol, e.curve / rtol,
               e.entry / rtol, e.own / rtol, e.now / rtol, e.gap / rtol, reason_text(lsa_trajectory_reason(t)),
               lsa_kind_text(c.kind), lsa_trajectory_stats(t).steps, e.judged, m->path.count);
    }
    fflush(stdout);
    lsa_trajectory_destroy(t);
}

static void campaign(const char *only, int seeds)
{
    for (int s = 0; s < N_SUBJECTS; s++)
        for (size_t c = getenv("C0") ? (size_t)atoi(getenv("C0")) : 0;
             (only == NULL || strcmp(only, subjects[s].name) == 0) && c < 4; c++)
            for (size_t a = 0; a < 5; a++)
                for (size_t u = 0; u < 3 && conditions[c] <= subjects[s].most; u++)
                    for (int seed = 0; seed < seeds; seed++) {
                        made m;
                        if ((s > 0 || c > 1) && u != (a + c) % 3) /* all units of the first, where that is quick */
                            continue;
                        const place at = {conditions[c], starts[a], units[u], seed};
                        const bool done = make(&subjects[s], at, &m);
                        fprintf(stderr, "%s, condition %g, start %g, unit %g, seed %d: %td points%s\n",
                                subjects[s].name, at.condition, at.start, at.unit, seed, m.path.count,
                                done ? "" : ", given up");
                        for (int w = 0; done && w < subjects[s].n_ways; w++)
                            for (size_t r = 0; r < 3; r++)
                                run(&m, subjects[s].ways[w], tolerances[r]);
                        clear(&m);
                    }
}

int main(int argc, char **argv)
{
    campaign(argc > 2 ? argv[2] : NULL, argc > 3 ? atoi(argv[3]) : 1);
    return 0;
}
