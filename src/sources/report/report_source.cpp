#include "sources/report/report_source.h"

#include <algorithm>
#include <utility>

#include "sources/report/report_interfaces.h"

namespace hvnet {
namespace {

using std::chrono::seconds;

constexpr seconds kLookInterval{1};
// For how long one report is good: as a writer is told to write, and for slower ones some more.
constexpr seconds kLeastPatience{5};
constexpr seconds kMostPatience{30};
constexpr int kMissedReports = 3;

seconds patience(std::chrono::nanoseconds interval) {
  return std::clamp(std::chrono::ceil<seconds>(kMissedReports * interval), kLeastPatience,
                    kMostPatience);
}

}  // namespace

ReportSource::ReportSource(ReportSourceOptions options, ReportWatch watch)
    : options_(std::move(options)), watch_(std::move(watch)) {}

Result<std::unique_ptr<Source>> ReportSource::open(const ReportSourceOptions& options,
                                                   TimePoint now) {
  auto watch = ReportWatch::open(options.file);
  if (!watch) return tl::unexpected(watch.error());
  std::unique_ptr<ReportSource> source(new ReportSource(options, std::move(*watch)));
  if (auto read = source->readBootLog(); !read) return tl::unexpected(read.error());
  source->readReport(now);
  source->changed_ = false;
  return source;
}

Result<bool> ReportSource::readEvents(TimePoint now) {
  const ReportWatch::Seen seen = watch_.drain();
  if (seen.overrun) ++overruns_;
  if (seen.touched || seen.overrun) readReport(now);
  look(now);
  return std::exchange(changed_, false);
}

Result<TimePoint> ReportSource::sample(std::vector<Sample>& out, TimePoint now) {
  look(now);
  out.clear();
  if (refusal_) return tl::unexpected(*refusal_);
  const seconds limit = patience(interval_);
  if (now - last_good_->read_at > limit) {
    return fail(options_.file.string() + ": no new report for " + std::to_string(limit.count()) +
                " s");
  }
  out = samples_;
  return last_good_->read_at;
}

void ReportSource::look(TimePoint now) {
  if (looked_at_ && now - *looked_at_ < kLookInterval) return;
  looked_at_ = now;
  watch_.renew();
  const auto identity = identityOfFile(options_.file);
  if (!identity || identity != seen_) readReport(now);
}

void ReportSource::readReport(TimePoint now) {
  const Result<void> applied = applyReport(now);
  refusal_ = applied ? std::nullopt : std::optional(applied.error());
}

Result<void> ReportSource::applyReport(TimePoint now) {
  const std::string name = options_.file.string();
  seen_.reset();
  const auto file = readWholeFile(options_.file, kLargestReport);
  if (!file) return tl::unexpected(file.error());
  if (!*file) return fail(name + ": no such file");
  seen_ = (*file)->identity;
  auto report = parseReport((*file)->text, name);
  if (!report) return tl::unexpected(report.error());
  // The same file seen twice is one report. One that was refused is another, even if it looks the
  // same: nothing of it was published.
  if (!last_good_ || last_good_->file != *seen_) {
    if (last_good_) interval_ = now - last_good_->read_at;
    last_good_ = GoodReport{*seen_, now};
  }
  publish(*std::move(report));
  return {};
}

void ReportSource::publish(Report report) {
  const auto read = readBootLog();
  partial_error_ = read ? "" : read.error().text;
  report = completed(std::move(report), boot_log_);
  ReportedInterfaces fresh = interfacesOf(report, numbers_);
  std::vector<VmbusDevice> devices = vmbusDevicesOf(report, boot_log_);
  changed_ = changed_ || fresh.interfaces != interfaces_ || devices != vmbus_devices_;
  interfaces_ = std::move(fresh.interfaces);
  samples_ = std::move(fresh.samples);
  vmbus_devices_ = std::move(devices);
}

// Once, and again when it was replaced. The last good one stands.
Result<void> ReportSource::readBootLog() {
  if (!options_.boot_log) return {};
  if (boot_log_seen_ && identityOfFile(*options_.boot_log) == boot_log_seen_) return {};
  const std::string name = options_.boot_log->string();
  const auto file = readWholeFile(*options_.boot_log, kLargestBootLog);
  if (!file) return tl::unexpected(file.error());
  if (!*file) return fail(name + ": no such file");
  auto log = parseBootLog((*file)->text, name);
  if (!log) return tl::unexpected(log.error());
  boot_log_ = *std::move(log);
  boot_log_seen_ = (*file)->identity;
  return {};
}

}  // namespace hvnet
