/* wishart.c - each factor Lambda of a term becomes (1/k) z_j z_j' with an index of its own, and the Gaussian
 * expectation does the rest; an index sum that is left over counts k, not N. */
#include "symbolic/wishart.h"
#include "base/try.h"
#include "symbolic/wick.h"

lsa_status lsa_wishart_add_symbols(lsa_algebra *algebra, int covariance, lsa_wishart *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_symbol scale = algebra->symbols[covariance], vector = {.kind = LSA_SYMBOL_GAUSSIAN};
    const lsa_symbol dof = {.name = "dof", .kind = LSA_SYMBOL_SCALAR, .covariance = -1};
    scale.name = "Lambda_0";
    scale.role = LSA_ROLE_NONE;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &scale, &out->scale, err));
    LSA_TRY(lsa_algebra_add_symbol(algebra, &dof, &out->dof, err));
    vector.name = "z";
    vector.rows = scale.rows;
    vector.cols = LSA_DIM_ONE;
    vector.family = LSA_FAMILY_SAMPLE;
    vector.covariance = out->scale;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &vector, &out->vector, err));
done:
    return status;
}

/* Writes the ring with z_j z_j' for every letter Lambda, j counted on in out->n_samples. */
static void write_ring(const lsa_algebra *algebra, const lsa_monomial *m, int r, int covariance, const lsa_wishart *law,
                       lsa_monomial *out)
{
    const int start = out->n_letters;
    for (int k = m->rings[r].start; k < m->rings[r].start + m->rings[r].length; k++) {
        if (lsa_code_symbol(m->letters[k]) != covariance) {
            lsa_monomial_push(out, m->letters[k]);
            continue;
        }
        out->n_samples++;
        lsa_monomial_push(out, lsa_code_make(algebra, law->vector, out->n_samples, false));
        lsa_monomial_push(out, lsa_code_make(algebra, law->vector, out->n_samples, true));
        lsa_monomial_power(out, lsa_code_make(algebra, law->dof, LSA_INDEX_NONE, false), -1);
    }
    lsa_monomial_close(algebra, out, start, LSA_DIM_ONE);
}

static lsa_status substitute(lsa_algebra *algebra, const lsa_poly *f, int covariance, const lsa_wishart *law,
                             const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m, image;
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        lsa_poly_monomial(f, k, &m);
        lsa_monomial_init(&image);
        image.n_heads = m.n_heads;
        for (int p = 0; p < m.n_powers; p++)
            lsa_monomial_power(&image, m.powers[p].code, m.powers[p].exponent);
        for (int r = 0; r < m.n_rings; r++)
            write_ring(algebra, &m, r, covariance, law, &image);
        LSA_TRY(lsa_collector_add(&sum, &image, &f->items[k].coefficient, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, LSA_DIM_ONE, LSA_DIM_ONE, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}

lsa_status lsa_wishart_expect(lsa_algebra *algebra, const lsa_poly *f, int covariance, const lsa_wishart *law,
                              const lsa_poly **out, lsa_error *err)
{
    const int samples = algebra->samples;
    lsa_status status = LSA_OK;
    const lsa_poly *written = NULL;
    algebra->samples = law->dof;
    LSA_TRY(substitute(algebra, f, covariance, law, &written, err));
    LSA_TRY(lsa_expect(algebra, written, NULL, &written, err));
done:
    algebra->samples = samples;
    if (status == LSA_OK)
        status = lsa_poly_scale(algebra, written, 1, 1, out, err); /* sorted anew, by powers of N */
    else
        lsa_error_add(err, "  while averaging over the Wishart law of the covariance");
    return status;
}
