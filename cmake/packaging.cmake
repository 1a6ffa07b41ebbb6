# The Debian package: `cmake --preset release && cmake --build --preset release && cpack --preset
# release` leaves build/release/hvnet-subagent_VERSION_ARCH.deb.

include(${CMAKE_CURRENT_LIST_DIR}/hvnet_mib.cmake)
set(packaging ${CMAKE_CURRENT_SOURCE_DIR}/packaging)
set(generated ${CMAKE_CURRENT_BINARY_DIR}/packaging)
set(documents /usr/share/doc/hvnet-subagent)

# Where Debian wants things, whatever the prefix: so only the package has them, not `cmake --install`.
function(install_for_debian)
  install(${ARGV} COMPONENT debian EXCLUDE_FROM_ALL)
endfunction()

# The view that snmpd is to show has our MIB's root in it.
if(NOT DEFINED HVNET_MIB_ROOT)
  set(HVNET_MIB_ROOT ${HVNET_MIB_DEFAULT_ROOT})
endif()
file(READ ${packaging}/snmpd.conf.d/hvnet.conf text)
string(REPLACE ${HVNET_MIB_DEFAULT_ROOT} ${HVNET_MIB_ROOT} text "${text}")
file(WRITE ${generated}/snmpd.conf.d/hvnet.conf "${text}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             ${packaging}/snmpd.conf.d/hvnet.conf CHANGELOG.md)

# Debian's policy: the changelog is compressed, and without the time in it the package is the same
# each time it is built.
file(COPY_FILE ${CMAKE_CURRENT_SOURCE_DIR}/CHANGELOG.md ${generated}/changelog)
execute_process(COMMAND gzip -9nf ${generated}/changelog COMMAND_ERROR_IS_FATAL ANY)

install_for_debian(FILES ${packaging}/hvnet-subagent.service DESTINATION /lib/systemd/system)
install_for_debian(FILES ${packaging}/hvnet-subagent.conf DESTINATION /etc/snmp
                   PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ)
# snmpd is not ours: what it needs is laid ready, to be copied over / by whoever decides so.
install_for_debian(FILES ${generated}/snmpd.conf.d/hvnet.conf
                   DESTINATION ${documents}/examples/beside-snmpd/etc/snmp/snmpd.conf.d)
install_for_debian(FILES ${packaging}/snmpd.service.d/hvnet.conf
                   DESTINATION ${documents}/examples/beside-snmpd/etc/systemd/system/snmpd.service.d)
install_for_debian(FILES ${packaging}/debian/copyright README.md docs/operations.md
                         ${generated}/changelog.gz
                   DESTINATION ${documents})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hvnet-subagent)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "the hvnet-subagent authors <maintainers@hvnet-subagent.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "SNMP subagent for a virtual router's network adapters")
set(CPACK_PACKAGE_DESCRIPTION
"Publishes IF-MIB for the adapters that a hypervisor gives a router VM, with an
ifIndex in the hypervisor's order that stays for ever, the driver's own counters
of drops, and a link state that is up or down. Joins snmpd over AgentX, or serves
by itself; needs no root.")
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
