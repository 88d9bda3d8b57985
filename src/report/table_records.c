/* table_records.c - claims, tests, samples and trajectories as tables. */
#include "report/table_records.h"

#include "report/shape.h"
#include "report/table.h"

#include <math.h>

#define COUNT_OF(array) ((ptrdiff_t)(sizeof(array) / sizeof *(array)))

void lsa_report_claim_room(const lsa_report_claim *claim, lsa_text *out)
{
    if (isfinite(claim->slack.value))
        lsa_text_printf(out, "slack %.4g", claim->slack.value);
    else if (isfinite(claim->tolerance.value))
        lsa_text_printf(out, "± %.2g", claim->tolerance.value);
}

/* The next cell is a text that was built; clears it. */
static void add_text(lsa_table *table, lsa_text *text)
{
    if (text->failed && table != NULL)
        table->failed = true;
    else
        lsa_table_string(table, text->data);
    lsa_text_clear(text);
}

/* "scaled, c = 0.25": the name of a test, and which setting of its entry it is. */
static void write_test_name(lsa_text *out, const char *name, const double *scale)
{
    lsa_text_add(out, name);
    if (scale != NULL)
        lsa_text_printf(out, ", c = %.15g", *scale);
}

static void add_test_name(lsa_table *table, const char *name, const double *scale)
{
    lsa_text text;
    lsa_text_init(&text);
    write_test_name(&text, name, scale);
    add_text(table, &text);
}

void lsa_report_claim_name(const lsa_report_claim *claim, lsa_text *out)
{
    lsa_text_add(out, claim->name);
    if (claim->each != NULL && *claim->each != '\0')
        lsa_text_printf(out, " (%s)", claim->each);
    if (claim->test == NULL)
        return;
    lsa_text_add(out, " (");
    write_test_name(out, claim->test, claim->scale);
    if (isfinite(claim->context))
        lsa_text_printf(out, ", M = %.15g", claim->context);
    else if (isinf(claim->context))
        lsa_text_add(out, ", M = ∞");
    lsa_text_add(out, ")");
}

static void add_claim_room(lsa_table *table, const lsa_report_claim *claim)
{
    lsa_text room;
    lsa_text_init(&room);
    lsa_report_claim_room(claim, &room);
    add_text(table, &room);
}

static void add_claim_name(lsa_table *table, const lsa_report_claim *claim)
{
    lsa_text name;
    lsa_text_init(&name);
    lsa_report_claim_name(claim, &name);
    add_text(table, &name);
}

lsa_table *lsa_report_claims_table(ptrdiff_t n, const lsa_report_claim *claims)
{
    static const lsa_table_column columns[] = {{.name = "claim"},
                                               {.name = "source"},
                                               {.name = "predicted", .digits = 8},
                                               {.name = "measured", .digits = 8},
                                               {.name = "room", .heading = "tolerance or slack"},
                                               {.name = "verdict", .verdict = true}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < n; ++k) {
        add_claim_name(table, &claims[k]);
        lsa_table_string(table, claims[k].source);
        lsa_table_number(table, claims[k].predicted.value);
        lsa_table_number(table, claims[k].measured.value);
        add_claim_room(table, &claims[k]);
        lsa_table_string(table, claims[k].verdict);
    }
    return table;
}

lsa_table *lsa_report_claims_data(ptrdiff_t n, const lsa_report_claim *claims)
{
    static const lsa_table_column columns[] = {{.name = "claim"},     {.name = "source"},          {.name = "test"},
                                               {.name = "context"},   {.name = "predicted"},       {.name = "measured"},
                                               {.name = "tolerance"}, {.name = "slack"},           {.name = "verdict"},
                                               {.name = "why"},       {.name = "covariance_scale"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < n; ++k) {
        lsa_table_string(table, claims[k].name);
        lsa_table_string(table, claims[k].source);
        lsa_table_string(table, claims[k].test);
        lsa_table_number(table, claims[k].test != NULL ? claims[k].context : (double)NAN);
        lsa_table_number(table, claims[k].predicted.value);
        lsa_table_number(table, claims[k].measured.value);
        lsa_table_number(table, claims[k].tolerance.value);
        lsa_table_number(table, claims[k].slack.value);
        lsa_table_string(table, claims[k].verdict);
        lsa_table_string(table, claims[k].why);
        lsa_table_number(table, claims[k].scale != NULL ? *claims[k].scale : (double)NAN);
    }
    return table;
}

/* The parts of an error, three cells. */
static void add_split(lsa_table *table, const lsa_report_test *test)
{
    lsa_table_number(table, test->shift.value);
    lsa_table_number(table, test->finite_training.value);
    lsa_table_number(table, test->finite_context.value);
}

lsa_table *lsa_report_tests_table(ptrdiff_t n, const lsa_report_test *tests)
{
    static const lsa_table_column columns[] = {{.name = "test"},
                                               {.name = "context", .heading = "M", .digits = 15},
                                               {.name = "error", .digits = 8},
                                               {.name = "best_linear", .heading = "best linear", .digits = 8},
                                               {.name = "context_term", .heading = "1/M term"},
                                               {.name = "training_term", .heading = "1/N² term"},
                                               {.name = "shift"},
                                               {.name = "finite_training", .heading = "finite N"},
                                               {.name = "finite_context", .heading = "finite M"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < n; ++k) {
        add_test_name(table, tests[k].name, tests[k].scale);
        lsa_table_number(table, tests[k].context);
        lsa_table_number(table, tests[k].error.value);
        lsa_table_number(table, tests[k].best_linear.value);
        lsa_table_number(table, tests[k].context_term.value);
        lsa_table_number(table, tests[k].training_term.value);
        add_split(table, &tests[k]);
    }
    return table;
}

lsa_table *lsa_report_brief_tests_table(ptrdiff_t n, const lsa_report_test *tests)
{
    static const lsa_table_column columns[] = {{.name = "test"},
                                               {.name = "context", .heading = "M", .digits = 15},
                                               {.name = "error", .digits = 8},
                                               {.name = "best_linear", .heading = "best linear", .digits = 8},
                                               {.name = "shift", .heading = "+ shift"},
                                               {.name = "finite_training", .heading = "+ finite N"},
                                               {.name = "finite_context", .heading = "+ finite M"}};
    enum { PARTS = 3 };
    bool split = false;
    for (ptrdiff_t k = 0; k < n; ++k)
        split = split || isfinite(tests[k].shift.value);
    lsa_table *table = lsa_table_create(COUNT_OF(columns) - (split ? 0 : PARTS), columns);
    for (ptrdiff_t k = 0; k < n; ++k) {
        add_test_name(table, tests[k].name, tests[k].scale);
        lsa_table_number(table, tests[k].context);
        lsa_table_number(table, tests[k].error.value);
        lsa_table_number(table, tests[k].best_linear.value);
        if (split)
            add_split(table, &tests[k]);
    }
    return table;
}

/* One row of the table: what predicts, and how it compares with the layer. */
typedef struct estimate_row {
    const char *predictor;
    lsa_quantity error, standard_error, difference, difference_error, reduction;
    double predicted;
} estimate_row;

static void add_estimate(lsa_table *table, const lsa_report_sample *sample, const estimate_row *row)
{
    add_test_name(table, sample->name, sample->scale);
    lsa_table_number(table, sample->context);
    lsa_table_string(table, row->predictor);
    lsa_table_number(table, row->error.value);
    lsa_table_number(table, row->standard_error.value);
    lsa_table_number(table, row->predicted);
    lsa_table_number(table, row->difference.value);
    lsa_table_number(table, row->difference_error.value);
    lsa_table_number(table, row->reduction.value);
    lsa_table_number(table, (double)sample->prompts);
    lsa_table_string(table, sample->resolved ? "yes" : "no");
}

/* The layer, the layer by its control variate where there is one, the baselines. */
static void add_sample(lsa_table *table, const lsa_report_sample *sample)
{
    const lsa_quantity none = {NAN, NULL};
    const estimate_row layer = {"lsa", sample->error, sample->standard_error, none,
                                none,  none,          sample->predicted.value};
    const estimate_row controlled = {
        "lsa, controlled", sample->controlled, sample->controlled_error, none, none, sample->reduction, NAN};
    add_estimate(table, sample, &layer);
    if (isfinite(sample->controlled.value))
        add_estimate(table, sample, &controlled);
    for (ptrdiff_t b = 0; b < sample->n_baselines; ++b) {
        const lsa_report_baseline *of = &sample->baselines[b];
        const estimate_row row = {of->name, of->error, of->standard_error, of->difference, of->difference_error,
                                  none,     NAN};
        add_estimate(table, sample, &row);
    }
}

lsa_table *lsa_report_samples_table(ptrdiff_t n, const lsa_report_sample *samples)
{
    static const lsa_table_column columns[] = {{.name = "test"},
                                               {.name = "context", .heading = "M", .digits = 15},
                                               {.name = "predictor"},
                                               {.name = "error"},
                                               {.name = "stderr", .heading = "std. error", .digits = 2},
                                               {.name = "predicted"},
                                               {.name = "difference", .heading = "lsa minus it"},
                                               {.name = "difference_stderr", .heading = "std. error", .digits = 2},
                                               {.name = "reduction", .heading = "variance", .digits = 2},
                                               {.name = "prompts", .digits = 15},
                                               {.name = "resolved"}};
    lsa_table *table = lsa_table_create(COUNT_OF(columns), columns);
    for (ptrdiff_t k = 0; k < n; ++k)
        add_sample(table, &samples[k]);
    return table;
}
