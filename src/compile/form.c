/* form.c - the form (H, B), read off the numbers of the derived loss, and its least value. */
#include "compile/form.h"

#include "base/try.h"

#include <string.h>

/* What a product of the loss is in the form. */
typedef enum part { PART_NONE, PART_CONSTANT, PART_LINEAR, PART_QUADRATIC, PART_DIAGONAL } part;

typedef struct reading {
    const lsa_sharing *sharing;
    int u, U; /* nodes, -1 before they are met */
    ptrdiff_t d;
} reading;

/* Whether the node is the one that plays a role; the first one met takes it. */
static bool is_role(int *role, int node)
{
    if (*role < 0)
        *role = node;
    return *role == node;
}

static bool is_scalar_parameter(const reading *r, int node)
{
    const lsa_node *n = &r->sharing->lowering->nodes[node];
    return n->kind == LSA_NODE_PARAMETER && n->rows == LSA_DIM_ONE && n->cols == LSA_DIM_ONE;
}

static bool is_matrix_parameter(const reading *r, int node)
{
    const lsa_node *n = &r->sharing->lowering->nodes[node];
    return n->kind == LSA_NODE_PARAMETER && n->rows == LSA_DIM_D && n->cols == LSA_DIM_D;
}

static bool is_full_constant(const reading *r, int node)
{
    return r->sharing->lowering->nodes[node].kind == LSA_NODE_CONSTANT;
}

/* Which factor of a ring is U, when it is tr(U ..) with nothing or one full constant beside it: 0 or 1; -1: neither. */
static int linear_place(reading *r, const lsa_shared_chain *ring)
{
    for (int k = 0; k < ring->n; k++) {
        const int node = ring->factors[k] / 2, other = ring->factors[ring->n - 1 - k] / 2;
        if (is_matrix_parameter(r, node) && (ring->n == 1 || is_full_constant(r, other)) && is_role(&r->U, node))
            return k;
    }
    return -1;
}

/* diag(U)' D diag(U). */
static bool is_diagonal_square(reading *r, const lsa_shared_chain *chain)
{
    if (chain->role != LSA_CHAIN_SCALAR || chain->n != 2 || chain->factors[0] / 2 != chain->factors[1] / 2)
        return false;
    const lsa_node *n = &r->sharing->lowering->nodes[chain->factors[0] / 2];
    return n->kind == LSA_NODE_DIAGONAL_OF && is_matrix_parameter(r, n->left / 2) && is_role(&r->U, n->left / 2);
}

static part part_of(reading *r, const lsa_shared_product *product)
{
    if (product->n_powers == 0 && product->n_scalars == 0)
        return PART_CONSTANT;
    if (product->n_powers != 1 || product->n_scalars != 1 || !is_scalar_parameter(r, product->powers[0]) ||
        !is_role(&r->u, product->powers[0]))
        return PART_NONE;
    const lsa_shared_chain *ring = &r->sharing->chains[product->scalars[0]];
    if (product->powers[1] == 2 && is_diagonal_square(r, ring))
        return PART_DIAGONAL;
    if (ring->role != LSA_CHAIN_RING || ring->n > 2)
        return PART_NONE;
    if (product->powers[1] == 1 && linear_place(r, ring) >= 0)
        return PART_LINEAR;
    const bool square = ring->n == 2 && (ring->factors[0] ^ 1) == ring->factors[1];
    if (product->powers[1] == 2 && square && is_matrix_parameter(r, ring->factors[0] / 2) &&
        is_role(&r->U, ring->factors[0] / 2))
        return PART_QUADRATIC;
    return PART_NONE;
}

/* Counts the parts; false when some product has no place in the form. */
static bool survey(reading *r, const lsa_shared_sum *loss, ptrdiff_t *n_products, bool *full_B, bool *diagonal)
{
    *n_products = 0;
    *full_B = *diagonal = false;
    for (int k = 0; k < loss->n; k++) {
        const part p = part_of(r, &loss->products[k]);
        if (p == PART_NONE)
            return false;
        *n_products += p == PART_QUADRATIC;
        *diagonal = *diagonal || p == PART_DIAGONAL;
        *full_B = *full_B || (p == PART_LINEAR && r->sharing->chains[loss->products[k].scalars[0]].n == 2);
    }
    return r->u >= 0 && r->U >= 0 && *n_products > 0;
}

static double diagonal_entry(const reading *r, int diagonal, ptrdiff_t i)
{
    return diagonal == LSA_DIAGONAL_NONE ? 1.0 : r->sharing->constants->diagonals[diagonal][i];
}

/* c u^2 tr(U D0 U' D1) or c u^2 tr(U' D1 U D0): H_ij gains 2 c D1_i D0_j. */
static void read_quadratic(const reading *r, const lsa_shared_product *product, double *left, double *right)
{
    const lsa_shared_chain *ring = &r->sharing->chains[product->scalars[0]];
    const int turned = ring->factors[0] % 2;
    for (ptrdiff_t i = 0; i < r->d; i++) {
        left[i] = 2.0 * product->coefficient * diagonal_entry(r, ring->diagonals[1 - turned], i);
        right[i] = diagonal_entry(r, ring->diagonals[turned], i);
    }
}

/* c u^2 diag(U)' D diag(U): H_ii gains 2 c D_i. */
static void read_diagonal(const reading *r, const lsa_shared_product *product, double *diagonal)
{
    const lsa_shared_chain *chain = &r->sharing->chains[product->scalars[0]];
    for (ptrdiff_t i = 0; i < r->d; i++)
        diagonal[i] += 2.0 * product->coefficient * diagonal_entry(r, chain->diagonals[1], i);
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

/* c u tr(U D) or c u tr(U C): B loses c D or c C'. B is d numbers where every linear part is diagonal. */
static void read_linear(reading *r, const lsa_shared_product *product, bool full_B, double *B)
{
    const lsa_shared_chain *ring = &r->sharing->chains[product->scalars[0]];
    const ptrdiff_t d = r->d;
    if (ring->n == 1) {
        for (ptrdiff_t i = 0; i < d; i++)
            B[full_B ? i + i * d : i] -= product->coefficient * diagonal_entry(r, ring->diagonals[0], i);
        return;
    }
    const int place = linear_place(r, ring);
    const int constant = ring->factors[1 - place];
    const double *C = r->sharing->lowering->nodes[constant / 2].value.data;
    /* tr(U t(C)) = sum_ij U_ij t(C)_ji, and the other way about when U stands transposed. */
    const bool plain = (constant % 2 != 0) != (ring->factors[place] % 2 != 0);
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            B[i + j * d] -= product->coefficient * (plain ? C[i + j * d] : C[j + i * d]);
}

/* constant - 1/2 sum B_ij^2 / H_ij. A mode with H_ij = 0 has B_ij = 0, since the loss is a mean of squares and bounded
 * below; what rounding left there is cleared. */
static double least_value(const lsa_form *form, double *B)
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

lsa_status lsa_form_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, ptrdiff_t n_blocks,
                              lsa_arena *kept, lsa_form *out, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    reading r = {.sharing = sharing, .u = -1, .U = -1, .d = lsa_bound_size(sharing->lowering->bound, LSA_DIM_D)};
    ptrdiff_t n_products = 0, t = 0;
    bool full_B = false, has_diagonal = false;
    *found = n_blocks == 2 && survey(&r, loss, &n_products, &full_B, &has_diagonal);
    if (!*found)
        goto done;
    const size_t d = (size_t)r.d;
    double *left = lsa_arena_alloc(kept, (size_t)n_products, d * sizeof *left);
    double *right = lsa_arena_alloc(kept, (size_t)n_products, d * sizeof *right);
    double *B = lsa_arena_alloc(kept, d, (full_B ? d : 1) * sizeof *B);
    double *diagonal = has_diagonal ? lsa_arena_alloc(kept, d, sizeof *diagonal) : NULL;
    LSA_TRY_MEMORY(left, "the form of the loss");
    LSA_TRY_MEMORY(right, "the form of the loss");
    LSA_TRY_MEMORY(B, "the form of the loss");
    LSA_TRY_MEMORY(has_diagonal && diagonal == NULL ? NULL : B, "the form of the loss");
    *out = (lsa_form){.d = r.d, .n_products = n_products, .left = left, .right = right, .B_diagonal = !full_B, .B = B};
    out->u = sharing->lowering->blocks[sharing->lowering->nodes[r.u].block].offset;
    out->U = sharing->lowering->blocks[sharing->lowering->nodes[r.U].block].offset;
    for (int k = 0; k < loss->n; k++) {
        const part p = part_of(&r, &loss->products[k]);
        if (p == PART_CONSTANT)
            out->constant += loss->products[k].coefficient;
        else if (p == PART_LINEAR)
            read_linear(&r, &loss->products[k], full_B, B);
        else if (p == PART_DIAGONAL)
            read_diagonal(&r, &loss->products[k], diagonal);
        else {
            read_quadratic(&r, &loss->products[k], left + t * r.d, right + t * r.d);
            t++;
        }
    }
    for (ptrdiff_t i = 0; has_diagonal && i < r.d; i++)
        diagonal[i] += lsa_form_rate(out, i, i); /* of the products alone: out->diagonal is not set yet */
    out->diagonal = diagonal;
    out->minimum = least_value(out, B);
done:
    return status;
}
