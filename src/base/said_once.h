// Says a trouble once, not each time that it is looked for. One value for each subject, so that two
// troubles that last do not take turns in the log.
//
// Threads: one owner. Ownership: values. Errors: none.
#pragma once

#include <string>
#include <string_view>

namespace hvnet {

class SaidOnce {
 public:
  enum class News { kNone, kTrouble, kOver };

  // What there is to say now. `trouble` is empty while all is well. A trouble with another text is
  // news.
  News update(std::string_view trouble) {
    if (trouble == last_) return News::kNone;
    last_ = trouble;
    return trouble.empty() ? News::kOver : News::kTrouble;
  }

 private:
  std::string last_;
};

}  // namespace hvnet
