/* A formula as a figure shows it. */
#include "base/text.h"
#include "check.h"
#include "report/report.h"

static void is(const char *formula, const char *wanted)
{
    lsa_text out;
    lsa_text_init(&out);
    lsa_report_formula(&out, formula);
    assert_false(out.failed);
    assert_string_equal(out.data != NULL ? out.data : "", wanted);
    lsa_text_clear(&out);
}

static void letters_dots_and_powers(void **state)
{
    (void)state;
    is("u*U - inv(Gamma)", "u·U - inv(Γ)");
    is("exp(-mu*t)", "exp(-μ·t)");
    is("Lambda^2*x^13", "Λ²·x¹³");
    is("", "");
    is("mu_1 + Lambda_c + mum + m", "mu_1 + Lambda_c + mum + m"); /* other words */
    is("x^(1/2) + 2^h", "x^(1/2) + 2^h");                         /* no digits to raise */
    is("\"<b>\" `ls` {}", "\"<b>\" `ls` {}");                     /* whoever writes it down escapes it */
    is("10^-3", "10^-3");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(letters_dots_and_powers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
