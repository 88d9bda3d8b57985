# Puts what make.awk lists in the order of a draw: first a number that a seed makes of each mistake's own text, so that
# a change elsewhere in the source does not move it. The second mistake of the same text in a function is marked [2], and so on.
# -v seed=SEED.
BEGIN {
    FS = OFS = "\t"
    for (k = 1; k < 256; k++)
        code[sprintf("%c", k)] = k
}
# Park and Miller's generator (1988), fed with the text; exact in doubles.
function number_of(text,    k, x) {
    x = seed * 48271 % 2147483647 + 1
    for (k = 1; k <= length(text); k++)
        x = ((x + code[substr(text, k, 1)]) * 16807) % 2147483647
    for (k = 0; k < 8; k++)
        x = (x * 16807) % 2147483647
    return x
}
(again = ++times[$1, $3, $4, $5, $6]) > 1 { $6 = $6 " [" again "]" }
{ printf "%010d\t%s\n", number_of($1 $3 $4 $5 $6), $0 }
