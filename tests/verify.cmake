lsa_test(analytic claims LINK lsa_verify TIMEOUT 300 LABELS long)
lsa_test(analytic predicted_limit LINK lsa_verify)
lsa_test(analytic theorem_41 LINK lsa_verify)
lsa_test(analytic basin LINK lsa_verify LABELS threads)
