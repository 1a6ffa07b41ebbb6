#include "base/escape.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace hvnet {
namespace {

TEST(Escape, LeavesPlainLettersAndSpellsTheRest) {
  EXPECT_EQ(escapeWord("lan0"), "lan0");
  EXPECT_EQ(escapeWord("to the core, 100%"), "to%20the%20core,%20100%25");
  EXPECT_EQ(escapeWord("\xc3\xa9\n"), "%c3%a9%0a");
  EXPECT_EQ(escapeWord(""), "%");
}

TEST(Escape, LeavesEveryVisibleLetterButThePercentSign) {
  for (int letter = 0; letter < 256; ++letter) {
    const std::string text(1, static_cast<char>(letter));
    const bool plain = letter >= '!' && letter <= '~' && letter != '%';
    EXPECT_EQ(escapeWord(text) == text, plain) << letter;
  }
}

TEST(Escape, GivesBackAnyText) {
  std::mt19937 random(3);
  for (int run = 0; run < 2000; ++run) {
    std::string text;
    for (auto length = random() % 20; length > 0; --length) text += static_cast<char>(random());
    EXPECT_EQ(unescapeWord(escapeWord(text)), text);
  }
}

TEST(Escape, TakesDigitsOfEitherCase) {
  EXPECT_EQ(unescapeWord("a%2Fb%2f"), "a/b/");
}

TEST(Escape, RefusesWhatItCannotHaveWritten) {
  for (const auto* bad : {"", "a b", "%2", "a%", "%%", "%zz", "%-1", "\xc3", "a\tb"}) {
    EXPECT_FALSE(unescapeWord(bad)) << bad;
  }
}

TEST(Escape, QuotesInOneShortLineOfPlainLetters) {
  EXPECT_EQ(quotedWord("a\nb"), "\"a%0ab\"");
  EXPECT_EQ(quotedWord(std::string(40, 'x')), "\"" + std::string(40, 'x') + "\"");
  EXPECT_EQ(quotedWord(""), "\"\"");
  EXPECT_EQ(quotedWord(std::string(41, 'x')), "\"" + std::string(40, 'x') + "...\"");
}

}  // namespace
}  // namespace hvnet
