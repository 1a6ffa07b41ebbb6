// A source of adapters and their counters: Linux, or a report that a driver's side writes.
//
// Threads: one owner (the poller). Errors: values; after an error the last topology and the last
// counters stand. A link that vanishes between two calls is not an error. Time is passed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "counters/bus_device.h"
#include "counters/counter_book.h"
#include "counters/driver_profile.h"
#include "counters/driver_stats.h"
#include "counters/link.h"

namespace hvnet {

// One interface as the source sees it.
struct Port {
  Link link{};
  std::optional<BusDevice> device{};
  std::optional<std::uint32_t> speed_mbps{};  // the driver's word; absent when it has none
  std::optional<Duplex> duplex{};             // the driver's word
  std::uint32_t rx_queues = 0;                // 0: unknown
  std::vector<HwAddress> groups{};            // multicast addresses received, sorted
  const DriverProfile* profile = nullptr;     // of an adapter; nullptr: not an adapter

  bool operator==(const Port&) const = default;
};

// What was read of one port, as it was read: components that may start again from zero.
struct Sample {
  KernelIndex index{};
  Components raw;
  // Every statistic that an adapter's driver has, as it prints them.
  StatNameList stat_names{};                 // null: it has none
  std::vector<std::uint64_t> stat_values{};  // one for each name
};

class Source {
 public:
  virtual ~Source() = default;

  // Readable when readEvents() has something to do.
  [[nodiscard]] virtual int eventFd() const = 0;
  // Takes in all that is pending, without blocking; true when ports() changed. An overrun of
  // the event queue is answered with a fresh dump and counted in overruns().
  virtual Result<bool> readEvents(TimePoint now) = 0;
  // Sorted by kernel index.
  [[nodiscard]] virtual const std::vector<Port>& ports() const = 0;
  // Every device on the VMBus, ascending by relid; empty where there is none.
  [[nodiscard]] virtual const std::vector<VmbusDevice>& vmbusDevices() const = 0;
  // Reads the counters of every port into `out` (cleared first), sorted by kernel index, and
  // returns when they were counted. An error while what there is has become too old to go by.
  virtual Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) = 0;
  // What of the last sample could not be read, although the sample as such is good; or empty.
  [[nodiscard]] virtual const std::string& complaint() const = 0;
  [[nodiscard]] virtual std::uint64_t overruns() const = 0;
  // Whether the ports' numbers are a kernel's ifindexes.
  [[nodiscard]] virtual bool kernelIndexed() const = 0;
  // As `--source` spells it: "linux", "report:FILE".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace hvnet
