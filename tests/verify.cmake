lsa_test(analytic claims LINK lsa_verify TIMEOUT 300)
