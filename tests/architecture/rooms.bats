# docs/ARCHITECTURE.md draws the tree as it is: the links of its table are those of the targets, a room uses nothing that it does
# not link, rooms form no circle, and circles of files inside a room do not grow beyond tests/architecture/circles.txt.

setup() {
    bats_require_minimum_version 1.5.0
    here="$BATS_TEST_DIRNAME"
    build="$(dirname "$LSAFLOW")"
    cd "$BATS_TEST_TMPDIR" || return
    grep -v ' :' "$build/links.txt" >links
    # Rows of the table as lines "floor room links libraries", each list in the order of the names, joined by commas.
    awk -F'|' '
    function tidy(list,    name, n, i, j, held, line) {
        gsub(/[`,]/, " ", list)
        n = split(list, name, " ")
        for (i = 2; i <= n; i++)
            for (j = i; j > 1 && name[j - 1] > name[j]; j--) {
                held = name[j]; name[j] = name[j - 1]; name[j - 1] = held
            }
        for (i = 1; i <= n; i++) line = line (i > 1 ? "," : "") name[i]
        return line == "" ? "-" : line
    }
    /^## / { inside = $0 == "## Rooms" }
    inside && $2 ~ /^ [0-9]+ $/ { print $2 + 0, tidy($3), tidy($4), tidy($5) }
    ' "$LSAFLOW_SOURCE/docs/ARCHITECTURE.md" | sort -k 2 >drawn
}

# Rows like those, from "room link" and "room :library" lines; a room's floor is one above the highest that it links.
rows_of() {
    awk '
    function floor_of(room,    k, n, list, below, highest) {
        if (room in floor) return floor[room]
        n = split(links[room], list, " ")
        highest = -1
        for (k = 1; k <= n; k++) { below = floor_of(list[k]); if (below > highest) highest = below }
        return floor[room] = highest + 1
    }
    function joined(list) { gsub(/ /, ",", list); return list == "" ? "-" : substr(list, 2) }
    { room[$1] }
    $2 ~ /^:/ { libraries[$1] = libraries[$1] " " substr($2, 2); next }
    { links[$1] = links[$1] " " $2; room[$2] }
    END { for (r in room) print floor_of(r), r, joined(links[r]), joined(libraries[r]) }'
}

@test "what is linked is what is drawn" {
    LC_ALL=C sort -u "$build/links.txt" | rows_of | sort -k 2 >linked
    diff drawn linked
}

@test "every room of src is drawn" {
    find "$LSAFLOW_SOURCE/src" -name module.cmake -exec dirname {} \; | sed 's|.*/||' | sort >rooms
    awk '{ print $2 }' drawn | sort | diff rooms -
}

@test "rooms form no circle" {
    run -0 awk -f "$here/circles.awk" links
    [ -z "$output" ]
    echo "base cli" >>links # a link back is told
    run -0 awk -f "$here/circles.awk" links
    [[ "$output" == "base "*" cli "* ]]
}

# outside LINES: those of "room room" that no chain of links has.
outside() {
    awk '
    function reaches(from, to,    k, n, list) {
        if (from == to) return 1
        n = split(links[from], list, " ")
        for (k = 1; k <= n; k++) if (reaches(list[k], to)) return 1
        return 0
    }
    FILENAME == "links" { links[$1] = links[$1] " " $2; next }
    !reaches($1, $2)' links "$1"
}

@test "a room calls nothing that it does not link" {
    "$here/uses.sh" "$LSAFLOW_SOURCE" "$build" | sed 's|/[^ ]*||g' | sort -u >calls
    [ "$(wc -l <calls)" -gt 20 ]
    run -0 outside calls
    [ -z "$output" ]
    echo "theory flow" >calls # as this would be
    run -0 outside calls
    [ "$output" = "theory flow" ]
}

@test "a room reads no private header of what it does not link" {
    (cd "$LSAFLOW_SOURCE/src" && grep -o '^#include "[a-z_]*/' -r --include='*.[ch]' .) |
        sed -e 's|^\./||' -e 's|/[^:]*:#include "| |' -e 's|/$||' | grep -v ' lsaflow$' | sort -u >reads
    [ "$(wc -l <reads)" -gt 20 ]
    run -0 outside reads
    [ -z "$output" ]
}

@test "a file of src has a name of its own" {
    run -0 bash -c "find '$LSAFLOW_SOURCE/src' -name '*.[ch]' | sed 's|.*/||' | sort | uniq -d"
    [ -z "$output" ]
}

@test "a type has one meaning" {
    two() { list=1 "$LSAFLOW_SOURCE/script/measures" "$1" | sed -n '/^types with two meanings/,/^[a-z]/s/^    //p'; }
    [ -z "$(two "$LSAFLOW_SOURCE")" ]
    mkdir -p tree/src/a tree/src/b tree/include # as this would be
    echo 'typedef struct thing {' | tee tree/src/a/x.h >tree/src/b/y.c
    [ "$(two tree)" = "thing: src/a/x.h src/b/y.c" ]
}

@test "random numbers of an experiment are drawn by the table of streams alone" {
    run ! grep -rn 'lsa_rng_at(' "$LSAFLOW_SOURCE/src" --include='*.c' \
        --exclude-dir=bench --exclude=rng.c --exclude=streams.c --exclude=prompt.c
}

# Files whose calls run in a circle: a line for each circle.
circles() {
    "$here/uses.sh" "$LSAFLOW_SOURCE" "$build" | awk -f "$here/circles.awk" | LC_ALL=C sort
}

# Of lines of files, a line "room circles files" for each room.
count() {
    awk '{ room = $1; sub(/\/.*/, "", room); circles[room]++; files[room] += NF }
         END { for (r in circles) print r, circles[r], files[r] }' "$@"
}

# Rooms of the second list with more circles, or more files in them, than the first has.
grown() {
    awk 'FILENAME == ARGV[1] { circles[$1] = $2; files[$1] = $3; next }
         $2 > circles[$1] + 0 || $3 > files[$1] + 0' "$1" "$2"
}

@test "circles of files do not grow" {
    grep -v '^#' "$here/circles.txt" | count >before
    circles >now
    count now >counted
    run -0 grown before counted
    if [ -n "$output" ]; then
        echo "room, circles of files, files in them: more than before in"
        echo "$output"
        grep -v '^#' "$here/circles.txt" | diff - now
        false
    fi
    if ! grep -v '^#' "$here/circles.txt" | diff - now; then
        echo "# circles of files are others than tests/architecture/circles.txt says: write it anew" >&3
    fi
    echo "base/a base/b" | count >one
    : >none
    run -0 grown none one
    [ "$output" = "base 1 2" ]
}
