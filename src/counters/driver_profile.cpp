#include "counters/driver_profile.h"

#include <algorithm>
#include <array>

namespace hvnet {
namespace {

using Names = std::string_view[];

// drivers/net/hyperv/netvsc_drv.c. These are no losses: tx_scattered, tx_busy, tx_send_full,
// rx_comp_busy, stop_queue, wake_queue count what was retried or done in another way.
constexpr Names kNetvscRxDrops = {"rx_no_memory"};
constexpr Names kNetvscTxLosses = {"tx_no_memory", "tx_no_space", "tx_too_big", "vf_tx_dropped"};

// drivers/net/vmxnet3/vmxnet3_ethtool.c: once for each queue. OOB: out of (guest) buffers.
constexpr Names kVmxnet3RxDrops = {"pkts rx OOB"};
constexpr Names kVmxnet3MulticastRx = {"mcast pkts rx"};
constexpr Names kVmxnet3BroadcastRx = {"bcast pkts rx"};
constexpr Names kVmxnet3MulticastTx = {"mcast pkts tx"};
constexpr Names kVmxnet3BroadcastTx = {"bcast pkts tx"};

constexpr std::array kProfiles = {
    DriverProfile{.name = "hvnet",
                  .bound_name = "hvnet",
                  .hypervisor = "Hyper-V",
                  .fixed_1000base_t = true,
                  .always_promiscuous = true,
                  .max_mtu = 1500,
                  .vlan = false},
    DriverProfile{.name = "hv_netvsc",
                  .bound_name = "hv_netvsc",
                  .hypervisor = "Hyper-V",
                  .fixed_1000base_t = true,
                  .multicast_includes_broadcast = true,
                  .hidden_rx_drops = kNetvscRxDrops,
                  .tx_losses = kNetvscTxLosses},
    DriverProfile{.name = "virtio_net",
                  .bound_name = "virtio_net",
                  .hypervisor = "KVM",
                  .fixed_1000base_t = false},
    DriverProfile{.name = "vmxnet3",
                  .bound_name = "vmxnet3",
                  .hypervisor = "VMware",
                  .fixed_1000base_t = false,
                  .hidden_rx_drops = kVmxnet3RxDrops,
                  .in = {kVmxnet3MulticastRx, kVmxnet3BroadcastRx},
                  .out = {kVmxnet3MulticastTx, kVmxnet3BroadcastTx}},
    // The module is xen_netfront; its driver calls itself vif.
    DriverProfile{.name = "xen_netfront",
                  .bound_name = "vif",
                  .hypervisor = "Xen",
                  .fixed_1000base_t = false},
    DriverProfile{
        .name = "nominal", .bound_name = "", .hypervisor = "Virtual", .fixed_1000base_t = false},
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
