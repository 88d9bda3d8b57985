/* text_limits.h - limits and orders in a key. */
#ifndef LSAFLOW_VERIFY_TEXT_LIMITS_H
#define LSAFLOW_VERIFY_TEXT_LIMITS_H

#include "verify/text_world.h"

lsa_status text_lim(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err);

#endif
