/* probe.h - random parameters and prompts at which identities are tried. */
#ifndef LSAFLOW_VERIFY_PROBE_H
#define LSAFLOW_VERIFY_PROBE_H

#include "verify/claim.h"

/* Seeds of the probes of one study, by what they are for. */
typedef enum probe_stream {
    PROBE_STATEMENT,
    PROBE_LOSS,
    PROBE_BLOCKS,
    PROBE_FORM,
    PROBE_SCALE,
    PROBE_HESSIAN,
    PROBE_UNSEEN,
    PROBE_CONSERVED
} probe_stream;

/* `count` Gaussian numbers times `scale`; a pure function of the experiment's seed and the stream. */
void probe_fill(const lsa_experiment *experiment, probe_stream stream, double scale, ptrdiff_t count, double *out);

/* Random parameters of a program (user's basis) whose predictions are of the size of the targets: every block is
 * Gaussian; scaled so that |u| is near the predicted u*, |U|_F near |U*|_F, |px| and |k| a quarter of u* (their
 * sixth moments are what sampling pays for). For a statement
 * without (u, U) every entry is N(0, 1/4). The caller frees *out. */
lsa_status probe_parameters(const claim_context *context, const lsa_program *program, probe_stream stream, double **out,
                            lsa_error *err);

/* The law of the training prompts; where the context is infinite, LSA_ERR_UNABLE says so. The context is cut to at most
 * `longest` pairs (the identities that use it hold for every length). */
lsa_status probe_law(const claim_context *context, ptrdiff_t longest, lsa_prompt_law *law, lsa_error *err);

#endif
