# parameters.gp: u and the diagonal of U in the eigenbasis of the covariance, each with its predicted limit dashed.
#include axes.gp
set xlabel "time {/:Italic t}".keep_spaces
set ylabel "parameters along the flow"
set key at graph 1.02, graph 0.5 left center Left reverse width 0
set margins 12, 21, 4.2, 3
array colour[7] = [black, blue, vermilion, green, purple, orange, sky]
limit(k) = value(sprintf("limit_%d", k))
eigenvalue(k) = value(sprintf("eigenvalue_%d", k))
mode(k) = sprintf("mode_%d", k)
plot for [k = 0:n_modes] limit(k) with lines dashtype 2 linewidth 1.2 linecolor rgb colour[k + 1], \
     data using "time":"u" with lines linewidth 2.5 linecolor rgb colour[1] title "{/:Italic u}", \
     for [k = 1:n_modes] data using "time":(column(mode(k))) with lines linewidth 2.2 linecolor rgb colour[k + 1] \
         title sprintf("{/:Italic U_{ii}},  λ_{/:Italic i} = %.3g", eigenvalue(k)), \
     data using "time":(n_drawn < 8 ? column("u") : NaN) with points pointtype 7 pointsize 0.7 * point_scale \
         linecolor rgb colour[1], \
     for [k = 1:n_modes] data using "time":(n_drawn < 8 ? column(mode(k)) : NaN) with points pointtype 7 \
         pointsize 0.7 * point_scale linecolor rgb colour[k + 1], \
     NaN with lines dashtype 2 linewidth 1.2 linecolor rgb grey title "predicted limit"
