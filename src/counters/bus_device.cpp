#include "counters/bus_device.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "counters/hex_text.h"

namespace hvnet {
namespace {

// Where the fields of a packed PCI address stand (PCI Local Bus: 8 bits of bus, 5 of device, 3 of
// function; the domain above them is Linux's own).
constexpr unsigned kPciDomainShift = 16;
constexpr unsigned kPciBusShift = 8;
constexpr unsigned kPciDeviceShift = 3;
constexpr std::uint64_t kMostPciDomain = 0xffff'ffff;
constexpr std::uint64_t kMostPciBus = 0xff;
constexpr std::uint64_t kMostPciDevice = 0x1f;
constexpr std::uint64_t kMostPciFunction = 7;

// 8-4-4-4-12 digits: a hyphen stands before these octets.
constexpr bool hyphenBefore(std::size_t octet) {
  return octet == 4 || octet == 6 || octet == 8 || octet == 10;
}

constexpr std::size_t kGuidLength = 36;

std::string_view withoutBraces(std::string_view text) {
  if (text.size() != kGuidLength + 2 || text.front() != '{' || text.back() != '}') return text;
  return text.substr(1, kGuidLength);
}

// Hexadecimal, with zeros in front up to `width` digits.
std::string hexText(std::uint64_t number, std::size_t width = 1) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16);
  const std::string text(digits.data(), end);
  return std::string(width - std::min(width, text.size()), '0') + text;
}

std::string pciAddressText(std::uint64_t number) {
  return hexText(number >> kPciDomainShift, 4) + ':' +
         hexText(number >> kPciBusShift & kMostPciBus, 2) + ':' +
         hexText(number >> kPciDeviceShift & kMostPciDevice, 2) + '.' +
         hexText(number & kMostPciFunction);
}

// Takes hexadecimal digits up to `stop` (which is taken too) or, with '\0', to the end.
std::optional<std::uint64_t> takeHex(std::string_view& text, char stop, std::uint64_t most) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [next, error] = std::from_chars(text.data(), end, number, 16);
  if (error != std::errc{} || number > most) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(next - text.data()));
  if (stop == '\0') return text.empty() ? std::optional(number) : std::nullopt;
  if (text.empty() || text.front() != stop) return std::nullopt;
  text.remove_prefix(1);
  return number;
}

}  // namespace

std::string_view toText(Bus bus) {
  switch (bus) {
    case Bus::kVmbus:
      return "vmbus";
    case Bus::kXen:
      return "xen";
    case Bus::kPci:
      return "pci";
    case Bus::kVirtioMmio:
      return "mmio";
    case Bus::kOther:
      break;
  }
  return "other";
}

std::string toText(const Guid& guid) {
  std::string text;
  text.reserve(kGuidLength);
  for (std::size_t i = 0; i < guid.octets.size(); ++i) {
    if (hyphenBefore(i)) text += '-';
    appendHexPair(text, guid.octets[i]);
  }
  return text;
}

std::optional<Guid> parseGuid(std::string_view text) {
  text = withoutBraces(text);
  if (text.size() != kGuidLength) return std::nullopt;
  Guid guid;
  for (std::size_t i = 0; i < guid.octets.size(); ++i) {
    if (hyphenBefore(i)) {
      if (text.front() != '-') return std::nullopt;
      text.remove_prefix(1);
    }
    const auto octet = parseHexPair(text.substr(0, 2));
    if (!octet) return std::nullopt;
    guid.octets[i] = *octet;
    text.remove_prefix(2);
  }
  return guid;
}

std::optional<std::uint64_t> parsePciAddress(std::string_view text) {
  const auto domain = takeHex(text, ':', kMostPciDomain);
  const auto bus = takeHex(text, ':', kMostPciBus);
  const auto device = takeHex(text, '.', kMostPciDevice);
  const auto function = takeHex(text, '\0', kMostPciFunction);
  if (!domain || !bus || !device || !function) return std::nullopt;
  return *domain << kPciDomainShift | *bus << kPciBusShift | *device << kPciDeviceShift | *function;
}

std::string toText(const BusPosition& position) {
  switch (position.bus) {
    case Bus::kVmbus:
      return "relid " + std::to_string(position.number);
    case Bus::kXen:
      return "vif " + std::to_string(position.number);
    case Bus::kPci:
      return pciAddressText(position.number);
    case Bus::kVirtioMmio:
      return "mmio " + hexText(position.number);
    case Bus::kOther:
      break;
  }
  return "other " + std::to_string(position.number);
}

}  // namespace hvnet
