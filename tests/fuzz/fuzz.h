// What every fuzz target has: one function that takes any octets, and properties that must hold
// for all of them. The sanitizers see the rest.
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

// Ends the process, so that libFuzzer keeps the input.
inline void mustHold(bool property, const char* what) {
  if (property) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// What the parsers of text files are called with.
inline constexpr std::string_view kFileName = "file.name";

// A refusal says where, then why, in one line.
inline void mustSayWhere(const Error& error) {
  const std::string_view text = error.text;
  mustHold(text.starts_with(kFileName), "a refusal starts with the file's name");
  mustHold(text.size() > kFileName.size() + 1, "a refusal has a reason");
  mustHold(text.find('\n') == std::string_view::npos, "a refusal is one line");
}

}  // namespace hvnet::fuzz
