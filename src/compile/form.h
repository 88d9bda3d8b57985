/* form.h - recognises 1/2 u^2 <U, H o U> - u <B, U> + constant in a shared loss. */
#ifndef LSAFLOW_COMPILE_FORM_H
#define LSAFLOW_COMPILE_FORM_H

#include "compile/share.h"
#include "lsaflow/program.h"

/* *found is set when the loss, a sum whose chains have not been shortened yet, has the form: one scalar and one square
 * matrix among the blocks, whatever their names, every constant between two U's diagonal. The arrays live in `kept`. */
lsa_status lsa_form_recognise(const lsa_sharing *sharing, const lsa_shared_sum *loss, ptrdiff_t n_blocks,
                              lsa_arena *kept, lsa_form *out, bool *found, lsa_error *err);

#endif
