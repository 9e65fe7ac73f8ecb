#include "libsystem.h"

static _Thread_local int darwin_errno;

__attribute__((visibility("default"))) int *__error(void) { return &darwin_errno; }

void *real(const char *name) {
  static void *library;
  if (library == NULL) library = dlopen("libc.so.6", RTLD_NOW);
  return dlsym(library, name);
}

long told(long result) {
  if (result == -1) darwin_errno = darwin_errno_of(errno);
  return result;
}

int refused(int number) {
  darwin_errno = number;
  return -1;
}

int look(int pid, struct process *process) {
  char path[64], text[2048];
  snprintf(path, sizeof path, "/proc/%d/stat", pid);
  int file = REAL(open)(path, O_RDONLY | O_CLOEXEC);
  if (file == -1) return 0;
  ssize_t length = REAL(read)(file, text, sizeof text - 1);
  struct stat status = {0};
  REAL(fstat)(file, &status);
  REAL(close)(file);
  if (length <= 0) return 0;
  text[length] = 0;
  *process = (struct process){.pid = pid, .owner = status.st_uid};
  const char *name = strchr(text, '(') + 1, *rest = strrchr(text, ')');
  memcpy(process->name, name, rest - name < 15 ? rest - name : 15);
  // proc(5): the fields from the third on, the last of them the 52nd.
  int fields = sscanf(rest + 2,
      "%c %d %d %d %*d %*d %*u %*u %*u %*u %*u %llu %llu %*d %*d %*d %*d %d %*d %llu %*u %ld "
      "%*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*u %*d %*d %*u %*u %*u %*u %*d %*u %*u %*u %*u %*u %*u %*u %d",
      &process->state, &process->parent, &process->group, &process->session, &process->user,
      &process->system, &process->threads, &process->started, &process->resident, &process->exit_code);
  return fields == 10;
}

int is_zombie(const struct process *process) {
  return (process->state == 'Z' && process->threads <= 1) || process->state == 'X';
}

int find(int *pids, int room, int (*wanted)(const struct process *, int), int argument) {
  int found = 0;
  DIR *directory = REAL(opendir)("/proc");
  for (struct dirent *entry; found < room && (entry = REAL(readdir)(directory)) != NULL;) {
    struct process process;
    int pid = atoi(entry->d_name);
    if (pid > 0 && look(pid, &process) && wanted(&process, argument)) pids[found++] = pid;
  }
  REAL(closedir)(directory);
  return found;
}
