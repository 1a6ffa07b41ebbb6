# HVNET_MIB_ROOT: where HVNET-MIB stands. The default is the playground that Net-SNMP keeps for
# modules without an enterprise number of their own: 8072.9999.9999 is NET-SNMP-MIB's netSnmpPlaypen.
#
# By itself this writes HVNET-MIB with its root at an OID of the builder's choice:
#   cmake -D ROOT=1.3.6.1.4.1.99999.1 -D TO=HVNET-MIB.txt -P cmake/hvnet_mib.cmake

set(HVNET_MIB_TEXT ${CMAKE_CURRENT_LIST_DIR}/../mibs/HVNET-MIB.txt)
set(HVNET_MIB_DEFAULT_ROOT 1.3.6.1.4.1.8072.9999.9999.21)
set(HVNET_MIB_ROOT ${HVNET_MIB_DEFAULT_ROOT} CACHE STRING
    "Where HVNET-MIB stands: an object identifier in dotted form")

# What stands in the committed text for the default root.
set(HVNET_MIB_DEFAULT_VALUE "::= { netSnmpPlaypen 21 }")
set(HVNET_MIB_DEFAULT_IMPORT "\n    netSnmpPlaypen\n        FROM NET-SNMP-MIB;")

# Sets `list` to the sub-identifiers with commas in between; a bad root stops the configuration.
function(hvnet_mib_root_list root list)
  if(NOT root MATCHES "^(0|[1-9][0-9]*)(\\.(0|[1-9][0-9]*))+$")
    message(FATAL_ERROR "HVNET_MIB_ROOT is \"${root}\": it must be numbers with dots between them, "
                        "for example 1.3.6.1.4.1.8072.9999.9999.21")
  endif()
  string(REPLACE "." ";" ids "${root}")
  list(LENGTH ids length)
  # An SNMP name has at most 128 of them, and a row's index wants room, too.
  if(length LESS 7 OR length GREATER 32 OR NOT root MATCHES "^1\\.3\\.6\\.1\\.")
    message(FATAL_ERROR "HVNET_MIB_ROOT is ${root}: it must start with 1.3.6.1 and have 7 to 32 "
                        "numbers, for example 1.3.6.1.4.1.8072.9999.9999.21")
  endif()
  foreach(id IN LISTS ids)
    string(LENGTH ${id} digits)
    if(digits GREATER 10 OR id GREATER 4294967295)
      message(FATAL_ERROR "HVNET_MIB_ROOT is ${root}: ${id} is larger than 4294967295")
    endif()
  endforeach()
  string(REPLACE "." ", " text "${root}")
  set(${list} "${text}" PARENT_SCOPE)
endfunction()

# For the default root the text is the committed one to the letter.
function(hvnet_write_mib root file)
  hvnet_mib_root_list("${root}" ids)
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
