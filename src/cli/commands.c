/* commands.c - every command of the program, one line each. */
#include "cli/command.h"
#include <stddef.h>

const cli_command cli_commands[] = {
    {"derive", "FILE", "the loss and its gradient, in symbols", false, cli_derive, NULL},
    {"eval", "FILE", "loss, gradient, test errors at the start", false, cli_eval, NULL},
    {"run", "FILE", "integrate the flow: its path and its end", true, cli_run_flow, NULL},
    {"predict", "FILE", "minimum, constants, test errors in closed form", false, cli_predict, NULL},
    {"sample", "FILE", "Monte Carlo estimates of the test errors", true, cli_sample, NULL},
    {"verify", "FILE", "judge every claim: predicted, measured, verdict", true, cli_verify, NULL},
    {"train", "FILE", "discrete steps on the layer, beside the flow and the limit", true, cli_train, NULL},
    {"basin", "FILE", "many starts: which fraction reaches the global minimum", true, cli_basin, NULL},
    {"check", "FILE EXPRESSION", "is this closed form the loss?", false, cli_check, NULL},
    {"explain", "NAME", "what a published claim says, and under which hypotheses", false, cli_explain, NULL},
    {"bench", "[GROUP...]", "the performance table of this machine", true, cli_bench, NULL},
    {"sweep", "FILE", "every cell of `vary`, a row each: parallel, resumable", true, NULL, cli_sweep},
    {NULL, NULL, NULL, false, NULL, NULL}};
