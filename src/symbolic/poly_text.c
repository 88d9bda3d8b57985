/* poly_text.c - a polynomial as a formula: text, LaTeX, MathML.
 *
 * A term is written  sum over indices, coefficient, scalars, traces and chains, open word;  negative powers of scalars
 * go below a fraction bar (text: divided at the end). In text the open word of a matrix-valued term may be "I". */
#include "symbolic/notation.h"
#include "symbolic/poly.h"
#include "symbolic/print.h"
#include <string.h>

/* A term being written. */
typedef struct line {
    lsa_printer p;
    int factors; /* written so far: a separator comes before the next */
} line;

static void next_factor(line *l)
{
    if (l->factors++ > 0)
        lsa_print_choice(&l->p, "*", " ", "<mo>&#x2062;</mo>");
}

/* Letters [start, ..) that are one power: a run of the same square letter. Gives its length. */
static int run_length(const lsa_algebra *algebra, lsa_word word, int start)
{
    const lsa_letter first = word.letters[start];
    const lsa_symbol *symbol = &algebra->symbols[first.symbol];
    int n = 1;
    if (first.transposed || symbol->rows != symbol->cols)
        return 1;
    while (start + n < word.length && word.letters[start + n].symbol == first.symbol &&
           word.letters[start + n].index == first.index && !word.letters[start + n].transposed)
        n++;
    return n;
}

/* The letters of a word, with separators. */
static void print_word(line *l, lsa_word word)
{
    for (int k = 0, run = 0; k < word.length; k += run) {
        run = run_length(l->p.algebra, word, k);
        next_factor(l);
        lsa_print_symbol(&l->p, word.letters[k].symbol, word.letters[k].index, word.letters[k].transposed, run);
    }
}

static bool is_chain(const lsa_algebra *algebra, lsa_word word)
{
    const lsa_symbol *symbol = &algebra->symbols[word.letters[0].symbol];
    return (word.letters[0].transposed ? symbol->cols : symbol->rows) == LSA_DIM_ONE;
}

/* A word inside brackets, or after tr, to a power. */
static void print_bracket(line *l, lsa_word word, bool trace, int power)
{
    line inner = {.p = l->p};
    next_factor(l);
    lsa_print_choice(&l->p, "", "", power > 1 ? "<msup><mrow>" : "");
    if (trace)
        lsa_print_choice(&l->p, "tr", "\\operatorname{tr}", "<mi>tr</mi>");
    lsa_print_choice(&l->p, "(", "(", "<mrow><mo>(</mo>");
    print_word(&inner, word);
    lsa_print_choice(&l->p, ")", ")", "<mo>)</mo></mrow>");
    if (power > 1) {
        lsa_print_choice(&l->p, "^", "^{", "</mrow>");
        lsa_print_integer(&l->p, power);
        lsa_print_choice(&l->p, "", "}", "</msup>");
    }
}

static bool same_word(lsa_word a, lsa_word b)
{
    bool same = a.length == b.length;
    for (int k = 0; k < a.length && same; k++)
        same = a.letters[k].symbol == b.letters[k].symbol && a.letters[k].index == b.letters[k].index &&
               a.letters[k].transposed == b.letters[k].transposed;
    return same;
}

/* The number of equal traces from the first on; equal ones are neighbours. */
static int trace_power(const lsa_term *term, int first)
{
    int n = 1;
    while (first + n < term->n_traces && same_word(term->traces[first], term->traces[first + n]))
        n++;
    return n;
}

/* Traces, chains and the open word. A chain needs no brackets where no other word could be read into it. */
static void print_words(line *l, const lsa_term *term)
{
    int chains = term->has_open ? 1 : 0;
    for (int k = 0; k < term->n_traces; k++)
        chains += is_chain(l->p.algebra, term->traces[k]) ? 1 : 0;
    for (int k = 0, power = 0; k < term->n_traces; k += power) {
        const bool chain = is_chain(l->p.algebra, term->traces[k]);
        power = trace_power(term, k);
        if (chain && chains == 1)
            print_word(l, term->traces[k]);
        else
            print_bracket(l, term->traces[k], !chain, power);
    }
    if (term->has_open && term->open.length == 0) {
        next_factor(l);
        lsa_print_choice(&l->p, "I", "I", "<mi>I</mi>");
    }
    print_word(l, term->open);
}

/* The scalars of one sign of the exponent, without the sign. */
static void print_powers(line *l, const lsa_term *term, int sign)
{
    for (int k = 0; k < term->n_powers; k++) {
        const lsa_power power = term->powers[k];
        if (power.exponent * sign <= 0)
            continue;
        next_factor(l);
        lsa_print_symbol(&l->p, power.symbol, power.index, false, power.exponent * sign);
    }
}

static int count_below(const lsa_term *term)
{
    int n = 0;
    for (int k = 0; k < term->n_powers; k++)
        n += term->powers[k].exponent < 0 ? 1 : 0;
    return n;
}

/* The coefficient without its sign, cut at the fraction bar. */
typedef struct fraction {
    const char *num, *den; /* den: NULL for 1 */
    size_t num_length;
} fraction;

static fraction split_coefficient(const char *text)
{
    const char *num = *text == '-' ? text + 1 : text;
    const char *bar = strchr(num, '/');
    return (fraction){
        .num = num, .den = bar == NULL ? NULL : bar + 1, .num_length = bar == NULL ? strlen(num) : (size_t)(bar - num)};
}

/* Text: the rational in front, the negative powers at the end. */
static void print_text_term(line *l, const lsa_term *term, fraction c)
{
    const bool one = c.den == NULL && c.num_length == 1 && *c.num == '1';
    if (!one) {
        next_factor(l);
        lsa_text_add_bytes(l->p.text, c.num, c.num_length);
        if (c.den != NULL)
            lsa_text_printf(l->p.text, "/%s", c.den);
    }
    print_powers(l, term, 1);
    print_words(l, term);
    if (l->factors == 0)
        lsa_text_add(l->p.text, "1");
    for (int k = 0; k < term->n_powers; k++)
        if (term->powers[k].exponent < 0) {
            lsa_text_add(l->p.text, "/");
            lsa_print_symbol(&l->p, term->powers[k].symbol, term->powers[k].index, false, -term->powers[k].exponent);
        }
}

/* LaTeX and MathML: rational and negative powers as one fraction in front. */
static void print_fraction_term(line *l, const lsa_term *term, fraction c)
{
    const bool one = c.num_length == 1 && *c.num == '1', bar = c.den != NULL || count_below(term) > 0;
    if (bar) {
        line below = {.p = l->p};
        next_factor(l);
        lsa_print_choice(&l->p, "", "\\frac{", "<mfrac>");
        lsa_print_number(&l->p, c.num, c.num_length);
        lsa_print_choice(&l->p, "", "}{", "<mrow>");
        if (c.den != NULL) {
            next_factor(&below);
            lsa_print_number(&l->p, c.den, strlen(c.den));
        }
        print_powers(&below, term, -1);
        lsa_print_choice(&l->p, "", "}", "</mrow></mfrac>");
    } else if (!one) {
        next_factor(l);
        lsa_print_number(&l->p, c.num, c.num_length);
    }
    print_powers(l, term, 1);
    print_words(l, term);
    if (l->factors == 0)
        lsa_print_number(&l->p, "1", 1);
}

/* The signs of summation over one family's dummies. */
static void open_sums(const lsa_printer *p, lsa_family family, int n)
{
    for (int k = 1; k <= n; k++) {
        lsa_print_choice(p, "sum(", "\\sum_{", "<munder><mo>∑</mo>");
        lsa_print_index(p, family, k);
        lsa_print_choice(p, ", ", "} ", "</munder>");
    }
}

static void print_magnitude(const lsa_printer *p, const lsa_term *term)
{
    line l = {.p = *p};
    const fraction c = split_coefficient(term->coefficient_text);
    lsa_print_choice(p, "", "", "<mrow>");
    open_sums(p, LSA_FAMILY_HEAD, term->n_dummies);
    open_sums(p, LSA_FAMILY_SAMPLE, term->n_samples);
    if (p->format == LSA_FORMAT_TEXT)
        print_text_term(&l, term, c);
    else
        print_fraction_term(&l, term, c);
    for (int k = 0; k < term->n_dummies + term->n_samples; k++)
        lsa_print_choice(p, ")", "", "");
    lsa_print_choice(p, "", "", "</mrow>");
}

void lsa_poly_print_term(const lsa_algebra *algebra, const lsa_poly *poly, ptrdiff_t i, lsa_format format,
                         lsa_text *text)
{
    const lsa_printer p = {.algebra = algebra, .format = format, .text = text};
    const lsa_term term = lsa_poly_term(poly, i);
    const bool negative = term.coefficient_text[0] == '-';
    if (i == 0)
        lsa_print_choice(&p, negative ? "-" : "", negative ? "-" : "", negative ? "<mo>−</mo>" : "");
    else
        lsa_print_choice(&p, negative ? " - " : " + ", negative ? " - " : " + ",
                         negative ? "<mo>−</mo>" : "<mo>+</mo>");
    print_magnitude(&p, &term);
}

void lsa_poly_print(const lsa_algebra *algebra, const lsa_poly *poly, lsa_format format, lsa_text *text)
{
    const lsa_printer p = {.algebra = algebra, .format = format, .text = text};
    lsa_print_choice(&p, "", "", "<math xmlns=\"http://www.w3.org/1998/Math/MathML\"><mrow>");
    for (ptrdiff_t k = 0; k < poly->n; k++)
        lsa_poly_print_term(algebra, poly, k, format, text);
    if (poly->n == 0)
        lsa_print_number(&p, "0", 1);
    lsa_print_choice(&p, "", "", "</mrow></math>");
}

lsa_status lsa_poly_text(const lsa_algebra *algebra, const lsa_poly *poly, lsa_format format, char **out,
                         lsa_error *err)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_poly_print(algebra, poly, format, &text);
    return lsa_text_give(&text, "a polynomial's text", out, err);
}
