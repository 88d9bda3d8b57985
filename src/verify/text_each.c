/* text_each.c - the values of `for`, and a claim's formulas for each choice of them. */
#include "verify/text_each.h"

#include "base/try.h"
#include <stdlib.h>
#include <string.h>

/* A bound of a range: a number, d, heads or r. */
static bool read_bound(const lsa_experiment *e, const char *text, size_t length, long *out)
{
    char buffer[32], *end;
    if (length == 0 || length >= sizeof buffer)
        return false;
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    if (strcmp(buffer, "d") == 0)
        return *out = (long)e->data.d, true;
    if (strcmp(buffer, "heads") == 0)
        return *out = (long)e->data.heads, true;
    if (strcmp(buffer, "r") == 0)
        return *out = (long)e->data.rank, true;
    *out = strtol(buffer, &end, 10);
    return *end == '\0' && labs(*out) <= 1000000;
}

/* "1..3", "1..d", 5: the values from *low to *high. */
static lsa_status read_range(const lsa_experiment *e, const lsa_node *node, long *low, long *high, lsa_error *err)
{
    char found[LSA_FOUND_SIZE];
    const char *dots = node->kind == LSA_NODE_SCALAR ? strstr(node->text, "..") : NULL;
    const bool good = node->kind == LSA_NODE_SCALAR &&
                      (dots == NULL ? read_bound(e, node->text, node->length, low) && ((*high = *low), true)
                                    : read_bound(e, node->text, (size_t)(dots - node->text), low) &&
                                          read_bound(e, dots + 2, strlen(dots + 2), high));
    if (!good || *high - *low >= TEXT_EACH_VALUES)
        return lsa_node_error(node, err, "found %s, expected a range of integers such as 1..3 or 1..d, or a list",
                              lsa_node_found(node, found));
    return LSA_OK;
}

/* All values of a name of `for`. */
static lsa_status read_values(const lsa_experiment *e, const lsa_node *node, long *values, int *count, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const bool list = node->kind == LSA_NODE_SEQUENCE;
    const ptrdiff_t n = list ? node->count : 1;
    *count = 0;
    for (ptrdiff_t k = 0; k < n; k++) {
        long low = 0, high = 0;
        LSA_TRY(read_range(e, list ? node->items[k] : node, &low, &high, err));
        for (long v = low; v <= high && *count < TEXT_EACH_VALUES; v++)
            values[(*count)++] = v;
    }
    if (*count == 0)
        return lsa_node_error(node, err, "'for' gives no value");
done:
    return status;
}

/* All values of `for`, the last name fastest. */
typedef struct each_values {
    int count[TEXT_EACH_NAMES];
    ptrdiff_t product;
    long *values[TEXT_EACH_NAMES];
} each_values;

static void each_clear(each_values *each)
{
    for (int k = 0; k < TEXT_EACH_NAMES; k++)
        free(each->values[k]);
}

static lsa_status each_read(const lsa_experiment *e, const lsa_text_claim *claim, each_values *each, lsa_error *err)
{
    lsa_status status = LSA_OK;
    *each = (each_values){.product = 1};
    if (claim->n_each > TEXT_EACH_NAMES)
        return lsa_node_error(claim->formula, err, "more than %d names in 'for'", (int)TEXT_EACH_NAMES);
    for (ptrdiff_t k = 0; k < claim->n_each; k++) {
        each->values[k] = calloc(TEXT_EACH_VALUES, sizeof *each->values[k]);
        LSA_TRY_MEMORY(each->values[k], "a claim");
        LSA_TRY(read_values(e, claim->each[k].formula, each->values[k], &each->count[k], err));
        each->product *= each->count[k];
    }
    if (each->product > TEXT_EACH_VALUES)
        return lsa_node_error(claim->formula, err, "'for' makes %td claims of it, more than %d", each->product,
                              (int)TEXT_EACH_VALUES);
done:
    return status;
}

/* Choice number k of 0 .. product - 1, the last name fastest. */
static void choose(const each_values *each, ptrdiff_t n, ptrdiff_t k, long *integers)
{
    for (ptrdiff_t j = n - 1; j >= 0; j--) {
        integers[j] = each->values[j][k % each->count[j]];
        k /= each->count[j];
    }
}

static void instances_clear(text_instances *instances)
{
    for (ptrdiff_t k = 0; k < instances->count; k++)
        checked_claim_clear(&instances->all[k].formulas);
    text_beside_clear(&instances->beside);
    free(instances->all);
}

static lsa_status instances_init(const lsa_experiment *e, text_beside *beside, const lsa_text_claim *claim,
                                 text_instances *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    each_values each;
    LSA_TRY(each_read(e, claim, &each, err));
    out->all = calloc((size_t)each.product, sizeof *out->all);
    LSA_TRY_MEMORY(out->all, "a claim");
    for (ptrdiff_t k = 0; k < each.product; k++) {
        text_instance *instance = &out->all[k];
        choose(&each, claim->n_each, k, instance->integers);
        out->count++;
        LSA_TRY(checked_claim_init(&instance->formulas, e, beside, claim, instance->integers, err));
    }
done:
    each_clear(&each);
    return status;
}

void text_instances_destroy(text_instances *instances)
{
    if (instances == NULL)
        return;
    instances_clear(instances);
    free(instances);
}

lsa_status text_instances_create(const lsa_experiment *experiment, const lsa_text_claim *claim, text_instances **out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_instances *made = calloc(1, sizeof *made);
    LSA_TRY_MEMORY(made, "a claim");
    LSA_TRY(instances_init(experiment, &made->beside, claim, made, err));
    *out = made;
    made = NULL;
done:
    text_instances_destroy(made);
    return status;
}

void text_claims_destroy(text_claims *texts)
{
    if (texts == NULL)
        return;
    for (ptrdiff_t i = 0; i < texts->count; i++)
        instances_clear(&texts->claims[i]);
    text_beside_clear(&texts->beside);
    free(texts->claims);
    free(texts);
}

lsa_status text_claims_create(const lsa_experiment *experiment, text_claims **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    text_claims *texts = calloc(1, sizeof *texts);
    LSA_TRY_MEMORY(texts, "the claims");
    texts->claims = calloc((size_t)experiment->n_text_claims + 1, sizeof *texts->claims);
    LSA_TRY_MEMORY(texts->claims, "the claims");
    for (ptrdiff_t i = 0; i < experiment->n_text_claims; i++) {
        texts->count++;
        LSA_TRY(instances_init(experiment, &texts->beside, &experiment->text_claims[i], &texts->claims[i], err));
    }
    *out = texts;
    texts = NULL;
done:
    text_claims_destroy(texts);
    return status;
}

ptrdiff_t text_claims_sampled(const text_claims *claims, const lsa_experiment *experiment)
{
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < claims->count; i++) {
        const text_instances *instances = &claims->claims[i];
        for (ptrdiff_t k = 0; k < instances->count; k++) {
            const checked_claim *c = &instances->all[k].formulas;
            const bool sampled = (c->formula->needs & FORMULA_SAMPLED) != 0 || c->scope.random;
            count += sampled ? (c->claim->each_test ? experiment->n_tests : 1) : 0;
        }
    }
    return count;
}
