# bench: the cases of the performance table. Beside flow the only folder that names SUNDIALS' vectors, to compare them.
lsa_module(bench
    SOURCES groups.c plan.c problem.c bench_path.c triad.c flow_cases.c spectral_cases.c growth_cases.c accuracy_cases.c precision_cases.c layer_cases.c
            derive_cases.c sampling_cases.c vector_cases.c claim_cases.c peer_cases.c
    LINK lsa_verify lsa_report
    PRIVATE SUNDIALS::nvecserial)
