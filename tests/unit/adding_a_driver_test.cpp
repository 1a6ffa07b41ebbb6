// docs/adding-a-driver.md, held against the product that it speaks of.
#include <gtest/gtest.h>

#include "counters/driver_profile.h"
#include "document_examples.h"

namespace hvnet {
namespace {

TEST(AddingADriver, HasItsExamplesFromTheTableOfDriversAndFromTheTestsThatItNames) {
  constexpr const char* kDocument = HVNET_TESTS "/../docs/adding-a-driver.md";
  const std::string document = test::textOf(kDocument);
  std::string sources = test::textOf(HVNET_TESTS "/../src/counters/driver_profile.cpp");
  for (const char* name :
       {"unit/driver_stats_test.cpp", "unit/counter_sums_test.cpp", "unit/linux_source_test.cpp",
        "unit/queue_stats_test.cpp", "netns/drivers_test.py"}) {
    EXPECT_NE(document.find("`tests/" + std::string(name) + "`"), std::string::npos) << name;
    sources += test::textOf(HVNET_TESTS "/" + std::string(name));
  }
  auto examples = test::examplesOf(kDocument);
  EXPECT_EQ(examples.size(), 7U);
  const auto python = test::examplesOf(kDocument, "python");
  EXPECT_EQ(python.size(), 1U);
  examples.insert(examples.end(), python.begin(), python.end());
  for (const std::string& example : examples) {
    EXPECT_NE(sources.find(example), std::string::npos) << example;
  }
}

TEST(AddingADriver, NamesTheFieldsThatARowHas) {
  const std::string document = test::textOf(HVNET_TESTS "/../docs/adding-a-driver.md");
  const std::string header = test::textOf(HVNET_TESTS "/../src/counters/driver_profile.h");
  for (const char* field : {"own_drops", "hidden_rx", "hidden_tx", "tx_losses", "knows_drops",
                            "rx_error_parts", "has_vf", "multicast", "source"}) {
    EXPECT_NE(document.find("`" + std::string(field) + "`"), std::string::npos) << field;
    EXPECT_NE(header.find(" " + std::string(field)), std::string::npos) << field;
  }
}

}  // namespace
}  // namespace hvnet
