/* schema_rows.c - the table of keys: the one place where a key, its range, its default and its meaning are written. */
#include "model/schema.h"
#include <math.h>
#include <string.h>

#define UNLIMITED INFINITY

/* Largest dimension (diagonal forms hold O(d) numbers) and largest count that a double holds exactly, rounded down. */
#define LARGEST_D     1e6
#define LARGEST_COUNT 1e15

/* Largest entry of a matrix: the loss holds cubes of them, which must not overflow. */
#define LARGEST_ENTRY 1e100

static const lsa_schema_row rows[] = {
    {"title", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 0, "", "what the experiment shows; default: the file's name"},
    {"statement", LSA_VALUE_TEXT, 0, 0, NULL, "*", 0, "required",
     "a shipped statement, a path ending in .yaml, or the statement itself"},
    {"data", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "required", "the law of the prompts"},
    {"data.dimension", LSA_VALUE_COUNT, 1, LARGEST_D, NULL, NULL, 0, "",
     "d; may be left out where the covariance gives it"},
    {"data.context", LSA_VALUE_EXTENT, 1, LARGEST_COUNT, NULL, NULL, 0, "required", "N, examples in a training prompt"},
    {"data.covariance", LSA_VALUE_CHOICE, 0, 0, "identity", "(covariance)", 0, "identity",
     "Lambda, covariance of the covariates"},
    {"data.task_covariance", LSA_VALUE_CHOICE, 0, 0, "identity", "(covariance)", 0, "identity",
     "Omega, second moment of the task vector w"},
    {"data.label_noise", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, "(noise)", 0, "0",
     "variance s2 of the noise in the context labels"},
    {"data.normalise", LSA_VALUE_CHOICE, 0, 0, "N|N+1", NULL, 0, "N", "rho, the divisor of E E'"},
    {"data.rank", LSA_VALUE_COUNT, 1, LARGEST_D, NULL, NULL, 0, "",
     "r, rows of the key and query matrices; default: d; no effect on statements without r"},
    {"data.heads", LSA_VALUE_COUNT, 1, 1000, NULL, NULL, 0, "1", "heads; no effect on statements without heads"},
    {"data.values", LSA_VALUE_NONE, 0, 0, NULL, "*", 0, "{}",
     "numbers for further symbols of a user's own statement: a number, a list, or a list of rows"},

    {"init", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "the start of the flow"},
    {"init.scheme", LSA_VALUE_CHOICE, 0, 0, "paper|gaussian|values", NULL, 0, "paper",
     "paper: u = sigma, U = sigma Theta Theta', other blocks 0 (Assumption 3.3); gaussian: every entry N(0, scale^2); "
     "values: as given"},
    {"init.sigma", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "0.1", "paper: sigma"},
    {"init.theta", LSA_VALUE_CHOICE, 0, 0, "identity", "(theta)", 0, "identity",
     "paper: Theta, scaled to |Theta Theta'|_F = 1"},
    {"init.scale", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "0.1",
     "gaussian: standard deviation of every entry"},
    {"init.seed", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "1", "gaussian: seed"},
    {"init.values", LSA_VALUE_NONE, 0, 0, NULL, "*", 0, "{}",
     "values: numbers by parameter; a family gives a list over the heads; blocks left out are 0"},
    {"init.perturb", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "a Gaussian perturbation of every block, any scheme"},
    {"init.perturb.scale", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "0", "standard deviation of every entry"},
    {"init.perturb.seed", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "1", "seed"},

    {"flow", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "the integration of the gradient flow"},
    {"flow.rtol", LSA_VALUE_REAL, 1e-14, 1e-2, NULL, NULL, 0, "1e-10", "relative accuracy of the trajectory"},
    {"flow.stop", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{gap: 1e-14}",
     "when to stop: the first that is met; a given stop replaces the default"},
    {"flow.stop.gap", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "",
     "(L - L*) / (L(0) - L*), L* the least loss and L(0) the loss of all parameters 0"},
    {"flow.stop.gradient", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "", "|grad L| over its value at the start"},
    {"flow.stop.time", LSA_VALUE_ABOVE, 0, UNLIMITED, NULL, NULL, 0, "", "flow time; reaching it is no failure"},
    {"flow.stop.wall", LSA_VALUE_ABOVE, 0, UNLIMITED, NULL, NULL, 0, "", "seconds of computing"},
    {"flow.output", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "what the trajectory holds"},
    {"flow.output.points", LSA_VALUE_COUNT, 2, 1000000, NULL, NULL, 0, "200", "samples, where no times are given"},
    {"flow.output.spacing", LSA_VALUE_CHOICE, 0, 0, "log|linear", NULL, 0, "log", "samples evenly in log t or in t"},
    {"flow.output.times", LSA_VALUE_NONE, 0, 0, NULL, NULL, 1, "", "these times instead, ascending from 0"},
    {"flow.output.times.*", LSA_VALUE_REAL, 0, UNLIMITED, NULL, NULL, 0, "", "a time"},
    {"flow.output.parameters", LSA_VALUE_CHOICE, 0, 0, "auto|all|diagonal|none", NULL, 0, "auto",
     "parameters in every sample; auto: all, unless they are more than 10^6 numbers"},
    {"flow.method", LSA_VALUE_CHOICE, 0, 0, "auto|reduced|arrowhead|krylov|dense", NULL, 0, "auto",
     "the linear solver, or the exact reduction to d + 2 unknowns"},

    {"tests", LSA_VALUE_NONE, 0, 0, NULL, NULL, 1, "",
     "settings in which the trained layer is judged; default: one "
     "entry named train with nothing else in it"},
    {"tests.*", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", "one setting, or one for each number of a list in it"},
    {"tests.*.name", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 0, "", "name in results; default: test-1, test-2, ..."},
    {"tests.*.context", LSA_VALUE_EXTENT, 0, LARGEST_COUNT, NULL, NULL, 1, "",
     "M, examples in a test prompt; a list gives one result each; default: N"},
    {"tests.*.covariance", LSA_VALUE_CHOICE, 0, 0, "train|identity", "(covariance)", 0, "train",
     "covariance of the context covariates; train: the training one"},
    {"tests.*.query_covariance", LSA_VALUE_CHOICE, 0, 0, "same|train|identity", "(covariance)", 0, "same",
     "covariance of the query; same: one more draw of the context's; train: an independent draw of the training one"},
    {"tests.*.task", LSA_VALUE_NONE, 0, 0, NULL, "(task)", 0, "{gaussian: train}", "the law of the labels"},
    {"tests.*.label_noise", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, "(noise)", 0, "",
     "variance of the noise in the context labels; default: as in training"},
    {"tests.*.query_noise", LSA_VALUE_FLAG, 0, 0, NULL, NULL, 0, "false",
     "the query's label carries the noise too (Theorem 4.2)"},

    {"vary", LSA_VALUE_NONE, 0, 0, NULL, "*", 0, "{}",
     "lists of values by key path: the whole experiment once for each combination, 10000 at most"},

    {"monte_carlo", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "sampling of prompts"},
    {"monte_carlo.seed", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "1", "seed"},
    {"monte_carlo.prompts", LSA_VALUE_COUNT, 2, LARGEST_COUNT, NULL, NULL, 0, "2000000", "budget of prompts"},
    {"monte_carlo.relative_error", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "0.03",
     "half-width of the interval over the value, at the claim's level"},
    {"monte_carlo.mode", LSA_VALUE_CHOICE, 0, 0, "direct|fast", NULL, 0, "direct",
     "direct: whole prompts through the layer; fast: the statistic that a prompt's error depends on"},
    {"monte_carlo.baselines", LSA_VALUE_CHOICE, 0, 0, "ols|ridge|best-linear|one-step|zero", NULL, 1,
     "[ols, ridge, best-linear, one-step, zero]", "other predictors on the same prompts; [] for none"},

    {"train", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "training by discrete steps, from the same start as the flow"},
    {"train.method", LSA_VALUE_CHOICE, 0, 0, "gd|sgd|momentum|adam", NULL, 0, "sgd",
     "gd: steps on the population loss; the others: on batches of sampled prompts"},
    {"train.steps", LSA_VALUE_COUNT, 1, 1e12, NULL, NULL, 0, "10000", "steps"},
    {"train.batch", LSA_VALUE_COUNT, 1, 1e9, NULL, NULL, 0, "64", "prompts in a step; no effect on gd"},
    {"train.step_size", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "0.01", "eta, the first step size"},
    {"train.schedule", LSA_VALUE_CHOICE, 0, 0, "constant|inverse|cosine", NULL, 0, "constant",
     "step size k: eta, eta/(1 + k/decay), or eta (1 + cos(pi k/steps))/2"},
    {"train.decay", LSA_VALUE_REAL, 1, 1e12, NULL, NULL, 0, "",
     "inverse: steps after which the step size has halved; default: a tenth of the steps"},
    {"train.momentum", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "0.9", "momentum: m <- momentum m + gradient"},
    {"train.beta1", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "0.9", "adam: decay of the mean of gradients"},
    {"train.beta2", LSA_VALUE_INSIDE, 0, 1, NULL, NULL, 0, "0.999", "adam: decay of the mean of their squares"},
    {"train.epsilon", LSA_VALUE_ABOVE, 0, 1, NULL, NULL, 0, "1e-8", "adam: added to the root of that mean"},
    {"train.tail_average", LSA_VALUE_REAL, 0, 1, NULL, NULL, 0, "0",
     "part of the steps, the last, whose mean is reported as the end; 0: the last step alone"},
    {"train.tasks", LSA_VALUE_COUNT, 1, LARGEST_COUNT, "fresh", NULL, 0, "fresh",
     "tasks in a pool that the prompts draw from; fresh: a new one for each prompt"},
    {"train.checkpoint", LSA_VALUE_COUNT, 0, 1e12, NULL, NULL, 0, "0",
     "steps between checkpoints; 0: none before the end or an interrupt"},
    {"train.points", LSA_VALUE_COUNT, 2, 1000000, NULL, NULL, 0, "200", "samples of the path"},
    {"train.seed", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "1", "seed"},

    {"basin", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "{}", "many starts of the flow"},
    {"basin.starts", LSA_VALUE_COUNT, 1, 1e9, NULL, NULL, 0, "100", "starts of each scale"},
    {"basin.scale", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 1, "0.1",
     "standard deviation of an entry; a list gives one fraction each"},
    {"basin.scheme", LSA_VALUE_CHOICE, 0, 0, "gaussian|perturb", NULL, 0, "gaussian",
     "gaussian: every entry of every block N(0, scale^2); perturb: the start of init, with N(0, scale^2) added"},
    {"basin.seed", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "1", "seed"},

    {"claims", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 1, "all", "the claims to judge: all, or a list of names"},

    {"(covariance)", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", ""},
    {"(covariance).scale", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "c: the covariance c I"},
    {"(covariance).spectrum", LSA_VALUE_CHOICE, 0, 0, "geometric|power", NULL, 1, "",
     "[l1, l2, ...]: diagonal; geometric: l_i = condition^(-(i-1)/(d-1)); power: l_i = i^-exponent"},
    {"(covariance).spectrum.*", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "an eigenvalue"},
    {"(covariance).condition", LSA_VALUE_REAL, 1, 1e15, NULL, NULL, 0, "", "with geometric: largest over least"},
    {"(covariance).exponent", LSA_VALUE_REAL, 0, 20, NULL, NULL, 0, "", "with power"},
    {"(covariance).matrix", LSA_VALUE_NONE, 0, 0, NULL, NULL, 2, "", "[[...], ...]: d rows, symmetric, semidefinite"},
    {"(covariance).matrix.*", LSA_VALUE_REAL, -LARGEST_ENTRY, LARGEST_ENTRY, NULL, NULL, 0, "", "an entry"},
    {"(covariance).file", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 0, "", "a CSV file of d rows with d numbers each"},
    {"(covariance).data", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 0, "", "a CSV file of n rows: X'X/n of its columns"},
    {"(covariance).columns", LSA_VALUE_TEXT, 0, 0, NULL, NULL, 1, "",
     "with data: columns by name or number (from 1); default: all"},
    {"(covariance).center", LSA_VALUE_FLAG, 0, 0, NULL, NULL, 0, "false", "with data: subtract each column's mean"},
    {"(covariance).standardize", LSA_VALUE_FLAG, 0, 0, NULL, NULL, 0, "false",
     "with data: divide each column by its standard deviation, the root of its mean squared deviation"},
    {"(covariance).random", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "",
     "a new covariance for each prompt; the law of covariates only"},
    {"(covariance).random.diagonal", LSA_VALUE_NONE, 0, 0, NULL, "(law)", 1, "",
     "independent diagonal entries: one law for all, or a list of d (section 4.3)"},
    {"(covariance).random.mixture", LSA_VALUE_NONE, 0, 0, NULL, NULL, 1, "", "one of several fixed covariances"},
    {"(covariance).random.mixture.*", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", "a component"},
    {"(covariance).random.mixture.*.weight", LSA_VALUE_ABOVE, 0, 1, NULL, NULL, 0, "required",
     "its probability; the weights sum to 1"},
    {"(covariance).random.mixture.*.covariance", LSA_VALUE_CHOICE, 0, 0, "identity", "(covariance)", 0, "required",
     "a fixed covariance"},
    {"(covariance).random.wishart", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "",
     "W/k, W a Wishart matrix of k degrees of freedom: the mean of k matrices z z', z ~ N(0, scale)"},
    {"(covariance).random.wishart.dof", LSA_VALUE_COUNT, 1, LARGEST_COUNT, NULL, NULL, 0, "required", "k"},
    {"(covariance).random.wishart.scale", LSA_VALUE_CHOICE, 0, 0, "identity", "(covariance)", 0, "required",
     "the mean, a fixed covariance"},
    {"(covariance).train_scaled", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 1, "",
     "c: c times the training covariance; in tests only, where a list gives one result each"},
    {"(covariance).rotation", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "",
     "seed of a Haar-distributed basis into which the covariance is turned"},
    {"(covariance).trace", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "rescale to this trace"},

    {"(law)", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", ""},
    {"(law).law", LSA_VALUE_CHOICE, 0, 0, "point|exponential|uniform|gamma|two-point", NULL, 0, "required",
     "the law of a diagonal entry; its parameters are all required"},
    {"(law).value", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "point: the value"},
    {"(law).mean", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "exponential: the mean"},
    {"(law).low", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "uniform: the least value"},
    {"(law).high", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "uniform: the largest"},
    {"(law).shape", LSA_VALUE_ABOVE, 0, LARGEST_COUNT, NULL, NULL, 0, "", "gamma: the shape"},
    {"(law).scale", LSA_VALUE_ABOVE, 0, LARGEST_ENTRY, NULL, NULL, 0, "",
     "gamma: the scale; the mean is shape * scale"},
    {"(law).a", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "two-point: the value with probability p"},
    {"(law).b", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "", "two-point: the other value"},
    {"(law).p", LSA_VALUE_REAL, 0, 1, NULL, NULL, 0, "", "two-point: the probability of a"},

    {"(noise)", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", ""},
    {"(noise).std", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "required",
     "standard deviation instead of variance"},

    {"(theta)", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", ""},
    {"(theta).random", LSA_VALUE_SEED, 0, 0, NULL, NULL, 0, "", "seed of a matrix of independent N(0, 1) entries"},
    {"(theta).matrix", LSA_VALUE_NONE, 0, 0, NULL, NULL, 2, "", "[[...], ...]: d rows of d numbers"},
    {"(theta).matrix.*", LSA_VALUE_REAL, -LARGEST_ENTRY, LARGEST_ENTRY, NULL, NULL, 0, "", "an entry"},

    {"(task)", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", ""},
    {"(task).gaussian", LSA_VALUE_CHOICE, 0, 0, "train|identity", "(covariance)", 0, "",
     "w ~ N(0, this), a new w for each prompt; train: the training task covariance"},
    {"(task).fixed", LSA_VALUE_NONE, 0, 0, NULL, NULL, 1, "", "[w1, ..., wd]: this w in every prompt"},
    {"(task).fixed.*", LSA_VALUE_REAL, -LARGEST_ENTRY, LARGEST_ENTRY, NULL, NULL, 0, "", "an entry"},
    {"(task).moments", LSA_VALUE_NONE, 0, 0, NULL, ".", 0, "", "any labels y, by the moments of (x, y) (Theorem 4.2)"},
    {"(task).moments.a", LSA_VALUE_NONE, 0, 0, NULL, NULL, 1, "required", "Lambda^-1 E[x y], d numbers"},
    {"(task).moments.a.*", LSA_VALUE_REAL, -LARGEST_ENTRY, LARGEST_ENTRY, NULL, NULL, 0, "", "an entry"},
    {"(task).moments.covariance", LSA_VALUE_NONE, 0, 0, NULL, NULL, 2, "required",
     "Cov(x y), d rows, symmetric, semidefinite"},
    {"(task).moments.covariance.*", LSA_VALUE_REAL, -LARGEST_ENTRY, LARGEST_ENTRY, NULL, NULL, 0, "", "an entry"},
    {"(task).moments.best_linear", LSA_VALUE_REAL, 0, LARGEST_ENTRY, NULL, NULL, 0, "required",
     "min over w of E(<w, x> - y)^2"},
    {NULL, LSA_VALUE_NONE, 0, 0, NULL, NULL, 0, NULL, NULL},
};

const lsa_schema_row *lsa_schema_rows(void)
{
    return rows;
}

const lsa_schema_row *lsa_schema_find(const char *path)
{
    for (const lsa_schema_row *row = rows; row->path != NULL; row++)
        if (strcmp(row->path, path) == 0)
            return row;
    return NULL;
}
