# What adding a thing touches: a way of integrating, a claim, a setting's key are added to a copy of the tree, in its own places and in
# no others, the program is built and they work. The files that each touches are those of the table in CONTRIBUTING.md.

# after FILE REGEX LINE...: puts the lines behind the first line that matches.
after() {
    local file=$1 where=$2
    shift 2
    grep -qE "$where" "$file" || { echo "$file: no line matches $where"; return 1; }
    printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/lines"
    awk -v where="$where" -v lines="$BATS_TEST_TMPDIR/lines" '
        { print }
        !done && $0 ~ where { while ((getline line <lines) > 0) print line; done = 1 }' "$file" >"$BATS_TEST_TMPDIR/new"
    cp "$BATS_TEST_TMPDIR/new" "$file"
}

# A way that runs through the polynomial's path in half the time, for all that has no form and is integrated with a dense matrix.
add_way() {
    sed -e 's/way_polynomial\.c.*/way_hasty.c - the polynomial, twice as fast. *\//' -e '/^ \*/d' -e '/^const flow_way/,$d' \
        -e 's/lsa_vec_scale(system->n, -1.0, f)/lsa_vec_scale(system->n, -2.0, f)/' \
        -e '/^static bool rhs_with_action/,/^}/d' -e '/^static bool rhs_of_product/,/^}/d' \
        -e '/^static void jacobian_with_action/,/^}/d' src/flow/way_polynomial.c >src/flow/way_hasty.c
    cat >>src/flow/way_hasty.c <<'END'
static void jacobian(flow_system *system, const double *y, const double *v, double *out)
{
    way_polynomial_jacobian(system, y, v, out);
    lsa_vec_scale(system->n, 2.0, out);
}

const flow_way flow_way_hasty = {.rhs = rhs,
                                 .jacobian = jacobian,
                                 WAY_OF_ALL_PARAMETERS,
                                 .weigh = way_weigh_entries,
                                 .level = way_level_polynomial,
                                 .measure = way_measure};
END
    sed -i 's/way_diagonal\.c/way_diagonal.c way_hasty.c/' src/flow/module.cmake
    after src/flow/way.h '^} flow_way;' 'extern const struct flow_way flow_way_hasty;'
    after src/flow/build.c 'return &flow_way_polynomial_form;' \
        '    if (method == LSA_METHOD_DENSE) return &flow_way_hasty;'
}

add_claim() {
    cat >>src/verify/claims_off_diagonal.c <<'END'

lsa_status claim_three(const claim_context *context, lsa_error *err)
{
    lsa_status status = LSA_OK;
    lsa_claim_result *result;
    LSA_TRY(claim_add(context, &result, err));
    claim_equal(result, 3.0, (double)context->experiment->data.d, 0.0);
done:
    return status;
}
END
    after src/verify/claim.h '^typedef lsa_status claim_check' 'claim_check claim_three;'
    after src/verify/claim_table.c '^#define CLAIM_LIST' '    C("three", "nobody", "the dimension is 3", three, EXACT, 0) \'
}

add_key() {
    after src/model/schema_rows.c '"variance of the noise in the context labels' \
        '    {"tests.*.weight", LSA_VALUE_REAL, 0, 10, NULL, NULL, 0, "1", "of the test"},'
    after src/model/tests.c 'out->query_noise = ' \
        '    out->weight = lsa_value_real(entry, "tests.*.weight");'
    after include/lsaflow/setting.h '    bool query_noise;' '    double weight; /* of the test */'
    sed -i 's/a->query_noise == b->query_noise;/a->query_noise == b->query_noise \&\& a->weight == b->weight;/' src/setting/setting.c
}

# The files of the copy that are not as they were.
touched() {
    (cd "$BATS_TEST_TMPDIR" && diff -rq before tree || true) | sed -E 's/^Files before\/([^ ]*) .*/\1/; s/^Only in tree\/?([^:]*): (.*)/\1\/\2/' |
        LC_ALL=C sort
}

# The files that CONTRIBUTING.md names for a thing: the code spans of its row that are paths of sources.
named() {
    grep "^| $1 |" "$LSAFLOW_SOURCE/CONTRIBUTING.md" | grep -oE '`(src|include)/[^`]*`' | tr -d '`' | LC_ALL=C sort
}

fresh() {
    rm -rf tree before
    mkdir tree
    (cd "$LSAFLOW_SOURCE" && tar -c --exclude=./build --exclude=./out --exclude=./.git .) | tar -x -C tree
    cp -r tree before
}

setup() {
    bats_require_minimum_version 1.5.0
    cd "$BATS_TEST_TMPDIR" || return
}

@test "a way, a claim, a key: the files that each touches" {
    for thing in way claim key; do
        fresh
        (cd tree && "add_$thing")
        touched >found
        named "$thing" | sed -e "s/NAME/$([ $thing = way ] && echo hasty || echo off_diagonal)/" | diff - found
    done
}

@test "a way, a claim, a key: built, and they work" {
    fresh
    (cd tree && add_way && add_claim && add_key)
    cmake -S tree -B build -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_C_FLAGS_DEBUG=-O0 >log
    cmake --build build --target lsaflow_program >log || { tail -n 40 log; return 1; }
    cat >model.yaml <<END
statement: full
data: {dimension: 2, context: 10}
flow: {stop: {time: 4}, output: {points: 5}}
tests: [{name: one, weight: 2}]
claims: [three]
END
    # Twice as fast by the new way: where the old one is at time 4, it is at time 2.
    for method in krylov dense; do
        time=$([ $method = dense ] && echo 2 || echo 4)
        build/lsaflow run model.yaml --no-plots --json --quiet --set flow.method=$method --set flow.stop.time=$time >$method
    done
    jq -e --slurp '(.[0].samples[-1].loss / .[1].samples[-1].loss - 1) | fabs < 1e-6' krylov dense
    jq -e --slurp '(.[0].samples[-1].time == 4) and (.[1].samples[-1].time == 2)' krylov dense
    # Refuted where the dimension is 2, held where it is 3.
    run -1 build/lsaflow verify model.yaml --no-plots --json --quiet
    run -0 build/lsaflow verify model.yaml --no-plots --json --quiet --set data.dimension=3
    # Read with its range.
    run -2 build/lsaflow eval model.yaml --quiet --json --set tests.0.weight=11
    [[ "$output" == *weight* ]]
    run -2 "$LSAFLOW" eval model.yaml --quiet --json
}
