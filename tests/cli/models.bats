# Every shipped model, as a user would try it: what it claims holds.
load support

verifies() {
    lsaflow verify "$LSAFLOW_SOURCE/models/$1.yaml" --quiet "${@:2}"
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

@test "models with lists of scales, with their figures" {
    for model in shift-covariate random-covariance; do
        verifies "$model" --out "$model"
        [ "$(find "$model" -name 'errors*.png' | wc -l)" -ge 1 ]
    done
}
