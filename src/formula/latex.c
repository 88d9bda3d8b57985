/* latex.c - the syntax of a formula as LaTeX: Greek names, fractions, roots, norms, limits. */
#include "formula/latex.h"

#include "base/text.h"
#include <string.h>

/* How strongly a node binds: what binds less stands in brackets. */
enum { BIND_WORD, BIND_COMPARE, BIND_SUM, BIND_PRODUCT, BIND_POSTFIX, BIND_PRIMARY };

static int binding_of(const lsa_syntax *s)
{
    switch (s->kind) {
    case LSA_SYNTAX_AND:
    case LSA_SYNTAX_OR:
    case LSA_SYNTAX_NOT:
        return BIND_WORD;
    case LSA_SYNTAX_COMPARED:
        return BIND_COMPARE;
    case LSA_SYNTAX_ADD:
    case LSA_SYNTAX_NEGATION:
    case LSA_SYNTAX_SUMMED:
    case LSA_SYNTAX_RUN:
        return BIND_SUM;
    case LSA_SYNTAX_MULTIPLY:
        return BIND_PRODUCT;
    case LSA_SYNTAX_QUOTIENT:
    case LSA_SYNTAX_TRANSPOSED:
    case LSA_SYNTAX_RAISED:
        return BIND_POSTFIX;
    default:
        return BIND_PRIMARY;
    }
}

static void bound(const lsa_syntax *s, int least, lsa_text *out)
{
    const bool brackets = binding_of(s) < least;
    lsa_text_add(out, brackets ? "\\left(" : "");
    formula_latex(s, out);
    lsa_text_add(out, brackets ? "\\right)" : "");
}

static void list(const lsa_syntax *s, const char *between, int least, lsa_text *out)
{
    for (int k = 0; k < s->n_children; k++) {
        lsa_text_add(out, k > 0 ? between : "");
        bound(s->children[k], least, out);
    }
}

/* ---------------------------------------------------------------- names */

static const char *const greek[] = {"alpha", "beta",   "gamma", "delta", "epsilon", "kappa", "lambda",
                                    "mu",    "nu",     "rho",   "sigma", "tau",     "omega", "theta",
                                    "Gamma", "Lambda", "Omega", "Theta", "Sigma",   "Delta", "eta"};

/* A run of letters: Greek by its name, one letter as it is, a word upright. */
static void word(const char *text, size_t length, lsa_text *out)
{
    for (size_t k = 0; k < sizeof greek / sizeof *greek; k++) {
        if (strlen(greek[k]) == length && strncmp(greek[k], text, length) == 0) {
            lsa_text_printf(out, "\\%s", greek[k]);
            return;
        }
    }
    lsa_text_printf(out, length == 1 ? "%.*s" : "\\mathrm{%.*s}", (int)length, text);
}

/* "sigma_max": a word with an index. */
static void name(const lsa_syntax *s, lsa_text *out)
{
    const char *bar = strchr(s->text, '_');
    word(s->text, bar != NULL ? (size_t)(bar - s->text) : strlen(s->text), out);
    if (bar == NULL && s->index == NULL)
        return;
    lsa_text_add(out, "_{");
    if (bar != NULL)
        word(bar + 1, strlen(bar + 1), out);
    lsa_text_add(out, bar != NULL && s->index != NULL ? "," : "");
    if (s->index != NULL)
        lsa_text_add(out, s->index);
    lsa_text_add(out, "}");
}

/* ---------------------------------------------------------------- calls */

/* What stands around the only argument of a function, and how strongly that has to bind. */
typedef struct around {
    const char *name, *before, *after;
    int least;
} around;
static const around arounds[] = {{"inv", "", "^{-1}", BIND_PRIMARY},
                                 {"pinv", "", "^{+}", BIND_PRIMARY},
                                 {"sqrtm", "", "^{1/2}", BIND_PRIMARY},
                                 {"norm", "\\lVert ", "\\rVert", BIND_WORD},
                                 {"opnorm", "\\lVert ", "\\rVert_{\\mathrm{op}}", BIND_WORD},
                                 {"nucnorm", "\\lVert ", "\\rVert_{*}", BIND_WORD},
                                 {"abs", "\\left|", "\\right|", BIND_WORD},
                                 {"sqrt", "\\sqrt{", "}", BIND_WORD},
                                 {"ceil", "\\lceil ", "\\rceil", BIND_WORD},
                                 {"floor", "\\lfloor ", "\\rfloor", BIND_WORD},
                                 {"start", "\\left.", "\\right|_{t=0}", BIND_PRODUCT},
                                 {"limit", "\\lim_{t\\to\\infty} ", "", BIND_PRODUCT},
                                 {"dot", "\\frac{d}{dt} ", "", BIND_POSTFIX},
                                 {"integral", "\\int_0^t ", "\\,ds", BIND_PRODUCT},
                                 {"grad", "\\nabla_{", "} L", BIND_WORD},
                                 {"E", "\\mathbb{E}\\left[", "\\right]", BIND_WORD}};

static void operator_call(const lsa_syntax *s, lsa_text *out)
{
    lsa_text_add(out, "\\operatorname{");
    for (const char *c = s->text; *c != '\0'; c++)
        lsa_text_printf(out, *c == '_' ? "\\%c" : "%c", *c);
    lsa_text_add(out, "}\\left(");
    list(s, ", ", BIND_WORD, out);
    lsa_text_add(out, "\\right)");
}

static void call(const lsa_syntax *s, lsa_text *out)
{
    for (size_t k = 0; s->n_children == 1 && k < sizeof arounds / sizeof *arounds; k++) {
        if (strcmp(arounds[k].name, s->text) == 0) {
            lsa_text_add(out, arounds[k].before);
            bound(s->children[0], arounds[k].least, out);
            lsa_text_add(out, arounds[k].after);
            return;
        }
    }
    operator_call(s, out);
}

/* ---------------------------------------------------------------- operators */

/* "1e-12" is a power of ten. */
static void literal(const char *text, lsa_text *out)
{
    const size_t mantissa = strcspn(text, "eE");
    if (text[mantissa] == '\0')
        lsa_text_add(out, text);
    else if (mantissa == 1 && text[0] == '1')
        lsa_text_printf(out, "10^{%s}", text + mantissa + 1);
    else
        lsa_text_printf(out, "%.*s\\cdot 10^{%s}", (int)mantissa, text, text + mantissa + 1);
}

static void sum(const lsa_syntax *s, lsa_text *out)
{
    for (int k = 0; k < s->n_children; k++) {
        const lsa_syntax *term = s->children[k];
        const bool minus = k > 0 && term->kind == LSA_SYNTAX_NEGATION;
        lsa_text_add(out, k == 0 ? "" : minus ? " - " : " + ");
        bound(minus ? term->children[0] : term, BIND_PRODUCT, out);
    }
}

static void run(const lsa_syntax *s, lsa_text *out)
{
    lsa_text_printf(out, "\\sum_{%s", s->index);
    if (s->kind == LSA_SYNTAX_RUN) {
        lsa_text_add(out, "=");
        formula_latex(s->children[0], out);
        lsa_text_add(out, "}^{");
        formula_latex(s->children[1], out);
    }
    lsa_text_add(out, "} ");
    bound(s->children[s->n_children - 1], BIND_PRODUCT, out);
}

static void compared(const lsa_syntax *s, lsa_text *out)
{
    static const char *const signs[] = {"=", "\\ne", "\\le", "\\ge", "<", ">"};
    for (int k = 0; k < s->n_children; k++) {
        if (k > 0)
            lsa_text_printf(out, " %s ", signs[s->relations[k - 1]]);
        bound(s->children[k], BIND_SUM, out);
    }
}

static void raised(const lsa_syntax *s, lsa_text *out)
{
    bound(s->children[0], BIND_PRIMARY, out);
    if (s->root != 1)
        lsa_text_printf(out, "^{%d/%d}", s->exponent, s->root);
    else
        lsa_text_printf(out, "^{%d}", s->exponent);
}

void formula_latex(const lsa_syntax *s, lsa_text *out)
{
    switch (s->kind) {
    case LSA_SYNTAX_ADD:
        sum(s, out);
        break;
    case LSA_SYNTAX_MULTIPLY:
        list(s, "\\,", BIND_PRODUCT, out);
        break;
    case LSA_SYNTAX_NEGATION:
        lsa_text_add(out, "-");
        bound(s->children[0], BIND_PRODUCT, out);
        break;
    case LSA_SYNTAX_QUOTIENT:
        lsa_text_add(out, "\\frac{");
        formula_latex(s->children[0], out);
        lsa_text_add(out, "}{");
        formula_latex(s->children[1], out);
        lsa_text_add(out, "}");
        break;
    case LSA_SYNTAX_TRANSPOSED:
        bound(s->children[0], BIND_PRIMARY, out);
        lsa_text_add(out, "^{\\top}");
        break;
    case LSA_SYNTAX_RAISED:
        raised(s, out);
        break;
    case LSA_SYNTAX_VECTOR:
        lsa_text_add(out, "\\left[");
        list(s, ", ", BIND_WORD, out);
        lsa_text_add(out, "\\right]");
        break;
    case LSA_SYNTAX_COMPARED:
        compared(s, out);
        break;
    case LSA_SYNTAX_AND:
        list(s, " \\text{ and } ", BIND_COMPARE, out);
        break;
    case LSA_SYNTAX_OR:
        list(s, " \\text{ or } ", BIND_COMPARE, out);
        break;
    case LSA_SYNTAX_NOT:
        lsa_text_add(out, "\\text{not } ");
        bound(s->children[0], BIND_COMPARE, out);
        break;
    case LSA_SYNTAX_SUMMED:
    case LSA_SYNTAX_RUN:
        run(s, out);
        break;
    case LSA_SYNTAX_TRACED:
        lsa_text_add(out, "\\operatorname{tr}\\left(");
        formula_latex(s->children[0], out);
        lsa_text_add(out, "\\right)");
        break;
    case LSA_SYNTAX_CALL:
        call(s, out);
        break;
    case LSA_SYNTAX_TOWARDS:
        lsa_text_printf(out, "%s \\to ", s->text);
        formula_latex(s->children[0], out);
        break;
    case LSA_SYNTAX_INFINITY:
        lsa_text_add(out, "\\infty");
        break;
    case LSA_SYNTAX_SYMBOL:
        name(s, out);
        break;
    case LSA_SYNTAX_STRING:
        lsa_text_printf(out, "\\text{%s}", s->text);
        break;
    case LSA_SYNTAX_ELSEWHERE:
        bound(s->children[0], BIND_POSTFIX, out);
        lsa_text_printf(out, "\\big|_{\\mathrm{%s}}", s->text);
        break;
    default:
        literal(s->text, out);
    }
}
