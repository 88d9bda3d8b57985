/* random_risk.c - the error of any A = u U on test prompts that draw their own covariance.  (W19)
 *
 * With the query from the context's own draw the error is twice the loss of that law at length M; a query independent
 * of the context sees only the averages of the context's covariance. M = 0 predicts zero. */
#include "base/try.h"
#include "theory/random_law.h"
#include "theory/risk.h"
#include "theory/setting_view.h"
#include <math.h>

/* 2 L at u U = A: tr(E[Lambda] Omega) - 2 r <B, A> + r^2 <H A, A>. */
static lsa_status own_query(const lsa_theory_random *t, const ext_matrix *A, long double r, long double *error,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix HA = {.d = 0};
    LSA_TRY(theory_random_apply(t, A, &HA, err));
    *error = ext_trace_product(&t->mean, &t->Omega) - 2.0L * r * ext_inner(&t->signal, A) + r * r * ext_inner(&HA, A);
done:
    ext_clear(&HA);
    return status;
}

/* tr(Lq Omega) - 2 r <E[Lambda] Omega Lq, A> + r^2 <E[G] A Lq, A> */
static lsa_status free_query(const lsa_theory_random *t, const ext_matrix *A, const ext_matrix *query, long double r,
                             long double *error, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix G = {.d = 0}, GA = {.d = 0}, AQ = {.d = 0}, mean_task = {.d = 0};
    LSA_TRY(theory_mean_g(t, &G, err));
    LSA_TRY(ext_product(&GA, &G, A, err));
    LSA_TRY(ext_product(&AQ, A, query, err));
    LSA_TRY(ext_product(&mean_task, &t->mean, &t->Omega, err));
    *error = ext_trace_product(query, &t->Omega) - 2.0L * r * ext_inner(&mean_task, &AQ) + r * r * ext_inner(&GA, &AQ);
done:
    ext_clear(&G);
    ext_clear(&GA);
    ext_clear(&AQ);
    ext_clear(&mean_task);
    return status;
}

/* The averages of the test's law at length M; M = 0 predicts zero whatever they are. */
static lsa_status averages(const lsa_setting *test, lsa_theory_random *t, lsa_error *err)
{
    lsa_setting law = *test;
    law.context = test->context > 0.0 ? test->context : 1.0;
    return theory_random_init(t, &law, err);
}

static lsa_status judge(const lsa_setting *test, const ext_matrix *A, lsa_theory_error *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_theory_random t = {.d = 0};
    ext_matrix query = {.d = 0};
    long double error = 0.0L, inverse_m, r;
    const double best = theory_query_noise(test);
    LSA_TRY(theory_check_test(test, err));
    LSA_TRY(averages(test, &t, err));
    theory_test_scales(test->context, test->normalise_plus_one, &inverse_m, &r);
    if (test->query_is_same) {
        LSA_TRY(own_query(&t, A, r, &error, err));
    } else {
        LSA_TRY(theory_query(&query, test, err));
        LSA_TRY(free_query(&t, A, &query, r, &error, err));
    }
    *out = (lsa_theory_error){.error = (double)(error + (long double)best),
                              .best_linear = best,
                              .context_term = (double)NAN,
                              .training_term = (double)NAN,
                              .why = "Theorem 4.2 is for one covariance, the same in training and test"};
done:
    theory_random_clear(&t);
    ext_clear(&query);
    return status;
}

lsa_status lsa_theory_random_judge(const lsa_theory_random *random, const lsa_setting *test, lsa_theory_error *out,
                                   lsa_error *err)
{
    return judge(test, &random->A, out, err);
}

lsa_status lsa_theory_random_judge_product(const lsa_setting *test, const double *A, lsa_theory_error *out,
                                           lsa_error *err)
{
    lsa_status status = LSA_OK;
    ext_matrix product = {.d = 0};
    LSA_TRY(ext_from_doubles(&product, test->covariance->d, 1.0, A, err));
    LSA_TRY(judge(test, &product, out, err));
done:
    ext_clear(&product);
    return status;
}
