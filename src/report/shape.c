/* shape.c - scalar, vector or matrix, read off the statement. */
#include "report/shape.h"

lsa_shape lsa_shape_of(const lsa_statement *statement, const lsa_block *block)
{
    const lsa_symbol *symbol = &statement->symbols[block->symbol];
    if (symbol->cols != LSA_DIM_ONE)
        return LSA_SHAPE_MATRIX;
    return symbol->rows != LSA_DIM_ONE ? LSA_SHAPE_VECTOR : LSA_SHAPE_SCALAR;
}

bool lsa_shape_is_diagonal(const lsa_statement *statement, const lsa_block *block, lsa_detail detail)
{
    return detail == LSA_DETAIL_DIAGONAL && block->rows == block->cols &&
           lsa_shape_of(statement, block) == LSA_SHAPE_MATRIX;
}
