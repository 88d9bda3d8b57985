/* mixing.c - powers of tau become moments, partition by partition. */
#include "symbolic/mixing.h"
#include "base/try.h"
#include <assert.h>
#include <stdio.h>

lsa_status lsa_mixing_add_moments(lsa_algebra *algebra, const char *law, int *first, lsa_error *err)
{
    lsa_status status = LSA_OK;
    for (int m = 2; m <= LSA_MIXING_MOST; m++) {
        char name[32];
        int id = -1;
        snprintf(name, sizeof name, "%.20s_%d", law, m);
        const lsa_symbol moment = {.name = name, .kind = LSA_SYMBOL_SCALAR, .covariance = -1};
        LSA_TRY(lsa_algebra_add_symbol(algebra, &moment, &id, err));
        if (m == 2)
            *first = id;
    }
done:
    return status;
}

lsa_status lsa_mixing_let(lsa_algebra *algebra, int gaussian, int first, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_symbol tau = {
        .name = "tau", .kind = LSA_SYMBOL_SCALAR, .family = algebra->symbols[gaussian].family, .covariance = -1};
    int id = -1;
    LSA_TRY(lsa_algebra_add_symbol(algebra, &tau, &id, err));
    algebra->scale[gaussian] = id;
    algebra->moment[id] = first;
done:
    return status;
}

enum { MOST_SAMPLES = 32, MOST_SCALES = 32 };

/* A term on its way: the powers of tau, and the partition of the samples. */
typedef struct mixture {
    lsa_collector *sum;
    const lsa_rational *coefficient;
    lsa_monomial rest;                    /* without tau                                                          */
    int n_samples, n_scales;              /* a scale is one symbol tau                                            */
    int moment[MOST_SCALES];              /* of each, the symbol E tau^2                                          */
    int single[MOST_SCALES];              /* its power where it has no index                                      */
    int power[MOST_SCALES][MOST_SAMPLES]; /* and at each sample                                       */
    int block[MOST_SAMPLES];
} mixture;

/* Multiplies by E tau^m. */
static void put_moment(const lsa_algebra *algebra, lsa_monomial *m, int first, int power)
{
    assert(power <= LSA_MIXING_MOST); /* wick.h: at most LSA_MAX_DEGREE factors of a Gaussian */
    if (power >= 2)
        lsa_monomial_power(m, lsa_code_make(algebra, first + power - 2, LSA_INDEX_NONE, false), 1);
}

static int scale_of(mixture *x, const lsa_algebra *algebra, int symbol, int *tau)
{
    int s = 0;
    while (s < x->n_scales && tau[s] != symbol)
        s++;
    if (s == x->n_scales) {
        tau[s] = symbol;
        x->moment[s] = algebra->moment[symbol];
        x->n_scales++;
    }
    return s;
}

/* Takes the term apart. False when it holds more than there is room for. */
static bool read_term(mixture *x, const lsa_algebra *algebra, const lsa_monomial *m)
{
    int tau[MOST_SCALES] = {0};
    lsa_monomial_init(&x->rest);
    x->rest.n_heads = m->n_heads;
    x->n_samples = m->n_samples;
    if (m->n_samples > MOST_SAMPLES || m->n_powers > MOST_SCALES)
        return false;
    for (int k = 0; k < m->n_powers; k++) {
        const int symbol = lsa_code_symbol(m->powers[k].code), index = lsa_code_index(m->powers[k].code);
        if (algebra->moment[symbol] < 0) {
            lsa_monomial_power(&x->rest, m->powers[k].code, m->powers[k].exponent);
            continue;
        }
        const int s = scale_of(x, algebra, symbol, tau);
        *(index >= 1 ? &x->power[s][index - 1] : &x->single[s]) = m->powers[k].exponent;
    }
    for (int r = 0; r < m->n_rings; r++) {
        const int start = x->rest.n_letters;
        lsa_monomial_append(algebra, &x->rest, m->rings[r].length, m->letters + m->rings[r].start, false);
        lsa_monomial_close(algebra, &x->rest, start, LSA_DIM_ONE);
    }
    return true;
}

/* Adds the term once for each power of N in N (N-1) .. (N-b+1), by Stirling numbers of the first kind. */
static lsa_status add_falling(const mixture *x, const lsa_monomial *m, int blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_algebra *algebra = x->sum->algebra;
    int stirling[MOST_SAMPLES + 1] = {1};
    lsa_rational c;
    lsa_rational_init(&c);
    for (int b = 0; b < blocks; b++)
        for (int j = b + 1; j >= 0; j--)
            stirling[j] = (j > 0 ? stirling[j - 1] : 0) - b * stirling[j];
    for (int j = 0; j <= blocks; j++) {
        lsa_monomial term = *m;
        if (stirling[j] == 0)
            continue;
        if (j > 0)
            lsa_monomial_power(&term, lsa_code_make(algebra, algebra->samples, LSA_INDEX_NONE, false), j);
        lsa_rational_set_si(&c, stirling[j], 1);
        lsa_rational_mul(&c, &c, x->coefficient);
        LSA_TRY(lsa_collector_add(x->sum, &term, &c, err));
    }
done:
    lsa_rational_clear(&c);
    return status;
}

/* The samples of one block are one sample, with all their factors. */
static lsa_status add_partition(const mixture *x, int blocks, lsa_error *err)
{
    const lsa_algebra *algebra = x->sum->algebra;
    lsa_monomial m = x->rest;
    for (int s = 0; s < x->n_scales; s++) {
        put_moment(algebra, &m, x->moment[s], x->single[s]);
        for (int b = 0; b < blocks; b++) {
            int power = 0;
            for (int i = 0; i < x->n_samples; i++)
                power += x->block[i] == b ? x->power[s][i] : 0;
            put_moment(algebra, &m, x->moment[s], power);
        }
    }
    return add_falling(x, &m, blocks, err);
}

/* All partitions whose first i samples are placed. */
static lsa_status each_partition(mixture *x, int i, int blocks, lsa_error *err)
{
    lsa_status status = LSA_OK;
    if (i == x->n_samples)
        return add_partition(x, blocks, err);
    for (int b = 0; b <= blocks; b++) {
        x->block[i] = b;
        LSA_TRY(each_partition(x, i + 1, b == blocks ? blocks + 1 : blocks, err));
    }
done:
    return status;
}

lsa_status lsa_mixing_expect(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_collector sum;
    lsa_monomial m;
    LSA_TRY(lsa_collector_init(&sum, algebra, err));
    for (ptrdiff_t k = 0; k < f->n; k++) {
        mixture x = {.sum = &sum, .coefficient = &f->items[k].coefficient};
        lsa_poly_monomial(f, k, &m);
        if (!read_term(&x, algebra, &m))
            LSA_TRY(
                lsa_error_set(err, LSA_ERR_UNABLE, "a term with too many factors of covariates of one length each"));
        LSA_TRY(each_partition(&x, 0, 0, err));
    }
    LSA_TRY(lsa_poly_from_collector(algebra, &sum, LSA_DIM_ONE, LSA_DIM_ONE, out, err));
done:
    lsa_collector_clear(&sum);
    return status;
}
