/* prompt_law.h - laws of prompts made by hand: a plain one, and what a test changes in it. */
#ifndef LSA_TESTS_PROMPT_LAW_H
#define LSA_TESTS_PROMPT_LAW_H

#include "fixture.h"
#include "lsaflow/empirical.h"

/* Gaussian contexts of M pairs and a query of one covariance, w ~ N(0, task), which is the ridge's prior too; rho = M. */
static inline lsa_prompt_law law_of(const lsa_covariance *covariance, const lsa_covariance *task, ptrdiff_t M,
                                    double noise)
{
    lsa_error err;
    lsa_prompt_law law;
    const lsa_setting setting = {.name = "by hand",
                                 .number = LSA_OWN_SETTING,
                                 .context = (double)M,
                                 .covariance = covariance,
                                 .query_is_same = true,
                                 .task_covariance = task,
                                 .label_noise = noise};
    check_status(lsa_prompt_law_of(&setting, &law, &err), LSA_OK, &err);
    return law;
}

/* All covariances are I, no noise. */
static inline lsa_prompt_law law_plain(lsa_fixture *s, ptrdiff_t d, ptrdiff_t M)
{
    const lsa_covariance *identity = fixture_scalar(s, d, 1.0);
    return law_of(identity, identity, M, 0.0);
}

/* Context and query draw from this covariance, the query as one more example. */
static inline void law_covariates(lsa_prompt_law *law, const lsa_covariance *covariance)
{
    law->setting.covariance = covariance;
    law->setting.query_is_same = true;
}

/* The query has a draw of its own. */
static inline void law_query(lsa_prompt_law *law, const lsa_covariance *query)
{
    law->setting.query = query;
    law->setting.query_is_same = false;
}

/* rho stays what it is. */
static inline void law_length(lsa_prompt_law *law, ptrdiff_t M)
{
    law->M = M;
    law->setting.context = (double)M;
}

static inline void law_fixed(lsa_prompt_law *law, const double *w)
{
    law->setting.task = LSA_TASK_FIXED;
    law->setting.task_vector = w;
}

static inline void law_sphere(lsa_prompt_law *law, double radius)
{
    law->setting.task = LSA_TASK_SPHERE;
    law->setting.radius = radius;
}

static inline void law_teacher(lsa_prompt_law *law, const lsa_teacher *teacher, const double *direction)
{
    law->setting.task = LSA_TASK_TEACHER;
    law->setting.teacher = *teacher;
    law->setting.task_vector = direction;
}

/* rows: n x d. */
static inline void law_rows(lsa_prompt_law *law, ptrdiff_t n, const double *rows, const double *labels)
{
    law->setting.task = LSA_TASK_DATA;
    law->setting.n_rows = n;
    law->setting.rows = rows;
    law->setting.labels = labels;
}

#endif
