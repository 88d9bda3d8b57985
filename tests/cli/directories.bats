# What is written to disk: files, names, hostile texts, paths.
load support

@test "run writes a directory and says where" {
    lsaflow run small.yaml --no-plots
    [ "$status" -eq 0 ]
    [ -z "$stderr" ]
    [[ "$output" == *"written: out/small/index.html"* ]]
    [ "$(cd out/small && echo *)" = "gap.csv gap.gp index.html parameters.csv parameters.gp summary.json tests.csv trajectory.csv" ]
    head -1 out/small/trajectory.csv | grep -q '^time,loss,gap,action,u,U\[1\]\[1\],U\[1\]\[2\]'
    [ "$(wc -l <out/small/trajectory.csv)" -eq 6 ]
}

@test "derive, eval, predict and check write nothing" {
    for command in derive eval predict; do
        lsaflow "$command" small.yaml
        [ "$status" -eq 0 ]
    done
    lsaflow check small.yaml u
    [ "$(echo *)" = small.yaml ]
}

@test "--json with --out writes, and stdout is the document alone" {
    lsaflow verify small.yaml --json --out deep/er/results --no-plots
    [ "$status" -eq 0 ]
    [ "$(echo "$output" | jq -s length)" -eq 1 ]
    jq -e '.claims and .samples and .tests and .verdict == "holds"' deep/er/results/summary.json
    [ "$(head -1 deep/er/results/verdicts.csv)" = "claim,source,test,context,predicted,measured,tolerance,slack,verdict,why,covariance_scale" ]
}

@test "vary: a directory per run" {
    lsaflow run small.yaml --no-plots --out results --set 'vary={data.context: [10, 40]}'
    [ "$status" -eq 0 ]
    [[ "$output" == *"data.context = 10"*"data.context = 40"* ]]
    [ "$(cd results && echo *)" = "run-1 run-2" ]
    [ -s results/run-2/index.html ]
}

@test "from another directory: files are found beside the model" {
    mkdir -p models elsewhere
    printf '2,0\n0,1\n' >models/cov.csv
    sed -e 's/dimension: 3/dimension: 2/' -e 's/{spectrum: .*}/{file: cov.csv}/' small.yaml >models/filed.yaml
    cd elsewhere
    lsaflow eval ../models/filed.yaml --json
    [ "$status" -eq 0 ]
    holds '(.gradient.U | length) == 2'
    lsaflow_fails 2 "missing.csv" eval ../models/filed.yaml --set 'data.covariance={file: missing.csv}'
}

@test "progress shows on a terminal only, and --quiet silences it" {
    script -qc true /dev/null >/dev/null 2>&1 || skip "no script(1), or no pseudo-terminal for it"
    mode="verify small.yaml --json --set claims=[limit-u,test-error] --set monte_carlo.relative_error=1e-3 --set monte_carlo.prompts=200000"
    script -qc "$LSAFLOW $mode >document" seen >/dev/null
    grep -q $'\033\[2K' seen
    jq -e .claims document
    script -qc "$LSAFLOW $mode --quiet >document" unseen >/dev/null
    ! grep -q $'\033' unseen
}

@test "hostile titles and names run nothing" {
    for title in "\\\"; system('touch canary'); \\\"" '`touch canary` a\nb $(touch canary) '"'; !touch canary; '" \
        "<script>alert(1)</script> & {/Symbol @x} %s %n $(printf 'x%.0s' {1..3000})"; do
        printf 'title: "%s"\n' "$title" | cat - <(tail -n +2 small.yaml) >hostile.yaml
        lsaflow verify hostile.yaml --out results
        [ "$status" -eq 0 ]
        [ -z "$stderr" ]
        [ -s results/gap.png ] && [ -s results/gap.svg ] && [ -s results/errors.png ]
        ! grep -q '<script' results/index.html
        rm -rf results
    done
    [ -z "$(find . -name canary)" ]
}

@test "without gnuplot: a warning, data and scripts" {
    mkdir tools
    lsaflow() { run --separate-stderr env PATH="$PWD/tools" "$LSAFLOW" "$@"; }
    lsaflow run small.yaml --out results
    [ "$status" -eq 0 ]
    [[ "$stderr" == *gnuplot* ]]
    [ -s results/gap.gp ] && [ ! -e results/gap.png ] && [ -s results/index.html ]
    lsaflow run small.yaml --out results --quiet
    [ -z "$stderr" ]
}

# Series of a figure, by label: panel,series,label,x,y,...
series() {
    grep -c "$2" "$1"
}

@test "sample draws the errors with the baselines" {
    lsaflow sample small.yaml --no-plots --out drawn
    [ "$status" -eq 0 ]
    [ "$(series drawn/errors.csv 'Monte Carlo')" -eq 3 ]
    [ "$(grep 'least squares' drawn/errors.csv | cut -d, -f4 | tr '\n' ' ')" = "20 50 100 " ]
    grep -q 'errors.gp' drawn/index.html
}

@test "noisy least squares near M = d is a gap in its line" {
    lsaflow sample small.yaml --no-plots --out drawn --set 'tests=[{context: [1, 2, 3, 4, 5, 20], label_noise: 1}]'
    [ "$status" -eq 0 ]
    # d = 3: no mean for M in 2 .. 4, no variance up to 6
    [ "$(grep 'least squares' drawn/errors.csv | awk -F, '$5 != "nan" {printf "%s ", $4}')" = "20 " ]
}

@test "vary: the curves of all runs in one figure" {
    lsaflow sample small.yaml --no-plots --out several --set 'vary={data.context: [20, 40]}'
    [ "$status" -eq 0 ]
    [ "$(cut -d, -f1 several/runs.csv | tr '\n' ' ')" = "directory run-1 run-2 " ]
    [ "$(series several/errors.csv ',N = 20,')" -gt 50 ]
    [ "$(series several/errors.csv ',N = 40,')" -gt 50 ]
    [ "$(series several/errors.csv 'M → ∞')" -eq 0 ]
    grep -q 'errors.gp' several/index.html
}

@test "plateaus and basins have figures" {
    lsaflow basin small.yaml --no-plots --out basin --set basin.starts=5 --set 'basin.scale=[0.1, 1]'
    [ "$status" -eq 0 ]
    [ "$(series basin/basin-fractions.csv 'reach the global minimum')" -eq 2 ]
    lsaflow run "$LSAFLOW_SOURCE/models/saddle-to-saddle.yaml" --no-plots --out plateaus
    [ "$status" -eq 0 ]
    [ "$(series plateaus/loss.csv 'plateaus of the flow')" -eq 4 ]
    # predicted: twice the loss 1, .64057971014493, .37737216297512, .20980459540755
    grep 'predicted plateaus' plateaus/loss.csv | cut -d, -f5 | sort -u | awk '{printf "%.9f ", 2 * $1}' >levels
    [ "$(cat levels)" = "0.209804595 0.377372163 0.640579710 1.000000000 " ]
}
