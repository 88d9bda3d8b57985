lsa_module(flow
    SOURCES build.c classify.c curvature.c end.c entries.c events.c form.c growth.c heads.c integrator.c invariant.c kernel.c keys.c linear.c load.c modes.c state_names.c output.c panels.c
            plateau.c precondition.c product.c reduction.c rounding.c run.c saddle.c scales.c spectral.c spectrum.c stop.c system.c trajectory.c core_units.c passes.c nvector.c watch.c
            way_diagonal.c way_heads.c way_modes.c way_polynomial.c way_shared.c way_whole.c
    LINK lsa_base lsa_compile lsa_spectral
    PRIVATE SUNDIALS::cvode m)
