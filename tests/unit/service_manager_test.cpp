#include "service_manager.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "base/unique_fd.h"

namespace hvnet {
namespace {

using std::chrono::milliseconds;

// The manager's end: an abstract datagram socket, and what it puts into our environment.
class ServiceManagerTest : public testing::Test {
 protected:
  ServiceManagerTest() {
    const std::string name = "hvnet-service-manager-test-" + std::to_string(::getpid());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  ~ServiceManagerTest() override {
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  // Empty when nothing was said.
  std::string heard() {
    std::array<char, 512> text{};
    const auto size = ::recv(socket_.get(), text.data(), text.size(), MSG_DONTWAIT);
    return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : std::string();
  }

  UniqueFd socket_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
};

TEST_F(ServiceManagerTest, HearsThatWeAreReadyAndHow) {
  ServiceManager manager;
  manager.ready("3 interfaces");
  EXPECT_EQ(heard(), "READY=1\nSTATUS=3 interfaces");
}

TEST_F(ServiceManagerTest, HearsOfAStatusOnlyWhenItHasChanged) {
  ServiceManager manager;
  manager.ready("3 interfaces");
  heard();
  manager.report("3 interfaces", true);
  EXPECT_EQ(heard(), "");
  manager.report("4 interfaces", true);
  EXPECT_EQ(heard(), "STATUS=4 interfaces");
}

TEST_F(ServiceManagerTest, FeedsAWatchdogTwiceInItsPeriod) {
  ::setenv("WATCHDOG_USEC", "20000000", 1);
  ServiceManager manager;
  EXPECT_EQ(manager.reportInterval(), milliseconds(10'000));
  manager.ready("well");
  heard();
  manager.report("well", true);
  EXPECT_EQ(heard(), "WATCHDOG=1\n");
}

TEST_F(ServiceManagerTest, DoesNotFeedTheWatchdogForWhatIsNotAlive) {
  ::setenv("WATCHDOG_USEC", "20000000", 1);
  ServiceManager manager;
  manager.report("stuck", false);
  EXPECT_EQ(heard(), "STATUS=stuck");
  manager.report("stuck", false);
  EXPECT_EQ(heard(), "");
}

TEST_F(ServiceManagerTest, IsNotFedForAnotherProcess) {
  ::setenv("WATCHDOG_USEC", "20000000", 1);
  ::setenv("WATCHDOG_PID", "1", 1);
  ServiceManager manager;
  manager.report("well", true);
  EXPECT_EQ(heard(), "STATUS=well");
}

TEST_F(ServiceManagerTest, HearsThatWeStop) {
  ServiceManager manager;
  manager.stopping();
  EXPECT_TRUE(heard().starts_with("STOPPING=1\n"));
}

TEST_F(ServiceManagerTest, ThatIsNotThereIsToldNothingAndAsksForNothing) {
  ::unsetenv("NOTIFY_SOCKET");
  ServiceManager manager;
  EXPECT_EQ(manager.reportInterval(), std::nullopt);
  manager.ready("well");
  manager.report("better", true);
  manager.stopping();
  EXPECT_EQ(heard(), "");
}

}  // namespace
}  // namespace hvnet
