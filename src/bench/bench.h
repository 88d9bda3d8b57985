/* bench.h - the performance table: what the program's parts cost on this machine, measured in one run.
 *
 * A case is one number that is measured again and again: seconds, steps, an error. Rounds go over all cases in turn, so
 * that a noisy minute falls on all of them; what is reported is the median and the least of the rounds, and the ratio
 * of the median to that of another case, or to a reference measured beside it. All on one thread. Cases are told apart by
 * (name, label, size); the name is that of their group, one file each (<name>_cases.c). */
#ifndef LSAFLOW_BENCH_BENCH_H
#define LSAFLOW_BENCH_BENCH_H

#include "lsaflow/model.h"
#include "lsaflow/status.h"
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

/* A flow: the reduced or the full layer with Lambda = diag(lambda). */
typedef struct bench_problem {
    const char *statement; /* "merged" or "full"                                                           */
    ptrdiff_t d;
    double context;  /* N                                                                                  */
    double exponent; /* lambda_i = i^-exponent; negative: geometric, of condition -exponent                */
    bool diagonal;   /* from Theta Theta' = I/sqrt d, without an array of d^2 numbers; else random Theta   */
    lsa_method method;
    double rtol;
    double error;        /* integrated until |uU - limit|_F <= error |limit|_F                             */
    double gap;          /* ... or until this gap, where error is 0                                        */
    ptrdiff_t max_steps; /* 0: no limit                                                                    */
} bench_problem;

/* One measurement. Numbers that do not apply are NAN. */
typedef struct bench_sample {
    double value;     /* in the case's unit; NAN: there is none, the note says why */
    double reference; /* measured in the same breath, in the same unit             */
    double steps, linear;
    double time;    /* of the flow, at its end                                     */
    double error;   /* accuracy reached, relative                                */
    bool final;     /* measuring again would give the same                       */
    char note[128]; /* "" : nothing to say                                       */
} bench_sample;

typedef struct bench_plan bench_plan;
typedef struct bench_case bench_case;
typedef lsa_status (*bench_measure)(bench_plan *plan, const bench_case *c, bench_sample *out, lsa_error *err);

enum { BENCH_ROUNDS_MAX = 25, BENCH_LABEL = 96 };

struct bench_case {
    const char *name;
    char label[BENCH_LABEL];
    ptrdiff_t size;
    const char *unit;           /* "s", "s/step", "steps", "error"                            */
    const bench_case *against;  /* NULL: none                                                 */
    const char *reference_text; /* what sample.reference is; NULL: none                       */
    bench_measure measure;
    bench_problem problem;
    ptrdiff_t M;         /* sampling: context length                                        */
    ptrdiff_t heads;     /* derive                                                          */
    const char *variant; /* what else the group tells its cases apart by                    */
    const char *series;  /* precision: the curve that it is a point of                      */
    const char *method;  /* peers: their first argument                                     */
    int rounds;          /* done so far                                                     */
    double spent;        /* seconds of all rounds                                           */
    double values[BENCH_ROUNDS_MAX], references[BENCH_ROUNDS_MAX];
    bench_sample last;
};

typedef struct bench_options {
    unsigned groups;   /* bit set: bit g is bench_group_name(g); 0: those of a quick run       */
    bool full;         /* also the cases that take long                                        */
    int rounds;        /* 1 .. BENCH_ROUNDS_MAX                                                */
    double limit;      /* seconds after which one flow is stopped, and a case is not repeated  */
    ptrdiff_t largest; /* sizes above are cut to this: for a smoke run; PTRDIFF_MAX: none      */
    const char *peers; /* directory of the programs of the groups "peers-...", or NULL              */
    const volatile sig_atomic_t *interrupt;                              /* may be NULL            */
    void (*progress)(void *context, const char *label, double fraction); /* may be NULL           */
    void *progress_context;
} bench_options;
/* All groups but those of peers, quick, 5 rounds, 60 seconds. */
bench_options bench_options_defaults(void);

/* Names of the groups, g = 0, 1, ...; NULL after the last. */
const char *bench_group_name(int g);

/* Lists the cases that the options ask for. LSA_ERR_MEMORY. */
lsa_status bench_plan_create(const bench_options *options, bench_plan **out, lsa_error *err);
void bench_plan_destroy(bench_plan *plan);
/* Measures them. LSA_ERR_INTERRUPTED: the rounds that are done are kept. */
lsa_status bench_plan_run(bench_plan *plan, lsa_error *err);

ptrdiff_t bench_plan_count(const bench_plan *plan);
const bench_case *bench_plan_case(const bench_plan *plan, ptrdiff_t i);
/* Median and least of the rounds; NAN where nothing was measured. */
double bench_case_median(const bench_case *c);
double bench_case_least(const bench_case *c);
/* Median over the median of `against`, or of the references; NAN: none. */
double bench_case_ratio(const bench_case *c);
/* "eigendecomposition (1000)", or what the reference is; NULL: none. */
const char *bench_case_against(const bench_case *c, char text[BENCH_LABEL + 32]);

#endif
