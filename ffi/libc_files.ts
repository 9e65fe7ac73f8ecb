/** The C library's file names: glibc, then musl on the architectures that the runtimes are built for. */
export const LIBC_FILES: readonly string[] = [
  "libc.so.6",
  "libc.musl-x86_64.so.1",
  "libc.musl-aarch64.so.1",
];
