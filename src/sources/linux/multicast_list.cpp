#include "sources/linux/multicast_list.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <tuple>

#include "base/hex_text.h"
#include "base/lines.h"
#include "base/words.h"

namespace hvnet {
namespace {

std::optional<HwAddress> parseAddress(std::string_view digits) {
  constexpr std::size_t kMostDigits = HwAddress::static_capacity * 2;
  if (digits.empty() || digits.size() > kMostDigits || digits.size() % 2 != 0) return std::nullopt;
  HwAddress address;
  for (std::size_t at = 0; at < digits.size(); at += 2) {
    const auto octet = parseHexPair(digits.substr(at, 2));
    if (!octet) return std::nullopt;
    address.push_back(*octet);
  }
  return address;
}

std::optional<MulticastGroup> parseLine(std::string_view line) {
  Words words(line);
  std::array<std::string_view, 5> columns;
  for (std::string_view& column : columns) column = words.next();
  const auto& [index_text, name, users, global_users, digits] = columns;
  const auto index = parseNumber<int>(index_text);
  const auto address = parseAddress(digits);
  const bool whole = parseNumber<int>(users) && parseNumber<int>(global_users) && words.empty();
  if (!whole || !address || !index || *index <= 0) return std::nullopt;
  return MulticastGroup{KernelIndex{*index}, *address};
}

}  // namespace

std::vector<MulticastGroup> parseMulticastList(std::string_view text) {
  std::vector<MulticastGroup> groups;
  Lines lines(text);
  while (lines.next()) {
    if (const auto group = parseLine(lines.line())) groups.push_back(*group);
  }
  std::ranges::sort(groups, [](const MulticastGroup& a, const MulticastGroup& b) {
    return std::tie(a.index, a.address) < std::tie(b.index, b.address);
  });
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  return groups;
}

}  // namespace hvnet
