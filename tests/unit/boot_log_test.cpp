#include "sources/report/boot_log.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hvnet {
namespace {

const char* const kLog =
    "hv0 at mainbus0 hv0: Hyper-V VMBus: irq 5 idtvec 37\n"
    "hvhb0 at hv0 relid 2 instance fd149e91-82e0-4a7d-afa6-2a4166cbd7c0\n"
    "hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
    "hvnet0: Ethernet address 00:15:5d:01:02:03 rename hvnet0 to lan0\n"
    "class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not configured\n";

BootLog logOf(const std::string& text) {
  const auto log = parseBootLog(text, "dmesg");
  EXPECT_TRUE(log) << log.error().text;
  return log.value_or(BootLog{});
}

std::string errorOf(const std::string& text) {
  const auto log = parseBootLog(text, "dmesg");
  return log ? "no error" : log.error().text;
}

void expectTheUsual(const BootLog& log) {
  const std::vector<BootUnit> units = {
      {"hvhb0", 2U, parseGuid("fd149e91-82e0-4a7d-afa6-2a4166cbd7c0")},
      {"hvnet0", 12U, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0c"),
       *parseMac("00:15:5d:01:02:03"), "lan0"}};
  EXPECT_EQ(log.units, units);
  ASSERT_EQ(log.unconfigured.size(), 1U);
  EXPECT_EQ(log.unconfigured[0].relid, 9U);
  EXPECT_EQ(vmbusClassName(log.unconfigured[0].device_class), "keyboard");
  EXPECT_EQ(log.unconfigured[0].driver, "");
}

TEST(BootLog, SaysWhichUnitSitsWhereAndWhatItIsCalled) {
  expectTheUsual(logOf(kLog));
}

TEST(BootLog, MayHaveItsMessagesOnOneLineOrSpreadOverSeveral) {
  std::string one_line = kLog;
  for (char& letter : one_line) letter = letter == '\n' ? ' ' : letter;
  expectTheUsual(logOf(one_line));
  std::string a_word_a_line = kLog;
  for (char& letter : a_word_a_line) letter = letter == ' ' ? '\n' : letter;
  expectTheUsual(logOf(a_word_a_line));
}

TEST(BootLog, MayHaveAnythingBeforeAndBetweenTheMessages) {
  expectTheUsual(
      logOf("Jan  1 00:00:00 router /netbsd: hvhb0 at hv0 relid 2 instance "
            "{FD149E91-82E0-4A7D-AFA6-2A4166CBD7C0}\r\n"
            "wm0 at pci0 dev 3: Ethernet address none of our business\n"
            "<6>hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\r\n"
            "[   1.234567] hvnet0: Ethernet address 00:15:5d:01:02:03\n"
            "[   1.234570] rename hvnet0 to lan0\n"
            "relid 7 instance class at hv0 not configured rename\n"
            "[   1.3] class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not configured\n"));
}

TEST(BootLog, KnowsAnAdapterEvenWhenTheLogHasLostItsBeginning) {
  const BootLog log = logOf("hvnet1: Ethernet address 00:15:5d:01:02:04 rename hvnet1 to lan1\n");
  ASSERT_EQ(log.units.size(), 1U);
  EXPECT_EQ(log.units[0].unit, "hvnet1");
  EXPECT_FALSE(log.units[0].relid);
  EXPECT_EQ(log.units[0].renamed_to, "lan1");
}

TEST(BootLog, TellsOfTheLastBootOnly) {
  const std::string older =
      "hv0 at mainbus0\n"
      "hvnet5 at hv0 relid 12 instance 00000000-0102-0304-0506-0708090a0b0c\n"
      "rename hvnet5 to lan5\n";
  expectTheUsual(logOf(older + kLog));
}

TEST(BootLog, HoldsWhatWasSaidLastOfAChannelOrAName) {
  const BootLog log = logOf(
      "hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0c\n"
      "rename hvnet0 to lan0\n"
      "class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not configured\n"
      "hvnet1 at hv0 relid 9 instance 6f1d9b1c-0102-0304-0506-0708090a0b0d\n"
      "rename hvnet1 to lan0\n"
      "hvnet0 at hv0 relid 12 instance 6f1d9b1c-0102-0304-0506-0708090a0b0e\n");
  EXPECT_TRUE(log.unconfigured.empty());
  ASSERT_EQ(log.units.size(), 2U);
  EXPECT_EQ(log.units[0].instance, parseGuid("6f1d9b1c-0102-0304-0506-0708090a0b0e"));
  EXPECT_EQ(log.units[0].renamed_to, "");
  EXPECT_EQ(log.units[1].renamed_to, "lan0");
}

TEST(BootLog, IsEmptyOfAnEmptyText) {
  EXPECT_TRUE(logOf("").units.empty());
  EXPECT_TRUE(logOf(" \n\r\n").units.empty());
}

TEST(BootLog, RefusesAMessageThatItKnowsAndCannotRead) {
  EXPECT_EQ(errorOf("\nhvnet0 at hv0 relid twelve instance x\n"),
            "dmesg:2: \"twelve\" is not a relid (0 to 4294967295)");
  EXPECT_EQ(errorOf("hvnet0 at hv0 relid 4294967296 instance x\n"),
            "dmesg:1: \"4294967296\" is not a relid (0 to 4294967295)");
  EXPECT_EQ(errorOf("hvnet0 at hv0 relid 12\nwm0 at pci0\n"),
            "dmesg:2: \"wm0\" is in the place of \"instance\"");
  EXPECT_EQ(errorOf("hvnet0 at hv0 relid 12 instance 6f1d9b1c\n"),
            "dmesg:1: \"6f1d9b1c\" is not a GUID");
  EXPECT_EQ(errorOf("hvnet0 at hv0 relid 12 instance\n"), "dmesg:1: \"\" is not a GUID");
  EXPECT_EQ(errorOf("class x at hv0 relid 9 not configured\n"), "dmesg:1: \"x\" is not a GUID");
  EXPECT_EQ(errorOf("class f912ad6d-2b17-48ea-bd65-f927a61c7684 at hv0 relid 9 not\nyet\n"),
            "dmesg:2: \"yet\" is in the place of \"configured\"");
  EXPECT_EQ(errorOf("hvnet0: Ethernet address 00:15:5d:XX:XX:XX rename hvnet0 to lan0\n"),
            "dmesg:1: \"00:15:5d:XX:XX:XX\" is not a MAC such as 00:15:5d:01:02:03");
  EXPECT_EQ(errorOf("rename hvnet0 into lan0\n"), "dmesg:1: \"into\" is in the place of \"to\"");
  EXPECT_EQ(errorOf("rename hvnet0 to l\x01\n"), "dmesg:1: \"l%01\" is not a name");
}

TEST(BootLog, IsBounded) {
  EXPECT_EQ(errorOf(std::string(kLargestBootLog, 'x')), "no error");
  EXPECT_EQ(errorOf(std::string(kLargestBootLog + 1, 'x')),
            "dmesg:1: the file is larger than 4 MiB");
  std::string many;
  for (int i = 0; i < 2049; ++i) {
    many += "rename hvnet" + std::to_string(i) + " to lan" + std::to_string(i) + "\n";
  }
  EXPECT_EQ(errorOf(many), "dmesg:2049: there are more than 2048 devices");
}

TEST(BootLog, IsEitherReadOrRefusedHoweverItIsMutated) {
  std::mt19937 random(12);
  const std::string whole = kLog;
  int refused = 0;
  for (int run = 0; run < 10000; ++run) {
    std::string text = whole;
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      if (random() % 2 == 0) {
        text[at] = static_cast<char>(random());
      } else {
        text.erase(at, 1 + random() % 30);
      }
      if (text.empty()) text = " ";
    }
    const auto log = parseBootLog(text, "dmesg");
    if (log) continue;
    ++refused;
    EXPECT_TRUE(log.error().text.starts_with("dmesg:")) << log.error().text;
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
}  // namespace hvnet
