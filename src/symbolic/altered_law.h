/* altered_law.h - how a setting's law differs from the statement's, told to the algebra before anything is expanded. */
#ifndef LSAFLOW_SYMBOLIC_ALTERED_LAW_H
#define LSAFLOW_SYMBOLIC_ALTERED_LAW_H

#include "lsaflow/derive.h"
#include "symbolic/wishart.h"

/* Symbols that a setting adds, -1 where it does not. */
typedef struct lsa_variant {
    int query_covariance; /* "Lambda_q", the covariance of the query             */
    int fixed_task;       /* "w0", in the place of the task                      */
    int student, sphere;  /* moments E tau^2, .. of their lengths (mixing.h)     */
    int covariance;       /* Lambda, where it is random by a Wishart law         */
    lsa_wishart wishart;  /* that law                                            */
} lsa_variant;

/* Lets the algebra's symbols mean what the options say. LSA_ERR_UNABLE when an option speaks of a Gaussian (query, task)
 * that the statement does not have. */
lsa_status lsa_variant_apply(lsa_algebra *algebra, const lsa_statement *statement, const lsa_derive_options *options,
                             lsa_variant *out, lsa_error *err);

#endif
