/* closed_form.c - a formula written by a user, as a polynomial over the derivation's symbols.
 *
 * The formula may name whatever the algebra knows: the statement's symbols, the dimensions' scalars (d), what the
 * setting added (Lambda_q, w0). Symbols mean what they mean in the setting: with rho_is_N, rho is N here too. A formula
 * that still has Gaussians in it stands for its expectation. */
#include "base/try.h"
#include "lsaflow/derive.h"
#include "symbolic/derivation.h"
#include "symbolic/expand.h"
#include "symbolic/wick.h"

lsa_status lsa_derivation_parse(lsa_derivation *derivation, const char *text, const lsa_poly **out, lsa_error *err)
{
    lsa_algebra *algebra = derivation->algebra;
    lsa_statement extended = *derivation->statement;
    lsa_status status = LSA_OK;
    const lsa_expr *expr = NULL;
    const lsa_poly *formula = NULL;
    extended.symbols = algebra->symbols;
    extended.n_symbols = algebra->n_symbols;
    lsa_algebra_start_work(algebra);
    LSA_TRY(lsa_expression_parse(&extended, text, algebra->arena, &expr, err));
    LSA_TRY(lsa_expand(algebra, expr, &formula, err));
    if (formula->rows == LSA_DIM_ONE && formula->cols == LSA_DIM_ONE)
        LSA_TRY(lsa_expect(algebra, formula, NULL, &formula, err));
    *out = formula;
done:
    return status;
}
