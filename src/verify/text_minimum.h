/* text_minimum.h - the least loss of all parameters, and a formula where it is taken. */
#ifndef LSAFLOW_VERIFY_TEXT_MINIMUM_H
#define LSAFLOW_VERIFY_TEXT_MINIMUM_H

#include "verify/text_world.h"

/* Parameters of the least loss, where they are known exactly; *found false: the least loss alone is. LSA_ERR_UNABLE: neither. */
lsa_status text_minimiser(text_world *w, text_place *place, bool *found, lsa_error *err);
lsa_status text_inf(text_world *w, const formula_value **out, lsa_error *err);
lsa_status text_argmin(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);
lsa_status text_best(text_world *w, const formula_node *e, const formula_value **out, lsa_error *err);

#endif
