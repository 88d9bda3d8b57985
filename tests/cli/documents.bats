# --json: one document on stdout and nothing else, with the fields that others rely on.
load support

tests_fields='(.tests | length) == 3 and (.tests | map(.context)) == [20, 50, 100] and
    (.tests | all(has("name") and .error > 0 and has("best_linear") and has("context_term") and has("training_term")))'

# A document alone: valid, nothing on stderr, nothing on disk.
document() {
    lsaflow "$@" --json
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [ "$(echo "$output" | jq -s length)" -eq 1 ]
    [ "$(echo *)" = small.yaml ]
}

@test "eval" {
    document eval small.yaml
    holds '.loss > 0 and (.gradient.u | type) == "number" and (.gradient.U | length) == 3 and (.gradient.U[0] | length) == 3'
    holds "$tests_fields"
}

@test "verify: the path beside that of one scalar equation" {
    document verify small.yaml
    holds '.second_road | .method == "spectral" and .samples == 5 and .difference > 0 and .difference < 1e-8 and .time > 0'
    document verify small.yaml --set flow.rtol=1e-5
    holds '.second_road.difference > 1e-8 and .second_road.difference < 1e-3'
    document verify small.yaml --set statement=separate --set 'init={scheme: gaussian, scale: 0.1, seed: 1}' \
        --set 'claims=[monotone-loss]'
    holds '.second_road | .samples == 0 and .difference == null and (.difference_reason | contains("spectral"))'
    document verify small.yaml --set 'claims=[non-convex]'
    holds 'has("second_road") | not'
}

@test "eval needs no Hessian" {
    local product="U$(printf ' * U%.0s' {1..100})"
    cat >degree.yaml <<END
statement:
  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}
  parameters: {U: [d, d]}
  define: {"y[i]": "w' * x[i]"}
  prediction: "1/rho * sum(i, y[i] * x[i]') * $product * xq"
  target: "w' * xq"
data: {dimension: 2, context: 5}
init: {scheme: gaussian, scale: 0.3}
END
    lsaflow eval degree.yaml --json
    [ "$status" -eq 0 ]
    holds '.loss > 0 and (.gradient.U | length) == 2'
}

@test "predict" {
    document predict small.yaml
    holds '.minimum.loss > 0 and (.minimum.uU | length) == 3 and .minimum.parameters.u > 0 and
        (.minimum.parameters.U[2] | length) == 3 and (.constants.Gamma | length) == 3 and .constants.mu > 0'
    holds "$tests_fields"
}

@test "run" {
    document run small.yaml --set 'flow.output={times: [0, 0.5, 1]}'
    holds '(.samples | map(.time)) == [0, 0.5, 1] and (.samples | all(.loss > 0 and .gap > 0 and .parameters.u > 0))'
    holds '.final.kind == "global-minimum" and (.final.parameters.U | length) == 3 and .minimum.loss > 0 and
        (.conserved | to_entries | all(.value | has("start") and has("drift"))) and
        (.events | all(has("name") and has("time") and has("loss"))) and .solver.seconds >= 0'
    holds "$tests_fields"
}

@test "run by the spectral road" {
    document run small.yaml
    local other=$output
    document run small.yaml --set flow.method=spectral
    holds '.solver.method == "spectral" and .solver.path_error > 0 and .solver.path_error < 1e-11'
    [ "$(echo "$output" | jq -c '[.final.kind, .events[].name]')" = "$(echo "$other" | jq -c '[.final.kind, .events[].name]')" ]
    echo "$other" | jq -e '.solver | has("path_error") | not'
    lsaflow run small.yaml --json --set flow.method=spectral --set "init={scheme: gaussian, scale: 300}"
    [ "$status" -eq 2 ]
    [[ "$stderr" == *"the spectral method cannot follow this path"* ]]
}

@test "predict gives no number of a limit that the start leaves open" {
    cat >open.yaml <<END
statement: full
data: {dimension: 2, context: 3, covariance: {spectrum: [1, 0]}}
init: {scheme: values, values: {u: 0.1, U: [[0.3, 0.4], [0, -0.5]], px: [0.1, 0.3], k: [0.3, 0.4]}}
tests: []
END
    lsaflow predict open.yaml --json --quiet
    [ "$status" -eq 0 ]
    holds '.minimum.loss > 0 and .minimum.parameters == null and (.minimum.parameters_reason | test("start away from 0"))'
    holds '.constants | (.u_limit == null and .local_rate == null and .u_limit_reason == .local_rate_reason)'
    holds '.constants.u_limit_reason | test("start away from 0")'
}

@test "run in a large dimension keeps no samples' parameters" {
    cat >large.yaml <<END
statement: merged
data: {dimension: 400, context: 400}
init: {sigma: 0.01, theta: {random: 3}}
flow: {rtol: 1.0e-6}
tests: []
END
    lsaflow run large.yaml --out out --no-plots
    [ "$status" -eq 0 ]
    output=$(cat out/summary.json)
    holds '(.samples | length) == 200 and (.samples | all(.loss > 0 and .parameters == null and has("parameters_reason")))'
    holds '.final.kind == "global-minimum" and (.events | length) > 1'
    [ -s out/gap.csv ]
    [ ! -e out/parameters.csv ]
}

@test "sample" {
    document sample small.yaml
    holds '.tests | length == 3 and all(.error > 0 and .stderr > 0 and .prompts > 0 and (.resolved | type) == "boolean" and
        (.baselines | keys) == ["ols", "zero"] and .half_width > .stderr and
        (.baselines | all(has("difference") and .difference_stderr >= 0)) and
        (.predicted_stderr / .stderr | . > 0.8 and . < 1.25) and .detects > .half_width / .predicted and
        .controlled.stderr < .stderr and .controlled.reduction < 1)'
    for place in init final limit; do
        document sample small.yaml --at "$place"
        echo "$output" >"../$place"
    done
    ! cmp -s ../init ../limit
}

# Every digit, for one thread and for two; direct, beside baselines that need the context, and fast.
@test "sample does not know the number of threads" {
    for mode in direct fast; do
        for baselines in '[]' '[ols, ridge, best-linear, one-step, zero]'; do
            for threads in 1 2; do
                document sample small.yaml --threads "$threads" --set "monte_carlo.mode=$mode" \
                    --set "monte_carlo.baselines=$baselines" --set monte_carlo.relative_error=0.01
                echo "$output" >"../$mode-$threads"
            done
            cmp "../$mode-1" "../$mode-2"
        done
    done
    ! cmp -s ../direct-1 ../fast-1
}

@test "verify" {
    document verify small.yaml
    holds '.verdict == "holds" and (.claims | map(.name)) == ["limit-u", "minimum-loss", "balanced"] and
        (.claims | all(has("source") and has("hypotheses") and has("predicted") and has("measured") and has("tolerance")
         and has("slack") and .verdict == "holds" and has("why")))'
}

@test "verify: Theorem 4.2 on rows of data, which are not Gaussian" {
    lsaflow verify "$LSAFLOW_SOURCE/models/own-data.yaml" --json --set 'claims=[test-error]' --set monte_carlo.relative_error=0.1
    [ "$status" -eq 0 ]
    holds '[.claims[] | select(.test == "stack-loss")] | length == 5 and all(.verdict == "holds" and
        (.why | startswith("Gaussian x not met; not needed")) and (.hypotheses | any(.name == "Gaussian x (not needed)")))'
}

@test "derive" {
    document derive small.yaml
    holds '.loss.terms == 5 and (.loss.text | contains("tr(Lambda)")) and (.loss.latex | contains("\\Lambda")) and
        (.gradient | keys) == ["U", "u"] and .gradient.u.terms == 4'
    json=$output
    lsaflow derive small.yaml --format json
    [ "$output" = "$json" ]
    document derive small.yaml --log
    holds '.log | contains("Isserlis")'
}

@test "derive: notations" {
    lsaflow derive small.yaml
    [[ "$output" == *"1/2*u^2*tr(Lambda^2*U*Lambda*U')"* && "$output" == *"dL/dU"* && "$output" == *"A small check"* ]]
    lsaflow derive small.yaml --format latex
    [[ "$output" == *'\operatorname{tr}'* ]]
    lsaflow derive small.yaml --format mathml
    [[ "$output" == *'<math xmlns='* ]]
    lsaflow derive small.yaml --log
    [[ "$output" == *"Isserlis"* ]]
}

@test "check: the printed loss is the loss; a wrong term is named" {
    loss=$("$LSAFLOW" derive small.yaml --json | jq -r .loss.text)
    document check small.yaml "$loss"
    holds '.equal and .difference == "0"'
    # the text of a terminal, one term a line, is the same sum
    broken=$("$LSAFLOW" derive small.yaml | sed -n '/^L  /,/^$/p' | sed 1d)
    document check small.yaml "$broken"
    holds .equal
    lsaflow check small.yaml "$loss + tr(U)" --json
    [ "$status" -eq 1 ]
    holds '(.equal | not) and .difference == "tr(U)"'
    lsaflow check small.yaml "$loss + tr(U)"
    [ "$status" -eq 1 ]
    [[ "$output" == *"differs"*"tr(U)"* ]]
    lsaflow_fails 2 "expression:1:12" check small.yaml "u*tr(Lambda"
}

@test "vary: one document with all runs" {
    document predict small.yaml --set 'vary={data.context: [10, 40], init.sigma: [0.1, 0.2]}'
    holds '(.runs | length) == 4 and .runs[0].values["data.context"] == 10 and .runs[3].values["init.sigma"] == 0.2 and
        (.runs | all(.minimum.loss > 0))'
}

@test "--list-claims needs no model" {
    lsaflow verify --list-claims
    [ "$status" -eq 0 ]
    [[ "$output" == *"limit-u"*"Theorem 4.1"* ]]
}

@test "--set: several, in order; --seed is a key" {
    document eval small.yaml --set data.context=7 --set data.dimension=2 --set 'data.covariance={scale: 2}'
    holds '(.gradient.U | length) == 2'
    document sample small.yaml --seed 5
    first=$output
    document sample small.yaml --set monte_carlo.seed=5
    [ "$output" = "$first" ]
    document sample small.yaml --seed 6
    [ "$output" != "$first" ]
}

@test "threads change nothing, not a byte" {
    for command in sample "verify --set claims=[limit-u,test-error]"; do
        # shellcheck disable=SC2086 # words
        one=$("$LSAFLOW" $command small.yaml --json --threads 1)
        # shellcheck disable=SC2086
        [ "$("$LSAFLOW" $command small.yaml --json --threads 2)" = "$one" ]
    done
}

@test "a locale with decimal commas changes nothing" {
    if ! locale -a | grep -qi '^de_DE.utf-\?8'; then
        mkdir locales
        localedef -i de_DE -f UTF-8 locales/de_DE.UTF-8 2>/dev/null || skip "no such locale, and none can be made"
        export LOCPATH=$PWD/locales
    fi
    plain=$(LC_ALL=C "$LSAFLOW" predict small.yaml --json)
    [ "$(LC_ALL=de_DE.UTF-8 "$LSAFLOW" predict small.yaml --json)" = "$plain" ]
    [ "$(LC_ALL=de_DE.UTF-8 "$LSAFLOW" predict small.yaml)" = "$(LC_ALL=C "$LSAFLOW" predict small.yaml)" ]
}

@test "a value that does not exist is null with its reason" {
    document predict small.yaml --set 'tests=[{name: endless, context: .inf}]'
    holds '.tests[0].context == null and .tests[0].context_reason == "infinite"'
}

# Settings of one entry share a name; each is an error, a verdict and a point of a figure of its own.
@test "a list of scales: every setting says which it is, and all are drawn" {
    scales='tests=[{name: scaled, context: [20, 40], covariance: {train_scaled: [0.25, 1, 4]}}]'
    document predict small.yaml --set "$scales"
    holds '.tests | map([.name, .context, .covariance_scale]) == [["scaled", 20, 0.25], ["scaled", 40, 0.25],
        ["scaled", 20, 1], ["scaled", 40, 1], ["scaled", 20, 4], ["scaled", 40, 4]]'
    document sample small.yaml --set "$scales"
    holds '.tests | map(.covariance_scale) == [0.25, 0.25, 1, 1, 4, 4]'
    document verify small.yaml --set "$scales" --set 'claims=[test-error]'
    holds '.claims | map(.covariance_scale) == [0.25, 0.25, 1, 1, 4, 4]'
    lsaflow predict small.yaml --set "$scales"
    [[ "$output" == *"scaled, c = 0.25"*"scaled, c = 1 "*"scaled, c = 4 "* ]]
    lsaflow verify small.yaml --set "$scales" --set 'claims=[test-error]' --out drawn --no-plots
    [ "$status" -eq 0 ]
    [[ "$output" == *"test-error (scaled, c = 0.25, M = 20)"* ]]
    [ "$(grep -c 'Monte Carlo' drawn/scales.csv)" -eq 6 ]
}

@test "bench: rows with their numbers, groups by name" {
    document bench vectors derive --rounds 1
    holds '(.bench | map(.name) | unique) == ["derive", "vectors"] and (.bench | length) > 10 and (.bench | all(
        (.case | type) == "string" and .size >= 1 and .median > 0 and .minimum > 0 and .minimum <= .median and
        (.unit | type) == "string" and has("ratio") and has("against") and .rounds == 1)) and
        (.bench | map(select(.name == "vectors")) | all(.ratio > 0 and .against == "our own vectors")) and
        (.caveats | length) > 2'
}

@test "the parts of an error: their sum, the terms of Theorem 4.2, null with a reason" {
    document predict small.yaml
    holds '.tests | all((.best_linear + .split.shift + .split.finite_training + .split.finite_context - .error | fabs) < 1e-14
        and (.split.finite_training - .training_term | fabs) < 1e-14)'
    document predict small.yaml --set 'tests=[{context: 2, query_covariance: orthogonal}]'
    holds '.tests[0].split == null and (.tests[0].split_reason | contains("orthogonal"))'
    document eval small.yaml
    holds '.tests | all(.split == null and (.split_reason | length) > 0)'
    document predict small.yaml --set 'tests=[{context: 5, contexts: {student: 3.5}}]'
    holds '.tests[0].split.finite_context == null and .tests[0].split.shift < 1e-15'
    lsaflow predict small.yaml
    [[ "$output" == *"+ shift  + finite N  + finite M"* ]]
}

@test "verify: sampling ends within monte_carlo.seconds, long prompts are announced and drawn by the fast mode" {
    cat >long.yaml <<'YAML'
statement: merged
data: {context: 4000000, dimension: 4}
monte_carlo: {seconds: 6, prompts: 16384, relative_error: 0.2}
tests: [{name: whole}, {name: heavy, contexts: {student: 20}}]
claims: [test-error]
YAML
    SECONDS=0
    lsaflow verify long.yaml --json
    [ "$SECONDS" -lt 60 ]
    [ "$status" -eq 5 ]
    [[ "$stderr" == *"prompts are long"*"after 6 seconds in all (monte_carlo.seconds)"* ]]
    holds '.claims[0].verdict == "holds" and (.claims[0].why | test("scatter matrix"))'
    holds '.claims[1].verdict == "inconclusive" and (.claims[1].why | test("the time for sampling .monte_carlo.seconds, 6. was over"))'
    lsaflow verify long.yaml --json --quiet
    [ -z "$stderr" ]
}

@test "run: a path whose parameters are too many to be kept, ended before its first step" {
    cat >zero.yaml <<'YAML'
statement: merged
data: {dimension: 320, context: 20}
init: {scheme: values}
YAML
    lsaflow run zero.yaml --json
    [ "$status" -eq 0 ]
    holds '.final.kind == "saddle" and .samples[0].parameters == null and (.samples[0].parameters_reason | length) > 0'
}
