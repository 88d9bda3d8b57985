/* text_elsewhere.h - a formula's value in another model. */
#ifndef LSAFLOW_VERIFY_TEXT_ELSEWHERE_H
#define LSAFLOW_VERIFY_TEXT_ELSEWHERE_H

#include "verify/text_world.h"

/* `node` is e @ name. */
lsa_status text_elsewhere(text_world *w, const formula_node *node, const formula_value **out, lsa_error *err);
/* e, a part of the world's claim, in the model with those changes. LSA_ERR_UNABLE where that is no model. */
lsa_status text_changed(text_world *w, ptrdiff_t n, const char *const *changes, const formula_node *e,
                        const formula_value **out, lsa_error *err);

#endif
