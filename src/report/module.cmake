# report: results on their way out. The only folder that names jansson and gnuplot.
lsa_module(report
    SOURCES utf8_text.c stream.c shape.c json.c json_records.c table.c csv_write.c table_text.c table_records.c
            trajectory_table.c html.c page_claims.c page_drawing.c gnuplot.c figure.c figure_flow.c figure_panels.c figure_precision.c figure_training.c formula_label.c
            run_directory.c leftovers.c progress.c
    LINK lsa_base
    PRIVATE PkgConfig::JANSSON)
lsa_embed(lsa_report lsa_report_plots
    ${PROJECT_SOURCE_DIR}/plots/begin.gp ${PROJECT_SOURCE_DIR}/plots/end.gp ${PROJECT_SOURCE_DIR}/plots/gap.gp
    ${PROJECT_SOURCE_DIR}/plots/parameters.gp ${PROJECT_SOURCE_DIR}/plots/axes.gp ${PROJECT_SOURCE_DIR}/plots/panels.gp
    ${PROJECT_SOURCE_DIR}/plots/precision.gp ${PROJECT_SOURCE_DIR}/plots/training.gp)
