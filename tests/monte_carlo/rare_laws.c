/* Laws whose averages rest on what is seldom drawn: two-point entries and mixtures of a rare part, Student contexts of few
 * degrees of freedom, gamma entries of small shape. No true statement may be refuted; and where the interval resolves, a
 * predicted error that is 8 % off must be.
 *
 * A share runs as a test; `rare_laws KIND FIRST COUNT` judges models FIRST .. FIRST + COUNT - 1 of a kind (value,
 * hundredth, million, student, gamma) and prints a line for each verdict (script/rare-laws). */
#include "base/rng.h"
#include "base/text.h"
#include "judged.h"
#include "lsaflow/verify.h"
#include <math.h>

/* ---------------------------------------------------------------- models */

/* Uniform numbers of one model. */
typedef struct dice {
    lsa_rng rng;
} dice;

static double between(dice *d, double low, double high)
{
    double u;
    lsa_rng_uniforms(&d->rng, 1, &u);
    return low + (high - low) * u;
}

static int pick(dice *d, int n)
{
    const int k = (int)between(d, 0.0, (double)n);
    return k < n ? k : n - 1;
}

static double log_between(dice *d, double low, double high)
{
    return exp(between(d, log(low), log(high)));
}

/* An entry whose value far from 1 is rare, p next to the given one. */
static void two_point(dice *d, double p, lsa_text *out)
{
    const double rare = log_between(d, 0.01, 1000.0), usual = log_between(d, 0.3, 3.0), q = p * between(d, 0.5, 2.0);
    if (pick(d, 2) == 0)
        lsa_text_printf(out, "{law: two-point, a: %.6g, b: %.6g, p: %.6g}", rare, usual, q);
    else
        lsa_text_printf(out, "{law: two-point, a: %.6g, b: %.6g, p: %.17g}", usual, rare, 1.0 - q);
}

/* One law for all entries, one for each, or a mixture with a rare component. */
static void rare_covariance(dice *d, double p, int dimension, lsa_text *out)
{
    const int form = pick(d, 3);
    if (form == 2) {
        const double q = p * between(d, 0.5, 2.0);
        lsa_text_printf(out,
                        "{random: {mixture: [{weight: %.17g, covariance: {spectrum: geometric, condition: %.4g}}, "
                        "{weight: %.6g, covariance: {scale: %.6g}}]}}",
                        1.0 - q, between(d, 1.0, 20.0), q, log_between(d, 0.01, 1000.0));
        return;
    }
    lsa_text_add(out, "{random: {diagonal: ");
    lsa_text_add(out, form == 1 ? "[" : "");
    for (int i = 0; i < (form == 1 ? dimension : 1); i++) {
        lsa_text_add(out, i > 0 ? ", " : "");
        two_point(d, p, out);
    }
    lsa_text_add(out, form == 1 ? "]}}" : "}}");
}

static void gamma_covariance(dice *d, lsa_text *out)
{
    const double shape = log_between(d, 1e-4, 2.0);
    lsa_text_printf(out, "{random: {diagonal: {law: gamma, shape: %.6g, scale: %.6g}}}", shape, 1.0 / shape);
}

typedef struct kind {
    const char *name;
    double p; /* of the rare part; NAN: none */
    ptrdiff_t prompts;
} kind;

static const kind kinds[] = {{"value", 1e-4, 20000},
                             {"hundredth", 1e-2, 2000000},
                             {"million", 1e-6, 2000000},
                             {"student", (double)NAN, 200000},
                             {"gamma", (double)NAN, 100000}};
enum { KINDS = sizeof kinds / sizeof *kinds };

/* The relative error at which predictions 8 % off are tried. */
static const double narrow = 0.03;

/* The text of model `number` of a kind. */
static void write_model(const kind *k, uint64_t number, lsa_text *out)
{
    dice d = {lsa_rng_at(20261130, LSA_RNG_PROBE, number * KINDS + (uint64_t)(k - kinds))};
    const bool student = strcmp(k->name, "student") == 0, gamma = strcmp(k->name, "gamma") == 0;
    const int dimension = 1 + pick(&d, 5), N = 2 + pick(&d, 40);
    static const double bounds[] = {4.0, 8.0, 16.0};
    lsa_text_printf(out,
                    "statement: merged\ndata: {dimension: %d, context: %d, label_noise: %.3g, covariance: ", dimension,
                    N, pick(&d, 2) * between(&d, 0.0, 1.0));
    if (student)
        lsa_text_printf(out, "{spectrum: geometric, condition: %.4g}", between(&d, 1.0, 30.0));
    else if (gamma)
        gamma_covariance(&d, out);
    else
        rare_covariance(&d, k->p, dimension, out);
    lsa_text_add(out, "}\ninit: {sigma: 0.1}\ntests:\n");
    const int M = 1 + pick(&d, 30);
    if (student)
        lsa_text_printf(out, "  - {name: t, context: [%d, %d], contexts: {student: %.6g}}\n", M, M + 20,
                        bounds[pick(&d, 3)] * (1.0 + log_between(&d, 1e-3, 0.2)));
    else
        lsa_text_printf(
            out, "  - {name: as-trained, context: %d}\n  - {name: apart, context: %d, query_covariance: train}\n", M,
            M + 5);
    lsa_text_printf(out, "monte_carlo: {seed: %d, prompts: %td, relative_error: %g}\n", 1 + pick(&d, 1000000),
                    k->prompts, pick(&d, 2) == 0 ? narrow : 0.15);
    lsa_text_add(out, student ? "claims: [test-error, competitive-with-best-linear, test-error-bounds, like-ols]\n"
                              : "claims: [loss-by-sampling, gradient-by-sampling, test-error, least-squares]\n");
}

/* ---------------------------------------------------------------- verdicts */

/* Verdicts of true statements, and those of predictions 8 % off where the true one held. */
typedef struct tally {
    int verdicts[LSA_VERDICT_PROVED + 1], confirmed;
    int wrong_case, refuted;
} tally;

/* Scales A until the predicted error of the test is the given multiple of what it is; false where no scale below 4 does. */
static bool falsify_error(fixture *f, const lsa_setting *test, double multiple)
{
    const ptrdiff_t square = f->p->d * f->p->d;
    lsa_theory_error truth, wrong;
    double *A = malloc((size_t)square * sizeof *A), low = 1.0, high = 4.0;
    lsa_error err;
    assert_non_null(A);
    check_status(lsa_study_judge_trained(f->study, NULL, test, f->p->A, &truth, &err), LSA_OK, &err);
    for (int k = 0; k < 60; k++) {
        const double scale = k == 0 ? high : 0.5 * (low + high);
        for (ptrdiff_t i = 0; i < square; i++)
            A[i] = scale * f->p->A[i];
        check_status(lsa_study_judge_trained(f->study, NULL, test, A, &wrong, &err), LSA_OK, &err);
        if (k == 0 && wrong.error < multiple * truth.error) {
            free(A);
            return false;
        }
        *(wrong.error < multiple * truth.error ? &low : &high) = scale;
    }
    memcpy(f->p->A, A, (size_t)square * sizeof *A);
    free(A);
    return true;
}

static lsa_claim_result *judge_all(lsa_study *study, ptrdiff_t *count)
{
    lsa_claim_result *results;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_verify(study, &results, count, &err), LSA_OK, &err);
    return results;
}

/* The test error of `test` once more, its prediction 8 % too large. */
static void judge_falsified(const char *text, ptrdiff_t test, tally *out)
{
    fixture f = make_with_predictions(text);
    ptrdiff_t count;
    if (falsify_error(&f, &lsa_study_experiment(f.study)->tests[test], 1.08)) {
        lsa_claim_result *results = judge_all(f.study, &count);
        for (ptrdiff_t i = 0; i < count; i++)
            if (strcmp(results[i].name, "test-error") == 0 && results[i].test->number == test) {
                out->wrong_case++;
                out->refuted += results[i].verdict == LSA_VERDICT_FAILS;
            }
        free(results);
    }
    clear(&f);
}

static void judge_model(const kind *k, uint64_t number, bool loud, tally *out)
{
    lsa_text text;
    ptrdiff_t count;
    lsa_text_init(&text);
    write_model(k, number, &text);
    assert_false(text.failed);
    fixture f = make(text.data);
    lsa_claim_result *results = judge_all(f.study, &count);
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *r = &results[i];
        const bool tells =
            lsa_study_is_random(f.study) && lsa_study_experiment(f.study)->monte_carlo.relative_error == narrow;
        out->verdicts[r->verdict]++;
        out->confirmed += r->fresh.drawn;
        if (loud || r->verdict == LSA_VERDICT_FAILS)
            print_message("%s %llu %s %s %.6g %.6g %.3g # %s\n", k->name, (unsigned long long)number, r->name,
                          lsa_verdict_text(r->verdict), r->predicted, r->measured, r->tolerance, r->why);
        if (r->verdict == LSA_VERDICT_HOLDS && tells && strcmp(r->name, "test-error") == 0) {
            const int before = out->refuted, tried = out->wrong_case;
            judge_falsified(text.data, r->test->number, out);
            if (loud && out->wrong_case > tried)
                print_message("%s %llu falsified %s\n", k->name, (unsigned long long)number,
                              out->refuted > before ? "fails" : "missed");
        }
    }
    free(results);
    clear(&f);
    lsa_text_clear(&text);
}

static void report(const kind *k, const tally *t)
{
    print_message(
        "%s: %d holds, %d fails, %d inconclusive, %d not-applicable; fresh prompts for %d; of %d predictions 8 %% off "
        "%d refuted\n",
        k->name, t->verdicts[LSA_VERDICT_HOLDS], t->verdicts[LSA_VERDICT_FAILS], t->verdicts[LSA_VERDICT_INCONCLUSIVE],
        t->verdicts[LSA_VERDICT_NOT_APPLICABLE], t->confirmed, t->wrong_case, t->refuted);
}

/* Few of each kind; a false refutation is less likely than 1e-6 by the level of a family. */
static void nothing_true_is_refuted(void **state)
{
    static const int numbers[KINDS] = {8, 6, 1, 8, 6};
    int wrong_case = 0, refuted = 0;
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        tally t = {.wrong_case = 0};
        for (uint64_t number = 0; number < (uint64_t)numbers[k]; number++)
            judge_model(&kinds[k], number, false, &t);
        report(&kinds[k], &t);
        assert_int_equal(t.verdicts[LSA_VERDICT_FAILS], 0);
        wrong_case += t.wrong_case;
        refuted += t.refuted;
    }
    assert_true(wrong_case > 0);
    check_at_least(refuted, 0.9 * wrong_case);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_true_is_refuted)};
    if (argc != 4)
        return cmocka_run_group_tests(tests, NULL, NULL);
    for (int k = 0; k < KINDS; k++) {
        tally t = {.wrong_case = 0};
        if (strcmp(kinds[k].name, argv[1]) != 0)
            continue;
        for (long n = atol(argv[2]), last = n + atol(argv[3]); n < last; n++)
            judge_model(&kinds[k], (uint64_t)n, true, &t);
        return t.verdicts[LSA_VERDICT_FAILS] > 0;
    }
    return 2;
}
