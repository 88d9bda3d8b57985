/* fingerprint.h - whether a model is what it was: a short text that another file, option or named file changes. */
#ifndef LSAFLOW_SWEEP_FINGERPRINT_H
#define LSAFLOW_SWEEP_FINGERPRINT_H

#include "lsaflow/model.h"

enum { SWEEP_FINGERPRINT = 20 };

typedef struct fingerprint {
    uint64_t hash;
} fingerprint;

/* Fowler, Noll and Vo's 64 bits (FNV-1a): against what changes by itself, not against who wants them alike. */
fingerprint fingerprint_begin(void);
/* Adds bytes, and how many they are. */
void fingerprint_add(fingerprint *f, const char *bytes, size_t length);
/* Adds what a file holds. LSA_ERR_READ, LSA_ERR_MEMORY. */
lsa_status fingerprint_add_file(fingerprint *f, const char *path, lsa_error *err);
const char *fingerprint_text(const fingerprint *f, char buffer[SWEEP_FINGERPRINT]);

#endif
