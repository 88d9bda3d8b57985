# Models beyond what docs/testing.md says of accuracy (conditions to 1e8, starts from 1e-6 to 1e2 of the limit's size, rtol to 1e-6): nothing
# true is refuted, what cannot be known is inconclusive, and no prediction that is off by ten times its resolution holds.
bats_require_minimum_version 1.5.0

CLAIMS='claims: [quadratic-form, non-convex, stationary-minimum, rank-one-point, fixed-points, reduced-blocks-stay-zero, limit-u, limit-U, limit-product, minimum-loss, balanced, heads-conserved, u-lower-bound, pl-inequality, exponential-decay, sharp-decay, off-diagonal-decay, monotone-loss, growth-rate, local-rate, plateaus, escape-times]'

# judge NAME: judges the model on standard input; lines go to $said.
judge() {
    said=$BATS_TEST_TMPDIR/$1.said
    { cat; printf 'tests: []\n%s\n' "$CLAIMS"; } >"$BATS_TEST_TMPDIR/$1.yaml"
    OMP_NUM_THREADS=1 "$(dirname "$LSAFLOW")/tests/verdicts_judge" "$BATS_TEST_TMPDIR/$1.yaml" >"$said"
    cat "$said"
    if grep -E '^error|^claim .* fails|^power .* resolutions holds' "$said"; then return 1; fi
}

# inconclusive CLAIM ...: all of them are, and others hold.
inconclusive() {
    for claim; do grep -q "^claim $claim inconclusive" "$said"; done
    grep -q '^claim .* holds' "$said"
}

@test "condition 1e14: what the least eigenvalue would decide is open" {
    judge condition <<'YAML'
statement: merged
data: {dimension: 3, context: 20, covariance: {spectrum: geometric, condition: 1e14, rotation: 2}}
init: {scheme: gaussian, scale: 0.01, seed: 3}
flow: {rtol: 1e-6}
YAML
    inconclusive quadratic-form balanced limit-product
}

@test "heads from 1e8 that cancel" {
    judge cancel <<'YAML'
statement: multihead
data: {dimension: 2, context: 20, heads: 2, covariance: {spectrum: [1, 0.3]}}
init: {scheme: gaussian, scale: 1e8, seed: 3}
YAML
    inconclusive monotone-loss
}

@test "label noise of 1e13: the residual of the full layer says nothing of the product" {
    judge noise <<'YAML'
statement: full
data: {dimension: 2, context: 10, label_noise: 1e13}
init: {scheme: gaussian, scale: 0.1, seed: 3}
YAML
    inconclusive stationary-minimum reduced-blocks-stay-zero
}

@test "a path at rtol 1e-2 from 100 at condition 1e8" {
    judge coarse <<'YAML'
statement: merged
data: {dimension: 3, context: 20, covariance: {spectrum: geometric, condition: 1e8, rotation: 2}}
init: {scheme: gaussian, scale: 100, seed: 3}
flow: {rtol: 1e-2}
YAML
    inconclusive sharp-decay off-diagonal-decay monotone-loss
}

@test "a start of 1e7 at condition 1e6" {
    judge far <<'YAML'
statement: merged
data: {dimension: 3, context: 20, covariance: {spectrum: geometric, condition: 1e6}}
init: {scheme: gaussian, scale: 1e7, seed: 3}
flow: {rtol: 1e-3}
YAML
    inconclusive sharp-decay off-diagonal-decay limit-product monotone-loss
}

@test "a task that Omega leaves out decays at its own rate" {
    judge left_out <<'YAML'
statement: merged
data: {dimension: 5, context: 40, covariance: {spectrum: power, exponent: 0.85, trace: 5}, task_covariance: {spectrum: [50, 45, 34, 34, 0]}}
init: {sigma: 0.42}
flow: {rtol: 1e-6}
YAML
    grep -q '^claim local-rate holds' "$said"
}

@test "Lambda Omega Lambda of condition 1e11: its rounding refutes no minimum" {
    judge constants <<'YAML'
statement: multihead-separate
data:
  dimension: 5
  context: .inf
  heads: 4
  rank: 5
  covariance: {spectrum: [2.439e-05, 3.619e-07, 1.213e-02, 1.505e-01, 5.737e-02], rotation: 87}
  task_covariance: {spectrum: [4.309e-01, 2.306e-01, 2.301e-01, 8.866e-02, 4.695e-01]}
init: {scheme: gaussian, scale: 4.343e-04, seed: 277}
flow: {stop: {gap: 1e-14, wall: 20}}
YAML
    grep -q '^claim stationary-minimum holds' "$said"
}
