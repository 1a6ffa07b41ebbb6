// The settings of the drop alarm (`dropAlarm`), and its state. Plain values.
//
// Threads: any. Ownership: values. Errors: none. Units: rates are packets per second.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hvnet {

struct AlarmSettings {
  std::uint32_t rising = 50;
  std::uint32_t falling = 5;
  std::uint32_t ratio = 4;
  std::chrono::seconds window{10};

  bool operator==(const AlarmSettings&) const = default;
};

// Some of the settings; they replace those of a complete AlarmSettings.
struct AlarmOverrides {
  std::optional<std::uint32_t> rising;
  std::optional<std::uint32_t> falling;
  std::optional<std::uint32_t> ratio;
  std::optional<std::chrono::seconds> window;

  [[nodiscard]] AlarmSettings over(const AlarmSettings& settings) const;
};

// `dropAlarm`: the settings for all adapters, and for single adapters by name.
struct AlarmOptions {
  AlarmSettings all;
  std::vector<std::pair<std::string, AlarmOverrides>>
      by_name;  // ifName; the last entry of a name has priority

  [[nodiscard]] AlarmSettings of(std::string_view name) const;
};

enum class AlarmState : std::uint8_t { kQuiet = 1, kRaised = 2 };

}  // namespace hvnet
