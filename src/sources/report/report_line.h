// One line of the hvnet report each, after its first word: words in, one row out.
//
// Each key has one value word. A key that is not known is passed over with its value, for a later
// version of the format may have it.
//
// Threads: any; pure functions. Ownership: values. Errors: the reason alone, without file and line.
#pragma once

#include "base/result.h"
#include "base/words.h"
#include "sources/report/report.h"

namespace hvnet {

// `adapter NAME key value ...`
Result<ReportAdapter> readAdapterLine(Words words);

// `vmbus key value ...`
Result<VmbusDevice> readVmbusLine(Words words);

// What follows `stats NAME`, in the width that `counters` has.
Result<void> readStatsLine(Words words, Components& counters);

}  // namespace hvnet
