/* corpus_flatten ID COMMAND < document: one --json document as lines `ID COMMAND.key value ...`, doubles as %a.
 *
 * An array of numbers is one line, a block, compared in units of its largest entry. So are all parameters of a point, the
 * values of one quantity along a path, and one test's error with its parts. Left out is what is not reproducible (seconds) or said elsewhere. */
#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

enum {
    KEY_SIZE = 512,
    BLOCK_MOST = 64, /* numbers of a block that stand in the record themselves ... */
    SAMPLE_MOST = 9  /* ... and of a block in a sample of a path; longer ones are digested */
};

static const char *model_id;

/* ---------------------------------------------------------------- blocks */

static ptrdiff_t block_size(const json_t *value)
{
    if (!json_is_array(value))
        return 1;
    ptrdiff_t size = 0;
    size_t i;
    json_t *item;
    json_array_foreach(value, i, item) size += block_size(item);
    return size;
}

static bool is_block(const json_t *value)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value))
        return json_is_number(value) || json_is_null(value);
    json_array_foreach(value, i, item) if (!is_block(item)) return false;
    return true;
}

static void print_entries(const json_t *value)
{
    size_t i;
    json_t *item;
    if (json_is_integer(value))
        printf(" %" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        printf(" %a", json_real_value(value));
    else if (!json_is_array(value))
        printf(" null");
    json_array_foreach(value, i, item) print_entries(item);
}

/* Sum, weighted sum and sum of squares of the entries k = 1, 2, ... */
typedef struct digest {
    ptrdiff_t count;
    double sum, weighted, squares;
} digest;

static void add_to_digest(digest *to, const json_t *value)
{
    size_t i;
    json_t *item;
    if (!json_is_array(value)) {
        const double entry = json_number_value(value);
        to->count++;
        to->sum += entry;
        to->weighted += (double)to->count * entry;
        to->squares += entry * entry;
    }
    json_array_foreach(value, i, item) add_to_digest(to, item);
}

/* The entries; of more than `most` their norm, their sum, and the sum of k a_k / count, which sees an exchange. */
static void print_block(const json_t *value, ptrdiff_t most)
{
    if (block_size(value) <= most) {
        print_entries(value);
        return;
    }
    digest d = {0};
    add_to_digest(&d, value);
    printf(" %a %a %a", sqrt(d.squares), d.sum, d.weighted / (double)d.count);
}

static void begin_line(const char *key)
{
    printf("%s ", model_id);
    for (; *key != '\0'; key++)
        putchar(*key == ' ' ? '_' : *key);
}

/* ---------------------------------------------------------------- records with a meaning of their own */

/* A point of the parameter space, or a gradient there: one block, in which what is zero by theory is seen to be small. */
static void print_state(json_t *state, ptrdiff_t most)
{
    const char *name;
    json_t *block;
    json_object_foreach(state, name, block)
    {
        print_block(block, most);
    }
}

/* A path: each quantity of the samples is one line, all times in it. */
static void print_samples(const char *key, json_t *samples)
{
    const char *name;
    json_t *first, *sample;
    size_t i;
    json_object_foreach(json_array_get(samples, 0), name, first)
    {
        char column_key[KEY_SIZE];
        if (!is_block(first) && !json_is_object(first))
            continue; /* the reason of a null */
        snprintf(column_key, sizeof column_key, "%s.%s", key, name);
        begin_line(column_key);
        json_array_foreach(samples, i, sample)
        {
            json_t *value = json_object_get(sample, name);
            if (json_is_object(value))
                print_state(value, SAMPLE_MOST);
            else
                print_entries(value);
        }
        putchar('\n');
    }
}

/* A test: its error and what the error is made of, in units of the error; the reason where there is none. */
static void print_test(const char *key, const json_t *test)
{
    static const char *const parts[] = {"error", "best_linear", "context_term", "training_term"};
    static const char *const split[] = {"shift", "finite_training", "finite_context"};
    begin_line(key);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        print_entries(json_object_get(test, parts[i]));
    for (size_t i = 0; i < sizeof split / sizeof *split; i++)
        print_entries(json_object_get(json_object_get(test, "split"), split[i]));
    putchar('\n');
    const char *reason = json_string_value(json_object_get(test, "error_reason"));
    if (reason != NULL) {
        begin_line(key);
        printf(".reason %.*s\n", (int)strcspn(reason, "\n"), reason); /* a story's first line */
    }
}

/* How many claims before this one have its name: a claim is judged test by test. */
static int earlier_of_name(const json_t *claims, size_t index)
{
    const char *name = json_string_value(json_object_get(json_array_get(claims, index), "name"));
    int count = 0;
    for (size_t i = 0; i < index; i++)
        count += strcmp(json_string_value(json_object_get(json_array_get(claims, i), "name")), name) == 0;
    return count;
}

/* A claim that applies: verdict; predicted, measured, tolerance. */
static void print_claim(const char *key, const json_t *claims, size_t index)
{
    static const char *const numbers[] = {"predicted", "measured", "tolerance"};
    const json_t *claim = json_array_get(claims, index);
    const char *name = json_string_value(json_object_get(claim, "name"));
    const char *verdict = json_string_value(json_object_get(claim, "verdict"));
    if (strcmp(verdict, "not-applicable") == 0)
        return;
    char claim_key[KEY_SIZE];
    snprintf(claim_key, sizeof claim_key, "%s.%s.%d", key, name, earlier_of_name(claims, index));
    begin_line(claim_key);
    printf(".verdict %s\n", verdict);
    if (json_is_null(json_object_get(claim, "predicted")) && json_is_null(json_object_get(claim, "measured")))
        return;
    begin_line(claim_key);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        print_entries(json_object_get(claim, numbers[i]));
    putchar('\n');
}

/* ---------------------------------------------------------------- any record */

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

/* Seconds are not reproducible; the rescaled end repeats the raw one; an end's gradient norm stands in its ratio. */
static bool is_left_out(const char *key)
{
    return ends_with(key, ".seconds") || ends_with(key, ".rescaled") || ends_with(key, "final.gradient_norm") ||
           ends_with(key, "raw.gradient_norm");
}

static void print_value(const char *key, json_t *value);

static void print_items(const char *key, json_t *array)
{
    size_t i;
    json_t *item;
    json_array_foreach(array, i, item)
    {
        char item_key[KEY_SIZE];
        snprintf(item_key, sizeof item_key, "%s.%zu", key, i);
        if (ends_with(key, ".tests"))
            print_test(item_key, item);
        else if (ends_with(key, ".claims"))
            print_claim(key, array, i);
        else
            print_value(item_key, item);
    }
}

static void print_members(const char *key, json_t *object)
{
    const char *name;
    json_t *member;
    json_object_foreach(object, name, member)
    {
        char member_key[KEY_SIZE];
        snprintf(member_key, sizeof member_key, "%s.%s", key, name);
        if (!is_left_out(member_key))
            print_value(member_key, member);
    }
}

static void print_value(const char *key, json_t *value)
{
    if (json_is_object(value) && (ends_with(key, ".parameters") || ends_with(key, ".gradient"))) {
        begin_line(key);
        print_state(value, BLOCK_MOST);
        putchar('\n');
    } else if (json_is_object(value)) {
        print_members(key, value);
    } else if (ends_with(key, ".samples")) {
        print_samples(key, value);
    } else if (json_is_array(value) && (json_array_size(value) == 0 || !is_block(value))) {
        print_items(key, value);
    } else if (is_block(value) && !json_is_null(value)) {
        begin_line(key);
        print_block(value, BLOCK_MOST);
        putchar('\n');
    } else if (!json_is_null(value)) { /* a null is said by its reason */
        begin_line(key);
        const char *text = json_is_string(value) ? json_string_value(value) : json_is_true(value) ? "true" : "false";
        printf(" %.*s\n", (int)strcspn(text, "\n"), text);
    }
}

int main(int argc, char **argv)
{
    json_error_t error;
    if (argc != 3) {
        fprintf(stderr, "usage: corpus_flatten ID COMMAND < document\n");
        return 2;
    }
    model_id = argv[1];
    json_t *document = json_loadf(stdin, 0, &error);
    if (document == NULL) {
        fprintf(stderr, "corpus_flatten: %s %s: %s\n", argv[1], argv[2], error.text);
        return 1;
    }
    print_value(argv[2], document);
    json_decref(document);
    return 0;
}
