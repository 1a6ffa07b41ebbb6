#include "cells.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <string_view>

#include "tables/smi_text.h"

namespace hvnet {
namespace {

// "up(1) down(2)", 2 → "down"
std::string labelOf(std::string_view enumeration, std::uint64_t number) {
  const std::string mark = "(" + std::to_string(number) + ")";
  const auto end = enumeration.find(mark);
  if (end == std::string_view::npos) return std::to_string(number);
  const auto blank = enumeration.rfind(' ', end);
  const auto start = blank == std::string_view::npos ? 0 : blank + 1;
  return std::string(enumeration.substr(start, end - start));
}

std::string textOf(std::string_view octets) {
  if (octets.empty()) return "empty";
  const bool printable = std::ranges::all_of(
      octets, [](char c) { return std::isprint(static_cast<unsigned char>(c)) != 0; });
  return printable ? "`" + std::string(octets) + "`" : "yes";
}

std::string shown(const Column& column, const Value& value) {
  switch (value.syntax) {
    case kCounter32:
    case kCounter64:
      return value.number == 0 ? "0" : "yes";
    case kTimeTicks:
      return "yes";
    case kTruthValue:
      return value.number == 1 ? "true" : "false";
    case kOctetString:
    case kDisplayString:
    case kDisplayString64:
      return textOf(value.octets);
    case kObjectId:
      return dotted(value.oid);
    case kInteger32:
    case kGauge32:
    case kUnsigned32:
      break;
  }
  return labelOf(column.enumeration, value.number);
}

}  // namespace

std::string answerOf(const Table& table, const Column& column, const View& view) {
  if (column.access == Access::kNotAccessible) return "";
  std::vector<SubId> oid(table.entry.begin(), table.entry.end());
  oid.push_back(column.number);
  const auto cell = next(table, view, oid, false);
  if (!cell || cell->column != &column) return "–";
  return shown(column, cell->value);
}

void printRow(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  std::puts(line.c_str());
}

}  // namespace hvnet
