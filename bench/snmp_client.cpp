#include "snmp_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

namespace hvnet::bench {
namespace {

constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kOctetString = 0x04;
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint8_t kObjectId = 0x06;
constexpr std::uint8_t kSequence = 0x30;
constexpr std::uint8_t kVersion2c = 1;
constexpr std::string_view kCommunity = "public";

// Collects bytes last one first, so that every length is known when its turn comes.
class BackwardWriter {
 public:
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

  void integer(std::uint32_t value) {
    const std::size_t end = size();
    do {
      byte(value);
      value >>= 8;
    } while (value != 0);
    if ((bytes_.back() & 0x80) != 0) byte(0);  // else it would read as a negative number
    header(kInteger, end);
  }

  void oid(const Oid& oid) {
    const std::size_t end = size();
    for (std::size_t i = oid.size() - 1; i >= 2; --i) subIdentifier(oid[i]);
    subIdentifier(oid[0] * 40 + oid[1]);
    header(kObjectId, end);
  }

  void text(std::string_view text) {
    const std::size_t end = size();
    for (auto c = text.rbegin(); c != text.rend(); ++c) byte(static_cast<std::uint8_t>(*c));
    header(kOctetString, end);
  }

  // Wraps all that was written since size() was `end`.
  void header(std::uint8_t tag, std::size_t end) {
    const std::size_t length = size() - end;
    if (length < 0x80) {
      byte(length);
    } else {
      byte(length);
      byte(length >> 8);
      byte(0x82);
    }
    byte(tag);
  }

  std::vector<std::uint8_t> take() {
    std::reverse(bytes_.begin(), bytes_.end());
    return std::move(bytes_);
  }

 private:
  void byte(std::size_t value) { bytes_.push_back(static_cast<std::uint8_t>(value & 0xff)); }

  void subIdentifier(std::uint32_t value) {
    byte(value & 0x7f);
    while ((value >>= 7) != 0) byte((value & 0x7f) | 0x80);
  }

  std::vector<std::uint8_t> bytes_;
};

struct Element {
  std::uint8_t tag = 0;
  std::span<const std::uint8_t> content;
};

// Takes elements off the front of a run of bytes. After the first that does not fit, ok() is
// false and every further one is empty, so that a caller checks once.
class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool done() const { return rest_.empty(); }

  Element next() {
    if (rest_.size() < 2) return stop();
    const std::uint8_t tag = rest_[0];
    std::size_t length = rest_[1];
    std::size_t header = 2;
    if (length >= 0x80) {
      const std::size_t octets = length & 0x7f;
      if (octets > 4 || rest_.size() < 2 + octets) return stop();
      length = 0;
      for (std::size_t i = 0; i < octets; ++i) length = length << 8 | rest_[2 + i];
      header += octets;
    }
    if (rest_.size() - header < length) return stop();
    const Element element{tag, rest_.subspan(header, length)};
    rest_ = rest_.subspan(header + length);
    return element;
  }

  std::span<const std::uint8_t> expect(std::uint8_t tag) {
    const Element element = next();
    if (element.tag != tag) spoil();
    return element.content;
  }

  void spoil() {
    ok_ = false;
    rest_ = {};
  }

 private:
  Element stop() {
    spoil();
    return {};
  }

  std::span<const std::uint8_t> rest_;
  bool ok_ = true;
};

std::uint64_t bigEndian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

Oid objectId(std::span<const std::uint8_t> bytes) {
  Oid oid;
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes) {
    value = value << 7 | (byte & 0x7fU);
    if ((byte & 0x80) != 0) continue;
    if (oid.empty()) {
      oid = {std::min(value / 40, 2U), value < 80 ? value % 40 : value - 80};
    } else if (oid.size() < oid.capacity()) {
      oid.push_back(value);
    }
    value = 0;
  }
  return oid;
}

bool isNumber(std::uint8_t tag) {
  constexpr std::uint8_t kCounter32 = 0x41, kTimeTicks = 0x43, kCounter64 = 0x46;
  return tag == kInteger || (tag >= kCounter32 && tag <= kTimeTicks) || tag == kCounter64;
}

std::vector<VarBind> bindings(Reader& list) {
  std::vector<VarBind> found;
  found.reserve(128);
  while (!list.done()) {
    Reader pair(list.expect(kSequence));
    VarBind binding;
    binding.oid = objectId(pair.expect(kObjectId));
    const Element value = pair.next();
    binding.tag = value.tag;
    if (isNumber(value.tag)) binding.value = bigEndian(value.content);
    if (!pair.ok()) list.spoil();
    found.push_back(binding);
  }
  return found;
}

}  // namespace

bool startsWith(const Oid& oid, const Oid& prefix) {
  return oid.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), oid.begin());
}

std::vector<std::uint8_t> encode(const Request& request, std::uint32_t request_id) {
  BackwardWriter out;
  for (auto oid = request.oids.rbegin(); oid != request.oids.rend(); ++oid) {
    const std::size_t end = out.size();
    out.header(kNull, end);
    out.oid(*oid);
    out.header(kSequence, end);
  }
  out.header(kSequence, 0);
  out.integer(request.max_repetitions);  // or the error-index, which is 0 in a request
  out.integer(0);                        // non-repeaters, or the error-status
  out.integer(request_id);
  out.header(static_cast<std::uint8_t>(request.kind), 0);
  out.text(kCommunity);
  out.integer(kVersion2c);
  out.header(kSequence, 0);
  return out.take();
}

Result<Decoded> decode(std::span<const std::uint8_t> bytes) {
  Reader outer(bytes);
  Reader message(outer.expect(kSequence));
  message.expect(kInteger);
  message.expect(kOctetString);
  Reader pdu(message.expect(static_cast<std::uint8_t>(Pdu::kResponse)));
  Decoded decoded;
  decoded.request_id = bigEndian(pdu.expect(kInteger));
  decoded.error_status = bigEndian(pdu.expect(kInteger));
  decoded.error_index = bigEndian(pdu.expect(kInteger));
  Reader list(pdu.expect(kSequence));
  decoded.bindings = bindings(list);
  if (!outer.ok() || !message.ok() || !pdu.ok() || !list.ok()) {
    return fail("an answer of " + std::to_string(bytes.size()) + " octets is not SNMPv2c");
  }
  return decoded;
}

Result<Client> Client::connect(std::uint16_t port) {
  Client client;
  client.socket_ = UniqueFd(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in agent{};
  agent.sin_family = AF_INET;
  agent.sin_port = htons(port);
  agent.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{.tv_sec = 5, .tv_usec = 0};
  const int fd = client.socket_.get();
  if (!client.socket_ ||
      ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
      ::connect(fd, reinterpret_cast<const sockaddr*>(&agent), sizeof agent) != 0) {
    return failErrno("a UDP socket to 127.0.0.1:" + std::to_string(port));
  }
  return client;
}

Result<Answer> Client::ask(const Request& request) {
  const std::vector<std::uint8_t> message = encode(request, ++last_id_);
  const auto start = std::chrono::steady_clock::now();
  if (::send(socket_.get(), message.data(), message.size(), 0) < 0) return failErrno("send");
  while (true) {
    const ssize_t length = ::recv(socket_.get(), buffer_.data(), buffer_.size(), 0);
    const auto took = std::chrono::steady_clock::now() - start;
    if (length < 0) return failErrno("no answer");
    Result<Decoded> decoded = decode({buffer_.data(), static_cast<std::size_t>(length)});
    if (!decoded) return tl::unexpected(decoded.error());
    if (decoded->request_id != last_id_) continue;  // a late answer to an earlier request
    if (decoded->error_status != 0) {
      return fail("error-status " + std::to_string(decoded->error_status) + " at varbind " +
                  std::to_string(decoded->error_index));
    }
    return Answer{took, std::move(decoded->bindings)};
  }
}

}  // namespace hvnet::bench
