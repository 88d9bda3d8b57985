# What is said of random models: how often a true statement is refuted, and a false one is not (script/random-verdicts).
add_executable(verdicts_generate ${CMAKE_CURRENT_SOURCE_DIR}/verdicts/generate.c)
target_link_libraries(verdicts_generate PRIVATE lsa_flags lsa_base m)
add_executable(verdicts_judge ${CMAKE_CURRENT_SOURCE_DIR}/verdicts/judge.c)
target_link_libraries(verdicts_judge PRIVATE lsa_flags lsa_verify m)
set_target_properties(verdicts_generate verdicts_judge PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
lsa_bats(verdicts share SECONDS 40)
lsa_bats(verdicts outside SECONDS 40)
# What is said of true formulas, and of the same with an error (script/calibrate-formulas).
add_executable(verdicts_formulas ${CMAKE_CURRENT_SOURCE_DIR}/verdicts/formulas.c)
target_link_libraries(verdicts_formulas PRIVATE lsa_flags lsa_verify m)
set_target_properties(verdicts_formulas PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
lsa_bats(verdicts formulas SECONDS 60)
