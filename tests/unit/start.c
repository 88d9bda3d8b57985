/* Initial parameters: the paper's start in every statement, the other schemes, and what cannot be started. */
#include "compiled.h"
#include <stdio.h>

static const lsa_block *block_of(const lsa_compiled *c, const char *name, ptrdiff_t head)
{
    for (ptrdiff_t k = 0; k < lsa_program_block_count(c->program); k++) {
        const lsa_block *block = lsa_program_block(c->program, k);
        if (strcmp(block->name, name) == 0 && block->head == head)
            return block;
    }
    fail_msg("no block %s", name);
    return NULL;
}

static const double *start(lsa_compiled *c, lsa_init init)
{
    c->setting.experiment.init = init;
    check_status(lsa_start(c->program, &c->setting.experiment, c->user, &c->err), LSA_OK, &c->err);
    return c->user;
}

static const double *at(const lsa_compiled *c, const char *name, ptrdiff_t head)
{
    return c->user + block_of(c, name, head)->offset;
}

/* K'Q of a head. */
static const double *key_query(lsa_compiled *c, ptrdiff_t head)
{
    const lsa_block *K = block_of(c, "K", head);
    double *out = fixture_numbers(&c->setting, K->cols * K->cols);
    lsa_mat_product(true, false, K->cols, K->cols, K->rows, 1.0, at(c, "K", head), at(c, "Q", head), 0.0, out);
    return out;
}

/* Assumption 3.3: symmetric, |U|_F = sigma = u. */
static void check_balanced(ptrdiff_t d, const double *U, double sigma)
{
    check_close(lsa_vec_norm(d * d, U), sigma, 1e-14, 0.0);
    check_at_most(lsa_mat_asymmetry(d, U), 1e-15);
}

static const lsa_init random_theta = {
    .scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_RANDOM, .theta_seed = 7};
static const lsa_init identity_theta = {.scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_IDENTITY};

static void paper_start_of_the_reduced_layer(void **state)
{
    static double theta[] = {1.0, 2.0, 0.0, 0.0, 1.0, -1.0, 0.5, 0.0, 0.0};
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "merged", NULL, 3, 5.0, 1, 1);
    compiled_make(&c, 1);
    start(&c, identity_theta);
    check_close(*at(&c, "u", 0), 0.3, 0.0, 0.0);
    for (ptrdiff_t i = 0; i < 9; i++)
        check_close(at(&c, "U", 0)[i], i % 4 == 0 ? 0.3 / sqrt(3.0) : 0.0, 1e-15, 0.0);
    start(&c, random_theta);
    check_balanced(3, at(&c, "U", 0), 0.3);
    double first[9];
    memcpy(first, at(&c, "U", 0), sizeof first);
    start(&c, random_theta);
    check_vector_close(9, at(&c, "U", 0), first, 0.0, 0.0);
    lsa_init other = random_theta;
    other.theta_seed = 8;
    start(&c, other);
    assert_true(fabs(at(&c, "U", 0)[1] - first[1]) > 1e-3);
    start(&c, (lsa_init){.scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_MATRIX, .theta_matrix = theta});
    double gram[9];
    lsa_mat_product(false, true, 3, 3, 3, 1.0, theta, theta, 0.0, gram);
    lsa_vec_scale(9, 0.3 / lsa_vec_norm(9, gram), gram);
    check_vector_close(9, at(&c, "U", 0), gram, 1e-15, 0.0);
    compiled_clear(&c);
}

static void paper_start_leaves_the_other_blocks_at_zero(void **state)
{
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "full", NULL, 3, 5.0, 1, 1);
    compiled_make(&c, 1);
    start(&c, random_theta);
    check_balanced(3, at(&c, "U", 0), 0.3);
    check_close(*at(&c, "u", 0), 0.3, 0.0, 0.0);
    check_close(lsa_vec_norm(3, at(&c, "px", 0)) + lsa_vec_norm(3, at(&c, "k", 0)), 0.0, 0.0, 0.0);
    compiled_clear(&c);
}

static void paper_start_of_several_heads(void **state)
{
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "multihead", NULL, 3, 5.0, 2, 1);
    compiled_make(&c, 1);
    start(&c, random_theta);
    check_balanced(3, at(&c, "U", 0), 0.3);
    check_balanced(3, at(&c, "U", 1), 0.3);
    assert_true(fabs(at(&c, "U", 0)[1] - at(&c, "U", 1)[1]) > 1e-3); /* each head has its own random Theta */
    check_close(*at(&c, "u", 1), 0.3, 0.0, 0.0);
    compiled_clear(&c);
}

/* K'Q is the U of the reduced layer; with a rank below d a random Theta has that rank. */
static void paper_start_of_key_and_query(void **state)
{
    (void)state;
    for (ptrdiff_t rank = 1; rank <= 4; rank++) {
        lsa_compiled c, merged;
        compiled_init(&c, "multihead-separate", NULL, 3, 5.0, 2, rank);
        compiled_init(&merged, "multihead", NULL, 3, 5.0, 2, 1);
        compiled_make(&c, 1);
        compiled_make(&merged, 1);
        start(&c, random_theta);
        start(&merged, random_theta);
        for (ptrdiff_t head = 0; head < 2; head++) {
            double spectrum[3];
            const double *U = key_query(&c, head);
            check_balanced(3, U, 0.3);
            if (rank >= 3)
                check_vector_close(9, U, at(&merged, "U", head), 1e-14, 0.0);
            check_status(lsa_mat_singular_values(3, 3, U, spectrum, &c.err), LSA_OK, &c.err);
            for (ptrdiff_t k = 0; k < 3; k++)
                assert_int_equal(spectrum[k] > 1e-12, k < rank);
        }
        compiled_clear(&merged);
        compiled_clear(&c);
    }
}

static void rank_bounds_what_key_and_query_can_be(void **state)
{
    static double theta[] = {1.0, 2.0, 0.0, 2.0, 4.0, 0.0, 0.0, 0.0, 0.0}; /* rank 1 */
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "separate", NULL, 3, 5.0, 1, 2);
    compiled_make(&c, 1);
    const lsa_init low = {.scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_MATRIX, .theta_matrix = theta};
    start(&c, low);
    double gram[9];
    lsa_mat_product(false, true, 3, 3, 3, 1.0, theta, theta, 0.0, gram);
    lsa_vec_scale(9, 0.3 / lsa_vec_norm(9, gram), gram);
    check_vector_close(9, key_query(&c, 0), gram, 1e-14, 1e-15);
    c.setting.experiment.init = identity_theta;
    check_status(lsa_start(c.program, &c.setting.experiment, c.user, &c.err), LSA_ERR_UNABLE, &c.err);
    check_contains(c.err.text, "rank");
    compiled_clear(&c);
}

static void gaussian_and_perturbed_starts(void **state)
{
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "full", NULL, 20, 5.0, 1, 1);
    compiled_make(&c, 1);
    start(&c, (lsa_init){.scheme = LSA_INIT_GAUSSIAN, .scale = 0.5, .seed = 3});
    /* 441 squares of N(0, 1/4): mean 1/4, standard deviation of the mean 0.25 sqrt(2/441) = 0.017; six of those. */
    check_close(lsa_vec_dot(c.size, c.user, c.user) / (double)c.size, 0.25, 0.0, 0.1);
    double *plain = fixture_numbers(&c.setting, c.size);
    memcpy(plain, start(&c, identity_theta), (size_t)c.size * sizeof *plain);
    lsa_init perturbed = identity_theta;
    perturbed.perturb_scale = 1e-3;
    perturbed.perturb_seed = 3;
    start(&c, perturbed);
    for (ptrdiff_t i = 0; i < c.size; i++) {
        const double moved = fabs(c.user[i] - plain[i]);
        assert_true(moved > 0.0 && moved < 6e-3);
    }
    compiled_clear(&c);
}

static void values_fill_their_blocks(void **state)
{
    static const double u[] = {0.4, -0.2}, U[] = {1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0};
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "multihead", NULL, 2, 5.0, 2, 1);
    compiled_make(&c, 1);
    lsa_block_values both[] = {{.symbol = block_of(&c, "U", 0)->symbol, .values = U},
                               {.symbol = block_of(&c, "u", 0)->symbol, .values = u}};
    start(&c, (lsa_init){.scheme = LSA_INIT_VALUES, .n_values = 2, .values = both});
    check_vector_close(2, c.user, u, 0.0, 0.0);
    check_vector_close(8, c.user + 2, U, 0.0, 0.0);
    start(&c, (lsa_init){.scheme = LSA_INIT_VALUES, .n_values = 1, .values = both});
    check_close(lsa_vec_norm(2, c.user), 0.0, 0.0, 0.0);
    compiled_clear(&c);
}

static void starts_that_cannot_be_made(void **state)
{
    static double zero[4];
    static const char *const two_scalars =
        "{gaussians: {xq: {covariance: Lambda}}, parameters: {a: scalar, b: scalar, W: [d, d]}, prediction: "
        "\"(a + b) * tr(W)\", target: \"0\"}";
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "merged", NULL, 2, 5.0, 1, 1);
    compiled_make(&c, 1);
    c.setting.experiment.init =
        (lsa_init){.scheme = LSA_INIT_PAPER, .sigma = 0.3, .theta = LSA_THETA_MATRIX, .theta_matrix = zero};
    check_status(lsa_start(c.program, &c.setting.experiment, c.user, &c.err), LSA_ERR_DOMAIN, &c.err);
    compiled_clear(&c);
    compiled_init(&c, "inline", two_scalars, 2, 5.0, 1, 1);
    compiled_make(&c, 1);
    c.setting.experiment.init = identity_theta;
    check_status(lsa_start(c.program, &c.setting.experiment, c.user, &c.err), LSA_ERR_UNABLE, &c.err);
    check_contains(c.err.text, "2 scalar ones");
    compiled_clear(&c);
}

#define GAUSSIANS "gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}, "

/* Which parameters an own statement's u, U, K, Q are, by name; "-": no such block, "*": no parameter by itself. */
static void parameters_of_own_statements(void **state)
{
    static const char *const want[][2] = {
        /* U = K'K: key and query are one parameter */
        {"parameters: {a: scalar, B: [r, d]}, prediction: \"a * xq' * B' * B * xq\", layer: {u: a, U: \"B' * B\"}",
         "a * B B"},
        /* a constant, a product of two, a product of different families */
        {"parameters: {a: scalar, B: [d, d]}, prediction: \"a * xq' * B * xq\", layer: {u: \"2 * a\", U: Lambda}",
         "* * - -"},
        {"parameters: {a: scalar, B: [d, d]}, prediction: \"a * xq' * B * xq\", layer: {u: a, U: \"a' * B\"}",
         "a * - -"},
        {"parameters: {\"a[h]\": scalar, \"B[h]\": [r, d], C: [r, d]}, prediction: \"sum(h, a[h] * xq' * B[h]' * C * "
         "xq)\", layer: {u: \"a[h]\", U: \"B[h]' * C\"}",
         "a * - -"},
        /* without a layer, by shapes */
        {"parameters: {b: vector, a: scalar, V: [d, d]}, prediction: \"a * b' * V * xq\"", "a V - -"},
        {"parameters: {a: scalar, V: [d, d], W: [d, d]}, prediction: \"a * xq' * V * W * xq\"", "a * - -"},
        {"parameters: {b: vector}, prediction: \"b' * xq\"", "- - - -"}};
    (void)state;
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
        lsa_fixture s;
        char text[512], names[64] = "";
        snprintf(text, sizeof text, "{" GAUSSIANS "%s, target: \"w' * xq\"}", want[i][0]);
        fixture_init(&s, "inline", text, 3, 5.0, 1, 2);
        const lsa_layer_parameters *p = &s.experiment.statement->layer_parameters;
        const int symbols[] = {p->u, p->U, p->K, p->Q};
        for (int k = 0; k < 4; k++)
            snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", k > 0 ? " " : "",
                     symbols[k] >= 0                  ? s.experiment.statement->symbols[symbols[k]].name
                     : symbols[k] == LSA_BLOCK_ABSENT ? "-"
                                                      : "*");
        assert_string_equal(names, want[i][1]);
        fixture_clear(&s);
    }
}

/* Keys of each head beside one query for all: no start of the paper's, and no crash. */
static void a_query_that_heads_share(void **state)
{
    static const char *const text =
        "{" GAUSSIANS "parameters: {\"u[h]\": scalar, \"K[h]\": [r, d], Q: [r, d]}, prediction: \"sum(h, u[h] * sum(i, "
        "w' * x[i] * x[i]') * K[h]' * Q * xq) / rho\", target: \"w' * xq\", layer: {u: \"u[h]\", U: \"K[h]' * Q\"}}";
    lsa_compiled c;
    (void)state;
    compiled_init(&c, "inline", text, 3, 5.0, 2, 2);
    compiled_make(&c, 1);
    c.setting.experiment.init = identity_theta;
    check_status(lsa_start(c.program, &c.setting.experiment, c.user, &c.err), LSA_ERR_UNABLE, &c.err);
    check_contains(c.err.text, "product K' * Q of two");
    compiled_clear(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(paper_start_of_the_reduced_layer),
                                       cmocka_unit_test(paper_start_leaves_the_other_blocks_at_zero),
                                       cmocka_unit_test(paper_start_of_several_heads),
                                       cmocka_unit_test(paper_start_of_key_and_query),
                                       cmocka_unit_test(rank_bounds_what_key_and_query_can_be),
                                       cmocka_unit_test(gaussian_and_perturbed_starts),
                                       cmocka_unit_test(values_fill_their_blocks),
                                       cmocka_unit_test(starts_that_cannot_be_made),
                                       cmocka_unit_test(parameters_of_own_statements),
                                       cmocka_unit_test(a_query_that_heads_share)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
