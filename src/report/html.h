/* html.h - the run's page: escaping, tables, the frame. */
#ifndef LSAFLOW_REPORT_HTML_H
#define LSAFLOW_REPORT_HTML_H

#include "base/text.h"

/* Appends text with what HTML reads as markup escaped; valid in content and in quoted attributes. */
void lsa_html_escape(lsa_text *out, const char *text);

/* Appends the whole page around a body that is HTML already; title and subtitle are plain text, NULL: none. */
void lsa_html_page(lsa_text *out, const char *title, const char *subtitle, const char *body);

#endif
