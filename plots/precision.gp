# precision.gp: work and precision, one curve a solver; each point is one tolerance. Towards the lower left is better.
#include axes.gp
set xlabel "largest relative error of the path".keep_spaces
set ylabel "seconds, the least of the rounds"
set key right top Left reverse
array colour[6] = [blue, vermilion, green, orange, purple, sky]
array shape[6] = [7, 5, 9, 13, 11, 15]
plot for [k = 1:n_series] data using 1:(column(k + 1)) with linespoints linewidth 2.2 pointtype shape[k] \
         pointsize 0.7 * point_scale linecolor rgb colour[k] title columnhead(k + 1), \
     NaN
