#include "base/log.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/unique_fd.h"

namespace hvnet {
namespace {

// What a log wrote into its descriptor, when all four levels said their names.
std::string written(LogLevel threshold, bool journal) {
  std::array<int, 2> ends{};
  EXPECT_EQ(::pipe(ends.data()), 0);
  const UniqueFd from{ends[0]};
  {
    const UniqueFd to{ends[1]};
    StreamLog log(to.get(), threshold, journal);
    log.error("one");
    log.warning("two");
    log.info("three");
    log.debug("four");
  }
  std::array<char, 4096> text{};
  const auto size = ::read(from.get(), text.data(), text.size());
  return {text.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))};
}

TEST(Log, NamesItsProgramAndTheLevelForAPerson) {
  EXPECT_EQ(written(LogLevel::kDebug, false),
            "hvnet-subagent: error: one\n"
            "hvnet-subagent: warning: two\n"
            "hvnet-subagent: three\n"
            "hvnet-subagent: debug: four\n");
}

// sd-daemon(3): the kernel's priorities.
TEST(Log, GivesTheJournalItsPrefixAndNothingElse) {
  EXPECT_EQ(written(LogLevel::kDebug, true), "<3>one\n<4>two\n<6>three\n<7>four\n");
}

TEST(Log, DropsWhatIsLessSevereThanItsThreshold) {
  EXPECT_EQ(written(LogLevel::kError, true), "<3>one\n");
  EXPECT_EQ(written(LogLevel::kWarning, true), "<3>one\n<4>two\n");
  EXPECT_EQ(written(LogLevel::kInfo, true), "<3>one\n<4>two\n<6>three\n");
}

}  // namespace
}  // namespace hvnet
