// Asks several agents for the same interfaces in turn, and prints one JSON line for each round
// and agent. bench/poll starts the agents and makes a table of the lines.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "snmp_client.h"

namespace hvnet::bench {
namespace {

struct Column {
  const char* name;
  Oid oid;
};

Column ifColumn(const char* name, std::uint32_t number) {
  return {name, {1, 3, 6, 1, 2, 1, 2, 2, 1, number}};
}
Column ifXColumn(const char* name, std::uint32_t number) {
  return {name, {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, number}};
}

// What a graphing system asks of each interface, minute by minute.
const std::array kPolled = {
    ifColumn("ifOperStatus", 8),       ifColumn("ifInOctets", 10),
    ifColumn("ifInUcastPkts", 11),     ifColumn("ifInDiscards", 13),
    ifColumn("ifInErrors", 14),        ifColumn("ifOutOctets", 16),
    ifColumn("ifOutUcastPkts", 17),    ifColumn("ifOutDiscards", 19),
    ifColumn("ifOutErrors", 20),       ifXColumn("ifHCInOctets", 6),
    ifXColumn("ifHCInUcastPkts", 7),   ifXColumn("ifHCOutOctets", 10),
    ifXColumn("ifHCOutUcastPkts", 11), ifXColumn("ifHighSpeed", 15),
};
const Column kIndex = ifColumn("ifIndex", 1);
const Column kWalked = ifXColumn("ifHCInOctets", 6);
constexpr std::size_t kGetSize = 60;  // Cacti's and Zabbix' default

struct Settings {
  std::string phase = "rows";
  unsigned rounds = 1;
  unsigned passes = 1;       // a round is this many times over all rows
  unsigned rest_ms = 0;      // without any request, before each round
  unsigned repetitions = 7;  // 14 columns x 7 = 98; Net-SNMP's agents stop at 100 varbinds
};

struct Agent {
  std::string name;
  Client client;
  std::vector<std::uint32_t> rows;  // its ifIndexes, ascending
};

struct Tally {
  std::chrono::nanoseconds time{}, first{};
  std::uint64_t requests = 0;
  std::uint64_t varbinds = 0;                            // values of the columns asked for
  std::array<std::uint64_t, kPolled.size()> answered{};  // the same by column
};

void addTime(Tally& tally, const Answer& answer) {
  if (tally.requests++ == 0) tally.first = answer.took;
  tally.time += answer.took;
}

void addValue(Tally& tally, std::size_t column) {
  ++tally.varbinds;
  ++tally.answered[column];
}

Oid instance(const Column& column, std::uint32_t row) {
  Oid oid = column.oid;
  oid.push_back(row);
  return oid;
}

// GETs of 60 varbinds, interface by interface, as a poller lays them out. An answer that echoes
// another OID than was asked for is an error; an exception is left out of the varbinds.
Result<void> pollByGet(Agent& agent, Tally& tally) {
  const std::size_t total = agent.rows.size() * kPolled.size();
  for (std::size_t start = 0; start < total; start += kGetSize) {
    Request request{Pdu::kGet, {}, 0};
    for (std::size_t i = start; i < std::min(start + kGetSize, total); ++i) {
      request.oids.push_back(instance(kPolled[i % kPolled.size()], agent.rows[i / kPolled.size()]));
    }
    const Result<Answer> answer = agent.client.ask(request);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->bindings.size() != request.oids.size()) return fail("a GET came back shorter");
    addTime(tally, *answer);
    for (std::size_t i = 0; i < request.oids.size(); ++i) {
      const VarBind& binding = answer->bindings[i];
      if (binding.oid != request.oids[i]) return fail("a GET came back with another OID");
      if (!binding.isException()) addValue(tally, (start + i) % kPolled.size());
    }
  }
  return {};
}

struct Cursor {
  std::size_t column;  // in kPolled
  Oid at;
  bool done = false;
};

// Takes one answer of GETBULK in: each repetition has one varbind for each cursor.
Result<void> advance(std::vector<Cursor>& cursors, const Answer& answer, Tally& tally) {
  if (answer.bindings.size() < cursors.size()) return fail("a GETBULK came back without a row");
  for (std::size_t i = 0; i < answer.bindings.size(); ++i) {
    const VarBind& binding = answer.bindings[i];
    Cursor& cursor = cursors[i % cursors.size()];
    if (cursor.done) continue;
    if (binding.isException() || !startsWith(binding.oid, kPolled[cursor.column].oid)) {
      cursor.done = true;
    } else if (binding.oid <= cursor.at) {
      return fail("a GETBULK does not ascend");
    } else {
      cursor.at = binding.oid;
      addValue(tally, cursor.column);
    }
  }
  std::erase_if(cursors, [](const Cursor& cursor) { return cursor.done; });
  return {};
}

Result<void> pollByBulk(Agent& agent, unsigned repetitions, Tally& tally) {
  std::vector<Cursor> cursors;
  for (std::size_t i = 0; i < kPolled.size(); ++i) cursors.push_back({i, kPolled[i].oid});
  while (!cursors.empty()) {
    Request request{Pdu::kGetBulk, {}, repetitions};
    for (const Cursor& cursor : cursors) request.oids.push_back(cursor.at);
    const Result<Answer> answer = agent.client.ask(request);
    if (!answer) return tl::unexpected(answer.error());
    addTime(tally, *answer);
    if (Result<void> moved = advance(cursors, *answer, tally); !moved) return moved;
  }
  return {};
}

// GETNEXT until the column ends; hands each row to `take`.
template <class Take>
Result<void> walk(Client& client, const Column& column, Take take) {
  Oid at = column.oid;
  while (true) {
    const Result<Answer> answer = client.ask({Pdu::kGetNext, {at}, 0});
    if (!answer) return tl::unexpected(answer.error());
    if (answer->bindings.size() != 1) return fail("a GETNEXT came back without its varbind");
    const VarBind& binding = answer->bindings[0];
    const bool inside = !binding.isException() && startsWith(binding.oid, column.oid);
    if (inside && binding.oid <= at) return fail("a GETNEXT does not ascend");
    take(*answer, inside);
    if (!inside) return {};
    at = binding.oid;
  }
}

Result<void> walkOneColumn(Agent& agent, Tally& tally) {
  return walk(agent.client, kWalked, [&](const Answer& answer, bool inside) {
    addTime(tally, answer);
    if (inside) addValue(tally, 0);
  });
}

// The agents number their rows differently, so each is asked for its own.
Result<void> findRows(Agent& agent) {
  agent.rows.clear();
  return walk(agent.client, kIndex, [&](const Answer& answer, bool inside) {
    if (inside) agent.rows.push_back(answer.bindings[0].oid.back());
  });
}

Result<Tally> runRound(Agent& agent, const Settings& settings) {
  Tally tally;
  for (unsigned pass = 0; pass < settings.passes; ++pass) {
    Result<void> done;
    if (settings.phase == "get") done = pollByGet(agent, tally);
    if (settings.phase == "bulk") done = pollByBulk(agent, settings.repetitions, tally);
    if (settings.phase == "walk") done = walkOneColumn(agent, tally);
    if (!done) return tl::unexpected(done.error());
  }
  return tally;
}

nlohmann::json missingColumns(const Agent& agent, const Settings& settings, const Tally& tally) {
  nlohmann::json missing = nlohmann::json::object();
  const std::uint64_t expected = agent.rows.size() * settings.passes;
  const std::size_t columns = settings.phase == "walk" ? 1 : kPolled.size();
  for (std::size_t i = 0; i < columns; ++i) {
    const char* name = settings.phase == "walk" ? kWalked.name : kPolled[i].name;
    if (tally.answered[i] != expected) missing[name] = expected - tally.answered[i];
  }
  return missing;
}

void print(const nlohmann::json& line) {
  std::puts(line.dump().c_str());
  std::fflush(stdout);
}

Result<void> runRounds(std::vector<Agent>& agents, const Settings& settings) {
  for (unsigned round = 0; round < settings.rounds; ++round) {
    std::this_thread::sleep_for(std::chrono::milliseconds(settings.rest_ms));
    for (std::size_t turn = 0; turn < agents.size(); ++turn) {
      // Another agent goes first each time, so that none has the warm caches for itself.
      Agent& agent = agents[(round + turn) % agents.size()];
      const Result<Tally> tally = runRound(agent, settings);
      if (!tally) return fail(agent.name + ": " + tally.error().text);
      print({{"agent", agent.name},
             {"round", round},
             {"ns", tally->time.count()},
             {"first_ns", tally->first.count()},
             {"requests", tally->requests},
             {"varbinds", tally->varbinds},
             {"missing", missingColumns(agent, settings, *tally)}});
    }
  }
  return {};
}

// "stock=11611": a name for the report, and a port on loopback.
Result<Agent> parseAgent(const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  const char* const end = text.data() + text.size();
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(std::min(text.data() + equals + 1, end), end, port);
  if (parsed.ec != std::errc{} || parsed.ptr != end) return fail(text + ": not NAME=PORT");
  Result<Client> client = Client::connect(port);
  if (!client) return tl::unexpected(client.error());
  return Agent{text.substr(0, equals), std::move(*client), {}};
}

Result<void> run(const std::vector<std::string>& texts, const Settings& settings) {
  std::vector<Agent> agents;
  for (const std::string& text : texts) {
    Result<Agent> agent = parseAgent(text);
    if (!agent) return tl::unexpected(agent.error());
    if (Result<void> found = findRows(*agent); !found) {
      return fail(agent->name + ": " + found.error().text);
    }
    if (settings.phase == "rows") print({{"agent", agent->name}, {"rows", agent->rows}});
    agents.push_back(std::move(*agent));
  }
  return settings.phase == "rows" ? Result<void>{} : runRounds(agents, settings);
}

}  // namespace
}  // namespace hvnet::bench

// CLI11 reports with exceptions; they end here.
int main(int argc, char** argv) try {
  hvnet::bench::Settings settings;
  std::vector<std::string> agents;
  CLI::App app("Load for SNMP agents on loopback, one JSON line a round and agent");
  app.add_option("--phase", settings.phase, "rows: only the ifIndexes")
      ->check(CLI::IsMember({"rows", "get", "bulk", "walk"}));
  app.add_option("--rounds", settings.rounds);
  app.add_option("--passes", settings.passes, "times over all rows in a round");
  app.add_option("--rest-ms", settings.rest_ms, "silence before each round");
  app.add_option("--repetitions", settings.repetitions, "max-repetitions of GETBULK");
  app.add_option("NAME=PORT", agents)->required();
  CLI11_PARSE(app, argc, argv);
  const hvnet::Result<void> done = hvnet::bench::run(agents, settings);
  if (!done) std::fprintf(stderr, "snmp_load: %s\n", done.error().text.c_str());
  return done ? 0 : 1;
} catch (const std::exception& problem) {
  std::fprintf(stderr, "snmp_load: %s\n", problem.what());
  return 1;
}
