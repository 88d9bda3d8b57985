# The table of a ledger: the draw, then the ledger, as script/mutants writes them. The last line on a mistake counts. -v count=COUNT.
# Exit code 1 where one survives without an explanation, or has not been tried to the end.
BEGIN { FS = "\t" }
FNR == 1 { file_number++ }
file_number == 1 { key[++drawn] = $2 FS $4 FS $5 FS $6 FS $7; next }
{
    place = $2
    sub(/:[0-9]+$/, "", place)
    k = place FS $3 FS $4 FS $5 FS $6
    result[k] = $7
    who[k] = $8
    where[k] = $2
    seconds[k] += $9
}
function row(name,    n) { # of a folder or an operator
    n = of[name, "killed"] + of[name, "timeout"] + of[name, "survives"] + of[name, "equivalent"] + of[name, "open"]
    printf "%-12s %5d %7d %7d %10d %8d\n", name, n, of[name, "killed"], of[name, "timeout"], of[name, "equivalent"],
           of[name, "survives"] + of[name, "open"]
}
END {
    for (i = 1; i <= drawn && counted < count; i++) {
        k = key[i]
        if (!(k in result))
            continue
        r = result[k]
        if (r == "same-code" || r == "no-program") {
            left_out[r]++
            continue
        }
        counted++
        split(k, part, FS)
        split(part[1], path, "/")
        room = path[2]
        operator = part[3]
        of[room, r]++
        of[operator, r]++
        of["all", r]++
        total += seconds[k]
        if (r == "killed" || r == "timeout")
            by[who[k]]++
        if (r == "survives" || r == "open")
            list[++survivors] = r " " where[k] " " part[2] ", " operator ": " part[4] " -> " part[5] (who[k] == "-" ? "" : " (" who[k] ")")
    }
    printf "%-12s %5s %7s %7s %10s %8s\n", "", "tried", "killed", "timeout", "equivalent", "survives"
    n = split("theory symbolic compile flow empirical", ordered, " ")
    for (i = 1; i <= n; i++)
        row(ordered[i])
    n = split("sign factor successor degree term transpose index eigenvalue constant root loop", ordered, " ")
    for (i = 1; i <= n; i++)
        row(ordered[i])
    row("all")
    printf "without a program %d, the same object %d; %.1f hours\n", left_out["no-program"], left_out["same-code"], total / 3600
    printf "killed by\n"
    for (name in by)
        printf "  %4d  %s\n", by[name], name | "sort -rn"
    close("sort -rn")
    for (i = 1; i <= survivors; i++)
        print list[i]
    exit survivors > 0
}
