# Helpers of the command tests. $LSAFLOW is the program, $LSAFLOW_SOURCE the source tree.
bats_require_minimum_version 1.5.0
: "${LSAFLOW:?the program to test}"

setup() {
    mkdir "$BATS_TEST_TMPDIR/here" && cd "$BATS_TEST_TMPDIR/here" || return # bats keeps files of its own above
    cat >small.yaml <<'YAML'
title: A small check
statement: merged
data:
  dimension: 3
  context: 20
  covariance: {spectrum: [2, 1, 0.5]}
init: {sigma: 0.1, theta: {random: 7}}
flow: {output: {points: 5}}
tests:
  - {name: as-in-training}
  - {name: longer, context: [50, 100]}
monte_carlo: {prompts: 20000, relative_error: 0.2, baselines: [ols, zero]}
claims: [limit-u, minimum-loss, balanced]
YAML
}

# Runs the program: $status, $output (stdout), $stderr.
lsaflow() {
    run --separate-stderr "$LSAFLOW" "$@"
}

# lsaflow_fails STATUS WORDS ARGUMENTS...: this exit status, nothing on stdout, these words on stderr.
lsaflow_fails() {
    local want=$1 words=$2
    shift 2
    lsaflow "$@"
    if [ "$status" -ne "$want" ] || [ -n "$output" ] || [[ "$stderr" != *"$words"* ]]; then
        echo "status $status, wanted $want; stdout: $output; stderr: $stderr; wanted: $words"
        return 1
    fi
}

# The document in $output fulfils a jq condition.
holds() {
    echo "$output" | jq -e "$1" >/dev/null || {
        echo "not so: $1"
        echo "$output" | head -c 2000
        return 1
    }
}
