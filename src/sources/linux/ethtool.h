// Reads what the drivers count themselves: by the ethtool ioctls, or from a folder that stands for
// them (HVNET_ETHTOOL_ROOT).
//
// Threads: one owner (the poller). For adapters only: the kernel answers under its RTNL lock, so a
// slow driver, or anyone who configures a link, can stall a read. Ownership: a view borrows from
// the reader. Errors: values with the kernel's reason. A driver without statistics, an interface
// that has gone and a caller who may not ask are no errors: there is nothing then.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "counters/driver_profile.h"
#include "counters/driver_stats.h"
#include "counters/link.h"

namespace hvnet {

// One ethtool command (linux/ethtool.h) on one interface: 0 or an errno. EFAULT: the answer would
// not fit into `command`, whose memory must end there (see GuardedBuffer in ethtool.cpp).
using EthtoolCall = std::function<int(KernelIndex, const std::string& ifname,  //
                                      std::span<std::byte> command)>;
// ioctl(SIOCETHTOOL), on a socket that the first call opens. ENODEV when the name is another
// interface's by now.
EthtoolCall kernelEthtool();

struct DriverStatsView {
  StatNameList names;                     // the same list until the driver shows another one
  std::span<const std::uint64_t> values;  // one for each name; good until the next call
  DriverSums sums;                        // as the profile adds them up
};

class DriverStatsReader {
 public:
  // From `<ethtool_root>/<ifname>/statistics`, read again each time; without a root, from the
  // kernel.
  static std::unique_ptr<DriverStatsReader> create(
      const std::optional<std::filesystem::path>& ethtool_root);
  static std::unique_ptr<DriverStatsReader> createWith(EthtoolCall call);

  ~DriverStatsReader();

  // Names are asked for once, then again when the interface is renamed or the driver has another
  // number of statistics. Nothing is allocated otherwise.
  Result<std::optional<DriverStatsView>> read(KernelIndex index, const std::string& ifname,
                                              const DriverProfile& profile);
  // Forgets all interfaces but these.
  void keepOnly(const std::function<bool(KernelIndex)>& still_there);

 private:
  struct Table {
    StatNameList names;  // null: not known
    std::vector<std::uint64_t> values;
  };
  struct Entry {
    std::string ifname;
    Table table = {};
    StatNameList planned_names = {};  // what the plan was made from
    const DriverProfile* planned_profile = nullptr;
    SumPlan plan = {};
  };
  class Origin;
  class KernelOrigin;
  class FolderOrigin;

  explicit DriverStatsReader(std::unique_ptr<Origin> origin);

  std::unique_ptr<Origin> origin_;
  std::map<KernelIndex, Entry> entries_;
};

}  // namespace hvnet
