# errors.gp: the test error against the context length, closed form beside Monte Carlo.
set xlabel "context length {/:Italic M} of the test prompt".keep_spaces
set ylabel "test error  E({/:Italic ŷ} − {/:Italic y})²"
set key right top Left reverse opaque fillcolor rgb "#ffffff"
if (training_context > x_low && training_context < x_high) {
    set arrow 1 from training_context, graph 0 to training_context, graph 1 nohead back dashtype 2 linecolor rgb grey
    set label 2 "{/:Italic M\U+00A0=\U+00A0N}" at training_context, graph 0.03 left offset 0.6, 0 textcolor rgb grey
    if (at_right_end) { set label 2 right offset -0.6, 0 }
}
plot limit with lines dashtype 1 linewidth 1.5 linecolor rgb vermilion \
         title (is_number(limit) ? "limit  {/:Italic M} → ∞" : ""), \
     data using "context":"best_linear" with lines dashtype 3 linewidth 2 linecolor rgb green \
         title (has_best ? "best linear predictor" : ""), \
     data using "context":"error" with lines linewidth 2.5 linecolor rgb blue \
         title (n_curve > 0 ? "closed form" : ""), \
     data using "context":(n_curve == 1 ? column("error") : NaN) with points pointtype 7 \
         pointsize 0.7 * point_scale linecolor rgb blue, \
     data using "context":"measured":"low":"high" with yerrorbars pointtype 7 pointsize 0.55 * point_scale \
         linewidth 1.5 linecolor rgb black title (n_points > 0 ? "Monte Carlo, ± 2 standard errors" : ""), \
     NaN with lines linecolor rgb "#ffffff" \
         title (is_number(best_beyond) ? sprintf("best linear predictor: %.3g, below the axis", best_beyond) : "")
