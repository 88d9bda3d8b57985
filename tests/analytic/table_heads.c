/* The table of docs/theory.md, heads with keys and queries (2501.16265): what theory says against the derived loss and its
 * flow. */
#include "table.h"

#include "judged.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "base/rng.h"
#include "lsaflow/theory_heads.h"
#include <string.h>

enum { SETTINGS = 3, D_MAX = 3, SQUARE_MAX = D_MAX * D_MAX, STATE_MAX = 32 };

/* Heads of rank one and two, one head, any law. */
#define HEADS(statement, data) "statement: " statement "\ndata: {" data "}\ninit: {scheme: gaussian, scale: 0.5}\n"

static const char *const heads[SETTINGS] = {
    HEADS("multihead-separate", "context: 10, heads: 2, rank: 1, covariance: {matrix: [[2, 0.5], [0.5, 1]]}"),
    HEADS("separate", "context: 5, rank: 2, covariance: {spectrum: [1.5, 0.8, 0.4], rotation: 3}, "
                      "task_covariance: {spectrum: [1, 3, 2]}, label_noise: 0.2"),
    HEADS("multihead-separate",
          "context: 40, heads: 2, rank: 2, covariance: {spectrum: [2, 0.3], rotation: 2}, normalise: N+1")};

typedef struct bench {
    fixture f;
    const lsa_program *program;
    const lsa_theory *theory;
    ptrdiff_t d, heads, rank;
} bench;

static bench open_bench(const char *text)
{
    bench b = {.f = make_with_predictions(text)};
    const lsa_setting *training = &lsa_study_experiment(b.f.study)->training;
    check_status(lsa_study_program(b.f.study, &b.program, NULL), LSA_OK, NULL);
    check_status(lsa_study_theory(b.f.study, &b.theory, NULL), LSA_OK, NULL);
    b.d = training->covariance->d;
    b.heads = lsa_study_experiment(b.f.study)->data.heads;
    b.rank = lsa_study_experiment(b.f.study)->data.rank;
    assert_true(lsa_program_size(b.program) <= STATE_MAX);
    return b;
}

static double *block(const bench *b, const char *name, ptrdiff_t head, double *user)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(b->program); k++)
        if (strcmp(lsa_program_block(b->program, k)->name, name) == 0 && lsa_program_block(b->program, k)->head == head)
            return user + lsa_program_block(b->program, k)->offset;
    fail_msg("no block %s of head %td", name, head);
    return NULL;
}

/* (14) as a gradient, G = dL/dW at W = sum_h v_h K_h'Q_h: dL/dv = <G, K'Q>, dL/dK = v Q G', dL/dQ = v K G; `swapped` has
 * G where G' stands, and the reverse. */
static void head_gradient(const bench *b, double *user, const double *G, bool swapped, double *out)
{
    for (ptrdiff_t h = 0; h < b->heads; h++) {
        const ptrdiff_t d = b->d, r = b->rank;
        double product[SQUARE_MAX];
        const double *K = block(b, "K", h, user), *Q = block(b, "Q", h, user), v = *block(b, "u", h, user);
        lsa_mat_product(true, false, d, d, r, 1.0, K, Q, 0.0, product);
        *block(b, "u", h, out) = lsa_mat_inner(d, d, G, product);
        lsa_mat_product(false, !swapped, r, d, d, v, Q, G, 0.0, block(b, "K", h, out));
        lsa_mat_product(false, swapped, r, d, d, v, K, G, 0.0, block(b, "Q", h, out));
    }
}

static void flow_of_heads(int k, sides *s)
{
    bench b = open_bench(heads[k]);
    const ptrdiff_t size = lsa_program_size(b.program), d = b.d;
    double user[STATE_MAX], state[STATE_MAX], W[SQUARE_MAX] = {0.0}, G[SQUARE_MAX], du;
    lsa_workspace *work = NULL;
    lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROBE, 0);
    lsa_rng_normals(&rng, size, user);
    for (ptrdiff_t h = 0; h < b.heads; h++)
        lsa_mat_product(true, false, d, d, b.rank, *block(&b, "u", h, user), block(&b, "K", h, user),
                        block(&b, "Q", h, user), 1.0, W);
    check_status(lsa_theory_gradient(b.theory, 1.0, W, &du, G, NULL), LSA_OK, NULL);
    s->n = (int)size;
    head_gradient(&b, user, G, false, s->theory);
    head_gradient(&b, user, G, true, s->mistaken);
    check_status(lsa_workspace_create(b.program, &work, NULL), LSA_OK, NULL);
    check_status(lsa_program_from_user(b.program, user, state, NULL), LSA_OK, NULL);
    lsa_program_gradient(b.program, work, state, s->other);
    check_status(lsa_program_to_user(b.program, s->other, s->other, NULL), LSA_OK, NULL);
    lsa_workspace_destroy(work);
    clear(&b.f);
}

/* ---------------------------------------------------------------- one growing head */

typedef struct growth {
    const char *data;
    double spectrum[D_MAX], noise, N;
    ptrdiff_t d, axis, mode; /* the coordinate whose eigenvalue is number `mode` by size */
    double v0;
} growth;

static const growth growths[SETTINGS] = {
    {"context: 31, covariance: {spectrum: [0.4, 0.3]}", {0.4, 0.3}, 0.0, 31.0, 2, 0, 0, 0.05},
    {"context: 6, covariance: {spectrum: [0.5, 2, 1]}", {0.5, 2.0, 1.0}, 0.0, 6.0, 3, 2, 1, 0.02},
    {"context: 12, covariance: {spectrum: [1.3]}, label_noise: 0.6", {1.3}, 0.6, 12.0, 1, 0, 0, 0.1}};

enum { TIMES = 6 };

/* Text of the experiment: u = v0 and K, Q = v0 e', seen at multiples of the escape time. */
static void growth_text(const growth *g, const double *times, char *out, size_t size)
{
    char axis[64] = "", at[256] = "";
    for (ptrdiff_t i = 0; i < g->d; i++)
        snprintf(axis + strlen(axis), sizeof axis - strlen(axis), "%s%.17g", i > 0 ? ", " : "",
                 i == g->axis ? g->v0 : 0.0);
    for (int j = 0; j < TIMES; j++)
        snprintf(at + strlen(at), sizeof at - strlen(at), "%s%.17g", j > 0 ? ", " : "", times[j]);
    snprintf(out, size,
             "statement: separate\ndata: {rank: 1, %s}\n"
             "init: {scheme: values, values: {u: %.17g, K: [[%s]], Q: [[%s]]}}\n"
             "flow: {stop: {time: %.17g}, output: {times: [%s]}}\n",
             g->data, g->v0, axis, axis, times[TIMES - 1], at);
}

/* (20), (21): the head keeps its line and follows v(t); the mistake: gamma without its 1/N. */
static void growing_head(int k, sides *s)
{
    static const double parts[TIMES] = {0.25, 0.5, 0.9, 1.0, 1.1, 1.5};
    const growth *g = &growths[k];
    lsa_theory *theory = NULL, *endless = NULL;
    lsa_theory_head head, wrong;
    lsa_setting law = {.context = g->N, .covariance = THEORY_DIAGONAL(g->d, g->spectrum), .label_noise = g->noise};
    check_status(lsa_theory_create(&law, &theory, NULL), LSA_OK, NULL);
    law.context = (double)INFINITY;
    check_status(lsa_theory_create(&law, &endless, NULL), LSA_OK, NULL);
    check_status(lsa_theory_head_of(theory, g->mode, &head, NULL), LSA_OK, NULL);
    check_status(lsa_theory_head_of(endless, g->mode, &wrong, NULL), LSA_OK, NULL);
    double times[TIMES];
    char text[1024];
    s->n = TIMES;
    for (int j = 0; j < TIMES; j++) {
        times[j] = parts[j] * lsa_theory_head_escape_time(&head, g->v0);
        s->theory[j] = lsa_theory_head_at(&head, g->v0, times[j]);
        s->mistaken[j] = lsa_theory_head_at(&wrong, g->v0, times[j]);
    }
    growth_text(g, times, text, sizeof text);
    bench b = open_bench(text);
    const lsa_trajectory *trajectory;
    check_status(lsa_study_trajectory(b.f.study, &trajectory, NULL), LSA_OK, NULL);
    assert_int_equal(lsa_trajectory_count(trajectory), TIMES + 1); /* the start before the times that were asked */
    double state[STATE_MAX];
    for (int j = 0; j < TIMES; j++) {
        memcpy(state, lsa_trajectory_sample(trajectory, j + 1).state,
               (size_t)lsa_program_size(b.program) * sizeof *state);
        s->other[j] = *block(&b, "u", 0, state);
        check_close(block(&b, "K", 0, state)[g->axis], s->other[j], 1e-7, 0.0);
    }
    s->tolerance = 1e-9 / g->v0; /* ten times rtol, grown by v/v0: dv/dt = drive v^2 carries dv as v^2 */
    clear(&b.f);
    lsa_theory_destroy(endless);
    lsa_theory_destroy(theory);
}

/* ---------------------------------------------------------------- reading a plateau */

/* (22): plateau m at N = infinity predicts by the first m principal components of the covariates alone. */
static void component_regression(int k, sides *s)
{
    static const double matrices[SETTINGS][SQUARE_MAX] = {{2.0, 0.5, 0.1, 0.5, 1.0, 0.2, 0.1, 0.2, 0.7},
                                                          {1.0, 0.0, 0.3, 0.0, 0.5, 0.1, 0.3, 0.1, 3.0},
                                                          {0.4, 0.1, 0.0, 0.1, 0.3, 0.0, 0.0, 0.0, 0.1}};
    static const ptrdiff_t learnt[SETTINGS] = {1, 2, 2};
    enum { d = 3 };
    double lambda[d], Q[SQUARE_MAX], loss;
    bool kept[d] = {false};
    lsa_theory *theory = NULL;
    check_status(
        lsa_theory_create(&(lsa_setting){.context = (double)INFINITY, .covariance = THEORY_MATRIX(d, matrices[k])},
                          &theory, NULL),
        LSA_OK, NULL);
    for (ptrdiff_t m = 0; m < learnt[k]; m++)
        kept[m] = true;
    s->n = d * d;
    check_status(lsa_theory_fixed_point(theory, kept, s->theory, &loss, NULL), LSA_OK, NULL);
    check_status(lsa_theory_minimum(theory, d, s->mistaken, NULL), LSA_OK, NULL);
    check_status(lsa_mat_eigen(d, matrices[k], lambda, Q, NULL), LSA_OK, NULL);
    for (ptrdiff_t m = d - learnt[k]; m < d; m++) /* ascending: the last are the largest */
        for (int i = 0; i < d * d; i++)
            s->other[i] += Q[i % d + m * d] * Q[i / d + m * d] / lambda[m];
    lsa_theory_destroy(theory);
}

static void test_rows(void **state)
{
    (void)state;
    static const row rows[] = {{"(14), the flow of heads", "R for R'", flow_of_heads},
                               {"(20), (21), one growing head", "gamma = lambda", growing_head},
                               {"(22), principal components", "all of them", component_regression}};
    check_rows(sizeof rows / sizeof *rows, rows, SETTINGS);
}

/* ---------------------------------------------------------------- a printed slip */

/* 2501.16265, section 5: heads of rank R rest "at m that divides R"; its own examples, and the flow, rest where R divides
 * m. From a small start the head that has grown learns its other R - 1 directions in a time ln(1/start), a new head
 * takes 1/start: the plateaus of the flow are m = 0, R, 2R, ... up to the last before d. */
typedef struct ranked {
    const char *spectrum;
    double N;
    int d, heads, rank, seed;
} ranked;

/* Losses of the plateaus that the flow rests at. */
static ptrdiff_t plateaus_of(const ranked *r, double *losses, ptrdiff_t most, fixture *f)
{
    char text[512];
    const lsa_trajectory *trajectory;
    ptrdiff_t count = 0;
    snprintf(text, sizeof text,
             "statement: multihead-separate\ndata: {context: %g, heads: %d, rank: %d, covariance: {spectrum: %s}}\n"
             "init: {scheme: gaussian, scale: 0.001, seed: %d}\nflow: {stop: {gap: 1.0e-10}}\n",
             r->N, r->heads, r->rank, r->spectrum, r->seed);
    *f = make(text);
    check_status(lsa_study_trajectory(f->study, &trajectory, NULL), LSA_OK, NULL);
    for (ptrdiff_t k = 0; k < lsa_trajectory_event_count(trajectory); k++) {
        const lsa_event event = lsa_trajectory_event(trajectory, k);
        if (strncmp(event.name, "plateau", 7) == 0 && count < most)
            losses[count++] = event.loss;
    }
    return count;
}

static void test_multiples_of_the_rank(void **state)
{
    (void)state;
    static const ranked settings[SETTINGS] = {{"[0.4, 0.3, 0.2, 0.1]", 31.0, 4, 2, 2, 3},
                                              {"[1, 0.8, 0.6, 0.5, 0.4, 0.3]", 20.0, 6, 2, 3, 3},
                                              {"[1, 0.8, 0.6, 0.5, 0.4, 0.3]", 31.0, 6, 3, 2, 5}};
    for (int k = 0; k < SETTINGS; k++) {
        const ranked *r = &settings[k];
        enum { MOST = 8 };
        double losses[MOST];
        bool kept[MOST] = {false};
        fixture f;
        const lsa_theory *theory;
        const ptrdiff_t count = plateaus_of(r, losses, MOST, &f);
        check_status(lsa_study_theory(f.study, &theory, NULL), LSA_OK, NULL);
        assert_int_equal(count, r->d / r->rank);
        for (int m = 0; m < r->d; m++) {
            double loss;
            check_status(lsa_theory_fixed_point(theory, kept, NULL, &loss, NULL), LSA_OK, NULL);
            for (ptrdiff_t j = 0; j < count; j++)
                if (j * r->rank == m)
                    check_close(losses[j], loss, 2e-3, 0.0); /* a plateau begins within a thousandth of the gap */
                else
                    check_at_least(fabs(losses[j] - loss), 2e-2 * loss); /* m = 1 divides every R */
            kept[m] = true;
        }
        clear(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_rows), cmocka_unit_test(test_multiples_of_the_rank)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
