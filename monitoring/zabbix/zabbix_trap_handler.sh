#!/bin/sh
# Hands SNMP traps from snmptrapd to Zabbix: appends each to the file that SNMPTrapperFile names, in
# the form that Zabbix's SNMP trapper reads. In snmptrapd.conf:
#
#   traphandle default /usr/local/lib/zabbix_trap_handler.sh /var/log/zabbix-traps
#
# The file must be writable for snmptrapd's user and readable for Zabbix's. docs/monitoring.md has
# the steps.
set -eu
file=${1:?the file that SNMPTrapperFile names is missing}

# snmptrapd gives the sender's name, its transport address, and one line for each varbind.
read -r _
read -r address
sender=$(printf '%s\n' "$address" |
  sed -n -e 's/^UDP: \[\([0-9.]*\)\].*/\1/p' -e 's/^UDP\/IPv6: \[\([0-9a-fA-F:.]*\)\].*/\1/p')
# Without MIB files snmptrapd calls the first number of an OID "iso"; the template goes by numbers.
varbinds=$(sed 's/\(^\| \)\.\{0,1\}iso\./\1.1./g')
# In one write, so that a reader never sees half a trap.
printf '%s ZBXTRAP %s\n%s\n' "$(date +%Y%m%d.%H%M%S)" "${sender:-unknown}" "$varbinds" >> "$file"
