// The hvnet report: whatever is in it, it is taken whole or refused by line.

#include <set>
#include <string>

#include "fuzz.h"
#include "sources/report/report.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hvnet;
  const std::string_view text = fuzz::asText(data, size);
  const auto report = parseReport(text, fuzz::kFileName);
  if (!report) {
    fuzz::mustSayWhere(report.error());
    return 0;
  }
  fuzz::mustHold(text.find("end") != std::string_view::npos, "a whole report has an end");
  std::set<std::string> names;
  for (const ReportAdapter& adapter : report->adapters) {
    fuzz::mustHold(isReportName(adapter.name), "a name can be published");
    fuzz::mustHold(names.insert(adapter.name).second, "a name is one adapter's");
  }
  return 0;
}
