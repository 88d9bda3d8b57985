/* What a compilation may cost: long words are cheap, hostile statements are refused by counted work and memory, and the
 * largest statements that anyone means stay far within. */
#include "compiled.h"

#include <stdio.h>

static const char *const gaussians = "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, "
                                     "w: {covariance: Omega}, eps: {variance: s2, samples: N}}\n";

/* Derives and compiles in d = 2; returns what compiling returns. */
static lsa_status compile(const char *rest, ptrdiff_t heads, bool hessian, lsa_error *err)
{
    char text[2048];
    lsa_compiled c;
    snprintf(text, sizeof text, "%s%s", gaussians, rest);
    compiled_init(&c, "hostile", text, 2, 5.0, heads, 2);
    c.derive.with_hessian = hessian;
    compiled_derive(&c);
    lsa_error_clear(err);
    const lsa_status status = lsa_program_create(c.derivation, &c.binding, &c.program, err);
    assert_true((c.program != NULL) == (status == LSA_OK));
    compiled_clear(&c);
    return status;
}

/* The Hessian of tr(.. U^99 .. U'^99) has 29205 terms of 200 letters; loss and gradient have 201. */
static void long_words_are_cheap_but_their_hessians_are_not(void **state)
{
    static const char *const rest = "parameters: {U: [d, d]}\nprediction: \"w' * U^%d * xq\"\ntarget: \"w' * xq\"\n";
    char text[256];
    lsa_error err;
    (void)state;
    snprintf(text, sizeof text, rest, 99);
    check_status(compile(text, 1, false, &err), LSA_OK, &err);
    check_status(compile(text, 1, true, &err), LSA_ERR_UNABLE, &err);
    check_contains(err.text, "more than 384 MiB");
    check_contains(err.text, "while compiling the loss of the statement hostile");
    snprintf(text, sizeof text, rest, 45);
    check_status(compile(text, 1, true, &err), LSA_ERR_UNABLE, &err);
    check_contains(err.text, "more than 268435456 steps");
    snprintf(text, sizeof text, rest, 12);
    check_status(compile(text, 1, true, &err), LSA_OK, &err);
}

/* Eight heads of the whole layer. */
static void many_heads_stay_within(void **state)
{
    static const char *const layer =
        "parameters: {\"px[h]\": vector, \"u[h]\": scalar, \"U[h]\": [d, d], \"k[h]\": vector}\n"
        "define: {\"y[i]\": \"w' * x[i] + eps[i]\"}\n"
        "prediction: >-\n"
        "  sum(h, 1/rho * (px[h]' * (sum(i, x[i] * x[i]') + xq * xq') * U[h] * xq\n"
        "         + px[h]' * sum(i, y[i] * x[i]) * k[h]' * xq + u[h] * sum(i, y[i] * x[i]') * U[h] * xq\n"
        "         + u[h] * sum(i, y[i]^2) * k[h]' * xq))\n"
        "target: \"w' * xq\"\n";
    lsa_error err;
    (void)state;
    check_status(compile(layer, 8, true, &err), LSA_OK, &err);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_words_are_cheap_but_their_hessians_are_not),
                                       cmocka_unit_test(many_heads_stay_within)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
