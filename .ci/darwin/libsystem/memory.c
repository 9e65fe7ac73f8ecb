#include "libsystem.h"

MAC(void *, mmap, (void *at, size_t length, int protection, int flags, int file, off_t offset)) {
  void *result = REAL(mmap)(at, length, protection, flags, file, offset);
  if (result == MAP_FAILED) told(-1);
  return result;
}
MAC(int, munmap, (void *at, size_t length)) { return told(REAL(munmap)(at, length)); }
