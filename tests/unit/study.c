/* A study's numbers in the user's basis: against the form worked by hand, against differences, and what it refuses. */
#include "lsaflow/study.h"
#include "check.h"
#include "lsaflow/test_error.h"
#include "model_text.h"

#include <math.h>
#include <string.h>

/* d = 1, N = 2, Lambda = Omega = 1, no noise: L = 1/2 E (u U s - 1)^2 with s = (1/N) sum x_i^2, E s = 1, E s^2 = 1 + 2/N = 2:
 *     L = 1/2 (2 (uU)^2 - 2 uU + 1). */
static const char scalar[] = "statement: merged\n"
                             "data: {context: 2, covariance: identity, dimension: 1}\n"
                             "tests: [{name: same}, {name: long, context: .inf}]\n";

static const char rotated[] = "statement: full\n"
                              "data: {context: 6, label_noise: 0.1, covariance: {spectrum: [2, 1, 0.3], rotation: 5},\n"
                              "       task_covariance: {spectrum: [1, 0.5, 2], rotation: 6}}\n";

static lsa_study *study_of(const lsa_model *model, bool gradient_only)
{
    const lsa_study_options options = {.gradient_only = gradient_only, .threads = 1};
    lsa_error err = {0};
    lsa_study *study = NULL;
    check_status(lsa_study_create(lsa_model_experiment(model, 0), &options, &study, &err), LSA_OK, &err);
    return study;
}

static void by_hand(void **state)
{
    (void)state;
    const double theta[] = {0.5, 3.0}, v[] = {1.0, 0.0};
    double loss = NAN, gradient[2], out[2], error = NAN, minimum = NAN;
    lsa_error err = {0};
    lsa_model *model = model_of(scalar);
    lsa_study *study = study_of(model, false);
    ptrdiff_t size = 0, count = 0;
    const lsa_block *blocks = NULL;
    check_status(lsa_study_size(study, &size, &err), LSA_OK, &err);
    check_status(lsa_study_blocks(study, &blocks, &count, &err), LSA_OK, &err);
    assert_int_equal(size, 2);
    assert_int_equal(count, 2);
    assert_string_equal(blocks[1].name, "U");
    assert_int_equal(blocks[1].offset, 1);
    check_status(lsa_study_loss(study, theta, &loss, &err), LSA_OK, &err);
    check_close(loss, 0.5 * (2 * 2.25 - 3.0 + 1.0), 1e-14, 0);
    check_status(lsa_study_gradient(study, theta, gradient, &err), LSA_OK, &err);
    check_close(gradient[0], 3.0 * (2 * 1.5 - 1), 1e-14, 0);
    check_close(gradient[1], 0.5 * (2 * 1.5 - 1), 1e-14, 0);
    check_status(lsa_study_hessian(study, theta, v, out, &err), LSA_OK, &err);
    check_close(out[0], 2 * 9.0, 1e-14, 0);             /* d2L/du2 = 2 U^2      */
    check_close(out[1], 4 * 0.5 * 3.0 - 1.0, 1e-14, 0); /* d2L/dudU = 4 u U - 1 */
    check_status(lsa_study_minimum_loss(study, &minimum, &err), LSA_OK, &err);
    check_close(minimum, 0.25, 1e-14, 0);
    assert_int_equal(lsa_study_test_count(study), 2);
    check_status(lsa_study_test_error(study, lsa_study_test(study, 0), theta, &error, &err), LSA_OK, &err);
    check_close(error, 2 * loss, 1e-14, 0);
    check_status(lsa_study_test_error(study, lsa_study_test(study, 1), theta, &error, &err), LSA_OK, &err);
    check_close(error, 0.25, 1e-14, 0); /* (uU - 1)^2 */
    assert_null(lsa_study_test(study, 2));
    assert_null(lsa_study_test(study, -1));
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

/* The Hessian times a direction against central differences of the gradient, and the gradient against those of the loss. */
static void derivatives(void **state)
{
    (void)state;
    lsa_error err = {0};
    lsa_model *model = model_of(rotated);
    lsa_study *study = study_of(model, false);
    double theta[16], v[16], shifted[16], plus[16], minus[16], got[16], loss[2], slope = 0.0;
    ptrdiff_t size = 0;
    check_status(lsa_study_size(study, &size, &err), LSA_OK, &err);
    assert_int_equal(size, 16);
    for (int i = 0; i < 16; i++) {
        theta[i] = 0.3 + 0.1 * sin(1.0 + i);
        v[i] = cos(2.0 * i);
    }
    const double h = 1e-5;
    for (int i = 0; i < 16; i++)
        shifted[i] = theta[i] + h * v[i];
    check_status(lsa_study_loss(study, shifted, &loss[0], &err), LSA_OK, &err);
    check_status(lsa_study_gradient(study, shifted, plus, &err), LSA_OK, &err);
    for (int i = 0; i < 16; i++)
        shifted[i] = theta[i] - h * v[i];
    check_status(lsa_study_loss(study, shifted, &loss[1], &err), LSA_OK, &err);
    check_status(lsa_study_gradient(study, shifted, minus, &err), LSA_OK, &err);
    for (int i = 0; i < 16; i++)
        plus[i] = (plus[i] - minus[i]) / (2 * h);
    check_status(lsa_study_hessian(study, theta, v, got, &err), LSA_OK, &err);
    check_vector_close(16, got, plus, 1e-7, 0);
    check_status(lsa_study_gradient(study, theta, got, &err), LSA_OK, &err);
    for (int i = 0; i < 16; i++)
        slope += got[i] * v[i];
    check_close(slope, (loss[0] - loss[1]) / (2 * h), 1e-7, 0);
    memcpy(shifted, theta, sizeof theta); /* results may take the place of what they are made from */
    check_status(lsa_study_gradient(study, shifted, shifted, &err), LSA_OK, &err);
    assert_memory_equal(shifted, got, sizeof got);
    check_status(lsa_study_hessian(study, theta, v, got, &err), LSA_OK, &err);
    check_status(lsa_study_hessian(study, theta, v, v, &err), LSA_OK, &err);
    assert_memory_equal(v, got, sizeof got);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void formulas(void **state)
{
    (void)state;
    lsa_error err = {0};
    lsa_model *model = model_of(scalar);
    lsa_study *study = study_of(model, true);
    char *text = NULL;
    check_status(lsa_study_formula(study, NULL, LSA_FORMAT_TEXT, &text, &err), LSA_OK, &err);
    check_contains(text, "tr(Lambda)");
    lsa_string_free(text);
    text = NULL;
    check_status(lsa_study_formula(study, "U", LSA_FORMAT_LATEX, &text, &err), LSA_OK, &err);
    check_contains(text, "\\Lambda");
    lsa_string_free(text);
    text = NULL;
    check_status(lsa_study_formula(study, "V", LSA_FORMAT_TEXT, &text, &err), LSA_ERR_INPUT, &err);
    check_contains(err.text, "statement merged has no parameter 'V'");
    assert_null(text);
    lsa_string_free(NULL);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

static void gradient_only(void **state)
{
    (void)state;
    const double theta[] = {0.5, 3.0};
    double out[2];
    const lsa_trajectory *trajectory = NULL;
    lsa_error err = {0};
    lsa_model *model = model_of(scalar);
    lsa_study *study = study_of(model, true);
    check_status(lsa_study_hessian(study, theta, theta, out, &err), LSA_ERR_UNABLE, &err);
    check_contains(err.text, "no Hessian");
    check_status(lsa_study_trajectory(study, &trajectory, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_gradient(study, theta, out, &err), LSA_OK, &err);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

/* Sampled errors meet the exact ones within their interval. */
static void samples(void **state)
{
    (void)state;
    const double theta[] = {0.5, 1.8};
    double exact = NAN;
    lsa_sample_result result;
    lsa_error err = {0};
    lsa_model *model = model_of("statement: merged\ndata: {context: 20, covariance: identity, dimension: 1}\n"
                                "tests: [{name: same}]\nmonte_carlo: {prompts: 20000, relative_error: 0.2}\n");
    lsa_study *study = study_of(model, false);
    const lsa_setting *test = lsa_study_test(study, 0);
    check_status(lsa_study_test_error(study, test, theta, &exact, &err), LSA_OK, &err);
    check_status(lsa_study_sample(study, test, theta, &result, &err), LSA_OK, &err);
    check_close(result.error.mean, exact, 0, result.error.half_width);
    check_at_most(result.error.half_width, 0.25 * exact);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

/* What cannot be derived is told by every number that needs it. */
static void unable(void **state)
{
    (void)state;
    double x[2] = {1.0, 1.0}, loss;
    ptrdiff_t size;
    const lsa_block *blocks;
    char *text = NULL;
    lsa_error err = {0};
    lsa_model *model =
        model_of("statement:\n"
                 "  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: "
                 "Omega}}\n"
                 "  parameters: {u: scalar}\n"
                 "  prediction: \"u * sum(i, (w' * x[i])^12 * x[i]') * xq\"\n"
                 "  target: \"w' * xq\"\n"
                 "data: {context: 3, covariance: identity, dimension: 2}\n");
    lsa_study *study = study_of(model, false);
    check_status(lsa_study_loss(study, x, &loss, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_gradient(study, x, x, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_hessian(study, x, x, x, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_size(study, &size, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_blocks(study, &blocks, &size, &err), LSA_ERR_UNABLE, &err);
    check_status(lsa_study_formula(study, NULL, LSA_FORMAT_TEXT, &text, &err), LSA_ERR_UNABLE, &err);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(by_hand),  cmocka_unit_test(derivatives),
                                       cmocka_unit_test(formulas), cmocka_unit_test(gradient_only),
                                       cmocka_unit_test(samples),  cmocka_unit_test(unable)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
