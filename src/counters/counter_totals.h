// The counters of all interfaces, by identity: an interface that leaves and returns goes on from
// its published totals, whatever number the kernel gives it then.
//
// Whoever calls follow() says who each interface is, with a key: a short text that the same
// interface always has and no other one ever gets. What is known of interfaces that are gone is
// kept for the newest kKeptGone of them. What an interface counts when it is back:
// - The kernel's number is another one, and such numbers are devices: a new device has come, which
//   counts from zero.
// - Otherwise nobody looked for a while (interface_totals.h).
// - A device that was another interface's until now (a rename to the name of an interface that was
//   there before) brings nothing of what it counted then.
// Each time it is a discontinuity.
//
// Threads: the poller only. Ownership: values. Errors: none. Units: packets and octets since the
// interface appeared. Cost: an update allocates nothing and searches for nothing as long as the
// same interfaces come in the same sorted order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "counters/interface_totals.h"

namespace hvnet {

// An interface that exists now.
struct PresentInterface {
  KernelIndex index{};
  std::string key;  // who it is; not empty
};

// What outlives the process, one interface's worth.
struct SavedInterface {
  std::string key;  // empty in a file of version 1: known by its index only
  KernelIndex index{};
  bool gone = false;
  std::string name;  // for whoever reads the file; not known here and not needed
  SavedTotals totals{};

  bool operator==(const SavedInterface&) const = default;
};

class CounterTotals {
 public:
  // As many as the index map keeps of interfaces that are no adapters.
  static constexpr std::size_t kKeptGone = 4096;
  // Whether another kernel index is another device: not so where a source makes the numbers up
  // anew for each process.
  enum class Numbers : std::uint8_t { kDevices, kMadeUp };

  explicit CounterTotals(Numbers numbers = Numbers::kDevices) : numbers_(numbers) {}

  // Everything that exists now, in any order.
  void follow(std::span<const PresentInterface> present);
  // The key that an interface that is present has; empty for an unknown one.
  [[nodiscard]] std::string_view keyOf(KernelIndex index) const;

  // Of an interface that is present; the other samples of a source are passed over (nullptr).
  InterfaceTotals* find(KernelIndex index);
  [[nodiscard]] const InterfaceTotals* find(KernelIndex index) const;

  // The source was failed: a reset that the next values show is a discontinuity.
  void markInterrupted();

  // Those present sorted by index, then those gone by key; names left empty.
  [[nodiscard]] std::vector<SavedInterface> save() const;
  // Before the first follow().
  void restore(std::span<const SavedInterface> interfaces);
  // Instead of restore(): an earlier process has published totals, and they are lost. So the first
  // values of whatever is there at the first follow() are a discontinuity.
  void markLost() { lost_ = true; }

 private:
  struct Row {
    KernelIndex index{};
    std::string key;
    // Apart, so that rows can be sorted anew without a second copy of all that is counted.
    std::unique_ptr<InterfaceTotals> totals = std::make_unique<InterfaceTotals>();
  };
  struct Gone {
    Row row;
    std::uint64_t left = 0;  // the larger, the later
    bool away = false;       // it left while a process looked; else the process did
  };

  void sortOutSaved(std::span<const PresentInterface* const> sorted);
  Row rowOf(const PresentInterface& now);
  Row changeHands(Row row, const PresentInterface& now);
  [[nodiscard]] Row comeBack(Gone gone, const PresentInterface& now) const;
  void keepGone(Row row);
  void forgetOldest();
  [[nodiscard]] std::size_t lowerBound(KernelIndex index) const;
  [[nodiscard]] bool holds(std::size_t at, KernelIndex index) const;

  Numbers numbers_;
  std::vector<Row> rows_;                          // of those present, sorted by index
  std::size_t next_ = 0;                           // where the next find() is expected to succeed
  std::map<std::string, Gone, std::less<>> gone_;  // by key
  std::map<KernelIndex, Row> by_index_;            // restored, until the first follow()
  std::uint64_t departures_ = 0;
  bool lost_ = false;  // and not followed since
};

}  // namespace hvnet
