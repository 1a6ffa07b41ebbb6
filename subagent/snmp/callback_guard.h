// Around everything that C code calls of ours: an exception must not cross a C function, where it
// would end the process.
//
// Threads: main thread only.
// Ownership: the log outlives the guard.
// Errors: what is thrown is logged, at most once a minute for each guard, and the caller gets the
// answer that it has named for this case.
#pragma once

#include <chrono>
#include <exception>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/log.h"

namespace hvnet {

class CallbackGuard {
 public:
  explicit CallbackGuard(Log& log) : log_(&log) {}

  // What `task` returns; `otherwise` when it has thrown.
  template <class Answer, class Task>
  Answer run(Answer otherwise, Task&& task) noexcept {
    try {
      return std::forward<Task>(task)();
    } catch (const std::exception& error) {
      tell(error.what());
    } catch (...) {
      tell("unknown exception");
    }
    return otherwise;
  }

 private:
  static constexpr std::chrono::minutes kQuiet{1};

  void tell(const char* what) noexcept;

  Log* log_;
  std::optional<TimePoint> told_;
};

}  // namespace hvnet
