/* setting_view.h - what the formulas read off a setting: its second moments in the cheapest form that holds them. */
#ifndef LSAFLOW_THEORY_SETTING_VIEW_H
#define LSAFLOW_THEORY_SETTING_VIEW_H

#include "lsaflow/setting.h"
#include "theory/extended.h"

/* A fixed covariance, or the mean of a random one, named in messages by `what`: its matrix where it has one, else its
 * spectrum, which keeps everything O(d). Errors as ext_from_matrix. */
lsa_status theory_covariance(ext_matrix *out, const lsa_covariance *covariance, const char *what, lsa_error *err);
/* The query's covariance; one more draw of the context's law has the context's. */
lsa_status theory_query(ext_matrix *out, const lsa_setting *setting, lsa_error *err);
/* Omega, the second moment of w of linear tasks: w w' of a fixed w as RANK_ONE; task_covariance NULL is I. */
lsa_status theory_task(ext_matrix *out, const lsa_setting *setting, lsa_error *err);
/* The same with w w' written out as DENSE, where it takes part in products. */
lsa_status theory_task_full(ext_matrix *out, const lsa_setting *setting, lsa_error *err);

/* The variance of the noise in the query's label: best_linear of linear tasks. */
double theory_query_noise(const lsa_setting *setting);
/* e of the context's tails (context_law.c): 0 for Gaussians, INFINITY for Student laws of 4 degrees and less. */
double theory_excess(const lsa_setting *setting);

/* LSA_ERR_DOMAIN unless d >= 1 and s2 is a finite variance. */
lsa_status theory_check_setting(const lsa_setting *setting, lsa_error *err);

#endif
