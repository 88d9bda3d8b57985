# sweep: every cell of `vary`, a row each. The only folder that names SQLite; it serves the program alone.
lsa_module(sweep
    SOURCES row.c order.c pool.c pool_worker.c machine.c ledger.c ledger_merge.c fingerprint.c crosscheck.c worker.c sweep_table.c sweep.c
    LINK lsa_verify lsa_report
    PRIVATE PkgConfig::SQLITE)
