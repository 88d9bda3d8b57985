/* text_up_to.h - the best of the images that a claim is judged up to. */
#ifndef LSAFLOW_VERIFY_TEXT_UP_TO_H
#define LSAFLOW_VERIFY_TEXT_UP_TO_H

#include "base/text.h"
#include "verify/text_image.h"
#include "verify/text_pair.h"

/* The image on which a and b differ least, into *image, and its name. LSA_ERR_UNABLE where there are too many of them, or the loss
 * does not have the symmetry. */
lsa_status text_best_image(const text_job *job, const formula_node *a, const formula_node *b, text_image *image,
                           lsa_text *name, lsa_error *err);
/* Up to rotations of the rows of keys and queries: x' x on both sides. */
lsa_status text_without_rotation(const checked_claim *checked, const formula_node **a, const formula_node **b,
                                 lsa_error *err);

#endif
