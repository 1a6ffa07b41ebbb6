// A small SNMPv2c manager for the load generator: one request at a time over UDP to loopback, with
// the time until its answer.
//
// It does not use Net-SNMP's manager, because that allocates and links a structure for each
// varbind. This costs more than the differences between the agents that the benchmark measures.
//
// Threads: one for each Client; the functions by any. Ownership: a Client owns its socket.
// Errors: a Result; a timeout, an error-status and a malformed answer are errors. Units:
// nanoseconds.
#pragma once

#include <boost/container/static_vector.hpp>
#include <chrono>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace hvnet::bench {

// 128 sub-identifiers are the most that SNMP allows (RFC 2578 §3.5).
using Oid = boost::container::static_vector<std::uint32_t, 128>;

bool startsWith(const Oid& oid, const Oid& prefix);

// BER tags that appear on the wire (RFC 3416 §3).
enum class Pdu : std::uint8_t { kGet = 0xa0, kGetNext = 0xa1, kResponse = 0xa2, kGetBulk = 0xa5 };

struct VarBind {
  Oid oid;
  std::uint8_t tag = 0;
  std::uint64_t value = 0;  // of the integer types; 0 for the others

  // noSuchObject, noSuchInstance or endOfMibView.
  [[nodiscard]] bool isException() const { return tag >= 0x80 && tag <= 0x82; }
};

struct Request {
  Pdu kind = Pdu::kGet;
  std::vector<Oid> oids;
  std::uint32_t max_repetitions = 0;  // GETBULK only; its non-repeaters are always 0
};

struct Answer {
  std::chrono::nanoseconds took{};
  std::vector<VarBind> bindings;
};

// Encodes a complete message with the community "public".
std::vector<std::uint8_t> encode(const Request& request, std::uint32_t request_id);

struct Decoded {
  std::uint64_t request_id = 0;
  std::uint64_t error_status = 0;
  std::uint64_t error_index = 0;
  std::vector<VarBind> bindings;
};
// Decodes a message. A malformed or truncated message is an error.
Result<Decoded> decode(std::span<const std::uint8_t> message);

// The connection to one agent.
class Client {
 public:
  // Sends nothing, so it succeeds also if no agent listens.
  static Result<Client> connect(std::uint16_t port);

  // Measures the time from just before send() until just after recv(), without encoding and
  // decoding. A timeout (5 s) is an error without retries, because a datagram that is lost on
  // loopback is a fault.
  Result<Answer> ask(const Request& request);

 private:
  UniqueFd socket_;
  std::vector<std::uint8_t> buffer_ = std::vector<std::uint8_t>(65536);
  std::uint32_t last_id_ = 0;
};

}  // namespace hvnet::bench
