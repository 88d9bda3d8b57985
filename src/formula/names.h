/* names.h - the table of names that a formula has beside the statement's own. The guide's table is printed from it. */
#ifndef LSAFLOW_FORMULA_NAMES_H
#define LSAFLOW_FORMULA_NAMES_H

/* Who knows the number behind a name, as bits: printed with a verdict. */
typedef enum formula_witness {
    FORMULA_BY_MODEL = 1,
    FORMULA_BY_POLYNOMIAL = 2,
    FORMULA_BY_THEORY = 4,
    FORMULA_BY_FLOW = 8,
    FORMULA_BY_SAMPLES = 16,
    FORMULA_BY_TRAINING = 32
} formula_witness;

typedef enum formula_shape { FORMULA_1, FORMULA_d1, FORMULA_dd, FORMULA_nn } formula_shape;

/* What a name depends on: nothing, the point, the time, the test at hand; the prompt at hand, or a pair of its context (a
 * family with an index), or the prompt and the point. */
typedef enum formula_need {
    FORMULA_ALWAYS,
    FORMULA_POINT,
    FORMULA_TIME,
    FORMULA_TEST,
    FORMULA_PROMPT,
    FORMULA_PAIR,
    FORMULA_PROMPT_AT_POINT
} formula_need;

/* id, shape, need, witness, meaning. */
#define FORMULA_NAMES(X)                                                                                               \
    X(d, 1, ALWAYS, MODEL, "dimension of the covariates")                                                              \
    X(N, 1, ALWAYS, MODEL, "examples in a training prompt")                                                            \
    X(rho, 1, ALWAYS, MODEL, "divisor of E E': N or N + 1")                                                            \
    X(s2, 1, ALWAYS, MODEL, "variance of the label noise")                                                             \
    X(r, 1, ALWAYS, MODEL, "rows of keys and queries")                                                                 \
    X(heads, 1, ALWAYS, MODEL, "number of heads")                                                                      \
    X(sigma, 1, ALWAYS, MODEL, "`init.sigma`, of the scheme `paper`")                                                  \
    X(Theta, dd, ALWAYS, MODEL, "`init.theta`, scaled to |Theta Theta'|_F = 1")                                        \
    X(Lambda, dd, ALWAYS, MODEL, "covariance of the covariates in training")                                           \
    X(Omega, dd, ALWAYS, MODEL, "second moment of the tasks in training")                                              \
    X(I, dd, ALWAYS, MODEL, "the d x d identity")                                                                      \
    X(t, 1, TIME, FLOW, "flow time")                                                                                   \
    X(loss, 1, POINT, POLYNOMIAL, "1/2 E (prediction - target)^2")                                                     \
    X(risk, 1, POINT, POLYNOMIAL, "2 loss")                                                                            \
    X(hessian, nn, POINT, POLYNOMIAL, "of the loss, n x n in the order of the state")                                  \
    X(gap, 1, TIME, FLOW, "(L - L*)/(L(0) - L*), L(0) the loss of all parameters 0")                                   \
    X(excess, 1, POINT, FLOW, "loss - inf(loss)")                                                                      \
    X(product, dd, POINT, FLOW, "sum over the heads of u U: what the layer multiplies c' and xq by, where px = k = 0") \
    X(px, d1, POINT, FLOW, "the layer's block px; 0 where the statement leaves it out")                                \
    X(k, d1, POINT, FLOW, "the layer's block k; 0 where the statement leaves it out")                                  \
    X(sigma_max, 1, ALWAYS, THEORY, "bound of sigma in Theorem 4.1, and (4.11) of a random diagonal law")              \
    X(u_min, 1, ALWAYS, THEORY, "bound of u from below along the flow: (A.14), and (C.12) of a random diagonal law")   \
    X(mu, 1, ALWAYS, THEORY, "the constant of Lemma 5.4: (5.7), and (C.13) of a random diagonal law")                  \
    X(h_min, 1, ALWAYS, THEORY, "the least rate h_ij of an entry of u U (W3)")                                         \
    X(growth, 1, ALWAYS, THEORY, "the rate r |B|_F at which small parameters leave zero (W10)")                        \
    X(as_trained, 1, TEST, MODEL, "with `for: tests`: 1 where context and query are drawn as in training, else 0")     \
    X(M, 1, TEST, MODEL, "with `for: tests`: context of the test")                                                     \
    X(Lambda_c, dd, TEST, MODEL, "with `for: tests`: covariance of the test's context")                                \
    X(Lambda_q, dd, TEST, MODEL, "with `for: tests`: covariance of the test's query")                                  \
    X(Omega_t, dd, TEST, MODEL, "with `for: tests`: second moment of the test's tasks")                                \
    X(s2_t, 1, TEST, MODEL, "with `for: tests`: noise of the test")                                                    \
    X(prediction, 1, PROMPT_AT_POINT, SAMPLES, "inside E, prob, quantile: what the statement predicts of a prompt")    \
    X(target, 1, PROMPT, SAMPLES, "its target; of a test the query's label, with its noise where the test has it")     \
    X(x, d1, PAIR, SAMPLES, "x[i]: covariate i of the context; sum(i, ...) runs over the pairs")                       \
    X(y, 1, PAIR, SAMPLES, "y[i]: its label, noise included")                                                          \
    X(xq, d1, PROMPT, SAMPLES, "the query")                                                                            \
    X(w, d1, PROMPT, SAMPLES, "the task")                                                                              \
    X(ols, 1, PROMPT, SAMPLES, "prediction of least squares (of least norm) on the context")                           \
    X(onestep, 1, PROMPT, SAMPLES, "of the best step of gradient descent from 0")                                      \
    X(bestlinear, 1, PROMPT, SAMPLES, "<w, xq>")                                                                       \
    X(zero, 1, PROMPT, SAMPLES, "0")

typedef enum formula_name_id {
#define FORMULA_NAME_ID(id, ...) FORMULA_NAME_##id,
    FORMULA_NAMES(FORMULA_NAME_ID)
#undef FORMULA_NAME_ID
        FORMULA_NAME_COUNT
} formula_name_id;

typedef struct formula_name {
    formula_name_id id;
    const char *name;
    formula_shape shape;
    formula_need need;
    formula_witness witness;
    const char *meaning;
} formula_name;

/* All names, FORMULA_NAME_COUNT of them. */
const formula_name *formula_names(void);
/* The name, or NULL. */
const formula_name *formula_name_find(const char *name);

struct lsa_text;
/* The guide's table. */
void formula_names_markdown(struct lsa_text *out);
/* "model, flow", of a set of formula_witness. */
void formula_witnesses_text(unsigned witnesses, struct lsa_text *out);

#endif
