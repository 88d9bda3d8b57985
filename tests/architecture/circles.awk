# Circles among lines "A B" (A uses B): each strongly connected component of more than one member on one line, in the order
# of the names. Tarjan (1972).
function visit(v,    k, list, n, w, line) {
    number[v] = low[v] = ++numbered
    stack[++height] = v
    waiting[v] = 1
    n = split(next_of[v], list, " ")
    for (k = 1; k <= n; k++) {
        w = list[k]
        if (!(w in number))
            visit(w)
        if (w in waiting && low[w] < low[v])
            low[v] = low[w]
    }
    if (low[v] < number[v])
        return
    line = ""
    n = 0
    do {
        w = stack[height--]
        delete waiting[w]
        component[++n] = w
    } while (w != v)
    if (n < 2)
        return
    sort(n)
    for (k = 1; k <= n; k++)
        line = line (k > 1 ? " " : "") component[k]
    print line
}
function sort(n,    i, j, held) {
    for (i = 2; i <= n; i++) {
        held = component[i]
        for (j = i - 1; j >= 1 && component[j] > held; j--)
            component[j + 1] = component[j]
        component[j + 1] = held
    }
}
{ next_of[$1] = next_of[$1] " " $2; name[$1]; name[$2] }
END { for (v in name) if (!(v in number)) visit(v) }
