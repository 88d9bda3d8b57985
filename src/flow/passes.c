/* passes.c - which passes wait for which, and their performance block by block. */
#include "flow/passes.h"
#include "base/simd_vector.h"
#include <math.h>
#include <string.h>

/* So many numbers of a dozen vectors stay in the first-level cache. A vector of a few blocks is in the caches anyway: its
 * passes do not wait. */
enum { BLOCK = 256, SHORT = 1024 };

/* The sums by which CVODE predicts a step of the highest order. */
enum { PREDICTION = FLOW_ORDER * (FLOW_ORDER + 1) / 2 };

static bool is_prediction(const flow_pass *p)
{
    return p->writes == FLOW_ORDER;
}

static void perform(const flow_pass *p, ptrdiff_t from, ptrdiff_t n)
{
    double *const *v = p->v;
    if (is_prediction(p))
        lsa_simd_shift(n, v[0] + from, v[1] + from, v[2] + from, v[3] + from, v[4] + from, v[5] + from);
    else if (v[2] != NULL)
        lsa_simd_sum(n, p->a, v[1] + from, p->b, v[2] + from, v[0] + from);
    else if (v[1] != NULL)
        lsa_simd_scale(n, p->a, v[1] + from, v[0] + from);
    else
        lsa_simd_fill(n, p->a, v[0] + from);
}

/* Performs the first `count` passes on the block that starts at `from`; returns its length. */
static ptrdiff_t perform_block(const flow_passes *all, int count, ptrdiff_t from)
{
    const ptrdiff_t n = all->n - from < BLOCK ? all->n - from : BLOCK;
    for (int k = 0; k < count; k++)
        perform(&all->waiting[k], from, n);
    return n;
}

static bool touches(const flow_pass *p, const double *v)
{
    for (int k = 0; k <= FLOW_ORDER; k++)
        if (p->v[k] == v)
            return true;
    return false;
}

static bool writes(const flow_pass *p, const double *v)
{
    for (int k = 0; k < p->writes; k++)
        if (p->v[k] == v)
            return true;
    return false;
}

/* Whether `later` must come after p. */
static bool depends(const flow_pass *later, const flow_pass *p)
{
    for (int k = 0; k < p->writes; k++)
        if (touches(later, p->v[k]))
            return true;
    for (int k = 0; k < later->writes; k++)
        if (touches(p, later->v[k]))
            return true;
    return false;
}

/* Puts what must be performed before somebody looks at v (or changes it) in front, in its order; returns how many that
 * are. */
static int want(flow_passes *all, const double *v, bool to_change)
{
    flow_pass others[FLOW_PASSES];
    int count = 0, rest = 0;
    for (int k = all->count - 1; k >= 0; k--) {
        flow_pass *p = &all->waiting[k];
        p->wanted = to_change ? touches(p, v) : writes(p, v);
        for (int later = k + 1; later < all->count && !p->wanted; later++)
            p->wanted = all->waiting[later].wanted && depends(&all->waiting[later], p);
    }
    for (int k = 0; k < all->count; k++)
        if (all->waiting[k].wanted)
            all->waiting[count++] = all->waiting[k];
        else
            others[rest++] = all->waiting[k];
    memcpy(all->waiting + count, others, (size_t)rest * sizeof *others);
    return count;
}

/* The first `count` passes are done. */
static void forget(flow_passes *all, int count)
{
    all->count -= count;
    memmove(all->waiting, all->waiting + count, (size_t)all->count * sizeof *all->waiting);
}

static void perform_first(flow_passes *all, int count)
{
    for (ptrdiff_t from = 0; from < all->n && count > 0; from += BLOCK)
        perform_block(all, count, from);
    forget(all, count);
}

static bool adds(const flow_pass *p, const double *x, const double *z)
{
    return p->writes == 1 && p->a == 1.0 && p->b == 1.0 && p->v[0] == z && p->v[1] == z && p->v[2] == x;
}

/* Where the last fifteen predict a step, z_{j-1} += z_j for j = 5 .. k and k = 1 .. 5, one pass takes their place. */
static void join_prediction(flow_passes *all)
{
    if (all->count < PREDICTION)
        return;
    const flow_pass *p = all->waiting + all->count - PREDICTION;
    flow_pass joined = {.writes = FLOW_ORDER};
    joined.v[FLOW_ORDER] = p->v[2];
    for (int j = FLOW_ORDER; j > 0; j--)
        joined.v[j - 1] = p[FLOW_ORDER - j].v[0];
    for (int k = 1; k <= FLOW_ORDER; k++)
        for (int j = FLOW_ORDER; j >= k; j--, p++)
            if (!adds(p, joined.v[j], joined.v[j - 1]))
                return;
    all->count -= PREDICTION;
    all->waiting[all->count++] = joined;
}

/* Before all of z is overwritten: what made it, and nobody looked at, need not be done. */
static void drop_made(flow_passes *passes, const double *z)
{
    for (int k = passes->count - 1; k >= 0; k--) {
        const flow_pass *p = &passes->waiting[k];
        if (!touches(p, z))
            continue;
        if (p->writes > 1 || p->v[0] != z)
            return;
        passes->count--;
        memmove(passes->waiting + k, passes->waiting + k + 1, (size_t)(passes->count - k) * sizeof *p);
    }
}

void flow_passes_sum(flow_passes *passes, double a, double *x, double b, double *y, double *z)
{
    const flow_pass next = {.writes = 1, .a = a, .b = b, .v = {z, x, y}};
    if (passes->n <= SHORT) {
        perform(&next, 0, passes->n);
        return;
    }
    if (x != z && y != z)
        drop_made(passes, z);
    if (passes->count == FLOW_PASSES)
        perform_first(passes, FLOW_PASSES);
    passes->waiting[passes->count++] = next;
    join_prediction(passes);
}

void flow_passes_settle(flow_passes *passes, const double *v)
{
    perform_first(passes, want(passes, v, true));
}

void flow_passes_supersede(flow_passes *passes, const double *v)
{
    drop_made(passes, v);
    flow_passes_settle(passes, v);
}

double flow_passes_weighted_max(flow_passes *passes, const double *x, const double *w)
{
    double most = 0.0;
    flow_passes_settle(passes, w);
    const int count = want(passes, x, false);
    for (ptrdiff_t from = 0; from < passes->n; from += BLOCK) {
        const ptrdiff_t n = perform_block(passes, count, from);
        most = fmax(lsa_simd_weighted_max(n, x + from, w + from), most);
    }
    forget(passes, count);
    return most;
}
