#include "tables/mau_mib.h"

#include <algorithm>
#include <array>

#include "tables/interface_rows.h"

namespace hvnet {
namespace {

// --- types of MAU --------------------------------------------------------------------------------

// IANAifMauTypeListBits, which counts like dot3MauType: BITS have their first one in the highest
// bit of the first octet (RFC 3417 §8).
using TypeBits = std::array<char, 14>;
constexpr TypeBits bitsOf(std::size_t type) {
  TypeBits out{};
  out[type / 8] = static_cast<char>(0x80U >> (type % 8));
  return out;
}

// IANA-MAU-MIB (revision of 2017), the full-duplex types over twisted pair: what the nominal
// 1000BASE-T of these adapters is one of.
struct MauType {
  std::uint64_t speed_mbps;
  std::array<SubId, 9> oid;
  TypeBits bits;
};
constexpr MauType mauType(std::uint64_t speed_mbps, SubId type) {
  return {speed_mbps, {1, 3, 6, 1, 2, 1, 26, 4, type}, bitsOf(type)};
}
constexpr std::array kMauTypes = {
    mauType(10, 11),     // dot3MauType10BaseTFD
    mauType(100, 16),    // dot3MauType100BaseTXFD
    mauType(1000, 30),   // dot3MauType1000BaseTFD
    mauType(2500, 103),  // dot3MauType2p5GigT
    mauType(5000, 104),  // dot3MauType5GigT
    mauType(10000, 54),  // dot3MauType10GbaseT
    mauType(25000, 94),  // dot3MauType25GbaseT
    mauType(40000, 97),  // dot3MauType40GbaseT
};

const MauType* typeOf(const Interface& row) {
  const auto* found = std::ranges::find(kMauTypes, row.speed_mbps, &MauType::speed_mbps);
  return found == kMauTypes.end() ? nullptr : found;
}

// A speed that no such type has: no instance.
std::optional<OidView> type(const Interface& row) {
  const MauType* found = typeOf(row);
  if (found == nullptr) return std::nullopt;
  return OidView(found->oid);
}
std::optional<std::string_view> typeBits(const Interface& row) {
  const MauType* found = typeOf(row);
  if (found == nullptr) return std::nullopt;
  return std::string_view(found->bits.data(), found->bits.size());
}

// --- what else a column says ---------------------------------------------------------------------

std::uint32_t onlyOne(const Interface&) {
  return 1;
}

enum class MauStatus : std::uint8_t { kOperational = 3, kShutdown = 5 };
MauStatus status(const Interface& row) {
  return row.admin_status == AdminStatus::kUp ? MauStatus::kOperational : MauStatus::kShutdown;
}

enum class MediaAvailable : std::uint8_t { kUnknown = 2, kAvailable = 3, kNotAvailable = 4 };
MediaAvailable mediaAvailable(const AdapterFacts& facts) {
  if (!facts.network_assigned) return MediaAvailable::kUnknown;
  return *facts.network_assigned ? MediaAvailable::kAvailable : MediaAvailable::kNotAvailable;
}

// RFC 4836: other(1) when it is none of unknown, noJabber and jabbering. There is no jabber
// function in an adapter without a transceiver.
std::uint32_t jabberState(const Interface&) {
  constexpr std::uint32_t kOther = 1;
  return kOther;
}

bool autoNegSupported(const Interface&) {
  return false;
}

// --- the table -----------------------------------------------------------------------------------

constexpr std::string_view kStatus =
    "other(1) unknown(2) operational(3) standby(4) shutdown(5) reset(6)";
constexpr std::string_view kMedia = "other(1) unknown(2) available(3) notAvailable(4)";
constexpr std::string_view kJabber = "other(1) unknown(2) noJabber(3) jabbering(4)";
constexpr std::string_view kNotCounted = "not counted";

constexpr std::array kIfMauColumns = {
    column<kInteger32, &Interface::index>(1, "ifMauIfIndex", "ifIndex"),
    column<kInteger32, &onlyOne>(2, "ifMauIndex", "always 1: one MAU for each adapter"),
    column<kObjectId, &type>(3, "ifMauType", "type of this speed, full duplex, twisted pair"),
    column<kInteger32, &status>(4, "ifMauStatus", "operational while admin up", kStatus),
    column<kInteger32, &mediaAvailable>(5, "ifMauMediaAvailable", "network assigned", kMedia),
    absent<kCounter32>(6, "ifMauMediaAvailableStateExits", kNotCounted),
    column<kInteger32, &jabberState>(7, "ifMauJabberState", "no jabber function", kJabber),
    absent<kCounter32>(8, "ifMauJabberingStateEnters", kNotCounted),
    absent<kCounter32>(9, "ifMauFalseCarriers", kNotCounted),
    absent<kInteger32>(10, "ifMauTypeList", "deprecated"),
    column<kObjectId, &type>(11, "ifMauDefaultType", "as ifMauType"),
    column<kTruthValue, &autoNegSupported>(12, "ifMauAutoNegSupported", "not supported"),
    column<kOctetString, &typeBits>(13, "ifMauTypeListBits", "BITS: the bit of ifMauType"),
    absent<kCounter64>(14, "ifMauHCFalseCarriers", kNotCounted),
};
static_assert(ascending(kIfMauColumns));

constexpr std::array<SubId, 10> kIfMauEntry = {1, 3, 6, 1, 2, 1, 26, 2, 1, 1};

RowIndex mauIndex(const Snapshot& snapshot, std::size_t row) {
  return {static_cast<SubId>(snapshot.interfaces->rows[row].index), 1};
}

constexpr std::array kTables = {
    Table{"ifMauTable", kIfMauEntry, kIfMauColumns, interfaceCount, mauIndex, isAdapter},
};

}  // namespace

std::span<const Table> mauMibTables() {
  return kTables;
}

}  // namespace hvnet
