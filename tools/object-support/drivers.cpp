#include "drivers.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "cells.h"
#include "counters/driver_profile.h"
#include "examples.h"
#include "tables/mib.h"

namespace hvnet {
namespace {

constexpr char kIntroduction[] =
    "\n## Drivers\n\n"
    "Every driver that the program knows, with all the statistics that its row in\n"
    "`src/counters/driver_profile.cpp` names: **yes** has an instance, and **–** has none, "
    "because\n"
    "the guest cannot know it or the driver does not tell it. `ip -s link` shows what the driver "
    "and\n"
    "what the system's stack dropped in one number, rx_dropped. Only where the driver's own part "
    "is\n"
    "known is the stack's part in ifInUnknownProtos and hvnetInBacklogDrops. Where it is not "
    "told,\n"
    "InDrops and ifInDiscards have all of rx_dropped.\n\n"
    "The last column says what of rx_dropped is the driver's own: *none*, or the sum of these "
    "names\n"
    "of `ethtool -S` (`#` is a number). If your version of the driver does not have a name, its "
    "part\n"
    "is not told. A net_failover adapter has InDrops when a lower interface has them.\n\n";

constexpr std::array<std::string_view, 10> kObjects = {
    "hvnetInDrops",       "ifInDiscards",      "ifInUnknownProtos", "hvnetInBacklogDrops",
    "ifInMulticastPkts",  "ifInBroadcastPkts", "ifInNUcastPkts",    "ifOutMulticastPkts",
    "ifOutBroadcastPkts", "ifOutNUcastPkts",
};

// One statistic of each name that the row has, with 0 for the number in a name.
class Statistics {
 public:
  explicit Statistics(const DriverProfile& profile) {
    for (const StatNames& names : profile.own_drops.names) add(names);
    for (const StatNames& names : {profile.own_drops.unless_missed, profile.hidden_rx.drops,
                                   profile.hidden_rx.drops_unless_missed, profile.hidden_rx.errors,
                                   profile.hidden_tx.discards, profile.hidden_tx.errors,
                                   profile.tx_losses, profile.in.multicast, profile.in.broadcast,
                                   profile.out.multicast, profile.out.broadcast}) {
      add(names);
    }
    views_.assign(texts_.begin(), texts_.end());
  }
  [[nodiscard]] std::span<const std::string_view> names() const { return views_; }

 private:
  void add(StatNames names) {
    for (std::string name : std::vector<std::string>(names.begin(), names.end())) {
      std::ranges::replace(name, '#', '0');
      texts_.push_back(std::move(name));
    }
  }

  std::vector<std::string> texts_;
  std::vector<std::string_view> views_;
};

// The first row's, wherever the column is.
std::string answerOf(std::string_view object, const View& view) {
  for (const Module& module : modules()) {
    for (const TableList& tables : module.tables) {
      for (const Table& table : tables()) {
        for (const Column& column : table.columns) {
          if (column.name == object) return answerOf(table, column, view);
        }
      }
    }
  }
  assert(false);
  return {};
}

std::string listed(StatNames names, std::string_view between) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += between;
    text += "`" + std::string(name) + "`";
  }
  return text;
}

// Where the driver's own part of rx_dropped is known from.
std::string ownPart(const DriverProfile& profile, bool kernel) {
  const OwnDrops& own = profile.own_drops;
  if (!kernel) return "the report has InDrops itself";
  if (profile.drops_of_its_parts) return "not told; InDrops are the sum of its lower interfaces'";
  if (!profile.knows_drops) return "none; the guest cannot know what the device dropped";
  if (own.told == OwnDrops::Told::kNo) return "not told";
  std::string text;
  for (const StatNames& names : own.names) {
    text += (text.empty() ? "" : ", or ") + listed(names, " + ");
  }
  if (own.told == OwnDrops::Told::kByName) return text;
  if (!own.unless_missed.empty()) {
    text = listed(own.unless_missed, " + ") + ", if not in rx_missed_errors";
  }
  if (text.empty()) text = "none";
  if (!own.not_told_with.empty()) text += "; not told with " + listed(own.not_told_with, " or ");
  return text;
}

Example exampleOf(const DriverProfile& profile, const Statistics& statistics) {
  Example out{.name = profile.name, .bus = Bus::kPci, .bus_address = "0000:00:03.0"};
  const auto known = examples();
  const auto found = std::ranges::find(known, profile.name, &Example::name);
  if (found != known.end()) out = *found;
  out.statistics = statistics.names();
  return out;
}

std::vector<std::string> rowOf(const DriverProfile& profile, TimePoint now) {
  const Statistics statistics(profile);
  const Example example = exampleOf(profile, statistics);
  const SnapshotPtr snapshot = publish(example, now);
  const UptimeClock clock;
  std::vector<std::string> row = {"`" + std::string(profile.name) + "`"};
  for (const std::string_view object : kObjects) {
    row.push_back(answerOf(object, View{*snapshot, clock, now}));
  }
  row.push_back(ownPart(profile, example.kernel));
  return row;
}

}  // namespace

void printDrivers(TimePoint now) {
  std::fputs(kIntroduction, stdout);
  std::vector<std::string> head = {"driver"};
  head.insert(head.end(), kObjects.begin(), kObjects.end());
  head.emplace_back("the driver's own part of rx_dropped");
  printRow(head);
  printRow(std::vector<std::string>(head.size(), "---"));
  for (const DriverProfile& profile : driverProfiles()) printRow(rowOf(profile, now));
}

}  // namespace hvnet
