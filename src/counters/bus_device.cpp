#include "counters/bus_device.h"

#include <algorithm>
#include <array>

#include "base/hex_text.h"
#include "base/words.h"

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
  const std::size_t length = stop == '\0' ? text.size() : text.find(stop);
  if (length == std::string_view::npos) return std::nullopt;
  const auto number = parseNumber<std::uint64_t>(text.substr(0, length), 16);
  if (!number || *number > most) return std::nullopt;
  text.remove_prefix(std::min(length + 1, text.size()));
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

std::string_view toText(OrderKey key) {
  constexpr std::array<std::string_view, 8> kWords = {"",          "relid",      "vif",  "label",
                                                      "acpiIndex", "pciAddress", "mmio", "mac"};
  return kWords.at(static_cast<std::size_t>(key));
}

std::optional<std::uint32_t> parseHostLabel(std::string_view text) {
  constexpr std::string_view kPrefix = "Ethernet";
  if (!text.starts_with(kPrefix)) return std::nullopt;
  return parseNumber<std::uint32_t>(text.substr(kPrefix.size()));
}

std::optional<std::uint32_t> parseAcpiIndex(std::string_view text) {
  constexpr std::uint32_t kMostAcpiIndex = (1U << 14U) - 1;  // hw/pci/pci.c of QEMU
  const auto number = parseNumber<std::uint32_t>(text);
  if (!number || *number == 0 || *number > kMostAcpiIndex) return std::nullopt;
  return number;
}

OrderPlace orderPlaceOf(const std::optional<BusPosition>& position, const HostOrder& host_order) {
  if (!position) return {};
  const std::uint64_t number = position->number;
  switch (position->bus) {
    case Bus::kVmbus:
      return {OrderKey::kRelid, number, 0, number};
    case Bus::kXen:
      return {OrderKey::kVif, number, 0, number};
    case Bus::kPci: {
      const std::uint32_t port = host_order.dev_port;
      if (host_order.label) return {OrderKey::kLabel, *host_order.label, port, number};
      if (host_order.acpi_index)
        return {OrderKey::kAcpiIndex, *host_order.acpi_index, port, number};
      return {OrderKey::kPciAddress, number, port, number};
    }
    case Bus::kVirtioMmio:
      return {OrderKey::kMmio, number, 0, number};
    case Bus::kOther:
      break;
  }
  return {};
}

std::string_view vmbusClassName(const Guid& device_class) {
  using Row = std::pair<std::string_view, std::string_view>;
  // include/linux/hyperv.h, HV_*_GUID.
  constexpr std::array kNames = {
      Row{"0e0b6031-5213-4934-818b-38d90ced39db", "shutdown"},
      Row{"2f9bcc4a-0069-4af3-b76b-6fd0be528cda", "synthetic Fibre Channel"},
      Row{"32412632-86cb-44a2-9b5c-50d1417354f5", "IDE"},
      Row{"35fa2e29-ea23-4236-96ae-3a6ebacba440", "VSS"},
      Row{"44c4f61d-4444-4400-9d52-802e27ede19f", "PCI pass-through"},
      Row{"525074dc-8985-46e2-8057-a307dc18a502", "dynamic memory"},
      Row{"57164f39-9115-4e78-ab55-382f3bd5422d", "heartbeat"},
      Row{"9527e630-d0ae-497b-adce-e80ab0175caf", "time sync"},
      Row{"a9a0f4e7-5a45-4d96-b827-8a841e8c03e6", "KVP"},
      Row{"ba6163d9-04a1-4d29-b605-72e2ffb1dc7f", "SCSI"},
      Row{"cfa8b69e-5b4a-4cc0-b98b-8ba1a1f3f95a", "mouse"},
      Row{"da0a7802-e377-4aac-8e77-0558eb1073f8", "video"},
      Row{"f8615163-df3e-46c5-913f-f2d2f965ed0e", "network"},
      Row{"f912ad6d-2b17-48ea-bd65-f927a61c7684", "keyboard"},
  };
  const auto* found = std::ranges::find(kNames, toText(device_class), &Row::first);
  return found == kNames.end() ? std::string_view() : found->second;
}

}  // namespace hvnet
