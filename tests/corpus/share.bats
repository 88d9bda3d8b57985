# A share of the frozen corpus: every 20th model says what the record says; a record made false is told by its kind.
bats_require_minimum_version 1.5.0
: "${LSAFLOW:?the program to test}" "${LSAFLOW_SOURCE:?the source tree}"

tools=$(dirname "$LSAFLOW")/tests
record=$LSAFLOW_SOURCE/tests/corpus/record.txt

# $output: the differences of these models from a record.
corpus() {
    run "$LSAFLOW_SOURCE/script/corpus" --tools "$tools" --list "$BATS_TEST_TMPDIR/list" "$@" "$LSAFLOW"
}

# falsified KEY VALUE KIND: with this value of model 001 in the record, one difference of this kind and no other.
falsified() {
    awk -v key="001 $1" -v value="$2" \
        'index($0, key " ") == 1 { print key, value; next } { print }' "$record" >"$BATS_TEST_TMPDIR/record"
    if cmp -s "$record" "$BATS_TEST_TMPDIR/record"; then
        echo "the record has no $1, or it is $2"
        return 1
    fi
    run "$tools/corpus_compare" "$BATS_TEST_TMPDIR/record" "$BATS_FILE_TMPDIR/fresh"
    if [ "$status" -ne "$4" ] || [ "$(grep -c '^ *[0-9]*  [a-z]' <<<"$output")" -ne 1 ] ||
        ! grep -q "^ *1  $3" <<<"$output"; then
        echo "status $status, wanted $4; wanted one difference: $3; $output"
        return 1
    fi
}

setup_file() {
    grep '^001 ' "$record" >"$BATS_FILE_TMPDIR/fresh"
}

@test "every 20th model says what the record says" {
    corpus --sample 20
    echo "$output"
    [ "$status" -eq 0 ]
}

@test "a falsified record is told by its kind" {
    falsified eval.loss 0x1p+0 'number: larger' 1
    falsified run.solver.steps 17 'step count' 0
    falsified run.final.kind saddle 'kind of end' 1
    falsified verify.claims.monotone-loss.0.verdict fails 'verdict' 1
    falsified eval.exit 3 'exit or error text' 1
}

@test "a number is told by its size in units of its block" {
    printf '001 eval.gradient 0x1p+0 0x1p-60\n' >"$BATS_FILE_TMPDIR/one"
    printf '001 eval.gradient 0x1p+0 0x1p-50\n' >"$BATS_FILE_TMPDIR/two"
    printf '001 eval.gradient 0x1p+0 0x1p-30\n' >"$BATS_FILE_TMPDIR/three"
    run "$tools/corpus_compare" "$BATS_FILE_TMPDIR/one" "$BATS_FILE_TMPDIR/two"
    [ "$status" -eq 0 ] && [[ "$output" == *"last digits"* ]]
    run "$tools/corpus_compare" "$BATS_FILE_TMPDIR/one" "$BATS_FILE_TMPDIR/three"
    [ "$status" -eq 0 ] && [[ "$output" == *"at most 1e-9"* ]]
    run "$tools/corpus_compare" "$BATS_FILE_TMPDIR/three" <(printf '001 eval.gradient 0x1p+0\n')
    [ "$status" -eq 1 ] && [[ "$output" == *"number: larger"* ]]
}

@test "one falsified line fails the run of the program" {
    sed 's/^001 eval\.loss .*/001 eval.loss 0x1p+0/' "$record" >"$BATS_TEST_TMPDIR/record"
    corpus --only 001 --against "$BATS_TEST_TMPDIR/record"
    [ "$status" -eq 1 ] && [[ "$output" == *"number: larger"*"001 eval.loss"* ]]
}
