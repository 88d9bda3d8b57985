/* verdicts_generate SEED: one random model as YAML, the same on every machine: of a shipped statement, one in eight of a
 * statement of one's own.
 *
 * Units of Lambda from 1e-6 to 1e6, conditions up to 1e8, starts from far below the saddle to far above the limit, label noise
 * in Lambda's units and in none, contexts from 1 to 1e15 and infinity. SEED mod 1000000 is the number of the model, the rest
 * the seed of the set. */
#include "base/rng.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the parts of one model have to know of each other. */
typedef struct draw {
    lsa_rng rng;
    int d;
    const char *statement;
    double unit; /* of Lambda */
} draw;

static double uniform(draw *m, double low, double high)
{
    double u[2];
    lsa_rng_uniforms(&m->rng, 2, u); /* a block holds two; the second is spent */
    return low + (high - low) * u[0];
}

static double power_of_ten(draw *m, double low, double high)
{
    return pow(10.0, uniform(m, low, high));
}

static int below(draw *m, int n)
{
    return (int)uniform(m, 0.0, n);
}

static bool chance(draw *m, double p)
{
    return uniform(m, 0.0, 1.0) < p;
}

static const char *one_of(draw *m, int n, const char *const *words)
{
    return words[below(m, n)];
}
#define ONE_OF(m, ...)                                                                                                 \
    one_of(m, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]){__VA_ARGS__})

/* Four digits, with a point, so that YAML reads a number whatever its exponent. */
static void number(double x)
{
    printf("%.3e", x);
}

static void list(draw *m, double unit, double low, double high)
{
    printf("[");
    for (int i = 0; i < m->d; i++) {
        printf(i == 0 ? "" : ", ");
        number(unit * uniform(m, low, high));
    }
    printf("]");
}

static void turned(draw *m)
{
    if (chance(m, 0.4))
        printf(", rotation: %d", 1 + below(m, 99));
}

/* A covariance of that size, its condition up to 10^digits. */
static void covariance(draw *m, double unit, double digits)
{
    const double kind = uniform(m, 0.0, 1.0), span = uniform(m, 0.0, digits);
    if (kind < 0.15) {
        printf("{scale: ");
        number(unit);
        printf("}");
        return;
    }
    if (kind < 0.5) {
        printf(kind < 0.35 ? "{spectrum: geometric, condition: " : "{spectrum: power, exponent: ");
        number(kind < 0.35 ? pow(10.0, span) : uniform(m, 0.2, 3.0));
        turned(m);
        printf(", trace: ");
        number(unit * m->d);
        printf("}");
        return;
    }
    printf("{spectrum: [");
    for (int i = 0; i < m->d; i++) {
        printf(i == 0 ? "" : ", ");
        if (m->d > 1 && i == m->d - 1 && chance(m, 0.06))
            printf("0"); /* singular */
        else
            number(unit * pow(10.0, -span * uniform(m, 0.0, 1.0)));
    }
    printf("]");
    turned(m);
    printf("}");
}

/* Statements of one's own: the product under other names, two heads written out, keys that heads share, a prior mean. */
static const char *const own[][2] = {
    {"a: scalar, B: [d, d]", "a/rho * sum(i, y[i] * x[i]') * B * xq"},
    {"a: scalar, B: [d, d], c: scalar, D: [d, d]", "1/rho * sum(i, y[i] * x[i]') * (a * B + c * D) * xq"},
    {"a: scalar, K: [2, d], Q: [2, d]", "a/rho * sum(i, y[i] * x[i]') * K' * Q * xq"},
    {"a: scalar, k: vector, q: vector, c: scalar, l: vector, p: vector",
     "1/rho * sum(i, y[i] * x[i]') * (a * k * q' + c * l * p') * xq"},
    {"a: scalar, B: [d, d], b: vector", "a/rho * sum(i, y[i] * x[i]') * B * xq + b' * xq"},
};

static bool is_own(const draw *m)
{
    return strcmp(m->statement, "own") == 0;
}

static void statement(draw *m)
{
    if (!is_own(m)) {
        printf("statement: %s\n", m->statement);
        return;
    }
    const int k = below(m, (int)(sizeof own / sizeof *own));
    printf("statement:\n"
           "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}, "
           "eps: {variance: s2, samples: N}}\n"
           "  parameters: {%s}\n"
           "  define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
           "  prediction: \"%s\"\n"
           "  target: \"w' * xq\"\n",
           own[k][0], own[k][1]);
}

static bool has_keys(const draw *m)
{
    return strstr(m->statement, "separate") != NULL;
}

static void data(draw *m)
{
    static const int dimensions[] = {1, 1, 2, 2, 2, 3, 3, 4, 5};
    m->d = dimensions[below(m, 9)];
    printf("data:\n  dimension: %d\n  context: %s\n", m->d,
           chance(m, 0.9) ? ONE_OF(m, "1", "2", "3", "5", "10", "20", "40", "100", "1000", ".inf")
                          : ONE_OF(m, "1000000", "1000000000", "1000000000000", "1000000000000000"));
    m->unit = chance(m, 0.4) ? 1.0 : power_of_ten(m, -6.0, 6.0);
    printf("  covariance: ");
    if (chance(m, 0.1)) {
        m->unit = 1.0;
        printf("{random: {diagonal: %s}}\n",
               ONE_OF(m, "{law: exponential, mean: 1}", "{law: uniform, low: 0.2, high: 2}",
                      "{law: two-point, a: 0.5, b: 2, p: 0.5}", "{law: gamma, shape: 2, scale: 0.5}"));
    } else {
        covariance(m, m->unit, 8.0);
        printf("\n");
    }
    const double noise = uniform(m, 0.0, 1.0);
    if (noise < 0.5) {
        static const double sizes[] = {0.1, 0.5, 2.0};
        printf("  label_noise: ");
        number(sizes[below(m, 3)] * (noise < 0.4 ? m->unit : 1.0));
        printf("\n");
    }
    if (chance(m, 0.25))
        printf("  normalise: N+1\n");
    if (chance(m, 0.3)) {
        printf("  task_covariance: ");
        covariance(m, power_of_ten(m, -2.0, 2.0), 3.0);
        printf("\n");
    }
    if (strstr(m->statement, "multihead") != NULL)
        printf("  heads: %d\n", 1 + below(m, 4));
    if (has_keys(m))
        printf("  rank: %d\n", chance(m, 0.5) ? m->d : 1 + below(m, m->d));
}

static void start(draw *m)
{
    const double size = chance(m, 0.6) ? 1.0 / sqrt(m->unit) : 1.0;
    const double sigma = size * (chance(m, 0.8) ? power_of_ten(m, -4.0, 1.0) : power_of_ten(m, -9.0, 3.0));
    if (has_keys(m) || is_own(m) || chance(m, 0.33)) {
        printf("init: {scheme: gaussian, scale: ");
        number(sigma);
        printf(", seed: %d}\n", 1 + below(m, 999));
        return;
    }
    printf("init: {sigma: ");
    number(sigma);
    if (chance(m, 0.5))
        printf(", theta: {random: %d}", 1 + below(m, 99));
    printf("}\n");
}

static void test(draw *m)
{
    printf("  - {context: %s", ONE_OF(m, "0", "1", "5", "10", "20", "[5, 20]", "50", "1000", ".inf"));
    switch (below(m, 9)) {
    case 0:
        printf(", query_noise: true, label_noise: ");
        number(0.5 * m->unit);
        break;
    case 1:
        printf(", label_noise: ");
        number(0.5 * m->unit);
        break;
    case 2:
        printf(", covariance: {train_scaled: ");
        number(uniform(m, 0.3, 3.0));
        printf("}");
        break;
    case 3:
        printf(", task: {fixed: ");
        list(m, 1.0, -1.0, 1.0);
        printf("}");
        break;
    case 4:
        printf(", task: {sphere: 1}");
        break;
    case 5:
        printf(", mean: ");
        list(m, sqrt(m->unit), -1.0, 1.0);
        break;
    case 6:
        printf(", covariance: ");
        covariance(m, m->unit, 2.0);
        break;
    default:
        break;
    }
    printf("}\n");
}

static void settings(draw *m)
{
    printf("flow:\n  stop: {gap: %s, wall: 20}\n", ONE_OF(m, "1.0e-6", "1.0e-10", "1.0e-14", "1.0e-14", "1.0e-14"));
    if (chance(m, 0.2))
        printf("  rtol: %s\n", ONE_OF(m, "1.0e-6", "1.0e-8", "1.0e-12"));
    if (chance(m, 0.2))
        printf("  output: {points: %s}\n", ONE_OF(m, "10", "50"));
    printf("monte_carlo: {prompts: 5000, relative_error: 0.5, seconds: 10, seed: %d}\n", 1 + below(m, 9999));
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "Usage: verdicts_generate SEED\n");
        return 2;
    }
    const unsigned long long seed = strtoull(argv[1], NULL, 10);
    draw m = {.rng = lsa_rng_at(seed / 1000000, LSA_RNG_PROBE, seed % 1000000)};
    m.statement =
        ONE_OF(&m, "merged", "merged", "full", "full-masked", "separate", "multihead", "multihead-separate", "own");
    statement(&m);
    data(&m);
    start(&m);
    const int tests = below(&m, 3);
    printf(tests == 0 ? "tests: []\n" : "tests:\n");
    for (int k = 0; k < tests; k++)
        test(&m);
    settings(&m);
    return 0;
}
