# SPDX-License-Identifier: Apache-2.0
# What `cmake --install build/release --prefix P` puts where: the program with its manual pages and completions, the library
# with its header and pkg-config file, the pages to read.
include(GNUInstallDirs)

# One library, libp9sim.a, out of the objects of the program: the folders' libraries linked into one object in which only
# the functions of include/ can be seen from outside.  A shared one would need every object a second time, as position-
# independent code; the program keeps its own.
set(public_libraries p9_machine p9_traces p9_config p9_loader p9_devices p9_run p9_timing p9_isa p9_hypervisor p9_state p9_mmu p9_bus
                     p9_stats p9_base)
list(TRANSFORM public_libraries REPLACE "(.+)" "$<TARGET_FILE:\\1>" OUTPUT_VARIABLE public_files)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS include/p9sim.h)
file(READ include/p9sim.h public_names)
string(REGEX MATCHALL "p9_[a-z0-9_]+\\(" public_names "${public_names}") # those of typedefs name no symbol
list(REMOVE_DUPLICATES public_names)
string(REGEX REPLACE "\\(;?" "\n" public_names "${public_names}")
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/public/names CONTENT "${public_names}" @ONLY)
add_custom_command(
  OUTPUT ${CMAKE_BINARY_DIR}/public/libp9sim.a
  COMMAND ${CMAKE_LINKER} -r -o p9sim.o --whole-archive $<TARGET_FILE:p9sim_library> --no-whole-archive
          --start-group ${public_files} --end-group
  COMMAND ${CMAKE_OBJCOPY} --strip-debug --keep-global-symbols=names p9sim.o
  COMMAND ${CMAKE_COMMAND} -E rm -f libp9sim.a
  COMMAND ${CMAKE_AR} rcsD libp9sim.a p9sim.o
  DEPENDS p9sim_library ${public_libraries} ${CMAKE_BINARY_DIR}/public/names
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/public
  COMMENT "Linking C static library public/libp9sim.a")
add_custom_target(p9sim_public ALL DEPENDS ${CMAKE_BINARY_DIR}/public/libp9sim.a)

cmake_path(SET public_folder /p/${CMAKE_INSTALL_LIBDIR}/pkgconfig)
cmake_path(RELATIVE_PATH public_folder BASE_DIRECTORY /p OUTPUT_VARIABLE public_folder)
string(REGEX REPLACE "[^/]+" ".." P9_PC_TO_PREFIX ${public_folder})
configure_file(cmake/p9sim.pc.in public/p9sim.pc @ONLY)

set(pages ${CMAKE_BINARY_DIR}/pages)
add_custom_command(
  OUTPUT ${pages}.made
  COMMAND ${CMAKE_SOURCE_DIR}/tools/lib/pages.sh $<TARGET_FILE:p9sim> ${pages}
  COMMAND ${CMAKE_COMMAND} -E touch ${pages}.made
  DEPENDS p9sim tools/lib/pages.sh
  COMMENT "Writing manual pages and completions")
add_custom_target(p9sim_pages ALL DEPENDS ${pages}.made)

install(TARGETS p9sim RUNTIME COMPONENT program)
install(DIRECTORY ${pages}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT program)
install(FILES ${pages}/bash/p9sim DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT program)
install(FILES ${pages}/zsh/_p9sim DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions COMPONENT program)
install(FILES ${pages}/fish/p9sim.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT program)
install(FILES README.md LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.h")
install(FILES ${CMAKE_BINARY_DIR}/public/libp9sim.a DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(FILES ${CMAKE_BINARY_DIR}/public/p9sim.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
