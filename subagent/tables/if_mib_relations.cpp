#include <array>

#include "tables/if_mib.h"

namespace hvnet {
namespace {

// RFC 2579, RowStatus: what is there is in use; nothing is created or deleted over SNMP.
constexpr std::uint32_t kActive = 1;
constexpr std::string_view kRowStatus =
    "active(1) notInService(2) notReady(3) createAndGo(4) createAndWait(5) destroy(6)";

std::uint32_t stackStatus(const StackEntry&) {
  return kActive;
}
std::uint32_t receiveStatus(const ReceiveAddress&) {
  return kActive;
}

constexpr std::string_view kAddressType = "other(1) volatile(2) nonVolatile(3)";

constexpr std::array kStackColumns = {
    indexColumn<kInteger32>(1, "ifStackHigherLayer", "a VLAN, bridge or bond; 0: none"),
    indexColumn<kInteger32>(2, "ifStackLowerLayer", "its device, port, member or VF; 0: none"),
    column<kInteger32, &stackStatus>(3, "ifStackStatus", "IFLA_LINK and IFLA_MASTER", kRowStatus),
};
static_assert(ascending(kStackColumns));

constexpr std::array kStackLastChangeColumns = {column<kTimeTicks, &Interfaces::stack_last_change>(
    6, "ifStackLastChange", "last change of ifStackTable")};

constexpr std::array kReceiveAddressColumns = {
    indexColumn<kOctetString>(1, "ifRcvAddressAddress", "unicast, broadcast, joined groups"),
    column<kInteger32, &receiveStatus>(2, "ifRcvAddressStatus", "received", kRowStatus),
    column<kInteger32, &ReceiveAddress::type>(3, "ifRcvAddressType", "volatile: joined at run time",
                                              kAddressType),
};
static_assert(ascending(kReceiveAddressColumns));

constexpr std::array<SubId, 8> kIfMibObjects = {1, 3, 6, 1, 2, 1, 31, 1};
constexpr auto kIfStackEntry = under(kIfMibObjects, 2, 1);
constexpr auto kIfRcvAddressEntry = under(kIfMibObjects, 4, 1);

std::size_t stackCount(const Snapshot& snapshot) {
  return snapshot.interfaces->stack.size();
}
RowIndex stackIndex(const Snapshot& snapshot, std::size_t row) {
  const StackEntry& entry = snapshot.interfaces->stack[row];
  return {static_cast<SubId>(entry.higher), static_cast<SubId>(entry.lower)};
}

std::size_t addressCount(const Snapshot& snapshot) {
  return snapshot.interfaces->receive_addresses.size();
}
// RFC 2578 §7.7: a string of variable length that is not IMPLIED has its length in front.
RowIndex addressIndex(const Snapshot& snapshot, std::size_t row) {
  const ReceiveAddress& entry = snapshot.interfaces->receive_addresses[row];
  RowIndex out{static_cast<SubId>(entry.index), entry.address.size()};
  out.insert(out.end(), entry.address.begin(), entry.address.end());
  return out;
}

constexpr std::array kTables = {
    Table{"ifStackTable", kIfStackEntry, kStackColumns, stackCount, stackIndex},
    Table{"ifRcvAddressTable", kIfRcvAddressEntry, kReceiveAddressColumns, addressCount,
          addressIndex},
    scalars("ifStackLastChange", kIfMibObjects, kStackLastChangeColumns),
};

}  // namespace

std::span<const Table> ifMibRelationTables() {
  return kTables;
}

}  // namespace hvnet
