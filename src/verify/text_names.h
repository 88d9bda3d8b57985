/* text_names.h - the names and functions of a claim's formulas, for text_world_init. */
#ifndef LSAFLOW_VERIFY_TEXT_NAMES_H
#define LSAFLOW_VERIFY_TEXT_NAMES_H

#include "verify/text_world.h"

/* Its context is the world that it is given to. */
extern const formula_world text_names;

#endif
