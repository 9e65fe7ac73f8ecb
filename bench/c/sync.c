// The floors of locks and shared memory:
//   sync pair            a line of input: nanoseconds of lock+unlock of a robust mutex, post+wait of a semaphore, flock
//   sync handover N      milliseconds (p50) from unlock to the other process's lock of a robust mutex
//   sync contend P N     milliseconds for P processes that increment under a robust mutex N times each
//   sync memory          a line of input: nanoseconds of memcpy of 1 MiB into and out of shared memory
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MEBIBYTE (1 << 20)
#define PAIRS 200000
#define COPIES 16

static double now(void) { // nanoseconds
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

struct shared {
  pthread_mutex_t mutex;
  sem_t semaphore;
  volatile long count;
  volatile int turn;
  volatile double freed;
  double samples[1 << 16];
  volatile int taken;
};

static struct shared *make(void) {
  struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
  pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
  pthread_mutex_init(&shared->mutex, &attributes);
  sem_init(&shared->semaphore, 1, 1);
  return shared;
}

static void pairs(struct shared *shared) {
  int file = open("/dev/shm", O_RDWR | O_TMPFILE, 0600);
  while (getchar() == '\n' || !feof(stdin)) {
    double start = now();
    for (int i = 0; i < PAIRS; i++) {
      pthread_mutex_lock(&shared->mutex);
      pthread_mutex_unlock(&shared->mutex);
    }
    double mutex = (now() - start) / PAIRS;
    start = now();
    for (int i = 0; i < PAIRS; i++) {
      sem_wait(&shared->semaphore);
      sem_post(&shared->semaphore);
    }
    double semaphore = (now() - start) / PAIRS;
    start = now();
    for (int i = 0; i < PAIRS / 10; i++) {
      flock(file, LOCK_EX);
      flock(file, LOCK_UN);
    }
    printf("%f %f %f\n", mutex, semaphore, (now() - start) / (PAIRS / 10));
    fflush(stdout);
  }
}

static int compare(const void *a, const void *b) {
  return *(double *)a < *(double *)b ? -1 : 1;
}

static void handover(struct shared *shared, int times) {
  for (int me = 1; me <= 2; me++) {
    if (fork() != 0) continue;
    for (int time = 0; time < times; time++) {
      pthread_mutex_lock(&shared->mutex);
      double taken = now();
      if (shared->turn != 0 && shared->turn != me) shared->samples[shared->taken++] = taken - shared->freed;
      usleep(1000);
      shared->turn = me;
      shared->freed = now();
      pthread_mutex_unlock(&shared->mutex);
      usleep(500);
    }
    _exit(0);
  }
  while (wait(NULL) > 0);
  qsort(shared->samples, shared->taken, sizeof(double), compare);
  printf("%f\n", shared->samples[shared->taken / 2] / 1e6);
}

static void contend(struct shared *shared, int processes, int times) {
  int go[2];
  if (pipe(go) == -1) exit(1);
  for (int process = 0; process < processes; process++) {
    if (fork() != 0) continue;
    char word;
    close(go[1]);
    if (read(go[0], &word, 1) != 0) _exit(1);
    for (int time = 0; time < times; time++) {
      pthread_mutex_lock(&shared->mutex);
      shared->count++;
      pthread_mutex_unlock(&shared->mutex);
    }
    _exit(0);
  }
  usleep(20000); // until all of them sleep in read
  double begin = now();
  close(go[1]);
  while (wait(NULL) > 0);
  if (shared->count != (long)processes * times) exit(1);
  printf("%f\n", (now() - begin) / 1e6);
}

// Called through a pointer: the compiler would drop a copy that the next one overwrites.
static void *(*volatile copy_all)(void *, const void *, size_t) = memcpy;

static void copies(void) {
  char *memory = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  char *own = malloc(MEBIBYTE);
  memset(memory, 1, MEBIBYTE);
  memset(own, 2, MEBIBYTE);
  while (getchar() == '\n' || !feof(stdin)) {
    double start = now();
    for (int copy = 0; copy < COPIES; copy++) copy_all(memory, own, MEBIBYTE);
    double written = (now() - start) / COPIES;
    start = now();
    for (int copy = 0; copy < COPIES; copy++) copy_all(own, memory, MEBIBYTE);
    printf("%f %f\n", written, (now() - start) / COPIES);
    fflush(stdout);
  }
}

int main(int argc, char **argv) {
  if (argc < 2) return 2;
  if (strcmp(argv[1], "memory") == 0) copies();
  struct shared *shared = make();
  if (strcmp(argv[1], "pair") == 0) pairs(shared);
  if (strcmp(argv[1], "handover") == 0) handover(shared, atoi(argv[2]));
  if (strcmp(argv[1], "contend") == 0) contend(shared, atoi(argv[2]), atoi(argv[3]));
  return 0;
}
