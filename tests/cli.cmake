lsa_test(golden own_statements LINK lsa_verify)
lsa_test(golden program_cases LINK lsa_base)
add_dependencies(test_golden_program_cases lsaflow_program)
target_compile_definitions(test_golden_program_cases PRIVATE LSA_PROGRAM="$<TARGET_FILE:lsaflow_program>")

# The program as a user calls it.
lsa_bats(cli exit_codes)
lsa_bats(cli documents TIMEOUT 300)
lsa_bats(cli extremes)
lsa_bats(cli directories)
lsa_bats(cli interrupt)
lsa_bats(cli training TIMEOUT 300)
lsa_bats(cli bench)
lsa_bats(cli models LABELS long TIMEOUT 900)
