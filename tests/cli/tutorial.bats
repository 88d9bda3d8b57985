# The page docs/tutorial.md: its file, as it stands there, gives what the page says.
load support

# The only YAML block of the page.
extract() {
    awk '/^```yaml$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$LSAFLOW_SOURCE/docs/tutorial.md" >told-mean.yaml
}

@test "the file is under 25 lines, and its theorem holds" {
    extract
    lines=$(wc -l <told-mean.yaml)
    [ "$lines" -gt 10 ] && [ "$lines" -lt 25 ]
    lsaflow verify told-mean.yaml --json
    [ "$status" -eq 0 ]
    holds '[.claims[] | [.name, .verdict]] == [["limit", "holds"], ["least-risk", "proved"], ["rate", "holds"]]'
    holds '.figures[0] | .name == "learning" and (.curves | length) == 3 and (.curves | all(.missing == 0))'
    holds '.figures[0] as $f | ($f.at | length) as $n | $f.curves | all(.values | length == $n)'
    # b is learned no slower than the second curve, which is its bound
    holds '.figures[0].curves as $c | [range(0; $c[0].values | length)] | all($c[0].values[.] <= $c[1].values[.] * (1 + 1e-6) + 1e-12)'
}

@test "a wrong theorem about it fails" {
    extract
    for wrong in 'limit(V) == inv(Lambda)' 'limit(b) == 2*m' 'inf(risk) == tr(Lambda)' \
        'norm(b - m) <= start(norm(b - m))*exp(-1.01*min(eigvals(Lambda))*t)'; do
        lsaflow verify told-mean.yaml --json --claim "$wrong"
        [ "$status" -eq 1 ]
    done
}

@test "its figure is drawn, and its script stands alone" {
    extract
    lsaflow verify told-mean.yaml --out results
    [ "$status" -eq 0 ]
    grep -q 'figure-learning.svg' results/index.html
    [ -s results/figure-learning.png ] && [ -s results/figure-learning.csv ]
    mkdir alone && cp results/figure-learning.gp results/figure-learning.csv alone
    (cd alone && gnuplot figure-learning.gp)
    cmp alone/figure-learning.png results/figure-learning.png
}

@test "the changes that its model notices" {
    extract
    lsaflow verify told-mean.yaml --json --mutants
    [ "$status" -eq 0 ]
    holds '(.mutants | length) == 40 and ([.mutants[] | select(.outcome != "refuted") | .outcome] == ["same formula", "same formula"])'
    holds '.mutants[] | select(.formula | contains("V'"'"'")) | .outcome == "same formula"'
    lsaflow verify told-mean.yaml --json --mutants --set data.label_noise=0
    holds '.mutants[] | select(.change | startswith("s2 -> 0")) | .outcome == "this model cannot tell" and .told_by == ["data.label_noise=0.5"]'
}
