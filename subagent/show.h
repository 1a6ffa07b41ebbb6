// What would be published, for a person and for a program.
//
// Threads: any; pure.
// Ownership: the texts are values.
// Errors: none.
#pragma once

#include <string>

#include "snapshot/snapshot.h"

namespace hvnet {

// `before` and `now` are two snapshots of one sampler; rates are taken between them.
std::string showTable(const Snapshot& before, const Snapshot& now);
std::string showJson(const Snapshot& before, const Snapshot& now);
// In a few words: "3 interfaces, source linux ok".
std::string showStatus(const Snapshot& now);

}  // namespace hvnet
