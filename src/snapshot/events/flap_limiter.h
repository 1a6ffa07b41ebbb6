// Limits the notifications of links that flap: for each interface at most one linkDown and one
// linkUp in any second. A change that comes earlier is held back until that second is over. Then
// the present state is sent, if it differs from the last state sent.
//
// An interface without changes for one second is forgotten.
//
// Threads: one. Ownership: a value. Errors: none. Units: time is passed in and never goes back.
#pragma once

#include <boost/container/flat_map.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "snapshot/interface.h"

namespace hvnet {

enum class LinkChange : std::uint8_t { kDown, kUp };

struct DueChange {
  IfIndex index{};
  LinkChange change{};

  bool operator==(const DueChange&) const = default;
};

class FlapLimiter {
 public:
  static constexpr std::chrono::seconds kInterval{1};

  // Returns true if the change must be sent now. False: it is held back, or it only cancels a
  // change that was held back.
  bool offer(IfIndex index, LinkChange change, TimePoint now);
  // Removes and returns the changes that were held back and must be sent now.
  std::vector<DueChange> popDue(TimePoint now);
  // The time for the next popDue(). Empty if nothing is held back.
  [[nodiscard]] std::optional<TimePoint> nextDue() const;
  // How many interfaces it remembers: those that popDue() found quiet for a second are not of them.
  [[nodiscard]] std::size_t size() const { return links_.size(); }

 private:
  struct Link {
    LinkChange last_sent{};
    std::optional<LinkChange> held_back;  // never the same as last_sent
    std::optional<TimePoint> down_sent_at;
    std::optional<TimePoint> up_sent_at;

    [[nodiscard]] TimePoint earliestSend(LinkChange change) const;
    [[nodiscard]] bool isQuiet(TimePoint now) const;
    void markSent(LinkChange change, TimePoint now);
  };

  boost::container::flat_map<IfIndex, Link> links_;
};

}  // namespace hvnet
