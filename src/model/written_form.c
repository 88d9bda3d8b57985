/* written_form.c - which form a mapping has. */
#include "model/written_form.h"

static lsa_status check_companions(const lsa_node *mapping, const lsa_companion *companions, lsa_error *err)
{
    for (const lsa_companion *at = companions; at->key != NULL; at++) {
        const lsa_node *value = lsa_node_find(mapping, at->key);
        if (value != NULL && lsa_node_find(mapping, at->needs) == NULL)
            return lsa_node_error(value, err, "this key goes with '%s' only", at->needs);
    }
    return LSA_OK;
}

lsa_status lsa_form_find(const lsa_node *mapping, const char *what, const char *listed, const char *const *forms,
                         const lsa_companion *companions, const lsa_node **out, int *which, lsa_error *err)
{
    *out = NULL;
    for (int k = 0; forms[k] != NULL; k++) {
        const lsa_node *value = lsa_node_find(mapping, forms[k]);
        if (value == NULL)
            continue;
        if (*out != NULL)
            return lsa_node_error(value, err, "the %s is already given by '%s'", what, forms[*which]);
        *out = value;
        *which = k;
    }
    if (*out == NULL)
        return lsa_node_error(mapping, err, "expected one of the keys %s", listed);
    return check_companions(mapping, companions, err);
}
