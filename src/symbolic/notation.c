/* notation.c - symbols in text, LaTeX and MathML.
 *
 * Text is the language of statements, so that what is printed can be read back. In the other two a Greek name becomes
 * its letter, what follows an underscore or a single letter's digits becomes a subscript ("Lambda_q", "w0"), and other
 * names of several letters stand upright. */
#include "symbolic/notation.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

typedef struct greek {
    const char *name, *latex, *mathml;
} greek;

static const greek GREEK[] = {
    {"alpha", "\\alpha", "α"}, {"beta", "\\beta", "β"},      {"gamma", "\\gamma", "γ"},
    {"delta", "\\delta", "δ"}, {"eps", "\\varepsilon", "ε"}, {"epsilon", "\\varepsilon", "ε"},
    {"zeta", "\\zeta", "ζ"},   {"eta", "\\eta", "η"},        {"theta", "\\theta", "θ"},
    {"kappa", "\\kappa", "κ"}, {"lambda", "\\lambda", "λ"},  {"mu", "\\mu", "μ"},
    {"nu", "\\nu", "ν"},       {"xi", "\\xi", "ξ"},          {"pi", "\\pi", "π"},
    {"rho", "\\rho", "ρ"},     {"sigma", "\\sigma", "σ"},    {"tau", "\\tau", "τ"},
    {"phi", "\\phi", "φ"},     {"chi", "\\chi", "χ"},        {"psi", "\\psi", "ψ"},
    {"omega", "\\omega", "ω"}, {"Gamma", "\\Gamma", "Γ"},    {"Delta", "\\Delta", "Δ"},
    {"Theta", "\\Theta", "Θ"}, {"Lambda", "\\Lambda", "Λ"},  {"Xi", "\\Xi", "Ξ"},
    {"Pi", "\\Pi", "Π"},       {"Sigma", "\\Sigma", "Σ"},    {"Phi", "\\Phi", "Φ"},
    {"Psi", "\\Psi", "Ψ"},     {"Omega", "\\Omega", "Ω"},
};

void lsa_print_choice(const lsa_printer *p, const char *text, const char *latex, const char *mathml)
{
    switch (p->format) {
    case LSA_FORMAT_TEXT:
        lsa_text_add(p->text, text);
        break;
    case LSA_FORMAT_LATEX:
        lsa_text_add(p->text, latex);
        break;
    case LSA_FORMAT_MATHML:
        lsa_text_add(p->text, mathml);
        break;
    }
}

void lsa_print_number(const lsa_printer *p, const char *digits, size_t length)
{
    lsa_print_choice(p, "", "", "<mn>");
    lsa_text_add_bytes(p->text, digits, length);
    lsa_print_choice(p, "", "", "</mn>");
}

void lsa_print_integer(const lsa_printer *p, int value)
{
    char digits[16];
    const int length = snprintf(digits, sizeof digits, "%d", value);
    lsa_print_number(p, digits, (size_t)length);
}

static const greek *find_greek(const char *name, size_t length)
{
    for (size_t k = 0; k < sizeof GREEK / sizeof *GREEK; k++)
        if (strlen(GREEK[k].name) == length && memcmp(GREEK[k].name, name, length) == 0)
            return &GREEK[k];
    return NULL;
}

/* A name without subscripts. */
static void print_base(const lsa_printer *p, const char *name, size_t length)
{
    const greek *letter = find_greek(name, length);
    if (p->format == LSA_FORMAT_TEXT) {
        lsa_text_add_bytes(p->text, name, length);
    } else if (letter != NULL) {
        lsa_print_choice(p, "", letter->latex, "<mi>");
        lsa_print_choice(p, "", "", letter->mathml);
        lsa_print_choice(p, "", "", "</mi>");
    } else if (length > 0 && isdigit((unsigned char)name[0])) {
        lsa_print_number(p, name, length);
    } else {
        lsa_print_choice(p, "", length > 1 ? "\\mathrm{" : "", "<mi>");
        for (size_t k = 0; k < length; k++) {
            if (name[k] == '_')
                lsa_print_choice(p, "", "\\", "");
            lsa_text_add_bytes(p->text, name + k, 1);
        }
        lsa_print_choice(p, "", length > 1 ? "}" : "", "</mi>");
    }
}

/* Where the subscript of a name starts, and how long the base is; no subscript: the end. */
static size_t split_name(const char *name, size_t *base)
{
    const size_t length = strlen(name);
    const char *bar = strchr(name, '_');
    *base = length;
    if (bar != NULL && bar != name && bar[1] != '\0') {
        *base = (size_t)(bar - name);
        return *base + 1;
    }
    if (length > 1 && isalpha((unsigned char)name[0]) && strspn(name + 1, "0123456789") == length - 1) {
        *base = 1;
        return 1;
    }
    return length;
}

void lsa_print_index(const lsa_printer *p, lsa_family family, int index)
{
    const char *letter = family == LSA_FAMILY_HEAD ? "h" : "i";
    lsa_print_choice(p, "", "", index > 0 ? "<msub>" : "");
    print_base(p, letter, 1);
    if (index > 0) {
        lsa_print_choice(p, "", "_{", "");
        lsa_print_integer(p, index);
        lsa_print_choice(p, "", "}", "</msub>");
    }
}

/* The subscript: what the name carries, then the index. */
static void print_subscript(const lsa_printer *p, const char *subscript, lsa_family family, bool indexed, int index)
{
    const bool both = *subscript != '\0' && indexed;
    lsa_print_choice(p, "", "_{", "<mrow>");
    if (*subscript != '\0')
        print_base(p, subscript, strlen(subscript));
    if (both)
        lsa_print_choice(p, "", ",", "<mo>,</mo>");
    if (indexed)
        lsa_print_index(p, family, index);
    lsa_print_choice(p, "", "}", "</mrow>");
}

static void print_superscript(const lsa_printer *p, bool transposed, int exponent)
{
    if (transposed) {
        lsa_print_choice(p, "'", "^{\\top}", "<mo>⊤</mo>");
    } else if (exponent > 1) {
        lsa_print_choice(p, "^", "^{", "");
        lsa_print_integer(p, exponent);
        lsa_print_choice(p, "", "}", "");
    }
}

/* The language calls the noise variance s2: outside of text it is s squared. */
static bool is_noise_variance(const lsa_symbol *symbol)
{
    return symbol->role == LSA_ROLE_NOISE_VARIANCE;
}

static void print_plain(const lsa_printer *p, const lsa_symbol *s, bool indexed, int index, bool transposed,
                        int exponent)
{
    lsa_text_add(p->text, s->name);
    if (indexed) {
        lsa_text_add(p->text, "[");
        lsa_print_index(p, s->family, index);
        lsa_text_add(p->text, "]");
    }
    print_superscript(p, transposed, exponent);
}

void lsa_print_symbol(const lsa_printer *p, int symbol, int index, bool transposed, int exponent)
{
    static const char *const opening[] = {"", "<msub>", "<msup>", "<msubsup>"};
    static const char *const closing[] = {"", "</msub>", "</msup>", "</msubsup>"};
    const lsa_symbol *s = &p->algebra->symbols[symbol];
    const bool indexed = s->family != LSA_FAMILY_NONE && index >= 0, squared = is_noise_variance(s);
    const int power = squared ? 2 * exponent : exponent;
    const bool raised = transposed || power > 1;
    size_t base = 1;
    const char *subscript = squared ? "" : s->name + split_name(s->name, &base);
    const int scripts = (*subscript != '\0' || indexed ? 1 : 0) + (raised ? 2 : 0);
    if (p->format == LSA_FORMAT_TEXT) {
        print_plain(p, s, indexed, index, transposed, exponent);
        return;
    }
    lsa_print_choice(p, "", "", opening[scripts]);
    print_base(p, s->name, base);
    if (scripts % 2 != 0)
        print_subscript(p, subscript, s->family, indexed, index);
    if (raised)
        print_superscript(p, transposed, power);
    lsa_print_choice(p, "", "", closing[scripts]);
}
