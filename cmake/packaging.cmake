# The Debian package: `cmake --preset release && cmake --build --preset release && cpack --preset
# release` leaves build/release/hvnet-subagent_VERSION_ARCH.deb.

set(packaging ${CMAKE_CURRENT_SOURCE_DIR}/packaging)
set(generated ${CMAKE_CURRENT_BINARY_DIR}/packaging)
set(documents /usr/share/doc/hvnet-subagent)

# Where Debian wants things, whatever the prefix: so only the package has them, not `cmake --install`.
function(install_for_debian)
  install(${ARGV} COMPONENT debian EXCLUDE_FROM_ALL)
endfunction()

# The view that snmpd is to show has our MIB's root in it.
file(READ ${packaging}/snmpd.conf text)
string(REPLACE ${HVNET_MIB_DEFAULT_ROOT} ${HVNET_MIB_ROOT} text "${text}")
file(WRITE ${generated}/snmpd.conf "${text}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${packaging}/snmpd.conf CHANGELOG.md)

# Debian's policy: the changelog is compressed, and without the time in it the package is the same
# each time it is built.
file(COPY_FILE ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md ${generated}/changelog)
execute_process(COMMAND gzip -9nf ${generated}/changelog COMMAND_ERROR_IS_FATAL ANY)

install_for_debian(FILES ${packaging}/hvnet-subagent.service DESTINATION /lib/systemd/system)
install_for_debian(FILES ${packaging}/hvnet-subagent.conf DESTINATION /etc/snmp
                   PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
# snmpd is not ours: what it needs is laid ready, for whoever decides to run the command.
install_for_debian(PROGRAMS ${packaging}/hvnet-setup-snmpd DESTINATION /usr/sbin)
install_for_debian(FILES ${generated}/snmpd.conf DESTINATION /usr/share/hvnet-subagent)
install_for_debian(FILES ${packaging}/completion.bash
                   DESTINATION /usr/share/bash-completion/completions RENAME hvnet-subagent)
foreach(program hvnet-sim hvnet-setup-snmpd)
  file(CREATE_LINK hvnet-subagent ${generated}/${program} SYMBOLIC)
  install_for_debian(FILES ${generated}/${program}
                     DESTINATION /usr/share/bash-completion/completions)
endforeach()
install(DIRECTORY monitoring DESTINATION /usr/share/hvnet-subagent
        COMPONENT debian EXCLUDE_FROM_ALL
        FILES_MATCHING PATTERN *.xml PATTERN *.yaml PATTERN *.yml PATTERN *.json
        PATTERN *.sh PATTERN *_test.yml EXCLUDE PATTERN generator.yml EXCLUDE)

# manual_page(PROGRAM SECTION WHAT FILE): from what the program says of itself. Only the package needs
# help2man, so only packing fails without it.
find_program(HVNET_HELP2MAN help2man)
set(manual_pages)
function(manual_page program section what file)
  set(page ${generated}/${program}.${section})
  add_custom_command(
    OUTPUT ${page}.gz
    COMMAND ${HVNET_HELP2MAN} --no-info --version-string=${PROJECT_VERSION}
            --section=${section} --name=${what} --output=${page} ${file}
    COMMAND gzip -9nf ${page}
    DEPENDS ${file} VERBATIM)
  set(manual_pages ${manual_pages} ${page}.gz PARENT_SCOPE)
  install_for_debian(FILES ${page}.gz DESTINATION /usr/share/man/man${section})
endfunction()
if(HVNET_HELP2MAN)
  manual_page(hvnet-subagent 8 "SNMP agent for the network adapters of router VMs"
              $<TARGET_FILE:hvnet-subagent>)
  manual_page(hvnet-sim 1 "writes the reports of a simulated router" $<TARGET_FILE:hvnet-sim>)
  manual_page(hvnet-setup-snmpd 8 "makes snmpd serve the tables of hvnet-subagent"
              ${packaging}/hvnet-setup-snmpd)
  add_custom_target(manual ALL DEPENDS ${manual_pages})
else()
  install(CODE "message(FATAL_ERROR \"help2man is missing, which makes the manual pages\")"
          COMPONENT debian EXCLUDE_FROM_ALL)
endif()

install_for_debian(FILES ${packaging}/debian/copyright README.md docs/operations.md
                         ${generated}/changelog.gz
                   DESTINATION ${documents})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hvnet-subagent)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the hvnet-subagent authors <maintainers@hvnet-subagent.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "SNMP agent for the network adapters of router VMs")
set(CPACK_PACKAGE_DESCRIPTION
"Publishes IF-MIB for the adapters that a hypervisor gives a router VM: an
ifIndex in the hypervisor's order that never changes, the real drop counters of
the driver, and the real link state. It connects to snmpd over AgentX, or listens
on a port without snmpd. It does not need root.")
set(CPACK_INSTALL_CMAKE_PROJECTS "${CMAKE_CURRENT_BINARY_DIR};hvnet-subagent;ALL;/"
                                 "${CMAKE_CURRENT_BINARY_DIR};hvnet-subagent;debian;/")
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS adduser)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS snmpd)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS snmp)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${packaging}/debian/conffiles ${packaging}/debian/postinst ${packaging}/debian/prerm
    ${packaging}/debian/postrm)
include(CPack)
