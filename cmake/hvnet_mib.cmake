# Writes HVNET-MIB with its root at an OID of the builder's choice. Also by itself:
#   cmake -D ROOT=1.3.6.1.4.1.99999.1 -D TO=HVNET-MIB.txt -P cmake/hvnet_mib.cmake

set(HVNET_MIB_TEXT ${CMAKE_CURRENT_LIST_DIR}/../mibs/HVNET-MIB.txt)
set(HVNET_MIB_DEFAULT_ROOT 1.3.6.1.4.1.8072.9999.9999.21)

# What stands in the committed text for the default root: 8072.9999.9999 is NET-SNMP-MIB's netSnmpPlaypen.
set(HVNET_MIB_DEFAULT_VALUE "::= { netSnmpPlaypen 21 }")
set(HVNET_MIB_DEFAULT_IMPORT "\n    netSnmpPlaypen\n        FROM NET-SNMP-MIB;")

# For the default root the text is the committed one to the letter.
function(hvnet_write_mib root file)
  if(NOT root MATCHES "^1\\.3(\\.(0|[1-9][0-9]*))+$")
    message(FATAL_ERROR "HVNET_MIB_ROOT is '${root}'; give an OID in numbers, such as 1.3.6.1.4.1.99999.1")
  endif()
  file(READ ${HVNET_MIB_TEXT} text)
  if(NOT root STREQUAL HVNET_MIB_DEFAULT_ROOT)
    string(REPLACE "." " " numbers ${root})
    string(REGEX REPLACE "^1 " "iso " value ${numbers})
    hvnet_replace_once(text "${HVNET_MIB_DEFAULT_VALUE}" "::= { ${value} }")
    hvnet_replace_once(text "${HVNET_MIB_DEFAULT_IMPORT}" ";")
  endif()
  file(WRITE ${file} "${text}")
endfunction()

# A text that has changed under our hands must not end up half right.
function(hvnet_replace_once variable old new)
  string(FIND "${${variable}}" "${old}" first)
  string(FIND "${${variable}}" "${old}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "${HVNET_MIB_TEXT} does not have this once:\n${old}")
  endif()
  string(REPLACE "${old}" "${new}" text "${${variable}}")
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

if(CMAKE_SCRIPT_MODE_FILE STREQUAL CMAKE_CURRENT_LIST_FILE)
  hvnet_write_mib("${ROOT}" "${TO}")
endif()
