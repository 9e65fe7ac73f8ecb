#include "libsystem.h"

// An address of macOS begins with a byte for its length and one for its family.
static const struct sockaddr *linux_address(const uint8_t *from, socklen_t length, char *to) {
  memcpy(to, from, length);
  *(sa_family_t *)to = from[1] == D_AF_INET6 ? AF_INET6 : from[1];
  return (const struct sockaddr *)to;
}

MAC(int, socket, (int family, int type, int protocol)) {
  return told(REAL(socket)(family == D_AF_INET6 ? AF_INET6 : family, type, protocol));
}
MAC(int, bind, (int socket, const void *address, socklen_t length)) {
  char room[256];
  return told(REAL(bind)(socket, linux_address(address, length, room), length));
}
MAC(int, connect, (int socket, const void *address, socklen_t length)) {
  char room[256];
  return told(REAL(connect)(socket, linux_address(address, length, room), length));
}
MAC(int, getsockname, (int socket, uint8_t *address, socklen_t *length)) {
  int result = REAL(getsockname)(socket, (struct sockaddr *)address, length);
  sa_family_t family = *(sa_family_t *)address;
  address[0] = *length;
  address[1] = family == AF_INET6 ? D_AF_INET6 : family;
  return told(result);
}
MAC(ssize_t, sendto, (int socket, const void *bytes, size_t length, int flags, const void *address, socklen_t size)) {
  char room[256];
  if (flags != 0) return refused(D_EINVAL);
  return told(REAL(sendto)(socket, bytes, length, MSG_NOSIGNAL, linux_address(address, size, room), size));
}
