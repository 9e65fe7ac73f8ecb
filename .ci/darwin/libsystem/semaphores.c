#include "libsystem.h"

#define SEMOPM 5 // the most operations of one call there

MAC(int, semget, (key_t key, int count, int flags)) { return told(REAL(semget)(key, count, flags)); }

MAC(int, semop, (int set, struct sembuf *operations, size_t count)) {
  if (count > SEMOPM) return refused(D_E2BIG);
  return told(REAL(semop)(set, operations, count));
}

MAC(int, semctl, (int set, int semaphore, int command, void *argument)) {
  struct semid_ds status;
  switch (command) {
    case D_GETPID: return told(REAL(semctl)(set, semaphore, GETPID));
    case D_GETVAL: return told(REAL(semctl)(set, semaphore, GETVAL));
    case D_GETALL: return told(REAL(semctl)(set, semaphore, GETALL, argument));
    case D_IPC_RMID: return told(REAL(semctl)(set, semaphore, IPC_RMID));
    case D_IPC_STAT:
      if (REAL(semctl)(set, semaphore, IPC_STAT, &status) == -1) return told(-1);
      *(uint32_t *)((char *)argument + SEMID_DS__sem_perm_uid) = status.sem_perm.uid;
      *(uint32_t *)((char *)argument + SEMID_DS__sem_perm_cuid) = status.sem_perm.cuid;
      *(uint16_t *)((char *)argument + SEMID_DS__sem_perm_mode) = status.sem_perm.mode;
      return 0;
  }
  return refused(D_EINVAL);
}
