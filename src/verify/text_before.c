/* text_before.c - e at the sample before: what a quantity does from one sample of the flow to the next. */
#include "base/try.h"
#include "verify/text_flow.h"

lsa_status text_before(text_world *w, const formula_node *call, const formula_value **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const text_place *place;
    text_place before;
    LSA_TRY(text_here(w, &place, err));
    if (place->sample < 1)
        return lsa_error_set(err, LSA_ERR_DOMAIN, "there is no sample before this one");
    LSA_TRY(text_place_of_sample(w, place->sample - 1, &before, err));
    LSA_TRY(text_at(w, &before, call->children[0], out, err));
done:
    return status;
}
