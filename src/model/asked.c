/* asked.c - every law that a test changes must be somebody's. */
#include "model/asked.h"
#include "base/try.h"
#include "model/roles.h"
#include "model/schema.h"

static bool anybody(const lsa_statement *statement, lsa_role role)
{
    for (int id = 0; id < statement->n_symbols; id++)
        if (statement->symbols[id].role == role)
            return true;
    return false;
}

/* Families of vectors, whatever their law. */
static bool has_samples(const lsa_statement *statement)
{
    for (int id = 0; id < statement->n_symbols; id++) {
        const lsa_symbol *s = &statement->symbols[id];
        if (s->kind == LSA_SYMBOL_GAUSSIAN && s->family == LSA_FAMILY_SAMPLE && s->rows != LSA_DIM_ONE)
            return true;
    }
    return false;
}

/* The covariance of the contexts; a statement without samples of vectors has it in its other covariates. */
static lsa_status check_covariance(const lsa_node *key, const lsa_statement *statement, lsa_error *err)
{
    if (anybody(statement, LSA_ROLE_CONTEXT))
        return LSA_OK;
    if (has_samples(statement))
        return lsa_node_error(key, err, "no family of samples of this statement has the covariance Lambda");
    if (anybody(statement, LSA_ROLE_COVARIATE) || anybody(statement, LSA_ROLE_QUERY) ||
        (statement->covariance >= 0 && lsa_statement_names(statement, statement->covariance)))
        return LSA_OK;
    return lsa_node_error(key, err, "no Gaussian of this statement has the covariance Lambda");
}

/* Query or task: the one Gaussian of a role. */
static lsa_status check_only(const lsa_node *key, const lsa_statement *statement, lsa_role role, lsa_error *err)
{
    const bool query = role == LSA_ROLE_QUERY;
    const char *law = query ? "Lambda" : "Omega", *name = query ? "query" : "task";
    lsa_role_names names;
    if ((query ? statement->query : statement->task) >= 0)
        return LSA_OK;
    if (lsa_role_candidates(statement, role, names)[0] == '\0')
        return lsa_node_error(key, err, "no single Gaussian of this statement has the covariance %s, so it has no %s",
                              law, name);
    return lsa_node_error(
        key, err,
        "%s single Gaussian with the covariance %s: say which of %s is the %s, by 'roles: {%s: NAME}' in "
        "the statement",
        query ? "the target does not name exactly one" : "the statement has not exactly one", law, names, name, name);
}

static lsa_status check_task(const lsa_node *key, const lsa_statement *statement, const lsa_setting *training,
                             const lsa_setting *test, lsa_error *err)
{
    if (test->task != LSA_TASK_GAUSSIAN)
        return check_only(key, statement, LSA_ROLE_TASK, err);
    if (lsa_covariance_same(test->task_covariance, training->task_covariance) || anybody(statement, LSA_ROLE_TASK) ||
        anybody(statement, LSA_ROLE_TASK_DRAW) ||
        (statement->task_covariance >= 0 && lsa_statement_names(statement, statement->task_covariance)))
        return LSA_OK;
    return lsa_node_error(key, err, "no Gaussian of this statement has the covariance Omega");
}

static lsa_status check_noise(const lsa_node *key, const lsa_statement *statement, const lsa_setting *training,
                              const lsa_setting *test, lsa_error *err)
{
    if (test->label_noise == training->label_noise || test->query_noise || anybody(statement, LSA_ROLE_NOISE) ||
        (statement->noise >= 0 && lsa_statement_names(statement, statement->noise)))
        return LSA_OK;
    return lsa_node_error(key, err, "no Gaussian of this statement has the variance s2");
}

lsa_status lsa_asked_check(const lsa_node *entry, const lsa_statement *statement, const lsa_setting *training,
                           const lsa_setting *test, lsa_error *err)
{
    lsa_status status = LSA_OK;
    const lsa_node *covariance = lsa_value_node(entry, "tests.*.covariance");
    const lsa_node *query = lsa_value_node(entry, "tests.*.query_covariance");
    const lsa_node *task = lsa_value_node(entry, "tests.*.task");
    const lsa_node *noise = lsa_value_node(entry, "tests.*.label_noise");
    const bool rows = test->task == LSA_TASK_DATA;
    if (covariance != NULL && !rows && !test->covariance_is_train &&
        !lsa_covariance_same(test->covariance, training->covariance))
        LSA_TRY(check_covariance(covariance, statement, err));
    if (query != NULL && !rows && (!test->query_is_same || test->query_orthogonal))
        LSA_TRY(check_only(query, statement, LSA_ROLE_QUERY, err));
    if ((test->student > 0.0 || test->query_orthogonal) && !anybody(statement, LSA_ROLE_CONTEXT))
        LSA_TRY(lsa_node_error(test->student > 0.0 ? lsa_value_node(entry, "tests.*.contexts") : query, err,
                               "no family of samples of this statement has the covariance Lambda"));
    if (test->mean != NULL)
        LSA_TRY(check_covariance(lsa_value_node(entry, "tests.*.mean"), statement, err));
    if (task != NULL)
        LSA_TRY(check_task(task, statement, training, test, err));
    if (noise != NULL)
        LSA_TRY(check_noise(noise, statement, training, test, err));
done:
    return status;
}
