// What the per-CPU backlogs of the network stack have dropped for want of room: the second column
// of /proc/net/softnet_stat (softnet_seq_show() in net/core/net-procfs.c). It counts for the whole
// machine, all network namespaces included.
//
// The file has one line for each CPU that is online, so a line comes and goes with its CPU, and its
// numbers have 32 bits. The column with the CPU's number came with Linux 5.10; without it, lines
// are told apart by their place.
//
// Threads: one owner. Ownership: values. Errors: a text that is not such a file is an empty
// optional. Units: frames.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>

#include "counters/accumulator.h"

namespace hvnet {

class SoftnetDrops {
 public:
  // All drops so far, those before the first call included; never less than before.
  std::optional<std::uint64_t> update(std::string_view text);

 private:
  std::map<std::uint32_t, Accumulator> cpus_;
};

}  // namespace hvnet
