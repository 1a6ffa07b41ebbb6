# HVNET_MIB_ROOT: where HVNET-MIB stands. The default is the playground that Net-SNMP keeps for
# modules without an enterprise number of their own (netSnmpPlaypen 21).
set(HVNET_MIB_ROOT 1.3.6.1.4.1.8072.9999.9999.21 CACHE STRING
    "Where HVNET-MIB stands: an object identifier in dotted form")

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
