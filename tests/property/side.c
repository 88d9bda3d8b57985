/* Prompts side by side are the prompts one by one: the layer as it is written, run on prompt number i, and the batch
 * that never forms a context give the same prediction, target and noise, up to rounding. */
#include "empirical/side.h"
#include "base/matrix.h"
#include "empirical/prompt.h"
#include "prompt_law.h"
#include <stdlib.h>

static const double Lambda[] = {2.0, 0.3, 0.1, 0.3, 1.0, -0.2, 0.1, -0.2, 0.5};
static const double Query[] = {1.0, -0.4, 0.0, -0.4, 0.7, 0.1, 0.0, 0.1, 1.5};
static const double Omega[] = {1.0, 0.2, -0.3, 0.2, 2.0, 0.0, -0.3, 0.0, 0.4};
static const double singular[] = {1.0, 0.0, 2.0}, fixed[] = {0.5, -1.0, 2.0};

/* Random blocks for every head; px, k only where asked. */
static lsa_layer *random_layer(lsa_fixture *s, ptrdiff_t d, ptrdiff_t heads, bool masked, bool px, bool k)
{
    lsa_error err;
    lsa_layer *layer;
    check_status(lsa_layer_create(d, heads, masked, &layer, &err), LSA_OK, &err);
    for (ptrdiff_t h = 0; h < heads; h++) {
        const double *x = fixture_normals(s, d * d + 2 * d, (uint64_t)(10 + h), 0.7);
        lsa_layer_set_blocks(layer, h, px ? x : NULL, 0.8 - 0.3 * (double)h, x + 2 * d, k ? x + d : NULL);
    }
    return layer;
}

/* Two batches against the reference. 1e-12: some hundred products and sums of numbers of size 1, amplified by at most
 * the size of the prediction. */
static void check_law(const lsa_prompt_law *law, const lsa_layer *layer)
{
    lsa_error err;
    lsa_prompts *prompts;
    lsa_prompt *prompt;
    lsa_rotated rotated;
    lsa_side side;
    lsa_side_result r;
    check_status(lsa_prompts_create(law, 5, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(prompts, &prompt, &err), LSA_OK, &err);
    check_status(lsa_rotated_init(&rotated, prompts, layer, &err), LSA_OK, &err);
    check_status(lsa_side_init(&side, &rotated, prompts, false, &err), LSA_OK, &err);
    double *work = lsa_vec_create(lsa_layer_work_size(layer, law->M));
    for (uint64_t first = 0; first < 2 * LSA_RNG_SIDE; first += LSA_RNG_SIDE) {
        lsa_side_direct(&side, first, &r);
        for (uint64_t l = 0; l < LSA_RNG_SIDE; l++) {
            lsa_prompt_draw(prompts, first + l, prompt);
            const double exact = lsa_layer_predict_literal(layer, prompt, work);
            check_close(r.prediction[l], exact, 1e-12, 1e-12);
            check_close(r.target[l], prompt->target, 1e-13, 1e-13);
            check_close(r.query_noise[l], prompt->query_noise, 1e-15, 0.0);
        }
    }
    free(work);
    lsa_side_clear(&side);
    lsa_rotated_clear(&rotated);
    lsa_prompt_destroy(prompt);
    lsa_prompts_destroy(prompts);
}

static void layers(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    for (int kind = 0; kind < 16; kind++) {
        lsa_prompt_law law = law_plain(&s, 3, 7);
        law_covariates(&law, fixture_matrix(&s, 3, Lambda));
        law_query(&law, fixture_matrix(&s, 3, Query));
        law.setting.task_covariance = fixture_matrix(&s, 3, Omega);
        law.setting.label_noise = 0.3;
        law.setting.query_noise = true;
        law.rho = kind & 8 ? 8.0 : 7.0;
        lsa_layer *layer = random_layer(&s, 3, kind & 8 ? 3 : 1, kind & 1, kind & 2, kind & 4);
        check_law(&law, layer);
        lsa_layer_destroy(layer);
    }
    fixture_clear(&s);
}

/* Vectors that there is no room for are an error, not memory of somebody else's. */
static void room_for_vectors(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_prompts *prompts;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    const lsa_prompt_law law = law_plain(&s, 3, 7);
    check_status(lsa_prompts_create(&law, 5, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    for (int px = 0; px < 2; px++) {
        lsa_rotated rotated;
        lsa_side side;
        lsa_layer *layer = random_layer(&s, 3, 2, false, px, true);
        check_status(lsa_rotated_init(&rotated, prompts, layer, &err), LSA_OK, &err);
        assert_int_equal(rotated.n_vectors, px ? 5 : 3);
        check_status(lsa_side_init(&side, &rotated, prompts, true, &err), LSA_OK, &err);
        lsa_side_clear(&side);
        rotated.n_vectors--;
        check_status(lsa_side_init(&side, &rotated, prompts, true, &err), LSA_ERR_SHAPE, &err);
        lsa_side_clear(&side);
        rotated.n_vectors++;
        rotated.head[0].vector = 0; /* the task's */
        check_status(lsa_side_init(&side, &rotated, prompts, true, &err), LSA_ERR_SHAPE, &err);
        lsa_side_clear(&side);
        lsa_rotated_clear(&rotated);
        lsa_layer_destroy(layer);
    }
    lsa_prompts_destroy(prompts);
    fixture_clear(&s);
}

static void laws(void **state)
{
    (void)state;
    lsa_fixture s;
    fixture_init(&s, "full", NULL, 3, 5, 1, 1);
    lsa_layer *layer = random_layer(&s, 3, 2, false, true, true);
    lsa_prompt_law law = law_plain(&s, 3, 11);
    check_law(&law, layer);
    law_covariates(&law, fixture_diagonal(&s, 3, singular));
    check_law(&law, layer);
    law_fixed(&law, fixed);
    check_law(&law, layer);
    law_covariates(&law, fixture_matrix(&s, 3, Lambda)); /* the task is drawn in its basis */
    law.setting.task = LSA_TASK_GAUSSIAN;
    check_law(&law, layer);
    law_sphere(&law, 1.7);
    check_law(&law, layer);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

/* Every remainder of a block of four and of a tile. */
static void sizes(void **state)
{
    (void)state;
    const ptrdiff_t dims[] = {1, 2, 3, 4, 5, 7, 8, 33, 130};
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++) {
        lsa_fixture s;
        const ptrdiff_t d = dims[i];
        fixture_init(&s, "full", NULL, d, 5, 1, 1);
        lsa_layer *layer = random_layer(&s, d, 1, false, true, true);
        lsa_vec_scale((d + 1) * (d + 1), 1.0 / (double)d, lsa_layer_kq(layer, 0));
        for (ptrdiff_t M = 0; M <= 70; M = M < 5 ? M + 1 : 3 * M) {
            lsa_prompt_law law = law_plain(&s, d, M);
            law.setting.label_noise = 0.1;
            check_law(&law, layer);
        }
        lsa_layer_destroy(layer);
        fixture_clear(&s);
    }
}

/* A layer that is diagonal beside a rotated covariance needs no matrix: u Gamma^-1 commutes with Lambda. */
static void commuting_parameters_are_diagonal(void **state)
{
    (void)state;
    lsa_fixture s;
    lsa_error err;
    lsa_layer *layer;
    lsa_prompts *prompts;
    lsa_rotated rotated;
    double Gamma[9], U[9];
    fixture_init(&s, "merged", NULL, 3, 5, 1, 1);
    lsa_prompt_law law = law_plain(&s, 3, 5);
    law_covariates(&law, fixture_matrix(&s, 3, Lambda));
    for (int k = 0; k < 9; k++)
        Gamma[k] = 1.2 * Lambda[k] + (k % 4 == 0 ? 0.7 : 0.0);
    lsa_mat_identity(3, U);
    check_status(lsa_mat_solve_spd(3, 3, Gamma, U, U, &err), LSA_OK, &err);
    check_status(lsa_layer_create(3, 1, false, &layer, &err), LSA_OK, &err);
    lsa_layer_set_blocks(layer, 0, NULL, 1.0, U, NULL);
    check_status(lsa_prompts_create(&law, 5, LSA_PROMPTS_SAMPLE, &prompts, &err), LSA_OK, &err);
    check_status(lsa_rotated_init(&rotated, prompts, layer, &err), LSA_OK, &err);
    assert_non_null(rotated.head[0].context.diagonal);
    assert_non_null(rotated.task_context.diagonal);
    assert_non_null(rotated.task_query.diagonal);
    lsa_rotated_clear(&rotated);
    lsa_prompts_destroy(prompts);
    lsa_layer_destroy(layer);
    fixture_clear(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(layers), cmocka_unit_test(laws), cmocka_unit_test(sizes),
                                       cmocka_unit_test(commuting_parameters_are_diagonal),
                                       cmocka_unit_test(room_for_vectors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
