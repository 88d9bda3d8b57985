/* builder.h - an experiment put together key by key, without a model file.
 *
 * The keys are those of model files, by their dotted path (docs/model-language.md): "statement", "data.context",
 * "data.covariance.matrix", "init.sigma", "tests.0.context". A builder fills the tree that a file is read into, so the same
 * checks hold and the same messages come, with the builder's name in place of the file's. Numbers keep every digit.
 *
 *     lsa_builder *builder = lsa_builder_create("mine");
 *     lsa_builder_string(builder, "statement", "merged");
 *     lsa_builder_number(builder, "data.context", 40);
 *     lsa_builder_matrix(builder, "data.covariance.matrix", d, d, Lambda);
 *     status = lsa_builder_model(builder, NULL, &model, &err);
 *
 * Failure is sticky: after the first call that fails, and with a NULL builder, every call does nothing, and
 * lsa_builder_model tells it. A key that is set again takes the new value, so that one builder makes many models. One
 * thread at a time. */
#ifndef LSAFLOW_BUILDER_H
#define LSAFLOW_BUILDER_H

#include "lsaflow/api.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include <stddef.h>

LSA_BEGIN_DECLS

typedef struct lsa_builder lsa_builder;

/* An empty experiment. `name` stands for the path of a file: in messages, as default title, and for the folder that files it
 * names are relative to ("" up to the last slash: the working directory). NULL when memory is out. */
LSA_API lsa_builder *lsa_builder_create(const char *name);
LSA_API void lsa_builder_destroy(lsa_builder *builder);

/* One value. A string is UTF-8 and never read as a number; of a number infinity is .inf, and NaN is refused where it is
 * read. */
LSA_API void lsa_builder_string(lsa_builder *builder, const char *key, const char *text);
LSA_API void lsa_builder_number(lsa_builder *builder, const char *key, double value);
/* n numbers as a list; A, rows x cols column-major, as a list of rows. Up to 10^6 numbers, the limit of a file: a larger
 * covariance is named as one (data.covariance.file). */
LSA_API void lsa_builder_vector(lsa_builder *builder, const char *key, ptrdiff_t n, const double *x);
LSA_API void lsa_builder_matrix(lsa_builder *builder, const char *key, ptrdiff_t rows, ptrdiff_t cols, const double *A);
/* A value as it is written in a model file: a mapping, a list, true, a seed beyond 2^53; of "statement" a whole one. */
LSA_API void lsa_builder_yaml(lsa_builder *builder, const char *key, const char *text);
/* One more entry of `tests`, of that name; its other keys are set by its number from 0: "tests.0.context". */
LSA_API void lsa_builder_test(lsa_builder *builder, const char *name);

/* The model of what was set, independent of the builder from then on. options may be NULL.
 * LSA_ERR_INPUT (name: key.path: found, expected), LSA_ERR_MEMORY, and the other errors of lsa_model_parse. */
LSA_API lsa_status lsa_builder_model(lsa_builder *builder, const lsa_model_options *options, lsa_model **out,
                                     lsa_error *err);

LSA_END_DECLS

#endif
