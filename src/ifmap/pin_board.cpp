#include "ifmap/pin_board.h"

#include <algorithm>

#include "base/escape.h"
#include "ifmap/map_text.h"

namespace hvnet {
namespace {

constexpr std::uint32_t kLastIndex = 2147483647;  // RFC 2863, InterfaceIndex

// Whether the entry is, as far as the map knows, the interface that the pin means.
struct IsEntryOf {
  const MapEntry& entry;

  bool operator()(const GuidIdentity& pinned) const { return entry.identity == Identity{pinned}; }
  bool operator()(const MacIdentity& pinned) const { return entry.mac == pinned.mac; }
  bool operator()(const PinnedName& pinned) const { return entry.name == pinned.name; }
};

// "lan0's (mac 00:15:…)"
std::string ownerText(const MapEntry& entry) {
  const std::string who = toText(entry.identity);
  return entry.name.empty() ? who : escapeWord(entry.name) + "'s (" + who + ")";
}

Result<void> checkAgainst(std::span<const MapEntry> entries, const Pin& pin) {
  const auto entry = std::ranges::find(entries, pin.index, &MapEntry::index);
  if (entry == entries.end()) return {};
  if (std::holds_alternative<RetiredIdentity>(entry->identity)) return {};
  if (std::visit(IsEntryOf{*entry}, pin.target)) return {};
  return fail(pin.where + ": " + numberText(pin.index) + " is already " + ownerText(*entry) +
              " in ifindex.map; choose another number or rebuild the map");
}

struct TargetText {
  std::string operator()(const GuidIdentity& pinned) const { return "guid " + toText(pinned.guid); }
  std::string operator()(const MacIdentity& pinned) const { return "mac " + toText(pinned.mac); }
  std::string operator()(const PinnedName& pinned) const {
    return "name " + escapeWord(pinned.name);
  }
};

struct Matches {
  const Candidate& candidate;

  bool operator()(const GuidIdentity& pinned) const {
    return candidate.adapter && candidate.guid == pinned.guid;
  }
  bool operator()(const MacIdentity& pinned) const { return candidate.mac == pinned.mac; }
  bool operator()(const PinnedName& pinned) const { return candidate.name == pinned.name; }
};

}  // namespace

std::string toText(const PinTarget& target) {
  return std::visit(TargetText{}, target);
}

bool matches(const PinTarget& target, const Candidate& candidate) {
  return std::visit(Matches{candidate}, target);
}

Result<PinBoard> PinBoard::create(std::vector<Pin> pins, std::span<const MapEntry> entries) {
  PinBoard board;
  board.pins_ = std::move(pins);
  for (std::size_t place = 0; place < board.pins_.size(); ++place) {
    if (auto entered = board.enter(place); !entered) return fail(entered.error().text);
    if (auto agreed = checkAgainst(entries, board.pins_[place]); !agreed) {
      return fail(agreed.error().text);
    }
  }
  return board;
}

Result<void> PinBoard::enter(std::size_t place) {
  const Pin& pin = pins_[place];
  const auto number = static_cast<std::uint32_t>(pin.index);
  if (number < 1 || number > kLastIndex) {
    return fail(pin.where + ": " + numberText(pin.index) +
                " does not exist; choose a number from 1 to 2147483647");
  }
  if (const auto [other, fresh] = by_index_.emplace(pin.index, place); !fresh) {
    const Pin& first = pins_[other->second];
    return fail(pin.where + ": " + numberText(pin.index) + " is already pinned to " +
                toText(first.target) + " (" + first.where + "); choose another number");
  }
  if (const auto [other, fresh] = by_target_.emplace(pin.target, place); !fresh) {
    const Pin& first = pins_[other->second];
    return fail(pin.where + ": " + toText(pin.target) + " is already pinned to " +
                numberText(first.index) + " (" + first.where + "); remove one of the two lines");
  }
  return {};
}

const Pin* PinBoard::at(IfIndex index) const {
  const auto found = by_index_.find(index);
  return found == by_index_.end() ? nullptr : &pins_[found->second];
}

const MacIdentity* PinBoard::macAt(IfIndex index) const {
  const Pin* pin = at(index);
  return pin == nullptr ? nullptr : std::get_if<MacIdentity>(&pin->target);
}

bool PinBoard::firstOverruling(std::size_t place) {
  return overruled_.insert(place).second;
}

std::vector<std::size_t> PinBoard::matching(const Candidate& candidate) const {
  std::vector<std::size_t> places;
  const auto look = [&](const PinTarget& target) {
    const auto found = by_target_.find(target);
    if (found != by_target_.end()) places.push_back(found->second);
  };
  if (candidate.adapter && candidate.guid) look(GuidIdentity{*candidate.guid});
  if (!candidate.mac.empty()) look(MacIdentity{candidate.mac});
  look(PinnedName{candidate.name});
  std::ranges::sort(places);
  return places;
}

}  // namespace hvnet
