# bench --peers: what a peer says of itself, beside our row; one that is missing, fails or takes too long has a row too.
load support

# peer LINES...: the program of the group peers-layer says this.
peer() {
    mkdir -p peers
    printf '%s\n' '#!/bin/sh' "$@" >peers/scipy_layer.py
    chmod +x peers/scipy_layer.py
}

# What bench makes of it, in $output.
measured() {
    lsaflow bench peers-layer --peers peers --rounds 1 --json "$@"
    [ "$status" -eq 0 ]
    holds '(.bench | length) == 2 and .bench[0].median > 0'
}

@test "a peer's numbers, and their ratio to ours" {
    # shellcheck disable=SC2016 # for the peer
    peer 'test -s "$2" && echo a warning && echo "peer 1000 17 1e-9"'
    measured
    holds '.bench[1] | .median == 1000 and .steps == 17 and .error == 1e-9 and .ratio > 1000 and .against == "whole layer, krylov, i^-1 (10)"'
}

@test "the problem that a peer gets" {
    # shellcheck disable=SC2016 # for the peer
    peer 'od -A n -t f8 -v -w8 "$2" >numbers; echo "peer 1 1 1"'
    measured
    # d, N, rtol, gap, end, u; lambda; U; px; k
    [ "$(wc -l <numbers)" -eq $((6 + 10 + 100 + 20)) ]
    [ "$(sed -n '1,2p' numbers | tr -d ' \n')" = 1020 ]
    [ "$(sed -n '8p' numbers | tr -d ' ')" = 0.5 ]
}

@test "not installed, failed, too slow" {
    mkdir peers
    measured
    holds '.bench[1] | .median == null and .note == "not installed" and .ratio == null'
    peer 'echo missing: scipy' 'exit 77'
    measured
    holds '.bench[1].note == "not installed"'
    peer 'echo it broke' 'exit 1'
    measured
    holds '.bench[1].median == null and (.bench[1].note | startswith("failed: it broke"))'
    peer 'echo no numbers'
    measured
    holds '.bench[1].note | startswith("failed: no numbers")'
    peer 'exec sleep 30'
    measured --limit 8
    holds '.bench[1].median == null and .bench[1].note == "stopped after 8 s"'
}
