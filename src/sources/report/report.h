// The hvnet report: what the driver's side of a router that is not under Linux writes about its
// adapters and their counters, whole and by rename. docs/hvnet-report.md is the format's document.
//
//   hvnet-report 1
//   # comment
//   generated 1732233600123
//   vmbus relid 3 class 9527e630-... instance 2dd1ce17-... driver hvts0
//   vmbus relid 9 class f912ad6d-... not configured
//   adapter lan0 unit hvnet0 relid 12 instance 6f1d9b1c-... mac 00:15:5d:01:02:03 network assigned
//   stats lan0 Ipkts 10 Ierrs 0 Opkts 7 Oerrs 0 InOctets 1200 OutOctets 800 InDrops 0
//   end
//
// (mtu, admin and so on follow on the same line.) Text in, values out.
//
// Threads: any; pure functions. Ownership: values. Errors: "FILE:LINE: reason", and then nothing of
// the report is used.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "counters/bus_device.h"
#include "counters/components.h"
#include "counters/link.h"

namespace hvnet {

inline constexpr std::size_t kLargestReport = std::size_t{4} << 20U;  // octets
inline constexpr std::size_t kLongestReportLine = 4096;               // octets
inline constexpr std::size_t kMostReportAdapters = 4096;

// What a key that was left out stands for is empty here.
struct ReportAdapter {
  std::string name;
  std::string unit{};  // the driver's own name for it: "hvnet0"
  std::optional<std::uint32_t> relid{};
  std::optional<Guid> instance{};
  HwAddress mac{};
  std::optional<bool> network_assigned{};
  std::optional<std::uint32_t> mtu{};  // octets
  std::optional<bool> admin_up{};
  std::optional<std::uint32_t> speed_mbps{};
  std::string alias{};
  // Raw, with their width. OutDiscards is tx_dropped, for it is not split any further.
  Components counters{};
};

struct Report {
  std::vector<ReportAdapter> adapters;     // as they stand in the file
  std::vector<VmbusDevice> vmbus_devices;  // as they stand in the file
};

// `file_name` is only for messages.
Result<Report> parseReport(std::string_view text, std::string_view file_name);

// A name that can be published: 1 to 255 octets from 0x21 to 0x7e.
bool isReportName(std::string_view word);

}  // namespace hvnet
