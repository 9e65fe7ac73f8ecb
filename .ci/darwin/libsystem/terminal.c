// Pseudo-terminals, for the tests alone.

#include "libsystem.h"

MAC(int, unlockpt, (int file)) { return told(REAL(unlockpt)(file)); }
MAC(int, ptsname_r, (int file, char *name, size_t room)) { return REAL(ptsname_r)(file, name, room); }
