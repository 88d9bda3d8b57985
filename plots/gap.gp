# gap.gp: the relative loss gap along the flow, with upper bounds on it and the predicted rate at its end.
#include axes.gp
set xlabel "time {/:Italic t}".keep_spaces
set ylabel "relative loss gap  ({/:Italic L} − {/:Italic L}*) / ({/:Italic L}(0) − {/:Italic L}*)"
set key left bottom Left reverse
plot data using "time":"paper_bound" with lines dashtype 3 linewidth 2 linecolor rgb green \
         title (has_paper ? "bound of the paper (5.7),  exp(−μ{/:Italic t})" : ""), \
     data using "time":"sharp_bound" with lines dashtype 2 linewidth 2 linecolor rgb vermilion \
         title (has_sharp ? "sharp bound,  exp(−2 γ_{min} λ²_{min} ∫{/:Italic u}²)" : ""), \
     data using "time":"gap" with lines linewidth 2.5 linecolor rgb blue title "gradient flow", \
     data using "time":(n_drawn < 8 ? column("gap") : NaN) with points pointtype 7 pointsize 0.7 * point_scale \
         linecolor rgb blue, \
     data using "time":"local_rate" with lines dashtype 4 linewidth 1.8 linecolor rgb orange \
         title (has_rate ? sprintf("predicted final rate,  %.4g", rate) : ""), \
     NaN
