/* least.c - the least value over all W, or over those of a bounded rank. */
#include "compile/least.h"

#include "base/matrix.h"
#include "base/try.h"

#include <math.h>
#include <stdlib.h>

static int falling(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* T_ij = B_ij / sqrt(H_ij): of one product H = l r', L = 1/2 |Z - T|_F^2 + constant - 1/2 |T|_F^2 for Z_ij = sqrt(H_ij) W_ij,
 * which has W's rank. */
static double target(const lsa_form *form, ptrdiff_t i, ptrdiff_t j)
{
    const double H = lsa_form_rate(form, i, j);
    return H > 0.0 ? lsa_form_limit(form, i, j) * sqrt(H) : 0.0;
}

/* The squares of T's singular values, in out; T: 2 d^2 numbers of scratch. */
static lsa_status singular_squares(const lsa_form *form, double *out, double *T, lsa_error *err)
{
    const ptrdiff_t d = form->d;
    for (ptrdiff_t j = 0; j < d; j++)
        for (ptrdiff_t i = 0; i < d; i++)
            T[i + j * d] = target(form, i, j);
    lsa_mat_product(true, false, d, d, d, 1.0, T, T, 0.0, T + d * d);
    return lsa_mat_eigen(d, T + d * d, out, NULL, err);
}

/* Eckart and Young (1936): the best Z of rank m keeps the m largest singular values of T. */
lsa_status lsa_form_least(const lsa_form *form, ptrdiff_t rank, lsa_least *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = form->d;
    double *squares = NULL, kept = 0.0;
    *out = (lsa_least){.loss = rank >= d ? form->minimum : (double)NAN, .bound = form->minimum};
    if (rank >= d || rank == 0 || form->n_products != 1 || form->diagonal != NULL)
        goto done;
    squares = lsa_vec_create(form->B_diagonal ? d : d + 2 * d * d);
    LSA_TRY_MEMORY(squares, "the least loss");
    for (ptrdiff_t i = 0; form->B_diagonal && i < d; i++)
        squares[i] = pow(target(form, i, i), 2.0);
    if (!form->B_diagonal)
        LSA_TRY(singular_squares(form, squares, squares + d, err));
    qsort(squares, (size_t)d, sizeof *squares, falling);
    for (ptrdiff_t k = 0; k < rank; k++)
        kept += squares[k];
    out->loss = out->bound = form->constant - 0.5 * kept;
done:
    free(squares);
    return status;
}

static bool name_a_block_twice(const lsa_form_part *a, const lsa_form_part *b)
{
    return (a->U >= 0 && a->U == b->U) || (a->K >= 0 && (a->K == b->K || a->Q == b->Q || a->K == b->Q || a->Q == b->K));
}

ptrdiff_t lsa_form_rank(const lsa_form *form)
{
    ptrdiff_t rank = 0;
    for (ptrdiff_t p = 0; p < form->n_parts; p++) {
        const lsa_form_part *part = &form->parts[p];
        rank += part->U >= 0 ? form->d : part->rank;
        if (part->K >= 0 && part->K == part->Q)
            return 0;
        for (ptrdiff_t q = 0; q < p; q++)
            if (name_a_block_twice(part, &form->parts[q]))
                return 0;
    }
    return rank < form->d ? rank : form->d;
}
