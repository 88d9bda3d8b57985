#!/bin/sh
# consumer.sh BUILD_DIR SOURCE_DIR: installs the build into a new folder, then builds and runs a user's projects against it, in C
# and C++, found by CMake and by pkg-config; then moves the folder elsewhere and does so again.
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# quietly COMMAND...: its output only where it fails.
quietly() {
    "$@" >"$work/log" 2>&1 || { cat "$work/log"; echo "failed: $*"; exit 1; }
}

# use PREFIX: everything a user does with it.
use() {
    prefix=$1
    examples=$prefix/share/doc/lsaflow/examples
    project=$prefix.project
    quietly cmake -S "$source" -B "$project" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" -DEXAMPLES="$examples"
    quietly cmake --build "$project"
    "$project/with_lsaflow"
    "$project/with_lsaflow_static"
    "$project/loss" >"$work/loss.cmake"
    "$project/flow" >"$work/flow.cmake"

    PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig)
    export PKG_CONFIG_PATH
    flags=$(pkg-config --cflags --libs lsaflow)
    # shellcheck disable=SC2086 # the flags are words
    cc -std=c11 "$examples/loss.c" -o "$work/loss" $flags
    # shellcheck disable=SC2086
    c++ -std=c++17 "$examples/flow.cpp" -o "$work/flow" $flags
    LD_LIBRARY_PATH=$(pkg-config --variable=libdir lsaflow)
    export LD_LIBRARY_PATH
    "$work/loss" | tee "$work/loss.pkgconfig"
    "$work/flow" | tee "$work/flow.pkgconfig"
    unset LD_LIBRARY_PATH
    cmp "$work/loss.cmake" "$work/loss.pkgconfig"
    cmp "$work/flow.cmake" "$work/flow.pkgconfig"
    grep -q 'ends at a global-minimum' "$work/flow.cmake"

    "$prefix/bin/lsaflow" --version
    test -f "$prefix/share/doc/lsaflow/LICENSE"
    test -f "$prefix/share/lsaflow/models/theorem-4.1.yaml"
}

quietly cmake --install "$build" --prefix "$work/prefix"
use "$work/prefix"

# Nothing of an installation names the place where it was first.
mkdir "$work/elsewhere"
mv "$work/prefix" "$work/elsewhere/moved"
rm -rf "$work/prefix.project"
if grep -rlF "$work/prefix" "$work/elsewhere/moved"; then
    echo "these files name the folder of their installation"
    exit 1
fi
use "$work/elsewhere/moved"
