#include "sources/linux/ethtool.h"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/file_layer.h"
#include "base/unique_fd.h"

namespace hvnet {
namespace {

namespace fs = std::filesystem;

// The fixed parts of the commands: those of linux/ethtool.h end with arrays of no size.
struct CountQuery {  // ethtool_sset_info with room for one count
  std::uint32_t command = ETHTOOL_GSSET_INFO;
  std::uint32_t reserved = 0;
  std::uint64_t sets = 1ULL << ETH_SS_STATS;
  std::uint32_t count = 0;
  std::uint32_t padding = 0;
};
struct NamesHeader {
  std::uint32_t command = ETHTOOL_GSTRINGS;
  std::uint32_t set = ETH_SS_STATS;
  std::uint32_t count = 0;
};
struct ValuesHeader {
  std::uint32_t command = ETHTOOL_GSTATS;
  std::uint32_t count = 0;
};
static_assert(offsetof(CountQuery, count) == sizeof(ethtool_sset_info));
static_assert(sizeof(NamesHeader) == sizeof(ethtool_gstrings));
static_assert(sizeof(ValuesHeader) == sizeof(ethtool_stats));

// Far beyond any driver (mlx5 has some thousands).
constexpr std::uint32_t kMostStatistics = 1U << 16U;
constexpr std::size_t kMostFileBytes = 1U << 22U;
constexpr int kTries = 4;
// The list of statistics is not the one that was asked for. The kernel's own word for it, when it
// has no room for a list that has grown.
constexpr int kListChanged = EFAULT;

bool meansNoStatistics(int error) {
  return error == ENODEV || error == EOPNOTSUPP || error == EPERM;
}

tl::unexpected<Error> failFor(const std::string& ifname, int error) {
  errno = error;
  return failErrno("reading the driver statistics of " + ifname);
}

// Memory with an unwritable page behind it. ETHTOOL_GSTRINGS and ETHTOOL_GSTATS write as many
// entries as the driver has at that moment, whatever room the caller announced (kernels only
// lately compare the two), and a driver may get more between two calls. Against the page the
// kernel's copy ends with EFAULT and overwrites nothing of ours.
class GuardedBuffer {
 public:
  GuardedBuffer() = default;
  GuardedBuffer(const GuardedBuffer&) = delete;
  GuardedBuffer& operator=(const GuardedBuffer&) = delete;
  ~GuardedBuffer() { release(); }

  // The octets right before the page, as the last use left them. Empty when there is no memory.
  std::span<std::byte> last(std::size_t size) {
    if (size > room_ && !reserve(size)) return {};
    return {start_ + (room_ - size), size};
  }

 private:
  bool reserve(std::size_t size) {
    release();
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    const std::size_t room = (size + page - 1) / page * page;
    void* const place = ::mmap(nullptr, room + page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return false;
    start_ = static_cast<std::byte*>(place);
    mapped_ = room + page;
    if (::mprotect(place, room, PROT_READ | PROT_WRITE) < 0) return false;
    room_ = room;
    return true;
  }
  void release() {
    if (mapped_ != 0) ::munmap(start_, mapped_);
    mapped_ = 0;
    room_ = 0;
  }

  std::byte* start_ = nullptr;
  std::size_t mapped_ = 0;
  std::size_t room_ = 0;
};

int ethtoolIoctl(int fd, KernelIndex index, const std::string& ifname, std::byte* command) {
  ifreq request{};
  if (ifname.empty() || ifname.size() >= sizeof(request.ifr_name)) return ENODEV;
  std::memcpy(request.ifr_name, ifname.data(), ifname.size());
  request.ifr_data = reinterpret_cast<char*>(command);
  if (::ioctl(fd, SIOCETHTOOL, &request) < 0) return errno;
  // Names are used again and swapped; numbers are not.
  if (::ioctl(fd, SIOCGIFINDEX, &request) < 0) return errno;
  return KernelIndex{request.ifr_ifindex} == index ? 0 : ENODEV;
}

std::string nameIn(const std::byte* field) {
  const auto* const text = reinterpret_cast<const char*>(field);
  return std::string(trimmedStatName({text, ::strnlen(text, ETH_GSTRING_LEN)}));
}

}  // namespace

EthtoolCall kernelEthtool() {
  // A std::function is copied; its copies share the socket.
  auto socket = std::make_shared<UniqueFd>();
  return [socket](KernelIndex index, const std::string& ifname, std::span<std::byte> command) {
    if (!*socket) *socket = UniqueFd{::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
    if (!*socket) return errno;
    return ethtoolIoctl(socket->get(), index, ifname, command.data());
  };
}

class DriverStatsReader::Origin {
 public:
  virtual ~Origin() = default;
  // Brings `table` up to date, leaving its names alone when they are still right. False: the
  // driver has no statistics.
  virtual Result<bool> fill(KernelIndex index, const std::string& ifname, Table& table) = 0;
};

class DriverStatsReader::KernelOrigin final : public Origin {
 public:
  explicit KernelOrigin(EthtoolCall call) : call_(std::move(call)) {}

  Result<bool> fill(KernelIndex index, const std::string& ifname, Table& table) override {
    const Target target{index, ifname};
    int error = 0;
    for (int tries = 0; tries < kTries; ++tries) {
      error = table.names ? 0 : readNames(target, table);
      if (error == 0) error = readValues(target, table);
      if (error == 0) return true;
      if (error != kListChanged) break;
      table.names.reset();
    }
    if (meansNoStatistics(error)) return false;
    if (error == kListChanged) return fail("the driver statistics of " + ifname + " keep changing");
    return failFor(ifname, error);
  }

 private:
  struct Target {
    KernelIndex index;
    const std::string& ifname;
  };

  int call(const Target& target, std::span<std::byte> command) {
    return call_(target.index, target.ifname, command);
  }

  int readCount(const Target& target, std::uint32_t& count) {
    CountQuery query;
    const int error = call(target, std::as_writable_bytes(std::span(&query, 1)));
    if (error != 0) return error;
    // The kernel takes away the bit of a set that the driver does not have.
    if (query.sets == 0 || query.count == 0) return EOPNOTSUPP;
    count = query.count;
    return count <= kMostStatistics ? 0 : E2BIG;
  }

  int readNames(const Target& target, Table& table) {
    NamesHeader header;
    if (const int error = readCount(target, header.count); error != 0) return error;
    const auto command = buffer_.last(sizeof(header) + std::size_t{header.count} * ETH_GSTRING_LEN);
    if (const int error = exchange(target, header, command); error != 0) return error;
    std::vector<std::string> names(header.count);
    const std::byte* field = command.data() + sizeof(header);
    for (std::string& name : names) {
      name = nameIn(field);
      field += ETH_GSTRING_LEN;
    }
    table.names = std::make_shared<const std::vector<std::string>>(std::move(names));
    return 0;
  }

  int readValues(const Target& target, Table& table) {
    const std::size_t count = table.names->size();
    const ValuesHeader header{.count = static_cast<std::uint32_t>(count)};
    const auto command = buffer_.last(sizeof(header) + count * sizeof(std::uint64_t));
    if (const int error = exchange(target, header, command); error != 0) return error;
    table.values.resize(count);
    std::memcpy(table.values.data(), command.data() + sizeof(header),
                count * sizeof(std::uint64_t));
    return 0;
  }

  // Sends a command that says how many entries there is room for, and sees that as many came.
  template <class Header>
  int exchange(const Target& target, const Header& header, std::span<std::byte> command) {
    if (command.empty()) return ENOMEM;
    std::memcpy(command.data(), &header, sizeof(header));
    if (const int error = call(target, command); error != 0) return error;
    Header answer;
    std::memcpy(&answer, command.data(), sizeof(answer));
    return answer.count == header.count ? 0 : kListChanged;
  }

  EthtoolCall call_;
  GuardedBuffer buffer_;
};

class DriverStatsReader::FolderOrigin final : public Origin {
 public:
  explicit FolderOrigin(fs::path root) : root_(std::move(root)) {}

  Result<bool> fill(KernelIndex /*index*/, const std::string& ifname, Table& table) override {
    const fs::path path = root_ / ifname / "statistics";
    const auto text = readLimited(path, kMostFileBytes);
    if (!text) return tl::unexpected(text.error());
    if (!*text) return false;
    auto stats = parseStatisticsText(**text, path.string());
    if (!stats) return tl::unexpected(stats.error());
    if (!table.names || !std::ranges::equal(*table.names, *stats, {}, {}, &DriverStat::name)) {
      std::vector<std::string> names;
      for (DriverStat& stat : *stats) names.push_back(std::move(stat.name));
      table.names = std::make_shared<const std::vector<std::string>>(std::move(names));
    }
    table.values.clear();
    for (const DriverStat& stat : *stats) table.values.push_back(stat.value);
    return !stats->empty();
  }

 private:
  fs::path root_;
};

DriverStatsReader::DriverStatsReader(std::unique_ptr<Origin> origin) : origin_(std::move(origin)) {}

DriverStatsReader::~DriverStatsReader() = default;

std::unique_ptr<DriverStatsReader> DriverStatsReader::create(
    const std::optional<fs::path>& ethtool_root) {
  if (!ethtool_root) return createWith(kernelEthtool());
  return std::unique_ptr<DriverStatsReader>(
      new DriverStatsReader(std::make_unique<FolderOrigin>(*ethtool_root)));
}

std::unique_ptr<DriverStatsReader> DriverStatsReader::createWith(EthtoolCall call) {
  return std::unique_ptr<DriverStatsReader>(
      new DriverStatsReader(std::make_unique<KernelOrigin>(std::move(call))));
}

Result<std::optional<DriverStatsView>> DriverStatsReader::read(KernelIndex index,
                                                               const std::string& ifname,
                                                               const DriverProfile& profile) {
  Entry& entry = entries_[index];
  if (entry.ifname != ifname) entry = Entry{.ifname = ifname};
  const auto filled = origin_->fill(index, ifname, entry.table);
  if (!filled || !*filled) {
    entries_.erase(index);
    if (!filled) return tl::unexpected(filled.error());
    return std::nullopt;
  }
  const StatNameList& names = entry.table.names;
  if (entry.planned_names != names || entry.planned_profile != &profile) {
    entry.plan = SumPlan(*names, profile);
    entry.planned_names = names;
    entry.planned_profile = &profile;
  }
  return DriverStatsView{names, entry.table.values, entry.plan.sums(entry.table.values)};
}

void DriverStatsReader::keepOnly(const std::function<bool(KernelIndex)>& still_there) {
  std::erase_if(entries_, [&](const auto& entry) { return !still_there(entry.first); });
}

}  // namespace hvnet
