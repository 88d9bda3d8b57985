/* written.h - statements whose heads are written out, each with parameters of its own: what W is made of, by hand.
 *
 * Sides are d = 4 and r = 2; a family has 3 heads. S stands for sum_i y_i x_i'/rho. */
#ifndef LSAFLOW_TESTS_WRITTEN_H
#define LSAFLOW_TESTS_WRITTEN_H

#include <stddef.h>
#include <stdio.h>

enum { WRITTEN_D = 4, WRITTEN_R = 2, WRITTEN_HEADS = 3, WRITTEN_TEXT = 2048 };

typedef struct lsa_written {
    const char *parameters, *prediction;
    ptrdiff_t parts; /* 0: of another kind                                     */
    ptrdiff_t heads; /* where they are heads of one kind; else 0               */
    ptrdiff_t rank;  /* that W can have; 0: nothing is known                   */
    bool keys;       /* keys and queries are among the parts                   */
    bool one_side;   /* rows and columns of W are one side of one block: H needs constants that commute */
} lsa_written;

static const lsa_written written_cases[] = {
    {"a: vector, b: vector, c: scalar, e: vector, f: vector, g: scalar", "S * (c*a*b' + g*e*f') * xq", 2, 2, 2, true,
     false},
    {"q: vector, v: scalar, k: vector", "v * (S * k) * (q' * xq)", 1, 1, 1, true, false},
    {"K: [r, d], Q: [r, d], M: [r, d], R: [r, d], a: scalar, b: scalar", "S*(a*K'*Q + b*M'*R)*xq", 2, 2, 4, true,
     false},
    {"K: [r, d], Q: [r, d], M: [r, d], R: [r, d]", "S*(K'*Q + M'*R)*xq", 2, 0, 4, true, false},
    {"K: [d, r], Q: [r, d], M: [r, d], R: [d, r], a: scalar, b: scalar", "S*(a*K*Q + b*M'*R')*xq", 2, 0, 4, true,
     false},
    {"K: [d, r], Q: [d, r], m: vector, n: vector, a: scalar", "S*(a*K*Q' - m*n')*xq", 2, 0, 3, true, false},
    {"K: [r, d], Q: [r, d], e: vector, f: vector, a: scalar, b: scalar", "S*(3*a*K'*Q - 7*b*e*f')*xq", 2, 0, 3, true,
     false},
    {"U: [d, d], c: scalar, e: vector, f: vector, g: scalar", "S * (c*U' + g*e*f') * xq", 2, 0, 4, true, false},
    {"U: [d, d], c: scalar, V: [d, d], g: scalar", "S * (c*U + g*V) * xq", 2, 2, 4, false, false},
    {"U: [d, d]", "S * U * xq", 1, 0, 4, false, false},
    {"K: [r, d], a: scalar", "a*S*K'*K*xq", 1, 0, 0, true, true},
    {"K: [r, d], Q: [r, d], R: [r, d], a: scalar", "S*(a*K'*Q + K'*R)*xq", 2, 0, 0, true, false},
    {"A: [d, d], B: [d, d], v: scalar", "v*S*A*B*xq", 1, 0, 4, true, false},
    {"K: [r, d], M: [r, r], Q: [r, d]", "S*K'*M*Q*xq", 0, 0, 2, false, false},
    {"u: scalar, v: scalar, U: [d, d]", "u*v*S*U*xq", 0, 0, 4, false, false},
    {"'u[h]': scalar, 'k[h]': vector, 'q[h]': vector", "S*sum(h, u[h]*k[h]*q[h]')*xq", 3, 3, 3, true, false},
    {"'k[h]': vector, 'q[h]': vector", "S*sum(h, 2*k[h]*q[h]')*xq", 3, 0, 3, true, false},
    {"'u[h]': scalar, 'K[h]': [r, d], 'Q[h]': [r, d], U: [d, d]", "S*(sum(h, u[h]*K[h]'*Q[h]) + U)*xq", 4, 0, 4, true,
     false},
};

/* Losses that are no function of one such sum: another noise, another constant, a parameter more, a product of two. */
static const lsa_written other_cases[] = {
    {"a: vector, b: vector, c: scalar, e: vector, f: vector, g: scalar", "(c*S*a*b' + g*T*e*f') * xq", 0, 0, 0, false,
     false},
    {"a: vector, b: vector, c: scalar, e: vector, f: vector, g: scalar", "S*(c*a*b' + g*Lambda*e*f')*xq", 0, 0, 0,
     false, false},
    {"a: vector, b: vector, c: scalar, e: vector", "c*S*a*b'*xq + e'*xq", 0, 0, 0, false, false},
    {"a: vector, b: vector, c: scalar, e: scalar", "S*(c*a*b'*xq + e*xq)", 0, 0, 0, false, false},
    {"a: vector, b: vector, c: scalar", "c*S*a*b'*xq + c*tr(Lambda)", 0, 0, 0, false, false},
    {"U: [d, d], V: [d, d]", "S*U*xq*tr(V)", 0, 0, 0, false, false},
    {"U: [d, d], V: [d, d]", "S*U*Lambda*V*xq", 0, 0, 0, false, false},
};

static inline const char *written_text(const lsa_written *one, char text[WRITTEN_TEXT])
{
    snprintf(text, WRITTEN_TEXT,
             "{gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}, eps: "
             "{variance: s2, samples: N}}, parameters: {%s}, define: {\"S\": \"sum(i, (w'*x[i] + eps[i])*x[i]')/rho\", "
             "\"T\": \"sum(i, w'*x[i]*x[i]')/rho\"}, prediction: \"%s\", target: \"w' * xq\"}",
             one->parameters, one->prediction);
    return text;
}

#endif
