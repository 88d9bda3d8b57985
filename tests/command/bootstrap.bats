# script/bootstrap against a stand-in for Debian's tools: it installs what is missing, and only that.

setup() {
    bootstrap="$BATS_TEST_DIRNAME/../../script/bootstrap"
    tools="$BATS_TEST_TMPDIR/bin"
    mkdir -p "$tools"
    for tool in sh env mktemp rm cat; do
        ln -s "$(command -v "$tool")" "$tools/$tool"
    done
    # id: who we are; dpkg-query: installed but for the names in $ABSENT; apt-get: writes down its arguments.
    printf '#!/bin/sh\necho "$WHO"\n' >"$tools/id"
    printf '#!/bin/sh\ncase " $ABSENT " in *" $4 "*) exit 1 ;; esac\nprintf installed\n' >"$tools/dpkg-query"
    printf '#!/bin/sh\necho "$DEBIAN_FRONTEND $*" >>"%s"\nexit "${APT_EXIT:-0}"\n' "$BATS_TEST_TMPDIR/apt" >"$tools/apt-get"
    chmod 755 "$tools/id" "$tools/dpkg-query" "$tools/apt-get"
    export WHO=0 ABSENT=
}

@test "nothing is missing: nothing is said or installed" {
    PATH="$tools" run "$bootstrap"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    [ ! -e "$BATS_TEST_TMPDIR/apt" ]
}

@test "only what is missing is installed, without questions" {
    ABSENT="cmake libgsl-dev" PATH="$tools" run "$bootstrap"
    [ "$status" -eq 0 ]
    run cat "$BATS_TEST_TMPDIR/apt"
    [ "${lines[0]}" = "noninteractive -q update" ]
    [ "${lines[1]}" = "noninteractive -q -y --no-install-recommends install cmake libgsl-dev" ]
    [ "${#lines[@]}" -eq 2 ]
}

@test "what checks the sources is installed where it is asked for" {
    ABSENT="clang-tidy-14" PATH="$tools" run "$bootstrap"
    [ "$status" -eq 0 ]
    [ -z "$output" ]
    ABSENT="clang-tidy-14" PATH="$tools" run "$bootstrap" lint
    [ "$status" -eq 0 ]
    run cat "$BATS_TEST_TMPDIR/apt"
    [ "${lines[1]}" = "noninteractive -q -y --no-install-recommends install clang-tidy-14" ]
}

@test "a failed installation fails" {
    APT_EXIT=100 ABSENT=cmake PATH="$tools" run "$bootstrap"
    [ "$status" -eq 1 ]
    [[ "$output" == *"failed: apt-get -q update"* ]]
}

@test "neither root nor sudo: the missing packages are named" {
    WHO=1000 ABSENT="cmake gcc" PATH="$tools" run "$bootstrap"
    [ "$status" -eq 1 ]
    [[ "$output" == *"root or sudo: gcc cmake"* ]]
    [ ! -e "$BATS_TEST_TMPDIR/apt" ]
}

@test "not root but with sudo" {
    printf '#!/bin/sh\nexec "$@"\n' >"$tools/sudo"
    chmod 755 "$tools/sudo"
    WHO=1000 ABSENT=cmake PATH="$tools" run "$bootstrap"
    [ "$status" -eq 0 ]
    run cat "$BATS_TEST_TMPDIR/apt"
    [ "${lines[1]}" = "noninteractive -q -y --no-install-recommends install cmake" ]
}

@test "another system: the packages are named" {
    rm "$tools/apt-get"
    PATH="$tools" run "$bootstrap"
    [ "$status" -eq 1 ]
    [[ "$output" == *"libsundials-dev"* ]]
}
