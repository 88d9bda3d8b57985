# train: a run that was stopped and resumed shows what an uninterrupted one shows; a foreign checkpoint is refused.
load support

slow_file() {
    cat >slow.yaml <<'YAML'
statement: merged
data: {dimension: 4, context: 20, covariance: {spectrum: [2, 1, 0.5, 0.4], rotation: 2}}
init: {sigma: 0.1, theta: {random: 7}}
train: {method: sgd, steps: 5000, batch: 64, step_size: 0.02, schedule: inverse, checkpoint: 500, points: 30}
tests: []
YAML
}

# stopped SIGNAL SECONDS ARGUMENTS...: the program, signalled once it has written its first checkpoint into cut/.
stopped() {
    local signal=$1
    shift
    env --default-signal=INT,TERM "$LSAFLOW" train slow.yaml --out cut --no-plots "$@" >/dev/null 2>words &
    local pid=$!
    for _ in $(seq 600); do
        [ -s cut/checkpoint.txt ] && break
        sleep 0.05
    done
    kill -s "$signal" "$pid"
    status=0
    wait "$pid" || status=$?
}

same_end() {
    cmp whole/summary.json cut/summary.json
    cmp whole/path.csv cut/path.csv
    cmp whole/checkpoint.txt cut/checkpoint.txt
}

@test "interrupted, killed and resumed: the same bits" {
    slow_file
    lsaflow train slow.yaml --out whole --no-plots
    [ "$status" -eq 0 ]
    stopped INT
    [ "$status" -eq 130 ]
    grep -q "resume goes on from there" words
    jq -e '.train.interrupted and (.train.path | length) > 0' cut/summary.json
    grep -q '^done [1-9]' cut/checkpoint.txt
    ! grep -q '^done 5000$' cut/checkpoint.txt
    lsaflow train slow.yaml --out cut --no-plots --resume --threads 1
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"went on from the checkpoint at step"* ]]
    same_end
    rm -r cut
    stopped KILL
    [ "$status" -eq 137 ]
    grep -q '^done [1-9][0-9]*00$' cut/checkpoint.txt
    lsaflow train slow.yaml --out cut --no-plots --resume
    [ "$status" -eq 0 ]
    same_end
}

@test "a finished run resumes to its end at once; gd too" {
    slow_file
    for method in gd adam momentum; do
        lsaflow train slow.yaml --out whole --no-plots --set train.method=$method --set train.steps=300
        [ "$status" -eq 0 ]
        cp -r whole cut
        rm cut/summary.json
        lsaflow train slow.yaml --out cut --no-plots --set train.method=$method --set train.steps=300 --resume
        [ "$status" -eq 0 ]
        same_end
        rm -r whole cut
    done
}

@test "a checkpoint of another run, damaged or missing" {
    slow_file
    lsaflow train slow.yaml --out cut --no-plots --set train.steps=200
    [ "$status" -eq 0 ]
    lsaflow_fails 2 "it has 'steps 200' where this has 'steps 300'" \
        train slow.yaml --out cut --no-plots --resume --set train.steps=300
    lsaflow_fails 2 "first_loss" train slow.yaml --out cut --no-plots --resume --set train.steps=200 --set data.context=21
    lsaflow_fails 2 "first_loss" train slow.yaml --out cut --no-plots --resume --set train.steps=200 --set init.sigma=0.2
    lsaflow_fails 2 "first_loss" train slow.yaml --out cut --no-plots --resume --set train.steps=200 \
        --set 'data.covariance={spectrum: [2, 1, 0.5, 0.4], rotation: 3}'
    lsaflow_fails 2 "seed" train slow.yaml --out cut --no-plots --resume --set train.steps=200 --set train.seed=2
    head -c 2000 cut/checkpoint.txt >part && mv part cut/checkpoint.txt
    lsaflow_fails 2 "damaged at" train slow.yaml --out cut --no-plots --resume --set train.steps=200
    echo nonsense >cut/checkpoint.txt
    lsaflow_fails 2 "is no checkpoint of a training" train slow.yaml --out cut --no-plots --resume --set train.steps=200
    rm cut/checkpoint.txt
    lsaflow train slow.yaml --out cut --no-plots --resume --set train.steps=200
    [ "$status" -eq 0 ]
    [[ "$stderr" == *"there is no checkpoint in the run directory"* ]]
}

@test "what --resume belongs to" {
    slow_file
    lsaflow_fails 2 "--resume belongs to train" run slow.yaml --resume
    lsaflow_fails 2 "--resume needs the run directory" train slow.yaml --resume --json
}

@test "the document says what does not apply" {
    slow_file
    lsaflow train slow.yaml --json --set train.method=adam --set train.steps=50
    [ "$status" -eq 0 ]
    holds '.train.path[3] | .time == null and (.time_reason | contains("Adam"))'
    lsaflow train slow.yaml --json --set train.step_size=5
    [ "$status" -eq 0 ]
    holds '.train.diverged and .train.diverged_at >= 1 and .train.gd_threshold > 0'
}

@test "the product of heads, of keys and queries has its limit; where there is none, a dash" {
    slow_file
    for statement in separate multihead multihead-separate; do
        lsaflow train slow.yaml --out heads --no-plots --set "statement=$statement" --set data.heads=2 --set train.steps=40
        [ "$status" -eq 0 ]
        [[ "$output" =~ "uU to its limit "[0-9.]+ ]]
        [[ "$output" != *nan* ]]
        jq -e '.train.average_to_limit > 0' heads/summary.json
    done
    cat >own.yaml <<'YAML'
statement:
  gaussians: {x: {covariance: Lambda, samples: N}, xq: {covariance: Lambda}, w: {covariance: Omega}}
  parameters: {a: scalar}
  prediction: "a/N * sum(i, w' * x[i] * x[i]' * xq)"
  target: "w' * xq"
data: {dimension: 2, context: 10}
init: {scheme: values, values: {a: 0.1}}
train: {steps: 20, step_size: 0.01}
YAML
    lsaflow train own.yaml --out own --no-plots
    [ "$status" -eq 0 ]
    [[ "$output" == *"uU to its limit -"* && "$output" != *nan* ]]
}

@test "verify: sgd-limit speaks of one layer (u, U), and says so of heads" {
    cat >heads.yaml <<'YAML'
statement: multihead
data: {dimension: 2, context: 5}
train: {steps: 100}
tests: []
claims: [sgd-limit]
YAML
    lsaflow verify heads.yaml --json
    [ "$status" -eq 5 ]
    holds '.claims[0].verdict == "not-applicable" and (.claims[0].why | test("all of uU\" is not met$"))'
}
