/* functions.h - the table of functions: what a formula may call, how often it takes what, and what it means. The guide's table
 * is printed from it. */
#ifndef LSAFLOW_FORMULA_FUNCTIONS_H
#define LSAFLOW_FORMULA_FUNCTIONS_H

/* Who finds the value: the room of formulas from values alone, or whoever judges. */
typedef enum formula_class {
    FORMULA_OF_VALUES,  /* of numbers and matrices                               */
    FORMULA_OF_POINTS,  /* of the loss, of the place where parameters are taken  */
    FORMULA_OF_LIMITS,  /* of a key of the model                                 */
    FORMULA_OF_PROMPTS, /* of the prompt at hand                                 */
    FORMULA_OF_MEANS    /* of prompts, of a random law, of training              */
} formula_class;

/* id, written arguments, least and most number of them, class, meaning. */
#define FORMULA_FUNCTIONS(X)                                                                                           \
    X(tr, "X", 1, 1, VALUES, "trace")                                                                                  \
    X(det, "X", 1, 1, VALUES, "determinant")                                                                           \
    X(logdet, "X", 1, 1, VALUES, "log of the determinant, which must be positive")                                     \
    X(inv, "X", 1, 1, VALUES, "inverse; a singular X is refused")                                                      \
    X(pinv, "X", 1, 1, VALUES, "Moore and Penrose's inverse; X exact, or of full rank")                                \
    X(sqrtm, "X", 1, 1, VALUES, "the semidefinite root of a symmetric semidefinite X")                                 \
    X(expm, "X", 1, 1, VALUES, "exponential of a square matrix")                                                       \
    X(norm, "X", 1, 1, VALUES, "Frobenius' and Euclid's norm")                                                         \
    X(opnorm, "X", 1, 1, VALUES, "largest singular value")                                                             \
    X(nucnorm, "X", 1, 1, VALUES, "sum of the singular values")                                                        \
    X(eigvals, "X", 1, 1, VALUES, "eigenvalues of a symmetric X, ascending, as a vector")                              \
    X(svdvals, "X", 1, 1, VALUES, "singular values, ascending, as a vector")                                           \
    X(min, "X, or a, b, ...", 1, 64, VALUES, "least entry of one argument, least of several scalars")                  \
    X(max, "X, or a, b, ...", 1, 64, VALUES, "largest entry, largest of several scalars")                              \
    X(sum, "X", 1, 1, VALUES, "sum of the entries; sum(i, e), sum(j in a..b, e) run over an index")                    \
    X(diag, "X", 1, 1, VALUES, "the diagonal of a square matrix, or the diagonal matrix of a vector")                  \
    X(offdiag, "X", 1, 1, VALUES, "X without its diagonal")                                                            \
    X(entry, "X, i, j", 2, 3, VALUES, "an entry, from 1; of a vector entry(x, i)")                                     \
    X(unit, "i", 1, 1, VALUES, "the unit vector e_i of dimension d")                                                   \
    X(sqrt, "x", 1, 1, VALUES, "root of a scalar >= 0")                                                                \
    X(exp, "x", 1, 1, VALUES, "exponential of a scalar")                                                               \
    X(log, "x", 1, 1, VALUES, "natural logarithm of a scalar > 0")                                                     \
    X(abs, "x", 1, 1, VALUES, "absolute value of a scalar")                                                            \
    X(ceil, "x", 1, 1, VALUES, "least integer >= x")                                                                   \
    X(floor, "x", 1, 1, VALUES, "largest integer <= x")                                                                \
    X(rank, "X", 1, 1, VALUES, "rank of an exact matrix")                                                              \
    X(inertia, "X", 1, 1, VALUES, "[positive, negative, zero]: eigenvalues of a symmetric X by sign")                  \
    X(psd, "X", 1, 1, VALUES, "condition: symmetric and semidefinite")                                                 \
    X(symmetric, "X", 1, 1, VALUES, "condition: X = X'")                                                               \
    X(diagonal, "X", 1, 1, VALUES, "condition: no entry beside the diagonal")                                          \
    X(commute, "A, B", 2, 2, VALUES, "condition: A B = B A")                                                           \
    X(grad, "P", 1, 1, POINTS, "gradient of the loss by the parameter P, of its shape")                                \
    X(start, "e", 1, 1, POINTS, "e at the start of the flow")                                                          \
    X(limit, "e", 1, 1, POINTS, "e at the end of this start's flow")                                                   \
    X(at, "t0, e", 2, 2, POINTS, "e at the time t0")                                                                   \
    X(first, "t, condition", 2, 2, POINTS, "the first time at which the condition holds")                              \
    X(last, "t, condition", 2, 2, POINTS, "the last time at which the condition holds")                                \
    X(plateau, "k, e", 2, 2, POINTS, "e at the saddle beside the k-th plateau of the flow")                            \
    X(largest, "e", 1, 1, POINTS, "the largest value of e along the flow")                                             \
    X(least, "e", 1, 1, POINTS, "the least value of e along the flow")                                                 \
    X(before, "e", 1, 1, POINTS, "e at the sample of the flow before this one")                                        \
    X(dot, "e", 1, 1, POINTS, "de/dt by the vector field")                                                             \
    X(integral, "e", 1, 1, POINTS, "the integral of e from 0 to t")                                                    \
    X(rate, "e", 1, 1, POINTS, "the limit of -d log e/dt at the end of the flow")                                      \
    X(inf, "loss", 1, 1, POINTS, "the least loss of all parameters, where a form proves it")                           \
    X(argmin, "e", 1, 1, POINTS, "e at the minimisers of the loss, on all of which it must be the same")               \
    X(best, "e", 1, 1, POINTS, "e at the lowest end of many starts: an upper bound of the loss")                       \
    X(error, "test, M", 1, 2, POINTS, "mean squared error of a test; M its context instead of its own")                \
    X(best_linear, "test", 1, 1, POINTS, "least mean squared error of a linear predictor of the test")                 \
    X(a, "test", 1, 1, POINTS, "best linear predictor of a test's labels, Lambda^-1 E[x y]")                           \
    X(S, "test", 1, 1, POINTS, "Cov(x y) of a test's labels")                                                          \
    X(E, "e", 1, 1, MEANS, "mean over prompts; of an expression in Lambda alone, over its random law")                 \
    X(prob, "condition", 1, 1, MEANS, "probability of a condition on prompts")                                         \
    X(quantile, "e, p", 2, 2, MEANS, "the number below which a scalar of prompts is with probability p")               \
    X(trained, "e", 1, 1, MEANS, "mean of e at the ends of `seeds` runs of `train`")                                   \
    X(ridge, "c", 1, 1, PROMPTS, "inside E, prob, quantile: prediction of (X'X + c I)^-1 X'y")                         \
    X(lim, "e, KEY -> .inf", 2, 6, LIMITS,                                                                             \
      "limit of e in a key of the model, -> .inf or -> 0; further keys go along: N = 2*d")                             \
    X(order, "e, KEY", 2, 6, LIMITS, "exponent of the key in e, the key towards infinity (KEY -> 0: towards 0)")

typedef enum formula_function_id {
#define FORMULA_FUNCTION_ID(id, ...) FORMULA_##id,
    FORMULA_FUNCTIONS(FORMULA_FUNCTION_ID)
#undef FORMULA_FUNCTION_ID
        FORMULA_FUNCTION_COUNT
} formula_function_id;

typedef struct formula_function {
    formula_function_id id;
    const char *name, *arguments;
    int least, most;
    formula_class kind;
    const char *meaning;
} formula_function;

/* All functions, FORMULA_FUNCTION_COUNT of them. */
const formula_function *formula_functions(void);
/* The function of that name, or NULL. */
const formula_function *formula_function_find(const char *name);

struct lsa_text;
/* The guide's table. */
void formula_functions_markdown(struct lsa_text *out);

#endif
