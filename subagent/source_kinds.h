// What `--source` can name: one row for each kind of source. Another source is a folder under
// src/sources and one row here (docs/adding-a-source.md).
//
// Threads: main thread, before there is another.
// Ownership: the rows are constants; who opens a source owns it.
// Errors: values, with what an operator can do about them.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/log.h"
#include "base/result.h"
#include "config.h"
#include "sources/source.h"

namespace hvnet {

struct SourceKind {
  std::string_view word;      // the first word of `--source`
  std::string_view argument;  // what follows it after a colon, as --help calls it; empty: nothing
  // `--check` reads it once, because what it reads is written by somebody else and may be wrong.
  bool checked;
  // `argument` is empty for a kind without one. May block on the disk and the kernel.
  Result<std::unique_ptr<Source>> (*open)(const std::string& argument, const Config& config,
                                          Log& log);
};

// The first row is the one without `--source`.
std::span<const SourceKind> sourceKinds();
// All kinds as one writes them, with `between` in between: "linux|report:FILE".
std::string sourceForms(std::string_view between);

// One kind with its argument.
struct SourceChoice {
  const SourceKind* kind = &sourceKinds().front();  // a row; never null
  std::string argument{};

  bool operator==(const SourceChoice&) const = default;
};
// "linux", "report:/run/hvnet/report"; nothing for anything else.
std::optional<SourceChoice> parseSourceChoice(std::string_view word);

}  // namespace hvnet
