# Embeds text files into the program: a C source with one table {name, text, length}, made at build time.
#
#   lsa_embed(TARGET TABLE file...)   adds the source that defines `const lsa_embedded TABLE[]` (see base/embedded.h)
#
# Called as a script (-P) it writes that source. The bytes go through hexadecimal, so no quoting rule of CMake or C
# touches them.
if(CMAKE_SCRIPT_MODE_FILE)
    set(arrays "")
    set(rows "")
    set(index 0)
    foreach(file IN LISTS FILES)
        get_filename_component(name "${file}" NAME)
        file(READ "${file}" hex HEX)
        string(REGEX REPLACE "(..)" "0x\\1," bytes "${hex}")
        string(REPEAT "....." 20 line) # twenty bytes
        string(REGEX REPLACE "(${line})" "\\1\n    " bytes "${bytes}")
        string(APPEND arrays "static const unsigned char file_${index}[] = {\n    ${bytes}0x00};\n\n")
        string(APPEND rows "    {\"${name}\", (const char *)file_${index}, sizeof file_${index} - 1},\n")
        math(EXPR index "${index} + 1")
    endforeach()
    file(WRITE "${OUTPUT}" "#include \"base/embedded.h\"\n\nextern const lsa_embedded ${TABLE}[];\n\n"
                           "${arrays}const lsa_embedded ${TABLE}[] = {\n${rows}    {0, 0, 0}};\n")
    return()
endif()

set(LSA_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE} CACHE INTERNAL "The script that writes embedded files as C")
function(lsa_embed target table)
    set(files "")
    foreach(file IN LISTS ARGN)
        get_filename_component(file "${file}" ABSOLUTE)
        list(APPEND files "${file}")
    endforeach()
    set(output ${CMAKE_CURRENT_BINARY_DIR}/${table}.c)
    add_custom_command(OUTPUT ${output} DEPENDS ${files} ${LSA_EMBED_SCRIPT} VERBATIM
        COMMENT "Embedding ${table}"
        COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DTABLE=${table} -DOUTPUT=${output} -P ${LSA_EMBED_SCRIPT})
    target_sources(${target} PRIVATE ${output})
endfunction()
