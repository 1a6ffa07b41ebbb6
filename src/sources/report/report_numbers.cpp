#include "sources/report/report_numbers.h"

#include <optional>

namespace hvnet {
namespace {

std::string identityText(const ReportAdapter& adapter) {
  if (adapter.instance) return "guid " + toText(*adapter.instance);
  if (!adapter.mac.empty()) return "mac " + toText(adapter.mac);
  return "name " + adapter.name;
}

}  // namespace

std::vector<KernelIndex> ReportNumbers::of(std::span<const ReportAdapter> adapters) {
  ++round_;
  std::vector<std::optional<KernelIndex>> found(adapters.size());
  // Those that have kept their name first, so that one that shares a MAC does not take its number.
  for (const bool same_name : {true, false}) {
    for (std::size_t i = 0; i < adapters.size(); ++i) {
      if (found[i]) continue;
      Known* const known = find(adapters[i], same_name);
      if (known == nullptr) continue;
      known->seen = round_;
      known->name = adapters[i].name;
      found[i] = known->number;
    }
  }
  std::vector<KernelIndex> numbers;
  numbers.reserve(adapters.size());
  for (std::size_t i = 0; i < adapters.size(); ++i) {
    if (!found[i]) {
      found[i] = newNumber(adapters[i]);
      known_.emplace(identityText(adapters[i]), Known{adapters[i].name, *found[i], round_});
    }
    numbers.push_back(*found[i]);
  }
  return numbers;
}

ReportNumbers::Known* ReportNumbers::find(const ReportAdapter& adapter, bool same_name) {
  const auto [first, last] = known_.equal_range(identityText(adapter));
  for (auto row = first; row != last; ++row) {
    if (row->second.seen == round_) continue;  // somebody else's by now
    if (!same_name || row->second.name == adapter.name) return &row->second;
  }
  return nullptr;
}

KernelIndex ReportNumbers::newNumber(const ReportAdapter& adapter) {
  if (adapter.relid && *adapter.relid > 0 && *adapter.relid < std::uint32_t{kFirstWithoutRelid}) {
    const KernelIndex number{static_cast<int>(*adapter.relid)};
    if (used_relids_.insert(number).second) return number;
  }
  return KernelIndex{next_++};
}

}  // namespace hvnet
