#include "sources/report/report_line.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/escape.h"

namespace hvnet {
namespace {

constexpr std::size_t kLongestReportName = 255;  // RFC 3411, SnmpAdminString
// RFC 791: every internet module must be able to forward 68 octets. No IPv4 packet has more than
// 65535.
constexpr std::uint32_t kLeastMtu = 68;
constexpr std::uint32_t kMostMtu = 65535;

// A key and how its one value word is read into a row.
template <class Row>
struct Key {
  std::string_view word;
  Result<void> (*read)(std::string_view value, Row& row);
};

tl::unexpected<Error> isNo(std::string_view value, std::string_view what) {
  return fail(quotedWord(value) + " is " + std::string(what));
}

Result<void> readRelid(std::string_view value, std::optional<std::uint32_t>& relid) {
  relid = parseNumber<std::uint32_t>(value);
  if (relid) return {};
  return isNo(value, "not a relid (0 to 4294967295)");
}

Result<void> readGuid(std::string_view value, std::optional<Guid>& guid) {
  guid = parseGuid(value);
  if (guid) return {};
  return isNo(value, "not a GUID");
}

Result<void> readName(std::string_view value, std::string& name) {
  if (!isReportName(value))
    return isNo(value, "not a name (1 to 255 characters from 0x21 to 0x7e)");
  name = value;
  return {};
}

// One of two words.
Result<void> readEither(std::string_view value, std::string_view yes, std::string_view no,
                        std::optional<bool>& out) {
  if (value != yes && value != no) {
    return isNo(value, "neither \"" + std::string(yes) + "\" nor \"" + std::string(no) + "\"");
  }
  out = value == yes;
  return {};
}

Result<void> readMac(std::string_view value, ReportAdapter& adapter) {
  const auto mac = parseMac(value);
  if (!mac) return isNo(value, "not a MAC such as 00:15:5d:01:02:03");
  adapter.mac = *mac;
  return {};
}

Result<void> readMtu(std::string_view value, ReportAdapter& adapter) {
  adapter.mtu = parseNumber<std::uint32_t>(value);
  if (adapter.mtu && *adapter.mtu >= kLeastMtu && *adapter.mtu <= kMostMtu) return {};
  return isNo(value, "not an MTU (68 to 65535)");
}

Result<void> readSpeed(std::string_view value, ReportAdapter& adapter) {
  adapter.speed_mbps = parseNumber<std::uint32_t>(value);
  if (adapter.speed_mbps && *adapter.speed_mbps > 0) return {};
  return isNo(value, "not a speed in Mbit/s (1 to 4294967295)");
}

Result<void> readAlias(std::string_view value, ReportAdapter& adapter) {
  auto alias = unescapeWord(value);
  if (!alias) return isNo(value, "not an alias (octets outside 0x21 to 0x7e, and '%', are %XX)");
  adapter.alias = *std::move(alias);
  return {};
}

Result<void> readWidth(std::string_view value, ReportAdapter& adapter) {
  using Width = Accumulator::Width;
  if (value != "32" && value != "64") return isNo(value, "neither \"32\" nor \"64\"");
  adapter.counters.width = value == "32" ? Width::k32 : Width::k64;
  return {};
}

constexpr std::array kAdapterKeys = {
    Key<ReportAdapter>{"unit",
                       [](std::string_view value, auto& row) { return readName(value, row.unit); }},
    Key<ReportAdapter>{
        "relid", [](std::string_view value, auto& row) { return readRelid(value, row.relid); }},
    Key<ReportAdapter>{"instance", [](std::string_view value,
                                      auto& row) { return readGuid(value, row.instance); }},
    Key<ReportAdapter>{"mac", readMac},
    Key<ReportAdapter>{"network",
                       [](std::string_view value, auto& row) {
                         return readEither(value, "assigned", "unassigned", row.network_assigned);
                       }},
    Key<ReportAdapter>{"mtu", readMtu},
    Key<ReportAdapter>{"admin",
                       [](std::string_view value, auto& row) {
                         return readEither(value, "up", "down", row.admin_up);
                       }},
    Key<ReportAdapter>{"speed", readSpeed},
    Key<ReportAdapter>{"alias", readAlias},
    Key<ReportAdapter>{"width", readWidth},
};

// What a vmbus line says, before it is known to be complete.
struct VmbusLine {
  std::optional<std::uint32_t> relid{};
  std::optional<Guid> device_class{};
  std::optional<Guid> instance{};
  std::string driver{};
  bool not_configured = false;
};

Result<void> readNot(std::string_view value, VmbusLine& row) {
  if (value != "configured") return isNo(value, "not \"configured\", the one word after \"not\"");
  row.not_configured = true;
  return {};
}

constexpr std::array kVmbusKeys = {
    Key<VmbusLine>{"relid",
                   [](std::string_view value, auto& row) { return readRelid(value, row.relid); }},
    Key<VmbusLine>{"class", [](std::string_view value,
                               auto& row) { return readGuid(value, row.device_class); }},
    Key<VmbusLine>{"instance",
                   [](std::string_view value, auto& row) { return readGuid(value, row.instance); }},
    Key<VmbusLine>{"driver",
                   [](std::string_view value, auto& row) { return readName(value, row.driver); }},
    Key<VmbusLine>{"not", readNot},
};

// A counter of a stats line, and where it goes.
struct CounterKey {
  std::string_view word;
  LinkStats::Count* (*place)(Components& counters);
};
constexpr std::array kCounterKeys = {
    CounterKey{"Ipkts", [](auto& row) { return &row.link.rx_packets; }},
    CounterKey{"Ierrs", [](auto& row) { return &row.link.rx_errors; }},
    CounterKey{"Opkts", [](auto& row) { return &row.link.tx_packets; }},
    CounterKey{"Oerrs", [](auto& row) { return &row.link.tx_errors; }},
    // The driver does not count collisions, and there are none: nothing to keep.
    CounterKey{"Colls", [](auto&) { return static_cast<LinkStats::Count*>(nullptr); }},
    CounterKey{"InOctets", [](auto& row) { return &row.link.rx_bytes; }},
    CounterKey{"OutOctets", [](auto& row) { return &row.link.tx_bytes; }},
    CounterKey{"InDrops", [](auto& row) { return &row.link.rx_dropped; }},
    CounterKey{"OutDiscards", [](auto& row) { return &row.link.tx_dropped; }},
    CounterKey{"InMulticast", [](auto& row) { return &row.driver.in.multicast; }},
    CounterKey{"InBroadcast", [](auto& row) { return &row.driver.in.broadcast; }},
    CounterKey{"OutMulticast", [](auto& row) { return &row.driver.out.multicast; }},
    CounterKey{"OutBroadcast", [](auto& row) { return &row.driver.out.broadcast; }},
};

Result<void> readCounter(const CounterKey& key, std::string_view value, Components& counters) {
  const auto number = parseNumber<std::uint64_t>(value);
  const bool narrow = counters.width == Accumulator::Width::k32;
  if (!number || (narrow && *number > std::numeric_limits<std::uint32_t>::max())) {
    return isNo(value, "not a number of " + std::string(narrow ? "32" : "64") + " bits for " +
                           std::string(key.word));
  }
  if (LinkStats::Count* const place = key.place(counters)) *place = *number;
  return {};
}

// `key value` to the end of the line. `take(key, value)` for each known key; the others belong to a
// later version of the format.
template <class Keys, class Take>
Result<void> readPairs(Words words, const Keys& keys, Take take) {
  std::bitset<std::tuple_size_v<Keys>> seen;
  while (!words.empty()) {
    const std::string_view word = words.next();
    if (words.empty()) return fail(quotedWord(word) + " has no value");
    const std::string_view value = words.next();
    const auto key =
        std::ranges::find_if(keys, [&](const auto& each) { return each.word == word; });
    if (key == keys.end()) continue;
    const auto at = static_cast<std::size_t>(key - keys.begin());
    if (seen.test(at)) return fail(quotedWord(word) + " is given twice in this line");
    seen.set(at);
    if (Result<void> taken = take(*key, value); !taken) return taken;
  }
  return {};
}

template <class Keys, class Row>
Result<void> readRow(Words words, const Keys& keys, Row& row) {
  return readPairs(words, keys,
                   [&](const auto& key, std::string_view value) { return key.read(value, row); });
}

}  // namespace

Result<ReportAdapter> readAdapterLine(Words words) {
  ReportAdapter adapter;
  if (auto read = readName(words.next(), adapter.name); !read) return tl::unexpected(read.error());
  if (auto read = readRow(words, kAdapterKeys, adapter); !read) return tl::unexpected(read.error());
  return adapter;
}

Result<VmbusDevice> readVmbusLine(Words words) {
  VmbusLine row;
  if (auto read = readRow(words, kVmbusKeys, row); !read) return tl::unexpected(read.error());
  if (!row.relid) return fail("\"relid\" is missing");
  if (!row.device_class) return fail("\"class\" is missing");
  if (row.driver.empty() != row.not_configured) {
    return fail("a device has either \"driver NAME\" or \"not configured\"");
  }
  return VmbusDevice{*row.relid, *row.device_class, row.instance, std::move(row.driver)};
}

Result<void> readStatsLine(Words words, Components& counters) {
  return readPairs(words, kCounterKeys, [&](const CounterKey& key, std::string_view value) {
    return readCounter(key, value, counters);
  });
}

bool isReportName(std::string_view word) {
  return !word.empty() && word.size() <= kLongestReportName &&
         std::ranges::all_of(word, [](char letter) { return letter > ' ' && letter <= '~'; });
}

}  // namespace hvnet
