// The set of states seen, as 63-bit fingerprints in an open-addressing table.
//
// Two states with one fingerprint would hide the second. Among 40 million states the chance that
// any such pair exists is about 1 in 10,000.

/** A growing set of fingerprints. */
export class Fingerprints {
  #table = new Uint32Array(2 << 16);
  #mask = (1 << 16) - 1;
  /** How many there are. */
  size = 0;

  /** Adds the fingerprint of some words; returns whether it is new. */
  add(source: Uint32Array, offset: number, length: number): boolean {
    let high = 0x9e3779b9;
    let low = 0x85ebca6b;
    for (let i = 0; i < length; i++) {
      const word = source[offset + i] ?? 0;
      high = Math.imul(high ^ word, 0xcc9e2d51);
      high ^= high >>> 15;
      low = Math.imul((low << 13) | (low >>> 19), 5) + Math.imul(word ^ (word >>> 16), 0x1b873593);
    }
    low = scatter(low ^ high);
    high = scatter(high + low);
    // All zeros marks a free place.
    if (!this.#insert(high >>> 0, (low | 1) >>> 0)) return false;
    if (++this.size * 10 > this.#mask * 7) this.#grow();
    return true;
  }

  #insert(high: number, low: number): boolean {
    const table = this.#table;
    for (let place = high & this.#mask;; place = (place + 1) & this.#mask) {
      const there = table[2 * place + 1];
      if (there === 0) {
        table[2 * place] = high;
        table[2 * place + 1] = low;
        return true;
      }
      if (there === low && table[2 * place] === high) return false;
    }
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 2) {
      const low = old[i + 1] ?? 0;
      if (low !== 0) this.#insert(old[i] ?? 0, low);
    }
  }
}

function scatter(value: number): number {
  let v = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  v = Math.imul(v ^ (v >>> 13), 0xc2b2ae35);
  return v ^ (v >>> 16);
}
