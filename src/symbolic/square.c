/* square.c - half a square, pruned by parity. */
#include "symbolic/square.h"
#include "base/try.h"
#include <stdlib.h>

/* Adds the parity of `exponent` factors of symbol `id` to a mask with one bit per Gaussian. */
static uint64_t flip(const lsa_algebra *algebra, const int *bit, int id, int exponent, uint64_t mask)
{
    const bool odd = algebra->symbols[id].kind == LSA_SYMBOL_GAUSSIAN && exponent % 2 != 0;
    return odd ? mask ^ (UINT64_C(1) << bit[id]) : mask;
}

/* The Gaussians of odd degree in a term. Beyond 64 Gaussians several share a bit, which only prunes less. */
static uint64_t parity_of(const lsa_algebra *algebra, const int *bit, const lsa_monomial *m)
{
    uint64_t mask = 0;
    for (int k = 0; k < m->n_letters; k++)
        mask = flip(algebra, bit, lsa_code_symbol(m->letters[k]), 1, mask);
    for (int k = 0; k < m->n_powers; k++)
        mask = flip(algebra, bit, lsa_code_symbol(m->powers[k].code), m->powers[k].exponent, mask);
    return mask;
}

/* A bit for each Gaussian. */
static int *number_gaussians(const lsa_algebra *algebra)
{
    int n = 0;
    int *bit = calloc((size_t)algebra->n_symbols, sizeof *bit);
    for (int id = 0; bit != NULL && id < algebra->n_symbols; id++)
        if (algebra->symbols[id].kind == LSA_SYMBOL_GAUSSIAN)
            bit[id] = n++ % 64;
    return bit;
}

/* Adds 1/2 (term i)^2, or (term i)(term j) for i != j. */
static lsa_status add_product(lsa_collector *sum, const lsa_poly *f, ptrdiff_t i, ptrdiff_t j, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_monomial a, b, product;
    lsa_rational c;
    lsa_rational_init(&c);
    lsa_rational_set_si(&c, 1, i == j ? 2 : 1);
    lsa_rational_mul(&c, &c, &f->items[i].coefficient);
    lsa_rational_mul(&c, &c, &f->items[j].coefficient);
    lsa_poly_monomial(f, i, &a);
    lsa_poly_monomial(f, j, &b);
    lsa_monomial_multiply(sum->algebra, &a, &b, &product);
    status = lsa_collector_add(sum, &product, &c, err);
    lsa_rational_clear(&c);
    return status;
}

/* Adds the products whose parities agree. */
static lsa_status add_products(lsa_collector *sum, const lsa_poly *f, const uint64_t *parity, lsa_square_count *count,
                               lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (ptrdiff_t i = 0; i < f->n; i++) {
        LSA_TRY(lsa_algebra_spend(sum->algebra, f->n - i, err)); /* those that are left out are looked at too */
        for (ptrdiff_t j = i; j < f->n; j++) {
            if (parity[i] != parity[j]) {
                count->dropped++;
                continue;
            }
            count->products++;
            LSA_TRY(add_product(sum, f, i, j, err));
        }
    }
done:
    return status;
}

lsa_status lsa_half_square(lsa_algebra *algebra, const lsa_poly *f, lsa_square_count *count, const lsa_poly **out,
                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum = {.algebra = NULL};
    lsa_monomial m;
    int *bit = number_gaussians(algebra);
    uint64_t *parity = malloc((size_t)(f->n + 1) * sizeof *parity);
    LSA_TRY_MEMORY(bit, "the parities");
    LSA_TRY_MEMORY(parity, "the parities");
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        parity[k] = parity_of(algebra, bit, &m);
    }
    *count = (lsa_square_count){0, 0};
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    LSA_TRY(add_products(&sum, f, parity, count, err));
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, LSA_DIM_ONE, LSA_DIM_ONE, out, err));
done:
    lsa_collector_clear(&sum);
    free(parity);
    free(bit);
    return status;
}
