// The InDrops of what carries an adapter's frames (a VF, a standby device), as one sum that never
// decreases: what each part has dropped from its first sample on, with what its own row had then.
// A part that leaves takes nothing away, and one that returns goes on from where it was. So parts
// are known by their identity (counter_totals.h: their key), and not by a number that may be
// another one when they return.
// A process that goes on from an earlier one's sum takes what it has beyond the parts that are
// there for that of others, and does not count it again when they return.
//
// Threads: the poller only. Ownership: values. Errors: none. Units: packets.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace hvnet {

class PartDrops {
 public:
  // `in_drops`: of the part's own row; empty when nobody knows them.
  void add(std::string_view part, std::optional<std::uint64_t> in_drops) {
    if (!in_drops) return;
    auto known = last_.find(part);
    if (known == last_.end()) {
      const std::uint64_t counted_before = std::min(of_others_, *in_drops);
      of_others_ -= counted_before;
      known = last_.emplace(part, counted_before).first;
    }
    std::uint64_t& before = known->second;
    if (*in_drops > before) sum_ = sum_.value_or(0) + (*in_drops - before);
    before = *in_drops;
    if (!sum_) sum_ = 0;
  }
  // After the first parts: an earlier process had counted this.
  void goOnFrom(std::uint64_t counted) {
    const std::uint64_t of_those_here = sum_.value_or(0);
    if (counted <= of_those_here) return;
    of_others_ = counted - of_those_here;
    sum_ = counted;
  }
  // Empty before any part has told its drops.
  [[nodiscard]] std::optional<std::uint64_t> sum() const { return sum_; }

 private:
  std::map<std::string, std::uint64_t, std::less<>> last_;
  std::optional<std::uint64_t> sum_;
  std::uint64_t of_others_ = 0;  // what the sum has of parts that were not here since the start
};

}  // namespace hvnet
