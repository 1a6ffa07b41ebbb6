#include "ifmap/identity.h"

#include <gtest/gtest.h>

namespace hvnet {
namespace {

Candidate adapter() {
  Candidate one;
  one.adapter = true;
  one.mac = HwAddress{0x52, 0x54, 0, 0x12, 0x34, 0x10};
  one.guid = Guid{{0x6f, 0x1d}};
  one.kind = "device";
  one.name = "eth0";
  return one;
}

TEST(Identity, OfAnAdapterIsItsInstanceGuidWhenItHasOne) {
  const Candidate one = adapter();
  EXPECT_EQ(identityOf(one), Identity(GuidIdentity{*one.guid}));
}

TEST(Identity, OfAnAdapterWithoutGuidIsItsMac) {
  Candidate one = adapter();
  one.guid.reset();
  EXPECT_EQ(identityOf(one), Identity(MacIdentity{one.mac}));
}

TEST(Identity, OfAnAdapterWithNeitherIsItsKindAndName) {
  Candidate one = adapter();
  one.guid.reset();
  one.mac.clear();
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"device", "eth0"}));
}

TEST(Identity, OfAnythingElseIsItsKindAndNameWhateverItsMac) {
  Candidate one = adapter();
  one.adapter = false;
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"device", "eth0"}));
}

// With other drivers loaded first, the kernel gives the names the other way round.
TEST(Identity, OfAPartOfAFailoverAdapterIsItsRoleAndMacWhateverItsName) {
  Candidate one = adapter();
  one.adapter = false;
  one.guid.reset();
  one.failover_role = FailoverRole::kStandby;
  Candidate other = one;
  other.name = "eth1";
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"standby", "52:54:00:12:34:10"}));
  EXPECT_TRUE(isKnownAs(identityOf(one), other));
  other.failover_role = FailoverRole::kPrimary;
  EXPECT_EQ(identityOf(other), Identity(NameIdentity{"primary", "52:54:00:12:34:10"}));
  EXPECT_FALSE(isKnownAs(identityOf(one), other));
  one.mac.clear();
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"device", "eth0"}));
  EXPECT_TRUE(isKnownAs(identityOf(one), one));
}

TEST(Identity, DoesNotTrustAMacOfZeroes) {
  Candidate one = adapter();
  one.guid.reset();
  one.mac = HwAddress(6, 0);
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"device", "eth0"}));
  EXPECT_TRUE(tellingMac(one).empty());
}

TEST(Identity, CutsANameThatNoLineOfTheMapCouldHold) {
  Candidate one = adapter();
  one.adapter = false;
  one.name = std::string(5000, 'x');
  EXPECT_EQ(identityOf(one), Identity(NameIdentity{"device", std::string(kLongestName, 'x')}));
  EXPECT_TRUE(isKnownAs(identityOf(one), one));
}

TEST(Identity, IsKnownAsAgreesWithIdentityOf) {
  Candidate other = adapter();
  other.name = "eth1";
  other.mac.back() = 0x11;
  other.guid->octets.back() = 1;
  for (const bool with_guid : {true, false}) {
    for (const bool with_mac : {true, false}) {
      for (const bool is_adapter : {true, false}) {
        Candidate one = adapter();
        Candidate two = other;
        one.adapter = two.adapter = is_adapter;
        if (!with_guid) one.guid = two.guid = std::nullopt;
        if (!with_mac) one.mac = two.mac = {};
        EXPECT_TRUE(isKnownAs(identityOf(one), one));
        EXPECT_FALSE(isKnownAs(identityOf(one), two));
        EXPECT_FALSE(isKnownAs(RetiredIdentity{}, one));
      }
    }
  }
}

TEST(Identity, ReadsWellInMessages) {
  EXPECT_EQ(toText(Identity(GuidIdentity{*adapter().guid})),
            "guid 6f1d0000-0000-0000-0000-000000000000");
  EXPECT_EQ(toText(Identity(MacIdentity{adapter().mac})), "mac 52:54:00:12:34:10");
  EXPECT_EQ(toText(Identity(NameIdentity{"veth", "lan0"})), "veth lan0");
  EXPECT_EQ(toText(Identity(NameIdentity{"", "a\nb"})), "% a%0ab");
  EXPECT_EQ(toText(Identity(RetiredIdentity{})), "nobody");
}

TEST(Identity, OfDifferentSortsOrOctetsCompareUnequal) {
  EXPECT_LT(Identity(MacIdentity{HwAddress{1}}), Identity(MacIdentity{HwAddress{1, 2}}));
  EXPECT_NE(Identity(MacIdentity{HwAddress{1}}), Identity(MacIdentity{HwAddress{2}}));
  EXPECT_NE(Identity(RetiredIdentity{}), Identity(NameIdentity{}));
}

}  // namespace
}  // namespace hvnet
