#!/bin/sh
# python.sh BUILD_DIR SOURCE_DIR: installs the build into a new folder, moves it, and runs the tests of the Python module and the
# example theorem.py there. Exit status 77, "skipped", where no Python has numpy and matplotlib.
set -eu
build=$1
source=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python=
for candidate in ${PYTHON:-python3 /usr/bin/python3}; do
    if MPLCONFIGDIR=$work "$candidate" -c 'import numpy, matplotlib' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: the Python module and docs/examples/theorem.py: no python3 here has numpy and matplotlib"
    exit 77
fi

cmake --install "$build" --prefix "$work/first" >"$work/log"
mv "$work/first" "$work/prefix"
PKG_CONFIG_PATH=$(find "$work/prefix" -name pkgconfig)
PYTHONPATH=$(PKG_CONFIG_PATH=$PKG_CONFIG_PATH pkg-config --variable=pythondir lsaflow)
export PKG_CONFIG_PATH PYTHONPATH MPLCONFIGDIR="$work" PYTHONDONTWRITEBYTECODE=1
"$python" "$source/module.py" "$work/prefix/bin/lsaflow" "$work/prefix/share/lsaflow/models"
"$python" "$work/prefix/share/doc/lsaflow/examples/theorem.py" "$work/figure.png"
test -s "$work/figure.png"
