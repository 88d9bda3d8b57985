#!/bin/sh
# uses.sh SOURCE BUILD: who uses whom in src/, by the symbols of the object files of a build tree: lines "room/unit room/unit", the
# first calls a function or reads an object that the second defines. A unit is a .c file with the header of its name.
set -eu
source=$1
build=$2/src/CMakeFiles

objects=$(mktemp)
trap 'rm -f "$objects"' EXIT
# Objects of files that have left the tree are passed over.
for object in "$build"/lsa_*.dir/*/*.c.o "$build"/lsaflow_program.dir/cli/*.c.o; do
    room=${object%/*}
    room=${room##*/}
    file=${object##*/}
    if [ -e "$source/src/$room/${file%.o}" ]; then
        echo "$object"
    fi
done >"$objects"
[ -s "$objects" ]

xargs nm -A -g <"$objects" | awk '
{
    object = $1
    sub(/:.*$/, "", object)
    parts = split(object, part, "/")
    unit = part[parts - 1] "/" part[parts]
    sub(/\.c\.o$/, "", unit)
    if ($(NF - 1) == "U")
        wants[unit, $NF] = 1
    else
        home[$NF] = unit
}
END {
    for (pair in wants) {
        split(pair, want, SUBSEP)
        if (want[2] in home && home[want[2]] != want[1])
            uses[want[1] " " home[want[2]]] = 1
    }
    for (line in uses)
        print line
}' | sort
