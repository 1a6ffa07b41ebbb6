// Not of the product: a bug that fuzzing must find within seconds, or fuzzing is not what runs. It
// reads past the end of its input, once the input spells a word that nobody guesses at once.

#include <cstring>
#include <memory>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::string_view kWord = "hvnet";
  const std::string_view text = hvnet::fuzz::asText(data, size);
  for (std::size_t i = 0; i < kWord.size(); ++i) {
    if (i >= text.size() || text[i] != kWord[i]) return 0;
  }
  const auto copy = std::make_unique<char[]>(size);
  std::memcpy(copy.get(), data, size);
  const volatile char* const past_the_end = copy.get() + size;
  static_cast<void>(*past_the_end);
  return 0;
}
