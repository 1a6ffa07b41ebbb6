#include "counters/driver_profile.h"

#include <algorithm>

namespace hvnet {
namespace {

using Names = std::string_view[];
using Told = OwnDrops::Told;
using Multicast = DriverProfile::Multicast;

constexpr OwnDrops kDropsNothing = {.told = Told::kNone};

constexpr OwnDrops dropsByName(std::span<const StatNames> names) {
  return {.told = Told::kByName, .names = names};
}

// --- Hyper-V, Azure ------------------------------------------------------------------------------

// netvsc_get_stats64() never sets rx_dropped. These are no losses: tx_scattered, tx_busy,
// tx_send_full, rx_comp_busy, stop_queue, wake_queue count what was retried or done in another way.
// vf_tx_dropped is in tx_dropped, and a discard: the VF's queue has refused the frame.
constexpr Names kNetvscRxDrops = {"rx_no_memory"};
constexpr Names kNetvscTxLosses = {"tx_no_memory", "tx_no_space", "tx_too_big", "vlan_error"};
// The totals are these and those of the channels.
constexpr Names kNetvscVfRxPackets = {"vf_rx_packets"};
constexpr Names kNetvscVfRxOctets = {"vf_rx_bytes"};
constexpr Names kNetvscVfTxPackets = {"vf_tx_packets"};
constexpr Names kNetvscVfTxOctets = {"vf_tx_bytes"};

// mana_get_stats64(). From Linux 6.19 on (and in some stable kernels) rx_missed_errors has
// hc_rx_discards_no_wqe. No losses of this adapter: hc_*_phy (the host's port), tx_cq_err (the same
// frames as hc_tx_err_*), rx_N_xdp_drop.
constexpr Names kManaRxDrops = {"hc_rx_err_vport_disabled"};
constexpr Names kManaRxDropsUnlessMissed = {"hc_rx_discards_no_wqe"};
constexpr Names kManaRxErrors = {"rx_coalesced_err"};
constexpr Names kManaTxErrors = {
    "hc_tx_err_gf_disabled",
    "hc_tx_err_vport_disabled",
    "hc_tx_err_inval_vportoffset_pkt",
    "hc_tx_err_vlan_enforcement",
    "hc_tx_err_eth_type_enforcement",
    "hc_tx_err_sa_enforcement",
    "hc_tx_err_sqpdid_enforcement",
    "hc_tx_err_cqpdid_enforcement",
    "hc_tx_err_mtu_violation",
    "hc_tx_err_inval_oob",
    "hc_tx_err_gdma",
};
constexpr Names kManaTxLosses = {"tx_#_mana_map_err"};

// mlx5e_get_stats(). rx_out_of_buffer is in rx_dropped up to Linux 6.9, in rx_missed_errors from
// 6.10 on. A port (not a VF) has rx_discards_phy, which is in rx_dropped from 6.14 on only. No
// losses: rx_steer_missed_packets (no flow wanted them), rx_buff_alloc_err (tried again).
constexpr Names kMlx5UnlessMissed = {"rx_out_of_buffer"};
constexpr Names kMlx5PortOnly = {"rx_discards_phy"};
constexpr Names kMlx5RxErrors = {"rx_wqe_err", "rx_oversize_pkts_sw_drop"};
constexpr Names kMlx5TxErrors = {"tx_cqe_err"};
constexpr Names kMlx5TxLosses = {"tx_queue_dropped"};

// mlx4_en_get_stats64(): what a VF is told of its port is all zeros (mlx4_DUMP_ETH_STATS_wrapper()
// in port.c), so it cannot know of an overrun.
constexpr Names kMlx4TxLosses = {"tx_dropped"};

// --- KVM -----------------------------------------------------------------------------------------

// virtnet_stats() sums the queues' drops up to rx_dropped, and never sets rx_errors: a bad header
// is in rx_frame_errors, a frame that is too short in rx_length_errors. The names changed in 6.10,
// where rx_drops is the sum of the lines of the queues. What the host's device counts as dropped by
// the hardware (virtnet_fill_stats_qstat()) is not among them.
constexpr Names kVirtioDrops = {"rx_queue_#_drops"};
constexpr Names kVirtioDrops610 = {"rx_drops"};
constexpr StatNames kVirtioOwn[] = {kVirtioDrops, kVirtioDrops610};
constexpr LinkStats::Count LinkStats::*const kVirtioRxErrors[] = {&LinkStats::rx_length_errors,
                                                                  &LinkStats::rx_frame_errors};

// --- VMware --------------------------------------------------------------------------------------

// vmxnet3_get_stats64(). Each name once for each queue. OOB: out of (guest) buffers. The driver's
// total is what it refused to send; "pkts tx discard" is the device's. No losses: "ring full" (sent
// later), "rx buf alloc fail" (tried again).
constexpr Names kVmxnet3Drops = {"drv dropped rx total"};
constexpr StatNames kVmxnet3Own[] = {kVmxnet3Drops};
constexpr Names kVmxnet3RxDrops = {"pkts rx OOB"};
constexpr Names kVmxnet3TxDiscards = {"pkts tx discard"};
constexpr Names kVmxnet3TxLosses = {"drv dropped tx total"};
constexpr Names kVmxnet3MulticastRx = {"mcast pkts rx"};
constexpr Names kVmxnet3BroadcastRx = {"bcast pkts rx"};
constexpr Names kVmxnet3MulticastTx = {"mcast pkts tx"};
constexpr Names kVmxnet3BroadcastTx = {"bcast pkts tx"};

// --- Amazon, Google ------------------------------------------------------------------------------

// ena_get_stats64() has the device's rx_drops in rx_dropped, and no statistic tells it. A frame
// whose buffer could not be made is in no counter (ena_clean_rx_irq()). *_allowance_exceeded is
// what was queued or dropped, and no loss that is certain.
constexpr Names kEnaRxDrops = {"queue_#_rx_skb_alloc_fail"};
constexpr Names kEnaTxErrors = {"queue_#_tx_dma_mapping_err", "queue_#_tx_linearize_failed",
                                "queue_#_tx_prepare_ctx_err"};

// gve_get_stats() has packets and octets only. rx_dropped of `ethtool -S` is a sum that is another
// one in each version: its parts are named. rx_queue_drop_cnt is the device's.
constexpr Names kGveRxDrops = {"rx_skb_alloc_fail", "rx_desc_err_dropped_pkt",
                               "rx_queue_drop_cnt[#]"};
constexpr Names kGveTxErrors = {"tx_dropped"};

// idpf_send_get_stats_msg(): rx_dropped has the device's discards, which no statistic tells.
constexpr Names kIdpfRxErrors = {"rx-bad_descs"};
constexpr Names kIdpfTxErrors = {"tx-skb_drops", "tx-dma_map_errs"};

// --- VFs of Intel and Broadcom -------------------------------------------------------------------

// iavf_virtchnl_completion(): the numbers are the port's, and rx_discards is its rx_dropped.
constexpr Names kIavfDrops = {"rx_discards"};
constexpr StatNames kIavfOwn[] = {kIavfDrops};
constexpr Names kIavfMulticastRx = {"rx_multicast"};
constexpr Names kIavfBroadcastRx = {"rx_broadcast"};
constexpr Names kIavfMulticastTx = {"tx_multicast"};
constexpr Names kIavfBroadcastTx = {"tx_broadcast"};

// bnxt_get_ring_stats(): [N]: rx_discards is in rx_missed_errors, [N]: tx_errors in tx_dropped. The
// totals have what was before the last reset too; Linux 6.1 calls them by another name and does not
// tell all that is in rx_dropped.
constexpr Names kBnxtDrops = {"rx_total_oom_discards", "rx_total_netpoll_discards"};
constexpr StatNames kBnxtOwn[] = {kBnxtDrops};
constexpr Names kBnxtRxErrors = {"[#]: rx_errors"};
constexpr Names kBnxtTxDiscards = {"tx_total_ring_discards", "tx_total_discard_pkts"};
constexpr Names kBnxtTxLosses = {"[#]: tx_errors"};

constexpr std::array kProfiles = {
    DriverProfile{.name = "hvnet",
                  .bound_name = "hvnet",
                  .hypervisor = "Hyper-V",
                  .source = "",
                  .fixed_1000base_t = true,
                  .always_promiscuous = true,
                  .max_mtu = 1500,
                  .vlan = false},
    DriverProfile{
        .name = "hv_netvsc",
        .bound_name = "hv_netvsc",
        .hypervisor = "Hyper-V",
        .source = "hyperv/netvsc_drv.c",
        .fixed_1000base_t = true,
        .has_vf = true,
        .multicast = Multicast::kWithBroadcast,
        .own_drops = kDropsNothing,
        .hidden_rx = {.drops = kNetvscRxDrops},
        .tx_losses = kNetvscTxLosses,
        .vf = {kNetvscVfRxPackets, kNetvscVfRxOctets, kNetvscVfTxPackets, kNetvscVfTxOctets}},
    DriverProfile{.name = "virtio_net",
                  .bound_name = "virtio_net",
                  .hypervisor = "KVM",
                  .source = "virtio_net.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .rx_error_parts = kVirtioRxErrors,
                  .own_drops = dropsByName(kVirtioOwn),
                  .hidden_hardware_losses = true},
    // net_failover_get_stats() adds up what its lower devices count.
    DriverProfile{.name = "net_failover",
                  .bound_name = "net_failover",
                  .hypervisor = "KVM",
                  .source = "net_failover.c",
                  .fixed_1000base_t = false,
                  .has_vf = true,
                  .multicast = Multicast::kNotCounted,
                  .drops_of_its_parts = true},
    DriverProfile{.name = "vmxnet3",
                  .bound_name = "vmxnet3",
                  .hypervisor = "VMware",
                  .source = "vmxnet3/vmxnet3_ethtool.c",
                  .fixed_1000base_t = false,
                  .own_drops = dropsByName(kVmxnet3Own),
                  .hidden_rx = {.drops = kVmxnet3RxDrops},
                  .hidden_tx = {.discards = kVmxnet3TxDiscards},
                  .tx_losses = kVmxnet3TxLosses,
                  .in = {kVmxnet3MulticastRx, kVmxnet3BroadcastRx},
                  .out = {kVmxnet3MulticastTx, kVmxnet3BroadcastTx}},
    // The module is xen_netfront; its driver calls itself vif.
    DriverProfile{.name = "xen_netfront",
                  .bound_name = "vif",
                  .hypervisor = "Xen",
                  .source = "xen-netfront.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .own_drops = kDropsNothing},
    DriverProfile{.name = "ena",
                  .bound_name = "ena",
                  .hypervisor = "AWS",
                  .source = "ethernet/amazon/ena/ena_netdev.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .hidden_rx = {.drops = kEnaRxDrops},
                  .hidden_tx = {.errors = kEnaTxErrors}},
    DriverProfile{.name = "gve",
                  .bound_name = "gve",
                  .hypervisor = "Google",
                  .source = "ethernet/google/gve/gve_main.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .own_drops = kDropsNothing,
                  .hidden_rx = {.drops = kGveRxDrops},
                  .hidden_tx = {.errors = kGveTxErrors}},
    // As gve calls itself up to Linux 6.4.
    DriverProfile{.name = "gvnic",
                  .bound_name = "gvnic",
                  .hypervisor = "Google",
                  .source = "ethernet/google/gve/gve_main.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .own_drops = kDropsNothing,
                  .hidden_rx = {.drops = kGveRxDrops},
                  .hidden_tx = {.errors = kGveTxErrors}},
    DriverProfile{.name = "mana",
                  .bound_name = "mana",
                  .hypervisor = "Azure",
                  .source = "ethernet/microsoft/mana/mana_en.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .hidden_rx = {.drops = kManaRxDrops,
                                .drops_unless_missed = kManaRxDropsUnlessMissed,
                                .errors = kManaRxErrors},
                  .hidden_tx = {.errors = kManaTxErrors},
                  .tx_losses = kManaTxLosses},
    DriverProfile{.name = "mlx5_core",
                  .bound_name = "mlx5_core",
                  .hypervisor = "Virtual",
                  .source = "ethernet/mellanox/mlx5/core/en_main.c",
                  .fixed_1000base_t = false,
                  .own_drops = {.told = Told::kNone,
                                .unless_missed = kMlx5UnlessMissed,
                                .not_told_with = kMlx5PortOnly},
                  .hidden_rx = {.errors = kMlx5RxErrors},
                  .hidden_tx = {.errors = kMlx5TxErrors},
                  .tx_losses = kMlx5TxLosses},
    // The module is mlx4_en; its device is bound to mlx4_core.
    DriverProfile{.name = "mlx4_en",
                  .bound_name = "mlx4_core",
                  .hypervisor = "Virtual",
                  .source = "ethernet/mellanox/mlx4/en_netdev.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .knows_drops = false,
                  .own_drops = kDropsNothing,
                  .tx_losses = kMlx4TxLosses},
    DriverProfile{.name = "iavf",
                  .bound_name = "iavf",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/iavf/iavf_virtchnl.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .own_drops = dropsByName(kIavfOwn),
                  .in = {kIavfMulticastRx, kIavfBroadcastRx},
                  .out = {kIavfMulticastTx, kIavfBroadcastTx}},
    // ixgbevf_get_stats() and igbvf_update_stats(): a VF has no register that counts an overrun.
    DriverProfile{.name = "ixgbevf",
                  .bound_name = "ixgbevf",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/ixgbevf/ixgbevf_main.c",
                  .fixed_1000base_t = false,
                  .knows_drops = false,
                  .own_drops = kDropsNothing},
    DriverProfile{.name = "igbvf",
                  .bound_name = "igbvf",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/igbvf/netdev.c",
                  .fixed_1000base_t = false,
                  .knows_drops = false,
                  .own_drops = kDropsNothing},
    DriverProfile{.name = "idpf",
                  .bound_name = "idpf",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/idpf/idpf_virtchnl.c",
                  .fixed_1000base_t = false,
                  .multicast = Multicast::kNotCounted,
                  .hidden_rx = {.errors = kIdpfRxErrors},
                  .hidden_tx = {.errors = kIdpfTxErrors}},
    DriverProfile{.name = "bnxt_en",
                  .bound_name = "bnxt_en",
                  .hypervisor = "Virtual",
                  .source = "ethernet/broadcom/bnxt/bnxt.c",
                  .fixed_1000base_t = false,
                  .own_drops = dropsByName(kBnxtOwn),
                  .hidden_rx = {.errors = kBnxtRxErrors},
                  .hidden_tx = {.discards = kBnxtTxDiscards},
                  .tx_losses = kBnxtTxLosses},
    // e1000_update_stats() and e1000e_get_stats64(): overruns are in rx_missed_errors.
    // rx_no_buffer_count is no loss: the frame waits in the device.
    DriverProfile{.name = "e1000",
                  .bound_name = "e1000",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/e1000/e1000_main.c",
                  .fixed_1000base_t = false,
                  .own_drops = kDropsNothing},
    DriverProfile{.name = "e1000e",
                  .bound_name = "e1000e",
                  .hypervisor = "Virtual",
                  .source = "ethernet/intel/e1000e/netdev.c",
                  .fixed_1000base_t = false,
                  .own_drops = kDropsNothing},
    DriverProfile{.name = "nominal",
                  .bound_name = "",
                  .hypervisor = "Virtual",
                  .source = "",
                  .fixed_1000base_t = false},
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

const DriverProfile& failoverProfile() {
  return *findProfile("net_failover");
}

}  // namespace hvnet
