/* text_judge.c - equality, inequality, and the factor that was forgotten. */
#include "verify/text_judge.h"

#include "base/text.h"
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A state of doubles was rounded once by the last step, and some times while symmetries were taken out of it. */
static const double state_rounding = 16.0 * DBL_EPSILON;

/* The largest term of both sides: a walk over all entries, once for all differences. */
static double size_of(const text_sides *sides)
{
    return fmax(formula_value_scale(sides->a), formula_value_scale(sides->b));
}

static text_difference difference_at(const text_sides *sides, double size, ptrdiff_t i, ptrdiff_t j)
{
    const formula_difference d = formula_value_compare(sides->pool, sides->a, sides->b, i, j);
    text_difference out = {.a = formula_value_double(sides->a, i, j),
                           .b = formula_value_double(sides->b, i, j),
                           .difference = d.value,
                           .error = d.error,
                           .equal = d.equal,
                           .apart = d.apart,
                           .sign = d.sign};
    const bool one = formula_value_rows(sides->a) == 1 && formula_value_cols(sides->a) == 1;
    out.scale = one ? size : 0.0;
    if (!one && formula_value_rows(sides->a) == formula_value_cols(sides->a)) {
        const double ii = fmax(fabs(formula_value_double(sides->a, i, i)), fabs(formula_value_double(sides->b, i, i)));
        const double jj = fmax(fabs(formula_value_double(sides->a, j, j)), fabs(formula_value_double(sides->b, j, j)));
        out.scale = sqrt(ii * jj);
    }
    if (sides->scale > 0.0)
        out.scale = sides->scale;
    if (!(out.scale > 0.0))
        out.scale = size;
    if (sides->path != NULL) {
        double other = out.difference;
        if (sides->other_a != NULL)
            other = formula_value_compare(sides->pool, sides->other_a, sides->other_b, i, j).value;
        out.error += path_number_of(sides->path, out.difference, sides->other_a != NULL ? other : (double)NAN,
                                    sides->asks_share ? size : 0.0)
                         .error +
                     state_rounding * size;
        if (sides->other_a == NULL)
            out.error = INFINITY;
    } else if (!text_is_enclosed(sides)) {
        out.error += 4.0 * DBL_EPSILON * size;
    }
    return out;
}

text_difference text_difference_of(const text_sides *sides, ptrdiff_t i, ptrdiff_t j)
{
    return difference_at(sides, size_of(sides), i, j);
}

bool text_is_enclosed(const text_sides *sides)
{
    return sides->path == NULL && !formula_value_is_estimated(sides->a) && !formula_value_is_estimated(sides->b);
}

static bool is_worse(const text_difference *a, const text_difference *b)
{
    const double x = fabs(a->difference) / fmax(a->error, DBL_MIN), y = fabs(b->difference) / fmax(b->error, DBL_MIN);
    if (a->apart != b->apart)
        return a->apart;
    return isnan(a->difference) || x > y ||
           (a->error == 0.0 && b->error == 0.0 && fabs(a->difference) > fabs(b->difference));
}

text_difference text_worst_entry(const text_sides *sides, ptrdiff_t *row, ptrdiff_t *col)
{
    const double size = size_of(sides);
    text_difference worst = difference_at(sides, size, 0, 0);
    *row = *col = 0;
    for (ptrdiff_t j = 0; j < formula_value_cols(sides->a); j++) {
        for (ptrdiff_t i = 0; i < formula_value_rows(sides->a); i++) {
            const text_difference one = difference_at(sides, size, i, j);
            if (is_worse(&one, &worst)) {
                worst = one;
                *row = i;
                *col = j;
            }
        }
    }
    return worst;
}

bool text_is_open(const text_sides *sides, lsa_relation relation)
{
    ptrdiff_t i, j;
    if (!text_is_enclosed(sides))
        return false;
    const text_difference d = text_worst_entry(sides, &i, &j);
    if (d.equal || d.apart)
        return false;
    /* an equality of balls is never proved: 60 digits are enough of it */
    return relation > LSA_RELATION_DIFFERENT || d.error > 1e-60 * d.scale;
}

/* ---------------------------------------------------------------- equality */

void text_judge_equality(const text_difference *d, const lsa_text_claim *claim, lsa_claim_result *result)
{
    const double tolerance = d->error + claim->within * fabs(d->b);
    claim_equal(result, d->b, d->a, tolerance);
    claim_scale(result, d->scale);
    if (result->verdict == LSA_VERDICT_FAILS && fabs(d->difference) < 10.0 * tolerance)
        result->verdict = LSA_VERDICT_INCONCLUSIVE; /* the doubles' own difference is coarser than that of the balls */
    const double asked = fmax(claim->resolution, 20.0 * claim->within);
    if (result->verdict == LSA_VERDICT_HOLDS && !(result->resolution <= asked)) {
        result->verdict = LSA_VERDICT_INCONCLUSIVE;
        claim_why(result, "a change of %.2g of it would not have been refuted, and %.2g is asked", result->resolution,
                  asked);
    }
}

static void judge_enclosed_equality(const text_sides *sides, const text_difference *d, const lsa_text_claim *claim,
                                    lsa_claim_result *result)
{
    const double accepted = claim->within * fabs(d->b);
    result->predicted = d->b;
    result->measured = d->a;
    result->tolerance = d->error + accepted;
    if (d->scale > 0.0)
        claim_scale(result, d->scale);
    if (!claim_applies(result))
        return;
    const bool exact = formula_value_is_exact(sides->a) && formula_value_is_exact(sides->b);
    if (d->equal || (accepted > 0.0 && fabs(d->difference) + d->error <= accepted)) {
        result->verdict = LSA_VERDICT_PROVED;
    } else if (d->apart && fabs(d->difference) - d->error > accepted) {
        result->verdict = LSA_VERDICT_FAILS;
        claim_why(result, "differs by %.3g, a share of %.3g%s", fabs(d->difference), fabs(d->difference) / d->scale,
                  exact ? ", exactly" : "");
    } else {
        result->verdict = LSA_VERDICT_HOLDS;
        const double digits = d->error > 0.0 ? -log10(d->error / d->scale) : 300.0;
        claim_why(result, "equal to %d digits", (int)fmin(digits, 300.0));
    }
}

/* ---------------------------------------------------------------- inequality */

static bool is_upper(lsa_relation relation)
{
    return relation == LSA_RELATION_AT_MOST || relation == LSA_RELATION_BELOW;
}

static void judge_by_difference(const text_difference *d, double room, lsa_claim_result *result)
{
    result->predicted = d->b;
    result->measured = d->a;
    result->tolerance = d->error;
    claim_scale(result, fmax(d->scale, fmax(fabs(d->a), fabs(d->b))));
    if (!claim_applies(result))
        return;
    result->verdict = !isfinite(d->error) || !isfinite(room) ? LSA_VERDICT_INCONCLUSIVE
                      : room >= -d->error                    ? LSA_VERDICT_HOLDS
                      : room <= -10.0 * d->error             ? LSA_VERDICT_FAILS
                                                             : LSA_VERDICT_INCONCLUSIVE;
    if (result->verdict != LSA_VERDICT_HOLDS)
        claim_why(result, "missed by %.3g, which is known to %.2g", -room, d->error);
}

void text_judge_inequality(const text_difference *d, lsa_relation relation, bool enclosed, lsa_claim_result *result)
{
    const double room = is_upper(relation) ? -d->difference : d->difference;
    const bool strict = relation == LSA_RELATION_BELOW || relation == LSA_RELATION_ABOVE;
    const bool quotient = d->a > 0.0 && d->b > 0.0;
    if (quotient && is_upper(relation))
        claim_at_most(result, d->b, d->a, d->error / d->a);
    else if (quotient)
        claim_at_least(result, d->b, d->a, d->error / fmax(d->a, d->b));
    else
        judge_by_difference(d, room, result);
    if (enclosed && result->verdict != LSA_VERDICT_NOT_APPLICABLE) {
        const bool known = d->apart || d->equal, good = d->equal ? !strict : room > 0.0;
        result->verdict = known ? (good ? LSA_VERDICT_PROVED : LSA_VERDICT_FAILS) : LSA_VERDICT_INCONCLUSIVE;
        if (result->verdict == LSA_VERDICT_PROVED)
            result->why[0] = '\0';
        else if (known && d->equal)
            claim_why(result, "the two sides are equal");
        else if (known)
            claim_why(result, "missed by %.3g", -room);
        else
            claim_why(result, "the two sides are equal to all %d bits: no inequality is told", (int)FORMULA_BITS_MOST);
    }
    result->tight = !isnan(result->slack) && result->slack <= 1.0 + fmax(0.01, result->tolerance);
}

void text_judge(const text_sides *sides, lsa_relation relation, const lsa_text_claim *claim, lsa_claim_result *result)
{
    ptrdiff_t i, j;
    const bool enclosed = text_is_enclosed(sides);
    const text_difference d = text_worst_entry(sides, &i, &j);
    result->enclosed = enclosed;
    if (formula_value_rows(sides->a) * formula_value_cols(sides->a) > 1)
        snprintf(result->place, sizeof result->place,
                 formula_value_cols(sides->a) > 1 ? "entry (%td, %td)" : "entry %td", i + 1, j + 1);
    if (relation == LSA_RELATION_EQUAL && enclosed) {
        judge_enclosed_equality(sides, &d, claim, result);
    } else if (relation == LSA_RELATION_EQUAL) {
        text_judge_equality(&d, claim, result);
    } else if (relation == LSA_RELATION_DIFFERENT) {
        text_judge_equality(&d, claim, result);
        const bool apart = enclosed ? d.apart : result->verdict == LSA_VERDICT_FAILS;
        if (result->verdict != LSA_VERDICT_NOT_APPLICABLE)
            result->verdict = apart     ? (enclosed ? LSA_VERDICT_PROVED : LSA_VERDICT_HOLDS)
                              : d.equal ? LSA_VERDICT_FAILS
                                        : LSA_VERDICT_INCONCLUSIVE;
    } else {
        text_judge_inequality(&d, relation, enclosed, result);
    }
}

/* ---------------------------------------------------------------- conventions */

/* factor a = b in all entries, or a' = b. */
static bool agrees_by(const text_sides *sides, double factor, bool transposed)
{
    const double size = size_of(sides);
    for (ptrdiff_t j = 0; j < formula_value_cols(sides->a); j++) {
        for (ptrdiff_t i = 0; i < formula_value_rows(sides->a); i++) {
            const text_difference d = difference_at(sides, size, i, j);
            const double a = factor * (transposed ? formula_value_double(sides->a, j, i) : d.a);
            const double rounding = 8.0 * DBL_EPSILON * fmax(fabs(a), fabs(d.b));
            if (!(fabs(a - d.b) <= fabs(factor) * d.error + rounding))
                return false;
        }
    }
    return true;
}

void text_try_conventions(const text_sides *sides, double N, lsa_claim_result *result)
{
    const struct {
        double factor;
        const char *what;
    } usual[] = {{2.0, "the left side is doubled (risk for loss)"},
                 {0.5, "the left side is halved (loss for risk)"},
                 {-1.0, "the left side changes its sign"},
                 {N, "the left side is multiplied by N"},
                 {1.0 / N, "the left side is divided by N"},
                 {N / (N + 1.0), "the left side is multiplied by N/(N + 1)"},
                 {(N + 1.0) / N, "the left side is multiplied by (N + 1)/N"}};
    const size_t used = strlen(result->why), room = sizeof result->why - used;
    if (!isfinite(N))
        return;
    for (size_t k = 0; k < sizeof usual / sizeof *usual; k++) {
        if (agrees_by(sides, usual[k].factor, false)) {
            snprintf(result->why + used, room, "; it holds when %s: a convention?", usual[k].what);
            return;
        }
    }
    const ptrdiff_t d = formula_value_rows(sides->a);
    if (d > 1 && d == formula_value_cols(sides->a) && agrees_by(sides, 1.0, true))
        snprintf(result->why + used, room, "; it holds when the left side is transposed: a convention?");
}
