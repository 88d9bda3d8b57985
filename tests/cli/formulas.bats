# Claims as formulas, as a user writes them: in the file, in a file of their own, on the command line.
load support

@test "a formula on the command line: proved 0, refuted 1" {
    lsaflow verify small.yaml --json --claim 'inf(risk) == tr(Lambda) - tr(Lambda^2*inv(G))' --where 'G = (1 + 1/N)*Lambda + tr(Lambda)/N*I'
    [ "$status" -eq 0 ]
    holds '.claims | length == 1'
    holds '.claims[0] | .verdict == "proved" and .numbers == "enclosed" and .kind == "exact" and .witnesses[1] == "model"'
    holds '.claims[0].formula == "inf(risk) == tr(Lambda) - tr(Lambda^2*inv(G))"'
    lsaflow verify small.yaml --json --claim 'inf(loss) == tr(Lambda) - tr(Lambda^2*inv(G))' --where 'G = (1 + 1/N)*Lambda + tr(Lambda)/N*I'
    [ "$status" -eq 1 ]
    holds '.claims[0].why | contains("risk for loss")'
}

@test "a formula that is none: exit 2, with its place" {
    lsaflow_fails 2 "--claim: unknown name 'Lamda'; did you mean 'Lambda'? (character 4 of 'tr(Lamda) == 1')" verify small.yaml --claim 'tr(Lamda) == 1'
    lsaflow_fails 2 "--where 'G': expected NAME = FORMULA" verify small.yaml --claim 'd == 3' --where G
    sed -i '/^claims/d' small.yaml
    printf 'claims:\n  - {name: a, claim: "d == 3"}\n  - name: b\n    claim: "tr(Lambda) == 1 + U"\n' >>small.yaml
    lsaflow_fails 2 "small.yaml:16:31: claims.1.claim: shapes do not agree: 1 x 1 + d x d" verify small.yaml
    lsaflow_fails 2 "the key 'claim' is missing" verify small.yaml --set 'claims=[{name: a}]'
    lsaflow_fails 2 "unknown key; did you mean 'where'?" verify small.yaml --set 'claims=[{claim: "d == 3", wher: {}}]'
}

@test "claims of the file, of a file of claims, and published ones together" {
    sed -i '/^claims/d' small.yaml
    printf 'claims: [limit-u, {name: own, claim: "d == 3"}, mine.yaml]\n' >>small.yaml
    printf 'claims:\n  - {name: theirs, for: {k: 1..2}, claim: "k < d"}\n  - minimum-loss\n' >mine.yaml
    lsaflow verify small.yaml --json
    [ "$status" -eq 0 ]
    holds '[.claims[].name] | sort == ["limit-u", "minimum-loss", "own", "theirs", "theirs"]'
    holds '[.claims[] | select(.name == "theirs").for] == ["k = 1", "k = 2"]'
    holds '.claims[] | select(.name == "limit-u") | .formula == "limit(u) == norm(A)^(1/2)" and (.hypotheses | length) == 5'
    printf 'other: 1\n' >mine.yaml
    lsaflow_fails 2 "mine.yaml:1:1" verify small.yaml
    rm mine.yaml
    lsaflow_fails 2 "mine.yaml" verify small.yaml
}

@test "a published claim and a group by their names; a file of the same name is a path" {
    lsaflow verify small.yaml --json --claim limit-u
    [ "$status" -eq 0 ]
    holds '[.claims[].name] == ["limit-u"]'
    lsaflow verify small.yaml --json --set 'claims=[theorem-4.1]'
    holds '[.claims[].name] | sort == ["balanced", "exponential-decay", "limit-U", "limit-u", "minimum-loss", "pl-inequality", "u-lower-bound"]'
    lsaflow verify small.yaml --json --claim saddle-to-saddle
    holds '[.claims[].name] | unique | length == 5'
    printf 'claims:\n  - {name: limit-u, claim: "d == 3"}\n' >limit-u.yaml
    lsaflow verify small.yaml --json --set 'claims=[./limit-u.yaml]'
    holds '[.claims[] | [.name, .formula]] == [["limit-u", "d == 3"]]'
    lsaflow verify --list-claims
    [[ "$output" == *"theorem-4.5 "*"group"* ]]
}

@test "explain: statement, hypotheses, formula as text and LaTeX, wrong forms" {
    lsaflow explain limit-u
    [ "$status" -eq 0 ]
    [[ "$output" == *"source: Theorems 4.1, 4.5"*"start(u) > 0"*"\\lim_{t\\to\\infty} u = "*"wrong: N forgotten"* ]]
    lsaflow explain limit-u --json
    holds '.claim.text == "limit(u) == norm(A)^(1/2)" and .where.A.text == "argmin(product)" and (.assuming | length) == 5 and
        [.wrong[].model] == ["theorem-4.1", "theorem-4.1"]'
    lsaflow explain test-error
    [[ "$output" == *"by the program, on sampled prompts"* ]]
    lsaflow explain theorem-4.2
    [[ "$output" == *"claims: test-error competitive-with-best-linear"* ]]
    lsaflow_fails 2 "no published claim is called 'limt-u'; did you mean 'limit-u'?" explain limt-u
    lsaflow_fails 2 "explain: the name of a claim is missing" explain
    lsaflow_fails 2 'unexpected argument "more"' explain limit-u more
}

@test "what has no value is refused, and the others go on: 5" {
    sed -i '/^claims/d' small.yaml
    printf 'claims:\n  - {name: none, claim: "tr(inv(Lambda - Lambda)) == 1"}\n  - {name: one, claim: "d == 3"}\n' >>small.yaml
    lsaflow verify small.yaml --json
    [ "$status" -eq 5 ]
    holds '.claims[0] | .verdict == "inconclusive" and (.why | startswith("refused: the inverse of a singular matrix")) and .predicted == null'
    holds '.claims[1].verdict == "proved"'
}

@test "the table on a terminal, and the run directory" {
    lsaflow verify small.yaml --no-plots --out results --claim 'limit(u)^2 == limit(norm(U))^2'
    [ "$status" -eq 0 ]
    [[ "$output" == *"claim "* && "$output" == *"holds"* ]]
    jq -e '.claims[0] | .kind == "flow" and .tautology == false and .resolution < 1e-6' results/summary.json >/dev/null
}
