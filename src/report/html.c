/* html.c - one page without scripts or foreign resources; it reads well in light and dark and on paper. */
#include "report/html.h"

#include "report/table.h"
#include "report/utf8_text.h"

static const char style[] =
    ":root{color-scheme:light "
    "dark;--rule:#8884;--soft:#767676;--card:#8881;--good:#00795a;--bad:#c24a00;--open:#8a6100}"
    "*{box-sizing:border-box}"
    "body{font:16px/1.5 system-ui,sans-serif;max-width:66rem;margin:2rem auto;padding:0 1rem}"
    "h1{font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .5rem}"
    "p.sub,p.note,figcaption,ul.files{color:var(--soft);font-size:.9rem}p.sub{overflow-wrap:anywhere}"
    "p.verdict{font-size:1.1rem}"
    "dl.setting,.claim dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem "
    "1rem;font-size:.9rem;margin:.5rem 0}"
    "dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}dd ul{margin:0;padding-left:1.1rem}"
    "code{font:.95em ui-monospace,monospace}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}"
    "th,td{padding:.25rem .8rem .25rem 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}"
    "td.n,th.n,.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
    "figure{margin:1rem 0}.drawing{background:#fff;border-radius:4px;color:#000}"
    ".drawing svg{display:block;width:100%;max-width:1000px;height:auto;margin:auto}"
    ".claims{font-size:.9rem}.head,.claim>summary{display:grid;gap:0 1rem;align-items:baseline;"
    "grid-template-columns:minmax(12rem,1fr) 8.5rem 8.5rem 8rem 7.5rem;padding:.25rem 0;"
    "border-bottom:1px solid var(--rule)}.head{color:var(--soft);padding-left:1rem}"
    ".claim>summary{padding-left:1rem}summary{cursor:pointer}.group>summary{padding:.3rem 0;font-size:.95rem}"
    ".name{overflow-wrap:anywhere}.claim dl{padding:.3rem 1rem .6rem;background:var(--card);margin:0}"
    ".v{font-weight:600}.holds,.proved{color:var(--good)}.fails,.interrupted{color:var(--bad)}"
    ".inconclusive{color:var(--open)}.not-applicable,.apart{color:var(--soft);font-weight:400}"
    "a{color:#0062a3}ul.files{list-style:none;padding:0;columns:12rem}"
    "@media(prefers-color-scheme:dark){:root{--soft:#a0a0a0;--good:#2fc79b;--bad:#ff8a4c;--open:#e0aa3c}a{color:#"
    "6cc0f5}}"
    "@media(max-width:46rem){.head{display:none}.claim>summary{grid-template-columns:1fr auto;padding-left:0}"
    ".claim>summary .name{grid-row:1;grid-column:1}.claim>summary .v{grid-row:1;grid-column:2}"
    ".claim>summary .n{text-align:left}.claim>summary .room{grid-column:1/-1}"
    "dl.setting,.claim dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.3rem}}"
    "@page{margin:14mm}@media print{.group "
    ".head{display:none}html{font-size:9px}body{font-size:1rem;margin:0;max-width:none}a{color:inherit;text-decoration:"
    "none}"
    "figure,.claim,tr{break-inside:avoid}h2{break-after:avoid}.drawing svg{max-width:13cm}.group>summary{padding:.1rem "
    "0}"
    ".group:not(.apart)::details-content{content-visibility:visible;height:auto}"
    ".head,.claim>summary{grid-template-columns:minmax(6cm,1fr) 2.6cm 2.6cm 2.4cm 2.2cm;gap:0 .5rem;padding:0}"
    "th,td{padding:.1rem .4rem .1rem 0}ul.files{display:none}}";

void lsa_html_escape(lsa_text *out, const char *text)
{
    for (uint32_t point = lsa_utf8_next(&text); point != 0; point = lsa_utf8_next(&text)) {
        if (point == '&')
            lsa_text_add(out, "&amp;");
        else if (point == '<')
            lsa_text_add(out, "&lt;");
        else if (point == '>')
            lsa_text_add(out, "&gt;");
        else if (point == '"')
            lsa_text_add(out, "&quot;");
        else if (point == '\'')
            lsa_text_add(out, "&#39;");
        else
            lsa_utf8_add(out, point == '\n' || !lsa_utf8_is_control(point) ? point : LSA_UTF8_REPLACEMENT);
    }
}

void lsa_html_page(lsa_text *out, const char *title, const char *subtitle, const char *body)
{
    lsa_text_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>");
    lsa_html_escape(out, title != NULL ? title : "lsaflow");
    lsa_text_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<h1>", style);
    lsa_html_escape(out, title != NULL ? title : "lsaflow");
    lsa_text_add(out, "</h1>\n");
    if (subtitle != NULL) {
        lsa_text_add(out, "<p class=\"sub\">");
        lsa_html_escape(out, subtitle);
        lsa_text_add(out, "</p>\n");
    }
    lsa_text_add(out, body);
    lsa_text_add(out, "</body>\n</html>\n");
}

static void add_heading_row(const lsa_table *table, lsa_text *out)
{
    lsa_text_add(out, "<tr>");
    for (ptrdiff_t column = 0; column < table->n_columns; ++column) {
        lsa_text_add(out, lsa_table_is_numeric(table, column) ? "<th class=\"n\">" : "<th>");
        lsa_html_escape(out, lsa_table_heading(&table->columns[column]));
        lsa_text_add(out, "</th>");
    }
    lsa_text_add(out, "</tr>\n");
}

/* A verdict becomes its own class, so that the style colours it; any other word there is no class of the style. */
static void add_cell(const lsa_table *table, ptrdiff_t row, ptrdiff_t column, lsa_text *out)
{
    lsa_text text;
    lsa_text_init(&text);
    lsa_table_cell_text(table, row, column, &text);
    out->failed = out->failed || text.failed;
    if (table->columns[column].verdict) {
        lsa_text_add(out, "<td class=\"v ");
        lsa_html_escape(out, text.failed ? "" : text.data);
        lsa_text_add(out, "\">");
    } else {
        lsa_text_add(out, lsa_table_is_numeric(table, column) ? "<td class=\"n\">" : "<td>");
    }
    lsa_html_escape(out, text.failed ? "" : text.data);
    lsa_text_add(out, "</td>");
    lsa_text_clear(&text);
}

lsa_status lsa_table_html(const lsa_table *table, lsa_text *out, lsa_error *err)
{
    const lsa_status status = lsa_table_check(table, err);
    if (status != LSA_OK)
        return status;
    lsa_text_add(out, "<div class=\"scroll\"><table>\n");
    add_heading_row(table, out);
    for (ptrdiff_t row = 0; row < lsa_table_rows(table); ++row) {
        lsa_text_add(out, "<tr>");
        for (ptrdiff_t column = 0; column < table->n_columns; ++column)
            add_cell(table, row, column, out);
        lsa_text_add(out, "</tr>\n");
    }
    lsa_text_add(out, "</table></div>\n");
    return out->failed ? lsa_error_set(err, LSA_ERR_MEMORY, "out of memory for a table") : LSA_OK;
}
