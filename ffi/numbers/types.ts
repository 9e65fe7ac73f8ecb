/** Constants of a system's C interface by their names in C. */
export type Constants = Readonly<Record<string, number>>;

/** A C structure: what we know of where its members are. */
export interface Layout {
  /** Its name in C, for example `struct sembuf`. */
  readonly name: string;
  /** Its exact size in bytes, where we step through several or the kernel compares. */
  readonly size?: number;
  /** How many bytes we set aside: at least its size on every architecture. */
  readonly room?: number;
  /** Byte offsets of members. */
  readonly at: Readonly<Record<string, number>>;
}
