// The Linux source: links and counters by rtnetlink, bus positions by sysfs.
//
// Threads: one owner. Blocks for as long as the kernel takes to answer a dump, 5 s at most for each
// part of it. Sysfs is read when a link appears or changes, never for a sample.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "counters/netlink_socket.h"
#include "counters/port_table.h"
#include "counters/source.h"
#include "counters/sysfs_bus.h"

namespace hvnet {

struct LinuxSourceOptions {
  std::filesystem::path sysfs_root = "/sys";
  int event_buffer_bytes = 1 << 20;  // holds several hundred link events
};

class LinuxSource final : public Source {
 public:
  // Subscribes to link events, then takes a first dump, so that no change falls in between.
  static Result<std::unique_ptr<Source>> open(const LinuxSourceOptions& options);

  [[nodiscard]] int eventFd() const override { return events_.fd(); }
  Result<bool> readEvents() override;
  [[nodiscard]] const std::vector<Port>& ports() const override { return table_.ports(); }
  Result<void> sample(std::vector<Sample>& out) override;
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }

 private:
  LinuxSource(const std::filesystem::path& sysfs_root, EventSocket events, DumpSocket dumps);
  Result<void> dumpLinks();

  EventSocket events_;
  DumpSocket dumps_;
  SysfsBus bus_;
  PortTable table_;
  bool dump_needed_ = true;  // events were lost or not understood, and no dump has made up for it
  std::uint64_t overruns_ = 0;
};

}  // namespace hvnet
