# What an installation holds: the library, static and shared, with its public headers and its Python module; ways to find it
# with CMake and pkg-config; the program with its manual; models and examples to start from; the licence. Every path in it is
# relative to where it stands, so that a prefix may be moved.
include(CMakePackageConfigHelpers)

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/lsaflow)
install(DIRECTORY include/lsaflow DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(TARGETS lsaflow lsaflow_static EXPORT lsaflow
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(EXPORT lsaflow NAMESPACE lsaflow:: FILE lsaflowTargets.cmake DESTINATION ${cmake_dir})
configure_package_config_file(src/cmake/lsaflowConfig.cmake.in ${CMAKE_BINARY_DIR}/lsaflowConfig.cmake
    INSTALL_DESTINATION ${cmake_dir} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/lsaflowConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/lsaflowConfig.cmake ${CMAKE_BINARY_DIR}/lsaflowConfigVersion.cmake
              src/cmake/dependencies.cmake DESTINATION ${cmake_dir})

set(python_dir ${CMAKE_INSTALL_LIBDIR}/lsaflow)
install(FILES src/python/lsaflow.py DESTINATION ${python_dir})

file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
string(REGEX REPLACE "/$" "" pc_to_prefix "${pc_to_prefix}")
configure_file(src/cmake/lsaflow.pc.in ${CMAKE_BINARY_DIR}/lsaflow.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/lsaflow.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

if(TARGET lsaflow_program)
    install(TARGETS lsaflow_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
install(FILES docs/lsaflow.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 OPTIONAL)
install(DIRECTORY models DESTINATION ${CMAKE_INSTALL_DATADIR}/lsaflow)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN "*.md" PATTERN "*.png")
install(DIRECTORY docs/examples DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} OPTIONAL)
