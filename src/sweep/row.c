/* row.c - rows on their way from a worker to the writer: the numbers as they are in memory, texts with their zero. */
#include "sweep/row.h"

#include "base/text.h"
#include <string.h>

int sweep_exit_worse(int a, int b)
{
    static const int order[] = {SWEEP_EXIT_NUMERICS, SWEEP_EXIT_INPUT, SWEEP_EXIT_FAILS, SWEEP_EXIT_INCONCLUSIVE};
    for (size_t k = 0; k < sizeof order / sizeof *order; k++)
        if (a == order[k] || b == order[k])
            return order[k];
    return 0;
}

typedef struct fixed_part {
    ptrdiff_t cell, n_values;
    int exit;
    double t_end, seconds, difference;
} fixed_part;

static void add_text(lsa_text *out, const char *text)
{
    lsa_text_add_bytes(out, text, strlen(text) + 1);
}

void sweep_row_write(const sweep_row *row, lsa_text *out)
{
    const fixed_part fixed = {row->cell, row->n_values, row->exit, row->t_end, row->seconds, row->difference};
    lsa_text_add_bytes(out, (const char *)&fixed, sizeof fixed);
    for (ptrdiff_t k = 0; k < row->n_values; k++)
        lsa_text_add_bytes(out, (const char *)&row->values[k].number, sizeof row->values[k].number);
    add_text(out, row->end);
    add_text(out, row->message);
    for (ptrdiff_t k = 0; k < row->n_values; k++)
        add_text(out, row->values[k].word != NULL ? row->values[k].word : "");
}

/* The text that begins at *at; NULL where it does not end before `end`. */
static const char *take_text(const char **at, const char *end)
{
    const char *text = *at, *zero = *at < end ? memchr(*at, '\0', (size_t)(end - *at)) : NULL;
    *at = zero != NULL ? zero + 1 : end;
    return zero != NULL ? text : NULL;
}

bool sweep_row_read(const char *bytes, size_t length, ptrdiff_t n_values, sweep_value *values, sweep_row *out)
{
    fixed_part fixed;
    const size_t numbers = (size_t)n_values * sizeof(double);
    if (length < sizeof fixed + numbers)
        return false;
    memcpy(&fixed, bytes, sizeof fixed);
    if (fixed.n_values != n_values)
        return false;
    for (ptrdiff_t k = 0; k < n_values; k++)
        memcpy(&values[k].number, bytes + sizeof fixed + (size_t)k * sizeof(double), sizeof(double));
    const char *at = bytes + sizeof fixed + numbers, *end = bytes + length;
    *out = (sweep_row){.cell = fixed.cell,
                       .exit = fixed.exit,
                       .t_end = fixed.t_end,
                       .seconds = fixed.seconds,
                       .difference = fixed.difference,
                       .n_values = n_values,
                       .values = values};
    out->end = take_text(&at, end);
    out->message = take_text(&at, end);
    bool whole = out->end != NULL && out->message != NULL;
    for (ptrdiff_t k = 0; k < n_values; k++) {
        const char *word = take_text(&at, end);
        whole = whole && word != NULL;
        values[k].word = word != NULL && word[0] != '\0' ? word : NULL;
    }
    return whole && at == end;
}
