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

# own SCALE: five heads of rank one written out. The order of the parameters is that of multihead-separate, and so the start.
own() {
    local h prediction='' scalars='' keys='' queries=''
    for h in 1 2 3 4 5; do
        prediction+="${prediction:+ + }v$h/rho * sum(i, y[i] * x[i]') * K$h' * Q$h * xq"
        scalars+="v$h: scalar, "
        keys+="K$h: [1, d], "
        queries+="${queries:+, }Q$h: [1, d]"
    done
    statement "$scalars$keys$queries" "$prediction" "$1"
}

statement() { # PARAMETERS PREDICTION SCALE
    cat <<YAML
statement:
  gaussians:
    x: {covariance: Lambda, samples: N}
    xq: {covariance: Lambda}
    w: {covariance: Omega}
    eps: {variance: s2, samples: N}
  parameters: {$1}
  define: {"y[i]": "w' * x[i] + eps[i]"}
  prediction: "$2"
  target: "w' * xq"
data: {context: 31, covariance: {spectrum: [0.4, 0.3, 0.2, 0.1]}}
init: {scheme: gaussian, scale: $3, seed: 1}
tests: []
YAML
}

omega='data.task_covariance={spectrum: [1.3, 1.1, 0.9, 0.7], rotation: 7}' # commutes with no Lambda but I

# The moments at which the loss is half, the gap 1e-2, 1e-4, ..., a scalar changes its sign.
moments() {
    jq -c '[.events[] | select(.name | startswith("plateau") | not) | .time]' <<<"$output"
}

# The last run came to the same, at the same times to 1e-6.
at_the_moments_of() {
    holds "$1 as \$other | $(moments) | length == (\$other | length) and length > 2 and all([., \$other] | transpose[]; (.[0] / .[1] - 1 | fabs) < 1e-6)"
}

@test "heads written out end at the global minimum, as those of the shipped statement do" {
    for scale in 1e-5 1e-6 1e-8 1e-10; do
        own $scale >own.yaml
        sed '/^statement:/,/^  target:/d' own.yaml >shipped.yaml
        printf '%s\n' 'statement: multihead-separate' >>shipped.yaml
        for law in data.context=31 data.covariance.rotation=3 "$omega"; do
            lsaflow run own.yaml --json --set "$law" --set flow.output.points=5
            holds '.final | .kind == "global-minimum" and (.gap | fabs) < 1e-14'
            holds '.solver.steps < 20000'
            holds '[.events[] | select(.name | startswith("plateau")) | .saddle] | length == 4 and . == (sort | reverse)'
            [ $scale != 1e-5 ] && [ $scale != 1e-10 ] && continue
            own=$(moments)
            lsaflow run shipped.yaml --json --set data.heads=5 --set data.rank=1 --set "$law" --set flow.output.points=5
            at_the_moments_of "$own"
        done
    done
}

@test "the times of heads written out are those of the theory" {
    own 1e-6 >own.yaml
    sed '/^statement:/,/^  target:/d' own.yaml >shipped.yaml
    printf '%s\n' 'statement: multihead-separate' 'claims: [escape-times]' >>shipped.yaml
    lsaflow verify shipped.yaml --json --quiet --set data.heads=5 --set data.rank=1
    [ "$status" -eq 0 ]
    holds '[.claims[].verdict] | length == 4 and all(. == "holds")'
}

@test "heads of any kind: vectors, matrices, without scalars, weighted, of different ranks" {
    S="1/rho * sum(i, y[i] * x[i]')"
    statement 'K: [d, 2], Q: [2, d], a: scalar, e: vector, f: vector, m: vector, n: vector' "$S * (a*K*Q - 3*e*f' + m*n') * xq" 1e-8 >any.yaml
    for law in data.covariance.rotation=3 "$omega"; do
        lsaflow run any.yaml --json --set "$law"
        holds '.final | .kind == "global-minimum" and (.gap | fabs) < 1e-14'
        holds '.solver.steps < 20000'
    done
}

@test "heads written out of too small a rank: the least loss is that of the theory" {
    S="1/rho * sum(i, y[i] * x[i]')"
    statement 'a: scalar, e: vector, f: vector, b: scalar, m: vector, n: vector' "$S * (a*e*f' + b*m*n') * xq" 1e-2 >low.yaml
    lsaflow predict low.yaml --json --set statement=multihead-separate --set data.heads=2 --set data.rank=1 --set "$omega"
    minimum=$(jq '.minimum.loss' <<<"$output")
    lsaflow run low.yaml --json --set "$omega"
    holds ".final.kind == \"global-minimum\" and (.minimum.loss / $minimum - 1 | fabs) < 1e-13"
}

@test "heads of vectors under a layer: their rank, plateaus and times are judged" {
    statement '"q[h]": vector, "k[h]": vector, "u[h]": scalar' "sum(h, u[h]/rho * sum(i, y[i] * x[i]') * k[h] * q[h]' * xq)" 1e-3 >layer.yaml
    sed -i "s/^  target:/  layer: {px: null, u: 'u[h]', U: \"k[h] * q[h]'\", k: null}\n&/" layer.yaml
    lsaflow run layer.yaml --json --set data.heads=3
    holds '.final.kind == "global-minimum" and (.minimum.loss - 0.10490229770377 | fabs) < 1e-12' # of rank 3, not 4
    lsaflow verify layer.yaml --json --quiet --set data.heads=3 --set 'claims=[plateaus, escape-times, heads-conserved]'
    [ "$status" -eq 0 ]
    holds '[.claims[].verdict] | length == 7 and all(. == "holds")'
}

@test "what is no function of a sum of heads ends at a minimum, and nobody knows whether it is the least" {
    S="1/rho * sum(i, y[i] * x[i]')"
    statement 'a: scalar, e: vector, f: vector, b: vector' "$S * a*e*f' * xq + b' * xq" 1e-2 >other.yaml
    lsaflow run other.yaml --json
    holds '.minimum.loss == null and (.final.kind | IN("minimum", "undecided"))'
}

@test "keys that are queries: the least loss of any matrix is a bound, and here attained" {
    statement 'a: scalar, K: [4, d]' "a/rho * sum(i, y[i] * x[i]') * K' * K * xq" 1e-2 >keys.yaml
    lsaflow run keys.yaml --json --set data.covariance.rotation=3
    holds '.minimum.loss == null and .final.kind == "global-minimum" and (.final.kind_reason | test("any matrix"))'
    lsaflow run keys.yaml --json --set 'statement.parameters={a: scalar, K: [2, d]}'
    holds '.final.kind == "minimum" and (.final.kind_reason | test("not below 0.0679975358"))'
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

@test "a start that does not rest: the flow's first plateau is theory's second" {
    cat >early.yaml <<'END'
statement: multihead-separate
data: {dimension: 2, context: 5, covariance: {spectrum: [7.534e-04, 0.5153]}, label_noise: 2, heads: 2, rank: 1}
init: {scheme: gaussian, scale: 2.779e-02, seed: 330}
flow: {stop: {gap: 1.0e-6}}
claims: [plateaus, escape-times]
END
    lsaflow verify early.yaml --json
    holds '[.claims[].verdict] == ["inconclusive", "holds", "holds", "holds"]'
}
