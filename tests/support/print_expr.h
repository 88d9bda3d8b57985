/* print_expr.h - a checked expression as text with every bracket written: "(* (/ u rho) (sum i1 x[i1]) U xq)". */
#ifndef LSA_TESTS_PRINT_EXPR_H
#define LSA_TESTS_PRINT_EXPR_H

#include "lsaflow/statement.h"
#include <stdio.h>
#include <string.h>

static void print_expr(const lsa_statement *s, const lsa_expr *e, char *out, size_t size)
{
    static const char *const heads[] = {"", "", "+", "*", "-", "/", "'", "^", "sum", "tr"};
    size_t used = strlen(out);
    if (e->kind == LSA_EXPR_NUMBER) {
        snprintf(out + used, size - used, "%s", e->number);
        return;
    }
    if (e->kind == LSA_EXPR_SYMBOL) {
        if (e->index >= 0)
            snprintf(out + used, size - used, "%s[%d]", s->symbols[e->symbol].name, e->index);
        else
            snprintf(out + used, size - used, "%s", s->symbols[e->symbol].name);
        return;
    }
    snprintf(out + used, size - used, "(%s", heads[e->kind]);
    used = strlen(out);
    if (e->kind == LSA_EXPR_POWER)
        snprintf(out + used, size - used, " %d", e->exponent);
    if (e->kind == LSA_EXPR_INDEX_SUM)
        snprintf(out + used, size - used, " %s%d", e->family == LSA_FAMILY_HEAD ? "h" : "i", e->index);
    for (int k = 0; k < e->n_children; k++) {
        used = strlen(out);
        snprintf(out + used, size - used, " ");
        print_expr(s, e->children[k], out, size);
    }
    used = strlen(out);
    snprintf(out + used, size - used, ")");
}

#endif
