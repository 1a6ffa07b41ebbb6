#include "sources/linux/softnet.h"

#include <charconv>

#include "base/lines.h"
#include "base/words.h"

namespace hvnet {
namespace {

constexpr std::size_t kDroppedColumn = 1;
constexpr std::size_t kCpuColumn = 12;

std::optional<std::uint32_t> parseHex(std::string_view word) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, 16);
  if (error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

struct CpuLine {
  std::uint32_t cpu = 0;
  std::uint32_t dropped = 0;
};

// `place`: of the line, for kernels that do not name the CPU.
std::optional<CpuLine> parseLine(std::string_view line, std::uint32_t place) {
  CpuLine out{.cpu = place};
  std::size_t column = 0;
  for (Words words(line); !words.empty(); ++column) {
    const auto number = parseHex(words.next());
    if (!number) return std::nullopt;
    if (column == kDroppedColumn) out.dropped = *number;
    if (column == kCpuColumn) out.cpu = *number;
  }
  if (column <= kDroppedColumn) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::uint64_t> SoftnetDrops::update(std::string_view text) {
  std::uint32_t place = 0;
  for (Lines lines(text); lines.next(); ++place) {
    const auto line = parseLine(lines.line(), place);
    if (!line) return std::nullopt;
    cpus_.try_emplace(line->cpu, Accumulator::Width::k32).first->second.add(line->dropped);
  }
  if (place == 0) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& [cpu, dropped] : cpus_) sum += dropped.total();
  return sum;
}

}  // namespace hvnet
