/* claim_table.h - the published claims: those in C, and the formulas of models/claims. */
#ifndef LSAFLOW_VERIFY_CLAIM_TABLE_H
#define LSAFLOW_VERIFY_CLAIM_TABLE_H

#include "verify/claim.h"

/* How a refutation comes about: by two numbers with errors, by prompts, or by two exact witnesses that differ. */
typedef enum claim_kind { CLAIM_NUMERICAL, CLAIM_SAMPLED, CLAIM_EXACT } claim_kind;

typedef struct claim_entry {
    lsa_claim claim;
    const lsa_text_claim *text; /* a formula, or NULL: */
    claim_check *check;
    claim_kind kind;
    bool each_test;
} claim_entry;

typedef struct claim_table {
    ptrdiff_t count;
    const claim_entry *entries; /* in the order in which they are judged */
} claim_table;

/* Everything in the arena. LSA_ERR_MEMORY. */
lsa_status claim_table_make(lsa_arena *arena, const claim_table **out, lsa_error *err);
const claim_entry *claim_find(const claim_table *table, const char *name);
/* The study's own, made once. */
lsa_status study_claims(lsa_study *study, const claim_table **out, lsa_error *err);

#endif
