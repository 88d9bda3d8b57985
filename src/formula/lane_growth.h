/* lane_growth.h - which moments a formula of prompts has, read off the formula: as a polynomial grows in what is drawn, or why that is
 * not known.
 *
 * Sums, products and powers of Gaussians have all moments; of Student covariates, of least squares on few pairs and of the inverse
 * of a drawn Lambda only some, by their powers. Nothing is known of a quotient whose divisor may come near 0, of exp of what may
 * grow, of the inverse of a drawn matrix. A divisor such as 1 + norm(x)^2 is bounded away from 0 by its form. */
#ifndef LSAFLOW_FORMULA_LANE_GROWTH_H
#define LSAFLOW_FORMULA_LANE_GROWTH_H

#include "formula/lanes.h"

typedef struct formula_growth {
    double covariate;     /* power of one covariate of the context              */
    double least_squares; /* power of a solution of least squares               */
    double inverse;       /* power of the inverse of the drawn Lambda           */
    double gaussian;      /* degree in all that is drawn; INFINITY: no polynomial */
} formula_growth;

/* How a leaf grows. */
typedef formula_growth formula_leaf_growth(void *context, const formula_node *leaf);

/* The growth of a formula; *unknown = the part of which no moments are known, or NULL. names->constant tells the numbers. */
formula_growth formula_growth_of(const formula_node *node, const formula_lane_names *names, formula_leaf_growth *leaf,
                                 void *context, const formula_node **unknown);

#endif
