/* formula_label.c - a formula on a figure: the text that was written, with the letters that a reader expects. */
#include "report/report.h"

#include "base/text.h"
#include "report/utf8_text.h"
#include <string.h>

typedef struct letter {
    const char *name;
    uint32_t point;
} letter;

static const letter greek[] = {
    {"alpha", 0x3B1},  {"beta", 0x3B2},  {"gamma", 0x3B3}, {"delta", 0x3B4},  {"epsilon", 0x3B5}, {"zeta", 0x3B6},
    {"eta", 0x3B7},    {"theta", 0x3B8}, {"kappa", 0x3BA}, {"lambda", 0x3BB}, {"mu", 0x3BC},      {"nu", 0x3BD},
    {"xi", 0x3BE},     {"pi", 0x3C0},    {"rho", 0x3C1},   {"sigma", 0x3C3},  {"tau", 0x3C4},     {"phi", 0x3C6},
    {"chi", 0x3C7},    {"psi", 0x3C8},   {"omega", 0x3C9}, {"Gamma", 0x393},  {"Delta", 0x394},   {"Theta", 0x398},
    {"Lambda", 0x39B}, {"Sigma", 0x3A3}, {"Phi", 0x3A6},   {"Psi", 0x3A8},    {"Omega", 0x3A9}};

static const uint32_t raised[] = {0x2070, 0xB9, 0xB2, 0xB3, 0x2074, 0x2075, 0x2076, 0x2077, 0x2078, 0x2079};

static size_t word_length(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return strspn(text, letters) == 0 ? 0
                                      : strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");
}

static void add_word(lsa_text *out, const char *word, size_t length)
{
    for (size_t k = 0; k < sizeof greek / sizeof *greek; k++) {
        if (strlen(greek[k].name) == length && strncmp(greek[k].name, word, length) == 0) {
            lsa_utf8_add(out, greek[k].point);
            return;
        }
    }
    lsa_text_add_bytes(out, word, length);
}

/* "^23" behind which no dot follows. */
static size_t power_length(const char *text)
{
    const size_t digits = *text == '^' ? strspn(text + 1, "0123456789") : 0;
    return digits > 0 && text[digits + 1] != '.' ? digits + 1 : 0;
}

void lsa_report_formula(lsa_text *out, const char *formula)
{
    for (const char *at = formula; *at != '\0';) {
        const size_t word = word_length(at), power = power_length(at);
        if (word > 0) {
            add_word(out, at, word);
        } else if (power > 0) {
            for (size_t k = 1; k < power; k++)
                lsa_utf8_add(out, raised[at[k] - '0']);
        } else if (*at == '*') {
            lsa_utf8_add(out, 0xB7);
        } else {
            lsa_text_add_bytes(out, at, 1);
        }
        at += word > 0 ? word : power > 0 ? power : 1;
    }
}
