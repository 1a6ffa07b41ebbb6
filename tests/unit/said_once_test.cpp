#include "base/said_once.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

using News = SaidOnce::News;

TEST(SaidOnce, SaysATroubleWhenItBeginsAndWhenItIsOver) {
  SaidOnce said;
  EXPECT_EQ(said.update(""), News::kNone);
  EXPECT_EQ(said.update("disk full"), News::kTrouble);
  EXPECT_EQ(said.update("disk full"), News::kNone);
  EXPECT_EQ(said.update(""), News::kOver);
  EXPECT_EQ(said.update(""), News::kNone);
  EXPECT_EQ(said.update("disk full"), News::kTrouble);
}

TEST(SaidOnce, AnotherReasonIsNews) {
  SaidOnce said;
  said.update("disk full");
  EXPECT_EQ(said.update("read-only"), News::kTrouble);
}

}  // namespace
}  // namespace hvnet
