/* document.h - what a study found, as one JSON document: the same that the program prints with --json.
 *
 * Fields are those of docs/lsaflow.1 and README: matrices are arrays of rows, vectors arrays, in the user's basis; numbers
 * read back to the last bit; a value that does not exist is null with "<name>_reason" beside it. */
#ifndef LSAFLOW_DOCUMENT_H
#define LSAFLOW_DOCUMENT_H

#include "lsaflow/api.h"
#include "lsaflow/status.h"
#include "lsaflow/study.h"

LSA_BEGIN_DECLS

typedef enum lsa_document {
    LSA_DOCUMENT_DERIVE,  /* loss and gradient as text, LaTeX and MathML              */
    LSA_DOCUMENT_EVAL,    /* loss, gradient and test errors at the start              */
    LSA_DOCUMENT_RUN,     /* the flow: samples, end, conserved quantities, events     */
    LSA_DOCUMENT_PREDICT, /* minimum, constants and test errors in closed form        */
    LSA_DOCUMENT_SAMPLE,  /* sampled test errors at the predicted limit               */
    LSA_DOCUMENT_VERIFY   /* every claim with both its numbers, and the verdict       */
} lsa_document;

/* The options with which the program studies an experiment for such a document: which derivatives are needed, whether the flow
 * may be reduced. No threads, interrupt or progress. */
LSA_API lsa_study_options lsa_study_options_for(lsa_document document);

/* *out = the document, zero-terminated UTF-8 of the caller's (lsa_string_free). After LSA_ERR_INTERRUPTED it holds what was
 * finished, and "interrupted": true; after any other failure nothing is given. A claim that fails is a result.
 * Errors of the stages that the document shows: lsa_derive, lsa_flow_run, lsa_study_limit, lsa_verify. */
LSA_API lsa_status lsa_study_json(lsa_study *study, lsa_document document, char **out, lsa_error *err);

LSA_END_DECLS

#endif
