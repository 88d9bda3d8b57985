/* model_text.h - an experiment from the text of a model file, for tests. */
#ifndef LSAFLOW_TESTS_MODEL_TEXT_H
#define LSAFLOW_TESTS_MODEL_TEXT_H

#include "check.h"
#include "lsaflow/model.h"

#include <string.h>

/* Fails the running test, with the story, when the text is not accepted. */
static inline lsa_model *model_of(const char *text)
{
    lsa_error err;
    lsa_model *model = NULL;
    lsa_error_clear(&err);
    check_status(lsa_model_parse("test.yaml", text, strlen(text), NULL, &model, &err), LSA_OK, &err);
    return model;
}

#endif
