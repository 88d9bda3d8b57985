/* text_beside.h - models beside the one at hand: with a key changed, for lim and order, or named by the file's key `models`.
 *
 * They are made once for all claims and live as long as the list. */
#ifndef LSAFLOW_VERIFY_TEXT_BESIDE_H
#define LSAFLOW_VERIFY_TEXT_BESIDE_H

#include "lsaflow/model.h"
#include "lsaflow/verify.h"

typedef struct text_beside {
    struct text_other_model *models;
    struct text_other_study *studies;
} text_beside;

void text_beside_clear(text_beside *all);
/* The experiment with those changes ("KEY=VALUE"). LSA_ERR_INPUT where it is no model then, LSA_ERR_UNABLE, LSA_ERR_MEMORY. */
lsa_status text_beside_model(text_beside *all, const lsa_experiment *from, ptrdiff_t n, const char *const *changes,
                             const lsa_experiment **out, lsa_error *err);
/* The study of it, of the same settings as `from`. */
lsa_status text_beside_study(text_beside *all, lsa_study *from, ptrdiff_t n, const char *const *changes,
                             lsa_study **out, lsa_error *err);

#endif
