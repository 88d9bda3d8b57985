/* setting.h - how a setting's law differs from the statement's, told to the algebra before anything is expanded. */
#ifndef LSAFLOW_SYMBOLIC_SETTING_H
#define LSAFLOW_SYMBOLIC_SETTING_H

#include "lsaflow/derive.h"
#include "symbolic/wishart.h"

/* Symbols that a setting adds, -1 where it does not. */
typedef struct lsa_setting {
    int query_covariance; /* "Lambda_q", the covariance of xq */
    int fixed_task;       /* "w0", in the place of w          */
    int covariance;       /* Lambda, where it is random       */
    lsa_wishart wishart;  /* its law                          */
} lsa_setting;

/* Lets the algebra's symbols mean what the options say. LSA_ERR_UNABLE when an option speaks of a Gaussian (xq, w) that
 * the statement does not have. */
lsa_status lsa_setting_apply(lsa_algebra *algebra, const lsa_statement *statement, const lsa_derive_options *options,
                             lsa_setting *out, lsa_error *err);

#endif
