// Ports, rights and messages of the simulated kernel, as XNU's osfmk/ipc keeps them.

import type { Task } from "./task.ts";

/** A queue in the kernel, with one receiver. */
export interface Port {
  /** Undefined: the port is dead. */
  receiver: Task | undefined;
  readonly queue: Message[];
  /** Send rights: in spaces, in messages, and the bootstrap server's. */
  sendRights: number;
  /** How many send rights its receiver has made. */
  made: number;
  /** A send-once right to whoever is to be told that no send right is left. */
  noSenders: Port | undefined;
  /** The set that it is received through. */
  set: PortSet | undefined;
}

/** Ports that are received from together. */
export interface PortSet {
  readonly members: Set<Port>;
}

/** The kinds of right that a message can carry. */
export type Kind = "send" | "send-once";

/** A right on its way. A port that died meanwhile arrives as a dead one. */
export interface Right {
  readonly kind: Kind;
  readonly port: Port;
}

/** A message in a queue. */
export interface Message {
  readonly id: number;
  readonly answerTo: Right | undefined;
  readonly right: Right | undefined;
  readonly payload: Uint8Array;
  readonly sender: { readonly user: number; readonly process: number };
}

/** A new port. */
export function newPort(receiver: Task): Port {
  return {
    receiver,
    queue: [],
    sendRights: 0,
    made: 0,
    noSenders: undefined,
    set: undefined,
  };
}
