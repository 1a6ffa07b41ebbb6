// What each notification is called and what it carries: one constexpr row each. Knows nothing of
// Net-SNMP.
//
// Threads: any; pure.
// Ownership: notifications are constants; the values that they carry belong to the snapshot.
// Errors: none; what has no value is left out.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "snapshot/events/events.h"
#include "tables/mib.h"

namespace hvnet {

// An object that a notification carries: of the event's row, or a scalar.
struct CarriedObject {
  OidView entry;  // the table's entry, or the scalars' parent
  SubId column = 0;
  bool scalar = false;
};

struct Notification {
  EventKind kind{};
  std::string_view name;
  OidView oid;  // the value of snmpTrapOID.0
  std::span<const CarriedObject> objects;
};

// Every one that is sent, each once, in the order of EventKind.
std::span<const Notification> notifications();
const Notification& notificationOf(EventKind kind);

// One object with its value, which lives as long as the snapshot it was read from.
struct CarriedValue {
  std::vector<SubId> name;
  Value value;
};

// The objects as a GET of them would be answered from the event's snapshot, in the MIB's order.
// What has no value there is left out.
std::vector<CarriedValue> valuesOf(const Mib& mib, const Event& event);

}  // namespace hvnet
