// What a report and the boot log say together, as a source publishes it.
//
// The report's own word wins. The boot log adds to an adapter, which it knows by its instance, its
// unit, its MAC or its name, what the report lacks: unit, relid, instance, MAC; an adapter that the
// report calls by its unit gets the name that the kernel gave it. Nothing is added that another
// adapter of the report has already.
//
// Threads: one owner, whose numbers they are; pure otherwise. Ownership: values. Errors: none.
#pragma once

#include <vector>

#include "sources/report/boot_log.h"
#include "sources/report/report.h"
#include "sources/report/report_numbers.h"
#include "sources/source.h"

namespace hvnet {

Report completed(Report report, const BootLog& boot_log);

// Every device of the VMBus that the two know, ascending by relid: those of the report's vmbus
// lines, its adapters, and of the boot log what it says is not configured and the units whose class
// is known here (hvnet, hvhb, hvts).
std::vector<VmbusDevice> vmbusDevicesOf(const Report& report, const BootLog& boot_log);

// Both sorted by kernel index.
struct ReportedInterfaces {
  std::vector<SourceInterface> interfaces;
  std::vector<Sample> samples;
};
// Of a completed report.
ReportedInterfaces interfacesOf(const Report& report, ReportNumbers& numbers);

}  // namespace hvnet
