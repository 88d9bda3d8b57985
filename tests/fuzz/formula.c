/* Mutated formulas through the reader of closed forms: each is refused with a message or read, and what is read prints as
 * a formula that reads as the same polynomial. Meant to run under sanitizers too. */
#include "base/rng.h"
#include "check.h"
#include "derived.h"

#include <string.h>

enum { ROUNDS = 4000, SIZE = 256 };

static const char *const seeds[] = {
    "1/2*u^2*tr(((1 + 1/N)*Lambda^2 + tr(Lambda)/N*Lambda)*U*Lambda*U') - u*tr(Lambda^2*U') + 1/2*tr(Lambda)",
    "sum(i, (w'*x[i] + eps[i])^2*x[i]'*U*xq)^2/rho^2",
    "-(xq'*U*xq)^3*s2^-1 + d*tr(Omega^4)",
};

static const char alphabet[] = "uUNxqwd12'^*/+-()[], .ie";

static int pick(uint64_t round, uint64_t draw, int n)
{
    lsa_rng rng = lsa_rng_at(5, LSA_RNG_PROBE, 1000 * round + draw);
    double u = 0.0;
    lsa_rng_uniforms(&rng, 1, &u);
    return (int)(u * n);
}

/* One to three letters replaced, dropped or doubled. */
static void mutate(uint64_t round, char *text)
{
    const int changes = 1 + pick(round, 0, 3);
    const char *seed = seeds[pick(round, 1, 3)];
    memcpy(text, seed, strlen(seed) + 1);
    for (int k = 0; k < changes; k++) {
        const size_t length = strlen(text), at = (size_t)pick(round, 10 + 3 * (uint64_t)k, (int)length);
        const int way = pick(round, 11 + 3 * (uint64_t)k, 3);
        if (way == 0)
            text[at] = alphabet[pick(round, 12 + 3 * (uint64_t)k, (int)sizeof alphabet - 1)];
        else if (way == 1)
            memmove(text + at, text + at + 1, length - at);
        else
            memmove(text + at + 1, text + at, length - at + 1);
    }
}

static void mutated_formulas(void **state)
{
    lsa_derived d = lsa_derived_make("merged", (lsa_derive_options){0});
    char text[SIZE];
    long read = 0;
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        const lsa_poly *poly = NULL;
        lsa_error err;
        lsa_error_clear(&err);
        mutate(round, text);
        const lsa_status status = lsa_derivation_parse(d.derivation, text, &poly, &err);
        if (status != LSA_OK) {
            assert_true(err.text[0] != '\0');
            assert_null(poly);
            continue;
        }
        read++;
        if (lsa_poly_rows(poly) == LSA_DIM_ONE && lsa_poly_cols(poly) == LSA_DIM_ONE)
            check_formula(&d, poly, lsa_derived_text(&d, poly, LSA_FORMAT_TEXT));
    }
    assert_true(read > ROUNDS / 50 && read < ROUNDS); /* both sides are exercised */
    lsa_derived_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(mutated_formulas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
