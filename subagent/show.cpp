#include "show.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace hvnet {
namespace {

using Count = std::optional<std::uint64_t>;

std::string_view word(IndexOrigin origin) {
  constexpr std::array<std::string_view, 6> kNames = {"",       "hypervisor", "persisted",
                                                      "pinned", "appended",   "kernel"};
  return kNames.at(static_cast<std::size_t>(origin));
}

std::string_view word(OperStatus status) {
  constexpr std::array<std::string_view, 8> kNames = {
      "", "up", "down", "testing", "unknown", "dormant", "notPresent", "lowerLayerDown"};
  return kNames.at(static_cast<std::size_t>(status));
}

std::string_view word(SourceState state) {
  constexpr std::array<std::string_view, 4> kNames = {"", "ok", "stale", "failed"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string_view word(AdminStatus status) {
  return status == AdminStatus::kUp ? "up" : "down";
}

// The counters of the same row a while ago; nullptr when it was not there.
const Counters* countersBefore(const Snapshot& before, IfIndex index) {
  const auto& rows = before.interfaces->rows;
  const auto row = std::ranges::lower_bound(rows, index, {}, &Interface::index);
  if (row == rows.end() || row->index != index) return nullptr;
  return &before.counters[static_cast<std::size_t>(row - rows.begin())];
}

class Rates {
 public:
  Rates(const Snapshot& before, const Snapshot& now)
      : before_(&before),
        seconds_(std::chrono::duration<double>(now.sampled_at - before.sampled_at).count()) {}

  // Per second; empty where there is nothing to compare.
  [[nodiscard]] std::optional<double> of(IfIndex index, const Counters& now,
                                         Count Counters::*field) const {
    const Counters* old = countersBefore(*before_, index);
    if (old == nullptr || !(old->*field) || !(now.*field) || seconds_ <= 0) return std::nullopt;
    if (*(now.*field) < *(old->*field)) return std::nullopt;
    return static_cast<double>(*(now.*field) - *(old->*field)) / seconds_;
  }

 private:
  const Snapshot* before_;
  double seconds_;
};

std::string text(const Count& count) {
  return count ? std::to_string(*count) : "-";
}

// 1234567 octets a second → "9.88 Mb/s"
std::string bitRate(std::optional<double> octets_per_second) {
  if (!octets_per_second) return "-";
  double bits = *octets_per_second * 8;
  std::string_view unit = "b/s";
  for (const std::string_view larger : {"kb/s", "Mb/s", "Gb/s"}) {
    if (bits < 1000) break;
    bits /= 1000;
    unit = larger;
  }
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%.*f ", bits < 10 && bits > 0 ? 2 : 0, bits);
  return out.data() + std::string(unit);
}

using Line = std::vector<std::string>;

std::string layOut(const std::vector<Line>& lines) {
  std::vector<std::size_t> widths(lines.front().size());
  for (const Line& line : lines) {
    for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
  }
  std::string out;
  for (const Line& line : lines) {
    std::string row;
    for (std::size_t i = 0; i < line.size(); ++i) {
      row += line[i] + std::string(widths[i] - line[i].size() + 2, ' ');
    }
    out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
  }
  return out;
}

constexpr std::array<std::pair<const char*, Count Counters::*>, 12> kCounterNames = {{
    {"Ipkts", &Counters::in_packets},
    {"Ierrs", &Counters::in_errors},
    {"Opkts", &Counters::out_packets},
    {"Oerrs", &Counters::out_errors},
    {"InOctets", &Counters::in_octets},
    {"OutOctets", &Counters::out_octets},
    {"InDrops", &Counters::in_drops},
    {"OutDiscards", &Counters::out_discards},
    {"InMulticast", &Counters::in_multicast},
    {"InBroadcast", &Counters::in_broadcast},
    {"OutMulticast", &Counters::out_multicast},
    {"OutBroadcast", &Counters::out_broadcast},
}};

template <class T>
nlohmann::json orNull(const std::optional<T>& value) {
  return value ? nlohmann::json(*value) : nlohmann::json();
}

nlohmann::json toJson(const AdapterFacts& facts) {
  nlohmann::json out = {{"hypervisor", facts.hypervisor},
                        {"place", facts.place},
                        {"orderKey", toText(facts.order_key)},
                        {"queues", facts.queues},
                        {"vlan", facts.vlan}};
  out["instance"] = facts.instance;
  out["unit"] = facts.unit;
  out["networkAssigned"] = orNull(facts.network_assigned);
  out["maxMtu"] = orNull(facts.max_mtu);
  out["vfIfIndex"] =
      facts.vf ? nlohmann::json(static_cast<std::uint32_t>(*facts.vf)) : nlohmann::json();
  return out;
}

nlohmann::json toJson(const Interface& row, const Counters& counters, const Rates& rates) {
  nlohmann::json out = {{"ifIndex", static_cast<std::uint32_t>(row.index)},
                        {"ifName", row.name},
                        {"ifDescr", row.descr},
                        {"ifAlias", row.alias},
                        {"ifType", row.type},
                        {"ifMtu", row.mtu},
                        {"ifHighSpeed", row.speed_mbps},
                        {"ifPhysAddress", toText(row.phys_address)},
                        {"ifAdminStatus", word(row.admin_status)},
                        {"ifOperStatus", word(row.oper_status)},
                        {"adapter", row.adapter},
                        {"driver", row.driver},
                        {"indexOrigin", word(row.origin)},
                        {"kernelIndex", static_cast<int>(row.kernel_index)}};
  out["position"] = row.position ? nlohmann::json(toText(*row.position)) : nlohmann::json();
  if (row.adapter) out["facts"] = toJson(row.facts);
  for (const auto& [name, field] : kCounterNames) {
    const Count& count = counters.*field;
    out["counters"][name] = orNull(count);
    out["perSecond"][name] = orNull(rates.of(row.index, counters, field));
  }
  return out;
}

}  // namespace

std::string showTable(const Snapshot& before, const Snapshot& now) {
  const Rates rates(before, now);
  std::vector<Line> lines = {{"INDEX", "NAME", "DRIVER", "POSITION", "ORDER", "ADMIN", "OPER",
                              "MB/S", "IN", "OUT", "INDROPS", "OUTDISCARDS", "INERRS", "OUTERRS",
                              "WHY"}};
  for (std::size_t i = 0; i < now.interfaces->rows.size(); ++i) {
    const Interface& row = now.interfaces->rows[i];
    const Counters& counters = now.counters[i];
    lines.push_back({std::to_string(static_cast<std::uint32_t>(row.index)), row.name, row.driver,
                     row.position ? toText(*row.position) : "-",
                     row.adapter ? std::string(toText(row.facts.order_key)) : "-",
                     std::string(word(row.admin_status)), std::string(word(row.oper_status)),
                     std::to_string(row.speed_mbps),
                     bitRate(rates.of(row.index, counters, &Counters::in_octets)),
                     bitRate(rates.of(row.index, counters, &Counters::out_octets)),
                     text(counters.in_drops), text(counters.out_discards), text(counters.in_errors),
                     text(counters.out_errors), std::string(word(row.origin))});
  }
  std::string out = layOut(lines);
  if (now.health.state != SourceState::kOk) {
    out += "\nsource " + now.agent->source + ": " + std::string(word(now.health.state)) + "\n";
  }
  return out;
}

std::string showJson(const Snapshot& before, const Snapshot& now) {
  const Rates rates(before, now);
  nlohmann::json interfaces = nlohmann::json::array();
  for (std::size_t i = 0; i < now.interfaces->rows.size(); ++i) {
    interfaces.push_back(toJson(now.interfaces->rows[i], now.counters[i], rates));
  }
  const nlohmann::json out = {{"hypervisor", now.agent->hypervisor},
                              {"source", now.agent->source},
                              {"sourceState", word(now.health.state)},
                              {"interfaces", std::move(interfaces)}};
  // A name is any bytes the kernel allows; JSON is UTF-8.
  return out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string showStatus(const Snapshot& now) {
  return std::to_string(now.interfaces->rows.size()) + " interfaces, source " + now.agent->source +
         " " + std::string(word(now.health.state));
}

}  // namespace hvnet
