/* sweep_show.c - the rows of a sweep on stdout. */
#include "base/try.h"
#include "cli/common.h"
#include "cli/sweep_parts.h"
#include "sweep/sweep_table.h"
#include <math.h>
#include <stdio.h>

/* Tables up to so many rows are shown. */
enum { SHOWN_ROWS = 40 };

typedef struct summary {
    const sweep_plan *plan;
    lsa_json *json;
    lsa_table *table; /* NULL: too many rows */
    ptrdiff_t rows, failed, checked;
    int exit;
    double worst_difference;
    char first_failure[SWEEP_MESSAGE];
    ptrdiff_t first_failed;
} summary;

static void json_row(lsa_json *json, const sweep_plan *plan, const sweep_row *row, const char *const *keys)
{
    lsa_json_object(json, NULL);
    lsa_json_integer(json, "cell", row->cell + 1);
    lsa_json_object(json, "values");
    for (ptrdiff_t k = 0; k < plan->n_keys; k++)
        cli_json_value(json, plan->keys[k], keys[k]);
    lsa_json_end(json);
    lsa_json_object(json, "measure");
    for (ptrdiff_t k = 0; k < row->n_values; k++) {
        if (row->values[k].word != NULL)
            lsa_json_string(json, plan->measures[k], row->values[k].word);
        else if (isnan(row->values[k].number))
            lsa_json_null(json, plan->measures[k], row->message);
        else
            lsa_json_number(json, plan->measures[k], row->values[k].number);
    }
    lsa_json_end(json);
    lsa_json_quantity(json, "t_end", (lsa_quantity){row->t_end, row->message});
    lsa_json_string(json, "end", row->end[0] != '\0' ? row->end : NULL);
    lsa_json_integer(json, "exit", row->exit);
    lsa_json_string(json, "message", row->message);
    lsa_json_end(json);
}

static lsa_status summarise_row(void *context, const sweep_row *row, const char *const *keys, lsa_error *err)
{
    summary *all = context;
    (void)err;
    all->rows++;
    all->exit = sweep_exit_worse(all->exit, row->exit);
    if (row->exit == SWEEP_EXIT_INPUT || row->exit == SWEEP_EXIT_NUMERICS) {
        if (all->failed++ == 0) {
            all->first_failed = row->cell + 1;
            snprintf(all->first_failure, sizeof all->first_failure, "%.300s", row->message);
        }
    }
    if (!isnan(row->difference)) {
        all->checked++;
        all->worst_difference = fmax(all->worst_difference, row->difference);
    }
    if (all->json != NULL)
        json_row(all->json, all->plan, row, keys);
    if (all->table != NULL)
        sweep_table_add(all->table, row, keys, all->plan->n_keys);
    return LSA_OK;
}

static void print_summary(const summary *all)
{
    printf("\n%td of %td cells", all->rows, all->plan->n_cells);
    if (all->failed > 0) {
        printf(", %td failed, the first of them cell %td: ", all->failed, all->first_failed);
        lsa_report_print(stdout, all->first_failure);
    }
    printf("\n");
    if (all->checked > 0)
        printf("%td followed by CVODE too: the paths differ by %.3g at most\n", all->checked, all->worst_difference);
}

lsa_status cli_sweep_show(sweep_ledger *ledger, const sweep_plan *plan, lsa_json *json, int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    summary all = {.plan = plan, .json = json};
    if (json == NULL && sweep_ledger_count(ledger) <= SHOWN_ROWS) {
        all.table = sweep_table_create(all.plan);
        LSA_TRY_MEMORY(all.table, "the table");
    }
    lsa_json_integer(json, "cells", all.plan->n_cells);
    lsa_json_array(json, "rows");
    LSA_TRY(sweep_ledger_each(ledger, summarise_row, &all, err));
    lsa_json_end(json);
    *exit_code = all.exit;
    if (all.table != NULL)
        LSA_TRY(lsa_table_print(all.table, stdout, err));
    if (json == NULL)
        print_summary(&all);
done:
    lsa_table_destroy(all.table);
    return status;
}
