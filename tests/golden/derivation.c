/* The printed loss and gradient of each shipped statement against tests/golden/NAME.txt: short readable formulas,
 * reviewed as a diff. A mismatch prints what was derived, to be read before it replaces the file. */
#include "base/text.h"
#include "check.h"
#include "derived.h"
#include "symbolic/print.h"

#include <stdio.h>
#include <string.h>

/* One term a line; for merged, the smallest, the other notations too. */
static void add_formula(lsa_text *out, const lsa_derived *d, const char *label, const lsa_poly *poly)
{
    lsa_text_printf(out, "%s, %td terms:\n", label, lsa_poly_count(poly));
    for (ptrdiff_t k = 0; k < lsa_poly_count(poly); k++) {
        lsa_text_add(out, k == 0 ? "   " : "");
        lsa_poly_print_term(d->algebra, poly, k, LSA_FORMAT_TEXT, out);
        lsa_text_add(out, "\n");
    }
    if (strcmp(d->statement->name, "merged") == 0)
        lsa_text_printf(out, "  LaTeX: %s\n  MathML: %s\n", lsa_derived_text(d, poly, LSA_FORMAT_LATEX),
                        lsa_derived_text(d, poly, LSA_FORMAT_MATHML));
}

static void print_derivation(lsa_text *out, const char *name)
{
    lsa_derived d = lsa_derived_make(name, (lsa_derive_options){.rho_is_N = true});
    add_formula(out, &d, "loss", lsa_derivation_loss(d.derivation));
    for (int k = 0; k < d.statement->n_parameters; k++) {
        char label[64];
        snprintf(label, sizeof label, "gradient by %s",
                 lsa_algebra_symbol(d.algebra, d.statement->parameters[k])->name);
        add_formula(out, &d, label, lsa_derivation_gradient(d.derivation, k));
    }
    lsa_derived_clear(&d);
}

static void formulas_are_as_reviewed(void **state)
{
    (void)state;
    for (const char *const *name = lsa_statement_shipped_names(); *name != NULL; name++) {
        char path[512];
        lsa_text got, want;
        lsa_error err;
        lsa_error_clear(&err);
        lsa_text_init(&got);
        lsa_text_init(&want);
        snprintf(path, sizeof path, "%s/../golden/%s.txt", LSA_TEST_DATA, *name);
        print_derivation(&got, *name);
        if (lsa_text_read_file(&want, path, 1 << 20, &err) != LSA_OK || strcmp(got.data, want.data) != 0)
            fail_msg("%s should be, or is not:\n%s", path, got.data);
        lsa_text_clear(&got);
        lsa_text_clear(&want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(formulas_are_as_reviewed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
