// The counters of one interface, carried on over everything that its driver does to them.
//
// Each component (components.h) has an accumulator, and the published counters are sums of their
// totals (counter_sums.h). So no published counter ever decreases. A component that is missing in
// an update keeps its last total.
//
// What is believed of a component that steps back, and why:
// - Where the driver tells its parts apart (traffic_parts.h), they say by how much the total has
//   fallen, and nothing is lost.
// - Else the new value is taken for the increment since a start from zero, if the interface can
//   have counted it since the last look: no more than 10 Gbit/s carry. What an interface has
//   carried (Producer::kTraffic) may be a sum of which a part has started again, and then most of
//   the value was counted long ago. So it must also be at most an eighth of the last one, and at
//   most 16 times of what the interface has carried lately in the same time (half of which is
//   forgotten in 10 s), or what 10 Mbit/s carry.
// - Where the traffic of an interface is not believed, none of its device's counters that step back
//   in this update is. Then nothing is added.
// - Where the traffic starts again, none of its device's counters has wrapped. One that has grown
//   may have started again as well and be past where it was: then it is a discontinuity.
// - A device's other counters may be sums, too (the kernel adds its own share to rx_dropped, and
//   that stays). They are believed to have started from zero only if they are at most an eighth of
//   what they were. The same holds for the driver's statistics where the traffic goes on, for then
//   the device has not started again as a whole.
// - A component that went back alone from 16 or more may have been away only (a link that went down
//   while it was read). If its next growth is at least what it lost, that much is not added again.
// - The same holds for traffic that lost a part (queues that are not used for a while). It may grow
//   meanwhile: what it lost is looked for in a growth that its rate does not explain.
// - Traffic that falls to exactly zero, all of it at once, says nothing yet: drivers show zeros
//   while a link is down. The update is passed over. When the counters come back smaller than they
//   were, they were counted from zero, and what can have been carried since, as above, is added;
//   when all of them are where they were or above, they go on from there.
// Each restart is counted once in `resets`. A discontinuity is told when an increment was left out,
// when it cannot be told whether counters that came back from zero went on or started again, when
// more than 1 Gbit/s carries came after first values of zero, and when a component stepped back
// while nobody looked.
//
// - A driver's statistics are believed each for itself: where some that are summed up go back and
//   others do not, only those count from zero. If one of the others has grown, it may have started
//   again as well and be past where it was: then it is a discontinuity.
// - When a driver has other lines than before (other queues), a sum of other lines may have lost
//   some of them, or have regained what was counted before: nothing is added.
// - No component grows by more than 1,000 times of what 10 Gbit/s carry, and no sum of statistics
//   is beyond 2^63: nothing is added. While nobody looks a component may grow by more (the time is
//   not known): that is a discontinuity. Beyond what 10 Gbit/s carry in 32 years nothing is added.
// - qdisc_drops is a running sum within this process (qdisc_totals.h). It steps back only over a
//   restart, when the new process has not seen the queues that were replaced: what it then shows
//   was counted before. It is a discontinuity, for a queue may have been replaced unseen. The same
//   holds for what the hardware has lost (hardware_losses.h).
// - A negative number (isNegative()) is none: the component is missing in that update.
// - A component that an earlier process has not saved (an older version did not read it) goes on
//   from its first value: the sums were published without what it had counted.
//
// The queues of an adapter: once the kernel has told a counter of one of them, only the kernel is
// believed of that counter, for all of them. The driver's own statistics may number queues in
// another way, and count from another start. The kernel says nothing while the interface is down:
// then the totals stand. Where the kernel takes over, the increment of that one update is left out.
//
// Threads: the poller only. Ownership: a value. Errors: none. Units: packets and octets since the
// interface appeared. Cost: no allocation while the driver shows the same statistics.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/clock.h"
#include "counters/accumulator.h"
#include "counters/components.h"
#include "counters/counter_sums.h"
#include "counters/counters.h"
#include "counters/queue_stats.h"
#include "counters/traffic_parts.h"

namespace hvnet {

// What outlives the process.
struct SavedTotals {
  std::array<std::optional<Accumulator::State>, kComponentCount> components;
  Derived derived{};
  std::uint64_t resets = 0;

  bool operator==(const SavedTotals&) const = default;
};

// A driver's statistics, all of them, and what the kernel says of its queues.
struct DriverReading {
  const StatNameList* names = nullptr;      // nullptr, or a null list: there are none
  std::span<const std::uint64_t> values{};  // one for each name
  std::span<const QueueStats> queues{};     // the kernel's; empty: it does not tell them
};

struct CounterUpdate {
  Counters counters;
  bool discontinuity = false;  // ifCounterDiscontinuityTime moves
  bool interrupted = false;    // the increments are not those of one interval: no rate from them
  std::uint64_t resets = 0;    // of this interface so far
};

class InterfaceTotals {
 public:
  // `counted_at` is when the values were counted; it never goes back. Takes its stack's share out
  // of `backlog`; null: nobody knows of backlogs.
  CounterUpdate update(const Components& raw, TimePoint counted_at,
                       const DriverReading& driver = {}, BacklogPool* backlog = nullptr);

  // Nobody looks for a while: a step back that the next value shows is a discontinuity.
  void markInterrupted() { unwatched_.set(); }
  // The interface has come back after an absence.
  void markReturned();
  // It has come back as another device, which counts from zero.
  void deviceReplaced();
  // The device of `other` is this interface's from now on. What it has counted until now belongs to
  // `other`.
  void takeDeviceOf(const InterfaceTotals& other);

  [[nodiscard]] std::uint64_t resets() const { return resets_; }
  // As they were in the last update; 0 before the first one.
  [[nodiscard]] std::uint64_t lastVfDrops() const;
  // Ascending by queue; a restarted process counts anew.
  [[nodiscard]] std::vector<QueueStats> queues() const;

  [[nodiscard]] SavedTotals save() const;
  // As after markInterrupted().
  void restore(const SavedTotals& saved);

 private:
  struct Look;
  struct Queue {
    std::uint32_t number = 0;
    Accumulator rx_packets{};
    Accumulator tx_packets{};
    Accumulator rx_octets{};
    Accumulator tx_octets{};
  };
  // A counter of a queue: where it is read from, and where it is added up.
  struct QueueCounter {
    std::optional<std::uint64_t> QueueStats::*raw;
    Accumulator Queue::*total;
    Unit unit;
  };
  static constexpr std::array<QueueCounter, 4> kQueueCounters = {
      QueueCounter{&QueueStats::rx_packets, &Queue::rx_packets, Unit::kPackets},
      QueueCounter{&QueueStats::tx_packets, &Queue::tx_packets, Unit::kPackets},
      QueueCounter{&QueueStats::rx_octets, &Queue::rx_octets, Unit::kOctets},
      QueueCounter{&QueueStats::tx_octets, &Queue::tx_octets, Unit::kOctets}};

  [[nodiscard]] Look lookAt(const Components& raw, TimePoint counted_at) const;
  [[nodiscard]] bool fellToZero(const Look& look) const;
  void readQueues(Look& look, const DriverReading& driver);
  void planStatistics(Look& look, const StatNameList& names, const DriverProfile& profile);
  void applyDriverParts(Look& look, const Components& raw, const DriverReading& driver);
  void applyParts(Look& look, const Traffic& vf);
  void judge(Look& look);
  void judgeReturnFromZero(Look& look);
  void forgetZeros();
  void apply(Look& look, std::size_t component);
  void markFall(const Look& look, std::size_t component, bool left_out);
  void goOnAfterAnAbsence(Look& look, std::size_t component);
  void applyQueues(Look& look, std::span<const QueueStats> kernels);
  void applyQueueCounter(Look& look, std::size_t counter, std::span<const QueueStats> now,
                         bool taken_over);
  Queue& queueOf(std::uint32_t number);
  void lookAtTheTraffic(Look& look) const;
  [[nodiscard]] bool stepsBack(const Look& look, std::size_t component) const;
  [[nodiscard]] bool mayBePastItsRestart(const Look& look, std::size_t component) const;
  [[nodiscard]] bool isLeftOut(const Look& look, std::size_t component, bool unwatched) const;
  [[nodiscard]] bool isImpossible(const Look& look, std::size_t component) const;
  [[nodiscard]] static bool isImpossibleUnwatched(const Look& look, std::size_t component);
  [[nodiscard]] static bool goesBackAlone(const Look& look, std::size_t component);
  [[nodiscard]] bool comesAtOnce(const Look& look, std::size_t component) const;
  [[nodiscard]] std::uint64_t believed(const Look& look, std::size_t component) const;
  [[nodiscard]] std::uint64_t usual(const Look& look, std::size_t component) const;

  Accumulators components_;
  std::bitset<kComponentCount> unwatched_;  // not read since restore() or markInterrupted()
  std::bitset<kComponentCount> seen_;       // read at least once, or restored and above zero
  CounterSums sums_;
  std::uint64_t resets_ = 0;
  std::optional<TimePoint> last_look_;
  std::bitset<kComponentCount> jumped_;               // by more than is possible, in the last look
  std::array<Count, kComponentCount> fallen_{};       // see markFall()
  std::array<double, kComponentCount> per_second_{};  // the traffic, lately
  bool restored_ = false;                             // and not updated since
  bool published_without_ = false;  // by another process: what it did not save was not in the sums
  bool shows_zeros_ = false;        // since the last look, see above
  bool returned_ = false;           // and has not been looked at since
  bool new_device_ = false;         // likewise
  TrafficParts parts_;
  StatNameList planned_names_;  // what the plans were made from
  QueuePlan plan_;
  SumPlan sum_plan_;
  StatisticsHistory statistics_;
  std::vector<QueueStats> queues_now_;               // the driver's
  std::bitset<kQueueCounters.size()> kernel_tells_;  // which of kQueueCounters
  std::vector<Queue> queues_;                        // ascending by number
};

}  // namespace hvnet
