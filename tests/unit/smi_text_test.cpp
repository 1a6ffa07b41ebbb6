#include "tables/smi_text.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tables/mib.h"

namespace hvnet {
namespace {

std::string published(std::string_view text, Syntax syntax = kDisplayString) {
  std::string room;
  return std::string(publishedText({syntax, 0, text, {}}, room));
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  for (; times > 0; --times) out += text;
  return out;
}

TEST(PublishedText, LeavesGoodTextAsItIsAndWhereItIs) {
  const std::string text = "uplink → Zürich 🚂";
  std::string room;
  const std::string_view out = publishedText({kDisplayString64, 0, text, {}}, room);
  EXPECT_EQ(out, text);
  EXPECT_EQ(static_cast<const void*>(out.data()), text.data());
  EXPECT_TRUE(room.empty());
  EXPECT_EQ(published(""), "");
}

TEST(PublishedText, HasAtMostTheOctetsOfItsSyntax) {
  EXPECT_EQ(published(std::string(255, 'x')), std::string(255, 'x'));
  EXPECT_EQ(published(std::string(256, 'x')), std::string(255, 'x'));
  EXPECT_EQ(published(std::string(64, 'x'), kDisplayString64), std::string(64, 'x'));
  EXPECT_EQ(published(std::string(65, 'x'), kDisplayString64), std::string(64, 'x'));
  EXPECT_EQ(published(std::string(300, '\xff')), std::string(255, '?'));
}

TEST(PublishedText, IsCutBetweenTwoCharacters) {
  EXPECT_EQ(published(repeated("ü", 33), kDisplayString64), repeated("ü", 32));
  EXPECT_EQ(published("x" + repeated("ü", 33), kDisplayString64), "x" + repeated("ü", 31));
  EXPECT_EQ(published("xx" + repeated("→", 22), kDisplayString64), "xx" + repeated("→", 20));
  EXPECT_EQ(published("x" + repeated("🚂", 64)), "x" + repeated("🚂", 63));
}

TEST(PublishedText, ShowsEachOctetThatIsNotUtf8AsAQuestionMark) {
  EXPECT_EQ(published("Z\xfcrich"), "Z?rich");
  EXPECT_EQ(published("\xc3"), "?");                 // the second octet is missing
  EXPECT_EQ(published("\xc3x"), "?x");               // it is another character
  EXPECT_EQ(published("\x80\xbf"), "??");            // no first octet
  EXPECT_EQ(published("\xc0\xaf"), "??");            // overlong
  EXPECT_EQ(published("\xe0\x9f\xbf"), "???");       // overlong
  EXPECT_EQ(published("\xed\xa0\x80"), "???");       // a surrogate
  EXPECT_EQ(published("\xf4\x90\x80\x80"), "????");  // above U+10FFFF
  EXPECT_EQ(published("\xe2\x82"), "??");
  EXPECT_EQ(published(std::string("a\0b", 3)), std::string("a\0b", 3));
}

TEST(PublishedText, LeavesOctetsThatAreNoTextAlone) {
  EXPECT_EQ(published("\x00\x15\x5d\xff", kOctetString), "\x00\x15\x5d\xff");
  EXPECT_EQ(published(std::string(300, '\xff'), kOctetString), std::string(300, '\xff'));
}

TEST(IsUtf8, AgreesWithWhatIsPublished) {
  for (const std::string_view text : {"", "lan0", "Zürich", "→", "🚂"}) {
    EXPECT_TRUE(isUtf8(text)) << text;
  }
  for (const std::string_view text : {"\xfc", "a\xc3", "\xed\xa0\x80"}) EXPECT_FALSE(isUtf8(text));
}

// A name, a description or an alias comes from outside: from the kernel, a driver, a report.
TEST(Columns, OfWhatPeopleReadAreText) {
  const std::vector<std::string_view> octets = {"ifPhysAddress",       "ifMauTypeListBits",
                                                "ifRcvAddressAddress", "hvnetAdapterInstance",
                                                "hvnetVmbusClass",     "hvnetVmbusInstance"};
  const Mib mib;
  for (const Subtree& subtree : mib.subtrees()) {
    for (const Column& column : subtree.table->columns) {
      if (column.syntax != kOctetString) continue;
      EXPECT_NE(std::ranges::find(octets, column.name), octets.end()) << column.name;
    }
  }
}

}  // namespace
}  // namespace hvnet
