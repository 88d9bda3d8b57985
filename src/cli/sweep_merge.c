/* sweep_merge.c - lsaflow sweep merge A.db B.db ... */
#include "base/text.h"
#include "base/try.h"
#include "cli/sweep_parts.h"
#include "sweep/ledger_merge.h"
#include "sweep/sweep_table.h"
#include <stdio.h>

lsa_status cli_sweep_merge(const cli_options *options, const char *folder, int *exit_code, lsa_error *err)
{
    lsa_status status = LSA_OK;
    sweep_ledger *ledger = NULL;
    sweep_plan plan;
    lsa_text path;
    lsa_json *json = options->json ? lsa_json_create() : NULL;
    lsa_text_init(&path);
    lsa_text_printf(&path, "%s/sweep.db", folder);
    LSA_TRY_MEMORY(path.failed ? NULL : path.data, "the ledger");
    LSA_TRY(sweep_merge_plan(options->ledgers[0], options->arena, &plan, err));
    LSA_TRY(sweep_ledger_create(path.data, &plan, options->resume, &ledger, err));
    for (int k = 0; k < options->n_ledgers; k++)
        LSA_TRY(sweep_merge_add(ledger, options->ledgers[k], options->mixed, err));
    path.length = 0;
    lsa_text_printf(&path, "%s/sweep.csv", folder);
    LSA_TRY(sweep_table_write(ledger, &plan, path.data, err));
    LSA_TRY(cli_sweep_show(ledger, &plan, json, exit_code, err));
    if (json != NULL)
        LSA_TRY(lsa_json_print(json, stdout, err));
done:
    sweep_ledger_destroy(ledger);
    lsa_json_destroy(json);
    lsa_text_clear(&path);
    return status;
}
