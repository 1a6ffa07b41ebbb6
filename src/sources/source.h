// A source of adapters and their counters: Linux, or a report that a driver's side writes. How to
// add another one: docs/adding-a-source.md.
//
// Threads: one owner (the poller). Ownership: what is returned by reference is the source's, and
// good until the next call. Errors: values; after an error the last topology and the last counters
// stay published. A link that vanishes between two calls is not an error. Time is passed in.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "counters/bus_device.h"
#include "counters/components.h"
#include "counters/driver_profile.h"
#include "counters/driver_stats.h"
#include "counters/link.h"
#include "counters/queue_stats.h"

namespace hvnet {

// One interface as the source sees it.
struct SourceInterface {
  Link link{};
  std::optional<BusDevice> device{};
  std::optional<std::uint32_t> speed_mbps{};  // the driver's word; absent when it has none
  std::optional<Duplex> duplex{};             // the driver's word
  std::uint32_t rx_queues = 0;                // 0: unknown
  std::vector<HwAddress> groups{};            // multicast addresses received, sorted
  const DriverProfile* profile = nullptr;     // of an adapter; nullptr: not an adapter
  FailoverRole failover_role = FailoverRole::kNone;
  // How its driver counts: of an adapter, and of a VF or a standby device below one.
  const DriverProfile* driver_profile = nullptr;

  bool operator==(const SourceInterface&) const = default;
};

// What was read of one interface, as it was read: components that may start again from zero.
struct Sample {
  KernelIndex index{};
  Components raw;
  // Every statistic that an adapter's driver has, as it prints them.
  StatNameList stat_names{};                 // null: it has none
  std::vector<std::uint64_t> stat_values{};  // one for each name
  // An adapter's queues as the kernel itself tells them, ascending; empty where it does not.
  std::vector<QueueStats> queues{};
};

class Source {
 public:
  virtual ~Source() = default;

  // Readable when readEvents() has something to do.
  [[nodiscard]] virtual int eventFd() const = 0;
  // Reads all that is pending, without waiting for more; true when interfaces() or vmbusDevices()
  // changed. Where events were lost, everything is read again, and overruns() counts it.
  virtual Result<bool> readEvents(TimePoint now) = 0;
  // readEvents() is to be called again as soon as what it said is published, whether eventFd() is
  // readable or not: what comes next must not hide it.
  [[nodiscard]] virtual bool hasMoreEvents() const { return false; }
  // Sorted by kernel index.
  [[nodiscard]] virtual const std::vector<SourceInterface>& interfaces() const = 0;
  // Every device on the VMBus, ascending by relid; empty where there is none.
  [[nodiscard]] virtual const std::vector<VmbusDevice>& vmbusDevices() const = 0;
  // Whether the machine has shown all that it has; false while it still loads drivers.
  [[nodiscard]] virtual bool complete() const { return true; }
  // Reads the counters of every interface into `out` (cleared first), sorted by kernel index, and
  // returns when they were counted. An error while what there is has become too old to go by.
  virtual Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) = 0;
  // What the backlogs of the system's stack, of all interfaces together, had dropped by the last
  // sample; it never decreases. Empty where nobody knows.
  [[nodiscard]] virtual std::optional<std::uint64_t> backlogDrops() const { return std::nullopt; }
  // What of the last sample could not be read, although the sample as such is good; or empty.
  [[nodiscard]] virtual const std::string& partialError() const = 0;
  // How often events were lost, since the source was opened.
  [[nodiscard]] virtual std::uint64_t overruns() const = 0;
  // Whether the interfaces' numbers are a kernel's ifindexes.
  [[nodiscard]] virtual bool kernelIndexed() const = 0;
  // As `--source` spells it: "linux", "report:FILE".
  [[nodiscard]] virtual std::string name() const = 0;
};

}  // namespace hvnet
