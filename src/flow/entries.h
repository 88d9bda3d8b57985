/* entries.h - what each unknown of a loss without a form is followed to: its own size, as far as rounding allows.
 *
 * At the saddles on the way the heads that have not learned yet are smaller than the others by any factor, and what becomes
 * of the path is in their digits alone. So an error is allowed as a share of
 *     its size, m_i: |y_i| at the start; later max(|y_i|, .9997 m_i of the step before),
 * so that entries of one block may differ by any factor, and what shrinks over some saddles is followed down; not what passes
 * through zero or merely decays, which would only cost steps.
 *
 * An entry that runs away from zero ever faster (dv/dt = v^2: its rate f/y is beyond its mean one, ln(y/y(0))/t) may be wrong by
 * more: an error e there is one of e/f in the time, and as a share of t so much less. It is allowed up to rtol of |y_i|.
 *
 * Newton's iterations cannot do better than rounding of the right-hand side, e_i = eps |H (y o xi)|_i for random signs xi,
 * times the step h: an error of NOISE h e_i is allowed too, but no larger share of the block's largest entry than that of
 * any entry. In a basis in which the constants are diagonal e_i is of the size of entry i's own motion, whatever the other
 * heads are. */
#ifndef LSAFLOW_FLOW_ENTRIES_H
#define LSAFLOW_FLOW_ENTRIES_H

#include "lsaflow/program.h"
#include "lsaflow/status.h"
#include <stddef.h>

typedef struct flow_entries {
    ptrdiff_t n;
    double *size;    /* m_i                                                                  */
    double *noise;   /* e_i, the largest of late                                             */
    double *rate;    /* |H_ii| of the last Newton matrix; INFINITY: none was made            */
    double *least;   /* below which no entry is followed: it may be an exact zero            */
    double *origin;  /* |y_i| at the start, or what it is measured against                    */
    double *slack;   /* by how much more than its size an entry that runs away may be wrong   */
    double *scratch; /* 2 n                                                                  */
    double step;     /* h that the integrator is about to take; set by it                    */
    ptrdiff_t calls;
} flow_entries;

/* n numbers, all sizes 0. */
lsa_status flow_entries_create(ptrdiff_t n, flow_entries **out, lsa_error *err);
void flow_entries_destroy(flow_entries *entries);
/* Block `offset`, of `size` entries, starts at y and is measured against `scale` where an entry is 0. */
void flow_entries_start(flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, double scale, const double *y);
/* A step has come to y: takes sizes and, every few steps, the noise. */
void flow_entries_update(flow_entries *entries, const lsa_program *program, lsa_workspace *work, const double *y);
/* ... at that time, with the right-hand side f. */
void flow_entries_move(flow_entries *entries, double time, const double *y, const double *f);
/* Newton's matrix was made: J, of `size` rows, is -H in its first n. */
void flow_entries_damp(flow_entries *entries, ptrdiff_t size, const double *J);
/* The most that rounding moves an entry of a block in the step ahead, as a share of the block's largest entry. */
double flow_entries_blur(const flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, const double *y);
/* w_i = 1/(what is allowed of entry i) over a block: rtol its tolerance, scale the most that it is measured against. */
void flow_entries_weights(const flow_entries *entries, ptrdiff_t offset, ptrdiff_t size, double rtol, double scale,
                          const double *y, double *w);

#endif
