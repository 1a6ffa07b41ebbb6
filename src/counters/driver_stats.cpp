#include "counters/driver_stats.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "base/lines.h"
#include "base/words.h"
#include "counters/accumulator.h"

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
  return std::ranges::any_of(names, [name](auto pattern) { return isNamed(name, pattern); });
}

// "     name: value". A name may have colons of its own, so the last one counts.
std::optional<DriverStat> parseLine(std::string_view line) {
  const auto colon = line.rfind(kSeparator);
  if (colon == std::string_view::npos) return std::nullopt;
  // A name may be empty: ethtool prints such lines too.
  const std::string_view digits = trimmed(line.substr(colon + kSeparator.size()));
  DriverStat stat{std::string(trimmedStatName(line.substr(0, colon)))};
  const auto value = parseNumber<decltype(stat.value)>(digits);
  if (!value) return std::nullopt;
  stat.value = *value;
  return stat;
}

using Count = std::optional<std::uint64_t>;

bool hasOneOf(std::span<const std::string> have, StatNames names) {
  return std::ranges::any_of(have, [names](const auto& name) { return isOneOf(names, name); });
}

bool hasAll(std::span<const std::string> have, StatNames names) {
  return std::ranges::all_of(
      names, [have](std::string_view pattern) { return hasOneOf(have, StatNames(&pattern, 1)); });
}

bool toldNot(const OwnDrops& own, std::span<const std::string> have) {
  return own.told == OwnDrops::Told::kNo || hasOneOf(have, own.not_told_with);
}

StatNames ownDropsOf(const OwnDrops& own, std::span<const std::string> have) {
  if (toldNot(own, have)) return {};
  const auto list =
      std::ranges::find_if(own.names, [have](StatNames names) { return hasAll(have, names); });
  return list == own.names.end() ? StatNames() : *list;
}

// A sum: which statistics a profile names for it, of those that the driver has, and where it goes.
struct SumRow {
  StatNames (*names)(const DriverProfile& profile, std::span<const std::string> have);
  Count& (*sum)(DriverSums& sums);
};

constexpr std::array kSums = {
    SumRow{[](auto& profile, auto have) { return ownDropsOf(profile.own_drops, have); },
           [](auto& sums) -> Count& { return sums.own_rx_drops; }},
    SumRow{[](auto& profile, auto have) {
             return toldNot(profile.own_drops, have) ? StatNames()
                                                     : profile.own_drops.unless_missed;
           },
           [](auto& sums) -> Count& { return sums.own_unless_missed; }},
    SumRow{[](auto& profile, auto) { return profile.hidden_rx.drops; },
           [](auto& sums) -> Count& { return sums.hidden_rx_drops; }},
    SumRow{[](auto& profile, auto) { return profile.hidden_rx.drops_unless_missed; },
           [](auto& sums) -> Count& { return sums.hidden_unless_missed; }},
    SumRow{[](auto& profile, auto) { return profile.hidden_rx.errors; },
           [](auto& sums) -> Count& { return sums.hidden_rx_errors; }},
    SumRow{[](auto& profile, auto) { return profile.hidden_tx.discards; },
           [](auto& sums) -> Count& { return sums.hidden_tx_discards; }},
    SumRow{[](auto& profile, auto) { return profile.hidden_tx.errors; },
           [](auto& sums) -> Count& { return sums.hidden_tx_errors; }},
    SumRow{[](auto& profile, auto) { return profile.tx_losses; },
           [](auto& sums) -> Count& { return sums.tx_losses; }},
    SumRow{[](auto& profile, auto) { return profile.in.multicast; },
           [](auto& sums) -> Count& { return sums.in.multicast; }},
    SumRow{[](auto& profile, auto) { return profile.in.broadcast; },
           [](auto& sums) -> Count& { return sums.in.broadcast; }},
    SumRow{[](auto& profile, auto) { return profile.out.multicast; },
           [](auto& sums) -> Count& { return sums.out.multicast; }},
    SumRow{[](auto& profile, auto) { return profile.out.broadcast; },
           [](auto& sums) -> Count& { return sums.out.broadcast; }},
    SumRow{[](auto& profile, auto) { return profile.vf.rx_packets; },
           [](auto& sums) -> Count& { return sums.vf.rx_packets; }},
    SumRow{[](auto& profile, auto) { return profile.vf.rx_octets; },
           [](auto& sums) -> Count& { return sums.vf.rx_octets; }},
    SumRow{[](auto& profile, auto) { return profile.vf.tx_packets; },
           [](auto& sums) -> Count& { return sums.vf.tx_packets; }},
    SumRow{[](auto& profile, auto) { return profile.vf.tx_octets; },
           [](auto& sums) -> Count& { return sums.vf.tx_octets; }},
};

Count total(const std::vector<std::size_t>& slots, std::span<const std::uint64_t> values) {
  if (slots.empty()) return std::nullopt;
  std::uint64_t sum = 0;
  for (const std::size_t slot : slots) {
    sum += values[slot];
    // Two that are not negative make no more than 2^64, which a sum that is not negative shows.
    if (isNegative(values[slot]) || isNegative(sum)) return std::nullopt;
  }
  return sum;
}

// Of the parts of a sum.
struct Movement {
  std::uint64_t before = 0;    // what all had counted
  std::uint64_t fallen = 0;    // what those that are smaller now had counted...
  std::uint64_t left = 0;      // ...and have now, where it is not believed to be all since zero
  std::uint64_t grown = 0;     // what those that are larger now had counted
  std::uint64_t regained = 0;  // what those had lost that are back where they had been
  bool stayed = false;         // some that had counted have not become smaller
};

Movement movement(const std::vector<std::size_t>& slots, std::span<const std::uint64_t> values,
                  StatisticsHistory& history, bool device_goes_on) {
  Movement out;
  for (const std::size_t slot : slots) {
    const std::uint64_t last = history.values[slot];
    const std::uint64_t value = values[slot];
    std::uint64_t& before_fall = history.before_fall[slot];
    out.before += last;
    if (value < last) {
      out.fallen += last;
      if (device_goes_on && value > last / kLargestShare) out.left += value;
      before_fall = last;
    } else if (value > last) {
      if (before_fall != 0 && value >= before_fall) out.regained += before_fall - last;
      before_fall = 0;
      out.grown += last;
    }
    out.stayed |= value >= last && last != 0;
    // A device that has started again does not come back to what it had counted.
    if (!device_goes_on) before_fall = 0;
  }
  return out;
}

// Whether statistics that had gone back are where they were at once: those that had counted only a
// few come back together with others.
bool haveReturned(std::span<const std::uint64_t> values, const StatisticsHistory& history) {
  for (std::size_t slot = 0; slot < values.size(); ++slot) {
    const std::uint64_t before_fall = history.before_fall[slot];
    if (before_fall >= kFew && values[slot] >= before_fall) return true;
  }
  return false;
}

// What the parts of a sum are called, in an order of our own.
std::vector<std::string_view> partNames(const std::vector<std::size_t>& slots,
                                        std::span<const std::string> names) {
  std::vector<std::string_view> out;
  out.reserve(slots.size());
  for (const std::size_t slot : slots) out.emplace_back(names[slot]);
  std::ranges::sort(out);
  return out;
}

std::vector<std::size_t> slotsOf(std::span<const std::string> have, StatNames wanted) {
  std::vector<std::size_t> slots;
  for (std::size_t slot = 0; slot < have.size(); ++slot) {
    if (isOneOf(wanted, have[slot])) slots.push_back(slot);
  }
  return slots;
}

}  // namespace

bool isNegative(std::uint64_t value) {
  return value > std::uint64_t{std::numeric_limits<std::int64_t>::max()};
}

std::string_view trimmedStatName(std::string_view name) {
  return trimmed(name);
}

bool isNamed(std::string_view name, std::string_view pattern) {
  const auto place = pattern.find('#');
  if (place == std::string_view::npos) return name == pattern;
  const std::string_view before = pattern.substr(0, place);
  const std::string_view after = pattern.substr(place + 1);
  if (name.size() <= before.size() + after.size()) return false;
  if (!name.starts_with(before) || !name.ends_with(after)) return false;
  const std::string_view number =
      name.substr(before.size(), name.size() - before.size() - after.size());
  return number.find_first_not_of("0123456789") == std::string_view::npos;
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
      return fail(atLine(file_name, lines.number(), "expected ") + expected);
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
    : drops_nothing_(profile.own_drops.told == OwnDrops::Told::kNone &&
                     !toldNot(profile.own_drops, trimmed_names)) {
  for (const SumRow& row : kSums) {
    slots_.push_back(slotsOf(trimmed_names, row.names(profile, trimmed_names)));
  }
}

std::optional<SumFalls> SumPlan::falls(std::span<const std::uint64_t> values,
                                       StatisticsHistory& history, bool device_goes_on) const {
  std::optional<SumFalls> out;
  if (history.values.size() != values.size()) {
    history.values.assign(values.begin(), values.end());
    history.before_fall.assign(values.size(), 0);
    return out;
  }
  const bool returned = haveReturned(values, history);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Count sum = total(slots_[i], values);
    if (!sum) continue;
    if (total(slots_[i], history.values)) {
      Movement moved = movement(slots_[i], values, history, device_goes_on);
      if (!returned) moved.regained = 0;
      // Where all have gone back the sum shows it, unless one that had counted nothing makes up for
      // it.
      const bool hidden = moved.fallen != 0 && (moved.stayed || *sum >= moved.before);
      if (hidden || moved.regained != 0 || (moved.fallen != 0 && device_goes_on)) {
        if (!out) out.emplace();
        kSums[i].sum(out->by) = moved.fallen - moved.left;
        kSums[i].sum(out->regained) = moved.regained;
        kSums[i].sum(out->doubtful) =
            moved.regained + moved.left + (moved.fallen != 0 ? moved.grown : 0);
      }
    }
    for (const std::size_t slot : slots_[i]) history.values[slot] = values[slot];
  }
  return out;
}

DriverSums SumPlan::otherThan(const SumPlan& old, std::span<const std::string> old_names,
                              std::span<const std::string> names) const {
  DriverSums out;
  for (std::size_t i = 0; i < slots_.size() && i < old.slots_.size(); ++i) {
    if (partNames(slots_[i], names) != partNames(old.slots_[i], old_names)) kSums[i].sum(out) = 1;
  }
  return out;
}

DriverSums SumPlan::sums(std::span<const std::uint64_t> values) const {
  DriverSums out;
  for (std::size_t i = 0; i < slots_.size(); ++i) kSums[i].sum(out) = total(slots_[i], values);
  if (drops_nothing_) out.own_rx_drops = 0;
  return out;
}

}  // namespace hvnet
