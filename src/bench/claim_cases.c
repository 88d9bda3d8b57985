/* claim_cases.c - one claim as a formula, judged on a covariance that is no diagonal matrix; the path of `limit` is there before. */
#include "base/clock.h"
#include "base/text.h"
#include "base/try.h"
#include "bench/plan.h"
#include "lsaflow/verify.h"
#include "verify/study.h"
#include <stdio.h>
#include <stdlib.h>

static lsa_status model_of_claim(const bench_case *c, lsa_model **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_text text;
    lsa_text_init(&text);
    lsa_text_printf(&text,
                    "statement: merged\n"
                    "data: {dimension: %td, context: %td, covariance: {spectrum: power, exponent: 1, rotation: 3}}\n"
                    "claims: [{where: {G: \"(1 + 1/N)*Lambda + tr(Lambda)/N*I\"}, claim: \"%s\"}]\n",
                    c->size, 2 * c->size, c->variant);
    LSA_TRY_MEMORY(text.failed ? NULL : text.data, "a claim to time");
    LSA_TRY(lsa_model_parse("bench.yaml", text.data, text.length, NULL, out, err));
done:
    lsa_text_clear(&text);
    return status;
}

static lsa_status measure_claim(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_model *model = NULL;
    lsa_study *study = NULL;
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    flow_path path;
    (void)plan;
    LSA_TRY(model_of_claim(c, &model, err));
    LSA_TRY(lsa_study_create(lsa_model_experiment(model, 0), NULL, &study, err));
    LSA_TRY(lsa_study_path(study, &path, err));
    const double before = lsa_clock_seconds();
    LSA_TRY(lsa_verify(study, &results, &count, err));
    out->value = lsa_clock_seconds() - before;
    snprintf(out->note, sizeof out->note, "%s", lsa_verdict_text(results[0].verdict));
done:
    free(results);
    lsa_study_destroy(study);
    lsa_model_destroy(model);
    return status;
}

void bench_claim_cases(bench_plan *plan)
{
    static const char *const claims[] = {"tr(inv(G)) > 1",
                                         "det(G) > 0",
                                         "max(eigvals(Lambda)) < 2",
                                         "norm(sqrtm(Lambda))^2 == tr(Lambda)",
                                         "opnorm(Lambda) <= nucnorm(Lambda)",
                                         "limit(u*U) == inv(G)"};
    static const ptrdiff_t sizes[] = {20, 100};
    for (size_t k = 0; k < sizeof claims / sizeof *claims; k++) {
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            bench_case *c = bench_plan_add(plan, sizes[j], measure_claim, "%s", claims[k]);
            c->variant = claims[k];
        }
    }
}
