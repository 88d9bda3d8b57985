# base: errors, memory, text, exact and floating-point arithmetic, random numbers. No theory; the only folder that names
# LAPACKE, CBLAS, GSL, FLINT and Random123.
lsa_module(base
    SOURCES status.c arena.c text.c file.c clock.c child.c vector.c matrix.c factor.c rational.c rng.c streams.c simd_draw.c simd_rows.c
            simd_series.c simd_vector.c simd_form.c variate.c special.c integer_null.c embedded.c
    LINK Threads::Threads m
    PRIVATE PkgConfig::LAPACKE PkgConfig::OPENBLAS GSL::gsl ${FLINT_LIBRARY} PkgConfig::GMP)
# Vectorised in every preset: the digits do not depend on it, the time of each sampling test does. sqrt needs no errno.
# gcc schedules before it has registers only when asked, and its choice of induction variables makes it read each number of a row
# twice: 3 % of the normals, 5 % of a direct sample.
set(gcc $<C_COMPILER_ID:GNU>)
set_source_files_properties(base/simd_draw.c PROPERTIES COMPILE_OPTIONS
    "-O3;-fno-math-errno;$<${gcc}:-fschedule-insns>;$<${gcc}:-fsched-pressure>")
set_source_files_properties(base/simd_rows.c PROPERTIES COMPILE_OPTIONS "-O3;-fno-math-errno;$<${gcc}:-fno-ivopts>")
# Choosing between two values is a vector operation only where comparisons raise no flags, which nobody reads.
set_source_files_properties(base/simd_series.c base/simd_vector.c base/simd_form.c PROPERTIES
                            COMPILE_OPTIONS "-O3;-fno-math-errno;-fno-trapping-math")
