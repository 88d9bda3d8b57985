/* form.h - recognises 1/2 <W, H o W> - <B, W> + constant in a shared loss. */
#ifndef LSAFLOW_COMPILE_FORM_H
#define LSAFLOW_COMPILE_FORM_H

#include "compile/share.h"
#include "lsaflow/program.h"

/* *found is set when the loss, a sum whose chains have not been shortened yet, has the form (program.h, lsa_form) in
 * some W (unit.h), every constant between two W's diagonal; `partial` when products of other blocks were left out. The
 * arrays live in `kept`. */
lsa_status lsa_form_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, lsa_arena *kept, lsa_form *out,
                              bool *found, lsa_error *err);
/* The least value over all W, form->minimum; clears in B, which is form->B, what rounding left where H_ij = 0. */
double lsa_form_least_value(const lsa_form *form, double *B);

#endif
