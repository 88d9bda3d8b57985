/* program.c - the way from a derivation and its numbers to a program, and the program's evaluation. */
#include "compile/program.h"

#include "base/matrix.h"
#include "base/try.h"
#include "compile/degrees.h"
#include "compile/emit.h"
#include "compile/least.h"
#include "compile/lower.h"
#include "compile/quadratic.h"
#include "compile/units.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct lsa_workspace {
    double *numbers; /* room for the largest code; with a core, for a state in its units */
    lsa_workspace *core;
};

lsa_binding lsa_binding_training(const lsa_experiment *experiment)
{
    const lsa_data *data = &experiment->data;
    lsa_binding binding = {
        .heads = data->heads, .setting = experiment->training, .n_values = data->n_values, .values = data->values};
    const size_t room = sizeof binding.dims / sizeof *binding.dims;
    for (size_t k = 0; k < room && k < (size_t)experiment->statement->n_dims; k++)
        binding.dims[k] = experiment->dims[k];
    return binding;
}

/* ---- blocks ---- */

/* A compilation: what is needed while it lasts lives in `arena`, the rest in program->arena. */
typedef struct compilation {
    lsa_arena *arena;
    lsa_program *program;
    lsa_bound *bound;
    int *first_block; /* per parameter */
    lsa_lowering *lowering;
    lsa_bases bases;
    lsa_constants *constants;
} compilation;

static ptrdiff_t heads_of(const compilation *c, int parameter)
{
    const int symbol = c->bound->statement->parameters[parameter];
    return lsa_algebra_symbol(c->bound->algebra, symbol)->family == LSA_FAMILY_HEAD ? c->program->heads : 1;
}

static lsa_status add_block(compilation *c, int parameter, ptrdiff_t head, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_program *program = c->program;
    const int symbol = c->bound->statement->parameters[parameter];
    const lsa_symbol *s = lsa_algebra_symbol(c->bound->algebra, symbol);
    const char *name = lsa_arena_text(program->arena, s->name, strlen(s->name));
    LSA_TRY_MEMORY(name, "the blocks of a program");
    lsa_block *block = &program->blocks[program->n_blocks++];
    *block = (lsa_block){.name = name,
                         .symbol = symbol,
                         .head = head,
                         .family = s->family == LSA_FAMILY_HEAD,
                         .rows = lsa_bound_size(c->bound, s->rows),
                         .cols = lsa_bound_size(c->bound, s->cols),
                         .offset = program->size};
    program->size += block->rows * block->cols;
done:
    return status;
}

static lsa_status make_blocks(compilation *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const int n = c->bound->statement->n_parameters;
    ptrdiff_t n_blocks = 0;
    c->first_block = lsa_arena_alloc(c->arena, (size_t)n, sizeof *c->first_block);
    LSA_TRY_MEMORY(c->first_block, "the blocks of a program");
    for (int parameter = 0; parameter < n; parameter++) {
        c->first_block[parameter] = (int)n_blocks;
        n_blocks += heads_of(c, parameter);
    }
    c->program->blocks = lsa_arena_alloc(c->program->arena, (size_t)n_blocks, sizeof *c->program->blocks);
    c->program->rotations = lsa_arena_alloc(c->program->arena, (size_t)n_blocks, sizeof *c->program->rotations);
    LSA_TRY_MEMORY(c->program->blocks, "the blocks of a program");
    LSA_TRY_MEMORY(c->program->rotations, "the blocks of a program");
    for (int parameter = 0; parameter < n; parameter++)
        for (ptrdiff_t head = 0; head < heads_of(c, parameter); head++)
            LSA_TRY(add_block(c, parameter, head, err));
done:
    return status;
}

/* ---- bases of the blocks ---- */

/* V W, each NULL for the identity, in the program's memory. */
static lsa_status total_basis(compilation *c, const double *W, const double **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const ptrdiff_t d = lsa_bound_size(c->bound, LSA_DIM_D);
    const double *V = c->bound->basis;
    *out = NULL;
    if (V == NULL && W == NULL)
        goto done;
    double *total = lsa_arena_alloc(c->program->arena, (size_t)d, (size_t)d * sizeof *total);
    LSA_TRY_MEMORY(total, "the bases of a program");
    if (V != NULL && W != NULL)
        lsa_mat_product(false, false, d, d, d, 1.0, V, W, 0.0, total);
    else
        memcpy(total, V != NULL ? V : W, (size_t)(d * d) * sizeof *total);
    *out = total;
done:
    return status;
}

static lsa_status make_rotations(compilation *c, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const double **total = lsa_arena_alloc(c->arena, (size_t)c->bases.n, sizeof *total);
    LSA_TRY_MEMORY(total, "the bases of a program");
    for (int number = 0; number < c->bases.n; number++)
        LSA_TRY(total_basis(c, c->bases.basis[number].W, &total[number], err));
    for (int parameter = 0; parameter < c->bound->statement->n_parameters; parameter++) {
        const int row = lsa_side(c->bound, parameter, false), col = lsa_side(c->bound, parameter, true);
        for (ptrdiff_t head = 0; head < heads_of(c, parameter); head++) {
            lsa_rotation *rotation = &c->program->rotations[c->first_block[parameter] + head];
            rotation->left = row == LSA_SIDE_NONE ? NULL : total[lsa_bases_of(&c->bases, row)];
            rotation->right = col == LSA_SIDE_NONE ? NULL : total[lsa_bases_of(&c->bases, col)];
        }
    }
done:
    return status;
}

/* ---- codes ---- */

/* The loss as a form: of a W that is made of all of its blocks, or of some of them where that is none of heads. */
static lsa_status find_form(lsa_program *program, const lsa_sharing *sharing, const lsa_shared_sum *loss,
                            lsa_error *err)
{
    lsa_status status = LSA_OK;
    LSA_TRY(lsa_quadratic_recognise(sharing, loss, program->arena, &program->quadratic, &program->rank,
                                    &program->is_quadratic, err));
    program->has_form = program->is_quadratic && program->quadratic.n_heads > 0;
    program->form = program->quadratic;
    if (!program->has_form)
        LSA_TRY(lsa_quadratic_recognise_part(sharing, loss, program->arena, &program->form, &program->has_form, err));
done:
    return status;
}

static lsa_status compile_loss(compilation *c, const lsa_sum *loss, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_program *program = c->program;
    const ptrdiff_t offset = 0;
    lsa_sharing *sharing = NULL;
    lsa_shared_sum shared;
    LSA_TRY(lsa_sharing_create(c->lowering, c->constants, &sharing, err));
    LSA_TRY(lsa_share(sharing, loss, &shared, err));
    for (int k = 0; k < shared.n; k++)
        if (shared.products[k].n_powers == 0 && shared.products[k].n_scalars == 0)
            program->loss_at_zero += shared.products[k].coefficient;
    LSA_TRY(find_form(program, sharing, &shared, err));
    LSA_TRY(lsa_share_pairs(sharing, err));
    LSA_TRY(lsa_emit(sharing, 1, &shared, &offset, program->arena, &program->loss, err));
done:
    return status;
}

/* One code for one polynomial per parameter: the gradient, or the Hessian along a direction. */
static lsa_status compile_blocks(compilation *c, const lsa_poly *(*poly)(const lsa_derivation *, int), lsa_code *out,
                                 lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *program = c->program;
    lsa_sharing *sharing = NULL;
    lsa_shared_sum *sums = lsa_arena_alloc(c->arena, (size_t)program->n_blocks, sizeof *sums);
    ptrdiff_t *offsets = lsa_arena_alloc(c->arena, (size_t)program->n_blocks, sizeof *offsets);
    LSA_TRY_MEMORY(sums, "the terms of a program");
    LSA_TRY_MEMORY(offsets, "the terms of a program");
    LSA_TRY(lsa_sharing_create(c->lowering, c->constants, &sharing, err));
    for (int parameter = 0; parameter < c->bound->statement->n_parameters; parameter++)
        for (ptrdiff_t head = 0; head < heads_of(c, parameter); head++) {
            const int block = c->first_block[parameter] + (int)head;
            const lsa_symbol *s = lsa_algebra_symbol(c->bound->algebra, c->program->blocks[block].symbol);
            lsa_sum sum = {.rows = s->rows,
                           .cols = s->cols,
                           .row_side = lsa_side(c->bound, parameter, false),
                           .col_side = lsa_side(c->bound, parameter, true)};
            LSA_TRY(lsa_lower(c->lowering, poly(c->bound->derivation, parameter), head, &sum, err));
            LSA_TRY(lsa_share(sharing, &sum, &sums[block], err));
            offsets[block] = program->blocks[block].offset;
        }
    LSA_TRY(lsa_share_pairs(sharing, err));
    LSA_TRY(lsa_emit(sharing, (int)program->n_blocks, sums, offsets, program->arena, out, err));
done:
    return status;
}

static lsa_status compile_all(compilation *c, lsa_program_wanted wanted, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_program *program = c->program;
    lsa_sum loss = {.rows = LSA_DIM_ONE, .cols = LSA_DIM_ONE, .row_side = LSA_SIDE_NONE, .col_side = LSA_SIDE_NONE};
    LSA_TRY(make_blocks(c, err));
    LSA_TRY(lsa_degrees_create(c->bound, c->first_block, program->n_blocks, program->heads, program->arena,
                               &program->n_degrees, &program->degrees, err));
    LSA_TRY(lsa_lowering_create(c->arena, c->bound, program->blocks, c->first_block, &c->lowering, err));
    LSA_TRY(lsa_lower(c->lowering, lsa_derivation_loss(c->bound->derivation), 0, &loss, err));
    LSA_TRY(lsa_bases_choose(c->lowering, &loss, &c->bases, err));
    LSA_TRY(make_rotations(c, err));
    LSA_TRY(lsa_constants_create(c->lowering, &c->bases, program->arena, &c->constants, err));
    LSA_TRY(compile_loss(c, &loss, err));
    if (wanted.gradient)
        LSA_TRY(compile_blocks(c, lsa_derivation_gradient, &program->gradient, err));
    if (wanted.hessian)
        LSA_TRY(compile_blocks(c, lsa_derivation_hessian, &program->hessian, err));
    program->has_gradient = wanted.gradient;
    program->has_hessian = wanted.hessian;
done:
    return status;
}

static lsa_status create_empty(lsa_program **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_arena *arena = lsa_arena_create();
    LSA_TRY_MEMORY(arena, "a program");
    lsa_program *program = lsa_arena_alloc(arena, 1, sizeof *program);
    LSA_TRY_MEMORY(program, "a program");
    program->arena = arena;
    arena = NULL;
    *out = program;
done:
    lsa_arena_destroy(arena);
    return status;
}

/* *program, in units of its own, becomes the core of a program in the user's. */
static lsa_status wrap(lsa_program **program, lsa_units units, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_program *core = *program, *outer = NULL;
    LSA_TRY(create_empty(&outer, err));
    lsa_arena *arena = outer->arena;
    *outer = *core;
    outer->arena = arena;
    outer->units = units;
    outer->loss_at_zero = ldexp(core->loss_at_zero, units.loss);
    outer->core = core;
    *program = outer;
    outer->is_quadratic = false; /* its units are those of any products: what asks for it asks the core */
    if (core->has_form)
        LSA_TRY(lsa_units_form(arena, &core->form, units, &outer->form, err));
done:
    return status;
}

lsa_status lsa_program_compile(const lsa_derivation *derivation, const lsa_binding *binding, lsa_program_wanted wanted,
                               lsa_program **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_binding scaled;
    lsa_units units;
    const int n_dims = lsa_derivation_statement(derivation)->n_dims;
    const int most_dims = (int)(sizeof binding->dims / sizeof *binding->dims);
    compilation c = {.arena = lsa_arena_create()};
    LSA_TRY_MEMORY(c.arena, "a program");
    if (n_dims > most_dims)
        LSA_TRY(lsa_error_set(err, LSA_ERR_UNABLE, "the statement has %d dimensions, at most %d are possible", n_dims,
                              most_dims));
    LSA_TRY(create_empty(&c.program, err));
    LSA_TRY(lsa_bound_create(c.arena, derivation, binding, &c.bound, err));
    lsa_units_choose(c.bound, &units);
    if (units.law != 0) {
        LSA_TRY(lsa_units_bind(c.arena, binding, units, &scaled, err));
        LSA_TRY(lsa_bound_create(c.arena, derivation, &scaled, &c.bound, err));
    }
    c.program->statement = c.bound->statement;
    c.program->heads = binding->heads;
    LSA_TRY(compile_all(&c, wanted, err));
    if (units.law != 0)
        LSA_TRY(wrap(&c.program, units, err));
    *out = c.program;
    c.program = NULL;
done:
    if (status != LSA_OK && status != LSA_ERR_MEMORY)
        lsa_error_add(err, "  while compiling the loss of the statement %s",
                      lsa_derivation_statement(derivation)->name);
    lsa_program_destroy(c.program);
    lsa_arena_destroy(c.arena);
    return status;
}

lsa_status lsa_program_create(const lsa_derivation *derivation, const lsa_binding *binding, lsa_program **out,
                              lsa_error *err)
{
    const lsa_program_wanted wanted = {.gradient = true,
                                       .hessian = lsa_derivation_statement(derivation)->n_parameters > 0 &&
                                                  lsa_derivation_hessian(derivation, 0) != NULL};
    return lsa_program_compile(derivation, binding, wanted, out, err);
}

void lsa_program_destroy(lsa_program *program)
{
    if (program == NULL)
        return;
    lsa_program_destroy(program->core);
    lsa_arena_destroy(program->arena); /* the program itself lives there too */
}

/* ---- reading ---- */

ptrdiff_t lsa_program_size(const lsa_program *program)
{
    return program->size;
}

ptrdiff_t lsa_program_block_count(const lsa_program *program)
{
    return program->n_blocks;
}

const lsa_block *lsa_program_block(const lsa_program *program, ptrdiff_t k)
{
    return &program->blocks[k];
}

ptrdiff_t lsa_program_degrees(const lsa_program *program, const int **out)
{
    *out = program->degrees;
    return program->n_degrees;
}

static const lsa_block *find_block(const lsa_program *program, int symbol, ptrdiff_t head)
{
    for (ptrdiff_t k = 0; k < program->n_blocks; k++)
        if (program->blocks[k].symbol == symbol && program->blocks[k].head == head)
            return &program->blocks[k];
    return NULL;
}

lsa_head_blocks lsa_program_head(const lsa_program *program, ptrdiff_t head)
{
    const lsa_layer_parameters *p = &program->statement->layer_parameters;
    return (lsa_head_blocks){.px = find_block(program, p->px, head),
                             .u = find_block(program, p->u, head),
                             .U = find_block(program, p->U, head),
                             .k = find_block(program, p->k, head),
                             .K = find_block(program, p->K, head),
                             .Q = find_block(program, p->Q, head)};
}

const lsa_program *lsa_program_core(const lsa_program *program)
{
    return program->core != NULL ? program->core : program;
}

lsa_units lsa_program_units(const lsa_program *program)
{
    return program->units;
}

const lsa_form *lsa_program_form(const lsa_program *program)
{
    const lsa_form *form = lsa_program_product_form(program);
    return form != NULL && !form->partial && form->n_heads == 1 && form->U >= 0 ? form : NULL;
}

const lsa_form *lsa_program_product_form(const lsa_program *program)
{
    return program->has_form ? &program->form : NULL;
}

const lsa_form *lsa_program_quadratic(const lsa_program *program)
{
    return program->is_quadratic ? &program->quadratic : NULL;
}

lsa_status lsa_program_least(const lsa_program *program, lsa_least *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_program *core = lsa_program_core(program);
    *out = (lsa_least){.loss = (double)NAN, .bound = (double)NAN};
    if (core->is_quadratic)
        LSA_TRY(lsa_form_least(&core->quadratic, core->rank, out, err));
    out->loss = ldexp(out->loss, program->units.loss);
    out->bound = ldexp(out->bound, program->units.loss);
done:
    return status;
}

void lsa_program_product(const lsa_program *program, const double *state, double *W)
{
    const lsa_form *form = lsa_program_product_form(program);
    const ptrdiff_t d = form->d;
    memset(W, 0, (size_t)(d * d) * sizeof *W);
    for (ptrdiff_t h = 0; h < form->n_heads; h++) {
        const lsa_form_head *head = &form->heads[h];
        if (head->U >= 0)
            lsa_vec_axpy(d * d, state[head->u], state + head->U, W);
        else
            lsa_mat_product(true, false, d, d, form->rank, state[head->u], state + head->K, state + head->Q, 1.0, W);
    }
}

double lsa_program_loss_at_zero(const lsa_program *program)
{
    return program->loss_at_zero;
}

lsa_program_cost lsa_program_cost_of(const lsa_program *program)
{
    lsa_program_cost cost = {0};
    for (ptrdiff_t k = 0; k < program->gradient.n; k++) {
        const lsa_instruction *in = &program->gradient.instructions[k];
        cost.matrix_products += in->op == LSA_OP_MATMUL;
        cost.matrix_vector += in->op == LSA_OP_MATVEC;
        cost.traces += in->op == LSA_OP_INNER || in->op == LSA_OP_TRACE || in->square.space != LSA_SPACE_NONE;
        cost.elementwise += in->op == LSA_OP_ADD || in->op == LSA_OP_OUTER || in->op == LSA_OP_DIAGONAL;
        cost.constants += (in->a.space == LSA_SPACE_CONSTANT) + (in->b.space == LSA_SPACE_CONSTANT) +
                          (in->l.space == LSA_SPACE_CONSTANT) + (in->r.space == LSA_SPACE_CONSTANT);
    }
    return cost;
}

/* ---- evaluation ---- */

static ptrdiff_t largest(ptrdiff_t a, ptrdiff_t b)
{
    return a > b ? a : b;
}

/* Room for the codes; with a core, for a state in its units. */
static ptrdiff_t room(const lsa_program *program)
{
    if (program->core != NULL)
        return 1 + program->size;
    return 1 + largest(program->loss.work, largest(program->gradient.work, program->hessian.work));
}

lsa_status lsa_workspace_create(const lsa_program *program, lsa_workspace **out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_workspace *work = calloc(1, sizeof *work);
    LSA_TRY_MEMORY(work, "a workspace");
    work->numbers = lsa_vec_create(room(program));
    LSA_TRY_MEMORY(work->numbers, "a workspace");
    if (program->core != NULL)
        LSA_TRY(lsa_workspace_create(program->core, &work->core, err));
    *out = work;
    work = NULL;
done:
    lsa_workspace_destroy(work);
    return status;
}

void lsa_workspace_destroy(lsa_workspace *work)
{
    if (work == NULL)
        return;
    lsa_workspace_destroy(work->core);
    free(work->numbers);
    free(work);
}

/* Parameters in the core's units. */
static const double *in_core(const lsa_program *program, const double *parameters, double *out)
{
    lsa_units_scale(program->size, -program->units.state, parameters, out);
    return out;
}

double lsa_program_loss(const lsa_program *program, lsa_workspace *work, const double *state)
{
    double loss = 0.0;
    if (program->core != NULL)
        return ldexp(lsa_program_loss(program->core, work->core, in_core(program, state, work->numbers)),
                     program->units.loss);
    lsa_code_run(&program->loss, state, NULL, work->numbers, &loss);
    return loss;
}

void lsa_program_gradient(const lsa_program *program, lsa_workspace *work, const double *state, double *gradient)
{
    if (program->core == NULL) {
        lsa_code_run(&program->gradient, state, NULL, work->numbers, gradient);
        return;
    }
    lsa_program_gradient(program->core, work->core, in_core(program, state, work->numbers), gradient);
    lsa_units_scale(program->size, program->units.loss - program->units.state, gradient, gradient);
}

void lsa_program_hessian(const lsa_program *program, lsa_workspace *work, const double *state, const double *direction,
                         double *out)
{
    if (program->core == NULL) {
        lsa_code_run(&program->hessian, state, direction, work->numbers, out);
        return;
    }
    /* Linear in the direction, which so keeps its units. */
    lsa_program_hessian(program->core, work->core, in_core(program, state, work->numbers), direction, out);
    lsa_units_scale(program->size, program->units.loss - 2 * program->units.state, out, out);
}

/* ---- change of basis ---- */

/* out = op(P) A op(Q)', where op is the transposition for `to_state`: P' A Q, and P A Q' back. */
static void rotate_block(const lsa_block *block, const lsa_rotation *rotation, bool to_state, const double *A,
                         double *work, double *out)
{
    const ptrdiff_t m = block->rows, n = block->cols;
    const size_t bytes = (size_t)(m * n) * sizeof *out;
    if (rotation->left != NULL)
        lsa_mat_product(to_state, false, m, n, m, 1.0, rotation->left, A, 0.0, work);
    else
        memcpy(work, A, bytes);
    if (rotation->right != NULL)
        lsa_mat_product(false, !to_state, m, n, n, 1.0, work, rotation->right, 0.0, out);
    else
        memcpy(out, work, bytes);
}

static lsa_status rotate_all(const lsa_program *program, bool to_state, const double *in, double *out, lsa_error *err)
{
    lsa_status status = LSA_OK;
    ptrdiff_t most = 1;
    for (ptrdiff_t k = 0; k < program->n_blocks; k++)
        most = largest(most, program->blocks[k].rows * program->blocks[k].cols);
    double *work = lsa_vec_create(most);
    LSA_TRY_MEMORY(work, "a change of basis");
    for (ptrdiff_t k = 0; k < program->n_blocks; k++) {
        const ptrdiff_t offset = program->blocks[k].offset;
        rotate_block(&program->blocks[k], &program->rotations[k], to_state, in + offset, work, out + offset);
    }
done:
    free(work);
    return status;
}

lsa_status lsa_program_from_user(const lsa_program *program, const double *user, double *state, lsa_error *err)
{
    return rotate_all(program, true, user, state, err);
}

lsa_status lsa_program_to_user(const lsa_program *program, const double *state, double *user, lsa_error *err)
{
    return rotate_all(program, false, state, user, err);
}
