#include "counters/driver_stats.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/lines.h"

namespace hvnet {
namespace {

constexpr std::string_view kBlanks = " \t\r";
constexpr std::string_view kHeader = "NIC statistics:";
constexpr std::string_view kNone = "no stats available";
constexpr std::string_view kSeparator = ": ";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool isOneOf(StatNames names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

// "     name: value". A name may have colons of its own, so the last one counts.
std::optional<DriverStat> parseLine(std::string_view line) {
  const auto colon = line.rfind(kSeparator);
  if (colon == std::string_view::npos) return std::nullopt;
  // A name may be empty: ethtool prints such lines too.
  const std::string_view digits = trimmed(line.substr(colon + kSeparator.size()));
  DriverStat stat{std::string(trimmedStatName(line.substr(0, colon)))};
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, stat.value);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return stat;
}

std::optional<std::uint64_t> total(const std::vector<std::size_t>& slots,
                                   std::span<const std::uint64_t> values) {
  if (slots.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const std::size_t slot : slots) sum += values[slot];
  return sum;
}

}  // namespace

std::string_view trimmedStatName(std::string_view name) {
  return trimmed(name);
}

std::optional<std::uint64_t> sumOf(std::span<const DriverStat> stats, StatNames names) {
  std::optional<std::uint64_t> sum;
  for (const DriverStat& stat : stats) {
    if (isOneOf(names, stat.name)) sum = sum.value_or(0) + stat.value;
  }
  return sum;
}

Result<std::vector<DriverStat>> parseStatisticsText(std::string_view text,
                                                    std::string_view file_name) {
  std::vector<DriverStat> stats;
  std::string_view first;  // the first line that is not blank
  Lines lines(text);
  while (lines.next()) {
    const std::string_view line = lines.line();
    const std::string_view content = trimmed(line);
    const auto refuse = [&](const char* expected) {
      return fail(std::string(file_name) + ":" + std::to_string(lines.number()) + ": expected " +
                  expected);
    };
    if (content.empty()) continue;
    if (first.empty()) {
      if (content != kHeader && content != kNone) return refuse("\"NIC statistics:\"");
      first = content;
      continue;
    }
    if (first == kNone) return refuse("nothing after \"no stats available\"");
    auto stat = parseLine(line);
    if (!stat) return refuse("\"name: value\" with an unsigned 64-bit value");
    stats.push_back(std::move(*stat));
  }
  return stats;
}

SumPlan::SumPlan(std::span<const std::string> trimmed_names, const DriverProfile& profile)
    : hidden_rx_drops_(slotsOf(trimmed_names, profile.hidden_rx_drops)),
      tx_losses_(slotsOf(trimmed_names, profile.tx_losses)),
      in_(slotsOf(trimmed_names, profile.in)),
      out_(slotsOf(trimmed_names, profile.out)) {}

SumPlan::Slots SumPlan::slotsOf(std::span<const std::string> have, StatNames wanted) {
  Slots slots;
  for (std::size_t slot = 0; slot < have.size(); ++slot) {
    if (isOneOf(wanted, have[slot])) slots.push_back(slot);
  }
  return slots;
}

SumPlan::SplitSlots SumPlan::slotsOf(std::span<const std::string> have,
                                     const PacketSplitNames& wanted) {
  return {slotsOf(have, wanted.multicast), slotsOf(have, wanted.broadcast)};
}

PacketSplit SumPlan::split(const SplitSlots& slots, std::span<const std::uint64_t> values) {
  return {total(slots.multicast, values), total(slots.broadcast, values)};
}

DriverSums SumPlan::sums(std::span<const std::uint64_t> values) const {
  return {total(hidden_rx_drops_, values), total(tx_losses_, values), split(in_, values),
          split(out_, values)};
}

}  // namespace hvnet
