# The frozen corpus: what the program says of 300 random models. The tools; a share of it as a test.
foreach(tool generate flatten compare)
    add_executable(corpus_${tool} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${tool}.c)
    target_link_libraries(corpus_${tool} PRIVATE lsa_flags lsa_base PkgConfig::JANSSON m)
    set_target_properties(corpus_${tool} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
endforeach()
lsa_bats(corpus share SECONDS 40)
