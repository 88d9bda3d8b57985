# training.gp: discrete steps beside the gradient flow, at the flow's time.
#include axes.gp
set xlabel (has_times ? "flow time {/:Italic t} of the steps" : "step").keep_spaces
set ylabel "relative distance"
set key at graph 1.02, graph 0.5 left center Left reverse width 0
set margins 12, 27, 4.2, 3
plot data using "place":"to_limit" with lines linewidth 2.2 linecolor rgb blue \
         title (has_limit ? "steps to the limit of {/:Italic uU}" : ""), \
     data using "place":"flow_to_limit" with lines dashtype 2 linewidth 2 linecolor rgb vermilion \
         title (has_limit && has_flow ? "flow to the limit of {/:Italic uU}" : ""), \
     average with lines dashtype 3 linewidth 2 linecolor rgb blue \
         title (is_number(average) ? sprintf("tail average to it, %.2g", average) : ""), \
     data using "place":"to_flow" with lines linewidth 2.5 linecolor rgb black \
         title (has_flow ? "steps to the flow" : ""), \
     data using "place":(n_drawn < 8 ? column("to_flow") : NaN) with points pointtype 7 pointsize 0.7 * point_scale \
         linecolor rgb black, \
     NaN
