/* asked.h - what a test asks of the law of a prompt is applied or refused, never left out. */
#ifndef LSAFLOW_MODEL_ASKED_H
#define LSAFLOW_MODEL_ASKED_H

#include "lsaflow/model.h"
#include "model/yaml.h"

/* Whether every law that the entry changes is the law of a Gaussian of the statement (or of a symbol that its prediction
 * or target name). LSA_ERR_INPUT at the key that has nothing to change, or whose Gaussian is not the only candidate. */
lsa_status lsa_asked_check(const lsa_node *entry, const lsa_statement *statement, const lsa_setting *training,
                           const lsa_setting *test, lsa_error *err);

#endif
