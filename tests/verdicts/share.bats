# A share of script/random-verdicts: nothing true is refuted, and what is off by ten times its resolution is.
bats_require_minimum_version 1.5.0

@test "random models: no claim fails, wrong predictions do" {
    tools=$(dirname "$LSAFLOW")/tests
    for k in 3000001 3000002 3000003 3000004 3000005 3000006 3000007 3000008 3000009 3000010 3000011 3000012; do
        "$tools/verdicts_generate" "$k" >"$BATS_TEST_TMPDIR/$k.yaml"
        OMP_NUM_THREADS=1 "$tools/verdicts_judge" "$BATS_TEST_TMPDIR/$k.yaml" >>"$BATS_TEST_TMPDIR/said"
    done
    run grep -c '^claim .* holds' "$BATS_TEST_TMPDIR/said"
    [ "$output" -ge 100 ]
    run grep '^claim .* fails' "$BATS_TEST_TMPDIR/said"
    [ "$status" -eq 1 ]
    tried=$(grep -c '^power .* resolutions' "$BATS_TEST_TMPDIR/said")
    refuted=$(grep -c '^power .* resolutions fails' "$BATS_TEST_TMPDIR/said")
    echo "$refuted of $tried wrong predictions are refuted"
    [ "$refuted" -ge $((tried * 9 / 10)) ]
}
