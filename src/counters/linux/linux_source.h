// The Linux source: links, counters and queue drops by rtnetlink, the drivers' own statistics by
// ethtool (adapters only), bus positions and the other VMBus devices by sysfs, multicast addresses
// by /proc.
//
// Threads: one owner. Blocks for as long as the kernel takes to answer a dump, 5 s at most for each
// part of it. Sysfs and /proc are read by readEvents(), when a link appeared, changed or went, once
// more a second later and then every 10 s; never for a sample.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "counters/adapter_rule.h"
#include "counters/linux/ethtool.h"
#include "counters/linux/netlink_socket.h"
#include "counters/linux/port_table.h"
#include "counters/linux/qdisc_totals.h"
#include "counters/linux/sysfs_bus.h"
#include "counters/source.h"

namespace hvnet {

struct LinuxSourceOptions {
  std::filesystem::path sysfs_root = "/sys";
  std::optional<std::filesystem::path> ethtool_root{};  // stands for the drivers' statistics
  // Of the thread's own network namespace; /proc/net is that of the process's first thread.
  std::filesystem::path multicast_list = "/proc/thread-self/net/dev_mcast";
  std::vector<AdapterRule> adapter_rules{};
  int event_buffer_bytes = 1 << 20;  // holds several hundred link events
};

class LinuxSource final : public Source {
 public:
  // Subscribes to link events, then takes a first dump, so that no change falls in between.
  static Result<std::unique_ptr<Source>> open(const LinuxSourceOptions& options);

  [[nodiscard]] int eventFd() const override { return events_.fd(); }
  Result<bool> readEvents(TimePoint now) override;
  [[nodiscard]] const std::vector<Port>& ports() const override { return table_.ports(); }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_;
  }
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override;
  [[nodiscard]] const std::string& complaint() const override { return complaint_; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }
  [[nodiscard]] bool kernelIndexed() const override { return true; }
  [[nodiscard]] std::string name() const override { return "linux"; }

 private:
  LinuxSource(const LinuxSourceOptions& options, EventSocket events, DumpSocket dumps);
  Result<void> dumpLinks();
  bool lookAround(bool moved, TimePoint now);
  void lookAtCarriers();
  void addQdiscDrops(std::vector<Sample>& samples);
  void addDriverStats(std::vector<Sample>& samples);

  EventSocket events_;
  DumpSocket dumps_;
  std::filesystem::path multicast_list_;
  SysfsBus bus_;
  PortTable table_;
  EthtoolCall ethtool_ = kernelEthtool();
  std::unique_ptr<DriverStatsReader> driver_stats_;
  std::vector<QdiscDrops> qdisc_drops_;  // of the last sample
  QdiscTotals qdisc_totals_;
  std::vector<VmbusDevice> vmbus_devices_;
  TimePoint next_look_around_{};
  std::string complaint_;
  bool dump_needed_ = true;  // events were lost or not understood, and no dump has made up for it
  std::uint64_t overruns_ = 0;
};

}  // namespace hvnet
