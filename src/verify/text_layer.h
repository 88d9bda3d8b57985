/* text_layer.h - the layer's own blocks at the run's place, whatever the statement calls them. */
#ifndef LSAFLOW_VERIFY_TEXT_LAYER_H
#define LSAFLOW_VERIFY_TEXT_LAYER_H

#include "verify/text_world.h"

/* sum_h u_h U_h. LSA_ERR_UNABLE where the layer has no such blocks. */
lsa_status text_product(text_world *w, const formula_value **out, lsa_error *err);
/* px or k, of one head; 0 where the layer leaves it out. */
lsa_status text_side_block(text_world *w, formula_name_id id, const formula_value **out, lsa_error *err);

#endif
