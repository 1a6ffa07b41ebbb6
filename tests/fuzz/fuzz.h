// Helpers for all fuzz targets. Each target has one function that accepts any octets, and checks
// properties that must hold for all of them. The sanitizers find other faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "base/result.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace hvnet::fuzz {

inline std::string_view asText(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// Aborts the process if the property does not hold, so that libFuzzer keeps the input.
inline void mustHold(bool property, const char* what) {
  if (property) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// The file name that the parsers of text files get.
inline constexpr std::string_view kFileName = "file.name";

// An error has the place and then the reason, in one line.
inline void mustSayWhere(const Error& error) {
  const std::string_view text = error.text;
  mustHold(text.starts_with(kFileName), "a refusal starts with the file's name");
  mustHold(text.size() > kFileName.size() + 1, "a refusal has a reason");
  mustHold(text.find('\n') == std::string_view::npos, "a refusal is one line");
}

}  // namespace hvnet::fuzz
