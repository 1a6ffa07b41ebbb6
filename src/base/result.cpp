#include "base/result.h"

#include <cerrno>
#include <system_error>

namespace hvnet {

tl::unexpected<Error> failErrno(std::string what) {
  const int code = errno;
  return fail(std::move(what) + ": " + std::generic_category().message(code));
}

}  // namespace hvnet
