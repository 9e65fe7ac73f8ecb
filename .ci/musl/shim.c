// What Debian's libstdc++ expects of glibc and musl does not have. Bun's build for musl needs some forty symbols of
// libstdc++, and no package of Debian has a libstdc++ for musl: so one is linked from the static library.

extern int pthread_key_create(unsigned *key, void (*destructor)(void *));
extern long getrandom(void *buffer, unsigned long length, unsigned flags);

__attribute__((visibility("hidden"))) void *__dso_handle = 0;
char __libc_single_threaded = 0;

// Not found: the unwinder asks dl_iterate_phdr then, which musl has.
int _dl_find_object(void *address, void *result) {
  (void)address;
  (void)result;
  return -1;
}

int __pthread_key_create(unsigned *key, void (*destructor)(void *)) {
  return pthread_key_create(key, destructor);
}

unsigned arc4random(void) {
  unsigned value = 0;
  getrandom(&value, sizeof value, 0);
  return value;
}
