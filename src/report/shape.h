/* shape.h - how a parameter block is written: by the dims of its symbol, not by its numbers of rows and columns, so
 * that U stays a matrix and px a vector where d = 1. */
#ifndef LSAFLOW_REPORT_SHAPE_H
#define LSAFLOW_REPORT_SHAPE_H

#include "report/report.h"

typedef enum lsa_shape { LSA_SHAPE_SCALAR, LSA_SHAPE_VECTOR, LSA_SHAPE_MATRIX } lsa_shape;

lsa_shape lsa_shape_of(const lsa_statement *statement, const lsa_block *block);

/* Whether only the block's diagonal is to be written. */
bool lsa_shape_is_diagonal(const lsa_statement *statement, const lsa_block *block, lsa_detail detail);

#endif
