/* latex.h - a formula as it is printed in a paper. */
#ifndef LSAFLOW_FORMULA_LATEX_H
#define LSAFLOW_FORMULA_LATEX_H

#include "lsaflow/status.h"
#include "model/syntax.h"

struct lsa_text;
/* Appends LaTeX of mathematics, without its dollars. Needs the syntax alone: names keep their own meaning. */
void formula_latex(const lsa_syntax *syntax, struct lsa_text *out);

#endif
