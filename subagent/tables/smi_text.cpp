#include "tables/smi_text.h"

namespace hvnet {
namespace {

// "up(1) down(2)" → "{ up(1), down(2) }"
std::string listed(std::string_view enumeration) {
  std::string out = "{ ";
  for (const char c : enumeration) out += c == ' ' ? std::string(", ") : std::string(1, c);
  return out + " }";
}

std::string_view baseSyntax(Syntax syntax) {
  switch (syntax) {
    case kInteger32:
      return "Integer32";
    case kTruthValue:
      return "INTEGER { true(1), false(2) }";
    case kOctetString:
      return "OCTET STRING";
    case kObjectId:
      return "OBJECT IDENTIFIER";
    case kCounter32:
      return "Counter32";
    case kGauge32:
      return "Gauge32";
    case kUnsigned32:
      return "Unsigned32";
    case kTimeTicks:
      return "TimeTicks";
    case kCounter64:
      return "Counter64";
  }
  return {};
}

}  // namespace

std::string syntaxText(const Column& column) {
  if (!column.enumeration.empty()) return "INTEGER " + listed(column.enumeration);
  return std::string(baseSyntax(column.syntax));
}

std::string_view accessText(Access access) {
  switch (access) {
    case Access::kReadOnly:
      return "read-only";
    case Access::kReadWrite:
      return "read-write";
    case Access::kNotAccessible:
      break;
  }
  return "not-accessible";
}

std::string dotted(OidView oid) {
  std::string out;
  for (const SubId id : oid) {
    if (!out.empty()) out += '.';
    out += std::to_string(id);
  }
  return out;
}

std::string entryName(const Table& table) {
  return std::string(table.name.substr(0, table.name.rfind("Table"))) + "Entry";
}

}  // namespace hvnet
