// The Linux source: links, counters and queue drops by rtnetlink, the adapters' queues by generic
// netlink and their drivers' own statistics by ethtool, bus positions and the other VMBus devices
// by sysfs, multicast addresses and the drops of the stack's backlogs by /proc.
//
// Threads: one owner. Blocks for as long as the kernel takes to answer a dump, 5 s at most for each
// part of it. Sysfs and /proc are read by readEvents(), when a link appeared, changed or went, once
// more a second later and then every 9 s; for a sample only the backlogs' drops. The speeds, duplex
// and queues of all links are read again within 9 s, a few links in each call. Ownership: has its
// sockets. Errors: values; after one, the next call reads everything again.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sources/adapter_rule.h"
#include "sources/linux/ethtool.h"
#include "sources/linux/hardware_losses.h"
#include "sources/linux/interface_table.h"
#include "sources/linux/netdev_queues.h"
#include "sources/linux/netlink_socket.h"
#include "sources/linux/qdisc_totals.h"
#include "sources/linux/softnet.h"
#include "sources/linux/sweep.h"
#include "sources/linux/sysfs_bus.h"
#include "sources/source.h"

namespace hvnet {

struct LinuxSourceOptions {
  std::filesystem::path sysfs_root = "/sys";
  std::optional<std::filesystem::path> ethtool_root{};  // stands for the drivers' statistics
  // Of the thread's own network namespace; /proc/net is that of the process's first thread.
  std::filesystem::path multicast_list = "/proc/thread-self/net/dev_mcast";
  std::filesystem::path backlog_list = "/proc/net/softnet_stat";
  std::filesystem::path udev_queue = "/run/udev/queue";  // is there while udev has work
  DumpSocket::Connect generic_netlink{};                 // stands for the kernel's generic netlink
  std::vector<AdapterRule> adapter_rules{};
  int event_buffer_bytes = 1 << 20;  // holds several hundred link events
};

class LinuxSource final : public Source {
 public:
  // Subscribes to link events, then takes a first dump, so that no change falls in between.
  static Result<std::unique_ptr<Source>> open(const LinuxSourceOptions& options);

  [[nodiscard]] int eventFd() const override { return events_.fd(); }
  Result<bool> readEvents(TimePoint now) override;
  [[nodiscard]] bool hasMoreEvents() const override { return table_.hasLeaving(); }
  [[nodiscard]] const std::vector<SourceInterface>& interfaces() const override {
    return table_.interfaces();
  }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_;
  }
  [[nodiscard]] bool complete() const override;
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override;
  [[nodiscard]] std::optional<std::uint64_t> backlogDrops() const override {
    return backlog_drops_;
  }
  [[nodiscard]] const std::string& partialError() const override { return partial_error_; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }
  [[nodiscard]] bool kernelIndexed() const override { return true; }
  [[nodiscard]] std::string name() const override { return "linux"; }

 private:
  LinuxSource(const LinuxSourceOptions& options, EventSocket events, DumpSocket dumps);
  Result<void> dumpLinks();
  bool refreshSlowFacts(bool moved, TimePoint now);
  void pollCarriers();
  void addQdiscDrops(std::vector<Sample>& samples);
  void addDriverStats(std::vector<Sample>& samples);
  void readBacklogDrops();
  void addQueues(std::vector<Sample>& samples);
  void addQueues(const SourceInterface& interface, Sample& sample);

  EventSocket events_;
  DumpSocket dumps_;
  std::filesystem::path multicast_list_;
  std::filesystem::path backlog_list_;
  std::filesystem::path udev_queue_;
  SysfsBus bus_;
  InterfaceTable table_;
  Sweep settings_sweep_;
  EthtoolCall ethtool_ = kernelEthtool();
  std::unique_ptr<DriverStatsReader> driver_stats_;
  std::vector<QdiscDrops> qdisc_drops_;  // of the last sample
  QdiscTotals qdisc_totals_;
  SoftnetDrops softnet_;
  std::optional<std::uint64_t> backlog_drops_;  // by the last sample
  NetdevQueues netdev_queues_;
  std::vector<QueueMessage> queues_;  // of the last sample, by interface and queue
  HardwareLossTotals hardware_losses_;
  std::vector<VmbusDevice> vmbus_devices_;
  TimePoint next_slow_refresh_{};
  std::string partial_error_;
  bool dump_needed_ = true;  // events were lost or not understood, and no dump has made up for it
  std::uint64_t overruns_ = 0;
};

}  // namespace hvnet
