/* state_names.h - what blocks and entries of a state are called. */
#ifndef LSAFLOW_FLOW_STATE_NAMES_H
#define LSAFLOW_FLOW_STATE_NAMES_H

#include "lsaflow/program.h"
#include <stddef.h>

/* "U", or "U[2]" for head 2 of a family. */
const char *flow_block_name(const lsa_block *block, char buffer[64]);
/* "U[3,3]", "u", of entry i of a program's state. */
const char *flow_entry_name(const lsa_program *program, ptrdiff_t i, char buffer[128]);

#endif
