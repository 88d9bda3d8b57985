/* mutants_report.c - see mutants_report.h. */
#include "cli/mutants_report.h"

#include "base/text.h"
#include "base/try.h"
#include <stdio.h>

static lsa_status make_table(const mutant_table *mutants, lsa_table **out, lsa_error *err)
{
    static const lsa_table_column columns[] = {{.name = "claim"}, {.name = "change"}, {.name = "outcome"}};
    lsa_status status = LSA_OK;
    lsa_table *table = lsa_table_create(3, columns);
    lsa_text words;
    lsa_text_init(&words);
    for (ptrdiff_t k = 0; k < mutants->count; k++) {
        words.length = 0;
        LSA_TRY(document_mutant_words(&mutants->results[k], &words, err));
        lsa_table_string(table, mutants->results[k].claim);
        lsa_table_string(table, mutants->results[k].what);
        lsa_table_string(table, words.data);
    }
    *out = table;
    table = NULL;
done:
    lsa_table_destroy(table);
    lsa_text_clear(&words);
    return status;
}

/* "31 changes: 25 refuted, 2 same formula, 4 this model cannot tell, ..." */
static void print_counts(const mutant_table *table)
{
    printf("\n%td changes: ", table->count);
    for (int o = MUTANT_REFUTED; o <= MUTANT_OPEN; o++)
        printf("%s%td %s", o > 0 ? ", " : "", document_mutants_count(table, (mutant_outcome)o),
               mutant_outcome_text((mutant_outcome)o));
    printf("\n");
    if (table->n_left_out > 0)
        printf("claims that do not hold here, whose changes say nothing: %td\n", table->n_left_out);
}

lsa_status cli_mutants_print(const mutant_table *mutants, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_table *table = NULL;
    if (mutants->count == 0 && mutants->n_left_out == 0) {
        printf("\nNo claim that was judged is a formula: there is none to be changed\n");
        return LSA_OK;
    }
    LSA_TRY(make_table(mutants, &table, err));
    LSA_TRY(cli_print_table("Claims changed in one place", table, err));
    print_counts(mutants);
done:
    return status;
}

lsa_status cli_mutants_write(lsa_run_directory *directory, const mutant_table *mutants, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_table *table = NULL;
    LSA_TRY(make_table(mutants, &table, err));
    LSA_TRY(lsa_run_directory_table(directory, "mutants", "Claims changed in one place", table, err));
done:
    lsa_table_destroy(table);
    return status;
}
