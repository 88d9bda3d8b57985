/* prompt.h - where in the counter-based stream a prompt's numbers lie. */
#ifndef LSAFLOW_EMPIRICAL_PROMPT_H
#define LSAFLOW_EMPIRICAL_PROMPT_H

#include "base/rng.h"
#include "lsaflow/empirical.h"

/* The generator of numbers that belong to this prompt without being part of E, w or the noise: the upper half of its
 * stream, which the prompt itself (at most 2^27 numbers) never reaches. */
lsa_rng lsa_prompt_further(const lsa_prompt *prompt);

#endif
