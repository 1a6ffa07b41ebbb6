// Errors are values: a Result<T> is a T or an Error. The text of an Error says what went wrong,
// where, and what to do about it. No exception leaves a module.
//
// Threads: any; failErrno() reads the calling thread's errno. Ownership: values. Errors: this is
// them.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace hvnet {

struct Error {
  std::string text;  // one line, no trailing full stop or newline
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string text) {
  return tl::unexpected<Error>(Error{std::move(text)});
}

// Returns an error such as "opening /x/y: Permission denied". It reads errno first, so call it
// directly after the failure.
tl::unexpected<Error> failErrno(std::string what);

}  // namespace hvnet
