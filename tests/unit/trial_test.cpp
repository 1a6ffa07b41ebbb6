#include "trial.h"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <string>
#include <thread>

namespace hvnet {
namespace {

using std::chrono::milliseconds;

Result<Trial> shell(const std::string& script) {
  return Trial::start("/bin/sh", {"sh", "-c", script});
}

int statusOf(Trial& trial) {
  auto status = trial.exitStatus();
  for (; !status; status = trial.exitStatus()) std::this_thread::sleep_for(milliseconds(5));
  return *status;
}

TEST(Trial, TellsTheExitStatusOnceItHasEnded) {
  for (const int code : {0, 1, 7}) {
    auto trial = shell("exit " + std::to_string(code));
    ASSERT_TRUE(trial);
    EXPECT_EQ(statusOf(*trial), code);
    EXPECT_EQ(trial->exitStatus(), code);
  }
}

TEST(Trial, DoesNotWaitForWhatGoesOn) {
  const auto before = std::chrono::steady_clock::now();
  {
    auto trial = shell("exec sleep 60");
    ASSERT_TRUE(trial);
    EXPECT_EQ(trial->exitStatus(), std::nullopt);
  }
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(30));
}

TEST(Trial, CanBeKilled) {
  auto trial = shell("exec sleep 60");
  ASSERT_TRUE(trial);
  trial->kill();
  EXPECT_EQ(statusOf(*trial), -1);
}

TEST(Trial, SaysWhatCannotBeStarted) {
  const auto trial = Trial::start("/nonexistent/program", {"program"});
  ASSERT_FALSE(trial);
  EXPECT_EQ(trial.error().text, "/nonexistent/program: No such file or directory");
}

TEST(Trial, HearsSignalsThatThisProcessHasBlocked) {
  sigset_t signals;
  sigset_t before;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  ASSERT_EQ(::pthread_sigmask(SIG_BLOCK, &signals, &before), 0);
  auto trial = shell("kill -TERM $$; sleep 60");
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(trial);
  EXPECT_EQ(statusOf(*trial), -1);
}

}  // namespace
}  // namespace hvnet
