// Processes that take one lock in turns with flock(2): flock FILE PROCESSES TIMES
// Prints the milliseconds from the word "go" to the end of the last process.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int processes = atoi(argv[2]), times = atoi(argv[3]), go[2];
  if (pipe(go) == -1) return 1;
  for (int process = 0; process < processes; process++) {
    if (fork() != 0) continue;
    char word;
    int file = open(argv[1], O_RDWR | O_CREAT, 0600);
    close(go[1]);
    if (file == -1 || read(go[0], &word, 1) != 0) _exit(1);
    for (int time = 0; time < times; time++) {
      if (flock(file, LOCK_EX) == -1 || flock(file, LOCK_UN) == -1) _exit(1);
    }
    _exit(0);
  }
  usleep(20000); // until all of them sleep in read
  double begin = now();
  close(go[1]);
  int status;
  while (wait(&status) > 0) {
    if (status != 0) return 1;
  }
  printf("%f\n", now() - begin);
  return 0;
}
