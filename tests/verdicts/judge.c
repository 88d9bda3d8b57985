/* verdicts_judge FILE: every claim of one model, and what each deterministic one would have rejected.
 *
 * A line for each result:      claim NAME VERDICT [withdrawn]
 * and where it holds:          power NAME FACTOR VERDICT
 * after the prediction that the claim compares with was made wrong: by ten times its resolution, or by 1 %. For a claim whose
 * prediction is no number of lsa_predictions there is no such line. */
#include "verify/study.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct wrong {
    const char *claim;
    double share; /* of the claim's scale */
    double scale;
} wrong;

static void scale(ptrdiff_t n, double factor, double *x)
{
    for (ptrdiff_t i = 0; i < n; i++)
        x[i] *= factor;
}

/* Which number a claim compares with; false where it is none of the record's. */
static bool make_wrong(const wrong *w, lsa_predictions *p)
{
    const double up = 1.0 + w->share;
    const ptrdiff_t square = p->d * p->d;
    const struct {
        const char *claim;
        double *number;
    } numbers[] = {{"limit-u", &p->u},
                   {"growth-rate", &p->negative_curvature},
                   {"non-convex", &p->negative_curvature},
                   {"plateaus", &p->plateau_factor},
                   {"escape-times", &p->escape_factor}};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (strcmp(w->claim, numbers[k].claim) == 0) {
            *numbers[k].number *= up;
            return true;
        }
    if (strcmp(w->claim, "minimum-loss") == 0)
        p->minimum_loss += w->share * p->loss_at_zero;
    else if (strcmp(w->claim, "balanced") == 0)
        p->conserved += w->share * w->scale;
    else if (strcmp(w->claim, "limit-U") == 0)
        scale(square, up, p->U);
    else if (strcmp(w->claim, "limit-product") == 0 || strcmp(w->claim, "stationary-minimum") == 0)
        scale(square, up, p->A);
    else
        return false;
    return true;
}

static void falsify(void *context, lsa_study *study, lsa_predictions *predictions)
{
    (void)study;
    make_wrong(context, predictions);
}

static lsa_status judge(const lsa_experiment *experiment, wrong *w, lsa_claim_result **results, ptrdiff_t *count,
                        lsa_error *err)
{
    lsa_study *study = NULL;
    const lsa_study_options options = {.threads = 1};
    lsa_status status = lsa_study_create(experiment, &options, &study, err);
    if (status == LSA_OK && w != NULL)
        lsa_study_alter(study, falsify, w);
    if (status == LSA_OK)
        status = lsa_verify(study, results, count, err);
    lsa_study_destroy(study);
    return status;
}

/* The claim alone, with its prediction wrong by that share. */
static void try_power(const lsa_experiment *experiment, const lsa_claim_result *held, const char *factor, double share)
{
    wrong w = {held->name, share, held->scale};
    lsa_predictions none = {0};
    lsa_claim_result *results;
    ptrdiff_t count;
    lsa_error err = {0};
    const char *name = held->name;
    lsa_experiment alone = *experiment;
    if (!make_wrong(&w, &none) || !isfinite(share) || share <= 0.0)
        return;
    alone.all_claims = false;
    alone.n_claims = 1;
    alone.claims = &name;
    if (judge(&alone, &w, &results, &count, &err) != LSA_OK)
        return;
    printf("power %s %s %s # %s\n", name, factor, count > 0 ? lsa_verdict_text(results[0].verdict) : "none",
           count > 0 ? results[0].why : "");
    free(results);
}

/* The first result of each claim. */
static void try_powers(const lsa_experiment *experiment, const lsa_claim_result *results, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *r = &results[i];
        if (r->verdict != LSA_VERDICT_HOLDS || (i > 0 && strcmp(results[i - 1].name, r->name) == 0))
            continue;
        try_power(experiment, r, "resolutions", 10.0 * r->resolution);
        try_power(experiment, r, "percent", 0.01);
    }
}

static lsa_status judge_model(const char *file, lsa_error *err)
{
    lsa_model *model = NULL;
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    lsa_status status = lsa_model_load(file, NULL, &model, err);
    if (status == LSA_OK)
        status = judge(lsa_model_experiment(model, 0), NULL, &results, &count, err);
    if (status == LSA_OK) {
        for (ptrdiff_t i = 0; i < count; i++)
            printf("claim %s %s%s\n", results[i].name, lsa_verdict_text(results[i].verdict),
                   results[i].withdrawn ? " withdrawn" : "");
        fflush(stdout);
        try_powers(lsa_model_experiment(model, 0), results, count);
    }
    free(results);
    lsa_model_destroy(model);
    return status;
}

int main(int argc, char **argv)
{
    lsa_error err = {0};
    if (argc != 2) {
        fprintf(stderr, "Usage: verdicts_judge FILE\n");
        return 2;
    }
    if (judge_model(argv[1], &err) != LSA_OK) {
        printf("error %s\n", err.text);
        return 3;
    }
    return 0;
}
