/* head_order.c - in which order, and when, heads with separate key and query leave zero.  (W29)
 *
 * Near zero the heads do not meet: R = Lambda^2 on the modes not yet learned, 0 on the others, so in the modes' basis
 *     dv/dt = sum_i rho_i k_i q_i,   dk_i/dt = rho_i v q_i,   dq_i/dt = rho_i v k_i,   rho_i = drive of mode i.
 * In s = int v dt:  k_i + q_i = p_i e^{rho_i s},  k_i - q_i = m_i e^{-rho_i s},  so s is a particle on a line,
 *     d^2s/dt^2 = 1/4 sum_i rho_i (p_i^2 e^{2 rho_i s} - m_i^2 e^{-2 rho_i s}),
 * and reaches infinity in finite time, by the mode that dominates there. The first head to do so learns its mode; the
 * others go on without it. What stops the growth, (W28), is matched to that: the course from zero of a head on its mode,
 * v = 1/(drive (T - t)) at first, gives the time at which half of the mode's gain is made.
 *
 * What is left out: a head that learns mode j has some of the modes i too, of size theta at the ceiling, and loses them at
 * the rate v (sqrt(rho_i rho_j) gamma_i/gamma_j - rho_i), slowly where lambda_i is near lambda_j or N is large. Meanwhile
 * R_ij = -sqrt(rho_i rho_j) theta couples the modes of the other heads; this shifts the escape of a head by mode i by about
 * sqrt(rho_j/rho_i) theta/rate times the quotient of its components j and i. The sum of these shifts is `error`. */
#include "base/try.h"
#include "lsaflow/theory_heads.h"
#include "theory/law.h"
#include <math.h>
#include <stdlib.h>

/* A step is this share of the shortest time in which s moves by 1/rho: the fourth-order error is 1e-10 of that. */
static const double STEP = 0.01;
/* v is infinite when it is so many ceilings: what is left of the time is 1/(rho v), to as many digits. */
static const double FAR = 1e6;
/* A head that has not left by then stands still (an exact zero, or its unstable rest). */
enum { STEPS_MAX = 1000000 };

typedef struct small_head {
    double v, s;
    double *p, *m; /* rank numbers each */
} small_head;

typedef struct small_heads {
    const lsa_theory *theory;
    ptrdiff_t n, rank;
    small_head *heads;
    bool *learned;  /* of a head: it has left zero                       */
    double *shifts; /* rank numbers a head: of its escape by each mode   */
    double *rho;    /* of a mode: 0 once it is learned */
    double *storage;
    double ceiling; /* the largest */
} small_heads;

static void clear(small_heads *all)
{
    free(all->heads);
    free(all->learned);
    free(all->storage);
}

/* k + q and k - q of head h in mode i: q_i' k, q_i' q with the eigenvector q_i. */
static void place(small_heads *all, ptrdiff_t h, double v, const double *k, const double *q)
{
    const lsa_theory *theory = all->theory;
    small_head *head = &all->heads[h];
    *head =
        (small_head){.v = v, .p = all->storage + (1 + 2 * h) * all->rank, .m = all->storage + (2 + 2 * h) * all->rank};
    for (ptrdiff_t i = 0; i < all->rank; i++) {
        long double key = 0.0L, query = 0.0L;
        for (ptrdiff_t j = 0; j < theory->d; j++) {
            const long double e = ext_entry(&theory->Q, j, theory->order[i]);
            key += e * (long double)k[j];
            query += e * (long double)q[j];
        }
        head->p[i] = (double)(key + query);
        head->m[i] = (double)(key - query);
    }
}

static lsa_status init(const lsa_theory *theory, ptrdiff_t n, const double *v, const double *k, const double *q,
                       small_heads *all, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *all = (small_heads){.theory = theory, .n = n, .rank = theory->rank};
    all->heads = calloc((size_t)n, sizeof *all->heads);
    LSA_TRY_MEMORY(all->heads, "the heads near zero");
    all->learned = calloc((size_t)n, sizeof *all->learned);
    LSA_TRY_MEMORY(all->learned, "the heads near zero");
    all->storage = calloc((size_t)((3 * n + 1) * all->rank + 1), sizeof *all->storage);
    LSA_TRY_MEMORY(all->storage, "the heads near zero");
    all->rho = all->storage;
    all->shifts = all->storage + (2 * n + 1) * all->rank;
    for (ptrdiff_t i = 0; i < all->rank; i++) {
        lsa_theory_head mode;
        LSA_TRY(lsa_theory_head_of(theory, i, &mode, err));
        all->rho[i] = mode.drive;
        all->ceiling = fmax(all->ceiling, lsa_theory_head_ceiling(&mode));
    }
    for (ptrdiff_t h = 0; h < n; h++)
        place(all, h, v[h], k + h * theory->d, q + h * theory->d);
done:
    return status;
}

static double force(const small_heads *all, const small_head *head, double s)
{
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < all->rank; i++) {
        const double grown = exp(all->rho[i] * s), p = head->p[i] * grown, m = head->m[i] / grown;
        sum += 0.25 * all->rho[i] * (p * p - m * m);
    }
    return sum;
}

/* One step of the classical Runge-Kutta method for s'' = force(s). */
static void step(const small_heads *all, small_head *head, double t)
{
    const double s = head->s, v = head->v;
    const double a1 = force(all, head, s), v2 = v + 0.5 * t * a1;
    const double a2 = force(all, head, s + 0.5 * t * v), v3 = v + 0.5 * t * a2;
    const double a3 = force(all, head, s + 0.5 * t * v2), v4 = v + t * a3;
    const double a4 = force(all, head, s + t * v3);
    head->s += t / 6.0 * (v + 2.0 * v2 + 2.0 * v3 + v4);
    head->v += t / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4);
}

/* |k| and |q| of mode i, together. */
static double component(const small_heads *all, const small_head *head, ptrdiff_t i)
{
    const double grown = exp(all->rho[i] * head->s);
    return fabs(head->p[i]) * grown + fabs(head->m[i]) / grown;
}

/* The mode that leads where the head is. */
static ptrdiff_t leading(const small_heads *all, const small_head *head)
{
    ptrdiff_t best = 0;
    for (ptrdiff_t i = 1; i < all->rank; i++)
        if (all->rho[i] * component(all, head, i) > all->rho[best] * component(all, head, best))
            best = i;
    return best;
}

/* Moves the head on by the time `until`, or to infinity if that comes first; returns when. */
static double move(const small_heads *all, small_head *head, double until)
{
    double fastest = 0.0, time = 0.0;
    for (ptrdiff_t i = 0; i < all->rank; i++)
        fastest = fmax(fastest, all->rho[i]);
    for (int n = 0; n < STEPS_MAX && time < until; n++) {
        const double motion = fastest * fabs(head->v) + sqrt(fastest * fabs(force(all, head, head->s)));
        if (!(motion > 0.0))
            break;
        if (fabs(head->v) > FAR * all->ceiling)
            return time + 1.0 / (all->rho[leading(all, head)] * fabs(head->v));
        const double t = fmin(STEP / motion, until - time);
        step(all, head, t);
        time = t < until - time ? time + t : until;
    }
    return time < until ? (double)INFINITY : until;
}

/* Where the head is becomes its start. */
static void restart(const small_heads *all, small_head *head)
{
    for (ptrdiff_t i = 0; i < all->rank; i++) {
        const double grown = exp(all->rho[i] * head->s);
        head->p[i] *= grown;
        head->m[i] /= grown;
    }
    head->s = 0.0;
}

/* The head that is the first to reach infinity from where all are, when, and by which mode; head = -1: none.
 * far: where it is there. */
static lsa_theory_escape first_to_leave(const small_heads *all, small_head *far)
{
    lsa_theory_escape first = {.head = -1, .time = (double)INFINITY};
    for (ptrdiff_t h = 0; h < all->n; h++) {
        small_head trial = all->heads[h];
        const double time = all->learned[h] ? (double)INFINITY : move(all, &trial, (double)INFINITY);
        if (time < first.time) {
            first = (lsa_theory_escape){.head = h, .mode = leading(all, &trial), .time = time};
            *far = trial;
        }
    }
    return first;
}

/* Moves the heads that are still small on by `time`. */
static void go_on(small_heads *all, double time)
{
    for (ptrdiff_t h = 0; h < all->n; h++) {
        if (all->learned[h])
            continue;
        move(all, &all->heads[h], time);
        restart(all, &all->heads[h]);
    }
}

/* The rate at which a head that has learned mode j loses mode i, gamma = damping/drive up to a factor. */
static double losing_rate(const lsa_theory_head *j, const lsa_theory_head *i)
{
    const double quotient = (i->damping / i->drive) / (j->damping / j->drive);
    return lsa_theory_head_ceiling(j) * (sqrt(i->drive * j->drive) * quotient - i->drive);
}

/* From what the escaping head (where it is at infinity) has of other modes; settling: until that is a hundredth. */
static lsa_status add_shifts(small_heads *all, const small_head *far, lsa_theory_escape *escape, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t j = escape->mode;
    lsa_theory_head learned, other;
    LSA_TRY(lsa_theory_head_of(all->theory, j, &learned, err));
    for (ptrdiff_t i = 0; i < all->rank; i++) {
        if (i == j || all->rho[i] == 0.0)
            continue;
        LSA_TRY(lsa_theory_head_of(all->theory, i, &other, err));
        const double back = exp((1.0 - other.drive / learned.drive) * log(FAR));
        const double theta = back * component(all, far, i) / component(all, far, j);
        const double lasts = 1.0 / fmax(losing_rate(&learned, &other), 0.0);
        escape->settling = fmax(escape->settling, theta > 1e-2 ? lasts * log(theta / 1e-2) : 0.0);
        for (ptrdiff_t h = 0; h < all->n; h++)
            all->shifts[h * all->rank + i] += sqrt(learned.drive / other.drive) * theta * lasts *
                                              component(all, &all->heads[h], j) / component(all, &all->heads[h], i);
    }
done:
    return status;
}

/* To the others the mode's drive fades as 1 - s^3 while its own head grows, and int (1 - s^3) dt from s0 to 1 is (1/s0 - 1)
 * durations, where the course near zero takes 1/s0 to infinity: as if it ended one duration before. */
static lsa_status learn(small_heads *all, const small_head *far, lsa_theory_escape *escape, lsa_error *err)
{
    const double before = fmax(escape->time - escape->duration, 0.0);
    all->learned[escape->head] = true;
    go_on(all, before);
    const lsa_status status = add_shifts(all, far, escape, err);
    all->rho[escape->mode] = 0.0;
    go_on(all, escape->time - before);
    return status;
}

/* From the infinity of the course near zero to half of the gain, (1 - s^3)^2 = 1/2. */
static lsa_status match(const small_heads *all, lsa_theory_escape *escape, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_head mode;
    LSA_TRY(lsa_theory_head_of(all->theory, escape->mode, &mode, err));
    const double ceiling = lsa_theory_head_ceiling(&mode), small = 1e-6 * ceiling;
    const double half = cbrt(1.0 - sqrt(0.5)) * ceiling;
    escape->duration = 1.0 / (mode.drive * ceiling);
    escape->half = escape->time + lsa_theory_head_time(&mode, small, half) - lsa_theory_head_escape_time(&mode, small);
done:
    return status;
}

lsa_status lsa_theory_head_order(const lsa_theory *theory, ptrdiff_t heads, const double *v, const double *k,
                                 const double *q, lsa_theory_escape *out, ptrdiff_t *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    small_heads all;
    small_head far = {.v = 0.0};
    double now = 0.0, error = 0.0;
    ptrdiff_t n = 0;
    LSA_TRY(init(theory, heads, v, k, q, &all, err));
    while (n < heads && n < theory->rank) {
        lsa_theory_escape escape = first_to_leave(&all, &far);
        if (escape.head < 0)
            break;
        LSA_TRY(match(&all, &escape, err));
        escape.error = error += escape.duration + all.shifts[escape.head * all.rank + escape.mode];
        LSA_TRY(learn(&all, &far, &escape, err));
        escape.half += now;
        now = escape.time += now;
        out[n++] = escape;
    }
    *count = n;
done:
    clear(&all);
    return status;
}
