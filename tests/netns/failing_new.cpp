// Preloaded into the product by callbacks_test.py: while the file is there that HVNET_NO_MEMORY
// names, `new` fails in the main thread, as it does when memory has run out.
//
// Threads: any; only the main one is made to fail.
// Ownership: what is allocated comes from malloc() and goes back to free().
// Errors: std::bad_alloc.

#include <unistd.h>

#include <cstdlib>
#include <new>

namespace {

bool fails() {
  if (::gettid() != ::getpid()) return false;
  const char* file = std::getenv("HVNET_NO_MEMORY");
  return file != nullptr && ::access(file, F_OK) == 0;
}

}  // namespace

void* operator new(std::size_t size) {
  void* memory = fails() ? nullptr : std::malloc(size == 0 ? 1 : size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

void operator delete(void* memory) noexcept {
  std::free(memory);
}

void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
