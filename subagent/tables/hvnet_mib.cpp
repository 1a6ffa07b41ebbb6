#include "tables/hvnet_mib.h"

#include <array>
#include <chrono>

#include "tables/hvnet_root.h"
#include "tables/interface_rows.h"
#include "tables/setters.h"

namespace hvnet {
namespace {

constexpr auto kObjects = under(kHvnetRoot, 1);

// --- hvnetAgent ----------------------------------------------------------------------------------

std::optional<std::uint64_t> sampleAge(const SourceHealth& health, const View& view) {
  if (!health.counted_at) return std::nullopt;
  // A snapshot may be published after the request asked what time it is.
  if (view.now <= *health.counted_at) return 0;
  using std::chrono::milliseconds;
  const auto age = std::chrono::duration_cast<milliseconds>(view.now - *health.counted_at);
  return static_cast<std::uint64_t>(age.count());
}

std::uint64_t sampleInterval(const AgentFacts& agent) {
  return static_cast<std::uint64_t>(agent.sample_interval.count());
}

constexpr std::string_view kSourceState = "ok(1) stale(2) failed(3)";
constexpr std::string_view kIndexOrder = "hypervisor(1) kernel(2)";

constexpr std::array kAgentColumns = {
    column<kDisplayString, &AgentFacts::version>(1, "hvnetAgentVersion", "the build"),
    column<kDisplayString, &AgentFacts::hypervisor>(2, "hvnetAgentHypervisor",
                                                    "from the adapters; empty without adapters"),
    column<kDisplayString, &AgentFacts::source>(3, "hvnetAgentSource", "--source"),
    column<kInteger32, &SourceHealth::state>(4, "hvnetAgentSourceState",
                                             "result of the last samples", kSourceState),
    column<kGauge32, &sampleAge>(5, "hvnetAgentSampleAge", "ms since the counters were read"),
    column<kGauge32, &sampleInterval>(6, "hvnetAgentSampleInterval", "ms, sampleInterval"),
    column<kCounter32, &SourceHealth::samples>(7, "hvnetAgentSamples", "good samples"),
    column<kCounter32, &SourceHealth::errors>(8, "hvnetAgentSourceErrors", "failed samples"),
    column<kInteger32, &AgentFacts::index_order>(9, "hvnetAgentIndexOrder", "indexOrder",
                                                 kIndexOrder),
};
static_assert(ascending(kAgentColumns));

constexpr auto kAgent = under(kObjects, 1);

// --- hvnetAdapterTable ---------------------------------------------------------------------------

std::optional<std::string_view> unlessEmpty(const std::string& text) {
  if (text.empty()) return std::nullopt;
  return text;
}
std::optional<std::uint32_t> unlessZero(std::uint32_t number) {
  if (number == 0) return std::nullopt;
  return number;
}

std::optional<std::string_view> unit(const AdapterFacts& facts) {
  return unlessEmpty(facts.unit);
}
std::optional<std::uint32_t> relid(const Interface& row) {
  if (!row.position || row.position->bus != Bus::kVmbus) return std::nullopt;
  return static_cast<std::uint32_t>(row.position->number);
}
std::optional<std::string_view> instance(const AdapterFacts& facts) {
  return unlessEmpty(facts.instance);
}
std::optional<std::string_view> busAddress(const AdapterFacts& facts) {
  return unlessEmpty(facts.bus_address);
}
std::optional<std::uint32_t> place(const AdapterFacts& facts) {
  return unlessZero(facts.place);
}
std::optional<bool> jumbo(const AdapterFacts& facts) {
  constexpr std::uint32_t kStandardMtu = 1500;
  if (!facts.max_mtu) return std::nullopt;
  return *facts.max_mtu > kStandardMtu;
}
std::optional<std::uint32_t> queues(const AdapterFacts& facts) {
  return unlessZero(facts.queues);
}
IfIndex vfIfIndex(const AdapterFacts& facts) {
  return facts.vf.value_or(IfIndex{0});
}

constexpr std::string_view kIndexOrigin =
    "hypervisor(1) persisted(2) pinned(3) appended(4) kernel(5)";
constexpr std::string_view kDataPath = "synthetic(1) vf(2)";
constexpr std::string_view kOrderKey =
    "relid(1) vif(2) label(3) acpiIndex(4) pciAddress(5) mmio(6) mac(7)";

constexpr std::array kAdapterColumns = {
    column<kDisplayString, &Interface::driver>(1, "hvnetAdapterDriver", "the bound driver"),
    column<kDisplayString, &unit>(2, "hvnetAdapterUnit", "the driver's own name of the adapter"),
    column<kUnsigned32, &relid>(3, "hvnetAdapterRelid", "VMBus, id"),
    column<kOctetString, &instance>(4, "hvnetAdapterInstance", "VMBus, device_id"),
    column<kDisplayString, &busAddress>(5, "hvnetAdapterBusAddress",
                                        "the device's name on its bus"),
    column<kDisplayString, &AdapterFacts::hypervisor>(6, "hvnetAdapterHypervisor",
                                                      "from the driver"),
    column<kUnsigned32, &place>(7, "hvnetAdapterPosition", "position in the hypervisor's list"),
    column<kTruthValue, &AdapterFacts::network_assigned>(8, "hvnetAdapterNetworkAssigned",
                                                         "carrier"),
    column<kInteger32, &Interface::origin>(9, "hvnetAdapterIndexOrigin", "the index map",
                                           kIndexOrigin),
    column<kUnsigned32, &AdapterFacts::kernel_index>(10, "hvnetAdapterKernelIndex",
                                                     "the kernel's ifindex"),
    column<kUnsigned32, &AdapterFacts::max_mtu>(11, "hvnetAdapterMaxMtu",
                                                "IFLA_MAX_MTU, or the limit of the driver"),
    column<kTruthValue, &jumbo>(12, "hvnetAdapterJumbo", "true if the maximum MTU is above 1500"),
    column<kTruthValue, &AdapterFacts::vlan>(13, "hvnetAdapterVlan", "known of the driver"),
    column<kUnsigned32, &queues>(14, "hvnetAdapterQueues",
                                 "VMBus channels, or queues with counters"),
    column<kInteger32, &vfIfIndex>(15, "hvnetAdapterVfIfIndex",
                                   "the VF with the same MAC; 0: none"),
    column<kInteger32, &AdapterFacts::data_path>(16, "hvnetAdapterDataPath",
                                                 "vf(2) while the VF is up", kDataPath),
    column<kInteger32, &AdapterFacts::order_key>(17, "hvnetAdapterOrderKey",
                                                 "what hvnetAdapterPosition goes by", kOrderKey),
};
static_assert(ascending(kAdapterColumns));

constexpr auto kAdapterEntry = under(kObjects, 2, 1);

// --- hvnetStatsTable -----------------------------------------------------------------------------

// The vendor's driver does not count them, and a full-duplex adapter cannot have any.
std::uint64_t noCollisions(const Interface&) {
  return 0;
}

constexpr std::array kStatsColumns = {
    column<kCounter64, &Counters::in_packets>(1, "hvnetIpkts", "rx_packets"),
    column<kCounter64, &Counters::in_errors>(2, "hvnetIerrs", "rx_errors"),
    column<kCounter64, &Counters::out_packets>(3, "hvnetOpkts", "tx_packets"),
    column<kCounter64, &Counters::out_errors>(4, "hvnetOerrs", "as ifOutErrors"),
    column<kCounter64, &noCollisions>(5, "hvnetColls", "0: full duplex"),
    column<kCounter64, &Counters::in_octets>(6, "hvnetInOctets", "rx_bytes"),
    column<kCounter64, &Counters::out_octets>(7, "hvnetOutOctets", "tx_bytes"),
    column<kCounter64, &Counters::in_drops>(8, "hvnetInDrops",
                                            "the driver's drops, and those of its VF"),
    column<kCounter64, &Counters::out_discards>(9, "hvnetOutDiscards", "as ifOutDiscards"),
    column<kGauge32, &AdapterRates::in_drops_rate>(10, "hvnetInDropsRate",
                                                   "per second, over the alarm's window"),
    column<kCounter32, &AdapterRates::resets>(11, "hvnetCounterResets",
                                              "driver resets that were compensated"),
    column<kCounter64, &Counters::backlog_drops>(12, "hvnetInBacklogDrops",
                                                 "rx_dropped and softnet_stat"),
};
static_assert(ascending(kStatsColumns));

constexpr auto kStatsEntry = under(kObjects, 3, 1);

// --- hvnetAlarmTable -----------------------------------------------------------------------------

std::uint32_t alarmRising(const AdapterRates& rates) {
  return rates.settings.rising;
}
std::uint32_t alarmFalling(const AdapterRates& rates) {
  return rates.settings.falling;
}
std::uint32_t alarmRatio(const AdapterRates& rates) {
  return rates.settings.ratio;
}

constexpr std::string_view kAlarmState = "quiet(1) raised(2)";

constexpr std::array kAlarmColumns = {
    column<kInteger32, &AdapterRates::alarm>(1, "hvnetAlarmState", "the drop alarm", kAlarmState),
    column<kGauge32, &AdapterRates::in_drops_rate>(2, "hvnetAlarmRate",
                                                   "InDrops per second, over the window"),
    column<kGauge32, &AdapterRates::threshold>(3, "hvnetAlarmThreshold",
                                               "rising, or ratio times the baseline"),
    column<kGauge32, &AdapterRates::baseline>(4, "hvnetAlarmBaseline",
                                              "mean rate of about one hour without alarm"),
    column<kCounter32, &AdapterRates::raised_count>(5, "hvnetAlarmRaisedCount", "the drop alarm"),
    column<kTimeTicks, &AdapterRates::last_raised>(6, "hvnetAlarmLastRaised", "the drop alarm"),
    writable(column<kUnsigned32, &alarmRising>(7, "hvnetAlarmRising",
                                               "the value SET, or dropAlarm rising"),
             kAlarmRisingSetter),
    writable(column<kUnsigned32, &alarmFalling>(8, "hvnetAlarmFalling",
                                                "the value SET, or dropAlarm falling"),
             kAlarmFallingSetter),
    writable(
        column<kUnsigned32, &alarmRatio>(9, "hvnetAlarmRatio", "the value SET, or dropAlarm ratio"),
        kAlarmRatioSetter),
};
static_assert(ascending(kAlarmColumns));

constexpr auto kAlarmEntry = under(kObjects, 6, 1);

// --- hvnetQueueTable -----------------------------------------------------------------------------

constexpr std::array kQueueColumns = {
    indexColumn<kUnsigned32>(1, "hvnetQueueIndex", "0 is the first queue"),
    column<kCounter64, &QueueCounters::rx_packets>(
        2, "hvnetQueueRxPackets", "rx-packets of the kernel (qstats-get), else of ethtool -S"),
    column<kCounter64, &QueueCounters::rx_octets>(3, "hvnetQueueRxOctets", "rx-bytes, likewise"),
    column<kCounter64, &QueueCounters::tx_packets>(4, "hvnetQueueTxPackets",
                                                   "tx-packets, likewise"),
    column<kCounter64, &QueueCounters::tx_octets>(5, "hvnetQueueTxOctets", "tx-bytes, likewise"),
};
static_assert(ascending(kQueueColumns));

constexpr auto kQueueEntry = under(kObjects, 4, 1);

std::size_t queueCount(const Snapshot& snapshot) {
  return snapshot.queues.size();
}
RowIndex queueIndex(const Snapshot& snapshot, std::size_t row) {
  const QueueCounters& queue = snapshot.queues[row];
  return {static_cast<SubId>(queue.index), queue.queue};
}

// --- hvnetDriverStatTable ------------------------------------------------------------------------

constexpr std::array kDriverStatColumns = {
    indexColumn<kUnsigned32>(1, "hvnetDriverStatIndex", "1 is the first line"),
    column<kDisplayString, &DriverStatLine::name>(2, "hvnetDriverStatName",
                                                  "name in ethtool -S, without blanks around it"),
    column<kCounter64, &DriverStatLine::value>(3, "hvnetDriverStatValue",
                                               "value in ethtool -S, unchanged"),
};
static_assert(ascending(kDriverStatColumns));

constexpr auto kDriverStatEntry = under(kObjects, 5, 1);

std::size_t driverStatCount(const Snapshot& snapshot) {
  return snapshot.driver_stats.size();
}
RowIndex driverStatIndex(const Snapshot& snapshot, std::size_t row) {
  const DriverStatLine& line = snapshot.driver_stats[row];
  return {static_cast<SubId>(line.index), line.number};
}

// --- hvnetVmbusDeviceTable -----------------------------------------------------------------------

std::optional<std::string_view> vmbusInstance(const VmbusRow& device) {
  return unlessEmpty(device.instance);
}
bool vmbusConfigured(const VmbusRow& device) {
  return !device.driver.empty();
}

constexpr std::array kVmbusColumns = {
    indexColumn<kUnsigned32>(1, "hvnetVmbusRelid", "id"),
    column<kOctetString, &VmbusRow::device_class>(2, "hvnetVmbusClass", "class_id"),
    column<kDisplayString, &VmbusRow::class_name>(3, "hvnetVmbusClassName",
                                                  "if the class is known"),
    column<kOctetString, &vmbusInstance>(4, "hvnetVmbusInstance", "device_id"),
    column<kDisplayString, &VmbusRow::driver>(5, "hvnetVmbusDriver",
                                              "the bound driver; empty: none"),
    column<kTruthValue, &vmbusConfigured>(6, "hvnetVmbusConfigured", "true if a driver is bound"),
};
static_assert(ascending(kVmbusColumns));

constexpr auto kVmbusEntry = under(kObjects, 7, 1);

std::size_t vmbusCount(const Snapshot& snapshot) {
  return snapshot.interfaces->vmbus_devices.size();
}
RowIndex vmbusIndex(const Snapshot& snapshot, std::size_t row) {
  return {snapshot.interfaces->vmbus_devices[row].relid};
}

// -------------------------------------------------------------------------------------------------

constexpr std::array kTables = {
    scalars("hvnetAgent", kAgent, kAgentColumns),
    Table{"hvnetAdapterTable", kAdapterEntry, kAdapterColumns, interfaceCount, interfaceIndex,
          isAdapter},
    Table{"hvnetStatsTable", kStatsEntry, kStatsColumns, interfaceCount, interfaceIndex, isAdapter},
    Table{"hvnetQueueTable", kQueueEntry, kQueueColumns, queueCount, queueIndex},
    Table{"hvnetDriverStatTable", kDriverStatEntry, kDriverStatColumns, driverStatCount,
          driverStatIndex},
    Table{"hvnetAlarmTable", kAlarmEntry, kAlarmColumns, interfaceCount, interfaceIndex, isAdapter},
    Table{"hvnetVmbusDeviceTable", kVmbusEntry, kVmbusColumns, vmbusCount, vmbusIndex},
};

}  // namespace

std::span<const Table> hvnetMibTables() {
  return kTables;
}

}  // namespace hvnet
