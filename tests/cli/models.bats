# Every shipped model, as a user would try it: what it claims holds.
load support

verifies() {
    lsaflow verify "$LSAFLOW_SOURCE/models/$1.yaml" --quiet --set monte_carlo.seconds=3600 "${@:2}"
    if [ "$status" -ne 0 ]; then
        echo "exit code $status; $output; $stderr"
        return 1
    fi
}

@test "every model file verifies with exit code 0" {
    for file in "$LSAFLOW_SOURCE"/models/*.yaml; do
        verifies "$(basename "$file" .yaml)" --no-plots --out out || { echo "$file"; return 1; }
    done
}

@test "models with lists of scales or of runs, with their figures" {
    verifies shift-covariate --out one
    [ -s one/scales.png ] && [ -s one/scales.svg ]
    verifies random-covariance --out several --set monte_carlo.prompts=100000
    [ -s several/errors.png ] && [ -s several/runs.csv ] && [ -s several/run-6/errors.png ]
    grep -q 'figure id="errors"' several/index.html && grep -q '#errors-gpPt' several/index.html
}
