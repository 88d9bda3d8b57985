/* least.c - H and B entry by entry, and the least value over all W, or over those of a bounded rank. */
#include "compile/least.h"

#include "base/matrix.h"
#include "base/try.h"

#include <math.h>
#include <stdlib.h>

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
