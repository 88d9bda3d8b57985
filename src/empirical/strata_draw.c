/* strata_draw.c - see strata.h. */
#include "empirical/strata_draw.h"
#include "base/streams.h"
#include "empirical/interval.h"
#include <math.h>

/* Prompts are averaged in chunks of this many (average.c). */
enum { CHUNK = 256 };

ptrdiff_t lsa_strata_most(ptrdiff_t budget)
{
    const ptrdiff_t most = lsa_look_prompts(0, budget) / (2 * (ptrdiff_t)CHUNK);
    return most < 1 ? 1 : most < LSA_STRATA_MAX ? most : LSA_STRATA_MAX;
}

static ptrdiff_t heaviest(const lsa_strata *strata)
{
    ptrdiff_t h = 0;
    for (ptrdiff_t s = 1; s < strata->count; s++)
        h = strata->stratum[s].weight > strata->stratum[h].weight ? s : h;
    return h;
}

/* Of a stratum that is not the heaviest. The first look's share, in whole chunks, grows in proportion. */
static ptrdiff_t share(const lsa_strata *strata, ptrdiff_t s, ptrdiff_t prompts, ptrdiff_t budget)
{
    const double first = (double)lsa_look_prompts(0, budget);
    const double part = 0.5 * (strata->stratum[s].weight + 1.0 / (double)strata->count);
    const double chunks = floor(first * part / CHUNK);
    return CHUNK * (ptrdiff_t)floor(chunks * ((double)prompts / first));
}

ptrdiff_t lsa_stratum_prompts(const lsa_strata *strata, ptrdiff_t s, ptrdiff_t prompts, ptrdiff_t budget)
{
    const ptrdiff_t h = heaviest(strata);
    ptrdiff_t left = prompts;
    if (s != h)
        return share(strata, s, prompts, budget);
    for (ptrdiff_t other = 0; other < strata->count; other++)
        left -= other != h ? share(strata, other, prompts, budget) : 0;
    return left;
}

uint64_t lsa_stratum_first(ptrdiff_t s, uint64_t first)
{
    return ((uint64_t)s << LSA_STREAM_STRATUM_BITS) + first;
}

lsa_status lsa_sample_strata(const lsa_setting *setting, ptrdiff_t prompts, ptrdiff_t budget, lsa_strata *strata,
                             ptrdiff_t count[LSA_STRATA_MAX], lsa_error *err)
{
    const lsa_status status = lsa_strata_init(strata, setting, lsa_strata_most(budget), err);
    for (ptrdiff_t s = 0; status == LSA_OK && s < strata->count; s++)
        count[s] = lsa_stratum_prompts(strata, s, prompts, budget);
    return status;
}

/* Until it is finished m2 is the variance of the mean, m3 its third central moment. */
void lsa_strata_add(ptrdiff_t n, lsa_moments *out, double weight, const lsa_moments *part, double count)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        const double error = weight * lsa_moments_standard_error(&part[k], count), share = weight / count;
        out[k].mean += weight * part[k].mean;
        out[k].m2 += error * error;
        out[k].m3 += share * share * share * part[k].m3;
    }
}

void lsa_strata_finish(ptrdiff_t n, lsa_moments *out, double total)
{
    for (ptrdiff_t k = 0; k < n; k++) {
        const double variance = out[k].m2, spread = total * (total - 1.0) * variance;
        out[k].m3 = variance > 0.0 ? out[k].m3 / (variance * sqrt(variance)) * spread * sqrt(spread) : 0.0;
        out[k].m2 = spread;
    }
}
