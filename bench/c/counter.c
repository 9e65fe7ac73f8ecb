// acquire() and release() of a reference count, with exactly the system calls and operation arrays of
// src/counter/sysv/counter.ts.
//
//   counter held KEY   somebody else holds a reference all the time: the set stays
//   counter alone KEY  nobody else is there: each release removes the set, each acquire makes it anew
//
// Reads a number of pairs per line, prints the nanoseconds that one pair took; an empty line ends it.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sem.h>
#include <time.h>
#include <unistd.h>

enum { START, GATE, LABEL, COUNT, SEMAPHORES = 10, TAG = 4711 };

static key_t key;
static int id = -1;
static unsigned calls_failed;
static const struct timespec patience = {5, 0};

static struct sembuf add[] = {{LABEL, -TAG, IPC_NOWAIT}, {LABEL, 0, IPC_NOWAIT}, {LABEL, TAG, 0},
                              {GATE, 0, 0}, {GATE, 1, SEM_UNDO}, {COUNT, 1, SEM_UNDO}};
static struct sembuf drop[] = {{LABEL, -TAG, IPC_NOWAIT}, {LABEL, 0, IPC_NOWAIT}, {LABEL, TAG, 0},
                               {GATE, 0, 0}, {GATE, 1, SEM_UNDO}, {COUNT, -1, SEM_UNDO | IPC_NOWAIT}};
static struct sembuf close_gate[] = {{GATE, 0, 0}, {GATE, 1, SEM_UNDO}};
static struct sembuf open_gate[] = {{GATE, -1, SEM_UNDO}};
static struct sembuf label[] = {{COUNT, 0, IPC_NOWAIT}, {LABEL, 0, IPC_NOWAIT}, {LABEL, TAG, 0}};

#define APPLY(operations) semtimedop(id, operations, sizeof operations / sizeof *operations, &patience)

static void values(unsigned short all[SEMAPHORES]) {
  if (semctl(id, 0, GETALL, all) == -1) calls_failed++;
}

static void make(void) {
  struct semid_ds status;
  unsigned short all[SEMAPHORES];
  id = semget(key, SEMAPHORES, IPC_CREAT | 0600);
  if (id == -1 || semctl(id, 0, IPC_STAT, &status) == -1) exit(1);
  if (status.sem_perm.uid != geteuid() || semctl(id, SEMAPHORES, GETVAL, NULL) != -1) exit(1);
  values(all);
  if (all[LABEL] == TAG) return;
  APPLY(close_gate);
  values(all);
  values(all);
  APPLY(label);
  APPLY(open_gate);
}

static int acquire(void) {
  if (id == -1) make();
  while (APPLY(add) == -1) make();
  int count = semctl(id, COUNT, GETVAL, NULL);
  APPLY(open_gate);
  return count;
}

static int release(void) {
  unsigned short all[SEMAPHORES];
  if (APPLY(drop) == -1) exit(1);
  values(all);
  if (all[START] == 0 && all[3] == 0 && all[5] == 0 && all[7] == 0 && all[9] == 0) {
    semctl(id, 0, IPC_RMID, NULL);
  } else {
    APPLY(open_gate);
  }
  return all[COUNT];
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  int held = strcmp(argv[1], "held") == 0;
  key = (key_t)atoi(argv[2]);
  if (held) acquire();
  char line[32];
  while (fgets(line, sizeof line, stdin) && *line != '\n') {
    int pairs = atoi(line), wrong = 0;
    double begin = now();
    for (int pair = 0; pair < pairs; pair++) {
      wrong |= acquire() != 1 + held;
      wrong |= release() != held;
    }
    double end = now();
    if (wrong || calls_failed) return 1;
    printf("%f\n", (end - begin) / pairs);
    fflush(stdout);
  }
  if (held) release();
  return 0;
}
