add_executable(lsaflow_program
    cli/main.c cli/commands.c cli/options.c cli/interrupt.c cli/terminal.c cli/common.c cli/setting_page.c cli/flow_report.c
    cli/loss_figure.c cli/error_figure.c cli/error_plot.c cli/error_view.c cli/overview.c cli/cmd_derive.c cli/cmd_bench.c cli/cmd_basin.c
    cli/cmd_train.c cli/cmd_sweep.c cli/sweep_show.c cli/sweep_merge.c cli/sweep_slurm.c cli/cmd_check.c cli/cmd_explain.c cli/cmd_eval.c cli/cmd_predict.c cli/cmd_run.c
    cli/cmd_sample.c cli/cmd_verify.c)
target_link_libraries(lsaflow_program PRIVATE lsa_flags lsa_bench lsa_document lsa_sweep)
set_target_properties(lsaflow_program PROPERTIES OUTPUT_NAME lsaflow)
# libc finds argp_program_version in the program by its name.
set_target_properties(lsaflow_program PROPERTIES C_VISIBILITY_PRESET default)
