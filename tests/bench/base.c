/* What numeric loops pay for base: normals by the number drawn at once, products and eigendecompositions by order. */
#include "base/matrix.h"
#include "base/rng.h"
#include "bench.h"

#include <stdlib.h>

typedef struct bench_base {
    ptrdiff_t n;
    double *A, *B, *C;
} bench_base;

static void normals(void *context)
{
    bench_base *b = context;
    lsa_rng rng = lsa_rng_at(1, LSA_RNG_PROMPT, 0);
    lsa_rng_normals(&rng, b->n, b->C);
}

static void product(void *context)
{
    bench_base *b = context;
    lsa_mat_product(false, true, b->n, b->n, b->n, 1.0, b->A, b->B, 0.0, b->C);
}

static void eigen(void *context)
{
    bench_base *b = context;
    lsa_mat_eigen(b->n, b->A, b->B, b->C, NULL);
}

int main(int argc, char **argv)
{
    (void)argv;
    const double seconds = lsa_bench_seconds(argc);
    const ptrdiff_t largest = argc > 1 ? 256 : 32;
    bench_base b = {.A = lsa_vec_create(largest * largest),
                    .B = lsa_vec_create(largest * largest),
                    .C = lsa_vec_create(largest * largest)};
    const int ready = b.A != NULL && b.B != NULL && b.C != NULL;
    if (ready) {
        lsa_rng rng = lsa_rng_at(2, LSA_RNG_PROBE, 0);
        lsa_rng_normals(&rng, largest * largest, b.A);
        lsa_rng_normals(&rng, largest * largest, b.B);
        lsa_bench_head();
    }
    for (b.n = 4; ready && b.n <= largest; b.n *= 4) {
        lsa_bench("normals", b.n, seconds, normals, &b);
        lsa_bench("product", b.n, seconds, product, &b);
        lsa_bench("eigen", b.n, seconds, eigen, &b);
    }
    free(b.A);
    free(b.B);
    free(b.C);
    return !ready;
}
