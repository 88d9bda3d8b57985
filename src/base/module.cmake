# base: errors, memory, text, exact and floating-point arithmetic, random numbers. No theory; the only folder that names
# LAPACKE, CBLAS, GSL, FLINT and Random123.
lsa_module(base
    SOURCES status.c arena.c text.c file.c vector.c matrix.c factor.c rational.c rng.c special.c embedded.c
    LINK Threads::Threads m
    PRIVATE PkgConfig::LAPACKE PkgConfig::OPENBLAS GSL::gsl ${FLINT_LIBRARY} PkgConfig::GMP)
