/* model.c - model files with bytes changed, parts doubled, parts lost: each is read or refused, never more.
 *
 * Deterministic: mutation k of file f is a function of k alone, so a failure names what to replay. Words of the
 * language are spliced in, as random bytes alone rarely get past the first check. */
#include "lsaflow/model.h"
#include "base/rng.h"
#include "base/text.h"
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MUTATIONS = 3000, MOST = 1 << 14, EDITS = 4 };

static const char *const seeds[] = {
    "statement: merged\ndata: {dimension: 3, context: 10, covariance: {spectrum: power, exponent: 1, rotation: 2}}\n"
    "tests: [{context: [1, 2, .inf], covariance: {train_scaled: [1, 4]}, task: {fixed: [1, 2, 3]}}]\n",
    "statement:\n  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"
    "  parameters: {u: scalar, \"U[h]\": [d, d]}\n  define: {\"y[i]\": \"w' * x[i]\"}\n"
    "  prediction: \"c * u/rho * sum(h, sum(i, y[i] * x[i]') * U[h] * xq)\"\n  target: \"w' * xq\"\n"
    "  layer: {u: u, U: \"U[h]\"}\ndata: {dimension: 2, context: 10, values: {c: 2}, heads: 2}\n",
    "statement: merged\ndata:\n  context: 6\n  covariance: {random: {mixture: [{weight: 0.5, covariance: identity},\n"
    "    {weight: 0.5, covariance: {spectrum: [2, 1]}}]}, trace: 3}\n  dimension: 2\n"
    "tests:\n  - {covariance: {random: {diagonal: [{law: gamma, shape: 2, scale: 1}, {law: point, value: 1}]}},\n"
    "     query_covariance: {random: {wishart: {dof: 3, scale: identity}}}}\n"
    "  - {task: {teacher: polynomial, direction: [1, 2], coefficients: [0, 1]}, contexts: {student: 5}, mean: [1, 2]}\n"
    "  - {task: {sphere: 2}, query_covariance: orthogonal, context: 1}\n"
    "train: {method: adam, tasks: 5, schedule: cosine}\nbasin: {scale: [0.1, 1], scheme: perturb}\n",
    "statement: full\ndata:\n  context: 4\n  covariance: {matrix: [[2, 0.5], [0.5, 1]]}\n  label_noise: {std: 0.5}\n"
    "init: {scheme: values, values: {u: 0.3, U: [[1, 2], [3, 4]], px: [1, 2], k: [0, 1]}}\n"
    "flow: {rtol: 1e-8, stop: {gap: 1e-9, time: 3}, output: {times: [0, 1, 2], parameters: none}}\n"
    "vary: {data.context: [3, 4], data.covariance.trace: [1, 2]}\nmonte_carlo: {seed: 3, baselines: [ols]}\n",
};

static const char *const words[] = {
    "{",        "}",       "[",       "]",       ": ",      ", ",     "\n",       "\n  ",      "- ",     "\"",
    "'",        "&a ",     "*a",      "!!x ",    "---\n",   "#",      "| \n",     ">-\n ",     "1e308",  "-1",
    ".inf",     ".nan",    "1e-320",  "sum(i,",  "tr(",     "x[i]",   "U[h]'",    "^2",        "/rho",   "* (",
    "data:",    "vary:",   "tests.0", "matrix:", "[[1]]",   "train",  "identity", "context",   "values", "999999",
    "\xc3\xa9", "\xff",    "\x01",    "~",       "scale: ", "\t",     "? ",       "statement", "null",   "d",
    "0x10",     "random:", "law:",    "task:",   "teacher", "merged", "define:",  "%YAML",     "\r\n",
};

/* Uniform on 0 .. n-1. */
static size_t below(lsa_rng *rng, size_t n)
{
    double u = 0.0;
    lsa_rng_uniforms(rng, 1, &u);
    const size_t k = (size_t)(u * (double)n);
    return k < n ? k : n - 1;
}

/* Replaces text[at .. at + removed) by `length` bytes. */
static size_t splice(char *text, size_t used, size_t at, size_t removed, const char *bytes, size_t length)
{
    if (used - removed + length > MOST)
        return used;
    memmove(text + at + length, text + at + removed, used - at - removed);
    memcpy(text + at, bytes, length);
    return used - removed + length;
}

static size_t mutate(lsa_rng *rng, char *text, size_t used)
{
    char copy[64];
    const size_t at = below(rng, used + 1);
    size_t span = below(rng, sizeof copy);
    span = span < used - at ? span : used - at;
    memcpy(copy, text + at, span);
    switch (below(rng, 4)) {
    case 0: /* a byte becomes another */
        copy[0] = (char)below(rng, 256);
        return at < used ? splice(text, used, at, 1, copy, 1) : used;
    case 1: /* a part is lost */
        return splice(text, used, at, span, "", 0);
    case 2: /* a part comes again somewhere */
        return splice(text, used, below(rng, used + 1), 0, copy, span);
    default: { /* a word of the language comes in */
        const char *word = words[below(rng, sizeof words / sizeof words[0])];
        return splice(text, used, at, below(rng, 2) == 0 || at == used ? 0 : 1, word, strlen(word));
    }
    }
}

static void read_mutation(const char *seed, size_t number)
{
    char text[MOST];
    lsa_rng rng = lsa_rng_at(20260101, LSA_RNG_PROBE, number);
    size_t used = strlen(seed);
    memcpy(text, seed, used + 1);
    const size_t edits = 1 + below(&rng, EDITS);
    for (size_t k = 0; k < edits; k++)
        used = mutate(&rng, text, used);
    lsa_model *model = NULL;
    lsa_error err = {0};
    const lsa_status status = lsa_model_parse("fuzz.yaml", text, used, NULL, &model, &err);
    const bool known = status == LSA_OK || status == LSA_ERR_INPUT || status == LSA_ERR_READ;
    if (!known || (status == LSA_OK) != (model != NULL) || (status != LSA_OK && err.text[0] == '\0'))
        fail_msg("mutation %zu: status %d, '%s' of:\n%.*s", number, (int)status, err.text, (int)used, text);
    lsa_model_destroy(model);
}

static void mutations(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof seeds / sizeof seeds[0]; f++)
        for (size_t k = 0; k < MUTATIONS; k++)
            read_mutation(seeds[f], MUTATIONS * f + k);
}

/* The seeds themselves are right: otherwise every mutation would stop at the same place. */
static void seeds_are_models(void **state)
{
    (void)state;
    for (size_t f = 0; f < sizeof seeds / sizeof seeds[0]; f++) {
        lsa_model *model = NULL;
        lsa_error err = {0};
        check_status(lsa_model_parse("seed.yaml", seeds[f], strlen(seeds[f]), NULL, &model, &err), LSA_OK, &err);
        lsa_model_destroy(model);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(seeds_are_models), cmocka_unit_test(mutations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
