lsa_test(unit check LINK lsa_base)
lsa_test(unit status LINK lsa_base)
lsa_test(unit arena LINK lsa_base)
lsa_test(unit text LINK lsa_base)
lsa_test(unit file LINK lsa_base)
lsa_test(unit matrix LINK lsa_base)
lsa_test(unit rational LINK lsa_base)
lsa_test(unit simd_series LINK lsa_base)
lsa_test(unit rng LINK lsa_base OpenMP::OpenMP_C LABELS threads)
lsa_test(unit special LINK lsa_base)
lsa_test(unit embedded LINK lsa_base)
lsa_test(property matrix LINK lsa_base)
lsa_test(property rational LINK lsa_base)
lsa_test(monte_carlo rng LINK lsa_base)
lsa_test(fault base LINK lsa_base FAULT)
lsa_test(bench base LINK lsa_base)

set(embedded ${CMAKE_CURRENT_SOURCE_DIR}/data/embedded)
lsa_embed(test_unit_embedded one_embedded_file ${embedded}/signs.txt)
lsa_embed(test_unit_embedded three_embedded_files ${embedded}/empty.txt ${embedded}/signs.txt
          "${embedded}/with space-and.dash.txt")

lsa_bats(command bootstrap)

# A user's project cannot be linked with sanitized objects unless it is sanitized itself.
if(NOT LSAFLOW_SANITIZE AND NOT LSAFLOW_COVERAGE)
    add_test(NAME install/consumer COMMAND ${CMAKE_CURRENT_SOURCE_DIR}/install/consumer.sh ${CMAKE_BINARY_DIR}
                                           ${CMAKE_CURRENT_SOURCE_DIR}/install)
    set_tests_properties(install/consumer PROPERTIES LABELS install TIMEOUT 120)
endif()
