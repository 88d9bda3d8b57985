/* lsaflow.h - the whole library, in the order of the data's way. */
#ifndef LSAFLOW_LSAFLOW_H
#define LSAFLOW_LSAFLOW_H

#include "lsaflow/version.h"

#include "lsaflow/arena.h"
#include "lsaflow/status.h"

#include "lsaflow/model.h"
#include "lsaflow/statement.h"

#include "lsaflow/derive.h"
#include "lsaflow/poly.h"

#include "lsaflow/program.h"
#include "lsaflow/test_error.h"

#include "lsaflow/flow.h"

#include "lsaflow/theory.h"
#include "lsaflow/theory_heads.h"
#include "lsaflow/theory_labels.h"
#include "lsaflow/theory_random.h"

#include "lsaflow/empirical.h"
#include "lsaflow/train.h"

#include "lsaflow/basin.h"
#include "lsaflow/training_path.h"
#include "lsaflow/verify.h"

#include "lsaflow/report.h"

#endif
