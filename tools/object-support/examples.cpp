#include "examples.h"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "snapshot/publish/sampler.h"

namespace hvnet {
namespace {

using Names = std::string_view[];

// tests/fixtures/ has the complete lists. These are the lines that change a value.
constexpr Names kNetvsc = {"tx_no_memory",     "tx_no_space",        "tx_too_big",
                           "rx_no_memory",     "vf_tx_dropped",      "tx_queue_0_packets",
                           "tx_queue_0_bytes", "rx_queue_0_packets", "rx_queue_0_bytes"};
constexpr Names kVirtio = {"rx_queue_0_packets", "rx_queue_0_bytes", "tx_queue_0_packets",
                           "tx_queue_0_bytes", "rx_queue_0_drops"};
constexpr Names kVmxnet3 = {"mcast pkts tx", "bcast pkts tx", "mcast pkts rx",
                            "bcast pkts rx", "pkts rx OOB",   "drv dropped rx total"};
constexpr Names kXen = {"rx_gso_checksum_fixup"};

constexpr char kInstance[] = "2dd1ce17-079e-403c-b352-a1921ee207ee";

constexpr std::array kExamples = {
    Example{.name = "hvnet",
            .bus = Bus::kVmbus,
            .bus_address = kInstance,
            .unit = "hvnet0",
            .kernel = false},
    Example{.name = "hv_netvsc",
            .bus = Bus::kVmbus,
            .bus_address = kInstance,
            .channels = 2,
            .max_mtu = 65521,
            .speed_mbps = 10000,
            .statistics = kNetvsc},
    Example{.name = "virtio_net",
            .bus = Bus::kPci,
            .bus_address = "0000:00:03.0",
            .max_mtu = 65535,
            .statistics = kVirtio},
    Example{.name = "vmxnet3",
            .bus = Bus::kPci,
            .bus_address = "0000:0b:00.0",
            .max_mtu = 9000,
            .speed_mbps = 10000,
            .statistics = kVmxnet3},
    Example{.name = "xen_netfront",
            .bus = Bus::kXen,
            .bus_address = "vif-0",
            .max_mtu = 65517,
            .statistics = kXen},
    Example{.name = "nominal", .max_mtu = 65535},
    Example{.name = "", .max_mtu = 65535},
};

SourceInterface interfaceOf(const Example& example) {
  SourceInterface out;
  out.link.index = KernelIndex{2};
  out.link.name = "lan0";
  out.link.hardware_type = HardwareType::kEthernet;
  out.link.admin_up = true;
  out.link.mtu = 1500;
  if (example.max_mtu != 0) out.link.max_mtu = example.max_mtu;
  out.link.oper_state = OperState::kUp;
  out.link.carrier = true;
  out.link.address = *parseMac("00:15:5d:01:02:03");
  out.profile = out.driver_profile = findProfile(example.name);
  if (example.speed_mbps != 0) out.speed_mbps = example.speed_mbps;
  if (example.bus == Bus::kOther) {
    out.link.kind = "veth";
    return out;
  }
  BusDevice device;
  device.position = BusPosition{example.bus, 12};
  device.driver = example.name;
  device.address = example.bus_address;
  device.unit = example.unit;
  for (std::uint32_t i = 0; i < example.channels; ++i) device.channels.push_back(12 + i);
  if (example.bus == Bus::kVmbus) device.instance = parseGuid(kInstance);
  out.device = std::move(device);
  return out;
}

// The eight of the vendor's counters that count, all above zero. A report has no others.
LinkStats reportedStats(std::uint64_t count) {
  LinkStats out;
  out.rx_packets = out.tx_packets = 5 * count;  // more than multicast and broadcast
  out.rx_bytes = out.tx_bytes = count;
  out.rx_errors = out.tx_errors = out.rx_dropped = out.tx_dropped = count;
  return out;
}

LinkStats kernelStats(std::uint64_t count) {
  LinkStats out = reportedStats(count);
  out.rx_dropped = 3 * count;  // the driver's drops, and the stack's
  out.multicast = out.rx_missed_errors = count;
  out.rx_crc_errors = out.rx_frame_errors = out.tx_carrier_errors = count;
  return out;
}

Sample sampleOf(const Example& example, const SourceInterface& interface, std::uint64_t count) {
  Sample out;
  out.index = interface.link.index;
  out.raw.link = example.kernel ? kernelStats(count) : reportedStats(count);
  if (example.kernel) out.raw.qdisc_drops = count;
  if (interface.profile == nullptr) {
    out.raw.link.multicast.reset();  // a veth's
    return out;
  }
  auto names = std::make_shared<std::vector<std::string>>(example.statistics.begin(),
                                                          example.statistics.end());
  out.stat_values.assign(names->size(), count);
  out.raw.driver = SumPlan(*names, *interface.profile).sums(out.stat_values);
  if (!names->empty()) out.stat_names = std::move(names);
  if (example.kernel) applyProfile(out.raw, interface.profile);
  return out;
}

// A source that counts for a while, fails once, and was reset when it answers again, so that every
// counter is above zero.
class ExampleSource final : public Source {
 public:
  explicit ExampleSource(const Example& example)
      : example_(&example), interfaces_{interfaceOf(example)} {
    if (example.bus != Bus::kVmbus) return;
    const Guid network = *parseGuid("f8615163-df3e-46c5-913f-f2d2f965ed0e");
    devices_.push_back({12, network, parseGuid(kInstance), std::string(example.name)});
  }

  [[nodiscard]] int eventFd() const override { return -1; }
  Result<bool> readEvents(TimePoint) override { return false; }
  [[nodiscard]] const std::vector<SourceInterface>& interfaces() const override {
    return interfaces_;
  }
  [[nodiscard]] const std::vector<VmbusDevice>& vmbusDevices() const override { return devices_; }
  [[nodiscard]] std::optional<std::uint64_t> backlogDrops() const override {
    if (!example_->kernel) return std::nullopt;
    return 10 * calls_;  // fewer than what the stack drops
  }
  Result<TimePoint> sample(std::vector<Sample>& out, TimePoint now) override {
    const std::uint64_t call = calls_++;
    if (call == 1) return fail("the driver is being reset");
    out.assign(1, sampleOf(*example_, interfaces_.front(), call == 0 ? 100 : 10 * (call - 1)));
    return now;
  }
  [[nodiscard]] const std::string& partialError() const override { return no_complaint_; }
  [[nodiscard]] std::uint64_t overruns() const override { return 0; }
  [[nodiscard]] bool kernelIndexed() const override { return example_->kernel; }
  [[nodiscard]] std::string name() const override {
    return example_->kernel ? "linux" : "report:FILE";
  }

 private:
  const Example* example_;
  std::vector<SourceInterface> interfaces_;
  std::vector<VmbusDevice> devices_;
  std::string no_complaint_;
  std::uint64_t calls_ = 0;
};

class NoLog final : public Log {
 public:
  void write(LogLevel, std::string_view) override {}
};

}  // namespace

std::span<const Example> examples() {
  return kExamples;
}

SnapshotPtr publish(const Example& example, TimePoint now) {
  NoLog log;
  MapKeeper numbers(*IndexMap::create({}, {}), std::nullopt, log);
  // An empty boot id: no file is looked at.
  RowCounters counters({}, CounterTotals::Numbers::kDevices, log);
  AgentFacts about;
  about.version = "the version";
  about.sample_interval = std::chrono::seconds(1);
  Sampler sampler(std::make_unique<ExampleSource>(example), std::move(numbers), std::move(counters),
                  {}, about, log);
  for (int ago = 9; ago > 0; --ago) sampler.sample(now - std::chrono::seconds(ago));
  return sampler.sample(now);
}

}  // namespace hvnet
