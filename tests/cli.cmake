lsa_test(golden program_cases LINK lsa_base)
add_dependencies(test_golden_program_cases lsaflow_program)
target_compile_definitions(test_golden_program_cases PRIVATE LSA_PROGRAM="$<TARGET_FILE:lsaflow_program>")
