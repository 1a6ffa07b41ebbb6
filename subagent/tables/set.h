// One SET of any number of variables, all or nothing: first every variable is added and may be
// refused, then the result as a whole is looked at. RFC 3416 §4.2.5 has the order of checks.
//
// Threads: any; pure.
// Ownership: a request is a value, and shares the settings and the snapshot that it began with.
// Errors: why a variable is refused is a Refusal.
#pragma once

#include <optional>

#include "snapshot/settings.h"
#include "tables/setters.h"
#include "tables/table.h"

namespace hvnet {

class SetRequest {
 public:
  // Begins with what was SET before, and the rows there are.
  SetRequest(SettingsPtr before, SnapshotPtr snapshot);

  // Adds one variable; empty when it is right by itself. A value of a type that no column here
  // has is an empty one.
  std::optional<Refusal> add(const Table& table, OidView name, const std::optional<Value>& value);
  // Whether a variable agrees with all others; after every one of its table was added.
  [[nodiscard]] std::optional<Refusal> review(const Table& table, OidView name) const;

  [[nodiscard]] const SettingsPtr& before() const { return before_; }
  // What was SET before, and this.
  [[nodiscard]] const Settings& after() const { return after_; }

 private:
  SettingsPtr before_;
  SnapshotPtr snapshot_;
  Settings after_;
};

}  // namespace hvnet
