/* What rounding leaves open of heads that cancel, against sums written out. */
#include "base/matrix.h"
#include "flow/rounding.h"
#include "flowing.h"
#include <float.h>

enum { D = 4, RANK = 3, HEADS = 2 };

/* W and the sizes of its products, from the blocks by name. */
static void products(const lsa_flowing *f, bool keys, double *W, double *sizes)
{
    for (ptrdiff_t h = 0; h < HEADS; h++) {
        const double u = f->start[flowing_block(f, "u", h)->offset];
        for (ptrdiff_t j = 0; j < D; j++)
            for (ptrdiff_t i = 0; i < D; i++)
                for (ptrdiff_t r = 0; r < (keys ? RANK : 1); r++) {
                    double product = u;
                    if (keys)
                        product *= f->start[flowing_block(f, "K", h)->offset + r + i * RANK] *
                                   f->start[flowing_block(f, "Q", h)->offset + r + j * RANK];
                    else
                        product *= f->start[flowing_block(f, "U", h)->offset + i + j * D];
                    W[i + j * D] += product;
                    sizes[i + j * D] += fabs(product);
                }
    }
}

static double norm_of(const lsa_flowing *f, const char *name, ptrdiff_t head)
{
    const lsa_block *block = flowing_block(f, name, head);
    return lsa_vec_norm(block->rows * block->cols, f->start + block->offset);
}

/* A gradient along one block alone is hidden up to the rate times the others of its head. */
static void check_hidden(const lsa_flowing *f, const flow_rounding *rounding, bool keys)
{
    const char *const names[2][3] = {{"u", "U", NULL}, {"u", "K", "Q"}};
    const double rate = flow_rounding_eval(rounding, f->start).rate;
    for (ptrdiff_t h = 0; h < HEADS; h++)
        for (int k = 0; k < 3 && names[keys][k] != NULL; k++) {
            double gradient[HEADS * (1 + 2 * D * D)] = {0.0}, limit = rate;
            for (int other = 0; other < 3 && names[keys][other] != NULL; other++)
                limit *= other != k ? norm_of(f, names[keys][other], h) : 1.0;
            double *first = gradient + flowing_block(f, names[keys][k], h)->offset;
            *first = -0.999 * limit;
            assert_true(flow_rounding_hides_gradient(rounding, f->start, gradient));
            *first = 1.001 * limit;
            assert_false(flow_rounding_hides_gradient(rounding, f->start, gradient));
        }
}

/* Entry by entry large once, so that each has to be seen. */
static void check_statement(const char *statement, bool keys)
{
    const double spectrum[D] = {1.0, 0.7, 0.4, 0.2};
    lsa_flowing f;
    flow_rounding *rounding = NULL;
    flowing_init(&f, statement, D, 9.0, HEADS, RANK);
    f.setting.experiment.training.covariance = fixture_diagonal(&f.setting, D, spectrum);
    flowing_make(&f);
    flowing_start_gaussian(&f, 1.0, 3);
    const lsa_form *form = lsa_program_product_form(f.program);
    assert_true(flow_rounding_applies(form));
    check_status(flow_rounding_create(f.program, &rounding, NULL), LSA_OK, NULL);
    const ptrdiff_t n = lsa_program_size(f.program);
    check_hidden(&f, rounding, keys);
    for (ptrdiff_t large = 0; large < n; large++) {
        double W[D * D] = {0.0}, sizes[D * D] = {0.0}, size = 0.0, sum = 0.0, loss = 0.0, square = 0.0;
        f.start[large] *= 1e4;
        products(&f, keys, W, sizes);
        const flow_unknown got = flow_rounding_eval(rounding, f.start);
        for (ptrdiff_t j = 0; j < D; j++)
            for (ptrdiff_t i = 0; i < D; i++) {
                const double H = lsa_form_rate(form, i, j), e = fabs(W[i + j * D] - lsa_form_limit(form, i, j));
                const double delta = DBL_EPSILON * sizes[i + j * D];
                size = fmax(size, sizes[i + j * D]);
                sum = fmax(sum, fabs(W[i + j * D]));
                loss += H * (e * delta + 0.5 * delta * delta);
                square += pow(H * (delta + DBL_EPSILON * e), 2.0);
            }
        check_close(got.size, size, 1e-14, 0.0);
        check_close(got.sum, sum, 1e-13, 0.0);
        check_close(got.known, DBL_EPSILON * size, 1e-14, 0.0);
        check_close(got.loss, loss, 1e-12, 0.0);
        check_close(got.rate, sqrt(square), 1e-12, 0.0);
        f.start[large] /= 1e4;
    }
    flow_rounding_destroy(rounding);
    flowing_clear(&f);
}

static void sums_written_out(void **state)
{
    (void)state;
    check_statement("multihead", false);
    check_statement("multihead-separate", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_written_out)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
