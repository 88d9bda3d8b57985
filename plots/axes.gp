# Axes of one plot: x_low, x_high, y_low, y_high, log_x, log_y. Logarithmic ones: powers of ten where the axis is long or
# far from 1, else plain numbers; a short one at 1, 2 and 5.
unset logscale
set xrange [x_low:x_high]
set yrange [y_low:y_high]
set xtics autofreq nomirror out scale 0.75, 0.4 textcolor rgb black
set ytics autofreq nomirror out scale 0.75, 0.4 textcolor rgb black
if (log_x) { set logscale x }
if (log_y) { set logscale y }
set format x (log_x && has_powers(x_low, x_high) ? "10^{%T}" : "%g")
set format y (log_y && has_powers(y_low, y_high) ? "10^{%T}" : "%g")
if (log_x) { set xtics add ("1" 1) }
if (log_y) { set ytics add ("1" 1) }
do for [m in "1 2 5"] {
    if (log_x && x_high < 100 * x_low) {
        do for [e = floor(log10(x_low)):ceil(log10(x_high))] { set xtics add (sprintf("%g", m * 10.0**e) m * 10.0**e) }
    }
    if (log_y && y_high < 100 * y_low) {
        do for [e = floor(log10(y_low)):ceil(log10(y_high))] { set ytics add (sprintf("%g", m * 10.0**e) m * 10.0**e) }
    }
}
