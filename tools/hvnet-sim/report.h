// Writes the simulated router as an hvnet report (docs/hvnet-report.md) into a file.
//
// Threads: any; writing blocks on the disk. Ownership: returns values; cutInTheMiddle() returns a
// view of its argument. Errors: a Result that names the file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hvnet-sim/world.h"

namespace hvnet::sim {

// Formats the report. `generated_ms`: wall-clock milliseconds since 1970.
std::string formatReport(const World& world, std::int64_t generated_ms);
// Cuts the report within a line: the result of a writer that crashed, or does not use rename.
std::string_view cutInTheMiddle(std::string_view report);

// Writes to `file`.new and renames it, so that no reader gets a part of it. Does not fsync, because
// a report has no value after a crash.
Result<void> writeWhole(const std::filesystem::path& file, std::string_view report);
// Overwrites the file itself.
Result<void> writeInPlace(const std::filesystem::path& file, std::string_view text);

}  // namespace hvnet::sim
