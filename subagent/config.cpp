#include "config.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include "base/words.h"
#include "counters/driver_profile.h"

namespace hvnet {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  for (Words left(text); !left.empty();) out.emplace_back(left.next());
  return out;
}

std::optional<std::uint32_t> number(std::string_view text, std::uint32_t low, std::uint32_t high) {
  const auto value = parseNumber<std::uint32_t>(text);
  return value && *value >= low && *value <= high ? value : std::nullopt;
}

// Parses a directive whose argument is one of two words.
template <class Choice>
Result<void> choose(std::string_view arguments,
                    const std::array<std::pair<std::string_view, Choice>, 2>& choices,
                    Choice& out) {
  for (const auto& [word, choice] : choices) {
    if (arguments != word) continue;
    out = choice;
    return {};
  }
  return fail("'" + std::string(arguments) + "' is neither '" + std::string(choices[0].first) +
              "' nor '" + std::string(choices[1].first) + "'");
}

Result<void> parseIndexOrder(std::string_view arguments, const std::string& /*place*/,
                             Config& config) {
  return choose<IndexOrder>(
      arguments, {{{"hypervisor", IndexOrder::kHypervisor}, {"kernel", IndexOrder::kKernel}}},
      config.publish.index_order);
}

Result<void> parseMedia(std::string_view arguments, const std::string& /*place*/, Config& config) {
  return choose<Media>(arguments, {{{"nominal", Media::kNominal}, {"driver", Media::kDriver}}},
                       config.publish.media);
}

Result<void> parseNameFormat(std::string_view arguments, const std::string& /*place*/,
                             Config& config) {
  return choose<NameFormat>(arguments,
                            {{{"kernel", NameFormat::kKernel}, {"lan", NameFormat::kLan}}},
                            config.publish.name_format);
}

Result<PinTarget> parsePinTarget(const std::string& kind, const std::string& value) {
  if (kind == "mac") {
    if (const auto mac = parseMac(value)) return MacIdentity{*mac};
    return fail("'" + value + "' is not a MAC address such as 00:15:5d:01:02:03");
  }
  if (kind == "guid") {
    if (const auto guid = parseGuid(value)) return GuidIdentity{*guid};
    return fail("'" + value + "' is not a GUID");
  }
  if (kind == "name") return PinnedName{value};
  return fail("'" + kind + "' is not one of mac, guid, name");
}

Result<void> parseIfIndex(std::string_view arguments, const std::string& place, Config& config) {
  const auto word = words(arguments);
  if (word.size() != 3) return fail("expected: NUMBER mac|guid|name VALUE");
  // RFC 2863, InterfaceIndex: 1..2147483647.
  const auto index = number(word[0], 1, 2147483647);
  if (!index) return fail("'" + word[0] + "' is not a number from 1 to 2147483647");
  Result<PinTarget> target = parsePinTarget(word[1], word[2]);
  if (!target) return tl::unexpected(target.error());
  for (const Pin& pin : config.pins) {
    if (pin.index == IfIndex{*index}) return fail(word[0] + " is already pinned, " + pin.where);
    if (pin.target == *target) {
      return fail(word[1] + " " + word[2] + " is already pinned, " + pin.where);
    }
  }
  config.pins.push_back({IfIndex{*index}, std::move(*target), place});
  return {};
}

Result<void> parseAdapterDriver(std::string_view arguments, const std::string& /*place*/,
                                Config& config) {
  const auto word = words(arguments);
  if (word.empty() || word.size() > 2) return fail("expected: NAME [PROFILE]");
  const DriverProfile* profile = &nominalProfile();
  if (word.size() == 2) profile = findProfile(word[1]);
  if (profile == nullptr) {
    std::string known;
    for (const DriverProfile& each : driverProfiles()) known += " " + std::string(each.name);
    return fail("no driver profile '" + word[1] + "'; there are:" + known);
  }
  config.adapter_rules.push_back({word[0], profile});
  return {};
}

Result<void> parseExclude(std::string_view arguments, const std::string& /*place*/,
                          Config& config) {
  const auto patterns = words(arguments);
  config.publish.exclude.insert(config.publish.exclude.end(), patterns.begin(), patterns.end());
  return {};
}

Result<void> parseSampleInterval(std::string_view arguments, const std::string& /*place*/,
                                 Config& config) {
  const auto milliseconds = number(arguments, 100, 60'000);
  if (!milliseconds) {
    return fail("'" + std::string(arguments) + "' is not a number of milliseconds, 100 to 60000");
  }
  config.sample_interval = std::chrono::milliseconds(*milliseconds);
  return {};
}

// The file is the whole rest of the line, because a path can contain blanks.
Result<void> parseBootLogFile(std::string_view arguments, const std::string& /*place*/,
                              Config& config) {
  if (words(arguments).empty()) return fail("expected: FILE");
  config.boot_log = arguments;
  return {};
}

struct AlarmWord {
  std::string_view word;
  std::uint32_t least;
  std::uint32_t most;
  void (*set)(AlarmOverrides& overrides, std::uint32_t value);
};

constexpr std::uint32_t kMostRate = std::numeric_limits<std::uint32_t>::max();
constexpr std::array kAlarmWords = {
    AlarmWord{"rising", 1, kMostRate, [](auto& out, std::uint32_t value) { out.rising = value; }},
    AlarmWord{"falling", 0, kMostRate, [](auto& out, std::uint32_t value) { out.falling = value; }},
    AlarmWord{"ratio", 0, 1000, [](auto& out, std::uint32_t value) { out.ratio = value; }},
    AlarmWord{"window", 2, 600,
              [](auto& out, std::uint32_t value) { out.window = std::chrono::seconds(value); }},
};

Result<AlarmOverrides> parseAlarmWords(std::span<const std::string> words) {
  AlarmOverrides out;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    const auto* const known = std::ranges::find(kAlarmWords, words[i], &AlarmWord::word);
    if (known == kAlarmWords.end()) {
      return fail("'" + words[i] + "' is not one of rising, falling, ratio, window");
    }
    const auto value = number(words[i + 1], known->least, known->most);
    if (!value) {
      return fail("'" + words[i + 1] + "' is not a number from " + std::to_string(known->least) +
                  " to " + std::to_string(known->most));
    }
    known->set(out, *value);
  }
  return out;
}

// If the number of words is odd, the first one is the name of an adapter.
Result<void> parseDropAlarm(std::string_view arguments, const std::string& /*place*/,
                            Config& config) {
  const auto all_words = words(arguments);
  const std::size_t named = all_words.size() % 2;
  if (all_words.size() < 2)
    return fail("expected: [ADAPTER] rising|falling|ratio|window NUMBER...");
  const auto overrides = parseAlarmWords(std::span(all_words).subspan(named));
  if (!overrides) return tl::unexpected(overrides.error());
  AlarmOptions alarms = config.publish.alarms;
  if (named != 0) {
    alarms.by_name.emplace_back(all_words[0], *overrides);
  } else {
    alarms.all = overrides->over(alarms.all);
  }
  const AlarmSettings result = named != 0 ? alarms.of(all_words[0]) : alarms.all;
  if (result.falling > result.rising) {
    return fail("falling " + std::to_string(result.falling) + " is above rising " +
                std::to_string(result.rising));
  }
  config.publish.alarms = std::move(alarms);
  return {};
}

template <auto member>
bool sameMember(const Config& one, const Config& other) {
  return one.*member == other.*member;
}

bool sameIndexOrder(const Config& one, const Config& other) {
  return one.publish.index_order == other.publish.index_order;
}

// Compares the pins, not the lines of the file that they come from.
bool samePins(const Config& one, const Config& other) {
  return std::ranges::equal(one.pins, other.pins, [](const Pin& a, const Pin& b) {
    return a.index == b.index && a.target == b.target;
  });
}

constexpr std::array kDirectives = {
    Directive{"adapterDriver", "NAME [PROFILE]",
              "treat a driver or a link kind (veth, dummy) as an adapter", parseAdapterDriver,
              sameMember<&Config::adapter_rules>},
    Directive{"bootLog", "FILE", "with --source report: the router's boot messages",
              parseBootLogFile, sameMember<&Config::boot_log>},
    Directive{"dropAlarm", "[ADAPTER] rising|falling|ratio|window NUMBER...",
              "thresholds of the alarm for receive drops", parseDropAlarm},
    Directive{"exclude", "PATTERN...", "do not publish interfaces with these names", parseExclude},
    Directive{"ifIndex", "NUMBER mac|guid|name VALUE", "give an interface a fixed number",
              parseIfIndex, samePins},
    Directive{"indexOrder", "hypervisor|kernel",
              "order of the ifIndex: the hypervisor's, or kernel numbers", parseIndexOrder,
              sameIndexOrder},
    Directive{"media", "nominal|driver",
              "speed of hvnet and hv_netvsc: 1000BASE-T, or the driver's", parseMedia},
    Directive{"nameFormat", "kernel|lan", "ifName of adapters: the kernel's, or lan0, lan1, ...",
              parseNameFormat},
    Directive{"sampleInterval", "MILLISECONDS", "how often counters are read in the background",
              parseSampleInterval},
};

constexpr std::string_view kOfTheMaster = "it is the master's: put it into snmpd's configuration";
constexpr std::string_view kOfTheUnit = "the service's unit has it: User= and Group=";
constexpr std::string_view kNeverDone = "take the line out";

constexpr std::array kUselessTokens = {
    UselessToken{"agentaddress", "where to listen is --standalone ADDRESS on the command line"},
    UselessToken{"agentgroup", kOfTheUnit},
    UselessToken{"agentuser", kOfTheUnit},
    UselessToken{"agentxperms", kOfTheMaster},
    UselessToken{"agentxRetries", kOfTheMaster},
    UselessToken{"agentxTimeout", kOfTheMaster},
    UselessToken{"dontLogTCPWrappersConnects", kNeverDone},
    UselessToken{"leave_pidfile", kNeverDone},
    UselessToken{"master", kOfTheMaster},
    UselessToken{"quit", kNeverDone},
};

}  // namespace

std::span<const Directive> directives() {
  return kDirectives;
}

std::span<const UselessToken> uselessTokens() {
  return kUselessTokens;
}

bool listensOnIpv6(std::string_view addresses) {
  while (!addresses.empty()) {
    const std::size_t comma = std::min(addresses.find(','), addresses.size());
    const std::string_view one = addresses.substr(0, comma);
    const std::string_view transport = one.substr(0, one.find(':'));
    // udp6, udpv6, udpipv6, tcp6 and their like; or a bare address in brackets.
    if (transport.ends_with('6') || one.find('[') != std::string_view::npos) return true;
    addresses.remove_prefix(std::min(comma + 1, addresses.size()));
  }
  return false;
}

}  // namespace hvnet
