/* random_factor.h - square roots of covariances that are drawn anew for every prompt. */
#ifndef LSAFLOW_EMPIRICAL_RANDOM_FACTOR_H
#define LSAFLOW_EMPIRICAL_RANDOM_FACTOR_H

#include "base/variate.h"
#include "empirical/covariance_factor.h"

/* What is made once: the factors of a mixture's components, of a Wishart law's scale; of a fixed covariance itself. */
typedef struct lsa_random_factor {
    const lsa_covariance *covariance;
    lsa_factor fixed;      /* fixed covariances, and WISHART: of the scale   */
    lsa_factor *component; /* MIXTURE                                        */
} lsa_random_factor;

/* `beside`, or NULL: a multiple of I takes that covariance's basis (lsa_factor_init_beside).
 * On failure clear it as well. */
lsa_status lsa_random_factor_init(lsa_random_factor *f, const lsa_covariance *covariance, const lsa_covariance *beside,
                                  lsa_error *err);
void lsa_random_factor_clear(lsa_random_factor *f);

/* Every factor drawn has a matrix, or none has. */
bool lsa_random_factor_is_dense(const lsa_random_factor *f);

/* One thread's drawn factor: storage for d numbers, and twice d^2 for WISHART. On failure clear it as well. */
typedef struct lsa_drawn_factor {
    lsa_factor factor;
    double *triangle;
} lsa_drawn_factor;
lsa_status lsa_drawn_factor_init(lsa_drawn_factor *drawn, const lsa_random_factor *f, lsa_error *err);
void lsa_drawn_factor_clear(lsa_drawn_factor *drawn);

/* The factor of one prompt; lives as long as `f` and until the next draw into `drawn`. */
const lsa_factor *lsa_random_factor_draw(const lsa_random_factor *f, lsa_variates *variates, lsa_drawn_factor *drawn);

#endif
