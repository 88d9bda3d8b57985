set terminal svg enhanced size 800,500 background "#ffffff" font "sans-serif,13" linewidth 1.2
set output output.".svg"
replot
set output
