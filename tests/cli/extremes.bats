# Laws far from unit scale, huge starts and huge contexts, as a user sees them.
load support

@test "verify at 1e-150 and 1e150 says what it says at 1, and its units" {
    for law in '1 0.4 0.2' '1e-150 0.4e-150 0.2e75' '1e150 0.4e150 0.2e-75'; do
        read -r first second sigma <<<"$law"
        printf '%s\n' 'statement: merged' "data: {context: 6, covariance: {spectrum: [$first, $second], rotation: 5}}" \
            "init: {sigma: $sigma}" 'tests: [{context: 9}]' \
            'monte_carlo: {prompts: 20000, relative_error: 0.3, baselines: [ols, one-step]}' >law.yaml
        lsaflow verify law.yaml --json --quiet
        [ "$status" -eq 0 ] # nothing fails, nothing is left open
        jq -c '[.claims[] | [.name, .verdict]]' <<<"$output" >verdicts
        [ -e wanted ] || cp verdicts wanted
        cmp verdicts wanted
        jq -e --arg first "$first" 'has("units") == ($first != "1")' <<<"$output"
    done
}

@test "the baseline of one step does not underflow" {
    printf '%s\n' 'statement: merged' 'data: {context: 5, covariance: {spectrum: [1e-150, 0.5e-150]}}' >law.yaml
    lsaflow sample law.yaml --json --quiet
    holds '.tests[0] | .resolved and .baselines."one-step".error < 0.5 * .baselines.zero.error'
}

@test "a minimum at 1e-100 is the one that predict knows" {
    printf '%s\n' 'statement: merged' 'data: {context: 5, covariance: {spectrum: [1e-100, 0.5e-100]}}' \
        'init: {sigma: 1e49}' 'tests: []' >law.yaml
    lsaflow run law.yaml --json
    holds '.final | .kind == "global-minimum" and (.loss / 2.7777777777777778e-101 - 1 | fabs) < 1e-12'
}

@test "a context of 1e12 fails no claim" {
    printf '%s\n' 'statement: merged' 'data: {context: 1000000000000, covariance: {spectrum: [1, 0.5]}}' \
        'claims: [test-error, test-error-bounds, competitive-with-best-linear]' >law.yaml
    lsaflow verify law.yaml --json --quiet
    holds '[.claims[].verdict] | index("fails") == null'
}

@test "a context that no double counts is refused by its range" {
    printf '%s\n' 'statement: merged' 'data: {context: 9007199254740993, dimension: 2}' >law.yaml
    lsaflow_fails 2 '9007199254740992' eval law.yaml
}

@test "units of columns far apart do not hide a sign of Lemma 5.1" {
    printf '%s\n' 'statement: merged' 'data: {context: 50, covariance: {spectrum: [1, 1.0e-10]}}' 'claims: [quadratic-form]' >law.yaml
    lsaflow verify law.yaml --json --quiet
    holds '.verdict == "holds"'
}

@test "claims on a path that comes from above its limit" {
    printf '%s\n' 'statement: merged' 'data: {dimension: 2, context: 50}' 'init: {sigma: 100}' 'claims: [white-course]' >law.yaml
    lsaflow verify law.yaml --json --quiet
    holds '.verdict == "holds"'
    printf '%s\n' 'statement: merged' 'data: {dimension: 2, context: 50, covariance: {scale: 1.0e8}}' \
        'claims: [reduced-blocks-stay-zero]' >law.yaml
    lsaflow verify law.yaml --json --quiet
    holds '.verdict == "holds"'
    printf '%s\n' 'statement: merged' 'data: {context: 10, covariance: {spectrum: [1, 0.5]}}' 'tests: []' \
        'init: {scheme: values, values: {u: 1e6, U: [[1e6, 0], [0, 1e6]]}}' 'claims: [monotone-loss]' >law.yaml
    lsaflow verify law.yaml --json --quiet
    holds '.verdict == "holds"'
}

@test "what heads that cancel leave of the loss is null, and why" {
    printf '%s\n' 'statement: multihead' 'data: {context: 10, covariance: {spectrum: [1, 0.5]}, heads: 2}' \
        'init: {sigma: 1e8, theta: {random: 5}}' 'claims: [monotone-loss, exponential-decay, limit-product]' >law.yaml
    lsaflow run law.yaml --json --quiet
    holds '.final.kind == "undecided" and .final.loss == null and (.final.loss_reason | test("^products of heads of size .* cancel to"))'
    holds '.final.gap == null and .final.kind_reason == .final.loss_reason and .final.hessian.zero == null'
    holds '.tests[0].error == null and .tests[0].error_reason == .final.loss_reason'
    holds '.samples[0].loss > 1e30 and .events == []'
    lsaflow run law.yaml --no-plots --quiet
    [[ "$output" == *"not known"* && "$output" == *"cancel to"* ]]
    lsaflow verify law.yaml --json --quiet
    holds '[.claims[].verdict] | index("fails") == null'
}
