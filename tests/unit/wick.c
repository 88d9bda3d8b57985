/* Gaussian moments by hand: powers, the paper's second moment of the sample covariance, index sums. */
#include "check.h"
#include "derived.h"

static lsa_derived moments(void)
{
    static const char *const yaml = "gaussians:\n"
                                    "  x: {covariance: Lambda, samples: N}\n"
                                    "  z: {covariance: Omega}\n"
                                    "  eps: {variance: s2, samples: N}\n"
                                    "  e: {variance: s2}\n"
                                    "parameters: {A: [d, d], B: [d, d], a: vector, b: vector}\n"
                                    "prediction: \"sum(i, eps[i] * x[i]' * A * B * x[i]) + e * (a' + b') * z\"\n"
                                    "target: \"a' * z\"\n";
    return lsa_derived_inline(yaml, (lsa_derive_options){0}, LSA_OK, NULL);
}

static void check_moment(const lsa_derived *d, const char *moment, const char *value)
{
    check_formula(d, lsa_derived_parse(d, moment), value);
}

/* E e^2m = (2m - 1)!! s2^m; odd powers vanish. */
static void scalar_powers(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "e^2", "s2");
    check_moment(&d, "e^3", "0*s2");
    check_moment(&d, "e^4", "3*s2^2");
    check_moment(&d, "e^20", "654729075*s2^10");
    lsa_derived_clear(&d);
}

/* E (z'Az)(z'Bz) and the cubic form: 3 and 15 pairings. */
static void quadratic_forms(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "z'*A*z", "tr(A*Omega)");
    check_moment(&d, "z'*A*z*z'*B*z", "tr(A*Omega)*tr(B*Omega) + tr(A*Omega*B*Omega) + tr(A*Omega*B'*Omega)");
    check_moment(&d, "(z'*z)^3", "tr(Omega)^3 + 6*tr(Omega)*tr(Omega^2) + 8*tr(Omega^3)");
    check_moment(&d, "(a'*z)^6", "15*(a'*Omega*a)^3");
    lsa_derived_clear(&d);
}

/* E[S A S], S = (1/N) sum x x':  Lambda A Lambda + (1/N)(Lambda A' Lambda + tr(A Lambda) Lambda)  (W2). */
static void sample_covariance(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "tr(sum(i, x[i]*x[i]')*A*sum(i, x[i]*x[i]')*B)/N^2",
                 "tr(Lambda*A*Lambda*B) + (tr(Lambda*A'*Lambda*B) + tr(A*Lambda)*tr(Lambda*B))/N");
    lsa_derived_clear(&d);
}

/* Falling factorials: E (sum eps^2)^3 = N(N-1)(N-2) s2^3 + 3 N(N-1) 3 s2^3 + 15 N s2^3. */
static void index_sums(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "sum(i, eps[i]^2)^3", "N*(N - 1)*(N - 2)*s2^3 + 9*N*(N - 1)*s2^3 + 15*N*s2^3");
    check_moment(&d, "sum(i, sum(j, eps[i]^2*eps[j]^2))", "N*(N - 1)*s2^2 + 3*N*s2^2");
    check_moment(&d, "sum(i, eps[i])^4", "3*N^2*s2^2");
    check_moment(&d, "sum(i, 1)^2", "N^2");
    check_moment(&d, "sum(i, sum(j, eps[i]^2))", "N^2*s2");
    lsa_derived_clear(&d);
}

/* y_i x_i share a sample; a product of two sums does not. */
static void shared_samples(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "sum(i, (a'*x[i])*(b'*x[i]))", "N*a'*Lambda*b");
    check_moment(&d, "sum(i, a'*x[i])*sum(i, b'*x[i])", "N*a'*Lambda*b");
    check_moment(&d, "sum(i, (a'*x[i])^2*(b'*x[i])^2)", "N*(a'*Lambda*a*b'*Lambda*b + 2*(a'*Lambda*b)^2)");
    check_moment(&d, "sum(i, (a'*x[i])^2)*sum(i, (b'*x[i])^2)", "N^2*a'*Lambda*a*b'*Lambda*b + 2*N*(a'*Lambda*b)^2");
    lsa_derived_clear(&d);
}

/* Moments of a chi-square and of a Wishart matrix; like terms are collected pair by pair, so the 10395 pairings of the
 * first cost a few dozen joins. */
static void high_degrees_are_collected(void **state)
{
    lsa_derived d = moments();
    (void)state;
    check_moment(&d, "(sum(i, eps[i]^2))^6",
                 "N*(N + 2)*(N + 4)*(N + 6)*(N + 8)*(N + 10)*s2^6"); /* a chi-square's sixth moment */
    check_moment(&d, "tr((sum(i, x[i]*x[i]'))^2)", "N^2*tr(Lambda^2) + N*tr(Lambda^2) + N*tr(Lambda)^2");
    check_moment(&d, "tr((sum(i, x[i]*x[i]'))^3)",
                 "N^3*tr(Lambda^3) + 3*N^2*(tr(Lambda^3) + tr(Lambda)*tr(Lambda^2))"
                 " + N*(4*tr(Lambda^3) + 3*tr(Lambda)*tr(Lambda^2) + tr(Lambda)^3)");
    lsa_derived_clear(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scalar_powers),     cmocka_unit_test(quadratic_forms),
        cmocka_unit_test(sample_covariance), cmocka_unit_test(index_sums),
        cmocka_unit_test(shared_samples),    cmocka_unit_test(high_degrees_are_collected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
