#include "tables/set.h"

#include <utility>

namespace hvnet {
namespace {

// Every table with something to SET has ifIndex for its index.
IfIndex interfaceOf(const Table& table, const Snapshot& snapshot, std::size_t row) {
  return IfIndex{static_cast<std::uint32_t>(table.row_index(snapshot, row).front())};
}

// The syntax that a value for such a column comes with: text is sent as octets.
Syntax sentFor(Syntax column) {
  return isText(column) ? kOctetString : column;
}

}  // namespace

SetRequest::SetRequest(SettingsPtr before, SnapshotPtr snapshot)
    : before_(std::move(before)), snapshot_(std::move(snapshot)), after_(*before_) {}

std::optional<Refusal> SetRequest::add(const Table& table, OidView name,
                                       const std::optional<Value>& value) {
  const Place place = find(table, *snapshot_, name);
  if (place.column == nullptr || place.column->setter == nullptr) return Refusal::kNotWritable;
  const Setter& setter = *place.column->setter;
  if (!value || value->syntax != sentFor(place.column->syntax)) return Refusal::kWrongType;
  if (const auto refusal = setter.check(*value)) return refusal;
  // Rows come and go with the interfaces; no SET could ever make one.
  if (!place.row) return Refusal::kNoCreation;
  const IfIndex index = interfaceOf(table, *snapshot_, *place.row);
  RowSettings& row = after_[index];
  setter.assign(*value, row);
  if (row == RowSettings{}) after_.erase(index);
  return std::nullopt;
}

std::optional<Refusal> SetRequest::review(const Table& table, OidView name) const {
  const Place place = find(table, *snapshot_, name);
  if (!place.row || place.column->setter == nullptr) return std::nullopt;
  const auto row = after_.find(interfaceOf(table, *snapshot_, *place.row));
  const auto agrees = place.column->setter->agrees;
  if (agrees == nullptr || row == after_.end()) return std::nullopt;
  if (agrees(row->second, *snapshot_, *place.row)) return std::nullopt;
  return Refusal::kInconsistentValue;
}

}  // namespace hvnet
