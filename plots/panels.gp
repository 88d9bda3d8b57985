# panels.gp: curves and points in one or several panels with one legend below them. Before it stand n_panels, columns,
# width and height (of the SVG), legend_height, and arrays: of each panel its place, its axes, its series (lines first, then
# points); of each series its style; of the legend its entries.

set datafile missing "none" # so that a value "nan" interrupts its line
wide = 1.0 * width
high = 1.0 * height
do for [device = 1:2] {
    if (device == 1) {
        set terminal pngcairo enhanced size 2 * width, 2 * height background "#ffffff" font "sans-serif,12" \
            fontscale 1.75 linewidth 2 pointscale 2
        set output output.".png"
        point_scale = 1.0
    } else {
        set terminal svg enhanced size width, height background "#ffffff" font "sans-serif,12.5" linewidth 0.95
        set output output.".svg"
        point_scale = 0.8
    }
    set multiplot
    set errorbars small
    unset key
    do for [p = 1:n_panels] {
        x_low = panel_x_low[p]; x_high = panel_x_high[p]; y_low = panel_y_low[p]; y_high = panel_y_high[p]
        log_y = panel_log_y[p]
#include axes.gp
        if (x_whole && !log_x) { set xtics 1 }
        set lmargin at screen panel_left[p] / wide
        set rmargin at screen panel_right[p] / wide
        set bmargin at screen 1 - panel_bottom[p] / high
        set tmargin at screen 1 - panel_top[p] / high
        set title (n_panels > 1 ? panel_title[p] : "") noenhanced offset 0, -0.4
        unset label
        unset arrow
        if (p == 1) { set label 1 figure_title at screen 0.5, screen 1 - 16 / high center noenhanced }
        set xlabel x_label.keep_spaces offset 0, 0.3
        if (p % columns == 1 || columns == 1) { set ylabel y_label } else { unset ylabel }
        if (mark[p] > x_low && mark[p] < x_high) {
            set arrow 1 from mark[p], graph 0 to mark[p], graph 1 nohead back dashtype 3 linecolor rgb grey
            at = log_x ? log(mark[p] / x_low) / log(x_high / x_low) : (mark[p] - x_low) / (x_high - x_low)
            if (at > 0.8) {
                set label 2 "{/:Italic M\U+00A0=\U+00A0N}" at mark[p], graph 0.04 right offset -0.6, 0 textcolor rgb grey
            } else {
                set label 2 "{/:Italic M\U+00A0=\U+00A0N}" at mark[p], graph 0.04 left offset 0.6, 0 textcolor rgb grey
            }
        }
        if (panel_count[p] == 0) {
            set label 3 "nothing to draw" at graph 0.5, 0.5 center textcolor rgb grey
        }
        plot for [k = panel_line[p]:panel_point[p] - 1] data using (column("series") == k ? column("x") : NaN):(column("y")) \
                 with lines dashtype dash[k] linewidth thick[k] linecolor rgb colour[k], \
             for [k = panel_point[p]:panel_end[p] - 1] data using (column("series") == k ? column("x") : NaN) \
                 :(column("y")):"low":"high" with yerrorbars pointtype marker[k] pointsize 0.6 * point_scale \
                 linewidth 1.5 linecolor rgb colour[k], \
             NaN
    }
    unset border
    unset tics
    unset logscale
    unset title
    unset xlabel
    unset ylabel
    unset label
    unset arrow
    unset grid
    set xrange [0:1]
    set yrange [0:1]
    set lmargin at screen 0.02
    set rmargin at screen 0.98
    set bmargin at screen 0.0
    set tmargin at screen legend_height / high
    # by hand: gnuplot's own key leaves out entries where it counts its rows otherwise
    do for [k = 1:n_legend] {
        column_of = (k - 1) / legend_rows
        row = (k - 1) % legend_rows
        from = (wide - legend_width * legend_columns) / 2 + legend_width * column_of
        at_y = (legend_height - legend_line * (row + 0.5)) / high
        set label k legend_text[k] at screen (from + 46) / wide, screen at_y left noenhanced
        if (k <= n_legend_lines) {
            set arrow k from screen from / wide, screen at_y to screen (from + 34) / wide, screen at_y nohead \
                dashtype legend_dash[k] linewidth legend_thick[k] linecolor rgb legend_colour[k]
        } else {
            set label n_legend + k "" at screen (from + 17) / wide, screen at_y point pointtype legend_marker[k] \
                pointsize 0.8 * point_scale linecolor rgb legend_colour[k]
        }
    }
    unset key
    plot NaN
    unset multiplot
    set border 3 linecolor rgb "#404040" linewidth 1
    set grid xtics ytics linetype 1 linecolor rgb "#e4e4e4" linewidth 0.6
}
set output
