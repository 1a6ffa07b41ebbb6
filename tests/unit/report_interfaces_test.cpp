#include "sources/report/report_interfaces.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <string>

namespace hvnet {
namespace {

Report reportOf(const std::string& lines) {
  const auto report = parseReport("hvnet-report 1\n" + lines + "end\n", "r");
  EXPECT_TRUE(report) << report.error().text;
  return report.value_or(Report{});
}

BootLog logOf(const std::string& text) {
  const auto log = parseBootLog(text, "dmesg");
  EXPECT_TRUE(log) << log.error().text;
  return log.value_or(BootLog{});
}

const char* const kBootLog =
    "hvts0 at hv0 relid 3 instance 2dd1ce17-079e-403c-b352-a1921ee207ee\n"
    "hvxx0 at hv0 relid 4 instance 2dd1ce17-079e-403c-b352-a1921ee207ef\n"
    "hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
    "hvnet0: Ethernet address 00:15:5d:01:02:03 rename hvnet0 to lan0\n"
    "class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not configured\n";

SourceInterface interfaceOf(const std::string& adapter_line) {
  ReportNumbers numbers;
  return interfacesOf(reportOf(adapter_line + "\n"), numbers).interfaces.at(0);
}

TEST(ReportPorts, DescribeAnAdapterAsAnHvnetAdapterOnTheBus) {
  const SourceInterface interface = interfaceOf(
      "adapter lan0 unit hvnet0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c mac "
      "00:15:5d:01:02:03 network assigned mtu 1400 admin up speed 2500 alias core");
  EXPECT_EQ(interface.link.index, KernelIndex{12});
  EXPECT_EQ(interface.link.name, "lan0");
  EXPECT_EQ(interface.link.alias, "core");
  EXPECT_EQ(interface.link.hardware_type, HardwareType::kEthernet);
  EXPECT_TRUE(interface.link.admin_up);
  EXPECT_EQ(interface.link.mtu, 1400U);
  EXPECT_EQ(interface.link.carrier, true);
  EXPECT_EQ(interface.link.oper_state, OperState::kUp);
  EXPECT_EQ(toText(interface.link.address), "00:15:5d:01:02:03");
  EXPECT_EQ(interface.link.permanent_address, interface.link.address);
  EXPECT_EQ(interface.speed_mbps, 2500U);
  EXPECT_EQ(interface.profile, findProfile("hvnet"));
  ASSERT_TRUE(interface.device);
  EXPECT_EQ(interface.device->position, (BusPosition{Bus::kVmbus, 12}));
  EXPECT_EQ(interface.device->driver, "hvnet");
  EXPECT_EQ(interface.device->unit, "hvnet0");
  EXPECT_EQ(interface.device->instance, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0c"));
}

TEST(ReportPorts, KeepAdminAndNetworkApart) {
  const SourceInterface unassigned = interfaceOf("adapter lan0 network unassigned");
  EXPECT_TRUE(unassigned.link.admin_up);
  EXPECT_EQ(unassigned.link.carrier, false);
  EXPECT_EQ(unassigned.link.oper_state, OperState::kDown);
  const SourceInterface off = interfaceOf("adapter lan0 network assigned admin down");
  EXPECT_FALSE(off.link.admin_up);
  EXPECT_EQ(off.link.carrier, true);
  EXPECT_EQ(off.link.oper_state, OperState::kDown);
}

TEST(ReportPorts, MakeUpNoMoreThanTheUsual) {
  const SourceInterface interface = interfaceOf("adapter lan0");
  EXPECT_EQ(interface.link.mtu, 1500U);
  EXPECT_EQ(interface.link.carrier, std::nullopt);
  EXPECT_EQ(interface.link.oper_state, OperState::kUnknown);
  EXPECT_FALSE(interface.speed_mbps);
  EXPECT_FALSE(interface.device->position);
  EXPECT_TRUE(interface.link.address.empty());
}

TEST(ReportPorts, ComeSortedWithTheirCounters) {
  ReportNumbers numbers;
  const auto [interfaces, samples] = interfacesOf(
      reportOf("adapter b relid 9\nstats b Ipkts 9\nadapter c\nadapter a relid 2\n"), numbers);
  ASSERT_EQ(interfaces.size(), 3U);
  EXPECT_EQ(interfaces[0].link.name, "a");
  EXPECT_EQ(interfaces[1].link.name, "b");
  EXPECT_EQ(interfaces[2].link.name, "c");
  ASSERT_EQ(samples.size(), 3U);
  EXPECT_EQ(samples[1].index, KernelIndex{9});
  EXPECT_EQ(samples[1].raw.link.rx_packets, 9U);
  EXPECT_FALSE(samples[0].raw.link.rx_packets);
  EXPECT_FALSE(samples[1].raw.qdisc_drops);
}

TEST(ReportPorts, TakeFromTheBootLogWhatTheReportLacks) {
  for (const auto* line : {"adapter hvnet0", "adapter lan0", "adapter x unit hvnet0",
                           "adapter x mac 00:15:5d:01:02:03",
                           "adapter x instance 6f1d9b1c-0102-0304-0506-0708090a0b0c"}) {
    const ReportAdapter lan0 =
        completed(reportOf(std::string(line) + "\n"), logOf(kBootLog)).adapters.at(0);
    EXPECT_EQ(lan0.unit, "hvnet0") << line;
    EXPECT_EQ(lan0.relid, 12U) << line;
    EXPECT_EQ(lan0.instance, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0c")) << line;
    EXPECT_EQ(toText(lan0.mac), "00:15:5d:01:02:03") << line;
    EXPECT_EQ(lan0.name, std::string(line).substr(8, 1) == "x" ? "x" : "lan0") << line;
  }
}

TEST(ReportPorts, LetTheReportsOwnWordWin) {
  const ReportAdapter lan0 =
      completed(reportOf("adapter hvnet0 unit net7 relid 5 mac 00:15:5d:00:00:00\n"),
                logOf(kBootLog))
          .adapters.at(0);
  EXPECT_EQ(lan0.unit, "net7");
  EXPECT_EQ(lan0.relid, 5U);
  EXPECT_EQ(toText(lan0.mac), "00:15:5d:00:00:00");
}

TEST(ReportPorts, TakeNothingFromTheLogOfAnotherBoot) {
  const ReportAdapter lan0 =
      completed(reportOf("adapter hvnet0 instance 00000000-0102-0304-0506-0708090a0b0c\n"),
                logOf(kBootLog))
          .adapters.at(0);
  EXPECT_EQ(lan0.name, "hvnet0");
  EXPECT_FALSE(lan0.relid);
}

TEST(ReportPorts, GiveNoAdapterWhatAnotherOneHas) {
  const Report report = completed(reportOf("adapter hvnet0\nadapter lan0 relid 12 unit u "
                                           "instance 00000000-0102-0304-0506-0708090a0b0c\n"),
                                  logOf(kBootLog));
  EXPECT_EQ(report.adapters[0].name, "hvnet0");
  EXPECT_FALSE(report.adapters[0].relid);
  EXPECT_EQ(report.adapters[0].unit, "hvnet0");
  EXPECT_EQ(report.adapters[1].unit, "u");
}

TEST(ReportPorts, ListTheWholeBusByRelid) {
  const BootLog log = logOf(kBootLog);
  const Report report =
      completed(reportOf("vmbus relid 9 class f912ad6d-2b17-48ea-bd65-f927a61c7684 driver kbd0\n"
                         "adapter hvnet0\nadapter lan1 relid 7\n"),
                log);
  const auto devices = vmbusDevicesOf(report, log);
  std::string said;
  for (const VmbusDevice& device : devices) {
    said += std::to_string(device.relid) + " " + std::string(vmbusClassName(device.device_class)) +
            " " + device.driver + "\n";
  }
  // Of hvxx0 nobody knows the class.
  EXPECT_EQ(said, "3 time sync hvts0\n7 network hvnet\n9 keyboard kbd0\n12 network hvnet0\n");
  EXPECT_EQ(devices[3].instance, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0c"));
}

// The numbers of the adapters of one report.
std::vector<int> numbersOf(ReportNumbers& numbers, const std::string& lines) {
  std::vector<int> out;
  for (const KernelIndex number : numbers.of(reportOf(lines).adapters)) {
    out.push_back(static_cast<int>(number));
  }
  return out;
}

TEST(ReportNumbers, AreTheRelidsWhereTheyCanBe) {
  ReportNumbers numbers;
  EXPECT_EQ(numbersOf(numbers,
                      "adapter a relid 12\nadapter b\nadapter c relid 1000000\n"
                      "adapter d relid 0\nadapter e relid 999999\n"),
            (std::vector{12, 1'000'000, 1'000'001, 1'000'002, 999'999}));
}

TEST(ReportNumbers, ComeBackWithTheirAdapterAndGoToNobodyElse) {
  ReportNumbers numbers;
  EXPECT_EQ(numbersOf(numbers, "adapter a relid 12 mac 00:15:5d:01:02:03\n"), (std::vector{12}));
  EXPECT_EQ(numbersOf(numbers, "adapter a relid 12 mac 00:15:5d:01:02:04\n"),
            (std::vector{1'000'000}));
  EXPECT_EQ(numbersOf(numbers, ""), (std::vector<int>{}));
  // By another name, at another relid.
  EXPECT_EQ(numbersOf(numbers, "adapter z relid 13 mac 00:15:5d:01:02:03\n"), (std::vector{12}));
  EXPECT_EQ(numbersOf(numbers, "adapter z relid 12 mac 00:15:5d:01:02:04\n"),
            (std::vector{1'000'000}));
}

TEST(ReportNumbers, TellAdaptersWithOneMacApartByName) {
  ReportNumbers numbers;
  const std::string a = "adapter a relid 1 mac 00:15:5d:01:02:03\n";
  const std::string b = "adapter b relid 2 mac 00:15:5d:01:02:03\n";
  EXPECT_EQ(numbersOf(numbers, a), (std::vector{1}));
  EXPECT_EQ(numbersOf(numbers, b + a), (std::vector{2, 1}));
  EXPECT_EQ(numbersOf(numbers, a + b), (std::vector{1, 2}));
  EXPECT_EQ(numbersOf(numbers, b), (std::vector{2}));
}

}  // namespace
}  // namespace hvnet
