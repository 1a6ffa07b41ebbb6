// Errors are values: a Result<T> is a T or an Error that says what went wrong, where, and what to
// do about it. No exception leaves a module.
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

// "opening /x/y: Permission denied"; reads errno first, so call it right after the failure.
tl::unexpected<Error> failErrno(std::string what);

}  // namespace hvnet
