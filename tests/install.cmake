# What others get: the functions of the shared library, and an installation as a user finds it. A user's project cannot be linked
# with sanitized objects unless it is sanitized itself.
if(NOT LSAFLOW_SANITIZE AND NOT LSAFLOW_COVERAGE)
    set(install ${CMAKE_CURRENT_SOURCE_DIR}/install)
    add_test(NAME install/exported COMMAND ${install}/exported.sh $<TARGET_FILE:lsaflow> ${install}/exported.txt)
    add_test(NAME install/consumer COMMAND ${install}/consumer.sh ${CMAKE_BINARY_DIR} ${install})
    add_test(NAME install/python COMMAND ${install}/python.sh ${CMAKE_BINARY_DIR} ${install})
    set_tests_properties(install/exported install/consumer install/python PROPERTIES
                         LABELS install TIMEOUT 900 ENVIRONMENT "${LSA_TEST_ENVIRONMENT}")
    set_tests_properties(install/python PROPERTIES SKIP_RETURN_CODE 77)
endif()
