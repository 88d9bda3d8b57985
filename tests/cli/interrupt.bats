# SIGINT and SIGTERM: what is finished is kept, and the exit code says which signal it was.
load support

# interrupted SIGNAL ARGUMENTS...: starts the program, signals it as soon as it is at work, leaves $status.
interrupted() {
    local signal=$1
    shift
    # a shell ignores SIGINT in its background jobs; env gives it back to the program
    env --default-signal=INT,TERM "$LSAFLOW" "$@" >document 2>words &
    local pid=$!
    sleep 0.7
    kill -s "$signal" "$pid"
    status=0
    wait "$pid" || status=$?
    output=$(cat document)
}

# A model whose flow beside the training takes long.
write_slow_training() {
    cat >slow.yaml <<'YAML'
statement: full
data: {dimension: 80, context: 100, covariance: {spectrum: geometric, condition: 1e4, rotation: 3}}
init: {scheme: gaussian, scale: 0.05, seed: 2}
flow: {method: dense, output: {points: 5, parameters: none}}
tests: []
train: {steps: 20, batch: 1, points: 5, step_size: 0.5, method: momentum}
YAML
}

endless="--set monte_carlo.relative_error=1e-6 --set monte_carlo.prompts=1000000000000"

@test "sample: the prompts drawn until then are reported" {
    # shellcheck disable=SC2086 # words
    interrupted TERM sample small.yaml --json $endless
    [ "$status" -eq 143 ]
    holds '.interrupted and .tests[0].prompts > 0 and .tests[0].error > 0 and (.tests[0].resolved | not)'
    grep -q "interrupted after" words
}

@test "vary: the document of an interrupted run closes" {
    # shellcheck disable=SC2086 # words
    interrupted INT sample small.yaml --json $endless --set 'vary={data.context: [20, 30]}'
    [ "$status" -eq 130 ]
    holds '(.runs | length) == 1 and .runs[0].values == {"data.context": 20} and .runs[0].interrupted'
}

@test "run: the flow until then is written" {
    cat >slow.yaml <<'YAML'
statement: full
data: {dimension: 24, context: 100, covariance: {spectrum: geometric, condition: 1e4, rotation: 3}}
init: {scheme: gaussian, scale: 0.05, seed: 2}
flow: {method: dense, rtol: 1e-12, output: {points: 5, parameters: none}}
tests: [{name: a}]
YAML
    interrupted INT run slow.yaml --out results --no-plots
    [ "$status" -eq 130 ]
    [[ "$output" == *"stopped by interrupt"* ]]
    jq -e '.final.stopped_by == "interrupt" and .final.time > 0' results/summary.json
    [ -s results/trajectory.csv ] && [ -s results/index.html ]
}

@test "verify: nothing half-written, and every part of it says interrupted" {
    # shellcheck disable=SC2086 # words
    interrupted INT verify small.yaml --out results --no-plots $endless --set 'claims=[limit-u, test-error, sgd-limit]'
    [ "$status" -eq 130 ]
    grep -q "verdict: interrupted" document
    grep -q "^claims left: [123]$" document
    jq -e '.verdict == "interrupted" and .claims_left >= 1 and (.claims | length) + .claims_left == 3' results/summary.json
    grep -q ">interrupted</span>; claims left: " results/index.html
    # shellcheck disable=SC2086 # words
    interrupted TERM verify small.yaml --json $endless --set 'claims=[limit-u, test-error]'
    [ "$status" -eq 143 ]
    holds '.verdict == "interrupted" and .claims_left >= 1'
}

@test "bench: the rounds until then are printed" {
    interrupted INT bench vectors flow --rounds 25 --json
    [ "$status" -eq 130 ]
    holds '.interrupted and (.bench | length) > 10 and (.bench | all(.rounds < 25)) and .bench[0].rounds > 0'
}

@test "train: interrupted in the flow beside the path" {
    write_slow_training
    interrupted TERM train slow.yaml --out results --no-plots
    [ "$status" -eq 143 ]
    grep -q interrupted words
}

@test "train: the path until then is written" {
    write_slow_training
    interrupted TERM train slow.yaml --json --set train.steps=100000000 --set train.step_size=1e-9
    [ "$status" -eq 143 ]
    holds '.interrupted and (.train.path | length) > 0 and (.train.final | length) > 0'
}

@test "basin: the starts until then are counted" {
    cat >starts.yaml <<'YAML'
statement: full
data: {dimension: 2, context: 2, covariance: {spectrum: [2, 0.5]}}
init: {scheme: gaussian, scale: 1, seed: 1}
basin: {scale: [0.1, 1], starts: 100000}
tests: []
YAML
    interrupted INT basin starts.yaml --json
    [ "$status" -eq 130 ]
    holds '.interrupted and (.basin | length) == 1 and .basin[0].starts > 0 and .basin[0].starts < 100000'
    holds '.basin[0] | .global + .other + .creeping + .failed == .starts'
}

@test "a set-up that cannot be asked is left within a second or two" {
    cat >large.yaml <<'YAML'
statement: merged
data: {dimension: 8000, context: 400}
flow: {output: {parameters: none}}
tests: []
YAML
    for signal in HUP TERM; do
        began=$SECONDS
        env --default-signal=INT,TERM,HUP "$LSAFLOW" run large.yaml --json >document 2>words &
        pid=$!
        sleep 1
        kill -s "$signal" "$pid"
        status=0
        wait "$pid" || status=$?
        [ "$status" -eq "$((128 + $(kill -l "$signal")))" ]
        [ $((SECONDS - began)) -le 10 ]
        jq -e '.interrupted' document
        grep -q "interrupted in: the set-up" words
    done
}

@test "--time-limit interrupts; SIGUSR1 tells the stage" {
    # shellcheck disable=SC2086 # words
    lsaflow sample small.yaml --json $endless --time-limit 1.5
    [ "$status" -eq 142 ]
    holds '.interrupted and .tests[0].prompts > 0'
    lsaflow sample small.yaml --time-limit -1
    [ "$status" -eq 2 ]
    # shellcheck disable=SC2086 # words
    env --default-signal=INT,TERM "$LSAFLOW" sample small.yaml --json $endless >document 2>words &
    pid=$!
    sleep 1
    kill -s USR1 "$pid"
    sleep 0.5
    kill -s TERM "$pid"
    wait "$pid" || true
    grep -q "% of: .*since the start" words
}

@test "what a killed run left under temporary names is removed by the next" {
    mkdir results
    touch results/.part-999999999-gap.png results/path.csv.999999999-0.tmp "results/.part-$$-gap.png" results/mine.tmp
    lsaflow run small.yaml --out results --no-plots
    [ "$status" -eq 0 ]
    [ ! -e results/.part-999999999-gap.png ] && [ ! -e results/path.csv.999999999-0.tmp ]
    [ -e "results/.part-$$-gap.png" ] && [ -e results/mine.tmp ]
}

@test "a figure that gnuplot left half is none" {
    mkdir tools
    cat >tools/gnuplot <<'SH'
#!/bin/sh
name=$(printf '%s' "$3" | sed "s/output = '\(.*\)'/\1/")
printf 'half a picture' >"$name.png"
printf '<svg>' >"$name.svg"
SH
    chmod +x tools/gnuplot
    PATH=$PWD/tools:$PATH lsaflow run small.yaml --out results
    [ "$status" -eq 0 ]
    [ ! -e results/gap.png ] && [ ! -e results/gap.svg ]
    [[ "$stderr" == *"was not drawn"* ]]
}
