/* derive_log.c - the derivation's log. */
#include "symbolic/derive_log.h"
#include "symbolic/print.h"
#include <stdio.h>

/* The polynomial under its name, one term a line. */
static void print_terms(lsa_derivation *derivation, const char *label, const lsa_poly *poly)
{
    lsa_text_printf(&derivation->log, "  %s, %td term%s:\n", label, poly->n, poly->n == 1 ? "" : "s");
    for (ptrdiff_t k = 0; k < poly->n; k++) {
        lsa_text_add(&derivation->log, k == 0 ? "      " : "   ");
        lsa_poly_print_term(derivation->algebra, poly, k, LSA_FORMAT_TEXT, &derivation->log);
        lsa_text_add(&derivation->log, "\n");
    }
}

static void print_laws(lsa_derivation *derivation)
{
    const lsa_algebra *algebra = derivation->algebra;
    for (int id = 0; id < algebra->n_symbols; id++) {
        const lsa_symbol *symbol = &algebra->symbols[id];
        if (symbol->kind != LSA_SYMBOL_GAUSSIAN)
            continue;
        lsa_text_printf(&derivation->log, "  %s%s ~ N(0, %s), independent of the others\n", symbol->name,
                        symbol->family == LSA_FAMILY_SAMPLE ? "[i]" : "", algebra->symbols[symbol->covariance].name);
    }
}

void lsa_log_statement(lsa_derivation *derivation, const lsa_poly *prediction, const lsa_poly *target)
{
    if (!derivation->with_log)
        return;
    lsa_text_printf(&derivation->log, "Statement %s, with definitions inserted and products distributed\n",
                    derivation->statement->name);
    print_laws(derivation);
    print_terms(derivation, "prediction", prediction);
    print_terms(derivation, "target", target);
}

void lsa_log_square(lsa_derivation *derivation, const lsa_poly *residual, const lsa_square_count *count,
                    const lsa_poly *half)
{
    if (!derivation->with_log)
        return;
    lsa_text_printf(&derivation->log,
                    "\nHalf the square of prediction - target (%td terms)\n"
                    "  %td products of terms kept; %td left out, odd in some Gaussian, so that their expectation is 0\n"
                    "  (sums over samples of two factors run over indices of their own)\n",
                    residual->n, count->products, count->dropped);
    print_terms(derivation, "1/2 (prediction - target)^2", half);
}

void lsa_log_expectation(lsa_derivation *derivation, const lsa_wick_count *counts)
{
    const lsa_algebra *algebra = derivation->algebra;
    if (!derivation->with_log)
        return;
    lsa_text_add(&derivation->log,
                 "\nExpectation by Isserlis' theorem: every pairing of the Gaussians; a pair of samples "
                 "i, j gives delta_ij,\nan index that is left over a factor N\n");
    for (int pass = 0; pass < 2; pass++)
        for (int id = 0; id < algebra->n_symbols; id++) {
            const lsa_symbol *symbol = &algebra->symbols[id];
            const bool sample = symbol->family == LSA_FAMILY_SAMPLE;
            if (symbol->kind != LSA_SYMBOL_GAUSSIAN || sample != (pass == 0))
                continue;
            lsa_text_printf(&derivation->log, "  over %s: pairs joined %td, terms after collecting %td\n", symbol->name,
                            counts[id].pairs, counts[id].terms);
        }
    print_terms(derivation, "loss", derivation->loss);
}

void lsa_log_wishart(lsa_derivation *derivation)
{
    if (!derivation->with_log)
        return;
    lsa_text_add(&derivation->log, "\nExpectation over Lambda = (1/dof) sum of dof z z', z ~ N(0, Lambda_0)\n");
    print_terms(derivation, "loss", derivation->loss);
}

void lsa_log_gradient(lsa_derivation *derivation, int k)
{
    const lsa_symbol *symbol = &derivation->algebra->symbols[derivation->statement->parameters[k]];
    char label[256];
    if (!derivation->with_log)
        return;
    if (k == 0)
        lsa_text_add(&derivation->log, "\nGradient: d tr(P W)/dP = W', d tr(P' W)/dP = W\n");
    snprintf(label, sizeof label, "d loss / d %s%s", symbol->name, symbol->family == LSA_FAMILY_HEAD ? "[h]" : "");
    print_terms(derivation, label, derivation->gradient[k]);
}

void lsa_log_hessian(lsa_derivation *derivation, int k)
{
    const lsa_symbol *symbol = &derivation->algebra->symbols[derivation->statement->parameters[k]];
    char label[256];
    if (!derivation->with_log)
        return;
    if (k == 0)
        lsa_text_add(&derivation->log, "\nHessian along a direction V: each parameter in turn replaced by its V\n");
    snprintf(label, sizeof label, "d (d loss / d %s) along V", symbol->name);
    print_terms(derivation, label, derivation->hessian[k]);
}
