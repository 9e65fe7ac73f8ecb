#include "libsystem.h"

// From macOS 14.4 on; without them this is an older one. On Linux's futexes, which are shared where the address is: of
// the sizes and flags only those that are ours, as macOS refuses what does not match between a wait and its wake.

#ifndef BEFORE_14_4

static int is_word(const void *address, size_t size, uint32_t flags, uint32_t shared) {
  return address != NULL && size == 4 && (uintptr_t)address % size == 0 && flags == shared;
}

MAC(int, os_sync_wait_on_address_with_timeout,
    (void *address, uint64_t value, size_t size, uint32_t flags, uint32_t clock, uint64_t nanoseconds)) {
  if (!is_word(address, size, flags, D_OS_SYNC_WAIT_ON_ADDRESS_SHARED)) return refused(D_EINVAL);
  if (clock != D_OS_CLOCK_MACH_ABSOLUTE_TIME || nanoseconds == 0) return refused(D_EINVAL);
  struct timespec patience = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  long result = syscall(SYS_futex, address, FUTEX_WAIT, (uint32_t)value, &patience, NULL, 0);
  if (result == -1 && errno != EAGAIN) return told(-1);
  return 1; // how many sleep on: not known here, and 0 would be taken for the only success
}

MAC(int, os_sync_wake_by_address_all, (void *address, size_t size, uint32_t flags)) {
  if (!is_word(address, size, flags, D_OS_SYNC_WAKE_BY_ADDRESS_SHARED)) return refused(D_EINVAL);
  long woken = syscall(SYS_futex, address, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
  if (woken == -1) return told(-1);
  return woken == 0 ? refused(D_ENOENT) : 0;
}

#endif
