/* merge.h - adds products that agree in skeleton and in all slots but one, into that slot. */
#ifndef LSAFLOW_COMPILE_MERGE_H
#define LSAFLOW_COMPILE_MERGE_H

#include "compile/product_node.h"

/* Adds up what can be added up. */
lsa_status lsa_merge(lsa_lowering *lowering, lsa_sum *sum, lsa_error *err);

#endif
