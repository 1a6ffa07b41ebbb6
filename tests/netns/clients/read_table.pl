#!/usr/bin/perl
# Reads a table with Perl's Net::SNMP and prints "OID TYPE VALUE" lines; octet strings in hex.
#   read_table.pl PORT table BASE MAX-REPETITIONS
#   read_table.pl PORT bulk MAX-REPETITIONS OID...      one GETBULK, as it came
use strict;
use warnings;
use Net::SNMP qw(:snmp :asn1);

my ($port, $how, @arguments) = @ARGV;
my ($session, $error) = Net::SNMP->session(
  -hostname => '127.0.0.1', -port => $port, -version => 'snmpv2c', -community => 'public',
  -timeout => 10, -retries => 0, -translate => 0, -maxmsgsize => 65535,
);
die "$error\n" unless $session;

my ($values, @names);
if ($how eq 'table') {
  my ($base, $repetitions) = @arguments;
  $values = $session->get_table(-baseoid => $base, -maxrepetitions => $repetitions);
  @names = oid_lex_sort(keys %{$values || {}});
} else {
  my ($repetitions, @oids) = @arguments;
  $values = $session->get_bulk_request(-maxrepetitions => $repetitions, -varbindlist => \@oids);
  @names = $session->var_bind_names();
}
die $session->error(), "\n" unless $values;

my $types = $session->var_bind_types();
for my $name (@names) {
  my $type = $types->{$name};
  my $value = $type == OCTET_STRING ? unpack('H*', $values->{$name}) : $values->{$name};
  print "$name $type $value\n";
}
