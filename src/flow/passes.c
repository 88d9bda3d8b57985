/* passes.c - which passes wait for which, and their performance block by block. */
#include "flow/passes.h"
#include "base/simd_vector.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* So many numbers of a dozen vectors stay in the first-level cache. A vector of a few blocks is in the caches anyway: its
 * passes do not wait. */
enum { BLOCK = 256, SHORT = 1024 };

/* The sums by which CVODE predicts a step of the highest order. */
enum { PREDICTION = FLOW_ORDER * (FLOW_ORDER + 1) / 2 };

static void predict(const flow_pass *p, ptrdiff_t from, ptrdiff_t n)
{
    double *z[FLOW_ORDER + 1];
    for (int j = 0; j <= FLOW_ORDER; j++)
        z[j] = p->v[j] + from;
    if (p->writes > FLOW_ORDER)
        lsa_simd_correct_and_shift(n, p->c, p->v[FLOW_ORDER + 1] + from, z[0], z[1], z[2], z[3], z[4], z[5]);
    else
        lsa_simd_shift(n, z[0], z[1], z[2], z[3], z[4], z[5]);
}

static bool is_chain(const flow_pass *p)
{
    return p->writes == 1 && p->v[3] != NULL;
}

static void perform(const flow_pass *p, ptrdiff_t from, ptrdiff_t n)
{
    double *const *v = p->v;
    if (p->writes > 1)
        predict(p, from, n);
    else if (is_chain(p))
        lsa_simd_chain(n, p->c, v[1] + from, v[2] + from, v[3] + from, v[0] + from);
    else if (v[2] != NULL)
        lsa_simd_sum(n, p->c[0], v[1] + from, p->c[1], v[2] + from, v[0] + from);
    else if (v[1] != NULL)
        lsa_simd_scale(n, p->c[0], v[1] + from, v[0] + from);
    else
        lsa_simd_fill(n, p->c[0], v[0] + from);
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
    for (int k = 0; k < FLOW_ORDER + 2; k++)
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
    bool wanted[FLOW_PASSES];
    int count = 0, rest = 0;
    for (int k = all->count - 1; k >= 0; k--) {
        const flow_pass *p = &all->waiting[k];
        wanted[k] = to_change ? touches(p, v) : writes(p, v);
        for (int later = k + 1; later < all->count && !wanted[k]; later++)
            wanted[k] = wanted[later] && depends(&all->waiting[later], p);
    }
    for (int k = 0; k < all->count; k++)
        if (wanted[k])
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
    return p->writes == 1 && !is_chain(p) && p->c[0] == 1.0 && p->c[1] == 1.0 && p->v[0] == z && p->v[1] == z &&
           p->v[2] == x;
}

/* Whether the last fifteen predict a step: z_{j-1} += z_j for j = 5 .. k and k = 1 .. 5. */
static bool ends_with_prediction(const flow_passes *all, flow_pass *prediction)
{
    if (all->count < PREDICTION)
        return false;
    const flow_pass *p = all->waiting + all->count - PREDICTION;
    *prediction = (flow_pass){.writes = FLOW_ORDER};
    prediction->v[FLOW_ORDER] = p->v[2];
    for (int j = FLOW_ORDER; j > 0; j--)
        prediction->v[j - 1] = p[FLOW_ORDER - j].v[0];
    for (int k = 1; k <= FLOW_ORDER; k++)
        for (int j = FLOW_ORDER; j >= k; j--, p++)
            if (!adds(p, prediction->v[j], prediction->v[j - 1]))
                return false;
    return true;
}

/* The j for which p is z_j += c x of the history that is predicted, x no part of it; -1: none. */
static int corrected_by(const flow_pass *p, const flow_pass *prediction, const double *x)
{
    if (p->writes > 1 || is_chain(p) || p->v[1] != x || p->v[2] != p->v[0] || p->c[1] != 1.0 || touches(prediction, x))
        return -1;
    for (int j = 0; j <= FLOW_ORDER; j++)
        if (p->v[0] == prediction->v[j])
            return j;
    return -1;
}

/* Puts a prediction last; or, after a row of corrections of its history with nothing behind them that touches it, in
 * their place. */
static void put_prediction(flow_passes *all, flow_pass *prediction)
{
    int end = all->count, begin;
    while (end > 0 && !depends(prediction, &all->waiting[end - 1]))
        end--;
    double *x = end > 0 ? all->waiting[end - 1].v[1] : NULL;
    for (begin = end; begin > 0; begin--) {
        const int j = corrected_by(&all->waiting[begin - 1], prediction, x);
        if (j < 0 || prediction->c[j] != 0.0)
            break;
        prediction->c[j] = all->waiting[begin - 1].c[0];
    }
    if (begin == end) {
        all->waiting[all->count++] = *prediction;
        return;
    }
    prediction->writes = FLOW_ORDER + 1;
    prediction->v[FLOW_ORDER + 1] = x;
    all->waiting[begin] = *prediction;
    memmove(all->waiting + begin + 1, all->waiting + end, (size_t)(all->count - end) * sizeof *prediction);
    all->count -= end - begin - 1;
}

/* One pass in place of fifteen. */
static void join_prediction(flow_passes *all)
{
    flow_pass prediction;
    if (!ends_with_prediction(all, &prediction))
        return;
    all->count -= PREDICTION;
    put_prediction(all, &prediction);
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

/* Whether `next` only goes on with the last one's result, and was made part of it. */
static bool join_chain(flow_passes *all, const flow_pass *next)
{
    if (all->count == 0)
        return false;
    flow_pass *last = &all->waiting[all->count - 1];
    double *const z = next->v[0];
    if (last->writes > 1 || last->v[0] != z)
        return false;
    if (is_chain(last) && last->c[4] == 1.0 && next->v[1] == z && next->v[2] == NULL) {
        last->c[4] = next->c[0];
        return true;
    }
    const int own = next->v[1] == z ? 0 : 1, other = 1 - own; /* which of next's two terms is z */
    if (is_chain(last) || last->v[2] == NULL || next->v[2] == NULL || next->v[1 + own] != z || next->v[1 + other] == z)
        return false;
    last->c[2] = next->c[own];
    last->c[3] = next->c[other];
    last->c[4] = 1.0;
    last->v[3] = next->v[1 + other];
    return true;
}

void flow_passes_sum(flow_passes *passes, double a, double *x, double b, double *y, double *z)
{
    const flow_pass next = {.writes = 1, .c = {a, b}, .v = {z, x, y}};
    if (passes->n <= SHORT) {
        perform(&next, 0, passes->n);
        return;
    }
    if (x != z && y != z)
        drop_made(passes, z);
    if (join_chain(passes, &next))
        return;
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
