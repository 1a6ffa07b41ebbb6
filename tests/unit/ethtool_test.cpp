#include "sources/linux/ethtool.h"

#include <gtest/gtest.h>
#include <linux/ethtool.h>
#include <net/if.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "sysfs_fixture.h"

namespace hvnet {
namespace {

using Values = std::vector<std::uint64_t>;
using Names = std::vector<std::string>;

constexpr KernelIndex kIndex{7};

const DriverProfile& netvsc() {
  return *findProfile("hv_netvsc");
}

std::optional<DriverStatsView> readOne(DriverStatsReader& reader, const std::string& ifname,
                                       const DriverProfile& profile = nominalProfile(),
                                       KernelIndex index = kIndex) {
  auto view = reader.read(index, ifname, profile);
  if (!view) ADD_FAILURE() << view.error().text;
  return view ? *view : std::nullopt;
}

// "a=1 b=2"; "none" when there are no statistics.
std::string shown(const std::optional<DriverStatsView>& view) {
  if (!view) return "none";
  std::string text;
  for (std::size_t slot = 0; slot < view->names->size(); ++slot) {
    text +=
        (slot == 0 ? "" : " ") + (*view->names)[slot] + "=" + std::to_string(view->values[slot]);
  }
  return text;
}

// A driver behind the ioctl. Like the kernel before it compared, it writes all that it has; what
// does not fit is EFAULT.
struct FakeDriver {
  Names names = {};
  Values values = {};
  int error = 0;
  int names_asked = 0;
  int values_asked = 0;
  bool compares = false;  // as newer kernels: says 0 entries when the caller's count is another

  int answer(std::span<std::byte> command) {
    if (error != 0) return error;
    std::uint32_t code = 0;
    std::memcpy(&code, command.data(), sizeof(code));
    if (code == ETHTOOL_GSSET_INFO) return answerCount(command);
    if (code == ETHTOOL_GSTRINGS) return answerNames(command);
    if (code == ETHTOOL_GSTATS) return answerValues(command);
    return EOPNOTSUPP;
  }
  [[nodiscard]] int answerCount(std::span<std::byte> command) const {
    const auto count = static_cast<std::uint32_t>(names.size());
    return put(command, sizeof(ethtool_sset_info), &count, sizeof(count));
  }
  int answerNames(std::span<std::byte> command) {
    ++names_asked;
    if (!announce(command, offsetof(ethtool_gstrings, len), names.size())) return 0;
    std::size_t at = sizeof(ethtool_gstrings);
    for (const std::string& name : names) {
      char field[ETH_GSTRING_LEN] = {};
      std::memcpy(field, name.data(), std::min<std::size_t>(name.size(), ETH_GSTRING_LEN));
      if (put(command, at, field, sizeof(field)) != 0) return EFAULT;
      at += sizeof(field);
    }
    return 0;
  }
  int answerValues(std::span<std::byte> command) {
    ++values_asked;
    if (!announce(command, offsetof(ethtool_stats, n_stats), values.size())) return 0;
    return put(command, sizeof(ethtool_stats), values.data(), values.size() * sizeof(values[0]));
  }
  // Says how many entries there are, where the caller had said for how many there is room.
  [[nodiscard]] bool announce(std::span<std::byte> command, std::size_t at,
                              std::size_t count) const {
    std::uint32_t room = 0;
    std::memcpy(&room, command.data() + at, sizeof(room));
    const bool writes = !compares || room == count;
    const auto said = writes ? static_cast<std::uint32_t>(count) : 0U;
    std::memcpy(command.data() + at, &said, sizeof(said));
    return writes;
  }
  static int put(std::span<std::byte> command, std::size_t at, const void* data, std::size_t size) {
    if (at + size > command.size()) return EFAULT;
    std::memcpy(command.data() + at, data, size);
    return 0;
  }
};

std::unique_ptr<DriverStatsReader> readerOf(FakeDriver& driver) {
  return DriverStatsReader::createWith(
      [&driver](KernelIndex, const std::string&, std::span<std::byte> command) {
        return driver.answer(command);
      });
}

TEST(DriverStatsReader, AsksForTheNamesOnceAndForTheValuesOnceASample) {
  FakeDriver driver{.names = {"rx_no_memory", "  tx_busy "}, .values = {1, 2}};
  const auto reader = readerOf(driver);
  const auto first = readOne(*reader, "eth0");
  EXPECT_EQ(shown(first), "rx_no_memory=1 tx_busy=2");
  driver.values = {8, 2};
  const auto second = readOne(*reader, "eth0");
  EXPECT_EQ(shown(second), "rx_no_memory=8 tx_busy=2");
  EXPECT_EQ(first->names, second->names);  // the same object
  EXPECT_EQ(driver.names_asked, 1);
  EXPECT_EQ(driver.values_asked, 2);
}

TEST(DriverStatsReader, AddsUpAsTheProfileOfTheDaySays) {
  FakeDriver driver{.names = {"rx_no_memory", "tx_no_space", "tx_busy"}, .values = {7, 3, 100}};
  const auto reader = readerOf(driver);
  EXPECT_EQ(readOne(*reader, "eth0", netvsc())->sums,
            (DriverSums{.own_rx_drops = 0, .hidden_rx_drops = 7, .tx_losses = 3}));
  EXPECT_EQ(readOne(*reader, "eth0", nominalProfile())->sums, DriverSums{});
  EXPECT_EQ(readOne(*reader, "eth0", netvsc())->sums,
            (DriverSums{.own_rx_drops = 0, .hidden_rx_drops = 7, .tx_losses = 3}));
  EXPECT_EQ(driver.names_asked, 1);
}

TEST(DriverStatsReader, ANameMayFillItsWholeField) {
  const std::string longest(ETH_GSTRING_LEN, 'x');
  // The last one's field ends where the memory ends (GuardedBuffer).
  FakeDriver driver{.names = {longest, "b", longest}, .values = {1, 2, 3}};
  EXPECT_EQ(shown(readOne(*readerOf(driver), "eth0")), longest + "=1 b=2 " + longest + "=3");
}

TEST(DriverStatsReader, AListThatGrowsOrShrinksIsAskedForAgain) {
  for (const bool compares : {false, true}) {
    FakeDriver driver{.names = {"a", "b"}, .values = {1, 2}, .compares = compares};
    const auto reader = readerOf(driver);
    EXPECT_EQ(shown(readOne(*reader, "eth0")), "a=1 b=2");
    driver.names = {"a", "rx_no_memory", "c"};
    driver.values = {1, 5, 3};
    const auto grown = readOne(*reader, "eth0", netvsc());
    EXPECT_EQ(shown(grown), "a=1 rx_no_memory=5 c=3");
    EXPECT_EQ(grown->sums.hidden_rx_drops, 5U);
    driver.names = {"c"};
    driver.values = {9};
    const auto shrunk = readOne(*reader, "eth0", netvsc());
    EXPECT_EQ(shown(shrunk), "c=9");
    EXPECT_EQ(shrunk->sums, DriverSums{.own_rx_drops = 0});
    EXPECT_EQ(driver.names_asked, 3);
  }
}

TEST(DriverStatsReader, AListThatNeverHoldsStillIsAnError) {
  FakeDriver driver{.names = {"a"}, .values = {1, 2}};  // each count is another
  const auto view = readerOf(driver)->read(kIndex, "eth0", nominalProfile());
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().text, "the driver statistics of eth0 keep changing");
}

TEST(DriverStatsReader, NoneNotAllowedAndGoneAreNoErrors) {
  for (const int error : {ENODEV, EOPNOTSUPP, EPERM}) {
    FakeDriver driver{.names = {"a"}, .values = {1}};
    const auto reader = readerOf(driver);
    EXPECT_EQ(shown(readOne(*reader, "eth0")), "a=1");
    driver.error = error;
    EXPECT_EQ(shown(readOne(*reader, "eth0")), "none") << error;
    driver.error = 0;
    EXPECT_EQ(shown(readOne(*reader, "eth0")), "a=1");
  }
  FakeDriver nothing;
  EXPECT_EQ(shown(readOne(*readerOf(nothing), "eth0")), "none");
  EXPECT_EQ(nothing.values_asked, 0);
}

TEST(DriverStatsReader, GoneBetweenTwoCallsIsNoError) {
  for (const std::uint32_t last :
       {std::uint32_t{ETHTOOL_GSTRINGS}, std::uint32_t{ETHTOOL_GSTATS}}) {
    FakeDriver driver{.names = {"a"}, .values = {1}};
    const auto reader = DriverStatsReader::createWith(
        [&](KernelIndex, const std::string&, std::span<std::byte> command) {
          std::uint32_t code = 0;
          std::memcpy(&code, command.data(), sizeof(code));
          return code == last ? ENODEV : driver.answer(command);
        });
    EXPECT_EQ(shown(readOne(*reader, "eth0")), "none");
  }
}

TEST(DriverStatsReader, AnyOtherRefusalNamesTheInterface) {
  FakeDriver driver{.error = EIO};
  const auto view = readerOf(driver)->read(kIndex, "eth0", nominalProfile());
  ASSERT_FALSE(view);
  EXPECT_EQ(view.error().text, "reading the driver statistics of eth0: Input/output error");
}

TEST(DriverStatsReader, ARenamedOrForgottenInterfaceIsAskedForItsNamesAgain) {
  FakeDriver driver{.names = {"a"}, .values = {1}};
  const auto reader = readerOf(driver);
  readOne(*reader, "eth0");
  readOne(*reader, "eth0", nominalProfile(), KernelIndex{8});
  EXPECT_EQ(driver.names_asked, 2);
  readOne(*reader, "lan0");
  EXPECT_EQ(driver.names_asked, 3);
  reader->keepOnly([](KernelIndex index) { return index == KernelIndex{8}; });
  readOne(*reader, "eth0", nominalProfile(), KernelIndex{8});
  EXPECT_EQ(driver.names_asked, 3);
  readOne(*reader, "lan0");
  EXPECT_EQ(driver.names_asked, 4);
}

// A folder that stands for the drivers.

TEST(DriverStatsFolder, IsReadAgainForEachSample) {
  test::SysfsFixture root;
  const auto reader = DriverStatsReader::create(root.root());
  EXPECT_EQ(shown(readOne(*reader, "eth0", netvsc())), "none");
  root.file("eth0/statistics", "NIC statistics:\n     rx_no_memory: 7\n     tx_busy: 1");
  const auto first = readOne(*reader, "eth0", netvsc());
  EXPECT_EQ(shown(first), "rx_no_memory=7 tx_busy=1");
  EXPECT_EQ(first->sums.hidden_rx_drops, 7U);
  root.file("eth0/statistics", "NIC statistics:\n     rx_no_memory: 9\n     tx_busy: 1");
  const auto second = readOne(*reader, "eth0", netvsc());
  EXPECT_EQ(second->sums.hidden_rx_drops, 9U);
  EXPECT_EQ(first->names, second->names);
  root.file("eth0/statistics", "NIC statistics:\n     tx_no_space: 3");
  EXPECT_EQ(readOne(*reader, "eth0", netvsc())->sums,
            (DriverSums{.own_rx_drops = 0, .tx_losses = 3}));
  std::filesystem::remove(root.root() / "eth0/statistics");
  EXPECT_EQ(shown(readOne(*reader, "eth0", netvsc())), "none");
}

TEST(DriverStatsFolder, AnEmptyListIsNone) {
  test::SysfsFixture root;
  root.file("eth0/statistics", "no stats available").file("eth1", "not a folder");
  const auto reader = DriverStatsReader::create(root.root());
  EXPECT_EQ(shown(readOne(*reader, "eth0")), "none");
  EXPECT_EQ(shown(readOne(*reader, "eth1")), "none");
  EXPECT_EQ(shown(readOne(*DriverStatsReader::create("/no/such/folder"), "eth0")), "none");
}

TEST(DriverStatsFolder, ABadFileIsNamedWithItsLine) {
  test::SysfsFixture root;
  root.file("eth0/statistics", "NIC statistics:\n     a: x").folder("eth1/statistics");
  const auto reader = DriverStatsReader::create(root.root());
  const std::string at = root.root().string();
  const auto bad = reader->read(kIndex, "eth0", nominalProfile());
  ASSERT_FALSE(bad);
  EXPECT_TRUE(bad.error().text.starts_with(at + "/eth0/statistics:2: expected"))
      << bad.error().text;
  const auto folder = reader->read(kIndex, "eth1", nominalProfile());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().text, "reading " + at + "/eth1/statistics: Is a directory");
}

TEST(DriverStatsFolder, EveryFixtureCanStandForAnInterface) {
  const auto reader = DriverStatsReader::create(HVNET_FIXTURES);
  EXPECT_EQ(readOne(*reader, "vmxnet3-queues", *findProfile("vmxnet3"))->sums.hidden_rx_drops, 12U);
  EXPECT_EQ(readOne(*reader, "hv_netvsc", netvsc())->sums.tx_losses, 10U);
}

// The machine's own interfaces.

std::string outputOf(const std::string& command) {
  FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "";
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  ::pclose(pipe);
  return text;
}

std::optional<std::string> ethtoolProgram() {
  for (const char* path : {"/usr/sbin/ethtool", "/sbin/ethtool", "/usr/bin/ethtool"}) {
    if (::access(path, X_OK) == 0) return path;
  }
  return std::nullopt;
}

struct NamedIndex {
  std::string name;
  KernelIndex index;
};

std::vector<NamedIndex> realInterfaces() {
  std::vector<NamedIndex> found;
  auto* const all = ::if_nameindex();
  if (all == nullptr) return found;
  for (auto* each = all; each->if_index != 0; ++each) {
    found.push_back({each->if_name, KernelIndex{static_cast<int>(each->if_index)}});
  }
  ::if_freenameindex(all);
  return found;
}

// The values that ethtool prints lie between those of a read before it and one after it.
void expectAgreement(DriverStatsReader& reader, const NamedIndex& link,
                     const std::vector<DriverStat>& printed,
                     const std::optional<DriverStatsView>& before, const Values& values_before) {
  const auto after = readOne(reader, link.name, nominalProfile(), link.index);
  ASSERT_EQ(before.has_value(), after.has_value()) << link.name;
  ASSERT_EQ(printed.empty(), !after.has_value()) << link.name;
  if (!after) return;
  ASSERT_EQ(printed.size(), after->names->size()) << link.name;
  for (std::size_t slot = 0; slot < printed.size(); ++slot) {
    EXPECT_EQ(printed[slot].name, (*after->names)[slot]) << link.name;
    EXPECT_LE(values_before[slot], printed[slot].value) << link.name << " " << printed[slot].name;
    EXPECT_LE(printed[slot].value, after->values[slot]) << link.name << " " << printed[slot].name;
  }
}

TEST(DriverStatsKernel, AgreesWithEthtoolLineForLine) {
  const auto ethtool = ethtoolProgram();
  if (!ethtool) GTEST_SKIP() << "no ethtool on this machine";
  const auto reader = DriverStatsReader::create(std::nullopt);
  int with_statistics = 0;
  for (const NamedIndex& link : realInterfaces()) {
    const auto before = readOne(*reader, link.name, nominalProfile(), link.index);
    const Values values = before ? Values(before->values.begin(), before->values.end()) : Values{};
    const auto printed =
        parseStatisticsText(outputOf(*ethtool + " -S '" + link.name + "' 2>/dev/null"), "ethtool");
    ASSERT_TRUE(printed) << printed.error().text;
    expectAgreement(*reader, link, *printed, before, values);
    if (before) ++with_statistics;
  }
  if (with_statistics == 0) GTEST_SKIP() << "no interface of this machine has statistics";
}

TEST(DriverStatsKernel, LoopbackHasNone) {
  const int index = static_cast<int>(::if_nametoindex("lo"));
  if (index == 0) GTEST_SKIP() << "no lo on this machine";
  const auto reader = DriverStatsReader::create(std::nullopt);
  EXPECT_EQ(shown(readOne(*reader, "lo", nominalProfile(), KernelIndex{index})), "none");
}

TEST(DriverStatsKernel, AnImpossibleNameOrAnotherInterfacesNameIsNone) {
  const auto reader = DriverStatsReader::create(std::nullopt);
  for (const char* name :
       {"", "nosuchlink", "sixteen-octets-x", "far-longer-than-any-interface's"}) {
    EXPECT_EQ(shown(readOne(*reader, name)), "none") << name;
  }
  for (const NamedIndex& link : realInterfaces()) {
    EXPECT_EQ(shown(readOne(*reader, link.name, nominalProfile(), KernelIndex{1 << 30})), "none");
  }
}

// The real kernel, but the first count that it gives is too small: to the reader, a list that grew
// after it was counted. `old_kernel`: the caller's room is kept from the kernel, which then writes
// all that it has, as those did that never looked.
struct GrowingList {
  bool old_kernel = false;
  int counts_asked = 0;
  EthtoolCall kernel = kernelEthtool();

  int call(KernelIndex index, const std::string& ifname, std::span<std::byte> command) {
    std::uint32_t code = 0;
    std::memcpy(&code, command.data(), sizeof(code));
    if (old_kernel && code == ETHTOOL_GSTRINGS) put(command, offsetof(ethtool_gstrings, len), 0);
    if (old_kernel && code == ETHTOOL_GSTATS) put(command, offsetof(ethtool_stats, n_stats), 0);
    const int error = kernel(index, ifname, command);
    if (error == 0 && code == ETHTOOL_GSSET_INFO && ++counts_asked == 1) {
      put(command, sizeof(ethtool_sset_info), 1);
    }
    return error;
  }
  static void put(std::span<std::byte> command, std::size_t at, std::uint32_t number) {
    std::memcpy(command.data() + at, &number, sizeof(number));
  }
};

TEST(DriverStatsKernel, AListLongerThanTheBufferOverwritesNothingAndIsAskedForAgain) {
  const auto honest = DriverStatsReader::create(std::nullopt);
  int with_statistics = 0;
  for (const NamedIndex& link : realInterfaces()) {
    const auto expected = readOne(*honest, link.name, nominalProfile(), link.index);
    if (!expected || expected->names->size() < 2) continue;
    ++with_statistics;
    for (const bool old_kernel : {false, true}) {
      GrowingList list{.old_kernel = old_kernel};
      const auto reader = DriverStatsReader::createWith(
          [&list](KernelIndex index, const std::string& ifname, std::span<std::byte> command) {
            return list.call(index, ifname, command);
          });
      const auto view = readOne(*reader, link.name, nominalProfile(), link.index);
      ASSERT_TRUE(view) << link.name;
      EXPECT_EQ(*view->names, *expected->names);
      EXPECT_EQ(list.counts_asked, 2);
    }
  }
  if (with_statistics == 0) GTEST_SKIP() << "no interface of this machine has statistics";
}

}  // namespace
}  // namespace hvnet
