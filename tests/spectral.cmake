# Tests of the scalar equation's paths.
lsa_test(unit spectral LINK lsa_spectral)
lsa_test(property spectral LINK lsa_spectral SECONDS 40)
