// One row of ifTable (and of hvnetAdapterTable, for an adapter) from what the source says of one
// interface and its number.
//
// Threads: any. Ownership: rows are values; a NumberedInterface borrows from the source.
// Errors: none.
#pragma once

#include <string>
#include <vector>

#include "snapshot/alarm_settings.h"
#include "snapshot/interface.h"

namespace hvnet {

enum class Media { kNominal, kDriver };
enum class NameFormat { kKernel, kLan };

// What the configuration says about how things are published.
struct PublishOptions {
  IndexOrder index_order = IndexOrder::kHypervisor;
  Media media = Media::kNominal;
  NameFormat name_format = NameFormat::kKernel;
  std::vector<std::string> exclude;
  AlarmOptions alarms;
};

// What holds for the source as a whole.
struct SourceFacts {
  bool kernel_indexed = true;  // SourceInterface::link.index is a kernel's ifindex
  bool failed = false;         // nobody can say whether the links are still up
};

// An interface that is published, and its number.
struct NumberedInterface {
  const SourceInterface* source = nullptr;
  Assignment number;
};

// RFC 2863 §3.1.14; for adapters the host's network assignment alone decides.
OperStatus operStatus(const Link& link, bool adapter);

// The whole row but for what takes the other rows to know (adapter_facts.h) and its history.
Interface describeRow(const NumberedInterface& numbered, const PublishOptions& options,
                      const SourceFacts& source);

}  // namespace hvnet
