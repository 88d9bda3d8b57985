/* head_escape.c - one head with separate key and query grows along its mode: dv/dt = drive v^2 - damping v^5.  (W28)
 *
 * In s = v/ceiling, ceiling = (drive/damping)^{1/3}: ds/dt = drive ceiling s^2 (1 - s^3), whose integral f has a closed
 * form. It is inverted in z = ln(s/(1 - s)), in which both ends of (0, 1) keep their digits. */
#include "lsaflow/theory_heads.h"
#include "theory/law.h"
#include <math.h>

lsa_status lsa_theory_head_of(const lsa_theory *theory, ptrdiff_t mode, lsa_theory_head *out, lsa_error *err)
{
    if (!theory->isotropic_task)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "a head grows along one mode only where the tasks are isotropic");
    if (mode < 0 || mode >= theory->rank)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there are %td modes, got number %td", theory->rank, mode);
    const ptrdiff_t k = theory->order[mode];
    const long double drive = theory->r * theory->psi2 * theory->lambda[k] * theory->lambda[k];
    *out = (lsa_theory_head){.drive = (double)drive, .damping = (double)(drive * theory->r * theory_gamma(theory, k))};
    return LSA_OK;
}

double lsa_theory_head_ceiling(const lsa_theory_head *head)
{
    return cbrt(head->drive / head->damping);
}

/* f of theory_heads.h, from s and 1 - s. */
static long double antiderivative(long double s, long double rest)
{
    const long double root3 = sqrtl(3.0L);
    return -1.0L / s + (-logl(rest) + 0.5L * logl(1.0L + s + s * s) - root3 * atanl((2.0L * s + 1.0L) / root3)) / 3.0L;
}

static long double scaled(const lsa_theory_head *head, double v)
{
    return (long double)v / cbrtl((long double)head->drive / (long double)head->damping);
}

double lsa_theory_head_time(const lsa_theory_head *head, double v0, double v)
{
    const long double s0 = scaled(head, v0), s = scaled(head, v);
    if (!(s0 > 0.0L && s0 < 1.0L && s > 0.0L && s < 1.0L))
        return (double)NAN;
    const long double rate = (long double)head->drive * ((long double)v0 / s0);
    return (double)((antiderivative(s, 1.0L - s) - antiderivative(s0, 1.0L - s0)) / rate);
}

double lsa_theory_head_at(const lsa_theory_head *head, double v0, double t)
{
    const long double s0 = scaled(head, v0);
    if (!(s0 > 0.0L && s0 < 1.0L && t >= 0.0))
        return (double)NAN;
    const long double ceiling = (long double)v0 / s0;
    const long double target = antiderivative(s0, 1.0L - s0) + (long double)head->drive * ceiling * (long double)t;
    long double low = logl(s0) - log1pl(-s0), high = 100.0L; /* 1 - s = e^-100 is 1 in every format */
    for (int step = 0; step < 100; step++) {                 /* halves a width of at most 1e4 to below its rounding */
        const long double z = 0.5L * (low + high), rest = 1.0L / (1.0L + expl(z)), s = 1.0L / (1.0L + expl(-z));
        if (antiderivative(s, rest) < target)
            low = z;
        else
            high = z;
    }
    return (double)(ceiling / (1.0L + expl(-low)));
}

double lsa_theory_head_escape_time(const lsa_theory_head *head, double v0)
{
    return 1.0 / (head->drive * v0);
}
