/* names.c - the table of names, and its page. */
#include "formula/names.h"
#include "base/text.h"
#include <string.h>

static const formula_name table[FORMULA_NAME_COUNT] = {
#define FORMULA_NAME_ROW(id, shape, need, witness, meaning)                                                            \
    {FORMULA_NAME_##id, #id, FORMULA_##shape, FORMULA_##need, FORMULA_BY_##witness, meaning},
    FORMULA_NAMES(FORMULA_NAME_ROW)
#undef FORMULA_NAME_ROW
};

static const char *const witness_names[] = {"model", "polynomial", "theory", "flow", "samples", "training"};

const formula_name *formula_names(void)
{
    return table;
}

const formula_name *formula_name_find(const char *name)
{
    for (int k = 0; k < FORMULA_NAME_COUNT; k++)
        if (strcmp(table[k].name, name) == 0)
            return &table[k];
    return NULL;
}

void formula_witnesses_text(unsigned witnesses, lsa_text *out)
{
    const char *joint = "";
    for (unsigned k = 0; k < sizeof witness_names / sizeof *witness_names; k++) {
        if ((witnesses & 1u << k) == 0)
            continue;
        lsa_text_printf(out, "%s%s", joint, witness_names[k]);
        joint = ", ";
    }
}

void formula_names_markdown(lsa_text *out)
{
    lsa_text_add(out, "| name | witness | meaning |\n|---|---|---|\n");
    for (int k = 0; k < FORMULA_NAME_COUNT; k++) {
        lsa_text_printf(out, table[k].need == FORMULA_PAIR ? "| `%s[i]` | " : "| `%s` | ", table[k].name);
        formula_witnesses_text(table[k].witness, out);
        lsa_text_printf(out, " | %s |\n", table[k].meaning);
    }
}
