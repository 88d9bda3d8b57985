# Flows past saddles, and what the end of a run is called, as a user sees them.
load support

heads() { # SPECTRUM SCALE [DATA]: two heads of rank one
    printf '%s\n' 'statement: multihead-separate' \
        "data: {context: 200, covariance: {spectrum: $1}, heads: 2, rank: 1$3}" \
        "init: {scheme: gaussian, scale: $2, seed: 82}" 'tests: []'
}

@test "a mode ten times slower is learned when theory says, from 1e-8 too" {
    heads '[1, 0.1]' 1e-8 >heads.yaml
    lsaflow run heads.yaml --json
    holds '.final | .kind == "global-minimum" and (.time / 6.719e9 - 1 | fabs) < 1e-3'
    holds '.solver.steps < 20000'
    for scale in 4e-5 1e-8; do
        lsaflow verify heads.yaml --json --quiet --set init.scale=$scale --set 'claims=[escape-times, plateaus]'
        [ "$status" -eq 0 ]
        holds '[.claims[].verdict] | length == 4 and all(. == "holds")'
    done
}

@test "a gap that is asked is reached, past the saddle" {
    heads '[1, 0.1]' 4e-5 >heads.yaml
    lsaflow run heads.yaml --json --set flow.stop.gap=1e-3
    holds '.final | .stopped_by == "gap" and .kind == "not-stationary" and (.gap - 1e-3 | fabs) < 1e-9 and (.time / 1.6797e6 - 1 | fabs) < 1e-3'
    lsaflow run heads.yaml --json --set flow.stop.time=1e11 --set init.scale=1e-8
    holds '.final | .kind == "global-minimum" and .time == 1e11'
}

@test "a mode of a hundred thousandth is no local minimum" {
    for scale in 4e-5 1e-8; do
        heads '[1, 1e-5]' $scale >heads.yaml
        lsaflow run heads.yaml --json
        holds '.final.kind == "global-minimum" and .solver.steps < 20000'
    done
}

# own SCALE: five heads written out, in no basis that makes Omega and Lambda diagonal
own() {
    local h prediction='' parameters=''
    for h in 1 2 3 4 5; do
        prediction+="${prediction:+ + }v$h/rho * sum(i, y[i] * x[i]') * K$h' * Q$h * xq"
        parameters+="${parameters:+, }v$h: scalar, K$h: [1, d], Q$h: [1, d]"
    done
    cat <<YAML
statement:
  gaussians:
    x: {covariance: Lambda, samples: N}
    xq: {covariance: Lambda}
    w: {covariance: Omega}
    eps: {variance: s2, samples: N}
  parameters: {$parameters}
  define: {"y[i]": "w' * x[i] + eps[i]"}
  prediction: "$prediction"
  target: "w' * xq"
data: {context: 31, covariance: {spectrum: [0.4, 0.3, 0.2, 0.1]}}
init: {scheme: gaussian, scale: $1, seed: 1}
tests: []
YAML
}

@test "heads written out end at a minimum, or say that they cannot know" {
    for scale in 1e-6 1e-10; do
        own $scale >own.yaml
        lsaflow run own.yaml --json --set data.covariance.rotation=3
        holds '.final.kind == "minimum" and (.final.loss - 0.06799753579901 | fabs) < 1e-12 and .solver.steps < 20000'
        holds '[.events[] | select(.name | startswith("plateau")) | .saddle] | length == 4 and . == (sort | reverse)'
        lsaflow run own.yaml --json --set 'data.task_covariance={spectrum: [1.3, 1.1, 0.9, 0.7], rotation: 7}'
        holds '.final | .kind == "minimum" or (.stopped_by == "rounding" and .kind == "not-stationary" and (.kind_reason | test("cannot be known")))'
        holds '.solver.steps < 20000'
    done
}

@test "an Omega that does not commute: every start ends at the minimum" {
    for scale in 1e-5 1e-6 1e-8 1e-10; do
        printf '%s\n' 'statement: multihead-separate' \
            'data: {context: 31, heads: 5, rank: 1, covariance: {spectrum: [0.4, 0.3, 0.2, 0.1]}, task_covariance: {spectrum: [1.3, 1.1, 0.9, 0.7], rotation: 7}}' \
            "init: {scheme: gaussian, scale: $scale, seed: 1}" 'tests: []' >omega.yaml
        lsaflow run omega.yaml --json
        holds '.final.kind == "global-minimum" and .solver.steps < 20000'
        holds '[.events[] | select(.name | startswith("plateau")) | .saddle] | length == 4 and . == (sort | reverse)'
    done
}

@test "a start on the stable set of the saddle at zero ends there and says why" {
    printf '%s\n' 'statement: merged' 'data: {context: 10, dimension: 1}' \
        'init: {scheme: values, values: {u: 0.3, U: [[-0.3]]}}' 'claims: [reduced-blocks-stay-zero]' >balanced.yaml
    for statement in merged full; do
        lsaflow run balanced.yaml --json --set statement=$statement
        holds '.final | .kind == "saddle" and (.loss - 0.5 | fabs) < 1e-12 and (.kind_reason | test("stable set")) and .hessian.negative == (.hessian.unstable | length)'
    done
    lsaflow verify balanced.yaml --json --quiet
    [ "$status" -eq 0 ]
}

@test "final is the polished point of a run that converged, else the raw one, and its kind is that point's" {
    for statement in merged separate; do
        lsaflow run small.yaml --json --set statement=$statement --set flow.stop.gap=0.1
        holds '.final | .kind == "not-stationary" and .raw.gap == .gap and (.excess | . > 0.1) and (.kind_reason | test("goes on"))'
        lsaflow run small.yaml --json --set statement=$statement --set flow.stop.gap=1e-6
        holds '.final | .kind == "not-stationary" and .raw.gap == .gap'
        lsaflow run small.yaml --json --set statement=$statement --set flow.stop.gap=1e-9
        holds '.final | .kind == "global-minimum" and (.gap | fabs) < 1e-14 and .raw.gap > 1e-10'
    done
}

@test "samples past the end of a run that was stopped do not exist" {
    lsaflow run small.yaml --json --set flow.stop.time=5 --set 'flow.output.times=[0, 1, 5, 10, 100]'
    holds '[.samples[].time] == [0, 1, 5, 10, 100]'
    holds '[.samples[] | .loss != null and .parameters != null] == [true, true, true, false, false]'
    holds '.samples[3] | .gap == null and (.loss_reason | test("stopped by time")) and (.parameters_reason | test("ended at time 5"))'
    lsaflow run small.yaml --json --set flow.stop.time=5 --set 'flow.output.times=[10, 100]' --out here
    holds '[.samples[].loss] == [null, null]'
    lsaflow run small.yaml --json --set 'flow.output.times=[1e5, 1e6]' # converged: they hold the end
    holds '.samples[1].gap < 1e-20'
}

@test "a large layer that starts at rest has samples without parameters" {
    printf '%s\n' 'statement: merged' 'data: {dimension: 320, context: 20}' 'init: {scheme: values}' 'tests: []' >zero.yaml
    lsaflow run zero.yaml --json
    [ "$status" -eq 0 ]
    holds '.final.kind == "saddle" and .samples[0].parameters == null and (.samples[0].parameters_reason | length) > 0'
}

@test "a large layer that is interrupted at once keeps what it has" {
    printf '%s\n' 'statement: full' 'data: {dimension: 350, context: 20}' 'init: {scheme: gaussian}' 'tests: []' >large.yaml
    for seconds in 0.1 0.3 0.8; do
        run timeout --preserve-status -s TERM $seconds "$LSAFLOW" run large.yaml --json
        [ "$status" -eq 143 ]
    done
}

@test "a linear grid ends, however far its end" {
    printf '%s\n' 'statement: merged' 'data: {dimension: 2, context: 10, covariance: {spectrum: [1e5, 1e-5]}}' \
        'init: {sigma: 10}' 'flow: {output: {spacing: linear}}' 'tests: []' >linear.yaml
    run timeout -s KILL 20 "$LSAFLOW" run linear.yaml --json
    [ "$status" -eq 0 ]
    holds '(.samples | length) == 200 and ([.samples[].time] | . == sort)'
}
