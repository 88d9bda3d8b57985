/* form.c - the form (H, B), read off the numbers of the derived loss, and its least value. */
#include "compile/form.h"

#include "base/try.h"
#include "compile/unit.h"

/* What a product of the loss is in the form. */
typedef enum part { PART_NONE, PART_CONSTANT, PART_LINEAR, PART_QUADRATIC, PART_DIAGONAL } part;

typedef struct reading {
    lsa_unit unit;
    ptrdiff_t d;
    ptrdiff_t n_products;
    bool full_B, diagonal, partial;
} reading;

static const lsa_shared_chain *chain_of(const reading *r, const lsa_shared_product *product)
{
    return &r->unit.sharing->chains[product->scalars[0]];
}

/* tr(W D), or tr(W C) with a full constant C. */
static bool is_linear(const reading *r, const lsa_shared_chain *ring)
{
    bool turned = false;
    const int start = lsa_unit_in_ring(&r->unit, ring, &turned), n = r->unit.length;
    if (start < 0 || ring->n == n)
        return start >= 0;
    const int other = (start + n) % ring->n;
    return ring->n == n + 1 && r->unit.sharing->lowering->nodes[ring->factors[other] / 2].kind == LSA_NODE_CONSTANT;
}

/* tr(W D W' D'): the second half of the ring is the transpose of the first. */
static bool is_quadratic(const reading *r, const lsa_shared_chain *ring)
{
    bool turned = false, other = false;
    const int n = r->unit.length, start = lsa_unit_in_ring(&r->unit, ring, &turned);
    if (start < 0 || ring->n != 2 * n)
        return false;
    lsa_shared_chain rest = {.n = n};
    int factors[2], diagonals[2];
    for (int k = 0; k < n; k++) {
        factors[k] = ring->factors[(start + n + k) % ring->n];
        diagonals[k] = ring->diagonals[(start + n + k) % ring->n];
    }
    rest.factors = factors;
    rest.diagonals = diagonals;
    return lsa_unit_in_ring(&r->unit, &rest, &other) == 0 && other != turned;
}

static part part_of(const reading *r, const lsa_shared_product *product)
{
    if (product->n_powers == 0 && product->n_scalars == 0)
        return PART_CONSTANT;
    if (product->n_scalars != 1)
        return PART_NONE;
    const lsa_shared_chain *chain = chain_of(r, product);
    if (lsa_unit_has_degree(&r->unit, product, 2)) {
        if (lsa_unit_is_diagonal_square(&r->unit, chain))
            return PART_DIAGONAL;
        if (chain->role == LSA_CHAIN_RING && is_quadratic(r, chain))
            return PART_QUADRATIC;
    }
    const bool linear = lsa_unit_has_degree(&r->unit, product, 1) && chain->role == LSA_CHAIN_RING;
    return linear && is_linear(r, chain) ? PART_LINEAR : PART_NONE;
}

/* Counts the parts; false when some product has no place in the form, though it is made of W's blocks alone. */
static bool survey(reading *r, const lsa_shared_sum *loss)
{
    for (int k = 0; k < loss->n; k++) {
        const part p = part_of(r, &loss->products[k]);
        if (p == PART_NONE) {
            if (!lsa_unit_leaves_out(&r->unit, &loss->products[k]))
                return false;
            r->partial = true;
        }
        r->n_products += p == PART_QUADRATIC;
        r->diagonal = r->diagonal || p == PART_DIAGONAL;
        r->full_B = r->full_B || (p == PART_LINEAR && chain_of(r, &loss->products[k])->n > r->unit.length);
    }
    return r->n_products > 0;
}

static double diagonal_entry(const reading *r, int diagonal, ptrdiff_t i)
{
    return diagonal == LSA_DIAGONAL_NONE ? 1.0 : r->unit.sharing->constants->diagonals[diagonal][i];
}

/* c tr(W D W' E): H_ij gains 2 c E_i D_j. D follows W, or, read from W' on, closes the ring. */
static void read_quadratic(const reading *r, const lsa_shared_product *product, double *left, double *right)
{
    const lsa_shared_chain *ring = chain_of(r, product);
    bool turned = false;
    const int n = r->unit.length, start = lsa_unit_in_ring(&r->unit, ring, &turned);
    const int after = ring->diagonals[(start + n - 1) % ring->n],
              before = ring->diagonals[(start + 2 * n - 1) % ring->n];
    for (ptrdiff_t i = 0; i < r->d; i++) {
        left[i] = 2.0 * product->coefficient * diagonal_entry(r, turned ? after : before, i);
        right[i] = diagonal_entry(r, turned ? before : after, i);
    }
}

/* c diag(W)' D diag(W): H_ii gains 2 c D_i. */
static void read_diagonal(const reading *r, const lsa_shared_product *product, double *diagonal)
{
    const lsa_shared_chain *chain = chain_of(r, product);
    for (ptrdiff_t i = 0; i < r->d; i++)
        diagonal[i] += 2.0 * product->coefficient * diagonal_entry(r, chain->diagonals[1], i);
}

/* c tr(W D) or c tr(W C): B loses c D or c C'. B is d numbers where every linear part is diagonal. */
static void read_linear(const reading *r, const lsa_shared_product *product, double *B)
{
    const lsa_shared_chain *ring = chain_of(r, product);
    const ptrdiff_t d = r->d;
    bool turned = false;
    const int n = r->unit.length, start = lsa_unit_in_ring(&r->unit, ring, &turned);
    if (ring->n == n) {
        const int D = ring->diagonals[(start + n - 1) % n];
        for (ptrdiff_t i = 0; i < d; i++)
            B[r->full_B ? i + i * d : i] -= product->coefficient * diagonal_entry(r, D, i);
        return;
    }
    const int constant = ring->factors[(start + n) % ring->n];
    const double *C = r->unit.sharing->lowering->nodes[constant / 2].value.data;
    /* tr(W t(C)) = sum_ij W_ij t(C)_ji, and the other way about when W stands transposed. */
    const bool plain = (constant % 2 != 0) != turned;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            B[i + j * d] -= product->coefficient * (plain ? C[i + j * d] : C[j + i * d]);
}

double lsa_form_rate(const lsa_form *form, ptrdiff_t i, ptrdiff_t j)
{
    double h = 0.0;
    if (i == j && form->diagonal != NULL)
        return form->diagonal[i];
    for (ptrdiff_t t = 0; t < form->n_products; t++)
        h += form->left[t * form->d + i] * form->right[t * form->d + j];
    return h;
}

double lsa_form_limit(const lsa_form *form, ptrdiff_t i, ptrdiff_t j)
{
    const double B = form->B_diagonal ? (i == j ? form->B[i] : 0.0) : form->B[i + j * form->d];
    const double H = lsa_form_rate(form, i, j);
    return H > 0.0 ? B / H : 0.0;
}

/* constant - 1/2 sum B_ij^2 / H_ij. A mode with H_ij = 0 has B_ij = 0, since the loss is a mean of squares and bounded
 * below; what rounding left there is cleared. */
double lsa_form_least_value(const lsa_form *form, double *B)
{
    double reduction = 0.0;
    for (ptrdiff_t j = 0; j < form->d; j++) {
        double column = 0.0;
        for (ptrdiff_t i = form->B_diagonal ? j : 0; i < (form->B_diagonal ? j + 1 : form->d); i++) {
            double *b = form->B_diagonal ? &B[i] : &B[i + j * form->d];
            const double h = lsa_form_rate(form, i, j);
            if (h > 0.0)
                column += *b * *b / h;
            else
                *b = 0.0;
        }
        reduction += column;
    }
    return form->constant - 0.5 * reduction;
}

/* The arrays of the form, empty. */
static lsa_status create(const reading *r, lsa_arena *kept, lsa_form *out, double **left, double **right, double **B,
                         double **diagonal, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t d = (size_t)r->d, n = (size_t)r->n_products;
    *left = lsa_arena_alloc(kept, n, d * sizeof **left);
    *right = lsa_arena_alloc(kept, n, d * sizeof **right);
    *B = lsa_arena_alloc(kept, d, (r->full_B ? d : 1) * sizeof **B);
    *diagonal = lsa_arena_alloc(kept, d, sizeof **diagonal);
    LSA_TRY_MEMORY(*left, "the form of the loss");
    LSA_TRY_MEMORY(*right, "the form of the loss");
    LSA_TRY_MEMORY(*B, "the form of the loss");
    LSA_TRY_MEMORY(*diagonal, "the form of the loss");
    *out = (lsa_form){.d = r->d,
                      .u = r->unit.heads[0].u,
                      .U = r->unit.heads[0].U,
                      .n_products = r->n_products,
                      .left = *left,
                      .right = *right,
                      .B_diagonal = !r->full_B,
                      .B = *B,
                      .n_heads = r->unit.n_heads,
                      .heads = r->unit.heads,
                      .partial = r->partial};
done:
    return status;
}

lsa_status lsa_form_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept, lsa_form *out,
                              bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    reading r = {.d = lsa_bound_size(sharing->lowering->bound, LSA_DIM_D)};
    ptrdiff_t t = 0;
    double *left = NULL, *right = NULL, *B = NULL, *diagonal = NULL;
    LSA_TRY(lsa_unit_find(sharing, loss, kept, &r.unit, found, err));
    *found = *found && survey(&r, loss);
    if (!*found)
        goto done;
    LSA_TRY(create(&r, kept, out, &left, &right, &B, &diagonal, err));
    for (int k = 0; k < loss->n; k++) {
        const lsa_shared_product *product = &loss->products[k];
        switch (part_of(&r, product)) {
        case PART_NONE:
            break;
        case PART_CONSTANT:
            out->constant += product->coefficient;
            break;
        case PART_LINEAR:
            read_linear(&r, product, B);
            break;
        case PART_DIAGONAL:
            read_diagonal(&r, product, diagonal);
            break;
        case PART_QUADRATIC:
            read_quadratic(&r, product, left + t * r.d, right + t * r.d);
            t++;
            break;
        }
    }
    for (ptrdiff_t i = 0; r.diagonal && i < r.d; i++)
        diagonal[i] += lsa_form_rate(out, i, i); /* of the products alone: out->diagonal is not set yet */
    out->diagonal = r.diagonal ? diagonal : NULL;
    out->minimum = lsa_form_least_value(out, B);
done:
    return status;
}
