/* variate.c - gamma variates by rejection, from buffered normals and uniforms. */
#include "base/variate.h"
#include "base/streams.h"

#include <math.h>

void lsa_variates_init(lsa_variates *v, lsa_rng rng)
{
    v->normal_rng = rng;
    v->uniform_rng = rng;
    v->uniform_rng.block += LSA_BLOCK_UNIFORM;
    v->normals = v->uniforms = 0;
}

double lsa_variate_normal(lsa_variates *v)
{
    if (v->normals == 0) {
        lsa_rng_normals(&v->normal_rng, LSA_VARIATE_BATCH, v->normal);
        v->normals = LSA_VARIATE_BATCH;
    }
    return v->normal[LSA_VARIATE_BATCH - v->normals--];
}

double lsa_variate_uniform(lsa_variates *v)
{
    if (v->uniforms == 0) {
        lsa_rng_uniforms(&v->uniform_rng, LSA_VARIATE_BATCH, v->uniform);
        v->uniforms = LSA_VARIATE_BATCH;
    }
    return v->uniform[LSA_VARIATE_BATCH - v->uniforms--];
}

/* shape >= 1: (shape - 1/3) (1 + c z)^3 with c = 1 / sqrt(9 shape - 3), accepted where log u < log of the ratio of
 * densities; their squeeze u < 1 - 0.0331 z^4 spares most logarithms. */
static double marsaglia_tsang(lsa_variates *v, double shape)
{
    const double a = shape - 1.0 / 3.0;
    const double c = 1.0 / sqrt(9.0 * a);
    for (;;) {
        const double z = lsa_variate_normal(v);
        const double root = 1.0 + c * z;
        const double cube = root * root * root;
        if (!(root > 0.0))
            continue;
        const double u = lsa_variate_uniform(v);
        if (u < 1.0 - 0.0331 * (z * z) * (z * z) || log(u) < 0.5 * z * z + a * (1.0 - cube + log(cube)))
            return a * cube;
    }
}

double lsa_variate_gamma(lsa_variates *v, double shape)
{
    if (!(shape > 0.0)) /* nothing would ever be accepted */
        return (double)NAN;
    if (shape >= 1.0)
        return marsaglia_tsang(v, shape);
    const double larger = marsaglia_tsang(v, shape + 1.0);
    return larger * pow(lsa_variate_uniform(v), 1.0 / shape);
}

double lsa_variate_chi(lsa_variates *v, double k)
{
    return sqrt(2.0 * lsa_variate_gamma(v, 0.5 * k));
}
