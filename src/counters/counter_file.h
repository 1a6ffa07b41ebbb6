// The counters' offsets on disk, `<state>/counters.saved`: what a restarted process needs so that
// its counters go on where the last one's stood. Pure: text in, values out; whoever owns the state
// folder reads and writes it.
//
//   hvnet-counters 2
//   boot 0f5f7c0e-52f0-4a0c-9d7a-3f6a4a9be3d1
//   1 index 2 name lan0 resets 1 discards 0 in_unicast 9 out_unicast 7 rx_packets 10 1010
//   256 index 7 gone resets 0 discards 0 in_unicast 4 out_unicast 0 rx_packets 4 4
//   end 2
//
// One line an interface: its key (counter_totals.h), the kernel ifindex that it has or had last,
// its name if known, `gone` if it is not there any more, its resets, what was published of Derived,
// then `component LAST-RAW TOTAL` in the order of kComponents, those that the driver does not have
// left out. Octets of a key, a name or a boot id outside 0x21 to 0x7e, and '%', are written %XX.
// `end` gives the number of interfaces; nothing follows it.
//
// Version 1 (up to hvnet-subagent 0.1.0) has the ifindex in place of the key, no `index` and no
// `gone`. It is read, too: its interfaces have an empty key.
//
// A kernel ifindex means something within one boot, one network namespace and one source only, and
// so do the counters: their origin, in the line `boot`, must be the reader's own.
//
// Threads: the poller only. Ownership: values. Errors: "counters.saved:7: reason; remove the file":
// the whole file is refused, and without it counting starts with what the drivers say now.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/counter_totals.h"

namespace hvnet {

inline constexpr std::string_view kCounterFileName = "counters.saved";

struct SavedCounters {
  // The boot as /proc/sys/kernel/random/boot_id has it, without the newline; then, after a '/', the
  // network namespace and the source.
  std::string origin;
  std::vector<SavedInterface> interfaces;

  bool operator==(const SavedCounters&) const = default;
};

// `file_name` is only for messages.
Result<SavedCounters> parseCounters(std::string_view text,
                                    std::string_view file_name = kCounterFileName);
std::string formatCounters(const SavedCounters& counters);

// Of an origin, the part that all namespaces and sources of one boot share.
std::string_view bootOf(std::string_view origin);

}  // namespace hvnet
