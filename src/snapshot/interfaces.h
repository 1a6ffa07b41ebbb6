// One row of ifTable from one port and its number, and the histories of all rows.
//
// Poller thread only. Remembers what a history needs (last changes), nothing else.
#pragma once

#include <boost/container/flat_map.hpp>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "snapshot/classify.h"
#include "snapshot/drop_alarm.h"
#include "snapshot/interface.h"

namespace hvnet {

enum class Media { kNominal, kDriver };
enum class NameFormat { kKernel, kLan };

// What the configuration says about how things are published.
struct PublishOptions {
  IndexOrder index_order = IndexOrder::kHypervisor;
  Media media = Media::kNominal;
  NameFormat name_format = NameFormat::kKernel;
  std::vector<std::string> exclude;
  AlarmOptions alarms;
};

// A port that is published, and its number.
struct NumberedPort {
  const Port* port = nullptr;
  Assignment number;
};

// RFC 2863 §3.1.14; for adapters the host's network assignment alone decides.
OperStatus operStatus(const Link& link, bool adapter);
// IANAifType of a link.
std::uint32_t ifType(const Link& link);
// One row without its history.
Interface makeInterface(const NumberedPort& numbered, const PublishOptions& options);

class InterfaceHistory {
 public:
  // `next.rows` in any order; the result is ascending by ifIndex, with the histories filled in.
  // What the first call has is as old as the agent.
  std::shared_ptr<const Interfaces> update(Interfaces next, TimePoint now);
  // Counters of these rows may have lost increments.
  std::shared_ptr<const Interfaces> discontinue(std::span<const std::size_t> rows, TimePoint now);

 private:
  std::shared_ptr<const Interfaces> last_;
};

}  // namespace hvnet
