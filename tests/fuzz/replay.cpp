// In place of libFuzzer, where there is none: goes once through the files, and the files of the
// folders, that are its arguments. So seeds and once found crashes are tests of every build.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include "fuzz.h"

namespace {

std::vector<std::filesystem::path> filesIn(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {path};
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) files.push_back(entry);
  return files;
}

bool replay(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return false;
  const std::vector<char> octets(std::istreambuf_iterator<char>(in), {});
  std::printf("%s: %zu octets\n", file.c_str(), octets.size());
  std::fflush(stdout);
  LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size());
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t replayed = 0;
  for (int i = 1; i < argc; ++i) {
    for (const auto& file : filesIn(argv[i])) {
      if (!replay(file)) {
        std::fprintf(stderr, "cannot read %s\n", file.c_str());
        return EXIT_FAILURE;
      }
      ++replayed;
    }
  }
  if (replayed > 0) return EXIT_SUCCESS;
  std::fputs("no seeds at all\n", stderr);
  return EXIT_FAILURE;
}
