# begin.gp: what all figures share. Before it stand: output (name without extension), data (a CSV
# file), figure_title, n_drawn (0: no data that the axes can show).
# Colours are those of Okabe and Ito (2008), told apart by every common kind of colour vision; dashes say it again.
set encoding utf8
set datafile separator comma
set datafile columnheaders
set datafile missing "nan"
set terminal pngcairo enhanced size 1600,1000 background "#ffffff" font "sans-serif,12" fontscale 1.75 linewidth 2 \
    pointscale 2
set output output.".png"
black = "#000000"; orange = "#e69f00"; sky = "#56b4e9"; green = "#009e73"
blue = "#0072b2"; vermilion = "#d55e00"; purple = "#cc79a7"; grey = "#7f7f7f"
set dashtype 2 (9, 5) # 1 is solid, gnuplot's own
set dashtype 3 (2, 4)
set dashtype 4 (12, 4, 2, 4)
set title figure_title noenhanced offset 0, 0.3
set border 3 linecolor rgb "#404040" linewidth 1
set tics nomirror out scale 0.75, 0.4 textcolor rgb black
set grid xtics ytics linetype 1 linecolor rgb "#e4e4e4" linewidth 0.6
set key spacing 1.25 samplen 3 width -5 noautotitle
set margins 12, 3, 4.2, 3
has_powers(low, high) = high > 1e4 * low || low < 1e-4 || high > 1e6
if (n_drawn == 0) {
    unset key
    set label 1 "nothing to draw" at graph 0.5, 0.5 center textcolor rgb grey
}
is_number(x) = (x == x)
point_scale = 1.0
set pointintervalbox 0.2 # the white ring around points with error bars shrinks to what the point covers
# SVG readers drop the space between two styles unless it is marked to be kept, which gnuplot does where it sees two.
keep_spaces = "{/=1   }"
