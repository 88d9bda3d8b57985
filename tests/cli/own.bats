# Statements that theory does not know: what is judged, drawn and predicted of them; figures of the file's own; changed claims.
load support

own() {
    cat >own.yaml <<'YAML'
statement:
  constants: {v: vector}
  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}
  parameters: {u: scalar, U: [d, d], b: vector}
  prediction: "u/rho * sum(i, (w + v)'*x[i] * x[i]') * U * xq + b' * xq"
  target: "(w + v)' * xq"
data: {dimension: 2, context: 10, covariance: {spectrum: [2, 1]}, values: {v: [1, -0.5]}}
init: {scheme: gaussian, scale: 0.2, seed: 2}
flow: {stop: {gradient: 1e-9}, output: {points: 20}}
monte_carlo: {prompts: 20000, relative_error: 0.2}
YAML
}

@test "verify judges what needs no theory" {
    own
    lsaflow verify own.yaml --json
    [ "$status" -eq 0 ]
    for claim in loss-by-sampling loss-by-cubature gradient-by-sampling conserved falling-loss resting-point test-error; do
        holds ".claims[] | select(.name == \"$claim\") | .verdict == \"holds\""
    done
    holds '.claims[] | select(.name == "conserved") | .why == "u^2 - tr(U*U'"'"')" and .resolution < 1e-6'
    holds '.claims[] | select(.name == "resting-point") | .measured == 0'
    lsaflow verify small.yaml --json --set 'claims=[conserved, resting-point]'
    [ "$status" -eq 5 ]
    holds '.claims | all(.verdict == "not-applicable")'
}

@test "a flow that rests at a saddle is told" {
    own
    lsaflow verify own.yaml --json --set 'claims=[resting-point]' --set 'init={scheme: values, values: {u: 0}}' \
        --set data.values.v='[0, 0]' --set 'flow.stop={time: 10}'
    [ "$status" -eq 1 ]
    holds '.claims[0] | .verdict == "fails" and .measured > 0 and (.why | startswith("saddle"))'
}

@test "run says what is conserved, and draws the flow" {
    own
    lsaflow run own.yaml --json
    holds '.conserved_forms == [{formula: "u^2 - tr(U*U'"'"')", start: .conserved_forms[0].start, drift: .conserved_forms[0].drift}]'
    holds '.conserved_forms[0].drift < 1e-8 and .conserved_forms[0].start == .conserved["u^2 - |U|_F^2"].start'
    lsaflow run small.yaml --json
    holds 'has("conserved_forms") | not'
    lsaflow run own.yaml --out results
    [[ "$output" == *"u^2 - tr(U*U') = "* ]]
    for figure in course norms singular-values conserved; do
        [ -s "results/$figure.png" ] && [ -s "results/$figure.svg" ] && [ -s "results/$figure.csv" ]
        grep -q "$figure.svg" results/index.html
    done
    [ ! -e results/gap.png ]
}

@test "predict: the least loss where it is known, else the lowest end of many starts" {
    own
    lsaflow predict own.yaml --json
    [ "$status" -eq 0 ]
    holds '.minimum.loss == null and (.minimum.loss_reason | contains("bounds it from above"))'
    holds '.best | .starts == 13 and .distinct_ends == (.ends | length) and ([.ends[].starts] | add) + .failed == 13'
    holds '.best | (.ends | sort_by(.loss)) == .ends and .ends[0].loss == .loss and (.parameters.b | length) == 2'
    holds '.tests[0].error == 2 * .best.loss or (.tests[0].error / (2 * .best.loss) - 1 | fabs < 1e-12)'
    lsaflow predict own.yaml
    [[ "$output" == *"an upper bound"* && "$output" == *"distinct ends"* ]]
    sed -i '/prediction/s/u.*+ b/b/; /parameters/s/u: scalar, U: .d, d., //' own.yaml
    lsaflow predict own.yaml --json # b learns v, and w is left: tr(Lambda)/2
    holds '.minimum.loss == 1.5 and .minimum.parameters.b == [1, -0.5] and (has("best") | not)'
}

@test "figures: values, gaps with their reasons, tests" {
    own
    cat >>own.yaml <<'YAML'
tests: [{name: short, context: 5}, {name: other, covariance: {spectrum: [1, 2]}}]
figures:
  - {name: norms, y: ["norm(b - v)", "b", "log(u)", "gap"], log: none}
  - {name: errors, title: "50 % <of> 'all'", x: M, y: ["limit(error(test))", "limit(error(short, M))", "2*M"]}
YAML
    lsaflow run own.yaml --json
    [ "$status" -eq 0 ]
    holds '.figures[0] | .x == "t" and (.at | length) == 20 and ([.curves[].formula] == ["norm(b - v)", "b", "b", "log(u)", "gap"])'
    holds '.figures[0].curves | .[1].entry == "(1)" and .[2].entry == "(2)" and .[0].missing == 0'
    holds '.figures[0].curves[4] | .missing == 20 and (.reason | contains("best(loss)")) and (.values | all(. == null))'
    holds '. as $d | [range(20)] | all(. as $i | ($d.samples[$i].parameters.b[1] == $d.figures[0].curves[2].values[$i]))'
    # error(test) is drawn for both laws, error(short, M) once and equal to the first
    holds '[.figures[1].curves[] | [.formula, .test]] == [["limit(error(test))", "short"], ["limit(error(short, M))", null], ["2*M", null], ["limit(error(test))", "other"]]'
    holds '.figures[1] | .curves[0].values == .curves[1].values and .curves[0].values != .curves[3].values and .at[0] == 1 and .at[-1] == 100'
    holds '.figures[1] | [.at[] * 2] == .curves[2].values'
    lsaflow run own.yaml --out results
    [ -s results/figure-norms.png ] && [ -s results/figure-errors.svg ]
    [[ "$output" == *"Curves with gaps"*"norms: gap, 20 of 20 points: "* ]]
    grep -q '50 % &lt;of&gt; &#39;all&#39;' results/index.html || grep -q "50 % &lt;of&gt;" results/index.html
}

@test "figures: limits, and other models at the same context" {
    cat >two.yaml <<'YAML'
statement: merged
data: {context: 7, covariance: {matrix: [[2, 0.5], [0.5, 1]]}}
init: {sigma: 0.3}
flow: {output: {points: 10}}
models: {same: {init.sigma: 0.2, tests.0.context: 50}}
tests: [{name: a, context: 9}]
figures:
  - {name: m, x: M, y: ["limit(error(test))", "limit(error(test, M)) @ same", "limit(error(a)) @ same"]}
  - {name: t, y: ["lim(inf(loss), N -> .inf)", "inf(loss)", "loss"]}
YAML
    lsaflow run two.yaml --json
    [ "$status" -eq 0 ]
    # both models end at one product: their errors are the same at every M, and the other one's own test is at its own M
    holds '.figures[0].curves as $c | [range($c[0].values | length)] | all($c[0].values[.] / $c[1].values[.] - 1 | fabs < 1e-8)'
    holds '.figures[0].curves[2].values | unique | length == 1'
    holds '.figures[1].curves | (.[0].values | all(fabs < 1e-9)) and ((.[2].values | last) / .[1].values[0] - 1 | fabs < 1e-9)'
}

@test "figures: what is none is an error with its place" {
    own
    printf 'figures:\n  - {y: ["norm(b)", "norm(Ux)"]}\n' >>own.yaml
    lsaflow_fails 2 "own.yaml:12:27: figures.0.y.1: unknown name 'Ux'; did you mean 'x'?" run own.yaml
    lsaflow_fails 2 "own.yaml:12:27: figures.0.y.1: unknown name 'Ux'" verify own.yaml
    local set='--set'
    lsaflow_fails 2 "found 'data.context': a figure of one run is against t or M" run own.yaml $set 'figures=[{y: u, x: data.context}]'
    lsaflow_fails 2 "found 'T', expected t or M" run own.yaml $set 'figures=[{y: u, x: T}]'
    lsaflow_fails 2 "found a condition, expected a formula with a value" run own.yaml $set 'figures=[{y: "u == 1"}]'
    lsaflow_fails 2 "shapes do not agree: d x 1 + d x d" run own.yaml $set 'figures=[{y: "b + U"}]'
    lsaflow_fails 2 "figures.0.y.1: more than 64 curves in one figure" run own.yaml $set 'figures=[{y: [hessian, hessian]}]'
    lsaflow_fails 2 "found 0 formulas, expected 1 to 16" run own.yaml $set 'figures=[{y: []}]'
    lsaflow_fails 2 "found 'a/b', expected at most 60 small letters" run own.yaml $set 'figures=[{y: u, name: a/b}]'
    lsaflow_fails 2 "two figures are called 'a'" run own.yaml $set 'figures=[{y: u, name: a}, {y: u, name: a}]'
    lsaflow_fails 2 "expected one of none, x, y, xy" run own.yaml $set 'figures=[{y: u, log: z}]'
    lsaflow_fails 2 "the key 'y' is missing" run own.yaml $set 'figures=[{x: t}]'
    lsaflow_fails 2 "'M' is a test's" run own.yaml $set 'figures=[{y: "M*u"}]'
}

@test "changed claims: refuted, the same, not told, and what would tell" {
    sed -i '/^claims/d' small.yaml
    cat >>small.yaml <<'YAML'
claims:
  - {name: product, where: {Gamma: "(1 + 1/N)*Lambda + (tr(Lambda) + s2)/N*I"}, claim: "limit(u*U) == inv(Gamma)"}
  - {name: wrong, claim: "d == 4"}
  - {name: bound, claim: "inf(risk) >= tr(Lambda)/(8*N)"}
YAML
    lsaflow verify small.yaml --json --mutants
    [ "$status" -eq 1 ]
    holds '.mutants_left_out == 1 and ([.mutants[].claim] | unique) == ["bound", "product"]'
    holds '.mutants[] | select(.change | startswith("s2 -> 0")) | .outcome == "this model cannot tell" and .told_by == ["data.label_noise=0.5"]'
    holds '.mutants[] | select(.change == "N -> N + 1 in 1/N") | .outcome == "refuted"'
    holds '.mutants[] | select(.change | startswith("U -> U")) | .outcome == "same formula"'
    # an inequality is changed only to say more: the bound without its divisor, and not with N + 1
    holds '[.mutants[] | select(.claim == "bound") | .change] | any(startswith("without the factor 8")) and all(startswith("N -> N + 1") | not)'
    lsaflow verify small.yaml --mutants --no-plots --out results
    [[ "$output" == *"Claims changed in one place"* && "$output" == *"this model cannot tell: change data.label_noise to 0.5"* ]]
    [ -s results/mutants.csv ] && grep -q 'Claims changed in one place' results/index.html
    lsaflow verify small.yaml --mutants --no-plots --out results --set 'claims=[statement-is-layer]'
    [[ "$output" == *"there is none to be changed"* ]]
    lsaflow_fails 2 "--mutants belongs to verify" run small.yaml --mutants
}
