// The report source: adapters and counters as the driver's side writes them (report.h), for routers
// whose driver is not under Linux.
//
// The last good report stands until a good one replaces it. sample() has an error as long as the
// newest file is missing or refused, or no new report came for longer than three times the last
// interval between two (at least 5 s, at most 30 s).
//
// Threads: one owner. Blocks for as long as the disk takes to read a file of 4 MiB at most. The
// folder is watched with inotify, and the file's identity is looked at once a second besides, for
// folders that go and come back and file systems that tell nothing. Ownership: has its watch.
// Errors: values; the last good report stays published.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sources/report/boot_log.h"
#include "sources/report/report_file.h"
#include "sources/report/report_numbers.h"
#include "sources/report/report_watch.h"
#include "sources/source.h"

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
  [[nodiscard]] const std::vector<SourceInterface>& interfaces() const override {
    return interfaces_;
  }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override {
    return vmbus_devices_;
  }
  // The time is that at which the report was read.
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override;
  [[nodiscard]] const std::string& partialError() const override { return partial_error_; }
  [[nodiscard]] std::uint64_t overruns() const override { return overruns_; }
  [[nodiscard]] std::string name() const override { return "report:" + options_.file.string(); }
  [[nodiscard]] bool kernelIndexed() const override { return false; }

 private:
  struct GoodReport {
    FileIdentity file;
    TimePoint read_at;
  };

  ReportSource(ReportSourceOptions options, ReportWatch watch);

  void look(TimePoint now);
  void readReport(TimePoint now);
  Result<void> applyReport(TimePoint now);
  Result<void> readBootLog();
  void publish(Report report);

  ReportSourceOptions options_;
  ReportWatch watch_;
  std::optional<TimePoint> looked_at_;   // at the file's identity
  std::optional<FileIdentity> seen_;     // the newest file that was read, good or not
  std::optional<Error> refusal_;         // why the newest file is not what is published
  std::optional<GoodReport> last_good_;  // never empty without a refusal
  std::chrono::nanoseconds interval_{};  // between the last two good ones
  std::optional<FileIdentity> boot_log_seen_;
  BootLog boot_log_;
  ReportNumbers numbers_;
  std::vector<SourceInterface> interfaces_;
  std::vector<VmbusDevice> vmbus_devices_;
  std::vector<Sample> samples_;
  bool changed_ = false;  // interfaces_ or vmbus_devices_, and readEvents() has not said so yet
  std::string partial_error_;
  std::uint64_t overruns_ = 0;
};

}  // namespace hvnet
