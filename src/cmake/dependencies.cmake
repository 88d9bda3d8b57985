# What lsaflow links (docs/dependencies.md says why). Also read by the installed package, for the static library.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(GSL REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS C)
find_package(SUNDIALS 6.4 REQUIRED COMPONENTS cvode nvecserial)
pkg_check_modules(LAPACKE REQUIRED IMPORTED_TARGET lapacke)
pkg_check_modules(OPENBLAS REQUIRED IMPORTED_TARGET openblas)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(GMP REQUIRED IMPORTED_TARGET gmp) # FLINT's headers call it inline
find_library(FLINT_LIBRARY flint REQUIRED)
find_library(ARB_LIBRARY NAMES arb flint-arb REQUIRED) # balls; Debian calls it flint-arb
