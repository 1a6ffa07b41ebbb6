// Numbers for the adapters of a report, which come without the kernel's: each adapter gets one and
// keeps it for as long as the process runs, also while it is away, and nobody else gets it.
//
// An adapter is known by its instance GUID, else its MAC, else its name; of those that share a MAC,
// the name tells which is which. Its number is its relid (it is what one sees in the boot log),
// unless that is too large or was somebody else's; then the next one from 1,000,000 up.
//
// Threads: one owner. Ownership: values. Errors: none.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "counters/link.h"
#include "sources/report/report.h"

namespace hvnet {

class ReportNumbers {
 public:
  static constexpr int kFirstWithoutRelid = 1'000'000;

  // One number for each adapter of one report, in their order.
  std::vector<KernelIndex> of(std::span<const ReportAdapter> adapters);

 private:
  struct Known {
    std::string name;  // when last seen
    KernelIndex number{};
    std::uint64_t seen = 0;  // the round in which it was claimed
  };
  Known* find(const ReportAdapter& adapter, bool same_name);
  KernelIndex newNumber(const ReportAdapter& adapter);

  std::multimap<std::string, Known> known_;  // by identity
  std::set<KernelIndex> used_relids_;
  int next_ = kFirstWithoutRelid;
  std::uint64_t round_ = 0;
};

}  // namespace hvnet
