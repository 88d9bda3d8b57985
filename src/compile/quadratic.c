/* quadratic.c - what every product of the loss is of which members, and (H, B) from that. */
#include "compile/quadratic.h"

#include "base/matrix.h"
#include "base/try.h"
#include "compile/crowd.h"
#include "compile/least.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Pairs are compared one by one. */
enum { MOST_MEMBERS = 64 };
/* Two tables of products of the same constants, multiplied out in another order, agree to this. */
static const double SAME = 1e-12;

/* What a product of the loss is: of members g and h, c tr(W_g D W_h' E) with D and E in gaps 0 and 1; of g alone (h -1),
 * c tr(W_g C) with C in gap 0; or of none (both -1). */
typedef struct label {
    int g, h;
    lsa_gap gaps[2];
    bool diagonal; /* c diag(W_g)' D diag(W_g) instead, D in gap 0 */
} label;

typedef struct reading {
    const lsa_sharing *sharing;
    const lsa_shared_sum *loss;
    ptrdiff_t d;
    int n;
    lsa_member *members;
    double *weight; /* w_m; that of the first is 1 */
    label *labels;  /* per product                 */
    double *table, *first;
} reading;

/* ---- labels ---- */

static bool is_constant(const lsa_shared_product *product)
{
    return product->n_powers == 0 && product->n_scalars == 0;
}

/* Whether the parameter that the product's first chain names stands in the member: it then may be of that. */
static bool may_be_of(const reading *r, const lsa_shared_product *product, const lsa_member *member)
{
    const lsa_shared_chain *chain = &r->sharing->chains[product->scalars[0]];
    for (int k = 0; k < chain->n; k++)
        for (int j = 0; j < member->n; j++)
            if (chain->factors[k].number == member->factors[j].number)
                return true;
    return false;
}

static bool label_product(const reading *r, const lsa_shared_product *product, label *out)
{
    *out = (label){.g = -1, .h = -1};
    if (is_constant(product))
        return true;
    if (product->n_scalars == 0)
        return false;
    if (r->n == 1 && lsa_member_is_on_diagonal(r->sharing, product, &r->members[0], &out->gaps[0])) {
        out->g = out->h = 0;
        out->diagonal = true;
        return true;
    }
    for (out->g = 0; out->g < r->n; out->g++) {
        const lsa_member *g = &r->members[out->g];
        if (!may_be_of(r, product, g))
            continue;
        out->h = -1;
        if (lsa_members_match(r->sharing, product, g, NULL, out->gaps))
            return true;
        for (out->h = out->g; out->h < r->n; out->h++)
            if (lsa_members_match(r->sharing, product, g, &r->members[out->h], out->gaps))
                return true;
    }
    return false;
}

/* Turns member m about where that makes a product of it and the first one such. */
static void orient(const reading *r, int m)
{
    const lsa_member as_found = r->members[m];
    lsa_gap gaps[2];
    for (int way = 0; way < 2; way++) {
        for (int k = 0; k < r->loss->n; k++)
            if (lsa_members_match(r->sharing, &r->loss->products[k], &r->members[0], &r->members[m], gaps))
                return;
        lsa_member_turn(&as_found, &r->members[m]);
    }
}

/* Labels every product; false where one is of no members, unless it has blocks that `heads`, where given, do not have. */
static bool label_all(const reading *r, const lsa_crowd *heads, bool *partial)
{
    for (int m = 1; m < r->n; m++)
        orient(r, m);
    for (int k = 0; k < r->loss->n; k++) {
        label *l = &r->labels[k];
        if (label_product(r, &r->loss->products[k], l))
            continue;
        if (heads == NULL || !lsa_crowd_leaves_out(r->sharing, heads, &r->loss->products[k]))
            return false;
        *l = (label){.g = -1, .h = -1};
        *partial = true;
    }
    return true;
}

/* The members' sides are in one basis, or entries of their sum mean nothing. */
static bool share_a_basis(const reading *r)
{
    const lsa_lowering *lowering = r->sharing->lowering;
    const lsa_bases *bases = r->sharing->constants->bases;
    int row = 0, col = 0;
    for (int m = 0; m < r->n; m++) {
        const lsa_member *member = &r->members[m];
        const int a = lsa_bases_of(bases, lsa_factor_row_side(lowering, member->factors[0]));
        const int b = lsa_bases_of(bases, lsa_factor_col_side(lowering, member->factors[member->n - 1]));
        if (m > 0 && (a != row || b != col))
            return false;
        row = a;
        col = b;
    }
    return true;
}

/* ---- tables ---- */

static double diagonal_entry(const reading *r, int diagonal, ptrdiff_t i)
{
    return diagonal == LSA_DIAGONAL_NONE ? 1.0 : r->sharing->constants->diagonals[diagonal][i];
}

/* The factor of H in front of E_i D_j: c tr(W D W' E) is 1/2 <W, H o W>, c tr(W_g D W_h' E) half of two such. */
static double factor_of(const reading *r, int k)
{
    return (r->labels[k].g == r->labels[k].h ? 2.0 : 1.0) * r->loss->products[k].coefficient;
}

/* Product k is the square of member g, or the product of it and h. */
static bool is_of_pair(const reading *r, int k, int g, int h)
{
    return r->labels[k].g == g && r->labels[k].h == h && !r->labels[k].diagonal;
}

static bool has_full_constant(const label *l)
{
    return lsa_atom_exists(l->gaps[0].constant) || lsa_atom_exists(l->gaps[1].constant);
}

/* H of a pair. False where a constant in it is full. */
static bool read_rates(const reading *r, int g, int h, double *H)
{
    const ptrdiff_t d = r->d;
    memset(H, 0, (size_t)(d * d) * sizeof *H);
    for (int k = 0; k < r->loss->n; k++) {
        const label *l = &r->labels[k];
        if (!is_of_pair(r, k, g, h))
            continue;
        if (has_full_constant(l))
            return false;
        for (ptrdiff_t j = 0; j < d; j++) {
            const double right = factor_of(r, k) * diagonal_entry(r, l->gaps[0].diagonal, j);
            for (ptrdiff_t i = 0; i < d; i++)
                H[i + j * d] += diagonal_entry(r, l->gaps[1].diagonal, i) * right;
        }
    }
    return true;
}

/* Product k is c tr(W_m C): B_m loses c C'. Of B the diagonal is kept, or all of it. */
static void read_B(const reading *r, int m, bool full, double *B)
{
    const ptrdiff_t d = r->d;
    memset(B, 0, (size_t)(full ? d * d : d) * sizeof *B);
    for (int k = 0; k < r->loss->n; k++) {
        if (!is_of_pair(r, k, m, -1))
            continue;
        const double c = r->loss->products[k].coefficient;
        const lsa_gap gap = r->labels[k].gaps[0];
        if (!lsa_atom_exists(gap.constant)) {
            for (ptrdiff_t i = 0; i < d; i++)
                B[full ? i + i * d : i] -= c * diagonal_entry(r, gap.diagonal, i);
            continue;
        }
        const double *C = r->sharing->lowering->nodes[gap.constant.number].value.data;
        for (ptrdiff_t j = 0; j < d; j++)
            for (ptrdiff_t i = 0; i < d; i++)
                B[i + j * d] -= c * (gap.constant.transposed ? C[i + j * d] : C[j + i * d]);
    }
}

/* a = factor b, entry by entry to rounding, or to that of the largest entry. */
static bool are_same(ptrdiff_t n, const double *a, double factor, const double *b, bool each)
{
    const double most = SAME * lsa_vec_norm_max(n, a);
    for (ptrdiff_t i = 0; i < n; i++)
        if (!(fabs(a[i] - factor * b[i]) <= (each ? SAME * fabs(a[i]) : most)))
            return false;
    return true;
}

/* w_m from B_m = w_m B, and whether that is so. Rounding of a weight of 1 is cleared. */
static bool find_weights(const reading *r)
{
    const ptrdiff_t n = r->d * r->d;
    read_B(r, 0, true, r->first);
    const double square = lsa_vec_dot(n, r->first, r->first);
    r->weight[0] = 1.0;
    for (int m = 1; m < r->n; m++) {
        read_B(r, m, true, r->table);
        const double w = square > 0.0 ? lsa_vec_dot(n, r->first, r->table) / square : 0.0;
        r->weight[m] = fabs(w - 1.0) <= 16.0 * DBL_EPSILON ? 1.0 : w;
        if (w == 0.0 || !are_same(n, r->table, r->weight[m], r->first, false))
            return false;
    }
    return true;
}

static bool is_same_gap(lsa_gap a, lsa_gap b)
{
    return a.diagonal == b.diagonal && lsa_atom_is(a.constant, b.constant);
}

/* Whether product k stands for the same part of H as some product of the first member with itself. */
static bool is_of_first(const reading *r, int k)
{
    const lsa_gap *gaps = r->labels[k].gaps;
    for (int j = 0; j < r->loss->n; j++) {
        const lsa_gap *of = r->labels[j].gaps;
        if (is_of_pair(r, j, 0, 0) && factor_of(r, j) == factor_of(r, k) && is_same_gap(of[0], gaps[0]) &&
            is_same_gap(of[1], gaps[1]))
            return true;
    }
    return false;
}

/* Whether the pair has the H of the first member by the very same constants, which costs no table. */
static bool has_same_constants(const reading *r, int g, int h)
{
    int count = 0;
    for (int k = 0; k < r->loss->n; k++) {
        count -= is_of_pair(r, k, 0, 0);
        if (!is_of_pair(r, k, g, h))
            continue;
        if (!is_of_first(r, k))
            return false;
        count++;
    }
    return count == 0 && r->weight[g] * r->weight[h] == 1.0;
}

/* Every pair has the H of the first member, which ends in r->first. */
static bool have_one_H(const reading *r)
{
    const ptrdiff_t n = r->d * r->d;
    if (!read_rates(r, 0, 0, r->first))
        return false;
    for (int g = 0; g < r->n; g++)
        for (int h = g; h < r->n; h++)
            if (h > 0 && !has_same_constants(r, g, h) &&
                (!read_rates(r, g, h, r->table) || !are_same(n, r->table, r->weight[g] * r->weight[h], r->first, true)))
                return false;
    return true;
}

/* Whether the loss depends on the weighted sum of its members alone. The tables that tell are d x d; one member needs none. */
static lsa_status find_sum(reading *r, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *found = true;
    if (r->n == 1) {
        r->weight[0] = 1.0;
        for (int k = 0; k < r->loss->n; k++)
            *found = *found && !(is_of_pair(r, k, 0, 0) && has_full_constant(&r->labels[k]));
        goto done;
    }
    r->table = lsa_arena_alloc(r->sharing->lowering->arena, (size_t)r->d, 2 * (size_t)r->d * sizeof *r->table);
    LSA_TRY_MEMORY(r->table, "the form of the loss");
    r->first = r->table + r->d * r->d;
    *found = share_a_basis(r) && find_weights(r) && have_one_H(r);
done:
    return status;
}

/* ---- the form ---- */

/* H_ij = sum of left_i right_j over the squares of the first member; on the diagonal what stands there alone comes on top. */
static void read_H(const reading *r, double *left, double *right, double *diagonal)
{
    const ptrdiff_t d = r->d;
    for (int k = 0; k < r->loss->n; k++) {
        const label *l = &r->labels[k];
        if (l->diagonal)
            for (ptrdiff_t i = 0; i < d; i++)
                diagonal[i] += factor_of(r, k) * diagonal_entry(r, l->gaps[0].diagonal, i);
        if (!is_of_pair(r, k, 0, 0))
            continue;
        for (ptrdiff_t i = 0; i < d; i++) {
            left[i] = factor_of(r, k) * diagonal_entry(r, l->gaps[1].diagonal, i);
            right[i] = diagonal_entry(r, l->gaps[0].diagonal, i);
        }
        left += d;
        right += d;
    }
}

/* (H, B) of the first member, without heads. */
static lsa_status make_form(const reading *r, lsa_arena *kept, lsa_form *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const size_t d = (size_t)r->d;
    size_t count = 0;
    bool full = false, diagonal = false;
    *out = (lsa_form){.d = r->d, .u = -1, .U = -1};
    for (int k = 0; k < r->loss->n; k++) {
        count += is_of_pair(r, k, 0, 0);
        diagonal = diagonal || r->labels[k].diagonal;
        full = full || (is_of_pair(r, k, 0, -1) && lsa_atom_exists(r->labels[k].gaps[0].constant));
        if (is_constant(&r->loss->products[k]))
            out->constant += r->loss->products[k].coefficient;
    }
    double *left = lsa_arena_alloc(kept, count, d * sizeof *left);
    double *right = lsa_arena_alloc(kept, count, d * sizeof *right);
    double *rates = lsa_arena_alloc(kept, d, sizeof *rates);
    double *B = lsa_arena_alloc(kept, d, (full ? d : 1) * sizeof *B);
    LSA_TRY_MEMORY(left, "the form of the loss");
    LSA_TRY_MEMORY(right, "the form of the loss");
    LSA_TRY_MEMORY(rates, "the form of the loss");
    LSA_TRY_MEMORY(B, "the form of the loss");
    out->n_products = (ptrdiff_t)count;
    out->left = left;
    out->right = right;
    out->B_diagonal = !full;
    out->B = B;
    read_H(r, left, right, rates);
    for (ptrdiff_t i = 0; diagonal && i < r->d; i++)
        rates[i] += lsa_form_rate(out, i, i); /* of the products alone: out->diagonal is not set yet */
    out->diagonal = diagonal ? rates : NULL;
    read_B(r, 0, full, B);
    out->minimum = lsa_form_least_value(out, B);
done:
    return status;
}

/* ---- all of it ---- */

/* The members of the loss; r->n of them may be named, 0 where there are none. */
static lsa_status create(const lsa_sharing *sharing, const lsa_shared_sum *loss, reading *r, bool *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = sharing->lowering->arena;
    *r = (reading){.sharing = sharing, .loss = loss, .d = lsa_bound_size(sharing->lowering->bound, LSA_DIM_D)};
    LSA_TRY(lsa_members_find(sharing, loss, MOST_MEMBERS, &r->members, &r->n, all, err));
    r->weight = lsa_arena_alloc(arena, (size_t)r->n, sizeof *r->weight);
    r->labels = lsa_arena_alloc(arena, (size_t)loss->n, sizeof *r->labels);
    LSA_TRY_MEMORY(r->weight, "the form of the loss");
    LSA_TRY_MEMORY(r->labels, "the form of the loss");
done:
    return status;
}

lsa_status lsa_quadratic_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                   lsa_form *form, ptrdiff_t *rank, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    reading r;
    lsa_crowd crowd;
    bool all = false, known = false;
    *found = false;
    *rank = 0;
    LSA_TRY(create(sharing, loss, &r, &all, err));
    if (r.n == 0 || !all || !label_all(&r, NULL, NULL))
        goto done;
    LSA_TRY(find_sum(&r, found, err));
    if (!*found)
        goto done;
    LSA_TRY(make_form(&r, kept, form, err));
    LSA_TRY(lsa_crowd_find(sharing, r.n, r.members, r.weight, &crowd, &known, err));
    *found = form->diagonal == NULL || crowd.matrices; /* H of a random diagonal is told of heads alone */
    if (!*found || !known)
        goto done;
    *rank = lsa_crowd_rank(sharing, &crowd);
    LSA_TRY(lsa_crowd_name(sharing, &crowd, kept, form, err));
done:
    return status;
}

/* The member of those that are heads of matrices whose square, in one ring and without a full constant, is the first in the
 * loss; -1 where there is none. */
static lsa_status find_heads(const reading *r, int *member, lsa_crowd *heads, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int first = r->loss->n;
    *member = -1;
    for (int m = 0; m < r->n; m++) {
        lsa_crowd crowd;
        bool known = false;
        LSA_TRY(lsa_crowd_find(r->sharing, 1, &r->members[m], &(double){1.0}, &crowd, &known, err));
        if (!known || !crowd.matrices)
            continue;
        for (int k = 0; k < first; k++) {
            label square;
            if (r->loss->products[k].n_scalars != 1 ||
                !lsa_members_match(r->sharing, &r->loss->products[k], &r->members[m], &r->members[m], square.gaps) ||
                has_full_constant(&square))
                continue;
            first = k;
            *member = m;
            *heads = crowd;
        }
    }
done:
    return status;
}

lsa_status lsa_quadratic_recognise_part(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept,
                                        lsa_form *form, bool *found, lsa_error *err)
{
    lsa_status status = LSA_OK;
    reading r;
    lsa_crowd heads;
    int member = -1;
    bool all = false, partial = false;
    *found = false;
    LSA_TRY(create(sharing, loss, &r, &all, err));
    LSA_TRY(find_heads(&r, &member, &heads, err));
    if (member < 0)
        goto done;
    r.members += member;
    r.n = 1;
    if (!label_all(&r, &heads, &partial))
        goto done;
    LSA_TRY(find_sum(&r, found, err));
    if (!*found)
        goto done;
    LSA_TRY(make_form(&r, kept, form, err));
    LSA_TRY(lsa_crowd_name(sharing, &heads, kept, form, err));
    form->partial = partial;
    form->n_parts = 0; /* W is not all of the loss */
    form->parts = NULL;
    *found = form->n_heads > 0;
done:
    return status;
}
