/* load.c - the diagonal measured, and the head's solve in scaled coordinates. */
#include "flow/load.h"
#include "base/matrix.h"
#include "base/try.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool flow_load_applies(const lsa_form *form)
{
    return flow_heads_apply(form) && form->partial && form->n_heads == 1;
}

lsa_status flow_load_create(const lsa_form *form, const flow_heads *heads, ptrdiff_t n, flow_load **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t count = form->d * form->d;
    flow_load *load = calloc(1, sizeof *load);
    LSA_TRY_MEMORY(load, "the load of a head");
    load->form = form;
    load->heads = heads;
    LSA_TRY(flow_heads_create(form, &load->scaled, err));
    load->E = lsa_vec_create(2 * count + 2 * n);
    LSA_TRY_MEMORY(load->E, "the load of a head");
    load->root = load->E + count;
    load->y = load->root + count;
    load->r = load->y + n;
    flow_load_set(load, 0.0);
    *out = load;
    load = NULL;
done:
    flow_load_destroy(load);
    return status;
}

void flow_load_destroy(flow_load *load)
{
    if (load == NULL)
        return;
    flow_heads_destroy(load->scaled);
    free(load->E);
    free(load);
}

void flow_load_measure(flow_load *load, const lsa_program *program, lsa_workspace *work, const double *y,
                       double *direction, double *column)
{
    const ptrdiff_t d = load->form->d, U = load->form->U;
    const double *H = load->heads->table->H, square = y[load->form->u] * y[load->form->u];
    memset(direction, 0, (size_t)lsa_program_size(program) * sizeof *direction);
    for (ptrdiff_t i = 0; i < d; i++) {
        for (ptrdiff_t k = i; k < d * d; k += d)
            direction[U + k] = 1.0;
        lsa_program_hessian(program, work, y, direction, column);
        for (ptrdiff_t k = i; k < d * d; k += d) {
            direction[U + k] = 0.0;
            load->E[k] = fmax(column[U + k] - square * H[k], 0.0);
        }
    }
}

void flow_load_set(flow_load *load, double gamma)
{
    const flow_form *table = load->heads->table;
    for (ptrdiff_t k = 0; k < table->count; k++) {
        const double c = 1.0 + gamma * load->E[k];
        load->root[k] = sqrt(c);
        load->scaled->table->H[k] = table->H[k] / c;
        load->scaled->table->V[k] = table->V[k] * load->root[k];
    }
}

bool flow_load_solve(const flow_load *load, const double *y, double gamma, const double *r, double *x)
{
    const ptrdiff_t u = load->form->u, U = load->form->U, count = load->heads->table->count;
    load->y[u] = y[u];
    load->r[u] = r[u];
    for (ptrdiff_t k = 0; k < count; k++) {
        load->y[U + k] = y[U + k] * load->root[k];
        load->r[U + k] = r[U + k] / load->root[k];
    }
    if (!flow_heads_solve(load->scaled, load->y, gamma, load->r, load->r))
        return false;
    x[u] = load->r[u];
    for (ptrdiff_t k = 0; k < count; k++)
        x[U + k] = load->r[U + k] / load->root[k];
    return true;
}
