// What the router's kernel said about the VMBus when it booted: which unit sits on which channel,
// and which adapter was renamed to what.
//
//   hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c
//   hvnet0: Ethernet address 00:15:5d:01:02:03 rename hvnet0 to lan0
//   class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not configured
//
// The log is read as one row of words: several messages may share a line, and a message may go on
// on the next one. Anything may stand between two messages: time stamps, a host's name, "<6>", and
// what other drivers say. Addresses and renames are read of hvnet's units and of those that were
// seen at the VMBus. What is said later holds. `hv0 at ...` begins another boot, and what was said
// before it is forgotten.
//
// Threads: any; a pure function. Ownership: values. Errors: "FILE:LINE: reason" for a message that
// is one of these and yet cannot be read, and then nothing of the log is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/bus_device.h"
#include "counters/link.h"

namespace hvnet {

inline constexpr std::size_t kLargestBootLog = std::size_t{4} << 20U;  // octets

struct BootUnit {
  std::string unit;  // the driver's name with its number: "hvnet0"
  std::optional<std::uint32_t> relid{};
  std::optional<Guid> instance{};
  HwAddress mac{};           // empty: not said
  std::string renamed_to{};  // empty: not renamed

  bool operator==(const BootUnit&) const = default;
};

struct BootLog {
  std::vector<BootUnit> units;            // in the order in which they were first named
  std::vector<VmbusDevice> unconfigured;  // devices without a driver, likewise
};

// `file_name` is only for messages.
Result<BootLog> parseBootLog(std::string_view text, std::string_view file_name);

}  // namespace hvnet
