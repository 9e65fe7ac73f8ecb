// A state as a few 32-bit words, the same for all states that differ only in how their clients and
// guardians are numbered.
//
// Why that is sound: all clients run the same program with the same number of rounds, all guardians
// too, nothing in the protocol compares their numbers, and the properties name nobody. So renaming
// turns every run into a run, and a violation into a violation. The order chosen here need not be
// perfect: two encodings of what is one state cost time and hide nothing.

import { at, type Client, type Guardian, lost, type Process, slots, type State } from "./state.ts";

/** Words of an encoded state. */
export const words = slots.clients + slots.guardians / 2 + 2;

// What each client and guardian is doing, apart from whom it refers to. Kept between the steps of
// one `encode`, so that the search allocates nothing.
const clientCodes = new Int32Array(slots.clients);
const guardianCodes = new Int32Array(slots.guardians + 1);
const clientKeys = new Float64Array(slots.clients);
const clientOrder = new Uint8Array(slots.clients);
const newNumber = new Uint8Array(lost + 1);

/**
 * How the last `encode` renumbered: the client that came to each place, and the number (place + 1)
 * that each guardian's number became.
 */
export const renumbering = { clients: clientOrder, guardians: newNumber } as const;

function processBits(p: Process): number {
  return p.pc | (p.set << 5) | (p.lock << 7) | (p.stop << 8) | (p.staged << 10);
}

function readProcess(p: Process, bits: number): void {
  p.pc = bits & 31;
  p.set = (bits >> 5) & 3;
  p.lock = (bits >> 7) & 1;
  p.stop = (bits >> 8) & 3;
  p.staged = (bits >> 10) & 1;
}

function guardianBits(g: Guardian): number {
  return processBits(g) | (g.sh << 11) | (g.dismissed << 13);
}

function clientBits(c: Client): number {
  return processBits(c) | (c.rounds << 11) | (c.counted << 13) | (c.service << 14);
}

/** Clients in descending order of what they and their own guardians are doing. */
function orderClients(s: State): void {
  for (let i = 0; i < slots.clients; i++) {
    const c = at(s.clients, i);
    const own = c.own === 0 ? 0 : c.own === lost ? 1 : 2 + (guardianCodes[c.own] ?? 0);
    const attached = c.attached === 0 ? 0 : c.attached === s.recordGuardian ? 1 : 2;
    const key = ((clientCodes[i] ?? 0) * 65536 + own) * 4 + attached;
    let place = i;
    for (; place > 0 && (clientKeys[place - 1] ?? 0) < key; place--) {
      clientKeys[place] = clientKeys[place - 1] ?? 0;
      clientOrder[place] = clientOrder[place - 1] ?? 0;
    }
    clientKeys[place] = key;
    clientOrder[place] = i;
  }
}

/** Numbers guardians by the first who refers to them; the others by what they do. */
function numberGuardians(s: State): void {
  let used = 0;
  for (let guardian = 1; guardian <= slots.guardians; guardian++) {
    newNumber[guardian] = 0;
    if ((guardianCodes[guardian] ?? 0) !== 0) used++;
  }
  newNumber[lost] = lost;
  let next = 1;
  next = name(s.recordGuardian, next);
  for (let place = 0; place < slots.clients; place++) {
    const i = clientOrder[place] ?? 0;
    const c = at(s.clients, i);
    next = name(c.own, name(c.attached, next));
  }
  for (const v of s.services) next = name(v.inherited, next);
  while (next <= used) {
    let best = 0;
    for (let guardian = 1; guardian <= slots.guardians; guardian++) {
      if (newNumber[guardian] !== 0) continue;
      if (best === 0 || (guardianCodes[guardian] ?? 0) > (guardianCodes[best] ?? 0)) {
        best = guardian;
      }
    }
    next = name(best, next);
  }
}

/** Gives a guardian the next number, if it has none; returns the number after. */
function name(guardian: number, next: number): number {
  if (guardian === 0 || newNumber[guardian] !== 0) return next;
  newNumber[guardian] = next;
  return next + 1;
}

/** Writes a state's words to `target` from `offset` on. */
export function encode(s: State, target: Uint32Array, offset: number): void {
  for (let i = 0; i < slots.clients; i++) clientCodes[i] = clientBits(at(s.clients, i));
  for (let i = 0; i < slots.guardians; i++) guardianCodes[i + 1] = guardianBits(at(s.guardians, i));
  orderClients(s);
  numberGuardians(s);
  let word = offset;
  for (let place = 0; place < slots.clients; place++) {
    const i = clientOrder[place] ?? 0;
    const c = at(s.clients, i);
    const refers = ((newNumber[c.own] ?? 0) << 16) | ((newNumber[c.attached] ?? 0) << 19);
    target[word++] = (clientCodes[i] ?? 0) | refers;
  }
  for (let i = 0; i < slots.guardians / 2; i++) target[word + i] = 0;
  for (let guardian = 1; guardian <= slots.guardians; guardian++) {
    const code = guardianCodes[guardian] ?? 0;
    if (code === 0) continue;
    const index = (newNumber[guardian] ?? 0) - 1;
    const place = word + (index >> 1);
    target[place] = (target[place] ?? 0) | (code << ((index & 1) * 16));
  }
  word += slots.guardians / 2;
  let services = 0;
  for (const v of s.services) {
    services = (services << 6) | v.phase | (v.token << 2) | ((newNumber[v.inherited] ?? 0) << 3);
  }
  const record = (newNumber[s.recordGuardian] ?? 0) | (s.recordService << 3) | (s.record << 5);
  target[word++] = services | (record << 18) | (s.idle << 26) | (s.temporary << 27) | (s.set << 28);
  target[word] = s.crashes | (s.outside << 3) | (s.abandons << 5) | (s.throws << 7) |
    (s.unwatched << 9) | (s.repairing << 10);
}

/** Reads the words back into `s`. */
export function decode(source: Uint32Array, offset: number, s: State): void {
  let word = offset;
  for (const c of s.clients) {
    const bits = source[word++] ?? 0;
    readProcess(c, bits);
    c.rounds = (bits >> 11) & 3;
    c.counted = (bits >> 13) & 1;
    c.service = (bits >> 14) & 3;
    c.own = (bits >> 16) & 7;
    c.attached = (bits >> 19) & 7;
  }
  for (let i = 0; i < slots.guardians; i++) {
    const g = at(s.guardians, i);
    const bits = (source[word + (i >> 1)] ?? 0) >>> ((i & 1) * 16);
    readProcess(g, bits);
    g.sh = (bits >> 11) & 3;
    g.dismissed = (bits >> 13) & 1;
  }
  word += slots.guardians / 2;
  const shared = source[word++] ?? 0;
  for (let i = slots.services - 1, bits = shared; i >= 0; i--, bits >>= 6) {
    const v = at(s.services, i);
    v.phase = bits & 3;
    v.token = (bits >> 2) & 1;
    v.inherited = (bits >> 3) & 7;
  }
  s.recordGuardian = (shared >> 18) & 7;
  s.recordService = (shared >> 21) & 3;
  s.record = (shared >> 23) & 7;
  s.idle = (shared >> 26) & 1;
  s.temporary = (shared >> 27) & 1;
  s.set = (shared >> 28) & 1;
  const rest = source[word] ?? 0;
  s.crashes = rest & 7;
  s.outside = (rest >> 3) & 3;
  s.abandons = (rest >> 5) & 3;
  s.throws = (rest >> 7) & 3;
  s.unwatched = (rest >> 9) & 1;
  s.repairing = (rest >> 10) & 1;
}
