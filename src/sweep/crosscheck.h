/* crosscheck.h - one cell in a hundred whose path comes from the scalar equation is followed by CVODE too. */
#ifndef LSAFLOW_SWEEP_CROSSCHECK_H
#define LSAFLOW_SWEEP_CROSSCHECK_H

#include "lsaflow/model.h"

/* Whether this cell is drawn, by the experiment's monte_carlo.seed and the cell's number alone. */
bool crosscheck_asks(const lsa_experiment *experiment, ptrdiff_t cell);
/* The largest |x - x'|_max / |x'|_max of the parameters over the samples, x by CVODE at the rtol of the model, x' from the scalar
 * equation; NAN: one of the two failed. */
double crosscheck_difference(const lsa_experiment *experiment);

#endif
