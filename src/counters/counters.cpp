#include "counters/counters.h"

namespace hvnet {

Counters normalise(const LinkStats& stats) {
  Counters out;
  out.in_packets = stats.rx_packets;
  out.in_errors = stats.rx_errors;
  out.out_packets = stats.tx_packets;
  out.out_errors = stats.tx_errors;
  out.in_octets = stats.rx_bytes;
  out.out_octets = stats.tx_bytes;
  // if_link.h: rx_dropped excludes what the device dropped for want of buffers; that is
  // rx_missed_errors. InDrops is both.
  out.in_drops = stats.rx_dropped + stats.rx_missed_errors;
  out.out_discards = stats.tx_dropped;
  out.in_multicast = stats.multicast;
  return out;
}

}  // namespace hvnet
