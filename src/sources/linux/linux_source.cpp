#include "sources/linux/linux_source.h"

#include <linux/ethtool.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "base/file_layer.h"
#include "sources/linux/counted_multicast.h"
#include "sources/linux/link_message.h"
#include "sources/linux/multicast_list.h"
#include "sources/linux/stats_message.h"

namespace hvnet {
namespace {

// What the kernel sends no event of (other VMBus devices, channels, multicast groups, speeds,
// duplex, queues) is published at most 10 s late: this long, and a usual sample's second.
constexpr std::chrono::seconds kSlowRefreshInterval{9};
// After a change of the links there is more to come in a moment: groups are joined and channels are
// opened after the link has been shown, a device leaves its bus after its link has gone.
constexpr std::chrono::seconds kSettling{1};
// A line of some 150 octets for each CPU.
constexpr std::size_t kMostBacklogBytes = 4 << 20;

// Whole request messages. None of them has a gap, so that their octets are what the kernel reads.
struct LinkRequest {
  nlmsghdr header{};
  ifinfomsg family{};
  nlattr mask_header{sizeof(nlattr) + sizeof(std::uint32_t), IFLA_EXT_MASK};
  std::uint32_t mask = RTEXT_FILTER_SKIP_STATS;  // spares summing up each link's IPv6 statistics
};

struct StatsRequest {
  nlmsghdr header{};
  if_stats_msg family{};
};

static_assert(std::has_unique_object_representations_v<LinkRequest>);
static_assert(std::has_unique_object_representations_v<StatsRequest>);

template <class Request>
std::span<std::byte> bytesOf(Request& request) {
  return std::as_writable_bytes(std::span(&request, 1));
}

tl::unexpected<Error> failWith(const char* what, const Error& why) {
  return fail(std::string(what) + ": " + why.text);
}

class EventSink final : public MessageSink {
 public:
  explicit EventSink(InterfaceTable& table) : table_(&table) {}

  void read(std::span<const std::byte> bytes) override {
    auto message = parseLinkMessage(bytes);
    if (!message) {
      all_understood_ = false;
    } else if (*message) {
      table_->apply(std::move(**message));
    }
  }
  [[nodiscard]] bool allUnderstood() const { return all_understood_; }

 private:
  InterfaceTable* table_;
  bool all_understood_ = true;
};

class LinkSink final : public MessageSink {
 public:
  void restart() override { links_.clear(); }
  // A message that is not understood costs that one link, not all of them.
  void read(std::span<const std::byte> bytes) override {
    auto message = parseLinkMessage(bytes);
    if (message && *message) links_.push_back(std::move((*message)->link));
  }
  std::vector<Link> takeLinks() { return std::move(links_); }

 private:
  std::vector<Link> links_;
};

class StatsSink final : public MessageSink {
 public:
  StatsSink(const InterfaceTable& table, std::vector<Sample>& out) : table_(&table), out_(&out) {}

  void restart() override { out_->clear(); }
  void read(std::span<const std::byte> bytes) override {
    auto message = parseStatsMessage(bytes);
    if (!message) {
      error_ = std::move(message.error());
    } else if (table_->contains(message->index)) {
      out_->push_back(Sample{message->index, Components{.link = message->stats}});
    }
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  const InterfaceTable* table_;
  std::vector<Sample>* out_;
  std::optional<Error> error_;
};

// A kernel that walks its hash table of links gives them in no order, and one that is interrupted
// may name a link twice.
void sortByIndex(std::vector<Sample>& samples) {
  constexpr std::ranges::greater_equal kOutOfOrder;
  if (std::ranges::adjacent_find(samples, kOutOfOrder, &Sample::index) == samples.end()) return;
  std::ranges::sort(samples, {}, &Sample::index);
  const auto same = [](const Sample& a, const Sample& b) { return a.index == b.index; };
  samples.erase(std::unique(samples.begin(), samples.end(), same), samples.end());
}

void add(const DriverStatsView& stats, Sample& sample) {
  sample.raw.driver = stats.sums;
  sample.stat_names = stats.names;
  sample.stat_values.assign(stats.values.begin(), stats.values.end());
}

bool isAdapter(const SourceInterface& interface) {
  return interface.profile != nullptr;
}

}  // namespace

LinuxSource::LinuxSource(const LinuxSourceOptions& options, EventSocket events, DumpSocket dumps)
    : events_(std::move(events)),
      dumps_(std::move(dumps)),
      multicast_list_(options.multicast_list),
      backlog_list_(options.backlog_list),
      udev_queue_(options.udev_queue),
      bus_(options.sysfs_root),
      table_(options.adapter_rules),
      settings_sweep_(kSlowRefreshInterval),
      driver_stats_(DriverStatsReader::create(options.ethtool_root)),
      netdev_queues_(options.generic_netlink ? NetdevQueues::openWith(options.generic_netlink)
                                             : NetdevQueues::open()) {}

Result<std::unique_ptr<Source>> LinuxSource::open(const LinuxSourceOptions& options) {
  auto events = EventSocket::open(RTNLGRP_LINK, options.event_buffer_bytes);
  if (!events) return tl::unexpected(events.error());
  auto dumps = DumpSocket::open();
  if (!dumps) return tl::unexpected(dumps.error());
  std::unique_ptr<LinuxSource> source(
      new LinuxSource(options, std::move(*events), std::move(*dumps)));
  if (auto read = source->readEvents(Clock::now()); !read) return tl::unexpected(read.error());
  return source;
}

Result<bool> LinuxSource::readEvents(TimePoint now) {
  table_.removeLeaving();
  EventSink sink(table_);
  const auto drained = events_.drain(sink);
  if (!drained) return failWith("link events", drained.error());
  if (*drained == EventSocket::Drained::kWithLosses) {
    ++overruns_;
    dump_needed_ = true;
  }
  if (!sink.allUnderstood()) dump_needed_ = true;
  if (dump_needed_) {
    if (auto dumped = dumpLinks(); !dumped) return tl::unexpected(dumped.error());
  }
  const bool moved = table_.locate(bus_);
  const bool devices_changed = refreshSlowFacts(moved, now);
  table_.refreshSettings(bus_, settings_sweep_.due(now, table_.interfaces().size()));
  pollCarriers();
  const bool interfaces_changed = table_.takeChanged();
  if (interfaces_changed) {
    const auto still_there = [this](KernelIndex index) { return table_.contains(index); };
    driver_stats_->keepOnly(still_there);
    qdisc_totals_.keepOnly(still_there);
    hardware_losses_.keepOnly(still_there);
  }
  return interfaces_changed || devices_changed;
}

// Whether the VMBus has other devices now. `moved`: so have the links.
bool LinuxSource::refreshSlowFacts(bool moved, TimePoint now) {
  if (!moved && now < next_slow_refresh_) return false;
  next_slow_refresh_ = now + (moved ? kSettling : kSlowRefreshInterval);
  if (!moved) table_.refresh(bus_);
  // Who cannot read the list, or has a kernel without it, knows of no groups.
  const auto list = realFiles().read(multicast_list_);
  table_.setGroups(list && *list ? parseMulticastList(**list) : std::vector<MulticastGroup>());
  auto devices = bus_.vmbusDevices();
  if (devices == vmbus_devices_) return false;
  vmbus_devices_ = std::move(devices);
  return true;
}

// The kernel may tell of a carrier a second late: net/core/link_watch.c holds back all but one
// event a second of links that it does not think urgent. Adapters are asked; they are few.
void LinuxSource::pollCarriers() {
  std::vector<std::pair<KernelIndex, bool>> carriers;
  for (const SourceInterface& interface : interfaces()) {
    if (!isAdapter(interface) || !interface.link.admin_up) continue;
    ethtool_value query{.cmd = ETHTOOL_GLINK, .data = 0};
    const auto command = std::as_writable_bytes(std::span(&query, 1));
    if (ethtool_(interface.link.index, interface.link.name, command) != 0) continue;
    const bool carrier = query.data != 0;
    if (interface.link.carrier != carrier) carriers.emplace_back(interface.link.index, carrier);
  }
  for (const auto& [index, carrier] : carriers) table_.setCarrier(index, carrier);
}

Result<void> LinuxSource::dumpLinks() {
  LinkRequest request;
  request.header.nlmsg_type = RTM_GETLINK;
  LinkSink sink;
  if (auto dumped = dumps_.dump(bytesOf(request), sink); !dumped) {
    return failWith("reading the links", dumped.error());
  }
  table_.replaceAll(sink.takeLinks());
  dump_needed_ = false;
  return {};
}

bool LinuxSource::complete() const {
  std::error_code unknown;
  return !std::filesystem::exists(udev_queue_, unknown);
}

Result<TimePoint> LinuxSource::sample(std::vector<Sample>& out, TimePoint now) {
  StatsRequest request;
  request.header.nlmsg_type = RTM_GETSTATS;
  request.family.filter_mask = IFLA_STATS_FILTER_BIT(IFLA_STATS_LINK_64);
  StatsSink sink(table_, out);
  out.clear();
  if (auto dumped = dumps_.dump(bytesOf(request), sink); !dumped) {
    return failWith("reading the counters", dumped.error());
  }
  if (sink.error()) return tl::unexpected(*sink.error());
  sortByIndex(out);
  partial_error_.clear();
  addQdiscDrops(out);
  addQueues(out);
  addDriverStats(out);
  readBacklogDrops();
  return now;
}

// A kernel without traffic control has no queues that drop; its refusal is nothing to report.
void LinuxSource::addQdiscDrops(std::vector<Sample>& samples) {
  if (!readQdiscDrops(dumps_, qdisc_drops_)) return;
  auto drops = qdisc_drops_.begin();
  for (Sample& sample : samples) {
    while (drops != qdisc_drops_.end() && drops->index < sample.index) ++drops;
    if (drops == qdisc_drops_.end()) return;
    if (drops->index == sample.index) sample.raw.qdisc_drops = qdisc_totals_.update(*drops);
  }
}

// One dump for all of them, and none where there is no adapter.
void LinuxSource::addQueues(std::vector<Sample>& samples) {
  if (!netdev_queues_.available() || std::ranges::none_of(interfaces(), isAdapter)) return;
  if (const auto read = netdev_queues_.read(queues_); !read) partial_error_ = read.error().text;
  auto interface = interfaces().begin();
  for (Sample& sample : samples) {
    while (interface->link.index < sample.index) ++interface;
    if (isAdapter(*interface)) addQueues(*interface, sample);
  }
}

void LinuxSource::addQueues(const SourceInterface& interface, Sample& sample) {
  const std::span<const QueueMessage> messages(
      std::ranges::lower_bound(queues_, sample.index, {}, &QueueMessage::index),
      std::ranges::upper_bound(queues_, sample.index, {}, &QueueMessage::index));
  if (messages.empty()) return;
  sample.queues = queueStatsOf(messages);
  if (interface.profile->hidden_hardware_losses) {
    sample.raw.hardware = hardware_losses_.update(sample.index, messages);
  }
}

void LinuxSource::addDriverStats(std::vector<Sample>& samples) {
  auto interface = interfaces().begin();
  for (Sample& sample : samples) {
    while (interface->link.index < sample.index)
      ++interface;  // samples are of known interfaces only
    const DriverProfile* const profile = interface->driver_profile;
    const bool unknown_driver = profile == nullptr || profile == &nominalProfile();
    if (unknown_driver && !countsMulticast(interface->link)) sample.raw.link.multicast.reset();
    if (profile == nullptr) continue;
    const auto stats = driver_stats_->read(sample.index, interface->link.name, *profile);
    if (!stats) {
      partial_error_ = stats.error().text;
      sample.raw.driver_unread = true;
    } else if (*stats) {
      add(**stats, sample);
    }
    applyProfile(sample.raw, profile);
  }
}

// A kernel without the file has backlogs that nobody counts.
void LinuxSource::readBacklogDrops() {
  const auto text = readLimited(backlog_list_, kMostBacklogBytes);
  backlog_drops_ = text && *text ? softnet_.update(**text) : std::nullopt;
}

}  // namespace hvnet
