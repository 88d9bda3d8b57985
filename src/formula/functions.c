/* functions.c - the table of functions, and its page. */
#include "formula/functions.h"
#include "base/text.h"
#include <string.h>

static const formula_function table[FORMULA_FUNCTION_COUNT] = {
#define FORMULA_FUNCTION_ROW(id, arguments, least, most, kind, meaning)                                                \
    {FORMULA_##id, #id, arguments, least, most, FORMULA_OF_##kind, meaning},
    FORMULA_FUNCTIONS(FORMULA_FUNCTION_ROW)
#undef FORMULA_FUNCTION_ROW
};

const formula_function *formula_functions(void)
{
    return table;
}

const formula_function *formula_function_find(const char *name)
{
    for (int k = 0; k < FORMULA_FUNCTION_COUNT; k++)
        if (strcmp(table[k].name, name) == 0)
            return &table[k];
    return NULL;
}

void formula_functions_markdown(lsa_text *out)
{
    lsa_text_add(out, "| function | meaning |\n|---|---|\n");
    for (int k = 0; k < FORMULA_FUNCTION_COUNT; k++)
        lsa_text_printf(out, "| `%s(%s)` | %s |\n", table[k].name, table[k].arguments, table[k].meaning);
}
