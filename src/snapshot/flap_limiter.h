// Keeps links that flap from flooding whoever is told: of one interface at most one linkDown and
// one linkUp in any second. What comes beyond is held back until the second is over, and then the
// state is told in which the link is, if it is not the one told last.
//
// Pure; time is passed in and never goes back. One thread. Forgets an interface that was quiet for
// a second.
#pragma once

#include <boost/container/flat_map.hpp>
#include <chrono>
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

  // True: tell it now. False: it is held back, or has become no news.
  bool offer(IfIndex index, LinkChange change, TimePoint now);
  // What was held back and is to be told now.
  std::vector<DueChange> takeDue(TimePoint now);
  // When to ask for it next; empty: nothing is held back.
  [[nodiscard]] std::optional<TimePoint> nextDue() const;

 private:
  struct Link {
    LinkChange told{};
    std::optional<LinkChange> held;  // never the one told last
    std::optional<TimePoint> down_told;
    std::optional<TimePoint> up_told;

    [[nodiscard]] TimePoint mayTell(LinkChange change) const;
    [[nodiscard]] bool isQuiet(TimePoint now) const;
    void tell(LinkChange change, TimePoint now);
  };

  boost::container::flat_map<IfIndex, Link> links_;
};

}  // namespace hvnet
