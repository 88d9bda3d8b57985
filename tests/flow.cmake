# Tests of the integrator.
lsa_test(unit flow_form LINK lsa_flow)
lsa_test(unit flow_output LINK lsa_flow)
lsa_test(unit flow_vector LINK lsa_flow SUNDIALS::nvecserial)
lsa_test(analytic flow LINK lsa_flow)
lsa_test(golden flow LINK lsa_flow)
lsa_test(property flow LINK lsa_flow)
lsa_test(fault flow LINK lsa_flow FAULT)
lsa_test(bench flow LINK lsa_flow)
