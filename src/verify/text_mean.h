/* text_mean.h - means over a random covariance. */
#ifndef LSAFLOW_VERIFY_TEXT_MEAN_H
#define LSAFLOW_VERIFY_TEXT_MEAN_H

#include "verify/text_world.h"

/* Whether moments, or the mixture's parts, give the mean of e: exactly. */
bool text_mean_is_exact(const text_world *w, const formula_node *e);
lsa_status text_mean(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);

#endif
