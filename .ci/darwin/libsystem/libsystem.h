// A libSystem for Linux: macOS's functions, numbers and structures in front of Linux's kernel. What a table of `ffi/`
// binds on macOS is here; nothing else, so that a call to anything that macOS lacks fails. `numbers.h` is made from the
// same tables that are compared with the headers of macOS.

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "numbers.h"

// A function of ours has the name of one of Linux's. This is the latter.
#define REAL(name) ((__typeof__(&name))real(#name))
// And this the former.
#define MAC(result, name, parameters) \
  result mac_##name parameters __asm__(#name); \
  __attribute__((visibility("default"))) result mac_##name parameters

void *real(const char *name);
// Passes a result on; behind a -1, errno as macOS counts it.
long told(long result);
// Fails with one of macOS's own error numbers.
int refused(int darwin_errno);

// A process as /proc tells of it; false where there is none.
struct process {
  int pid, owner, parent, group, session, threads, exit_code;
  char state, name[16];
  unsigned long long started, user, system; // clock ticks
  long resident;                            // pages
};
int look(int pid, struct process *process);
// True for a process that has ended and is not reaped.
int is_zombie(const struct process *process);
// The pids for which `wanted` is true.
int find(int *pids, int room, int (*wanted)(const struct process *, int), int argument);
