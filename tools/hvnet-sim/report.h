// The simulated router as an hvnet report (docs/hvnet-report.md), and the file it stands in.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"
#include "hvnet-sim/world.h"

namespace hvnet::sim {

// Pure. `generated_ms`: wall-clock milliseconds since 1970.
std::string formatReport(const World& world, std::int64_t generated_ms);
// As a writer leaves it that dies, or does not know the rule of the rename: cut within a line.
std::string_view cutInTheMiddle(std::string_view report);

// Nobody ever reads half of it: written to `file`.new beside it and renamed. Not fsynced, for a
// report is of no worth after a crash.
Result<void> writeWhole(const std::filesystem::path& file, std::string_view report);
// Right into the file.
Result<void> writeInPlace(const std::filesystem::path& file, std::string_view text);

}  // namespace hvnet::sim
