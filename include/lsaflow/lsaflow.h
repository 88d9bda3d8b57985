/* lsaflow.h - the whole library, in three tiers.
 *
 * First what a newcomer needs: an experiment from a file, from text or key by key; a study of it, with its loss and
 * derivatives, flow, minimum and test errors; the claims; documents. Then the closed forms of theory, numbers in and numbers
 * out, and sampling. Last the engine behind a study: statements, polynomials, compiled programs. */
#ifndef LSAFLOW_LSAFLOW_H
#define LSAFLOW_LSAFLOW_H

#include "lsaflow/version.h"

#include "lsaflow/builder.h"
#include "lsaflow/document.h"
#include "lsaflow/flow.h"
#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include "lsaflow/study.h"
#include "lsaflow/verify.h"

#include "lsaflow/basin.h"
#include "lsaflow/empirical.h"
#include "lsaflow/setting.h"
#include "lsaflow/theory.h"
#include "lsaflow/theory_heads.h"
#include "lsaflow/theory_labels.h"
#include "lsaflow/theory_random.h"
#include "lsaflow/train.h"
#include "lsaflow/training_path.h"

#include "lsaflow/arena.h"
#include "lsaflow/cubature.h"
#include "lsaflow/derive.h"
#include "lsaflow/poly.h"
#include "lsaflow/program.h"
#include "lsaflow/statement.h"
#include "lsaflow/test_error.h"

#endif
