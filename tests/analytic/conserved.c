/* Conserved quantities found from the symmetries of a derived loss with its numbers: what is known of shipped statements, further
 * ones of statements of one's own, and those that only special numbers give. */
#include "judged.h"

#include "base/matrix.h"
#include "verify/conserved.h"
#include <math.h>

#define PROMPT "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}\n"

/* All formulas, joined by "; ". */
static void check_found(const char *model, const char *wanted)
{
    char joined[1024] = "";
    lsa_error err = {0};
    conserved_list list;
    fixture f = make(model);
    check_status(conserved_find(f.study, &list, &err), LSA_OK, &err);
    for (ptrdiff_t k = 0; k < list.count; k++)
        snprintf(joined + strlen(joined), sizeof joined - strlen(joined), "%s%s", k > 0 ? "; " : "",
                 list.all[k].formula);
    if (strcmp(joined, wanted) != 0)
        fail_msg("%s\nfound '%s', wanted '%s'", model, joined, wanted);
    conserved_clear(&list);
    clear(&f);
}

static void shipped(void **state)
{
    (void)state;
    check_found("statement: merged\ndata: {context: 7, covariance: {matrix: [[2, 0.5], [0.5, 1]]}, label_noise: 0.1}\n",
                "u^2 - tr(U*U')");
    check_found("statement: multihead\ndata: {context: 9, heads: 2, covariance: {spectrum: [2, 1]}}\n",
                "u[1]^2 - tr(U[1]*U[1]'); u[1]*u[2] - tr(U[1]*U[2]'); u[2]^2 - tr(U[2]*U[2]')");
    check_found("statement: separate\ndata: {context: 9, rank: 2, covariance: {spectrum: [2, 1, 0.5]}}\n",
                "K*K' - Q*Q'; u^2 - tr(K*K')");
    check_found("statement: full\ndata: {context: 5, covariance: {spectrum: [2, 1]}}\n",
                "px'*px + u^2 - tr(U*U') - k'*k");
}

/* W2 W1 x: the difference of the two Gram matrices in the middle, of dimension h. A loss without symmetries has none. */
static void own(void **state)
{
    (void)state;
    check_found("statement:\n" PROMPT "  parameters: {W: [d, d], V: [d, d], b: vector}\n"
                "  prediction: \"b'*V*W*xq\"\n"
                "  target: \"w'*xq + xq'*xq\"\n"
                "data: {dimension: 2, context: 3, covariance: {spectrum: [2, 1]}}\n",
                "W*W' - V'*V; V*V' - b*b'");
    check_found("statement:\n" PROMPT "  parameters: {b: vector}\n"
                "  prediction: \"b'*xq\"\n"
                "  target: \"w'*xq\"\n"
                "data: {dimension: 2, context: 3, covariance: {spectrum: [2, 1]}}\n",
                "");
}

/* What the loss does not see with these numbers is kept. */
static void by_numbers(void **state)
{
    (void)state;
    static const char weighted[] = "statement:\n" PROMPT "  constants: {q: scalar}\n"
                                   "  parameters: {u: scalar, v: scalar, c: scalar}\n"
                                   "  prediction: \"u*v*xq'*xq + q*c*xq'*xq\"\n"
                                   "  target: \"w'*xq\"\n"
                                   "data: {dimension: 2, context: 3, covariance: identity, values: {q: %s}}\n";
    char model[1024];
    snprintf(model, sizeof model, weighted, "1");
    check_found(model, "u^2 - v^2");
    snprintf(model, sizeof model, weighted, "0");
    check_found(model, "u^2 - v^2; c^2");
}

/* The claim holds on a statement of one's own, and a quantity of the wrong weight is none. */
static void judged(void **state)
{
    (void)state;
    static const char text[] = "statement:\n" PROMPT "  parameters: {u: scalar, U: [d, d], b: vector}\n"
                               "  prediction: \"u/N * sum(i, w'*x[i]*x[i]') * U * xq + b'*xq\"\n"
                               "  target: \"w'*xq\"\n"
                               "data: {dimension: 2, context: 5, covariance: {spectrum: [2, 1]}}\n"
                               "init: {scheme: gaussian, scale: 0.4, seed: 3}\n"
                               "flow: {stop: {gradient: 1e-9}}\n"
                               "claims: [conserved]\n";
    fixture f = make(text);
    lsa_claim_result result = judge_first(f.study);
    assert_string_equal(lsa_verdict_text(result.verdict), "holds");
    assert_string_equal(result.why, "u^2 - tr(U*U')");
    lsa_study_mistake(f.study, 1e-6); /* of the terms' size */
    result = judge_first(f.study);
    assert_string_equal(lsa_verdict_text(result.verdict), "fails");
    clear(&f);
}

/* Its value at a state is the formula's; a state whose terms are large says so. */
static void values(void **state)
{
    (void)state;
    lsa_error err = {0};
    conserved_list list;
    fixture f = make("statement: separate\ndata: {context: 9, rank: 2, covariance: {spectrum: [2, 1, 0.5]}}\n");
    const double at[] = {3, /* K by columns */ 1, 2, 0, 1, -1, 0, /* Q */ 2, 0, 1, 1, 0, 3};
    double out[4], size;
    const lsa_block *blocks;
    ptrdiff_t n;
    check_status(conserved_find(f.study, &list, &err), LSA_OK, &err);
    check_status(lsa_study_blocks(f.study, &blocks, &n, &err), LSA_OK, &err);
    assert_int_equal(blocks[0].rows * blocks[0].cols, 1);
    conserved_value(&list, 0, at, out, &size);
    /* K = [1 0 -1; 2 1 0], Q = [2 1 0; 0 1 3]: KK' = [2 2; 2 5], QQ' = [5 1; 1 10] */
    assert_true(out[0] == -3 && out[1] == 1 && out[2] == 1 && out[3] == -5);
    conserved_value(&list, 1, at, out, &size);
    assert_true(out[0] == 2 && size == 9);
    conserved_clear(&list);
    clear(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(shipped), cmocka_unit_test(own), cmocka_unit_test(by_numbers),
                                       cmocka_unit_test(judged), cmocka_unit_test(values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
