# Tests of the performance table.
lsa_test(bench table LINK lsa_bench)

# A peer of the table: CVODE with all that is packaged. script/bench finds it beside the tests.
add_executable(lsaflow_peer_cvode bench/peers/cvode.c)
target_link_libraries(lsaflow_peer_cvode PRIVATE SUNDIALS::cvode SUNDIALS::nvecserial SUNDIALS::sunlinsoldense
                                                 SUNDIALS::sunlinsolspgmr SUNDIALS::sunmatrixdense m)
set_target_properties(lsaflow_peer_cvode PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
