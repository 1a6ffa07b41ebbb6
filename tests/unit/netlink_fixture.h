// Recorded netlink messages: tests/fixtures/netlink/*.hex, pairs of digits with # comments.
#pragma once

#include <gtest/gtest.h>
#include <linux/netlink.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace hvnet::test {

inline std::vector<std::byte> readHex(const std::filesystem::path& file) {
  std::ifstream in(file);
  EXPECT_TRUE(in) << "cannot read " << file;
  std::vector<std::byte> bytes;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream pairs(line);
    pairs >> std::hex;
    for (unsigned octet = 0; pairs >> octet;) bytes.push_back(std::byte(octet));
  }
  return bytes;
}

inline std::vector<std::byte> recordedMessage(const std::string& name) {
  return readHex(std::filesystem::path(HVNET_FIXTURES) / "netlink" / (name + ".hex"));
}

inline std::vector<std::vector<std::byte>> allRecordedMessages() {
  std::vector<std::vector<std::byte>> all;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(HVNET_FIXTURES) / "netlink")) {
    if (entry.path().extension() == ".hex") all.push_back(readHex(entry.path()));
  }
  return all;
}

// Makes the header agree with the octets that are there.
inline void fixLength(std::vector<std::byte>& message) {
  const auto length = static_cast<std::uint32_t>(message.size());
  if (message.size() >= sizeof(length)) std::memcpy(message.data(), &length, sizeof(length));
}

inline void setType(std::vector<std::byte>& message, std::uint16_t type) {
  std::memcpy(message.data() + offsetof(nlmsghdr, nlmsg_type), &type, sizeof(type));
}

// An attribute, padded as the kernel does.
inline void appendAttribute(std::vector<std::byte>& message, std::uint16_t type,
                            const std::vector<std::byte>& payload) {
  const nlattr header{static_cast<std::uint16_t>(sizeof(nlattr) + payload.size()), type};
  const auto* octets = reinterpret_cast<const std::byte*>(&header);
  message.insert(message.end(), octets, octets + sizeof(header));
  message.insert(message.end(), payload.begin(), payload.end());
  message.resize((message.size() + 3) / 4 * 4);
  fixLength(message);
}

}  // namespace hvnet::test
