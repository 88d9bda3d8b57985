/* registers.c - lifetimes of registers and the rooms they share. */
#include "compile/registers.h"

#include "base/try.h"

typedef struct lifetime {
    int last;         /* the last instruction that reads or writes the register */
    ptrdiff_t offset; /* -1 before its first */
} lifetime;

static void touch(lifetime *lives, lsa_place place, int at)
{
    if (place.space == LSA_SPACE_WORK)
        lives[place.offset].last = at;
}

static void touch_all(const lsa_registers *r, lifetime *lives, int at)
{
    const lsa_instruction *in = &r->instructions[at];
    const lsa_place places[] = {in->out, in->a, in->b, in->l, in->r, in->s, in->square};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++)
        touch(lives, places[k], at);
    for (ptrdiff_t k = in->first_factor; k < in->first_factor + in->n_factors; k++)
        touch(lives, r->factors[k].place, at);
}

/* Rooms of registers that have ended, to be taken again by one of the same size. */
typedef struct room {
    ptrdiff_t offset, size;
    int busy_until;
} room;

/* The offset of a register that is first written at instruction `at`. */
static ptrdiff_t take_room(room *rooms, int *n_rooms, ptrdiff_t size, int at, int last, ptrdiff_t *top)
{
    for (int k = 0; k < *n_rooms; k++)
        if (rooms[k].size == size && rooms[k].busy_until < at) {
            rooms[k].busy_until = last;
            return rooms[k].offset;
        }
    rooms[(*n_rooms)++] = (room){.offset = *top, .size = size, .busy_until = last};
    *top += size;
    return *top - size;
}

static void settle(const lifetime *lives, lsa_place *place)
{
    if (place->space == LSA_SPACE_WORK)
        place->offset = lives[place->offset].offset;
}

static void settle_all(const lsa_registers *r, const lifetime *lives)
{
    for (int k = 0; k < r->n; k++) {
        lsa_instruction *in = &r->instructions[k];
        settle(lives, &in->out);
        settle(lives, &in->a);
        settle(lives, &in->b);
        settle(lives, &in->l);
        settle(lives, &in->s);
        settle(lives, &in->square);
    }
    for (int k = 0; k < r->n_factors; k++)
        settle(lives, &r->factors[k].place);
}

lsa_status lsa_registers_place(lsa_registers *r, lsa_arena *arena, ptrdiff_t *work, lsa_error *err)
{
    lsa_status status = LSA_OK;
    int n_rooms = 0;
    lifetime *lives = lsa_arena_alloc(arena, (size_t)r->n_registers, sizeof *lives);
    room *rooms = lsa_arena_alloc(arena, (size_t)r->n_registers, sizeof *rooms);
    LSA_TRY_MEMORY(lives, "the code of a program");
    LSA_TRY_MEMORY(rooms, "the code of a program");
    *work = 0;
    for (int k = 0; k < r->n_registers; k++)
        lives[k].offset = -1;
    for (int at = 0; at < r->n; at++)
        touch_all(r, lives, at);
    for (int at = 0; at < r->n; at++) {
        const lsa_place written[] = {r->instructions[at].out, r->instructions[at].square};
        for (size_t k = 0; k < sizeof written / sizeof *written; k++) {
            const ptrdiff_t number = written[k].offset;
            if (written[k].space == LSA_SPACE_WORK && lives[number].offset < 0)
                lives[number].offset = take_room(rooms, &n_rooms, r->sizes[number], at, lives[number].last, work);
        }
    }
    settle_all(r, lives);
done:
    return status;
}
