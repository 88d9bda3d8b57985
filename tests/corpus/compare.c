/* corpus_compare RECORD FRESH [LIST]: the differences of two records of the corpus, by kind.
 *
 * A record holds lines `ID key value ...`. Compared are the models of FRESH. Counts by kind and the first lines of each
 * kind go to standard output, all lines to LIST. Exit status: 0 if nothing differs but last digits, steps, where
 * thresholds are crossed, and claims' measures within their tolerance; 1 if more does; 2 if a record cannot be read. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KINDS(X)                                                                                                       \
    X(LAST_DIGITS, "number: last digits (at most 1e-12 of its block)", false)                                          \
    X(ROUNDING, "number: at most 1e-9 of its block", false)                                                            \
    X(TOLERANCE, "number: of a claim, within the claim's tolerance", false)                                            \
    X(CROSSING, "number: where a threshold is crossed, at most 1e-1", false)                                           \
    X(NUMBER, "number: larger", true)                                                                                  \
    X(STEPS, "step count", false)                                                                                      \
    X(VERDICT, "verdict", true)                                                                                        \
    X(END, "kind of end", true)                                                                                        \
    X(ERROR, "exit or error text", true)                                                                               \
    X(TEXT, "other text", true)                                                                                        \
    X(GONE, "gone: in the record only", true)                                                                          \
    X(NEW, "new: not in the record", true)

typedef enum kind {
    SAME = -1,
#define AS_ENUM(name, text, fails) name,
    KINDS(AS_ENUM) KIND_COUNT
} kind;

static const struct {
    const char *text;
    bool fails;
} kinds[] = {
#define AS_ROW(name, text, fails) {text, fails},
    KINDS(AS_ROW)};

enum { SHOWN = 12, WIDTH = 72 };

/* ---------------------------------------------------------------- records */

typedef struct line {
    char *key;   /* "ID key" */
    char *value; /* the rest */
} line;

typedef struct record {
    ptrdiff_t count, room;
    line *lines; /* by key */
} record;

static int by_key(const void *a, const void *b)
{
    return strcmp(((const line *)a)->key, ((const line *)b)->key);
}

static void *checked(void *memory)
{
    if (memory == NULL) {
        fprintf(stderr, "corpus_compare: out of memory\n");
        exit(2);
    }
    return memory;
}

static char *copy(const char *text)
{
    return strcpy(checked(malloc(strlen(text) + 1)), text);
}

static void add_line(record *to, const char *text)
{
    if (to->count == to->room) {
        to->room = 2 * to->room + 1024;
        to->lines = checked(realloc(to->lines, (size_t)to->room * sizeof *to->lines));
    }
    char *key = copy(text), *space = strchr(key, ' ');
    space = space == NULL ? NULL : strchr(space + 1, ' ');
    if (space != NULL)
        *space++ = '\0';
    to->lines[to->count++] = (line){key, space == NULL ? key + strlen(key) : space};
}

static record read_record(const char *path)
{
    static char text[1 << 16];
    record out = {0};
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        perror(path);
        exit(2);
    }
    while (fgets(text, sizeof text, file) != NULL) {
        text[strcspn(text, "\n")] = '\0';
        if (text[0] != '\0' && text[0] != '#')
            add_line(&out, text);
    }
    fclose(file);
    if (out.count > 0)
        qsort(out.lines, (size_t)out.count, sizeof *out.lines, by_key);
    return out;
}

static void clear_record(record *r)
{
    for (ptrdiff_t i = 0; i < r->count; i++)
        free(r->lines[i].key);
    free(r->lines);
}

static ptrdiff_t id_length(const char *key)
{
    return (ptrdiff_t)strcspn(key, " ");
}

/* Whether a model occurs in a record: its first line not below "ID" belongs to it. */
static bool has_model(const record *in, const char *key)
{
    const ptrdiff_t n = id_length(key);
    ptrdiff_t low = 0, high = in->count;
    while (low < high) {
        const ptrdiff_t middle = low + (high - low) / 2;
        if (strncmp(in->lines[middle].key, key, (size_t)n) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < in->count && id_length(in->lines[low].key) == n && strncmp(in->lines[low].key, key, (size_t)n) == 0;
}

/* ---------------------------------------------------------------- numbers */

/* The next number of a block; false at its end or where there is none. A null is NaN. */
static bool next_number(const char **text, double *out)
{
    char *end;
    *out = strtod(*text, &end);
    if (end == *text) {
        const char *word = *text + strspn(*text, " ");
        if (strncmp(word, "null", 4) != 0)
            return false;
        *out = NAN;
        *text = word + 4;
    } else {
        *text = end;
    }
    return **text == ' ' || **text == '\0';
}

static bool is_block(const char *text)
{
    double number;
    if (*text == '\0')
        return false;
    while (*text != '\0')
        if (!next_number(&text, &number))
            return false;
    return true;
}

static bool has_word(const char *key, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(key, words[i]) != NULL)
            return true;
    return false;
}

/* Quantities that may be rounding beside 1: ratios, and what is zero by theory beside a loss or a square of order 1. */
static bool has_unit_one(const char *key)
{
    static const char *const words[] = {".gap", ".excess", ".gradient_ratio", ".conserved.", ".loss", "minimum_loss"};
    return has_word(key, words, sizeof words / sizeof *words);
}

/* max |a_k - b_k| / scale; infinite where the blocks have another length, or a null stands beside a number. */
static double difference(const char *a, const char *b, double scale, double *most)
{
    *most = 0;
    while (*a != '\0' && *b != '\0') {
        double x, y;
        next_number(&a, &x);
        next_number(&b, &y);
        if (isnan(x) && isnan(y))
            continue;
        if (x == y)
            continue;
        if (!isfinite(x) || !isfinite(y))
            return INFINITY;
        *most = fmax(*most, fabs(x - y));
        scale = fmax(scale, fmax(fabs(x), fabs(y)));
    }
    if (*a != '\0' || *b != '\0')
        return INFINITY;
    return *most > 0 ? *most / scale : 0;
}

static double largest(const char *a)
{
    double most = 0, x;
    while (*a != '\0' && next_number(&a, &x))
        if (isfinite(x))
            most = fmax(most, fabs(x));
    return most;
}

/* The third number of a claim's line is its tolerance. */
static double tolerance(const char *text)
{
    double x = 0;
    for (int i = 0; i < 3; i++)
        if (!next_number(&text, &x))
            return 0;
    return x > 0 ? x : 0;
}

/* Time and state where the flow meets an event or its stop. A gap of 1e-14, the least that stops by default, is a
 * difference of losses known to a few 2e-16: to 1e-1 of itself, and so is the point that it marks. */
static bool is_crossing(const char *key)
{
    static const char *const words[] = {" run.events.", " run.final.raw.", " run.final.time",
                                        " run.final.gradient_ratio"};
    return has_word(key, words, sizeof words / sizeof *words);
}

static kind kind_of_number(const char *key, const char *a, const char *b, double *size)
{
    double most;
    *size = difference(a, b, fmax(has_unit_one(key) ? 1 : 0, fmax(largest(a), largest(b))), &most);
    if (*size <= 1e-12)
        return LAST_DIGITS;
    if (*size <= 1e-9)
        return ROUNDING;
    if (strstr(key, ".claims.") != NULL && isfinite(*size) && most <= tolerance(a))
        return TOLERANCE;
    if (is_crossing(key) && *size <= 1e-1)
        return CROSSING;
    return NUMBER;
}

/* ---------------------------------------------------------------- kinds */

static bool ends_with(const char *text, const char *end)
{
    const size_t n = strlen(text), m = strlen(end);
    return n >= m && strcmp(text + n - m, end) == 0;
}

static kind kind_of(const char *key, const char *a, const char *b, double *size)
{
    *size = NAN;
    if (strcmp(a, b) == 0)
        return SAME;
    if (ends_with(key, ".verdict"))
        return VERDICT;
    if (ends_with(key, ".kind") || ends_with(key, ".stopped_by") || ends_with(key, ".negative") ||
        ends_with(key, ".zero") || ends_with(key, ".positive") || strstr(key, ".events.") != NULL)
        return strstr(key, ".events.") != NULL && is_block(a) && is_block(b) ? kind_of_number(key, a, b, size) : END;
    if (ends_with(key, ".exit") || ends_with(key, ".error"))
        return ERROR;
    if (strstr(key, ".solver.") != NULL)
        return STEPS;
    return is_block(a) && is_block(b) ? kind_of_number(key, a, b, size) : TEXT;
}

/* ---------------------------------------------------------------- the report */

typedef struct report {
    ptrdiff_t counts[KIND_COUNT], same, models;
    char *shown[KIND_COUNT][SHOWN];
    FILE *list;
} report;

static void add_difference(report *to, kind k, const char *key, double size, const char *a, const char *b)
{
    char text[512], about[64] = "";
    if (!isnan(size))
        snprintf(about, sizeof about, " [%.1e]", size);
    snprintf(text, sizeof text, "%s%s: %.*s -> %.*s", key, about, WIDTH, a, WIDTH, b);
    if (to->counts[k] < SHOWN)
        to->shown[k][to->counts[k]] = copy(text);
    to->counts[k]++;
    if (to->list != NULL)
        fprintf(to->list, "%s | %s%s: %s -> %s\n", kinds[k].text, key, about, a, b);
}

/* A line of one record only: a claim that applies no more or newly has another verdict, a refusal another exit. */
static void add_single(report *to, kind otherwise, const line *only)
{
    const bool gone = otherwise == GONE;
    const kind k = ends_with(only->key, ".verdict") ? VERDICT : ends_with(only->key, ".error") ? ERROR : otherwise;
    add_difference(to, k, only->key, NAN, gone ? only->value : "(none)", gone ? "(none)" : only->value);
}

static void compare(report *to, const record *old, const record *fresh)
{
    ptrdiff_t i = 0, j = 0;
    while (i < old->count || j < fresh->count) {
        const line *a = i < old->count ? &old->lines[i] : NULL, *b = j < fresh->count ? &fresh->lines[j] : NULL;
        const int order = a == NULL ? 1 : b == NULL ? -1 : strcmp(a->key, b->key);
        if (order < 0) {
            if (has_model(fresh, a->key))
                add_single(to, GONE, a);
            i++;
        } else if (order > 0) {
            add_single(to, NEW, b);
            j++;
        } else {
            double size;
            const kind k = kind_of(a->key, a->value, b->value, &size);
            if (k == SAME)
                to->same++;
            else
                add_difference(to, k, a->key, size, a->value, b->value);
            i++;
            j++;
        }
    }
}

static ptrdiff_t count_models(const record *in)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < in->count; i++)
        count += i == 0 || id_length(in->lines[i].key) != id_length(in->lines[i - 1].key) ||
                 strncmp(in->lines[i].key, in->lines[i - 1].key, (size_t)id_length(in->lines[i].key)) != 0;
    return count;
}

/* The counts, then the lines. Returns the exit status, and frees the lines. */
static int print_report(report *r)
{
    int status = 0;
    printf("%td models, %td values the same\n", r->models, r->same);
    for (int k = 0; k < KIND_COUNT; k++)
        if (r->counts[k] > 0)
            printf("%8td  %s\n", r->counts[k], kinds[k].text);
    for (int k = 0; k < KIND_COUNT; k++) {
        if (r->counts[k] == 0)
            continue;
        status |= kinds[k].fails;
        printf("\n%s\n", kinds[k].text);
        for (ptrdiff_t i = 0; i < r->counts[k] && i < SHOWN; i++) {
            printf("  %s\n", r->shown[k][i]);
            free(r->shown[k][i]);
        }
        if (r->counts[k] > SHOWN)
            printf("  ... and %td more\n", r->counts[k] - SHOWN);
    }
    return status;
}

int main(int argc, char **argv)
{
    if (argc != 3 && argc != 4) {
        fprintf(stderr, "usage: corpus_compare RECORD FRESH [LIST]\n");
        return 2;
    }
    record old = read_record(argv[1]), fresh = read_record(argv[2]);
    report r = {.models = count_models(&fresh), .list = argc == 4 ? fopen(argv[3], "w") : NULL};
    if (argc == 4 && r.list == NULL) {
        perror(argv[3]);
        return 2;
    }
    compare(&r, &old, &fresh);
    const int status = print_report(&r);
    if (r.list != NULL)
        fclose(r.list);
    clear_record(&old);
    clear_record(&fresh);
    return status;
}
