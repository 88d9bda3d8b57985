/* registers.h - memory for the registers of a code.
 *
 * Instructions are written with registers by number. Every register is written before it is read, so its life goes from
 * the first instruction that has it as `out` to the last that touches it; then its room is free for others of its
 * size. */
#ifndef LSAFLOW_COMPILE_REGISTERS_H
#define LSAFLOW_COMPILE_REGISTERS_H

#include "compile/code.h"
#include "lsaflow/arena.h"
#include "lsaflow/status.h"

typedef struct lsa_registers {
    int n; /* instructions */
    lsa_instruction *instructions;
    int n_factors;
    lsa_power_of *factors;
    int n_registers;
    const ptrdiff_t *sizes; /* doubles */
} lsa_registers;

/* Writes offsets in the place of numbers; *work is the room that all need together. LSA_ERR_MEMORY. */
lsa_status lsa_registers_place(lsa_registers *registers, lsa_arena *arena, ptrdiff_t *work, lsa_error *err);

#endif
