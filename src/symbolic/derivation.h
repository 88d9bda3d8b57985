/* derivation.h - what a derivation holds. */
#ifndef LSAFLOW_SYMBOLIC_DERIVATION_H
#define LSAFLOW_SYMBOLIC_DERIVATION_H

#include "base/text.h"
#include "lsaflow/derive.h"
#include "symbolic/altered_law.h"

struct lsa_derivation {
    const lsa_statement *statement;
    lsa_algebra *algebra;
    lsa_variant variant;
    const lsa_poly *loss;
    const lsa_poly **gradient; /* per parameter          */
    const lsa_poly **hessian;  /* per parameter, or NULL */
    int *direction;            /* per parameter, or NULL */
    bool with_log;
    lsa_text log;
};

#endif
