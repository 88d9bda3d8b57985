/* state_names.c - "U[2][1,4]". */
#include "flow/state_names.h"
#include <stdio.h>

const char *flow_block_name(const lsa_block *block, char buffer[64])
{
    if (block->family)
        snprintf(buffer, 64, "%s[%td]", block->name, block->head + 1);
    else
        snprintf(buffer, 64, "%s", block->name);
    return buffer;
}

const char *flow_entry_name(const lsa_program *program, ptrdiff_t i, char buffer[128])
{
    char name[64];
    for (ptrdiff_t k = 0; k < lsa_program_block_count(program); k++) {
        const lsa_block *block = lsa_program_block(program, k);
        const ptrdiff_t at = i - block->offset;
        if (at < 0 || at >= block->rows * block->cols)
            continue;
        flow_block_name(block, name);
        if (block->rows * block->cols == 1)
            snprintf(buffer, 128, "%s", name);
        else if (block->cols == 1)
            snprintf(buffer, 128, "%s[%td]", name, at + 1);
        else
            snprintf(buffer, 128, "%s[%td,%td]", name, at % block->rows + 1, at / block->rows + 1);
    }
    return buffer;
}
