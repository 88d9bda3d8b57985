/* ledger_file.h - what the files of the ledger share. */
#ifndef LSAFLOW_SWEEP_LEDGER_FILE_H
#define LSAFLOW_SWEEP_LEDGER_FILE_H

#include "sweep/ledger.h"
#include <sqlite3.h>

struct sweep_ledger {
    sweep_plan plan; /* its texts are the caller's */
    char *path;
    int lock; /* the folder, locked; -1: none */
    sqlite3 *file;
    sqlite3_stmt *insert, *select;
    ptrdiff_t rows, pending, attempt;
    sweep_value *values; /* of the row being read */
    const char **keys;
};

/* LSA_ERR_WRITE with what SQLite says. */
lsa_status ledger_failed(const sweep_ledger *ledger, lsa_error *err);
lsa_status ledger_run(sweep_ledger *ledger, const char *sql, lsa_error *err);
lsa_status ledger_prepare(sweep_ledger *ledger, const char *sql, sqlite3_stmt **out, lsa_error *err);

#endif
