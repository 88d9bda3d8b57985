# A share of script/calibrate-formulas: no true formula fails, and what is off by twice its stated resolution does.
bats_require_minimum_version 1.5.0

@test "true formulas: none fails, errors of twice the resolution do" {
    cd "$LSAFLOW_SOURCE"
    tools=$(dirname "$LSAFLOW")/tests
    data=tests/data/true-formulas
    [ "$(cat "$data"/*.yaml | wc -l)" -eq 60 ]
    # Left out by name: on 4000006 s-conserved, limit(K*K' - Q*Q') at its start's, is refuted by 4.5e-9 of K K', which is the
    # drift of the path: the radius of a limit does not hold the end's place along the orbits yet (docs/testing.md).
    for k in 4000001 4000002 4000003 4000004 4000005 4000007; do
        model=$BATS_TEST_TMPDIR/$k.yaml
        "$tools/verdicts_generate" "$k" >"$model"
        statement=$(sed -n 's/^statement: //p' "$model")
        set -- "$data/any.yaml"
        [ -z "$statement" ] || [ ! -e "$data/$statement.yaml" ] || set -- "$@" "$data/$statement.yaml"
        OMP_NUM_THREADS=1 "$tools/verdicts_formulas" "$model" "$@" >>"$BATS_TEST_TMPDIR/said"
    done
    run grep -c '^formula .* \(holds\|proved\) ' "$BATS_TEST_TMPDIR/said"
    [ "$output" -ge 80 ]
    run grep '^formula [^ ]* fails' "$BATS_TEST_TMPDIR/said"
    [ "$status" -eq 1 ]
    tried=$(grep -c '^injected [^ ]* twice' "$BATS_TEST_TMPDIR/said")
    seen=$(grep -c '^injected [^ ]* twice fails' "$BATS_TEST_TMPDIR/said")
    echo "$seen of $tried errors of twice the resolution are seen"
    [ "$tried" -ge 40 ]
    [ "$seen" -ge $((tried * 95 / 100)) ]
}
