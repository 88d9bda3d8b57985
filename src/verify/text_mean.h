/* text_mean.h - means over a random covariance. */
#ifndef LSAFLOW_VERIFY_TEXT_MEAN_H
#define LSAFLOW_VERIFY_TEXT_MEAN_H

#include "verify/text_world.h"

lsa_status text_mean(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);

#endif
