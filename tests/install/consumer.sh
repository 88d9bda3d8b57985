#!/bin/sh
# consumer.sh BUILD_DIR SOURCE_DIR: installs the build into a new folder, then builds and runs a user's project against it,
# found by CMake and by pkg-config.
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix

cmake --install "$build" --prefix "$prefix" >"$work/log"
cmake -S "$source" -B "$work/project" -G Ninja -DCMAKE_PREFIX_PATH="$prefix" >>"$work/log" || { cat "$work/log"; exit 1; }
cmake --build "$work/project"
"$work/project/with_lsaflow"
"$work/project/with_lsaflow_static"

PKG_CONFIG_PATH=$(find "$prefix" -name pkgconfig)
export PKG_CONFIG_PATH
# shellcheck disable=SC2046 # the flags are words
cc "$source/main.c" -o "$work/by_pkg_config" $(pkg-config --define-variable=prefix="$prefix" --cflags --libs lsaflow)
LD_LIBRARY_PATH=$(pkg-config --define-variable=prefix="$prefix" --variable=libdir lsaflow) "$work/by_pkg_config"

"$prefix/bin/lsaflow" --version
test -f "$prefix/share/doc/lsaflow/LICENSE"
test -f "$prefix/share/lsaflow/models/theorem-4.1.yaml"
