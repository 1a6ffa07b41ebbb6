#include "tables/notifications.h"

#include <array>
#include <cstddef>

#include "tables/hvnet_root.h"

namespace hvnet {
namespace {

constexpr std::array<SubId, 9> kIfEntry = {1, 3, 6, 1, 2, 1, 2, 2, 1};
constexpr std::array<SubId, 10> kIfXEntry = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1};
constexpr auto kAgent = under(kHvnetRoot, 1, 1);
constexpr auto kAdapterEntry = under(kHvnetRoot, 1, 2, 1);
constexpr auto kStatsEntry = under(kHvnetRoot, 1, 3, 1);
constexpr auto kAlarmEntry = under(kHvnetRoot, 1, 6, 1);

constexpr CarriedObject kIfIndex{kIfEntry, 1};
constexpr CarriedObject kIfAdminStatus{kIfEntry, 7};
constexpr CarriedObject kIfOperStatus{kIfEntry, 8};
constexpr CarriedObject kIfName{kIfXEntry, 1};
constexpr CarriedObject kHvnetAgentSource{kAgent, 3, true};
constexpr CarriedObject kHvnetAgentSourceState{kAgent, 4, true};
constexpr CarriedObject kHvnetAdapterDriver{kAdapterEntry, 1};
constexpr CarriedObject kHvnetInDrops{kStatsEntry, 8};
constexpr CarriedObject kHvnetAlarmRate{kAlarmEntry, 2};
constexpr CarriedObject kHvnetAlarmThreshold{kAlarmEntry, 3};

// RFC 2863, IF-MIB: linkDown and linkUp.
constexpr std::array kOfLink = {kIfIndex, kIfAdminStatus, kIfOperStatus};
constexpr std::array kOfAlarm = {kIfIndex, kIfName, kHvnetInDrops, kHvnetAlarmRate,
                                 kHvnetAlarmThreshold};
constexpr std::array kOfAdapter = {kIfIndex, kIfName, kHvnetAdapterDriver};
constexpr std::array kOfSource = {kHvnetAgentSource, kHvnetAgentSourceState};

// RFC 3418: snmpTraps.
constexpr std::array<SubId, 10> kLinkDown = {1, 3, 6, 1, 6, 3, 1, 1, 5, 3};
constexpr std::array<SubId, 10> kLinkUp = {1, 3, 6, 1, 6, 3, 1, 1, 5, 4};
constexpr auto kInDropsRaised = under(kHvnetRoot, 0, 1);
constexpr auto kInDropsCleared = under(kHvnetRoot, 0, 2);
constexpr auto kAdapterAdded = under(kHvnetRoot, 0, 3);
constexpr auto kAdapterRemoved = under(kHvnetRoot, 0, 4);
constexpr auto kSourceFailed = under(kHvnetRoot, 0, 5);
constexpr auto kSourceRecovered = under(kHvnetRoot, 0, 6);

constexpr std::array kNotifications = {
    Notification{EventKind::kLinkDown, "linkDown", kLinkDown, kOfLink},
    Notification{EventKind::kLinkUp, "linkUp", kLinkUp, kOfLink},
    Notification{EventKind::kAlarmRaised, "hvnetInDropsRaised", kInDropsRaised, kOfAlarm},
    Notification{EventKind::kAlarmCleared, "hvnetInDropsCleared", kInDropsCleared, kOfAlarm},
    Notification{EventKind::kAdapterAdded, "hvnetAdapterAdded", kAdapterAdded, kOfAdapter},
    Notification{EventKind::kAdapterRemoved, "hvnetAdapterRemoved", kAdapterRemoved, kOfAdapter},
    Notification{EventKind::kSourceFailed, "hvnetSourceFailed", kSourceFailed, kOfSource},
    Notification{EventKind::kSourceRecovered, "hvnetSourceRecovered", kSourceRecovered, kOfSource},
};

constexpr bool inOrderOfKind() {
  for (std::size_t i = 0; i < kNotifications.size(); ++i) {
    if (static_cast<std::size_t>(kNotifications[i].kind) != i) return false;
  }
  return true;
}
static_assert(inOrderOfKind());

}  // namespace

std::span<const Notification> notifications() {
  return kNotifications;
}

const Notification& notificationOf(EventKind kind) {
  return kNotifications[static_cast<std::size_t>(kind)];
}

std::vector<CarriedValue> valuesOf(const Mib& mib, const Event& event) {
  // Nothing that is carried depends on the time of day.
  const UptimeClock no_clock;
  const View view{*event.snapshot, no_clock};
  std::vector<CarriedValue> values;
  for (const CarriedObject& object : notificationOf(event.kind).objects) {
    std::vector<SubId> name(object.entry.begin(), object.entry.end());
    name.push_back(object.column);
    name.push_back(object.scalar ? 0 : static_cast<SubId>(event.index));
    const GetResult got = mib.get(view, name);
    if (got.value) values.push_back({std::move(name), *got.value});
  }
  return values;
}

}  // namespace hvnet
