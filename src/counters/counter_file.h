// The counters' offsets on disk, `<state>/counters.saved`: what a restarted process needs so that
// its counters go on where the last one's stood. Pure: text in, values out; whoever owns the state
// folder reads and writes it.
//
//   hvnet-counters 1
//   boot 0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1
//   2 name lan0 resets 1 discards 0 in_unicast 9 out_unicast 7 rx_packets 10 1010 tx_packets 7 707
//   end 1
//
// One line a port: its kernel ifindex, its name if known, its resets, what was
// published of Derived, then `component LAST-RAW TOTAL` in the order of kComponentNames, those that
// the driver does not have left out. Octets of a name or a boot id outside 0x21 to 0x7e, and '%',
// are written %XX. `end` gives the number of ports; nothing follows it.
//
// A kernel ifindex means something within one boot only, and so does the file: isOfBoot() first.
//
// Threads: the poller only. Errors: "counters.saved:7: reason; remove the file": the whole file is
// refused, and without it counting starts with what the drivers say now.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/counter_book.h"

namespace hvnet {

inline constexpr std::string_view kCounterFileName = "counters.saved";

struct SavedCounters {
  std::string boot_id;  // as /proc/sys/kernel/random/boot_id has it, without the newline
  std::vector<SavedPort> ports;

  bool operator==(const SavedCounters&) const = default;
};

// `file_name` is only for messages.
Result<SavedCounters> parseCounters(std::string_view text,
                                    std::string_view file_name = kCounterFileName);
std::string formatCounters(const SavedCounters& counters);

// Whether the offsets are worth anything now. A boot id that is not known (empty) matches none.
bool isOfBoot(const SavedCounters& counters, std::string_view current_boot_id);

}  // namespace hvnet
