# compile: a derived loss bound to numbers becomes a flat program of matrix kernels.
lsa_module(compile
    SOURCES intern_table.c effort.c constant.c moment.c bound.c weight.c random.c introduce.c slot.c product_node.c chain.c degrees.c merge.c draft.c vertex.c average.c gather.c lower.c basis.c share.c pairs.c emit.c
            registers.c run_program.c units.c walk.c member.c crowd.c least.c quadratic.c program.c initial.c error_program.c
    LINK lsa_symbolic lsa_model lsa_base)
