/* What stands between two parameters: sums of words of constants by their numbers, also where they share a word. */
#include "compile/slot.h"
#include "compiled.h"

enum { D = 3 };

static const double Lambda[D * D] = {1.0, 0.2, 0.1, 0.2, 0.7, -0.3, 0.1, -0.3, 2.0};
static const double Omega[D * D] = {2.0, -0.5, 0.0, -0.5, 1.0, 0.4, 0.0, 0.4, 0.5};

typedef struct fixture {
    lsa_compiled c;
    lsa_bound *bound;
    lsa_slots *slots;
} fixture;

static void make(fixture *x)
{
    compiled_init(&x->c, "merged", NULL, D, 7.0, 1, 1);
    x->c.setting.experiment.training.covariance = fixture_matrix(&x->c.setting, D, Lambda);
    x->c.setting.experiment.training.task_covariance = fixture_matrix(&x->c.setting, D, Omega);
    compiled_derive(&x->c);
    check_status(lsa_bound_create(x->c.setting.arena, x->c.derivation, &x->c.binding, &x->bound, NULL), LSA_OK, NULL);
    check_status(lsa_slots_create(x->c.setting.arena, x->bound, &x->slots, NULL), LSA_OK, NULL);
}

static lsa_atom letter_of(const fixture *x, const char *name)
{
    for (int s = 0; s < x->bound->n_symbols; s++)
        if (strcmp(lsa_bound_symbol(x->bound, s)->name, name) == 0)
            return lsa_bound_constant(s);
    print_error("no symbol %s\n", name);
    fail();
    return lsa_atom_none();
}

/* One word of the named letters, which leaves no factor. */
static int word(fixture *x, int n, const char *const *names)
{
    lsa_atom letters[4];
    int slot = -1;
    double factor = 1.0;
    for (int k = 0; k < n; k++)
        letters[k] = letter_of(x, names[k]);
    check_status(lsa_slots_word(x->slots, LSA_DIM_D, LSA_DIM_D, n, letters, &factor, &slot, NULL), LSA_OK, NULL);
    check_close(factor, 1.0, 0.0, 0.0);
    return slot;
}

/* A slot's numbers, in the base basis. */
static void numbers(fixture *x, int slot, double *out)
{
    lsa_value value;
    check_status(lsa_slots_value(x->slots, slot, &value, NULL), LSA_OK, NULL);
    for (ptrdiff_t j = 0; j < D; j++)
        for (ptrdiff_t i = 0; i < D; i++)
            out[i + j * D] = lsa_value_entry(&value, i, j);
}

/* out = a L + b L O + c O L */
static void combine(fixture *x, double a, double b, double c, double *out)
{
    double O[D * D], L[D * D];
    numbers(x, word(x, 1, (const char *const[]){"Lambda"}), L);
    numbers(x, word(x, 1, (const char *const[]){"Omega"}), O);
    memcpy(out, L, sizeof L);
    lsa_mat_product(false, false, D, D, D, b, L, O, a, out);
    lsa_mat_product(false, false, D, D, D, c, O, L, 1.0, out);
}

static void check_sum(fixture *x, int n, const int *slot, const double *weight, const double *want, int *out,
                      double *factor)
{
    double got[D * D];
    check_status(lsa_slots_sum(x->slots, n, slot, weight, factor, out, NULL), LSA_OK, NULL);
    numbers(x, *out, got);
    lsa_vec_scale(D * D, *factor, got);
    check_matrix_close(D, D, got, want, 1e-14, 0.0);
}

static void sums_that_share_words(void **state)
{
    (void)state;
    fixture x;
    double want[D * D], f, g, h;
    int first, second, all;
    make(&x);
    const int L = word(&x, 1, (const char *const[]){"Lambda"});
    const int LO = word(&x, 2, (const char *const[]){"Lambda", "Omega"});
    const int OL = word(&x, 2, (const char *const[]){"Omega", "Lambda"});
    combine(&x, 1.0, -0.5, 0.0, want);
    check_sum(&x, 2, (const int[]){L, LO}, (const double[]){1.0, -0.5}, want, &first, &f);
    combine(&x, 0.25, 0.0, 3.0, want);
    check_sum(&x, 2, (const int[]){OL, L}, (const double[]){3.0, 0.25}, want, &second, &g);
    combine(&x, 2.0 - 0.75, -1.0, -9.0, want); /* 2 first - 3 second */
    check_sum(&x, 2, (const int[]){first, second}, (const double[]){2.0 * f, -3.0 * g}, want, &all, &h);
    combine(&x, 1.0 + 4.0, -0.5, 0.0, want);
    check_sum(&x, 2, (const int[]){first, L}, (const double[]){f, 4.0}, want, &all, &h);
    combine(&x, 0.0, -0.5, 0.0, want); /* a word that cancels */
    check_sum(&x, 2, (const int[]){first, L}, (const double[]){f, -1.0}, want, &all, &h);
    assert_int_equal(all, LO);
    check_status(lsa_slots_sum(x.slots, 2, (const int[]){first, first}, (const double[]){1.0, -1.0}, &h, &all, NULL),
                 LSA_OK, NULL);
    check_close(h, 0.0, 0.0, 0.0);
    compiled_clear(&x.c);
}

/* (L O)' = O L, and that of a sum. */
static void transposes(void **state)
{
    (void)state;
    fixture x;
    double want[D * D], got[D * D], f, factor = 1.0;
    int sum, turned;
    make(&x);
    const int LO = word(&x, 2, (const char *const[]){"Lambda", "Omega"});
    const int OL = word(&x, 2, (const char *const[]){"Omega", "Lambda"});
    check_status(lsa_slots_transpose(x.slots, LO, &factor, &turned, NULL), LSA_OK, NULL);
    assert_int_equal(turned, OL);
    check_close(factor, 1.0, 0.0, 0.0);
    const int L = word(&x, 1, (const char *const[]){"Lambda"});
    combine(&x, 0.3, 2.0, 0.0, want);
    check_sum(&x, 2, (const int[]){L, LO}, (const double[]){0.3, 2.0}, want, &sum, &f);
    check_status(lsa_slots_transpose(x.slots, sum, &f, &turned, NULL), LSA_OK, NULL);
    combine(&x, 0.3, 0.0, 2.0, want);
    numbers(&x, turned, got);
    lsa_vec_scale(D * D, f, got);
    check_matrix_close(D, D, got, want, 1e-14, 0.0);
    compiled_clear(&x.c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sums_that_share_words), cmocka_unit_test(transposes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
