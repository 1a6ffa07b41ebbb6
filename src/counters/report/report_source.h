// The report source: adapters and counters as the driver's side writes them (report.h), for routers
// whose driver is not under Linux.
//
// The last good report stands until a good one replaces it. sample() has an error as long as the
// newest file is missing or refused, or no new report came for longer than three times the last
// interval between two (at least 5 s, at most 30 s).
//
// Threads: one owner. Blocks for as long as the disk takes to read a file of 4 MiB at most. The
// folder is watched with inotify, and the file's identity is looked at once a second besides, for
// folders that go and come back and file systems that tell nothing.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "counters/report/boot_log.h"
#include "counters/report/report_file.h"
#include "counters/report/report_numbers.h"
#include "counters/report/report_watch.h"
#include "counters/source.h"

namespace hvnet {

struct ReportSourceOptions {
  std::filesystem::path file;
  std::optional<std::filesystem::path> boot_log{};  // the kernel's boot messages
};

class ReportSource final : public Source {
 public:
  // The folder must exist, the report need not; the boot log must be there and good.
  static Result<std::unique_ptr<Source>> open(const ReportSourceOptions& options, TimePoint now);

  [[nodiscard]] int eventFd() const override { return watch_.fd(); }
  Result<bool> readEvents(TimePoint now) override;
  [[nodiscard]] const std::vector<Port>& ports() const override { return ports_; }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_;
  }
  // The time is that at which the report was read.
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override;
  [[nodiscard]] const std::string& complaint() const override { return complaint_; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }
  [[nodiscard]] std::string name() const override { return "report:" + options_.file.string(); }
  [[nodiscard]] bool kernelIndexed() const override { return false; }

 private:
  ReportSource(ReportSourceOptions options, ReportWatch watch);

  void look(TimePoint now);
  void readReport(TimePoint now);
  Result<void> takeReport(TimePoint now);
  Result<void> readBootLog();
  void publish(Report report);

  ReportSourceOptions options_;
  ReportWatch watch_;
  std::optional<TimePoint> looked_at_;   // at the file's identity
  std::optional<FileIdentity> seen_;     // the newest file that was read, good or not
  std::optional<Error> refusal_;         // why the newest file is not what is published
  std::optional<TimePoint> read_at_;     // the last good one
  std::chrono::nanoseconds interval_{};  // between the last two good ones
  std::optional<FileIdentity> boot_log_seen_;
  BootLog boot_log_;
  ReportNumbers numbers_;
  std::vector<Port> ports_;
  std::vector<VmbusDevice> vmbus_devices_;
  std::vector<Sample> samples_;
  bool changed_ = false;  // ports_ or vmbus_devices_, and readEvents() has not said so yet
  std::string complaint_;
  std::uint64_t overruns_ = 0;
};

}  // namespace hvnet
