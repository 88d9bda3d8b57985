# lsaflow sweep: one table, whatever happens on the way to it.
load support

# 200 cells of some milliseconds.
write_many() {
    cat >many.yaml <<'YAML'
statement: merged
data: {dimension: 5, context: 20, covariance: {spectrum: power, exponent: 1}}
init: {sigma: 0.1, theta: {random: 1}}
vary: {init.sigma: {log: [1e-4, 0.1, 10]}, data.context: [20, 40], init.theta.random: {integers: [1, 10]}}
measure: {loss: limit(loss), size: opnorm(U)}
YAML
}

@test "a cell that fails is a row, and the others go on" {
    cat >fails.yaml <<'YAML'
statement: merged
data: {dimension: 3, context: 20, covariance: {spectrum: [2, 1, 0.5]}}
vary: {data.context: [20, -1], init.sigma: [0.1, 1.0e+90, 0.2]}
measure: {loss: limit(loss), half: "limit(loss) < 0.5", escape: "first(t, gap < 1e-3)", error: error(train), point: limit-u}
YAML
    lsaflow sweep fails.yaml --json
    [ "$status" -eq 2 ] # -1 is no context; alone, the run that overflows would be 2 as well
    holds '.cells == 6 and (.rows | length) == 6 and [.rows[].cell] == [1, 2, 3, 4, 5, 6]'
    holds '.rows[0].values == {"data.context": 20, "init.sigma": 0.1} and .rows[0].exit == 0 and .rows[0].message == ""'
    holds '.rows[0].end == "global-minimum" and .rows[0].t_end > 30'
    holds '.rows[0].measure | .half == "true" and .point == "holds" and (.error - 2*.loss | fabs) < 1e-12 and .escape > 5'
    holds '.rows[1].measure.loss == null and (.rows[1].message | startswith("failed: the gradient overflows"))'
    holds '.rows[3].message | startswith("failed: fails.yaml:3:27: data.context: found '"'-1'"'")'
    [ ! -e out ]
}

@test "the numbers are those of run" {
    lsaflow run small.yaml --json
    loss=$(echo "$output" | jq .final.loss)
    time=$(echo "$output" | jq '.samples[-1].time')
    lsaflow sweep small.yaml --json --set 'measure={loss: limit(loss), u: limit(u)}' --set 'vary={init.sigma: [0.1]}'
    [ "$status" -eq 0 ]
    holds "(.rows[0].measure.loss - $loss | fabs) < 1e-13 and .rows[0].t_end == $time"
}

@test "a column that is no formula ends the command with its place" {
    lsaflow_fails 2 "measure.loss: unknown name 'los'" sweep small.yaml --json --set 'measure={loss: limit(los)}'
    lsaflow_fails 2 "measure.U: found d x d, expected one number" sweep small.yaml --json --set 'measure={U: limit(U)}'
    lsaflow_fails 2 "measure.EXIT: there is a column of this name" sweep small.yaml --json --set 'measure={EXIT: N}'
}

@test "wall time is no number" {
    lsaflow sweep small.yaml --json --set 'flow.stop={wall: 1e-9}' --set 'measure={loss: limit(loss)}'
    [ "$status" -eq 3 ]
    holds '.rows[0] | .message == "failed: wall" and .t_end == null and .measure.loss == null'
}

@test "the same bytes for any number of workers, and for shards" {
    write_many
    for n in 1 2 4; do
        lsaflow sweep many.yaml --out w$n --workers $n
        [ "$status" -eq 0 ]
    done
    [ "$(wc -l <w1/sweep.csv)" -eq 201 ]
    cmp w1/sweep.csv w2/sweep.csv
    cmp w1/sweep.csv w4/sweep.csv
    for part in 1 2 3; do
        lsaflow sweep many.yaml --out s$part --shard $part/3 --workers 1
        [ "$status" -eq 0 ]
        [ "$(wc -l <s$part/sweep.csv)" -lt 100 ]
    done
    lsaflow sweep merge s1/sweep.db s2/sweep.db s3/sweep.db --out merged
    [ "$status" -eq 0 ]
    cmp w1/sweep.csv merged/sweep.csv
}

@test "ledgers of different sweeps are not merged" {
    write_many
    lsaflow sweep many.yaml --out a --shard 1/20
    lsaflow sweep many.yaml --out b --shard 2/20 --set flow.rtol=1e-9
    lsaflow_fails 2 "a sweep of another model" sweep merge a/sweep.db b/sweep.db --out merged
    lsaflow_fails 2 "no ledger of a sweep" sweep merge small.yaml --out merged2
}

@test "killed at random moments and resumed: the same bytes" {
    write_many
    lsaflow sweep many.yaml --out whole --workers 2
    seed=${LSAFLOW_SEED:-4}
    for k in 1 2 3 4 5; do
        rm -rf killed
        for again in 1 2 3; do
            seed=$(((seed * 1103515245 + 12345) % 2147483648))
            "$LSAFLOW" sweep many.yaml --out killed --workers 2 --resume >/dev/null 2>&1 &
            sleep "0.$((seed / 65536 % 5))$((seed / 1024 % 10))"
            kill -9 $! || true # it may be done
            wait $! || true
        done
        lsaflow sweep many.yaml --out killed --workers 2 --resume
        [ "$status" -eq 0 ]
        cmp whole/sweep.csv killed/sweep.csv
    done
}

@test "an interrupted sweep keeps what is finished, and goes on" {
    write_many
    lsaflow sweep many.yaml --out whole
    for signal in INT TERM; do
        env --default-signal=INT,TERM "$LSAFLOW" sweep many.yaml --set init.perturb.scale=1e-9 --set flow.rtol=1e-12 \
            --out part-$signal --workers 1 >words 2>&1 &
        pid=$!
        sleep 0.4
        kill -s $signal $pid
        status=0
        wait $pid || status=$?
        [ "$status" -eq "$([ $signal = INT ] && echo 130 || echo 143)" ]
        grep -q "what is finished is kept" words
        rows=$(wc -l <part-$signal/sweep.csv)
        [ "$rows" -ge 1 ] && [ "$rows" -lt 201 ]
        lsaflow sweep many.yaml --set init.perturb.scale=1e-9 --set flow.rtol=1e-12 --out part-$signal --resume
        [ "$status" -eq 0 ]
        [ "$(wc -l <part-$signal/sweep.csv)" -eq 201 ]
    done
    cmp part-INT/sweep.csv part-TERM/sweep.csv
}

@test "a ledger is not lost and not mixed" {
    write_many
    lsaflow sweep many.yaml --out here --shard 1/10
    [ "$status" -eq 0 ]
    lsaflow_fails 2 "there is a sweep already" sweep many.yaml --out here
    lsaflow_fails 2 "has changed" sweep many.yaml --out here --resume --set init.sigma=0.3
    sed -i 's/exponent: 1/exponent: 2/' many.yaml
    lsaflow_fails 2 "has changed" sweep many.yaml --out here --resume
}

@test "one writer a folder" {
    write_many
    "$LSAFLOW" sweep many.yaml --out here --set flow.rtol=1e-13 --workers 1 >/dev/null 2>&1 &
    pid=$!
    while [ ! -s here/sweep.db ]; do sleep 0.05; done
    kill -STOP $pid
    lsaflow_fails 4 "another sweep is writing here" sweep many.yaml --out here --resume
    kill -9 $pid
    wait $pid || true
}

@test "a worker that crashes is a row that says so" {
    [ -n "${LSA_CRASH:-}" ] || skip "no crash can be made in this build"
    cat >crash.yaml <<'YAML'
statement: merged
data: {context: 20, covariance: {spectrum: power, exponent: 1}}
vary: {data.dimension: {integers: [2, 9]}, init.sigma: [0.1, 0.2, 0.3]}
measure: {loss: limit(loss)}
YAML
    for n in 1 3; do
        LD_PRELOAD=$LSA_CRASH lsaflow sweep crash.yaml --workers $n --out c$n
        [ "$status" -eq 3 ]
        [ "$(grep -c "failed: the worker died by signal 11" c$n/sweep.csv)" -eq 3 ]
        [ "$(grep -c ",global-minimum,0," c$n/sweep.csv)" -eq 21 ]
        grep -q '^13,6,0.1,,,,3,' c$n/sweep.csv
    done
    cmp c1/sweep.csv c3/sweep.csv
    lsaflow sweep crash.yaml --out healthy # the others are what they would be without it
    cmp <(grep -v ",6,0" c1/sweep.csv) <(grep -v ",6,0" healthy/sweep.csv)
}

@test "paths of the scalar equation are followed by CVODE too, one in a hundred" {
    write_many
    lsaflow sweep many.yaml --set flow.method=spectral --set flow.rtol=1e-11 --set monte_carlo.seed=3
    [ "$status" -eq 0 ]
    [[ "$output" =~ ([0-9]+)" followed by CVODE too: the paths differ by "[0-9.]+e-1[0-9] ]]
    [ "${BASH_REMATCH[1]}" -ge 1 ] && [ "${BASH_REMATCH[1]}" -le 12 ] # 200 draws of 1 %: more than 12 has probability 1e-7
    before=$(grep followed <<<"$output")
    lsaflow sweep many.yaml --out again --set flow.method=spectral --set flow.rtol=1e-11 --set monte_carlo.seed=3 --workers 1
    [ "$before" = "$(grep followed <<<"$output")" ]
}
