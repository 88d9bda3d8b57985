/* commands.c - every command of the program, one line each. */
#include "cli/command.h"
#include <stddef.h>

const cli_command cli_commands[] = {
    {"derive", "FILE", "the loss and its gradient, in symbols", false, cli_derive},
    {"eval", "FILE", "loss, gradient, test errors at the start", false, cli_eval},
    {"run", "FILE", "integrate the flow: its path and its end", true, cli_run_flow},
    {"predict", "FILE", "minimum, constants, test errors in closed form", false, cli_predict},
    {"sample", "FILE", "Monte Carlo estimates of the test errors", true, cli_sample},
    {"verify", "FILE", "judge every claim: predicted, measured, verdict", true, cli_verify},
    {"train", "FILE", "discrete steps on the layer, beside the flow and the limit", true, cli_train},
    {"basin", "FILE", "many starts: which fraction reaches the global minimum", true, cli_basin},
    {"check", "FILE EXPRESSION", "is this closed form the loss?", false, cli_check},
    {"explain", "NAME", "what a published claim says, and under which hypotheses", false, cli_explain},
    {"bench", "[GROUP...]", "the performance table of this machine", true, cli_bench},
    {NULL, NULL, NULL, false, NULL}};
