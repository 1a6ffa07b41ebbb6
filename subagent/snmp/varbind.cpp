#include "snmp/varbind.h"

#include <string>

#include "tables/smi_text.h"

namespace hvnet {
namespace {

void setInteger(netsnmp_variable_list& varbind, u_char type, std::uint64_t number) {
  const long as_long =
      type == ASN_INTEGER ? static_cast<std::int32_t>(number) : static_cast<long>(number);
  snmp_set_var_typed_value(&varbind, type, &as_long, sizeof as_long);
}

void setCounter64(netsnmp_variable_list& varbind, std::uint64_t number) {
  const counter64 halves{static_cast<u_long>(number >> 32),
                         static_cast<u_long>(number & 0xffffffffU)};
  snmp_set_var_typed_value(&varbind, ASN_COUNTER64, &halves, sizeof halves);
}

void setOctets(netsnmp_variable_list& varbind, const Value& value) {
  std::string room;
  const std::string_view octets = publishedText(value, room);
  snmp_set_var_typed_value(&varbind, ASN_OCTET_STR, octets.data(), octets.size());
}

}  // namespace

void setValue(netsnmp_variable_list& varbind, const Value& value) {
  switch (value.syntax) {
    case kInteger32:
    case kTruthValue:
      return setInteger(varbind, ASN_INTEGER, value.number);
    case kCounter32:
      return setInteger(varbind, ASN_COUNTER, value.number);
    case kGauge32:
    case kUnsigned32:  // one type on the wire (RFC 2578 §7.1.11)
      return setInteger(varbind, ASN_GAUGE, value.number);
    case kTimeTicks:
      return setInteger(varbind, ASN_TIMETICKS, value.number);
    case kCounter64:
      return setCounter64(varbind, value.number);
    case kOctetString:
    case kDisplayString:
    case kDisplayString64:
      return setOctets(varbind, value);
    case kObjectId:
      snmp_set_var_typed_value(&varbind, ASN_OBJECT_ID, value.oid.data(), value.oid.size_bytes());
      return;
  }
}

std::optional<Value> valueOf(const netsnmp_variable_list& varbind) {
  switch (varbind.type) {
    case ASN_INTEGER:
      return Value{kInteger32, static_cast<std::uint64_t>(*varbind.val.integer), {}, {}};
    case ASN_GAUGE:  // Unsigned32's type, too (RFC 2578 §7.1.11)
      return Value{kUnsigned32, static_cast<std::uint32_t>(*varbind.val.integer), {}, {}};
    case ASN_OCTET_STR:
      return Value{kOctetString,
                   0,
                   {reinterpret_cast<const char*>(varbind.val.string), varbind.val_len},
                   {}};
    default:
      return std::nullopt;
  }
}

void setGot(netsnmp_variable_list& varbind, const GetResult& got) {
  if (got.value) return setValue(varbind, *got.value);
  const bool no_object = got.missing == Missing::kNoSuchObject;
  const u_char type = no_object ? SNMP_NOSUCHOBJECT : SNMP_NOSUCHINSTANCE;
  snmp_set_var_typed_value(&varbind, type, nullptr, 0);
}

void setCell(netsnmp_variable_list& varbind, const View& view, const Found& found) {
  const CellOid name = oidOf(*found.table, view, found.cell);
  snmp_set_var_objid(&varbind, name.data(), name.size());
  setValue(varbind, found.cell.value);
}

}  // namespace hvnet
