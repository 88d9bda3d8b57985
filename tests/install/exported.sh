#!/bin/sh
# exported.sh LIBRARY LIST: the shared library shows the functions of the list and nothing else. A change of the list is a change
# of what others may link: it is made on purpose, by `exported.sh LIBRARY > LIST`.
set -eu
symbols() {
    nm -D --defined-only "$1" | awk '{ print $NF }' | LC_ALL=C sort
}
if [ $# -eq 1 ]; then
    symbols "$1"
else
    symbols "$1" | diff "$2" - && echo "$(wc -l <"$2") functions, as listed"
fi
