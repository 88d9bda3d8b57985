# Exit codes and messages: what is refused, how it is said, and that stdout stays clean.
load support

@test "no command, no file, no expression, too much" {
    lsaflow_fails 2 "a command is missing"
    lsaflow_fails 2 "the model file is missing" run
    lsaflow_fails 2 "the expression is missing" check small.yaml
    lsaflow_fails 2 'unexpected argument "more"' run small.yaml more
    lsaflow_fails 2 "unrecognized option" run small.yaml --frobnicate
}

@test "an unknown command names the nearest" {
    lsaflow_fails 2 'did you mean "verify"' verfy small.yaml
    lsaflow_fails 2 'no command "frobnicate"; see --help' frobnicate small.yaml
}

@test "options that belong to another command, or with bad values" {
    lsaflow_fails 2 "belong to derive" run small.yaml --log
    lsaflow_fails 2 "belong to derive" run small.yaml --format latex
    lsaflow_fails 2 "belongs to sample" run small.yaml --at init
    lsaflow_fails 2 "belongs to verify" run small.yaml --list-claims
    lsaflow_fails 2 "belong to bench" run small.yaml --full
    lsaflow_fails 2 "belong to bench" run small.yaml --rounds 3
    lsaflow_fails 2 "belong to bench" run small.yaml --limit 3
    lsaflow_fails 2 'bench: there is no group "flows"; there are flow, spectral, growth' bench flows
    lsaflow_fails 2 "whole number from 1 to 25" bench --rounds 26
    lsaflow_fails 2 "bench has no model" bench --set data.context=3
    lsaflow_fails 2 "bench has no model" bench --threads 2
    lsaflow_fails 2 "not one of its values" derive small.yaml --format pdf
    for threads in 0 -1 two 9999999999999999999999; do
        lsaflow_fails 2 "whole number" sample small.yaml --threads="$threads"
    done
}

@test "--help and --version" {
    lsaflow --help
    [ "$status" -eq 0 ]
    for word in derive eval run predict sample verify check bench --json --out --set --seed --threads --no-plots --quiet; do
        [[ "$output" == *"$word"* ]]
    done
    lsaflow --version
    [ "$status" -eq 0 ]
    [[ "$output" =~ ^lsaflow\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
}

@test "files that cannot be read" {
    mkdir folder
    lsaflow_fails 2 "nowhere.yaml: No such file" run nowhere.yaml
    lsaflow_fails 2 "folder: Is a directory" run folder
    : >empty.yaml
    lsaflow_fails 2 "empty.yaml" run empty.yaml
    cp small.yaml secret.yaml
    chmod 000 secret.yaml
    if [ ! -r secret.yaml ]; then # root reads everything
        lsaflow_fails 2 "secret.yaml: Permission denied" run secret.yaml
    fi
    printf 'title: "\xff\xfe"\n' | cat - <(tail -n +2 small.yaml) >bytes.yaml
    lsaflow_fails 2 "bytes.yaml:1" run bytes.yaml
}

@test "--set: the message names the option" {
    lsaflow_fails 2 "--set data.contxt=3: data.contxt: unknown key; did you mean 'context'" run small.yaml --set data.contxt=3
    lsaflow_fails 2 "--set data.context=-3" run small.yaml --set data.context=-3
    lsaflow_fails 2 "--set 'nonsense': expected KEY=VALUE" run small.yaml --set nonsense
    lsaflow_fails 2 "--set data.context=0" run small.yaml --set data.dimension=3 --set data.context=0
    lsaflow_fails 2 "seed" sample small.yaml --seed many
}

@test "an unknown claim names the nearest" {
    lsaflow_fails 2 "limit-u" verify small.yaml --set 'claims=[limit-v]'
}

@test "a claim that fails: 1; none applies: 5; the reason is told" {
    lsaflow check small.yaml u
    [ "$status" -eq 1 ]
    lsaflow verify small.yaml --json --set init.sigma=5 --set 'claims=[u-lower-bound]'
    [ "$status" -eq 5 ]
    holds '.verdict == "inconclusive" and .claims[0].verdict == "not-applicable" and (.claims[0].why | length) > 10'
}

@test "memory that runs out: 3" {
    limited() { (ulimit -v 700000; "$LSAFLOW" "$@"); }
    limited --version >/dev/null || skip "the program does not start in little memory" # sanitizers
    run -3 limited eval small.yaml --set data.dimension=6000 --set data.covariance=identity --set init.theta=identity
    [[ "$output" == *"memory"* ]]
}

@test "a reader that goes away is no error, and results are written" {
    "$LSAFLOW" run small.yaml --out results --no-plots 2>words | true
    [ "${PIPESTATUS[0]}" -eq 0 ]
    [ ! -s words ]
    [ -s results/index.html ]
    "$LSAFLOW" verify --list-claims 2>words | true
    [ "${PIPESTATUS[0]}" -eq 0 ]
    [ ! -s words ]
}

@test "standard output that cannot be written: 4" {
    for arguments in --help --version "verify --list-claims" "eval small.yaml" "eval small.yaml --json" \
        "derive small.yaml" "check small.yaml u"; do
        # shellcheck disable=SC2086 # words
        run -4 bash -c '"$0" "$@" 2>/dev/null >/dev/full' "$LSAFLOW" $arguments
        run -4 bash -c '"$0" "$@" 2>/dev/null >&-' "$LSAFLOW" $arguments
    done
    run -4 bash -c '"$0" "$@" 2>&1 >/dev/full' "$LSAFLOW" eval small.yaml
    [ "$output" = "lsaflow: the output cannot be written: No space left on device" ]
}

@test "closed streams do not become files" {
    "$LSAFLOW" run small.yaml --out results --no-plots >/dev/null 2>&-
    jq -e .samples results/summary.json >/dev/null
    run -4 bash -c '"$0" run small.yaml --out other --no-plots >&- 2>&-' "$LSAFLOW"
    [ ! -e other ] || ! grep -r "Gradient flow" other
}

@test "--out that cannot be made: 4, and nothing is left" {
    echo data >taken
    for out in taken taken/below /proc/nowhere; do
        lsaflow run small.yaml --json --out "$out"
        [ "$status" -eq 4 ]
        [[ "$stderr" == *"$out"* || "$stderr" == *taken* ]]
    done
    [ "$(cat taken)" = data ]
    [ "$(echo *)" = "small.yaml taken" ]
}
