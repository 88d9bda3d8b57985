/* verdicts_judge FILE: every claim of one model, and what each deterministic one would have rejected.
 *
 * A line for each result:      claim NAME VERDICT numerical|sampled [withdrawn]
 * of Lambda, where it is one:  condition K
 * the time of the answer:      seconds S
 * and where it holds:          power NAME FACTOR VERDICT
 * after the prediction that the claim compares with was made wrong: by ten times its resolution, or, an equality's, by 1 %. A
 * number of lsa_predictions is changed at its place, any other one where it is compared. */
#include "verify/claim_table.h"
#include "verify/confirm.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
    } numbers[] = {{"growth-rate", &p->negative_curvature}, {"non-convex", &p->negative_curvature},
                   {"u-lower-bound", &p->u_lower_bound},    {"pl-inequality", &p->pl},
                   {"exponential-decay", &p->pl},           {"sharp-decay", &p->least_rate},
                   {"local-rate", &p->rate_factor},         {"plateaus", &p->plateau_factor},
                   {"escape-times", &p->escape_factor}};
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        if (strcmp(w->claim, numbers[k].claim) == 0) {
            *numbers[k].number *= up;
            return true;
        }
    if (strcmp(w->claim, "stationary-minimum") == 0)
        scale(square, up, p->A);
    else
        return false;
    return true;
}

/* It is known by trying. */
static bool is_predicted(const wrong *w)
{
    double square[1] = {0.0};
    lsa_predictions none = {.d = 1, .A = square};
    return make_wrong(w, &none);
}

static void falsify(void *context, lsa_study *study, lsa_predictions *predictions)
{
    (void)study;
    make_wrong(context, predictions);
}

/* A model with its study, and what confirms: the flows of one serve every question. `asked` is the experiment, with the claims
 * of the question. */
typedef struct trial {
    lsa_experiment asked;
    const char *claim; /* the only one, where there is one */
    lsa_study *study;
    confirmer *net;
} trial;

static lsa_status trial_create(const lsa_experiment *experiment, trial *t, lsa_error *err)
{
    const lsa_study_options options = {.threads = 1};
    t->asked = *experiment;
    const lsa_status status = lsa_study_create(&t->asked, &options, &t->study, err);
    return status == LSA_OK ? confirmer_create(t->study, &t->net, err) : status;
}

static void trial_destroy(trial *t)
{
    confirmer_destroy(t->net);
    lsa_study_destroy(t->study);
}

/* The claim alone, with its prediction wrong by that share. */
static void try_power(trial *t, const lsa_claim_result *held, const char *factor, double share)
{
    wrong w = {held->name, share, held->scale};
    lsa_claim_result *results;
    ptrdiff_t count;
    lsa_error err = {0};
    if (!isfinite(share) || share <= 0.0)
        return;
    t->claim = held->name;
    t->asked.all_claims = false;
    t->asked.n_claims = 1;
    t->asked.claims = &t->claim;
    lsa_study_alter(t->study, is_predicted(&w) ? falsify : NULL, &w);
    lsa_study_mistake(t->study, is_predicted(&w) ? 0.0 : share);
    if (claims_judge(t->study, t->net, &results, &count, &err) != LSA_OK)
        return;
    printf("power %s %s %s # %s\n", held->name, factor, count > 0 ? lsa_verdict_text(results[0].verdict) : "none",
           count > 0 ? results[0].why : "");
    free(results);
}

static bool is_sampled(const trial *t, const lsa_claim_result *result)
{
    const claim_table *table;
    const claim_entry *entry = NULL;
    if (study_claims(t->study, &table, NULL) == LSA_OK)
        entry = claim_find(table, result->name);
    return entry != NULL && entry->claim.sampled;
}

/* The first result of each claim. */
static void try_powers(trial *t, const lsa_claim_result *results, ptrdiff_t count)
{
    for (ptrdiff_t i = 0; i < count; i++) {
        const lsa_claim_result *r = &results[i];
        if (r->verdict != LSA_VERDICT_HOLDS || is_sampled(t, r) || (i > 0 && strcmp(results[i - 1].name, r->name) == 0))
            continue;
        try_power(t, r, "resolutions", 10.0 * r->resolution);
        if (isnan(r->slack))
            try_power(t, r, "percent", 0.01);
    }
}

/* The largest eigenvalue over the least that is not 0. */
static double condition_of(const lsa_covariance *covariance)
{
    double least = INFINITY, largest = 0.0;
    for (ptrdiff_t i = 0; i < covariance->d; i++) {
        const double value = covariance->spectrum[i];
        least = value > 0.0 ? fmin(least, value) : least;
        largest = fmax(largest, value);
    }
    return largest / least;
}

static double seconds_since(const struct timespec *start)
{
    struct timespec now;
    timespec_get(&now, TIME_UTC);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static lsa_status judge_model(const char *file, lsa_error *err)
{
    lsa_model *model = NULL;
    trial t = {.study = NULL};
    lsa_claim_result *results = NULL;
    ptrdiff_t count = 0;
    struct timespec start;
    timespec_get(&start, TIME_UTC);
    lsa_status status = lsa_model_load(file, NULL, &model, err);
    if (status == LSA_OK)
        status = trial_create(lsa_model_experiment(model, 0), &t, err);
    if (status == LSA_OK)
        status = claims_judge(t.study, t.net, &results, &count, err);
    if (status == LSA_OK) {
        for (ptrdiff_t i = 0; i < count; i++)
            printf("claim %s %s %s%s\n", results[i].name, lsa_verdict_text(results[i].verdict),
                   is_sampled(&t, &results[i]) ? "sampled" : "numerical", results[i].withdrawn ? " withdrawn" : "");
        const lsa_setting *training = &lsa_model_experiment(model, 0)->training;
        if (!lsa_covariance_is_random(training->covariance))
            printf("condition %.3g\n", condition_of(training->covariance));
        printf("seconds %.1f\n", seconds_since(&start));
        fflush(stdout);
        try_powers(&t, results, count);
    }
    free(results);
    trial_destroy(&t);
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
