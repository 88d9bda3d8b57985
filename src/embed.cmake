# Embeds text files into the program: a C source with one table {name, text, length}, made at build time.
#
#   lsa_embed(TARGET TABLE file...)   adds the source that defines `const lsa_embedded TABLE[]` (see base/embedded.h)
#
# Called as a script (-P) it writes that source.
if(CMAKE_SCRIPT_MODE_FILE)
    set(body "")
    foreach(file IN LISTS FILES)
        get_filename_component(name ${file} NAME)
        file(READ ${file} hex HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
        string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
        string(MAKE_C_IDENTIFIER ${name} symbol)
        string(APPEND arrays "static const unsigned char ${symbol}_bytes[] = {${bytes}0x00};\n")
        string(APPEND body "    {\"${name}\", (const char *)${symbol}_bytes, sizeof ${symbol}_bytes - 1},\n")
    endforeach()
    file(WRITE ${OUTPUT} "#include \"base/embedded.h\"\n\nextern const lsa_embedded ${TABLE}[];\n${arrays}\nconst lsa_embedded ${TABLE}[] = {\n${body}    {0, 0, 0}};\n")
    return()
endif()

set(LSA_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
function(lsa_embed target table)
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${table}.c)
    add_custom_command(OUTPUT ${output} DEPENDS ${ARGN} ${LSA_EMBED_SCRIPT} VERBATIM
        COMMAND ${CMAKE_COMMAND} "-DFILES=${ARGN}" -DTABLE=${table} -DOUTPUT=${output} -P ${LSA_EMBED_SCRIPT})
    target_sources(${target} PRIVATE ${output})
endfunction()
