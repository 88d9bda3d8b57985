/* word.c - packed letters, words and the least form of a trace. */
#include "symbolic/word.h"
#include <string.h>

lsa_code lsa_code_make(const lsa_algebra *algebra, int symbol, int index, bool transposed)
{
    const bool flag = transposed && !algebra->symbols[symbol].symmetric;
    return 2 * (LSA_INDEX_SPAN * symbol + index + LSA_INDEX_OFFSET) + (flag ? 1 : 0);
}

int lsa_code_symbol(lsa_code code)
{
    return code / (2 * LSA_INDEX_SPAN);
}

int lsa_code_index(lsa_code code)
{
    return code / 2 % LSA_INDEX_SPAN - LSA_INDEX_OFFSET;
}

bool lsa_code_transposed(lsa_code code)
{
    return code % 2 != 0;
}

lsa_code lsa_code_transpose(const lsa_algebra *algebra, lsa_code code)
{
    return algebra->symbols[lsa_code_symbol(code)].symmetric ? code : code ^ 1;
}

lsa_code lsa_code_with_index(lsa_code code, int index)
{
    return code + 2 * (index - lsa_code_index(code));
}

lsa_dim lsa_code_rows(const lsa_algebra *algebra, lsa_code code)
{
    const lsa_symbol *symbol = &algebra->symbols[lsa_code_symbol(code)];
    return lsa_code_transposed(code) ? symbol->cols : symbol->rows;
}

lsa_dim lsa_code_cols(const lsa_algebra *algebra, lsa_code code)
{
    const lsa_symbol *symbol = &algebra->symbols[lsa_code_symbol(code)];
    return lsa_code_transposed(code) ? symbol->rows : symbol->cols;
}

void lsa_word_transpose(const lsa_algebra *algebra, int n, const lsa_code *word, lsa_code *out)
{
    for (int k = 0; k < n; k++)
        out[k] = lsa_code_transpose(algebra, word[n - 1 - k]);
}

static int compare_letters(int n, const lsa_code *a, const lsa_code *b)
{
    for (int k = 0; k < n; k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

int lsa_word_compare(int n_a, const lsa_code *a, int n_b, const lsa_code *b)
{
    if (n_a != n_b)
        return n_a < n_b ? -1 : 1;
    return compare_letters(n_a, a, b);
}

/* Keeps in best[0..n) the least of itself and the n rotations of `word`, given twice in a row. */
static void least_rotation(int n, const lsa_code *twice, lsa_code *best)
{
    for (int k = 0; k < n; k++)
        if (compare_letters(n, twice + k, best) < 0)
            memcpy(best, twice + k, (size_t)n * sizeof *best);
}

void lsa_ring_least(const lsa_algebra *algebra, int n, lsa_code *word, lsa_code *work)
{
    lsa_code *twice = work + n;
    const bool chain = n > 0 && lsa_code_rows(algebra, word[0]) == LSA_DIM_ONE;
    memcpy(work, word, (size_t)n * sizeof *word);
    for (int orientation = 0; orientation < 2; orientation++) {
        if (orientation == 0)
            memcpy(twice, work, (size_t)n * sizeof *word);
        else
            lsa_word_transpose(algebra, n, work, twice);
        memcpy(twice + n, twice, (size_t)n * sizeof *word);
        if (!chain)
            least_rotation(n, twice, word);
        else if (compare_letters(n, twice, word) < 0)
            memcpy(word, twice, (size_t)n * sizeof *word);
    }
}
