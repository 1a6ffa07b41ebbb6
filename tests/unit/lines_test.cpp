#include "base/lines.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace hvnet {
namespace {

using Found = std::vector<std::string>;

// "1:first", "2:second": every line, and the number at the end.
Found read(std::string_view text, bool (Lines::*next)()) {
  Lines lines(text);
  Found out;
  while ((lines.*next)())
    out.push_back(std::to_string(lines.number()) + ":" + std::string(lines.line()));
  out.push_back(std::to_string(lines.number()));
  return out;
}

TEST(Lines, AreGivenOneByOneWithTheirNumbers) {
  EXPECT_EQ(read("a\n\nb\n", &Lines::next), (Found{"1:a", "2:", "3:b", "4"}));
  EXPECT_EQ(read("a\n\nb\n", &Lines::nextWhole), (Found{"1:a", "2:", "3:b", "4"}));
}

TEST(Lines, TakeALastLineWithoutNewlineOnlyWhereItMayBeSo) {
  EXPECT_EQ(read("a\nb", &Lines::next), (Found{"1:a", "2:b", "3"}));
  EXPECT_EQ(read("a\nb", &Lines::nextWhole), (Found{"1:a", "2"}));
}

TEST(Lines, OfAnEmptyTextThereAreNone) {
  EXPECT_EQ(read("", &Lines::next), Found{"1"});
  EXPECT_EQ(read("", &Lines::nextWhole), Found{"1"});
}

TEST(Lines, TellWhatIsBehind) {
  Lines lines("end\nmore");
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.rest(), "more");
}

}  // namespace
}  // namespace hvnet
