# Every mistake that the table below can make in the C files named on the command line, one a line, by tabs:
#     file, line, function, operator, what was, what is, the whole line as it would be.
# `what was` and `what is` are the piece that changes, with a little of its surroundings.
#
# operator     the mistake
# sign         + for -, - for +, += for -=; a minus sign left out
# factor       * for /, / for *
# successor    N for N + 1, k for k - 1, x for 1 + x
# degree       k for k - i: degrees of freedom, lengths left over
# term         a summand left out, an alternative left out, a statement += or -= left out
# transpose    [j + i * d] for [i + j * d], A for A', A B for B A
# index        i for j where both are at hand
# eigenvalue   x[0] for x[k], the largest for the least, another power
# constant     1 for 1/2 and for 2, 2 for 3, 2 for 4
# root         sqrt, fabs left out; x for its square
# loop         the first or the last turn left out
#
# Only bodies of functions count. Left alone: comments, messages, allocation and its sizes, functions that only create,
# release, measure or print.

function trim(s) { sub(/^[ \t]+/, "", s); sub(/[ \t]+$/, "", s); return s }

# The mistake that writes `text` over `length_of` characters from `at`.
function emit(operator, at, length_of, text,    from, to, before, after) {
    if (substr(code, at, length_of) == text)
        return
    from = at - 24 < 1 ? 1 : at - 24
    to = at + length_of + 24
    before = trim(substr(code, from, to - from))
    after = trim(substr(code, from, at - from) text substr(code, at + length_of, to - at - length_of))
    printf "%s\t%d\t%s\t%s\t%s\t%s\t%s\n", FILENAME, FNR, name, operator, before, after, substr(code, 1, at - 1) text substr(code, at + length_of) comment
}

# One past the operand that begins at `at`: up to a sum, comparison, comma or closing bracket of its own level; 0 where the
# line ends first.
function operand_end(at,    depth, k, c, two) {
    depth = 0
    for (k = at; k <= length(code); k++) {
        c = substr(code, k, 1)
        if (c ~ /[(\[{]/)
            depth++
        else if (c ~ /[)\]}]/) {
            if (depth-- == 0)
                return k
        } else if (depth == 0) {
            two = substr(code, k, 3)
            if (c == "," || c == ";")
                return k
            if (two == " + " || two == " - " || two ~ /^ [<>?:] $/ || two ~ /^ ([<>=!]=|&&|\|\|)$/)
                return k
        }
    }
    return 0
}

# Whether `at` stands between square brackets: where a number lies, not what it is.
function in_brackets(at,    k, depth) {
    depth = 0
    for (k = 1; k < at; k++) {
        if (substr(code, k, 1) == "[")
            depth++
        else if (substr(code, k, 1) == "]")
            depth--
    }
    return depth > 0
}

function mutate_sums(    k, three, end, operand, placed) {
    for (k = 1; k <= length(code) - 3; k++) {
        three = substr(code, k, 3)
        if (three != " + " && three != " - ")
            continue
        end = operand_end(k + 3)
        operand = end > 0 ? substr(code, k + 3, end - k - 3) : ""
        placed = in_brackets(k)
        if (!placed)
            emit("sign", k, 3, three == " + " ? " - " : " + ")
        if (end == 0)
            continue
        if (operand ~ /^1(\.0)?L?$/)
            emit("successor", k, end - k, "")
        else if (three == " - " && operand ~ /^(\(double\)|\(long double\))?[A-Za-z_]+$/)
            emit("degree", k, end - k, "")
        else if (!placed)
            emit("term", k, end - k, "")
    }
    for (k = 1; k <= length(code) - 6; k++)
        if (match(substr(code, k, 9), /^1(\.0)?L? \+ /) && substr(code, k - 1, 1) !~ /[A-Za-z0-9_.]/)
            emit("successor", k, RLENGTH, "")
}

function mutate_assigned(    at) {
    if ((at = index(code, " += ")) > 0)
        emit("sign", at, 4, " -= ")
    if ((at = index(code, " -= ")) > 0)
        emit("sign", at, 4, " += ")
    if (code ~ /^ +[^;?]* [-+]= [^;]*;$/ && code !~ /(\+\+|--|for \(|if \(|while \()/) {
        match(code, /^ +/)
        at = RLENGTH + 1
        emit("term", at, length(code) - at + 1, ";")
    }
    if ((at = index(code, " *= ")) > 0)
        emit("factor", at, 4, " /= ")
    if ((at = index(code, " /= ")) > 0)
        emit("factor", at, 4, " *= ")
}

function mutate_negated(    k) {
    for (k = 2; k < length(code); k++)
        if (substr(code, k, 1) == "-" && substr(code, k + 1, 1) ~ /[A-Za-z(]/ &&
            substr(code, k - 1, 1) ~ /[( ]/ && substr(code, k - 2, 2) !~ /[A-Za-z0-9)\]] $/)
            emit("sign", k, 1, "")
}

function mutate_factors(    k, three) {
    for (k = 1; k <= length(code) - 3; k++) {
        three = substr(code, k, 3)
        if (in_brackets(k))
            continue
        if (three == " * ")
            emit("factor", k, 3, " / ")
        else if (three == " / ")
            emit("factor", k, 3, " * ")
    }
}

# cond ? a : 0.0 loses a.
function mutate_alternative(    at, rest, end) {
    at = index(code, " ? ")
    if (at == 0)
        return
    rest = substr(code, at + 3)
    if (match(rest, / : (0\.0L?|1\.0L?)[;,)]/)) {
        end = at + 3 + RSTART - 1
        emit("term", at + 3, end - at - 3, substr(rest, RSTART + 3, RLENGTH - 4))
    }
}

function mutate_transpose(    k, rest, inside, part, found, list, n) {
    for (k = 1; k <= length(code); k++) {
        rest = substr(code, k)
        if (match(rest, /^\[\(?[a-z]+ \+ [a-z]+ \* [A-Za-z]+\)?/)) {
            found = substr(rest, 1, RLENGTH)
            inside = found
            gsub(/[\[()\]]/, "", inside)
            split(inside, part, " ")
            emit("transpose", k, length(found), (found ~ /\(/ ? "[(" : "[") part[3] " + " part[1] " * " part[5] (found ~ /\)/ ? ")" : ""))
        }
        if (match(rest, /^lsa_mat_(product|vector)\((true|false)/)) {
            found = substr(rest, 1, RLENGTH)
            inside = found
            if (!sub(/\(true/, "(false", inside))
                sub(/\(false/, "(true", inside)
            emit("transpose", k, length(found), inside)
        }
        if (match(rest, /^lsa_mat_product\([a-z!_]+, (true|false)/)) {
            found = substr(rest, 1, RLENGTH)
            inside = found
            if (!sub(/, true/, ", false", inside))
                sub(/, false/, ", true", inside)
            emit("transpose", k, length(found), inside)
        }
        if (match(rest, /^ext_product\([^,()]+, [^,()]+, [^,()]+/)) {
            found = substr(rest, 1, RLENGTH)
            n = split(found, list, ", ")
            emit("transpose", k, length(found), list[1] ", " list[3] ", " list[2])
        }
    }
}

# A word i, k or ..i stands where its neighbour could.
function mutate_indices(    k, word, other, before) {
    if (code ~ /for \(|ptrdiff_t|int [a-z]/)
        return
    for (k = 2; k <= length(code); k++) {
        before = substr(code, k - 1, 1)
        if (before ~ /[A-Za-z0-9_.>]/ || !match(substr(code, k), /^[A-Za-z]+/) ||
            substr(code, k + RLENGTH, 1) ~ /[A-Za-z0-9_(.]/ || substr(code, k + RLENGTH, 2) == "->")
            continue
        word = substr(code, k, RLENGTH)
        other = ""
        if (word ~ /i$/ && length(word) <= 2)
            other = substr(word, 1, length(word) - 1) "j"
        else if (word ~ /j$/ && length(word) <= 2)
            other = substr(word, 1, length(word) - 1) "i"
        else if (word == "k" || word == "l")
            other = "i"
        else if (word == "m" || word == "h")
            other = "k"
        if (other != "" && code ~ ("(^|[^A-Za-z0-9_.>])" other "([^A-Za-z0-9_(]|$)"))
            emit("index", k, length(word), other)
    }
}

function mutate_eigenvalues(    k, rest, found, swap) {
    for (k = 2; k <= length(code); k++) {
        rest = substr(code, k)
        if (match(rest, /^[A-Za-z_]\[[a-z]\]/) || match(rest, /^(lambda|rates|weights|values?|scale|spectrum|eigenvalues?|power|s|f|g|gamma|left|right)\[[a-z]\]/)) {
            found = substr(rest, 1, RLENGTH)
            if (substr(code, k - 1, 1) !~ /[A-Za-z_*]/ && code !~ /for \([^;]*= 0/)
                emit("eigenvalue", k + index(found, "[") , 1, "0")
        }
        if (substr(code, k - 1, 1) ~ /[A-Za-z0-9]/)
            continue
        if (match(rest, /^(fmaxl?|fminl?)\(/)) {
            found = substr(rest, 1, RLENGTH)
            swap = found
            if (!sub(/fmax/, "fmin", swap))
                sub(/fmin/, "fmax", swap)
            emit("eigenvalue", k, length(found), swap)
        }
        if (match(rest, /^theory_lambda_(least|largest)\(/)) {
            found = substr(rest, 1, RLENGTH)
            swap = found
            if (!sub(/least/, "largest", swap))
                sub(/largest/, "least", swap)
            emit("eigenvalue", k, length(found), swap)
        }
    }
}

function mutate_constants(    k, rest, number, other) {
    for (k = 2; k <= length(code); k++) {
        rest = substr(code, k)
        if (substr(code, k - 1, 1) ~ /[A-Za-z0-9_.]/)
            continue
        if (match(rest, /^(0\.5|1\.5|2\.0|3\.0|4\.0)L?/) && substr(rest, RLENGTH + 1, 1) !~ /[0-9e]/) {
            number = substr(rest, 1, RLENGTH)
            other = number
            if (!(sub(/^0\.5/, "1.0", other) || sub(/^1\.5/, "1.0", other) || sub(/^2\.0/, "1.0", other) || sub(/^3\.0/, "2.0", other)))
                sub(/^4\.0/, "2.0", other)
            emit("constant", k, length(number), other)
        } else if (match(rest, /^2 \* /) && substr(code, k - 1, 1) ~ /[ (\[]/)
            emit("constant", k, 4, "")
    }
}

function mutate_roots(    k, rest, found) {
    for (k = 2; k <= length(code); k++) {
        rest = substr(code, k)
        if (substr(code, k - 1, 1) ~ /[A-Za-z0-9_]/)
            continue
        if (match(rest, /^(sqrtl?|fabsl?)\(/))
            emit("root", k, RLENGTH - 1, "")
        if (match(rest, /^([A-Za-z]+) \* ([A-Za-z]+)/)) {
            found = substr(rest, 1, RLENGTH)
            split(found, part, " ")
            if (part[1] == part[3] && part[1] !~ /^[dnmNM]$/ && substr(code, k + RLENGTH, 1) !~ /[\[(.>0-9_-]/)
                emit("root", k, length(found), part[1])
        }
        if (match(rest, /^powl?\([^(),]+, (0\.5|2\.0|-0\.5|-1\.0|-2\.0|3\.0|1\.5)L?\)/)) {
            found = substr(rest, 1, RLENGTH)
            sub(/^powl?\(/, "(", found)
            sub(/, [^,]*\)$/, ")", found)
            emit("eigenvalue", k, RLENGTH, found)
        }
    }
}

function mutate_loops(    at, rest) {
    at = index(code, "for (")
    if (at == 0)
        return
    rest = substr(code, at)
    if (match(rest, / = 0;/))
        emit("loop", at + RSTART - 1, 5, " = 1;")
    if (match(rest, /; [a-z]+ < [A-Za-z>.-]+;/) || match(rest, /; [a-z]+ < [A-Za-z]+ && /)) {
        match(rest, /; [a-z]+ < [A-Za-z>.-]+/)
        emit("loop", at + RSTART - 1 + RLENGTH, 0, " - 1")
    } else if (match(rest, /; [a-z]+ <= /))
        emit("loop", at + RSTART - 1, RLENGTH, substr(rest, RSTART, RLENGTH - 2) " ")
}

FNR == 1 { inside = 0; name = ""; in_comment = 0 }
/^[a-z].*\(/ && !/;$/ && !/^typedef|^struct|^enum|^static const/ {
    name = $0
    sub(/\(.*/, "", name)
    sub(/.*[ *]/, "", name)
}
/^\{/ { inside = 1; next }
/^\}/ { inside = 0 }
{
    if (in_comment) {
        if (index($0, "*/"))
            in_comment = 0
        next
    }
    code = $0
    comment = ""
    if ((at = index(code, "/*")) > 0) {
        if (!index(code, "*/"))
            in_comment = 1
        comment = substr(code, at)
        code = substr(code, 1, at - 1)
        match(code, / *$/)
        comment = substr(code, RSTART) comment
        code = substr(code, 1, RSTART - 1)
    }
}
!inside || code ~ /^ *$/ || code ~ /["'\t]/ { next }
name ~ /create|destroy|clear|_size$|reserve|capacity|hash|print|write|text|layout|scratch|work_in|_free|alloc|name|bytes|message|describe|report|_log|progress|why|missing|effort|_hold$|^tell_|^room$/ { next }
code ~ /alloc|sizeof|_create\(|free\(|memcpy|memset|memmove|assert\(|LSA_TRY_MEMORY|_clear\(|LSA_ERR_|^ *case |^#|_destroy\(|_error_set|_error_add|slots|effort|n_terms\+\+|\(size_t\)/ { next }
code ~ /\*[A-Za-z_]+ = [^;]* \+ / { next }
{
    mutate_sums()
    mutate_assigned()
    mutate_negated()
    mutate_factors()
    mutate_alternative()
    mutate_transpose()
    mutate_indices()
    mutate_eigenvalues()
    mutate_constants()
    mutate_roots()
    mutate_loops()
}
