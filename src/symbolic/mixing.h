/* mixing.h - laws that are not Gaussian by their length alone: g = sqrt(tau) z, z Gaussian, tau >= 0 independent of it.
 *
 * Student t covariates (one tau a sample) and a task uniform on a sphere (one tau a prompt) are of this kind, E tau = 1.
 * A pair of factors g joined by Wick's rule leaves one factor tau beside the covariance, so a term knows how many
 * factors were drawn, whatever other letters it has; the average over tau comes last. */
#ifndef LSAFLOW_SYMBOLIC_MIXING_H
#define LSAFLOW_SYMBOLIC_MIXING_H

#include "symbolic/poly.h"

/* E tau^m is a symbol for 2 <= m <= LSA_MIXING_MOST, half the largest degree of a Gaussian in a term. */
enum { LSA_MIXING_MOST = 10 };

/* Adds the symbols E tau^2, E tau^3, .. of one law, named `law`_2, ..; *first is the id of E tau^2, the others follow. */
lsa_status lsa_mixing_add_moments(lsa_algebra *algebra, const char *law, int *first, lsa_error *err);
/* From now on the Gaussian has a tau of the law whose moments start at `first`, one for each member of a family. */
lsa_status lsa_mixing_let(lsa_algebra *algebra, int gaussian, int first, lsa_error *err);

/* E f over all tau, for 1 x 1 f whose Gaussians are averaged over. Samples i_1 .. i_k that carry tau run over all
 * values, equal ones too: a sum over set partitions, N (N-1) .. (N-b+1) for b blocks, E tau^m for the m pairs of a
 * block. LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
lsa_status lsa_mixing_expect(lsa_algebra *algebra, const lsa_poly *f, const lsa_poly **out, lsa_error *err);

#endif
