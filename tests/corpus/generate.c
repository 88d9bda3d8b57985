/* corpus_generate COUNT: COUNT random model files as YAML documents, the same on every machine.
 *
 * Model k is a function of k alone (stream k of one seed). Each document begins with the line `--- # ID statement, law, start`.
 * The list in models.yaml is what was made once; this program says how, and makes more of the kind. */
#include "base/rng.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

enum { SEED = 12, MOST = 8 };

/* What the parts of one model have to know of each other. */
typedef struct draw {
    lsa_rng rng;
    int d, heads, rank;
    const char *statement; /* a shipped one, or "own" */
    bool full, random_law;
} draw;

static double uniform(draw *m)
{
    double u[2];
    lsa_rng_uniforms(&m->rng, 2, u); /* a block holds two; the second is spent */
    return u[0];
}

static int below(draw *m, int n)
{
    return (int)(uniform(m) * n);
}

static bool chance(draw *m, double p)
{
    return uniform(m) < p;
}

/* A decimal of two places between low and high: exact in the text, so that the file is the model. */
static double between(draw *m, double low, double high)
{
    return (double)(int)(100 * (low + (high - low) * uniform(m)) + (low < 0 ? -0.5 : 0.5)) / 100;
}

static const char *one_of(draw *m, int n, const char *const *words)
{
    return words[below(m, n)];
}
#define ONE_OF(m, ...)                                                                                                 \
    one_of(m, (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)), (const char *const[]){__VA_ARGS__})

/* ---------------------------------------------------------------- numbers */

static void vector(draw *m, int n, double low, double high)
{
    for (int i = 0; i < n; i++)
        printf("%s%g", i == 0 ? "[" : ", ", between(m, low, high));
    printf("]");
}

static void matrix(draw *m, int rows, int columns)
{
    for (int i = 0; i < rows; i++) {
        printf(i == 0 ? "[" : ", ");
        vector(m, columns, -1, 1);
    }
    printf("]");
}

/* B B' + I/2 for B of one decimal: symmetric, definite, exact in decimals. */
static void definite(draw *m, int d)
{
    int b[MOST][MOST];
    for (int i = 0; i < d; i++)
        for (int j = 0; j < d; j++)
            b[i][j] = below(m, 21) - 10;
    for (int i = 0; i < d; i++) {
        printf(i == 0 ? "[" : ", ");
        for (int j = 0; j < d; j++) {
            int sum = i == j ? 50 : 0;
            for (int k = 0; k < d; k++)
                sum += b[i][k] * b[j][k];
            printf("%s%g", j == 0 ? "[" : ", ", sum / 100.0);
        }
        printf("]");
    }
    printf("]");
}

/* ---------------------------------------------------------------- covariances */

/* What may stand beside any fixed form. */
static void turned(draw *m)
{
    if (chance(m, 0.3))
        printf(", rotation: %d", 1 + below(m, 9));
    if (chance(m, 0.2))
        printf(", trace: %g", between(m, 0.5, 4));
    printf("}");
}

static void fixed_covariance(draw *m)
{
    switch (below(m, 9)) {
    case 0:
        printf("identity");
        return;
    case 1:
        printf("{scale: %g}", between(m, 0.2, 3));
        return;
    case 2:
        printf("{spectrum: geometric, condition: %d", 2 + below(m, 20));
        turned(m);
        return;
    case 3:
        printf("{spectrum: power, exponent: %g", between(m, 0.2, 2));
        turned(m);
        return;
    case 4:
    case 5:
        printf("{matrix: ");
        definite(m, m->d);
        turned(m);
        return;
    case 6:
        if (m->d == 3) {
            printf(chance(m, 0.5) ? "{file: covariance.csv}" : "{data: rows.csv, columns: [a, b, c], center: true}");
            return;
        }
        break;
    default:
        break;
    }
    printf("{spectrum: ");
    if (m->d == 2 && chance(m, 0.2))
        printf("[%g, 0]", between(m, 0.5, 2)); /* singular */
    else
        vector(m, m->d, 0.1, 3);
    turned(m);
}

static void entry_law(draw *m)
{
    switch (below(m, 5)) {
    case 0:
        printf("{law: exponential, mean: %g}", between(m, 0.5, 2));
        break;
    case 1:
        printf("{law: uniform, low: %g, high: %g}", between(m, 0, 1), between(m, 1.1, 3));
        break;
    case 2:
        printf("{law: gamma, shape: %g, scale: %g}", between(m, 0.5, 4), between(m, 0.2, 1));
        break;
    case 3:
        printf("{law: two-point, a: %g, b: %g, p: %g}", between(m, 0, 1), between(m, 1, 3), between(m, 0.1, 0.9));
        break;
    default:
        printf("{law: point, value: %g}", between(m, 0.2, 2));
        break;
    }
}

static void random_covariance(draw *m, bool wishart)
{
    switch (below(m, wishart ? 3 : 2)) {
    case 0:
        printf("{random: {diagonal: ");
        if (chance(m, 0.5)) {
            entry_law(m);
        } else {
            for (int i = 0; i < m->d; i++) {
                printf(i == 0 ? "[" : ", ");
                entry_law(m);
            }
            printf("]");
        }
        break;
    case 1:
        printf("{random: {mixture: [{weight: 0.25, covariance: ");
        fixed_covariance(m);
        printf("}, {weight: 0.75, covariance: ");
        fixed_covariance(m);
        printf("}]");
        break;
    default:
        printf("{random: {wishart: {dof: %d, scale: ", 2 + below(m, 8));
        fixed_covariance(m);
        printf("}");
        break;
    }
    printf("}%s}", chance(m, 0.15) ? ", trace: 2" : "");
}

/* ---------------------------------------------------------------- statements of one's own */

#define USUAL                                                                                                          \
    "    x: {covariance: Lambda, samples: N}\n"                                                                        \
    "    xq: {covariance: Lambda}\n"                                                                                   \
    "    w: {covariance: Omega}\n"                                                                                     \
    "    eps: {variance: s2, samples: N}\n"
#define LABELS    "  define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
#define TARGET    "  target: \"w' * xq\"\n"
#define ATTENTION "u/rho * sum(i, y[i] * x[i]') * U * xq"

/* Constants that a statement needs: c scalar, v a vector, A of 2 x d, S and T covariances, t2 a variance. */
typedef struct own_statement {
    const char *text, *constants;
} own_statement;

static const own_statement own_statements[] = {
    /* a known mean of the tasks, and a learnt one */
    {"  gaussians:\n" USUAL "  parameters: {u: scalar, U: [d, d], b: vector}\n"
     "  define: {\"y[i]\": \"(w + v)' * x[i] + eps[i]\"}\n"
     "  prediction: \"" ATTENTION " + b' * xq\"\n  target: \"(w + v)' * xq\"\n",
     "v"},
    /* one layer under other names, as a layer */
    {"  gaussians:\n    z: {covariance: Lambda, samples: N}\n    q: {covariance: Lambda}\n    beta: {covariance: "
     "Omega}\n"
     "    e: {variance: s2, samples: N}\n  parameters: {a: scalar, B: [d, d]}\n"
     "  define: {\"t[i]\": \"beta' * z[i] + e[i]\"}\n"
     "  prediction: \"a/rho * sum(i, t[i] * z[i]') * B * q\"\n  target: \"beta' * q\"\n"
     "  layer: {px: null, u: a, U: B, k: null}\n",
     ""},
    /* tasks of a covariance of their own */
    {"  gaussians:\n    x: {covariance: Lambda, samples: N}\n    xq: {covariance: Lambda}\n    w: {covariance: S}\n"
     "  parameters: {u: scalar, U: [d, d]}\n  define: {\"y[i]\": \"w' * x[i]\"}\n"
     "  prediction: \"" ATTENTION "\"\n" TARGET,
     "S"},
    /* no context at all */
    {"  gaussians:\n    xq: {covariance: Lambda}\n    w: {covariance: Omega}\n    q: {variance: t2}\n"
     "  parameters: {b: vector, u: scalar}\n  prediction: \"b' * xq + u * q\"\n  target: \"w' * xq + c * q\"\n",
     "c t2"},
    /* a sum over heads with a summand that has no head */
    {"  gaussians:\n" USUAL "  parameters: {\"u[h]\": scalar, \"U[h]\": [d, d], b: vector}\n" LABELS
     "  prediction: \"sum(h, u[h]/rho * sum(i, y[i] * x[i]') * U[h] * xq + b' * xq)\"\n" TARGET,
     ""},
    /* a sum over samples with a summand that has no sample */
    {"  gaussians:\n" USUAL "  parameters: {u: scalar, U: [d, d], b: vector}\n" LABELS
     "  prediction: \"1/N * sum(i, u * y[i] * x[i]' * U * xq + b' * xq)\"\n" TARGET,
     ""},
    /* squares of labels */
    {"  gaussians:\n" USUAL "  parameters: {u: scalar, U: [d, d], k: vector}\n" LABELS "  prediction: \"" ATTENTION
     " + 1/rho * sum(i, y[i]^2) * k' * xq\"\n" TARGET,
     ""},
    /* the covariances by their names */
    {"  gaussians:\n" USUAL "  parameters: {u: scalar, U: [d, d], b: scalar}\n" LABELS
     "  prediction: \"u/rho * sum(i, y[i] * x[i]') * (U + b * Lambda) * xq + c * tr(Lambda * Omega) * b * v' * "
     "xq\"\n" TARGET,
     "c v"},
    /* two tasks */
    {"  gaussians:\n" USUAL "    w2: {covariance: S}\n  parameters: {u: scalar, U: [d, d]}\n"
     "  define: {\"y[i]\": \"(w + w2)' * x[i] + eps[i]\"}\n  prediction: \"" ATTENTION "\"\n"
     "  target: \"(w + w2)' * xq\"\n",
     "S"},
    /* a second family of contexts of another law */
    {"  gaussians:\n" USUAL
     "    z: {covariance: T, samples: N}\n  parameters: {u: scalar, U: [d, d], b: scalar}\n" LABELS
     "  prediction: \"" ATTENTION " + b/rho * sum(i, w' * z[i] * z[i]') * xq\"\n" TARGET,
     "T"},
    /* a second query */
    {"  gaussians:\n" USUAL "    xr: {covariance: Lambda}\n  parameters: {u: scalar, U: [d, d], b: vector}\n" LABELS
     "  prediction: \"" ATTENTION " + b' * xr\"\n  target: \"w' * xq + v' * xr\"\n",
     "v"},
    /* a deeper parametrisation */
    {"  gaussians:\n" USUAL "  parameters: {a: scalar, u: scalar, U: [d, d]}\n" LABELS "  prediction: \"a * " ATTENTION
     "\"\n" TARGET,
     ""},
    /* features through a constant matrix */
    {"  gaussians:\n" USUAL "  parameters: {u: scalar, W: [m, d]}\n" LABELS
     "  prediction: \"u/rho * sum(i, y[i] * x[i]') * A' * W * xq\"\n" TARGET,
     "A"},
    /* two passes over the context */
    {"  gaussians:\n    x: {covariance: Lambda, samples: N}\n    xq: {covariance: Lambda}\n    w: {covariance: Omega}\n"
     "  parameters: {u: scalar, g: scalar}\n  define: {\"y[i]\": \"w' * x[i]\"}\n"
     "  prediction: \"u/N * sum(i, y[i] * x[i]') * xq + g/N^2 * sum(i, sum(j, y[i] * x[i]' * x[j] * x[j]')) * "
     "xq\"\n" TARGET,
     ""},
    /* a noise at the query that the layer sees */
    {"  gaussians:\n" USUAL "    n: {variance: t2}\n  parameters: {u: scalar, U: [d, d], b: scalar}\n" LABELS
     "  prediction: \"" ATTENTION " + b * n\"\n  target: \"w' * xq + n\"\n",
     "t2"},
    /* a layer that hides the query, in heads */
    {"  gaussians:\n" USUAL "  parameters: {\"px[h]\": vector, \"u[h]\": scalar, \"U[h]\": [d, d]}\n" LABELS
     "  prediction: \"sum(h, 1/rho * (px[h]' * sum(i, x[i] * x[i]') + u[h] * sum(i, y[i] * x[i]')) * U[h] * "
     "xq)\"\n" TARGET "  layer: {px: \"px[h]\", u: \"u[h]\", U: \"U[h]\", k: null, masked: true}\n",
     ""},
};

/* The names of the constants in turn: 't' stands for t2. */
static const char *constant_name(char letter)
{
    static char name[2];
    name[0] = letter;
    return letter == 't' ? "t2" : name;
}

static bool is_name(char letter)
{
    return letter != ' ' && letter != '2';
}

static void own_constants(const char *names)
{
    if (names[0] == '\0')
        return;
    printf("  constants: {");
    for (const char *p = names; *p != '\0'; p++)
        if (is_name(*p))
            printf("%s%s: %s", p == names ? "" : ", ", constant_name(*p),
                   *p == 'v'                ? "vector"
                   : *p == 'A'              ? "[m, d]"
                   : *p == 'S' || *p == 'T' ? "[d, d]"
                                            : "scalar");
    printf("}\n");
}

static void own_values(draw *m, const char *names)
{
    if (names[0] == '\0')
        return;
    printf("  values: {");
    for (const char *p = names; *p != '\0'; p++) {
        if (!is_name(*p))
            continue;
        printf("%s%s: ", p == names ? "" : ", ", constant_name(*p));
        if (*p == 'v')
            vector(m, m->d, -1, 1);
        else if (*p == 'A')
            matrix(m, 2, m->d);
        else if (*p == 'S' || *p == 'T')
            definite(m, m->d);
        else
            printf("%g", between(m, 0.2, 2));
    }
    printf("}\n");
}

/* ---------------------------------------------------------------- start and flow */

static void print_start(draw *m, const char *start)
{
    printf("init: {");
    if (start[0] == 'v' && m->full) {
        printf("scheme: values, values: {u: %g, U: ", between(m, -0.5, 0.5));
        matrix(m, m->d, m->d);
        printf(", px: ");
        vector(m, m->d, -0.5, 0.5);
        printf(", k: ");
        vector(m, m->d, -0.5, 0.5);
        printf("}");
    } else if (start[0] == 'v' && m->statement[0] == 's') {
        const int rank = m->rank > 0 ? m->rank : m->d;
        printf("scheme: values, values: {u: %g, K: ", between(m, -0.5, 1));
        matrix(m, rank, m->d);
        printf(", Q: ");
        matrix(m, rank, m->d);
        printf("}");
    } else if (start[0] == 'v') {
        printf("scheme: values, values: {u: %g, U: ", between(m, -0.5, 1));
        matrix(m, m->d, m->d);
        printf("}");
    } else if (start[0] == 'g') {
        printf("scheme: gaussian, scale: %g, seed: %d", between(m, 0.02, 0.5), 1 + below(m, 99));
    } else {
        printf("sigma: %g", between(m, 0.02, 0.6));
        if (chance(m, 0.5))
            printf(", theta: {random: %d}", 1 + below(m, 99));
    }
    if (chance(m, 0.2))
        printf(", perturb: {scale: %g, seed: %d}", between(m, 0.01, 0.2), 1 + below(m, 99));
    printf("}\n");
}

/* Where the least loss is not known or a saddle may be met, time ends the flow. */
static void print_flow(draw *m, bool own)
{
    if (own)
        printf("flow: {stop: {gradient: 1e-8, time: 1e4}}\n");
    else if (chance(m, 0.5))
        printf("flow: {stop: {gap: 1e-%d, time: 1e5}}\n", 8 + below(m, 5));
    else if (chance(m, 0.3))
        printf("flow: {method: %s}\n",
               m->full ? ONE_OF(m, "dense", "krylov") : ONE_OF(m, "dense", "arrowhead", "krylov", "reduced"));
}

/* ---------------------------------------------------------------- tests */

static void print_context(draw *m)
{
    printf("context: %s", ONE_OF(m, "0", "1", "3", "7", "20", "50", "200", "1000", ".inf", "[5, 50]", "[10, .inf]"));
}

static void print_test(draw *m)
{
    printf("  - {");
    print_context(m);
    switch (below(m, 14)) {
    case 0:
        printf(", covariance: ");
        fixed_covariance(m);
        break;
    case 1:
        printf(", query_covariance: ");
        fixed_covariance(m);
        break;
    case 2:
        printf(", covariance: {train_scaled: %g}", between(m, 0.3, 3));
        break;
    case 3:
        printf(", task: {fixed: ");
        vector(m, m->d, -1, 1);
        printf("}");
        break;
    case 4:
        printf(", task: {gaussian: ");
        fixed_covariance(m);
        printf("}");
        break;
    case 5:
        printf(", task: {sphere: %g}", between(m, 0.5, 2));
        break;
    case 6:
        printf(", contexts: {student: %d}", 5 + below(m, 8));
        break;
    case 7:
        printf(", label_noise: %g, query_noise: %s", between(m, 0.1, 1), chance(m, 0.5) ? "true" : "false");
        break;
    case 8:
        printf(", mean: ");
        vector(m, m->d, -0.5, 0.5);
        break;
    case 9:
        printf(", task: {teacher: %s, direction: ", ONE_OF(m, "relu", "sign", "cubic", "quadratic", "sine"));
        vector(m, m->d, 0.1, 1);
        printf("}");
        break;
    case 10:
        printf(", covariance: ");
        random_covariance(m, true);
        break;
    case 11:
        printf(", covariance: ");
        random_covariance(m, true);
        printf(", query_covariance: %s", ONE_OF(m, "train", "identity", "same"));
        break;
    case 12:
        printf(", query_covariance: train, task: {sphere: 1}, label_noise: {std: 0.3}");
        break;
    default:
        break;
    }
    printf("}\n");
}

/* ---------------------------------------------------------------- a model */

static void print_data(draw *m, const char *own_names)
{
    printf("data:\n  dimension: %d\n  context: %s\n  covariance: ", m->d,
           ONE_OF(m, "1", "2", "3", "5", "10", "20", "20", "40", "40", "100", "1000", ".inf"));
    if (m->random_law)
        random_covariance(m, chance(m, 0.1));
    else
        fixed_covariance(m);
    printf("\n");
    if (chance(m, 0.35)) {
        printf("  task_covariance: ");
        fixed_covariance(m);
        printf("\n");
    }
    if (chance(m, 0.4))
        printf("  label_noise: %g\n", between(m, 0.05, 1));
    if (chance(m, 0.3))
        printf("  normalise: N+1\n");
    if (m->rank > 0)
        printf("  rank: %d\n", m->rank);
    if (m->heads > 1)
        printf("  heads: %d\n", m->heads);
    if (own_names != NULL)
        own_values(m, own_names);
}

static void print_model(int k)
{
    draw m = {.rng = lsa_rng_at(SEED, LSA_RNG_PROBE, (uint64_t)k)};
    m.statement = ONE_OF(&m, "merged", "merged", "separate", "multihead", "multihead-separate", "full", "full-masked",
                         "own", "own", "own");
    const bool own = m.statement[0] == 'o';
    const int count = (int)(sizeof own_statements / sizeof own_statements[0]);
    const int which = below(&m, count);
    m.full = m.statement[0] == 'f';
    m.d = 1 + below(&m, m.full || own ? 3 : 4);
    if (!own && !m.full && chance(&m, 0.1))
        m.d = 5 + below(&m, 4);
    m.heads = chance(&m, 0.8) ? 1 + below(&m, 3) : 1;
    m.rank = chance(&m, 0.4) ? 1 + below(&m, m.d) : 0;
    m.random_law = chance(&m, 0.25);
    const char *start = ONE_OF(&m, "paper", "paper", "gaussian", "values");
    if (own || (m.statement[0] == 'm' && m.statement[1] == 'u' && start[0] == 'v'))
        start = "gaussian";

    printf("--- # %03d %s, %s, %s\nstatement:", k, m.statement, m.random_law ? "random" : "fixed", start);
    if (own) {
        printf("\n");
        own_constants(own_statements[which].constants);
        printf("%s", own_statements[which].text);
    } else {
        printf(" %s\n", m.statement);
    }
    print_data(&m, own ? own_statements[which].constants : NULL);
    print_start(&m, start);
    print_flow(&m, own);
    const int tests = 1 + below(&m, 4);
    printf("tests:\n");
    for (int t = 0; t < tests; t++)
        print_test(&m);
    printf("monte_carlo: {prompts: 20000, relative_error: 0.2, baselines: [ols, zero]%s}\n",
           chance(&m, 0.3) ? ", mode: fast" : "");
}

int main(int argc, char **argv)
{
    const int count = argc == 2 ? atoi(argv[1]) : 0;
    if (count < 1) {
        fprintf(stderr, "usage: corpus_generate COUNT\n");
        return 2;
    }
    for (int k = 1; k <= count; k++)
        print_model(k);
    return 0;
}
