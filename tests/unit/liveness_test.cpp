#include "snapshot/publish/liveness.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <thread>

namespace hvnet {
namespace {

using std::chrono::milliseconds;

const TimePoint kStart{};

TEST(ThreadState, IsTheLetterBehindTheName) {
  EXPECT_EQ(threadState("123 (hvnet-subagent) S 1 123 123 0 -1"), 'S');
}

TEST(ThreadState, IsFoundBehindANameWithBracketsAndBlanks) {
  EXPECT_EQ(threadState("123 (a) R (b) D 1 2 3"), 'D');
}

TEST(ThreadState, OfATextWithoutOneIsAbsent) {
  EXPECT_EQ(threadState(""), std::nullopt);
  EXPECT_EQ(threadState("123 (hvnet"), std::nullopt);
  EXPECT_EQ(threadState("123 (hvnet)"), std::nullopt);
  EXPECT_EQ(threadState("123 (hvnet) "), std::nullopt);
}

TEST(Liveness, LastsAsLongAsIsAllowedAfterTheStart) {
  const Liveness liveness(milliseconds(100), kStart);
  EXPECT_TRUE(liveness.alive(kStart + milliseconds(100)));
  EXPECT_FALSE(liveness.alive(kStart + milliseconds(101)));
}

TEST(Liveness, IsProlongedByEachBeat) {
  Liveness liveness(milliseconds(100), kStart);
  liveness.beat(kStart + milliseconds(90));
  EXPECT_TRUE(liveness.alive(kStart + milliseconds(190)));
}

TEST(Liveness, EndsForAThreadThatRunsAndDoesNotBeat) {
  Liveness liveness(milliseconds(100), kStart);
  liveness.beat(kStart);  // this thread, which now runs and is not held by the kernel
  EXPECT_FALSE(liveness.alive(kStart + milliseconds(101)));
}

// The kernel holds a thread that has cloned with CLONE_VFORK until its child has ended; the child
// ends when `gate` is closed.
pid_t beHeldByTheKernel(const std::array<int, 2>& gate) {
  const auto child = static_cast<pid_t>(::syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0));
  if (child != 0) return child;
  ::close(gate[1]);
  char byte = 0;
  ::_exit(static_cast<int>(::read(gate[0], &byte, 1)));
}

TEST(Liveness, IsNotDeniedToAThreadThatTheKernelHolds) {
  Liveness liveness(milliseconds(100), kStart);
  std::array<int, 2> gate{};
  ASSERT_EQ(::pipe(gate.data()), 0);
  pid_t child = -1;
  std::thread held([&] {
    liveness.beat(kStart);
    child = beHeldByTheKernel(gate);
  });
  const TimePoint deadline = Clock::now() + std::chrono::seconds(20);
  bool alive = false;
  while (!alive && Clock::now() < deadline) alive = liveness.alive(kStart + milliseconds(101));
  ::close(gate[1]);
  held.join();
  ::close(gate[0]);
  EXPECT_TRUE(alive);
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

}  // namespace
}  // namespace hvnet
