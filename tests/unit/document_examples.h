// The code in a document, held against a source or a test that has it.
//
// Threads: any.
// Ownership: everything returned is a value.
// Errors: a file that cannot be read has no text, so that the test that looks for some fails.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace hvnet::test {

inline std::string textOf(const std::string& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

// What stands between "```cpp" (or another language) and "```", block by block; parts with an empty
// line between them are blocks of their own, so that a test may put them into different places.
inline std::vector<std::string> examplesOf(const std::string& document,
                                           const std::string& language = "cpp") {
  std::vector<std::string> blocks;
  std::istringstream lines(textOf(document));
  std::string block;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    const bool fence = line.starts_with("```");
    if ((fence || line.empty()) && !block.empty()) blocks.push_back(std::exchange(block, {}));
    if (fence) inside = line == "```" + language;
    if (inside && !fence && !line.empty()) block += line + "\n";
  }
  return blocks;
}

}  // namespace hvnet::test
