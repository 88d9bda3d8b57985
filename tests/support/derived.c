/* derived.c - derivations of shipped statements, for tests. */
#include "derived.h"
#include "base/text.h"
#include "check.h"
#include "model/statement.h"
#include "symbolic/print.h"

#include <string.h>

lsa_derived lsa_derived_make(const char *name, lsa_derive_options options)
{
    lsa_derived derived = {.arena = lsa_arena_create()};
    lsa_error err;
    lsa_error_clear(&err);
    assert_non_null(derived.arena);
    check_status(lsa_statement_shipped(name, derived.arena, &derived.statement, &err), LSA_OK, &err);
    check_status(lsa_derive(derived.statement, &options, &derived.derivation, &err), LSA_OK, &err);
    derived.algebra = lsa_derivation_algebra(derived.derivation);
    return derived;
}

lsa_derived lsa_derived_inline(const char *yaml, lsa_derive_options options, lsa_status expected, lsa_error *err)
{
    lsa_derived derived = {.arena = lsa_arena_create()};
    const lsa_source source = {.name = "inline", .text = yaml, .length = strlen(yaml)};
    lsa_node *tree = NULL;
    lsa_error local;
    lsa_error_clear(&local);
    assert_non_null(derived.arena);
    check_status(lsa_yaml_parse(&source, derived.arena, &tree, &local), LSA_OK, &local);
    check_status(lsa_statement_read("inline", tree, NULL, derived.arena, &derived.statement, &local), LSA_OK, &local);
    check_status(lsa_derive(derived.statement, &options, &derived.derivation, &local), expected, &local);
    if (expected == LSA_OK)
        derived.algebra = lsa_derivation_algebra(derived.derivation);
    if (err != NULL)
        *err = local;
    return derived;
}

void lsa_derived_clear(lsa_derived *derived)
{
    lsa_derivation_destroy(derived->derivation);
    lsa_arena_destroy(derived->arena);
}

const char *lsa_derived_text(const lsa_derived *derived, const lsa_poly *poly, lsa_format format)
{
    lsa_text text;
    const char *copy = NULL;
    lsa_text_init(&text);
    lsa_poly_print(derived->algebra, poly, format, &text);
    assert_false(text.failed);
    copy = lsa_arena_text(derived->arena, text.data, text.length);
    assert_non_null(copy);
    lsa_text_clear(&text);
    return copy;
}

const lsa_poly *lsa_derived_parse(const lsa_derived *derived, const char *formula)
{
    const lsa_poly *poly = NULL;
    lsa_error err;
    lsa_error_clear(&err);
    check_status(lsa_derivation_parse(derived->derivation, formula, &poly, &err), LSA_OK, &err);
    return poly;
}

void lsa_check_formula(const lsa_derived *derived, const lsa_poly *poly, const char *formula, const char *file,
                       int line)
{
    const lsa_poly *want = lsa_derived_parse(derived, formula), *rest = NULL;
    if (lsa_poly_equal(poly, want))
        return;
    check_status(lsa_derivation_difference(derived->derivation, poly, want, &rest, NULL), LSA_OK, NULL);
    print_error("%s:%d: got    %s\n  wanted %s\n  differ by %s\n", file, line,
                lsa_derived_text(derived, poly, LSA_FORMAT_TEXT), formula,
                lsa_derived_text(derived, rest, LSA_FORMAT_TEXT));
    fail();
}
