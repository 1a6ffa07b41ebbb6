#include "base/words.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace hvnet {
namespace {

TEST(Words, ComeFromLeftToRightWhateverStandsBetweenThem) {
  Words words(" \ta  bc\td ");
  EXPECT_EQ(words.peek(), "a");
  EXPECT_EQ(words.next(), "a");
  EXPECT_EQ(words.next(), "bc");
  EXPECT_FALSE(words.empty());
  EXPECT_EQ(words.next(), "d");
  EXPECT_TRUE(words.empty());
  EXPECT_EQ(words.next(), "");
}

TEST(Words, AcceptTheNextOneOnlyWhenItIsTheWordAskedFor) {
  Words words("end 2");
  EXPECT_FALSE(words.accept("en"));
  EXPECT_FALSE(words.accept("2"));
  EXPECT_TRUE(words.accept("end"));
  EXPECT_EQ(words.next(), "2");
}

TEST(Words, AreNoneInALineOfBlanks) {
  EXPECT_TRUE(Words("").empty());
  EXPECT_TRUE(Words(" \t ").empty());
}

TEST(ParseNumber, TakesWholeWordsThatFitAndNothingElse) {
  EXPECT_EQ(parseNumber<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  EXPECT_EQ(parseNumber<std::uint32_t>("007"), 7U);
  for (const auto* bad : {"", "-1", "+1", "1x", " 1", "0x1", "4294967296"}) {
    EXPECT_FALSE(parseNumber<std::uint32_t>(bad)) << bad;
  }
  EXPECT_EQ(parseNumber<std::int64_t>("-1"), -1);
}

}  // namespace
}  // namespace hvnet
