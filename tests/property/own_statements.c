/* own_statements.c - random statements of one's own: what is derived against cubature, and against sampling.
 *
 *     test_property_own_statements [FIRST COUNT [MOST_POINTS [SAMPLED]]]
 *     test_property_own_statements text NUMBER [WAY]
 *
 * For the statements number FIRST .. FIRST + COUNT - 1 of tests/support/statement_maker.h, at seeded parameters: the
 * training error, every entry of its loss's gradient and of a Hessian-vector product, and every test error, as derived,
 * agree with cubature to its rounding and 1e-12 of the sum of the sizes of its terms. Each is written in three ways
 * (mixed; usual names; without definitions, defaults typed out), of which cubature gives the same errors. Every SAMPLED-th (0:
 * none) is sampled too: |z| < 5 at 50000 prompts, and where it is not, at 1000000 others, since the standard errors of
 * few draws of a polynomial of high degree are too small now and then. One line a setting:
 *
 *     NUMBER WAY SETTING VERDICT d= M= heads= degree= dimension= points= error= gradient= hessian= z= # message
 *
 * same, wrong; skipped (more than MOST_POINTS points); refused (by the program); infinite (both say so); unread (the
 * model language refuses it). Differences are relative to the terms. Without arguments, lines of what is wrong alone. */
#include "base/rng.h"
#include "lsaflow/cubature.h"
#include "lsaflow/empirical.h"
#include "lsaflow/verify.h"
#include "statement_maker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double tolerance = 1e-12, largest_z = 5.0;
enum { MOST_NUMBERS = 4096 };

typedef struct options {
    uint64_t first, count;
    double most_points;
    uint64_t sampled;
    bool all_lines;
} options;

static const statement_style ways[] = {{0}, {.usual_names = true}, {.inlined = true, .defaults_out = true}};
enum { N_WAYS = sizeof ways / sizeof *ways, MOST_TESTS = 8 };

typedef enum verdict { SAME, WRONG, SKIPPED, REFUSED, INFINITE, UNREAD, N_VERDICTS } verdict;

static const char *const verdict_names[] = {"same", "wrong", "skipped", "refused", "infinite", "unread"};

/* One setting of one statement. */
typedef struct outcome {
    verdict verdict;
    double points, error, gradient, hessian, z;
    int degree;
    ptrdiff_t dimension;
    lsa_error err;
} outcome;

/* One statement with its parameters. */
typedef struct subject {
    uint64_t number;
    int way;
    lsa_cubature_sum first[MOST_TESTS]; /* errors of the settings in the first way; scale 0: not known */
    const lsa_experiment *experiment;
    lsa_study *study;
    double parameters[MOST_NUMBERS], direction[MOST_NUMBERS];
} subject;

/* Relative to the terms; the rounding of cubature itself, where more of that cancels, counts as the tolerance does. */
static double difference(double derived, lsa_cubature_sum sum)
{
    const double distance = fabs(derived - sum.value);
    return distance == 0.0 ? 0.0 : isfinite(distance) ? distance / (sum.scale + sum.rounding / tolerance) : HUGE_VAL;
}

/* Over the entries of all blocks. What is derived was computed in another basis, which mixes the entries of a block and
 * their rounding: each is compared with the largest terms of its block. */
static double largest_difference(const lsa_program *program, const double *derived, const lsa_cubature_sum *sum)
{
    double largest = 0.0;
    for (ptrdiff_t b = 0; b < lsa_program_block_count(program); b++) {
        const lsa_block *block = lsa_program_block(program, b);
        const ptrdiff_t end = block->offset + block->rows * block->cols;
        double scale = 0.0, rounding = 0.0;
        for (ptrdiff_t k = block->offset; k < end; k++) {
            scale = fmax(scale, sum[k].scale);
            rounding = fmax(rounding, sum[k].rounding);
        }
        for (ptrdiff_t k = block->offset; k < end; k++)
            largest = fmax(largest, difference(derived[k], (lsa_cubature_sum){sum[k].value, scale, rounding}));
    }
    return largest;
}

/* ---- Training --------------------------------------------------------------------------------------------------- */

static lsa_status compare_program(const subject *s, const lsa_program *program, lsa_cubature *cubature, outcome *out)
{
    static double state[MOST_NUMBERS], direction[MOST_NUMBERS], derived[MOST_NUMBERS];
    static lsa_cubature_sum sum[MOST_NUMBERS];
    lsa_workspace *work = NULL;
    lsa_status status = lsa_workspace_create(program, &work, &out->err);
    if (status == LSA_OK)
        status = lsa_program_from_user(program, s->parameters, state, &out->err);
    if (status == LSA_OK)
        status = lsa_program_from_user(program, s->direction, direction, &out->err);
    if (status == LSA_OK) {
        derived[0] = 2.0 * lsa_program_loss(program, work, state);
        lsa_cubature_error(cubature, s->parameters, sum);
        out->error = difference(derived[0], sum[0]);
        if (out->error > tolerance)
            lsa_error_set(&out->err, LSA_OK, "error derived %.10g, cubature %.10g", derived[0], sum[0].value);
        lsa_program_gradient(program, work, state, derived);
        status = lsa_program_to_user(program, derived, derived, &out->err);
        lsa_cubature_gradient(cubature, s->parameters, sum);
        out->gradient = largest_difference(program, derived, sum);
    }
    if (status == LSA_OK) {
        lsa_program_hessian(program, work, state, direction, derived);
        status = lsa_program_to_user(program, derived, derived, &out->err);
        lsa_cubature_hessian(cubature, s->parameters, s->direction, sum);
        out->hessian = largest_difference(program, derived, sum);
    }
    lsa_workspace_destroy(work);
    return status;
}

static lsa_status compare_training(const subject *s, lsa_cubature *cubature, outcome *out)
{
    const lsa_program *program;
    const lsa_status status = lsa_study_program(s->study, &program, &out->err);
    return status == LSA_OK ? compare_program(s, program, cubature, out) : status;
}

/* ---- Tests ------------------------------------------------------------------------------------------------------ */

static lsa_status compare_test(const subject *s, const lsa_setting *test, lsa_cubature *cubature, outcome *out)
{
    double derived;
    lsa_cubature_sum sum;
    const lsa_status status = lsa_study_test_error(s->study, test, s->parameters, &derived, &out->err);
    if (status != LSA_OK)
        return status;
    lsa_cubature_error(cubature, s->parameters, &sum);
    out->error = difference(derived, sum);
    if (out->error > tolerance)
        lsa_error_set(&out->err, LSA_OK, "error derived %.10g, cubature %.10g", derived, sum.value);
    return LSA_OK;
}

/* ---- Sampling --------------------------------------------------------------------------------------------------- */

static double z_of(const subject *s, const lsa_setting *test, lsa_cubature_sum exact, uint64_t seed, ptrdiff_t prompts)
{
    lsa_error err;
    lsa_sample_result result;
    lsa_sample_options sampling = lsa_sample_options_defaults();
    sampling.seed = seed;
    sampling.prompts = prompts;
    sampling.relative_error = 0.0;
    if (lsa_sample_test(s->experiment, test, s->parameters, &sampling, &result, &err) != LSA_OK)
        return NAN;
    const double distance = fabs(result.error.mean - exact.value);
    return distance <= tolerance * exact.scale + exact.rounding ? 0.0 : distance / result.error.standard_error;
}

static void sample(const subject *s, const lsa_setting *test, lsa_cubature *cubature, outcome *out)
{
    lsa_cubature_sum exact;
    lsa_cubature_error(cubature, s->parameters, &exact);
    out->z = z_of(s, test, exact, 1, 50000);
    if (out->z >= largest_z)
        out->z = z_of(s, test, exact, 2, 1000000);
    if (out->z >= largest_z)
        lsa_error_set(&out->err, LSA_OK, "sampled: z = %.3g from cubature %.10g", out->z, exact.value);
}

/* ---- One statement ---------------------------------------------------------------------------------------------- */

static bool exceeds(const outcome *out)
{
    return out->error > tolerance || out->gradient > tolerance || out->hessian > tolerance || out->z >= largest_z;
}

/* Both say that it is infinite or not defined; one that gives a number is wrong. */
static void judge_without_cubature(const subject *s, const lsa_setting *test, lsa_status refused, outcome *out)
{
    lsa_error err;
    double derived;
    const lsa_program *program;
    const lsa_status status = test ? lsa_study_test_error(s->study, test, s->parameters, &derived, &err)
                                   : lsa_study_program(s->study, &program, &err);
    out->verdict = refused == LSA_ERR_UNABLE ? SKIPPED : status != LSA_OK ? INFINITE : WRONG;
}

/* Kept in the first way, compared in the others. */
static void compare_ways(subject *s, const lsa_setting *test, lsa_cubature *cubature, outcome *out)
{
    lsa_cubature_sum *first = &s->first[test ? test - s->experiment->tests + 1 : 0], sum;
    lsa_cubature_error(cubature, s->parameters, &sum);
    if (s->way == 0)
        *first = sum;
    else if (fabs(sum.value - first->value) > 1e-13 * first->scale + first->rounding) {
        out->verdict = WRONG;
        lsa_error_set(&out->err, LSA_OK, "cubature %.10g, in the first way %.10g", sum.value, first->value);
    }
}

static outcome compare(subject *s, const lsa_setting *test, const options *o)
{
    outcome out = {.z = NAN};
    lsa_cubature *cubature = NULL;
    lsa_error_clear(&out.err);
    const lsa_status made = lsa_cubature_create(s->experiment, test, o->most_points, &cubature, &out.err);
    if (made != LSA_OK) {
        judge_without_cubature(s, test, made, &out);
        return out;
    }
    out.points = lsa_cubature_points(cubature);
    out.degree = lsa_cubature_degree(cubature);
    out.dimension = lsa_cubature_dimension(cubature);
    const lsa_status status = test ? compare_test(s, test, cubature, &out) : compare_training(s, cubature, &out);
    if (o->sampled > 0 && s->number % o->sampled == 0 && s->way == 0)
        sample(s, test, cubature, &out);
    out.verdict = exceeds(&out) ? WRONG : status != LSA_OK ? REFUSED : SAME;
    compare_ways(s, test, cubature, &out);
    lsa_cubature_destroy(cubature);
    return out;
}

static void print_line(const subject *s, const char *setting, double context, const outcome *out)
{
    const int length = (int)strcspn(out->err.text, "\n"); /* its first line */
    printf(
        "%llu %c %s %s d=%td M=%g heads=%td degree=%d dimension=%td points=%.0f error=%.2g gradient=%.2g hessian=%.2g "
        "z=%.2f # %.*s\n",
        (unsigned long long)s->number, 'a' + s->way, setting, verdict_names[out->verdict], s->experiment->data.d,
        context, s->experiment->data.heads, out->degree, out->dimension, out->points, out->error, out->gradient,
        out->hessian, out->z, length, out->err.text);
    fflush(stdout);
}

static void judge(subject *s, const options *o, ptrdiff_t *count)
{
    for (ptrdiff_t t = -1; t < s->experiment->n_tests; t++) {
        const lsa_setting *test = t < 0 ? NULL : &s->experiment->tests[t];
        const outcome out = compare(s, test, o);
        count[out.verdict]++;
        if (o->all_lines || out.verdict == WRONG)
            print_line(s, test ? test->name : "train", test ? test->context : s->experiment->training.context, &out);
    }
}

static void set_parameters(subject *s)
{
    lsa_rng rng = lsa_rng_at(s->number, LSA_RNG_PROBE, 1);
    lsa_rng_normals(&rng, MOST_NUMBERS, s->parameters);
    lsa_rng_normals(&rng, MOST_NUMBERS, s->direction);
    for (ptrdiff_t k = 0; k < MOST_NUMBERS; k++)
        s->parameters[k] *= 0.7;
}

static void run(uint64_t number, int way, const options *o, ptrdiff_t *count)
{
    static subject s;
    lsa_error err;
    lsa_model *model = NULL;
    char *text = statement_make(number, ways[way]);
    lsa_error_clear(&err);
    s.number = number;
    s.way = way;
    s.study = NULL;
    if (!text || lsa_model_parse("own.yaml", text, strlen(text), NULL, &model, &err) != LSA_OK) {
        count[UNREAD]++;
        printf("%llu %c file unread # %s\n", (unsigned long long)number, 'a' + way, err.text);
    } else {
        s.experiment = lsa_model_experiment(model, 0);
        set_parameters(&s);
        if (lsa_study_create(s.experiment, &(lsa_study_options){.threads = 1}, &s.study, &err) == LSA_OK)
            judge(&s, o, count);
    }
    lsa_study_destroy(s.study);
    lsa_model_destroy(model);
    free(text);
}

static int print_text(const char *number, int way)
{
    char *text = way >= 0 && way < N_WAYS ? statement_make(strtoull(number, NULL, 10), ways[way]) : NULL;
    printf("%s", text ? text : "");
    free(text);
    return text == NULL;
}

int main(int argc, char **argv)
{
    options o = {.first = 1, .count = 400, .most_points = 2e4};
    ptrdiff_t count[N_VERDICTS] = {0};
    if (argc >= 3 && strcmp(argv[1], "text") == 0)
        return print_text(argv[2], argc > 3 ? argv[3][0] - 'a' : 0);
    if (argc >= 3) {
        o = (options){.first = strtoull(argv[1], NULL, 10),
                      .count = strtoull(argv[2], NULL, 10),
                      .most_points = argc > 3 ? strtod(argv[3], NULL) : 1e6,
                      .sampled = argc > 4 ? strtoull(argv[4], NULL, 10) : 0,
                      .all_lines = true};
    }
    for (uint64_t k = 0; k < o.count; k++)
        for (int way = 0; way < N_WAYS; way++)
            run(o.first + k, way, &o, count);
    fprintf(stderr, "settings:");
    for (int v = 0; v < N_VERDICTS; v++)
        fprintf(stderr, " %td %s", count[v], verdict_names[v]);
    fprintf(stderr, "\n");
    return count[WRONG] + count[UNREAD] > 0;
}
