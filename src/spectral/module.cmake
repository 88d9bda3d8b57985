# spectral: whole paths of a form with one head from one scalar equation. Numbers in, numbers out: it knows no model, no
# program and no solver.
lsa_module(spectral
    SOURCES error_bound.c equation.c spectral_path.c piece.c response.c rule.c segment.c taylor.c
    LINK lsa_base
    PRIVATE m)
# As the vector loops of base: one path is some ten thousand short ones. Those over the 16 nodes and over 8 modes are not to
# be unrolled before gcc looks for vectors: a third of the time of a path.
set(gcc $<C_COMPILER_ID:GNU>)
set_source_files_properties(spectral/piece.c spectral/response.c spectral/segment.c spectral/taylor.c PROPERTIES
                            COMPILE_OPTIONS
                            "-O3;-fno-math-errno;-fno-trapping-math;$<${gcc}:--param=max-completely-peel-times=7>")
