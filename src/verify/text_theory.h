/* text_theory.h - constants of theorems that theory knows as closed forms. */
#ifndef LSAFLOW_VERIFY_TEXT_THEORY_H
#define LSAFLOW_VERIFY_TEXT_THEORY_H

#include "verify/text_world.h"

/* sigma_max, u_min, mu, h_min, growth. LSA_ERR_UNABLE where the theorem says nothing of the law or the start. */
lsa_status text_theory(text_world *w, formula_name_id id, const formula_value **out, lsa_error *err);

#endif
