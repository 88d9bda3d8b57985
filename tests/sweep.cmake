# Tests of sweeps.
lsa_test(unit sweep LINK lsa_sweep)
lsa_test(property sweep_cells LINK lsa_sweep)
lsa_bats(cli sweep SECONDS 60)

# A library that ends the program in the middle of a flow of eight unknowns; the programs of the sanitizers do not take it.
if(NOT LSAFLOW_SANITIZE)
    add_library(lsa_crash MODULE cli/crash.c)
    target_link_libraries(lsa_crash PRIVATE lsa_flags SUNDIALS::cvode ${CMAKE_DL_LIBS})
    set_target_properties(lsa_crash PROPERTIES LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
    set_property(TEST cli/sweep APPEND PROPERTY ENVIRONMENT "LSA_CRASH=$<TARGET_FILE:lsa_crash>")
endif()

# A real Slurm on this machine, where there is one.
lsa_bats(cli sweep_slurm LABELS slurm)
