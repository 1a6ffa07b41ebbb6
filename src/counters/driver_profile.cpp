#include "counters/driver_profile.h"

#include <algorithm>
#include <array>

namespace hvnet {
namespace {

constexpr std::array kProfiles = {
    DriverProfile{"hvnet", "hvnet", "Hyper-V", true},
    DriverProfile{"hv_netvsc", "hv_netvsc", "Hyper-V", true},
    DriverProfile{"virtio_net", "virtio_net", "KVM", false},
    DriverProfile{"vmxnet3", "vmxnet3", "VMware", false},
    // The module is xen_netfront; its driver calls itself vif.
    DriverProfile{"xen_netfront", "vif", "Xen", false},
    DriverProfile{"nominal", "", "Virtual", false},
};

template <class Member>
const DriverProfile* findBy(Member member, std::string_view value) {
  const auto* found = std::ranges::find(kProfiles, value, member);
  return found == kProfiles.end() ? nullptr : found;
}

}  // namespace

std::span<const DriverProfile> driverProfiles() {
  return kProfiles;
}

const DriverProfile* findProfile(std::string_view name) {
  return findBy(&DriverProfile::name, name);
}

const DriverProfile* profileOfDriver(std::string_view bound_name) {
  return bound_name.empty() ? nullptr : findBy(&DriverProfile::bound_name, bound_name);
}

const DriverProfile& nominalProfile() {
  return kProfiles.back();
}

}  // namespace hvnet
