/* page.h - the parts of a run's page. */
#ifndef LSAFLOW_REPORT_PAGE_H
#define LSAFLOW_REPORT_PAGE_H

#include "base/text.h"
#include "report/report.h"

/* The line on top: the overall verdict, and how many claims have which; `left`: those that an interrupt left. */
void lsa_page_verdict(lsa_text *out, ptrdiff_t n, const lsa_report_claim *claims, const char *verdict, ptrdiff_t left);

/* The section of claims. */
void lsa_page_claims(lsa_text *out, ptrdiff_t n, const lsa_report_claim *claims);

/* The drawing of an SVG file as a part of the page: without what only a file has, its names made the page's own by
 * `stem`. False where the text is no SVG. */
bool lsa_page_drawing(lsa_text *out, const char *svg, const char *stem);

#endif
