/* page_claims.c - the verdicts on the page: what does not hold first and open, what holds folded by its source, what does
 * not apply folded away. A claim is one row that unfolds to its hypotheses and to what both numbers are. */
#include "report/page.h"

#include "report/html.h"
#include "report/table_records.h"

#include <math.h>
#include <string.h>

enum { KINDS = 5 };

static const char *const kinds[KINDS] = {"fails", "inconclusive", "holds", "proved", "not-applicable"};

static bool is_kind(const lsa_report_claim *claim, int kind)
{
    return strcmp(claim->verdict, kinds[kind]) == 0;
}

static bool does_not_apply(const lsa_report_claim *claim)
{
    return is_kind(claim, KINDS - 1);
}

static bool does_hold(const lsa_report_claim *claim)
{
    return is_kind(claim, 2) || is_kind(claim, 3);
}

static bool is_open(const lsa_report_claim *claim)
{
    return !does_hold(claim) && !does_not_apply(claim);
}

/* ---------------------------------------------------------------- a claim */

static void add_number(lsa_text *out, double value, int digits)
{
    if (isnan(value))
        lsa_text_add(out, "–");
    else if (isinf(value))
        lsa_text_add(out, value > 0 ? "∞" : "−∞");
    else
        lsa_text_printf(out, "%.*g", digits, value);
}

/* A row of the definition list: a name, and a number with the reason where it is none. */
static void add_quantity(lsa_text *out, const char *name, lsa_quantity quantity)
{
    if (isnan(quantity.value) && (quantity.reason == NULL || *quantity.reason == '\0'))
        return;
    lsa_text_printf(out, "<dt>%s</dt><dd>", name);
    if (isnan(quantity.value))
        lsa_html_escape(out, quantity.reason);
    else
        add_number(out, quantity.value, 15);
    lsa_text_add(out, "</dd>");
}

static void add_text(lsa_text *out, const char *name, const char *text, bool code)
{
    if (text == NULL || *text == '\0')
        return;
    lsa_text_printf(out, "<dt>%s</dt><dd>%s", name, code ? "<code>" : "");
    lsa_html_escape(out, text);
    lsa_text_printf(out, "%s</dd>", code ? "</code>" : "");
}

static void add_hypotheses(lsa_text *out, const lsa_report_claim *claim)
{
    if (claim->n_hypotheses == 0)
        return;
    lsa_text_add(out, "<dt>hypotheses</dt><dd><ul>");
    for (ptrdiff_t i = 0; i < claim->n_hypotheses; ++i) {
        const lsa_report_hypothesis *h = &claim->hypotheses[i];
        lsa_text_add(out, "<li>");
        lsa_html_escape(out, h->name);
        lsa_text_add(out, h->met ? ": met" : ": not met");
        if (isfinite(h->value.value)) {
            lsa_text_printf(out, " (%.6g", h->value.value);
            if (isfinite(h->bound.value))
                lsa_text_printf(out, ", bound %.6g, margin %.3g", h->bound.value, h->margin.value);
            lsa_text_add(out, ")");
        }
        lsa_text_add(out, "</li>");
    }
    lsa_text_add(out, "</ul></dd>");
}

static void add_row(lsa_text *out, const lsa_report_claim *claim)
{
    lsa_text name;
    lsa_text_init(&name);
    lsa_report_claim_name(claim, &name);
    out->failed = out->failed || name.failed;
    lsa_text_add(out, "<summary><span class=\"name\">");
    lsa_html_escape(out, name.failed ? "" : name.data);
    lsa_text_add(out, "</span><span class=\"n\">");
    add_number(out, claim->predicted.value, 8);
    lsa_text_add(out, "</span><span class=\"n\">");
    add_number(out, claim->measured.value, 8);
    lsa_text_add(out, "</span><span class=\"room\">");
    lsa_report_claim_room(claim, out);
    lsa_text_add(out, "</span><span class=\"v ");
    lsa_html_escape(out, claim->verdict);
    lsa_text_add(out, "\">");
    lsa_html_escape(out, claim->verdict);
    lsa_text_add(out, "</span></summary>\n");
    lsa_text_clear(&name);
}

static void add_claim(lsa_text *out, const lsa_report_claim *claim)
{
    lsa_text_add(out, "<details class=\"claim\">");
    add_row(out, claim);
    lsa_text_add(out, "<dl>");
    add_text(out, "statement", claim->summary, false);
    add_text(out, "formula", claim->formula, true);
    add_text(out, "source", claim->source, false);
    add_hypotheses(out, claim);
    add_quantity(out, "predicted", claim->predicted);
    add_quantity(out, "measured", claim->measured);
    if (isfinite(claim->tolerance.value))
        add_quantity(out, "tolerance", claim->tolerance);
    if (isfinite(claim->slack.value))
        add_quantity(out, "slack", claim->slack);
    if (isfinite(claim->resolution.value))
        add_quantity(out, "least relative change refuted", claim->resolution);
    add_text(out, "where", claim->place, false);
    add_text(out, "along", claim->span, false);
    add_text(out, "because", claim->why, false);
    lsa_text_add(out, "</dl></details>\n");
}

/* ---------------------------------------------------------------- groups */

/* What the claims of one theorem share: "Theorem 4.2" of "Theorem 4.2 (4.6)"; equations alone are one group, and so are
 * those of docs/theory.md. Appended to out. */
static void write_group(const lsa_report_claim *claim, lsa_text *out)
{
    const char *source = claim->source != NULL ? claim->source : "";
    size_t length = strcspn(source, "(,");
    while (length > 0 && source[length - 1] == ' ')
        --length;
    if (*source == '(')
        lsa_text_add(out, "Equations");
    else if (*source == 'W' && source[1] >= '0' && source[1] <= '9')
        lsa_text_add(out, "docs/theory.md");
    else if (length == 0)
        lsa_text_add(out, "Without a source");
    else
        lsa_text_add_bytes(out, source, strncmp(source, "after", length) == 0 ? strlen(source) : length);
}

static bool same_group(const lsa_report_claim *a, const lsa_report_claim *b)
{
    lsa_text x, y;
    lsa_text_init(&x);
    lsa_text_init(&y);
    write_group(a, &x);
    write_group(b, &y);
    const bool same = !x.failed && !y.failed && strcmp(x.data, y.data) == 0;
    lsa_text_clear(&x);
    lsa_text_clear(&y);
    return same;
}

static bool is_first_of_group(ptrdiff_t k, const lsa_report_claim *claims)
{
    for (ptrdiff_t i = 0; i < k; ++i)
        if (does_hold(&claims[i]) && same_group(&claims[i], &claims[k]))
            return false;
    return does_hold(&claims[k]);
}

static void begin_table(lsa_text *out)
{
    lsa_text_add(out, "<div class=\"claims\"><div class=\"head\"><span>claim</span><span class=\"n\">predicted</span>"
                      "<span class=\"n\">measured</span><span>tolerance or slack</span><span>verdict</span></div>\n");
}

static void add_group(lsa_text *out, ptrdiff_t first, ptrdiff_t n, const lsa_report_claim *claims)
{
    ptrdiff_t count = 0;
    lsa_text name;
    lsa_text_init(&name);
    write_group(&claims[first], &name);
    out->failed = out->failed || name.failed;
    for (ptrdiff_t k = first; k < n; ++k)
        count += does_hold(&claims[k]) && same_group(&claims[first], &claims[k]);
    lsa_text_add(out, "<details class=\"group\"><summary>");
    lsa_html_escape(out, name.failed ? "" : name.data);
    lsa_text_printf(out, ": <span class=\"v holds\">%td hold%s</span></summary>\n", count, count == 1 ? "s" : "");
    begin_table(out);
    for (ptrdiff_t k = first; k < n; ++k)
        if (does_hold(&claims[k]) && same_group(&claims[first], &claims[k]))
            add_claim(out, &claims[k]);
    lsa_text_add(out, "</div></details>\n");
    lsa_text_clear(&name);
}

static ptrdiff_t count_of(ptrdiff_t n, const lsa_report_claim *claims, bool (*of)(const lsa_report_claim *claim))
{
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < n; ++k)
        count += of(&claims[k]);
    return count;
}

static void add_all(lsa_text *out, ptrdiff_t n, const lsa_report_claim *claims,
                    bool (*of)(const lsa_report_claim *claim))
{
    begin_table(out);
    for (ptrdiff_t k = 0; k < n; ++k)
        if (of(&claims[k]))
            add_claim(out, &claims[k]);
    lsa_text_add(out, "</div>\n");
}

void lsa_page_claims(lsa_text *out, ptrdiff_t n, const lsa_report_claim *claims)
{
    const ptrdiff_t apart = count_of(n, claims, does_not_apply);
    lsa_text_add(out, "<h2 id=\"claims\">Claims</h2>\n");
    if (count_of(n, claims, is_open) > 0)
        add_all(out, n, claims, is_open);
    for (ptrdiff_t k = 0; k < n; ++k)
        if (is_first_of_group(k, claims))
            add_group(out, k, n, claims);
    if (apart > 0) {
        lsa_text_printf(out, "<details class=\"group apart\"><summary>%td do%s not apply</summary>\n", apart,
                        apart == 1 ? "es" : "");
        add_all(out, n, claims, does_not_apply);
        lsa_text_add(out, "</details>\n");
    }
    lsa_text_add(out,
                 "<p class=\"note\">A row unfolds to its hypotheses, both numbers in full and the reason. Equations "
                 "such as (4.6), theorems and lemmas are those of Zhang, Frei and Bartlett (JMLR 25, 2024); W1, "
                 "W2, ... are in docs/theory.md; a number such as 2501.16265 is a paper's on arXiv.</p>\n");
}

void lsa_page_verdict(lsa_text *out, ptrdiff_t n, const lsa_report_claim *claims, const char *verdict, ptrdiff_t left)
{
    static const char *const one[KINDS] = {"fails", "inconclusive", "holds", "proved", "does not apply"};
    static const char *const several[KINDS] = {"fail", "inconclusive", "hold", "proved", "do not apply"};
    lsa_text_add(out, "<p class=\"verdict\">Verdict: <span class=\"v ");
    lsa_html_escape(out, verdict);
    lsa_text_add(out, "\">");
    lsa_html_escape(out, verdict);
    lsa_text_add(out, "</span>");
    if (left > 0)
        lsa_text_printf(out, "; claims left: %td", left);
    for (int kind = 0; kind < KINDS; ++kind) {
        ptrdiff_t count = 0;
        for (ptrdiff_t k = 0; k < n; ++k)
            count += is_kind(&claims[k], kind);
        if (count > 0)
            lsa_text_printf(out, " · %td %s", count, count == 1 ? one[kind] : several[kind]);
    }
    lsa_text_add(out, "</p>\n");
}
