/* What the loss does not see, in cases worked by hand: null(H) of mixtures, diagonal and Wishart laws; ranks of draws. */
#include "check.h"
#include "theory_setting.h"

#include "base/matrix.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_random.h"

#include <math.h>
#include <string.h>

static lsa_theory_random *random_of(const lsa_setting *law)
{
    lsa_theory_random *random;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_theory_random_create(law, &random, &err), LSA_OK, &err);
    return random;
}

/* The unseen part of U is `want`; H sees nothing of it, and the least-norm minimum has none of it. */
static void check_unseen(const lsa_setting *law, const double *U, const double *want)
{
    enum { MOST = 9 };
    double got[MOST], image[MOST], A[MOST];
    const ptrdiff_t d = law->covariance->d, square = d * d;
    lsa_theory_random *random = random_of(law);
    check_status(lsa_theory_random_unseen(random, U, got, NULL), LSA_OK, NULL);
    check_matrix_close(d, d, got, want, 0.0, 1e-15);
    check_status(lsa_theory_random_apply(random, got, image, NULL), LSA_OK, NULL);
    check_at_most(lsa_vec_norm(square, image), 1e-15);
    lsa_theory_random_minimum(random, A);
    check_status(lsa_theory_random_unseen(random, A, got, NULL), LSA_OK, NULL);
    check_at_most(lsa_vec_norm(square, got), 1e-15);
    lsa_theory_random_destroy(random);
}

static const double U2[] = {0.7, -0.4, 0.3, 1.1}; /* [0.7 0.3; -0.4 1.1] */

static void check_mixture_of_two(const lsa_covariance *matrices, const double *want)
{
    static const double weights[] = {0.4, 0.6};
    check_unseen(&(lsa_setting){.context = 7.0, .covariance = THEORY_MIXTURE(2, 2, weights, matrices)}, U2, want);
}

/* diag(1, 0) or diag(0, 2): the mean is regular, U_12 and U_21 are seen by neither. */
static void axes(void **state)
{
    (void)state;
    const double first[] = {1.0, 0.0}, second[] = {0.0, 2.0}, want[] = {0.0, -0.4, 0.3, 0.0};
    const lsa_covariance matrices[] = {*THEORY_DIAGONAL(2, first), *THEORY_DIAGONAL(2, second)};
    check_mixture_of_two(matrices, want);
}

/* a a' or b b' with a = (1, 0), b = (3, 4)/5: seen are a'Ua and b'Ub, so null(H) is what is orthogonal to a a' and b b'. With
 * g = <aa', bb'> = 9/25 and p = a'Ua = 0.7, q = b'Ub = (9*0.7 + 12*(0.3 - 0.4) + 16*1.1)/25 = 0.908 the seen part is
 * x aa' + y bb', x + g y = p, g x + y = q. */
static void oblique_axes(void **state)
{
    (void)state;
    const double aa[] = {1.0, 0.0, 0.0, 0.0}, bb[] = {0.36, 0.48, 0.48, 0.64};
    const lsa_covariance matrices[] = {*THEORY_MATRIX(2, aa), *THEORY_MATRIX(2, bb)};
    const double g = 0.36, p = 0.7, q = 0.908, y = (q - g * p) / (1.0 - g * g), x = p - g * y;
    double want[4];
    for (int k = 0; k < 4; k++)
        want[k] = U2[k] - x * aa[k] - y * bb[k];
    check_mixture_of_two(matrices, want);
}

static const double U3[] = {0.7, -0.4, 0.2, 0.3, 1.1, 0.5, -0.6, 0.1, 0.9};

/* The third entry is 0 always, the first with probability 1/4: row and column 3 are unseen. */
static void entries(void **state)
{
    (void)state;
    const lsa_law laws[] = {
        {LSA_LAW_TWO_POINT, {0.0, 1.0, 0.25}}, {LSA_LAW_EXPONENTIAL, {1.0}}, {LSA_LAW_POINT, {0.0}}};
    const lsa_setting law = {.context = 5.0, .covariance = THEORY_LAWS(3, laws)};
    const double want[] = {0.0, 0.0, 0.2, 0.0, 0.0, 0.5, -0.6, 0.1, 0.9};
    ptrdiff_t least, most;
    check_unseen(&law, U3, want);
    check_status(lsa_theory_random_ranks(law.covariance, &least, &most, NULL), LSA_OK, NULL);
    assert_int_equal(least, 1);
    assert_int_equal(most, 2);
}

/* scale diag(1, 2, 0): row and column 3, and with Lambda = z z' the antisymmetric part of the rest. */
static void wishart(void **state)
{
    (void)state;
    const double scale[] = {1.0, 2.0, 0.0};
    const double outside[] = {0.0, 0.0, 0.2, 0.0, 0.0, 0.5, -0.6, 0.1, 0.9};
    const double and_turned[] = {0.0, -0.35, 0.2, 0.35, 0.0, 0.5, -0.6, 0.1, 0.9};
    ptrdiff_t least, most;
    for (int dof = 1; dof <= 3; dof++) {
        const lsa_setting law = {.context = 5.0, .covariance = THEORY_WISHART(3, dof, THEORY_DIAGONAL(3, scale))};
        check_unseen(&law, U3, dof == 1 ? and_turned : outside);
        check_status(lsa_theory_random_ranks(law.covariance, &least, &most, NULL), LSA_OK, NULL);
        assert_int_equal(least, dof < 2 ? dof : 2);
        assert_int_equal(most, least);
    }
}

/* diag(l, 1), l = 0 or 1, and Omega = v v', v = (1, -1), at N = infinity: columns see E[l_i l_k l_j] Omega_ik. */
static void a_singular_task(void **state)
{
    (void)state;
    const lsa_law laws[] = {{LSA_LAW_POINT, {1.0}}, {LSA_LAW_POINT, {1.0}}};
    const double v[] = {1.0, -1.0}, half[] = {0.15, 0.15, 0.7, 0.7};
    const lsa_setting law = {.context = (double)INFINITY, .covariance = THEORY_LAWS(2, laws), THEORY_FIXED_TASK(v)};
    double got[4];
    lsa_error err;
    lsa_theory_random *random = random_of(&law);
    lsa_error_clear(&err);
    check_status(lsa_theory_random_unseen(random, U2, got, &err), LSA_OK, &err);
    check_matrix_close(2, 2, got, half, 0.0, 1e-15); /* (U + flipped U)/2: what is orthogonal to v on the left */
    lsa_theory_random_destroy(random);
}

/* One covariance by the fixed theory and as a mixture of one. */
static void one_covariance(void **state)
{
    (void)state;
    const double n[] = {2.0 / 3.0, 1.0 / 3.0, -2.0 / 3.0}, one = 1.0; /* Lambda = I - n n' */
    double Lambda[9], fixed[9], mixed[9], left[3] = {0}, right[3] = {0};
    for (int j = 0; j < 3; j++)
        for (int i = 0; i < 3; i++) {
            Lambda[i + 3 * j] = (i == j) - n[i] * n[j];
            left[j] += n[i] * U3[i + 3 * j];
            right[i] += U3[i + 3 * j] * n[j];
        }
    const lsa_covariance matrix = *THEORY_MATRIX(3, Lambda);
    const lsa_setting law = {.context = 5.0, .covariance = &matrix};
    const lsa_setting random_law = {.context = 5.0, .covariance = THEORY_MIXTURE(3, 1, &one, &matrix)};
    lsa_theory *theory;
    check_status(lsa_theory_create(&law, &theory, NULL), LSA_OK, NULL);
    lsa_theory_random *random = random_of(&random_law);
    assert_false(lsa_theory_sees_all(theory));
    check_status(lsa_theory_unseen(theory, U3, fixed, NULL), LSA_OK, NULL);
    check_status(lsa_theory_random_unseen(random, U3, mixed, NULL), LSA_OK, NULL);
    const double corner = lsa_vec_dot(3, n, right);
    for (int k = 0; k < 9; k++) /* n n'U + U n n' - n (n'Un) n' */
        check_close(fixed[k], n[k % 3] * left[k / 3] + right[k % 3] * n[k / 3] - corner * n[k % 3] * n[k / 3], 0.0,
                    1e-15);
    check_matrix_close(3, 3, mixed, fixed, 0.0, 1e-15);
    lsa_theory_random_destroy(random);
    lsa_theory_destroy(theory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(axes),    cmocka_unit_test(oblique_axes),    cmocka_unit_test(entries),
        cmocka_unit_test(wishart), cmocka_unit_test(a_singular_task), cmocka_unit_test(one_covariance)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
