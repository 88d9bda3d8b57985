/* The layer: its fast form against f(E) as written, gradients against central differences, on random weights. */
#include "prompt_law.h"
#include <stdlib.h>

typedef struct bench {
    lsa_fixture s;
    lsa_prompts *prompts;
    lsa_prompt *prompt;
    lsa_layer *layer;
    double *work;
} bench;

static void open_bench(bench *b, ptrdiff_t d, ptrdiff_t M, ptrdiff_t heads, bool masked)
{
    lsa_error err;
    fixture_init(&b->s, "full", NULL, d, (double)M, heads, 1);
    lsa_prompt_law law = law_plain(&b->s, d, M);
    law.rho = (double)M + 1.0;
    law.setting.label_noise = 0.3;
    check_status(lsa_prompts_create(&law, 11, LSA_PROMPTS_SAMPLE, &b->prompts, &err), LSA_OK, &err);
    check_status(lsa_prompt_create(b->prompts, &b->prompt, &err), LSA_OK, &err);
    check_status(lsa_layer_create(d, heads, masked, &b->layer, &err), LSA_OK, &err);
    lsa_prompt_draw(b->prompts, 5, b->prompt);
    b->work = fixture_numbers(&b->s, lsa_layer_work_size(b->layer, M) + lsa_layer_fast_work_size(b->layer, M));
}

static void close_bench(bench *b)
{
    lsa_layer_destroy(b->layer);
    lsa_prompt_destroy(b->prompt);
    lsa_prompts_destroy(b->prompts);
    fixture_clear(&b->s);
}

/* Every entry of both matrices random: entries outside the blocks must not matter to the prediction. */
static void fill_weights(bench *b, uint64_t seed)
{
    const ptrdiff_t D = lsa_layer_dim(b->layer) + 1;
    for (ptrdiff_t h = 0; h < lsa_layer_heads(b->layer); h++) {
        const double *x = fixture_normals(&b->s, 2 * D * D, seed + (uint64_t)h, 1.0);
        memcpy(lsa_layer_pv(b->layer, h), x, (size_t)(D * D) * sizeof(double));
        memcpy(lsa_layer_kq(b->layer, h), x + D * D, (size_t)(D * D) * sizeof(double));
    }
}

/* Magnitude of the terms that f(E)'s last entry adds up, so that the tolerance means rounding. */
static double scale_of(const bench *b)
{
    const ptrdiff_t D = lsa_layer_dim(b->layer) + 1;
    const double e = lsa_vec_norm(D * (b->prompt->M + 1), b->prompt->E);
    return e * e * e * (double)(D * lsa_layer_heads(b->layer));
}

static const struct {
    ptrdiff_t d, M, heads;
    bool masked;
} shapes[] = {{1, 1, 1, false}, {1, 4, 2, true}, {3, 2, 1, false}, {3, 7, 2, false}, {4, 9, 3, true}, {6, 30, 1, true}};

enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void fast_is_literal(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        bench b;
        open_bench(&b, shapes[i].d, shapes[i].M, shapes[i].heads, shapes[i].masked);
        fill_weights(&b, 100);
        const double literal = lsa_layer_predict_literal(b.layer, b.prompt, b.work);
        check_close(lsa_layer_predict(b.layer, b.prompt, b.work), literal, 1e-13, 1e-15 * scale_of(&b));
        assert_true(fabs(literal) > 1e-3); /* the comparison is not one of zeros */
        close_bench(&b);
    }
}

/* f(E) by triple loops, straight from the definition. */
static double by_hand(const bench *b)
{
    const ptrdiff_t d = lsa_layer_dim(b->layer), D = d + 1, n = b->prompt->M + 1;
    const double *E = b->prompt->E;
    double sum = E[D * n - 1];
    for (ptrdiff_t h = 0; h < lsa_layer_heads(b->layer); h++)
        for (ptrdiff_t i = 0; i < D; i++)
            for (ptrdiff_t j = 0; j < n; j++)
                for (ptrdiff_t k = 0; k < D; k++)
                    for (ptrdiff_t l = 0; l < D; l++)
                        sum += lsa_layer_pv(b->layer, h)[d + i * D] * E[i + j * D] * E[k + j * D] *
                               lsa_layer_kq(b->layer, h)[k + l * D] * E[l + (n - 1) * D] / b->prompt->rho;
    return sum;
}

static void literal_is_the_definition(void **state)
{
    (void)state;
    bench b;
    open_bench(&b, 3, 5, 2, false);
    fill_weights(&b, 3);
    check_close(lsa_layer_predict_literal(b.layer, b.prompt, b.work), by_hand(&b), 1e-13, 1e-13);
    close_bench(&b);
}

/* A mask hides exactly the query's column: the difference is (px'xq)(xq'U xq)/rho. */
static void masking(void **state)
{
    (void)state;
    bench b, m;
    open_bench(&b, 3, 5, 1, false);
    open_bench(&m, 3, 5, 1, true);
    const double *px = fixture_normals(&b.s, 3, 1, 1.0), *U = fixture_normals(&b.s, 9, 2, 1.0);
    const double *k = fixture_normals(&b.s, 3, 4, 1.0), *xq = lsa_prompt_query(b.prompt);
    double Ux[3];
    lsa_layer_set_blocks(b.layer, 0, px, 0.7, U, k);
    lsa_layer_set_blocks(m.layer, 0, px, 0.7, U, k);
    lsa_mat_vector(false, 3, 3, 1.0, U, xq, 0.0, Ux);
    const double hidden = lsa_vec_dot(3, px, xq) * lsa_vec_dot(3, xq, Ux) / b.prompt->rho;
    check_close(lsa_layer_predict(b.layer, b.prompt, b.work) - lsa_layer_predict(m.layer, m.prompt, m.work), hidden,
                1e-12, 1e-13);
    close_bench(&m);
    close_bench(&b);
}

/* Central differences of 1/2 (prediction - label)^2, a polynomial of degree 4 in the weights: with step h the error is
 * h^2/6 times a third derivative plus eps/h; h = 1e-4 leaves about 1e-8 of the scale. */
static double loss_at(const bench *b, double label)
{
    const double r = lsa_layer_predict_literal(b->layer, b->prompt, b->work) - label;
    return 0.5 * r * r;
}

static double difference_quotient(bench *b, double *weight, double label)
{
    const double h = 1e-4, old = *weight;
    *weight = old + h;
    const double up = loss_at(b, label);
    *weight = old - h;
    const double down = loss_at(b, label);
    *weight = old;
    return (up - down) / (2.0 * h);
}

static void gradient_is_the_derivative(void **state)
{
    (void)state;
    const double label = 0.4;
    for (int i = 0; i < SHAPES - 1; i++) {
        bench b;
        open_bench(&b, shapes[i].d, shapes[i].M, shapes[i].heads, shapes[i].masked);
        fill_weights(&b, 7);
        const ptrdiff_t D = shapes[i].d + 1, n = 2 * D * D * shapes[i].heads;
        double *gradient = fixture_numbers(&b.s, n), *numeric = fixture_numbers(&b.s, n);
        lsa_layer_gradient(b.layer, b.prompt, label, gradient, b.work);
        double *weight = lsa_layer_pv(b.layer, 0); /* all weights lie in a row from there */
        for (ptrdiff_t k = 0; k < n; k++)
            numeric[k] = difference_quotient(&b, weight + k, label);
        check_vector_close(n, gradient, numeric, 1e-7, 1e-9 * scale_of(&b));
        close_bench(&b);
    }
}

static void block_gradient_is_the_gradient(void **state)
{
    (void)state;
    for (int i = 0; i < SHAPES; i++) {
        bench b;
        const ptrdiff_t d = shapes[i].d, D = d + 1, heads = shapes[i].heads;
        open_bench(&b, d, shapes[i].M, heads, shapes[i].masked);
        fill_weights(&b, 9);
        double *full = fixture_numbers(&b.s, 2 * D * D * heads), *blocks = fixture_numbers(&b.s, D * D * heads);
        assert_true(lsa_layer_block_count(b.layer) == D * D * heads);
        const double literal = lsa_layer_gradient(b.layer, b.prompt, -0.2, full, b.work);
        check_close(lsa_layer_block_gradient(b.layer, b.prompt, -0.2, blocks, b.work), literal, 1e-12,
                    1e-15 * scale_of(&b));
        const double rounding = 1e-13 * lsa_vec_norm_max(2 * D * D * heads, full);
        for (ptrdiff_t h = 0; h < heads; h++) {
            const double *pv = full + 2 * h * D * D, *kq = pv + D * D, *g = blocks + h * D * D;
            for (ptrdiff_t j = 0; j < D; j++)
                check_close(g[j], pv[d + j * D], 1e-12, rounding);
            for (ptrdiff_t j = 0; j < d; j++) {
                for (ptrdiff_t k = 0; k < d; k++)
                    check_close(g[D + k + j * d], kq[k + j * D], 1e-12, rounding);
                check_close(g[D + d * d + j], kq[d + j * D], 1e-12, rounding);
            }
        }
        close_bench(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fast_is_literal),
        cmocka_unit_test(literal_is_the_definition),
        cmocka_unit_test(masking),
        cmocka_unit_test(gradient_is_the_derivative),
        cmocka_unit_test(block_gradient_is_the_gradient),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
