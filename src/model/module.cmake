# model: text to a checked statement and numbers, with line and column. The only folder that names libyaml.
lsa_module(model
    SOURCES utf8.c yaml.c node.c copy.c suggest.c number.c override.c vary.c schema_rows.c schema.c syntax.c syntax_formula.c symbol_table.c expression.c roles.c statement.c
            shipped.c claim_groups.c shipped_claims.c reading.c array.c written_form.c csv.c semidefinite.c random_form.c covariance_form.c law_form.c bind.c init.c settings.c claims.c named_formulas.c figures.c measures.c task.c asked.c tests.c
            variant.c experiment.c cells.c model.c changed.c builder.c
    LINK lsa_setting lsa_base
    PRIVATE PkgConfig::YAML)
file(GLOB LSA_STATEMENT_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/statements/*.yaml)
lsa_embed(lsa_model lsa_statement_files ${LSA_STATEMENT_FILES})
file(GLOB LSA_CLAIM_FILES CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/models/claims/*.yaml)
lsa_embed(lsa_model lsa_claim_files ${LSA_CLAIM_FILES})
