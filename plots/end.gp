# end.gp: the same figure once more, as SVG.
set terminal svg enhanced size 800,500 background "#ffffff" font "sans-serif,12.5" linewidth 0.95
set output output.".svg"
point_scale = 0.8
replot
set output
