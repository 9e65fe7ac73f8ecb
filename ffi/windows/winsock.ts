// Sockets of Windows, as far as it takes to find a free port and to see whether somebody listens on one.

import type { Library, SymbolTable } from "../types.ts";
import { bound } from "./kernel32.ts";

const WS2_32 = ["ws2_32.dll"];

/** Numbers of winsock2.h. */
export const SOCKETS = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 23,
  SOCK_STREAM: 1,
  FIONBIO: 0x8004667e | 0,
  POLLWRNORM: 0x10,
} as const;

// A SOCKET is bound as a handle is: its value has 32 bits, and INVALID_SOCKET is -1.
export const WINSOCK = {
  WSAStartup: { args: ["u32", "buffer"], returns: "i32" }, // int WSAStartup(WORD version, WSADATA *)
  socket: { args: ["i32", "i32", "i32"], returns: "i32" }, // SOCKET socket(int family, int type, int protocol)
  closesocket: { args: ["handle"], returns: "i32" }, // int closesocket(SOCKET)
  bind: { args: ["handle", "buffer", "i32"], returns: "i32" }, // int bind(SOCKET, const struct sockaddr *, int)
  connect: { args: ["handle", "buffer", "i32"], returns: "i32" }, // int connect(SOCKET, const struct sockaddr *, int)
  getsockname: { args: ["handle", "buffer", "buffer"], returns: "i32" }, // int getsockname(SOCKET, struct sockaddr *, int *)
  getpeername: { args: ["handle", "buffer", "buffer"], returns: "i32" }, // int getpeername(SOCKET, struct sockaddr *, int *)
  ioctlsocket: { args: ["handle", "i32", "buffer"], returns: "i32" }, // int ioctlsocket(SOCKET, long, u_long *)
  WSAPoll: { args: ["buffer", "u32", "i32"], returns: "i32" }, // int WSAPoll(WSAPOLLFD *, ULONG, int)
} as const satisfies SymbolTable;

/** Sockets; WSAStartup comes first. They leave their error where kernel32's functions do. */
export const winsock: () => Library<typeof WINSOCK> = bound(WINSOCK, WS2_32);
