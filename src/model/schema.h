/* schema.h - every key of a model file, in one table: what the checker asks of a file is what the guide prints.
 *
 * A row's path is the key's place: "flow.stop.gap"; * stands for any item of a list; a path that begins with a name in
 * brackets belongs to a form that several keys share, "(covariance).scale". */
#ifndef LSAFLOW_MODEL_SCHEMA_H
#define LSAFLOW_MODEL_SCHEMA_H

#include "model/yaml.h"
#include <stdint.h>

typedef enum lsa_key_kind {
    LSA_VALUE_NONE,   /* no scalar                                               */
    LSA_VALUE_TEXT,   /* any text                                                */
    LSA_VALUE_FLAG,   /* true or false                                           */
    LSA_VALUE_REAL,   /* a finite number, low <= x <= high                       */
    LSA_VALUE_ABOVE,  /* a finite number, low < x <= high                        */
    LSA_VALUE_INSIDE, /* a finite number, low < x < high                         */
    LSA_VALUE_COUNT,  /* an integer, low <= n <= high                            */
    LSA_VALUE_EXTENT, /* the same, or .inf                                       */
    LSA_VALUE_SEED,   /* an integer from 0 to 2^64 - 1                           */
    LSA_VALUE_CHOICE  /* one of the words of `choices`                           */
} lsa_key_kind;

typedef struct lsa_schema_row {
    const char *path;
    lsa_key_kind kind;
    double low, high;
    const char *choices;  /* CHOICE: the words, "paper|gaussian|values"; of a number: words that may stand for one */
    const char *mapping;  /* NULL: no mapping; ".": keys are rows below this path; "*": any keys, read elsewhere;
                           * "(form)": keys are rows of that form                                               */
    int list;             /* how deep lists of such values may be: 0 none, 1 a list, 2 a list of lists          */
    const char *standard; /* the default as it would be written; "required"; "" where the meaning says it       */
    const char *meaning;
} lsa_schema_row;

/* The table, ended by a row without path. */
const lsa_schema_row *lsa_schema_rows(void);
const lsa_schema_row *lsa_schema_find(const char *path);

/* Checks a whole tree: every key known, required keys there, every value of its kind and range.
 * LSA_ERR_INPUT with the place, what was found, what was expected, and the nearest known key or word. */
lsa_status lsa_schema_check(const lsa_node *root, lsa_error *err);
/* The same of a file that holds one key of the table, "claims", and nothing else. */
lsa_status lsa_schema_check_key(const lsa_node *root, const char *key, lsa_error *err);

/* What a row accepts, in words: "a number > 0", "an integer >= 1 or .inf", "one of N, N+1". */
enum { LSA_EXPECTED_SIZE = 240 };
char *lsa_schema_expected(const lsa_schema_row *row, char buffer[LSA_EXPECTED_SIZE]);

/* Values of a checked tree: of the key named last in `path`, in `mapping` (NULL: absent), or the row's default.
 * A choice is the index of its word. */
const lsa_node *lsa_value_node(const lsa_node *mapping, const char *path);
double lsa_value_real(const lsa_node *mapping, const char *path);
uint64_t lsa_value_seed(const lsa_node *mapping, const char *path);
bool lsa_value_flag(const lsa_node *mapping, const char *path);
int lsa_value_choice(const lsa_node *mapping, const char *path);
/* The index of the node's word among the row's choices, or -1. */
int lsa_choice_of(const lsa_node *node, const char *path);

/* The whole table as Markdown, the way docs/model-language.md holds it; for `lsa_text` of base/text.h. */
struct lsa_text;
void lsa_schema_markdown(struct lsa_text *text);

#endif
