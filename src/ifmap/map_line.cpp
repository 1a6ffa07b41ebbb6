#include "ifmap/map_line.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/escape.h"
#include "base/hex_text.h"

namespace hvnet {
namespace {

struct BusName {
  Bus bus;
  std::string_view word;
};
constexpr std::array kBusNames = {
    BusName{Bus::kVmbus, "vmbus"},     BusName{Bus::kXen, "xen"},     BusName{Bus::kPci, "pci"},
    BusName{Bus::kVirtioMmio, "mmio"}, BusName{Bus::kOther, "other"},
};

std::string_view busWord(Bus bus) {
  const auto* row = std::ranges::find(kBusNames, bus, &BusName::bus);
  return row == kBusNames.end() ? "other" : row->word;
}

std::optional<Bus> parseBusWord(std::string_view word) {
  const auto* row = std::ranges::find(kBusNames, word, &BusName::word);
  if (row == kBusNames.end()) return std::nullopt;
  return row->bus;
}
// Each takes its words off the line; the error is the reason alone.
Result<IfIndex> readIndex(Words& words) {
  const std::string_view word = words.next();
  const auto number = parseNumber<std::uint32_t>(word);
  if (!number || *number < 1 || IfIndex{*number} > kLastIndex) {
    return fail(quotedWord(word) + " is not an ifIndex from 1 to 2147483647");
  }
  return IfIndex{*number};
}

Result<HwAddress> readMac(Words& words) {
  const std::string_view word = words.next();
  if (const auto mac = parseHwAddress(word)) return *mac;
  return fail(quotedWord(word) + " is not a MAC");
}

Result<std::string> readName(Words& words) {
  const std::string_view word = words.next();
  if (auto name = unescapeWord(word)) return *std::move(name);
  return fail(quotedWord(word) + " is not a name (octets outside 0x21 to 0x7e are written %XX)");
}

Result<BusPosition> readPosition(Words& words) {
  const std::string_view bus_word = words.next();
  const std::string_view number_word = words.next();
  const auto bus = parseBusWord(bus_word);
  const auto number = parseNumber<std::uint64_t>(number_word);
  if (bus && number) return BusPosition{*bus, *number};
  return fail(quotedWord(bus_word) + " " + quotedWord(number_word) + " is not a position");
}

Result<std::int64_t> readSeconds(Words& words) {
  const std::string_view word = words.next();
  if (const auto seconds = parseNumber<std::int64_t>(word)) return *seconds;
  return fail(quotedWord(word) + " is not a number of seconds");
}

Result<Identity> readIdentity(Words& words) {
  const std::string_view kind = words.next();
  if (kind == "retired") return RetiredIdentity{};
  if (kind == "mac")
    return readMac(words).map([](const HwAddress& mac) { return Identity{MacIdentity{mac}}; });
  if (kind == "guid") {
    const std::string_view word = words.next();
    if (const auto guid = parseGuid(word)) return GuidIdentity{*guid};
    return fail(quotedWord(word) + " is not a GUID");
  }
  if (kind == "link") {
    auto link_kind = readName(words);
    if (!link_kind) return tl::unexpected(link_kind.error());
    return readName(words).map([&](std::string name) {
      return Identity{NameIdentity{std::move(*link_kind), std::move(name)}};
    });
  }
  return fail(quotedWord(kind) + " is not guid, mac, link or retired");
}

// `keyword VALUE`, when it comes next.
template <class Value, class Read>
Result<void> readOptional(Words& words, std::string_view keyword, Read read, Value& value) {
  if (!words.accept(keyword)) return {};
  auto result = read(words);
  if (!result) return tl::unexpected(result.error());
  value = std::move(*result);
  return {};
}

// What was last seen: [mac M] [position BUS N] [name N] [gone S], in this order.
Result<void> readLastSeen(Words& words, MapEntry& entry) {
  const bool by_mac = std::holds_alternative<MacIdentity>(entry.identity);
  const bool by_name = std::holds_alternative<NameIdentity>(entry.identity);
  Result<void> read;
  if (!by_mac) read = readOptional(words, "mac", readMac, entry.mac);
  if (read) read = readOptional(words, "position", readPosition, entry.position);
  if (read && !by_name) read = readOptional(words, "name", readName, entry.name);
  if (read) read = readOptional(words, "gone", readSeconds, entry.gone_s);
  return read;
}

struct WriteIdentity {
  std::string& line;

  void operator()(const GuidIdentity& who) const { line += " guid " + toText(who.guid); }
  void operator()(const MacIdentity& who) const { line += " mac " + toText(who.mac); }
  void operator()(const NameIdentity& who) const {
    line += " link " + escapeWord(who.kind) + " " + escapeWord(who.name);
  }
  void operator()(const RetiredIdentity&) const { line += " retired"; }
};

}  // namespace

std::optional<HwAddress> parseHwAddress(std::string_view word) {
  HwAddress address;
  while (true) {
    const auto octet = parseHexPair(word.substr(0, 2));
    if (!octet || address.size() == address.capacity()) return std::nullopt;
    address.push_back(*octet);
    word.remove_prefix(2);
    if (word.empty()) return address;
    if (word.front() != ':') return std::nullopt;
    word.remove_prefix(1);
  }
}

Result<MapEntry> readEntry(Words words) {
  MapEntry entry;
  const auto index = readIndex(words);
  if (!index) return tl::unexpected(index.error());
  entry.index = *index;
  auto identity = readIdentity(words);
  if (!identity) return tl::unexpected(identity.error());
  entry.identity = *std::move(identity);
  if (const auto* who = std::get_if<MacIdentity>(&entry.identity)) entry.mac = who->mac;
  if (const auto* who = std::get_if<NameIdentity>(&entry.identity)) entry.name = who->name;
  if (!std::holds_alternative<RetiredIdentity>(entry.identity)) {
    if (auto read = readLastSeen(words, entry); !read) return tl::unexpected(read.error());
  }
  if (!words.empty()) return fail(quotedWord(words.peek()) + " is unexpected here");
  return entry;
}

// A MAC or a name that is the identity is not written twice.
std::string formatEntry(const MapEntry& entry) {
  std::string line = std::to_string(static_cast<std::uint32_t>(entry.index));
  std::visit(WriteIdentity{line}, entry.identity);
  if (std::holds_alternative<RetiredIdentity>(entry.identity)) return line;
  if (!entry.mac.empty() && !std::holds_alternative<MacIdentity>(entry.identity)) {
    line += " mac " + toText(entry.mac);
  }
  if (entry.position) {
    line += " position ";
    line += busWord(entry.position->bus);
    line += " " + std::to_string(entry.position->number);
  }
  if (!entry.name.empty() && !std::holds_alternative<NameIdentity>(entry.identity)) {
    line += " name " + escapeWord(entry.name);
  }
  if (entry.gone_s) line += " gone " + std::to_string(*entry.gone_s);
  return line;
}

}  // namespace hvnet
