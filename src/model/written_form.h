/* written_form.h - a mapping in which one key names the form and others stand beside it. */
#ifndef LSAFLOW_MODEL_WRITTEN_FORM_H
#define LSAFLOW_MODEL_WRITTEN_FORM_H

#include "model/yaml.h"

/* A key that means something beside another one only. */
typedef struct lsa_companion {
    const char *key, *needs;
} lsa_companion;

/* The key among `forms` (ended by NULL) that the mapping holds: its value, and its number in *which.
 * what      of the mapping, for messages; `listed` the forms as a message names them.
 * LSA_ERR_INPUT when there is none or more than one, or a key of `companions` (ended by a NULL) stands without its
 * form. */
lsa_status lsa_form_find(const lsa_node *mapping, const char *what, const char *listed, const char *const *forms,
                         const lsa_companion *companions, const lsa_node **out, int *which, lsa_error *err);

#endif
