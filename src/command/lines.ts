import type { Decoding } from "./decode.ts";

/** Which side of a line that is too long is not kept. */
export type CutSide = "beginning" | "end";

/** Cuts bytes into lines. A line ends with LF or CRLF, which are not part of it; the last one may lack its end. */
export class LineSplitter {
  readonly #decoding: Decoding;
  readonly #longest: number;
  readonly #tooLong: () => CutSide;
  /** What has come of the line that is not over, in pieces: joining them each time would be quadratic. */
  #pieces: string[] = [];
  #length = 0;

  /**
   * @param decoding The stream's decoder.
   * @param longest Characters of a line that are kept at most.
   * @param tooLong What is to be done with a longer line; it may throw.
   */
  constructor(
    decoding: Decoding,
    longest: number,
    tooLong: () => CutSide,
  ) {
    this.#decoding = decoding;
    this.#longest = longest;
    this.#tooLong = tooLong;
  }

  /** The lines that end in these bytes. */
  push(bytes: Uint8Array): string[] {
    return this.#split(this.#decoding.push(bytes));
  }

  /** The rest, at the end of the stream. */
  end(): string[] {
    const lines = this.#split(this.#decoding.end());
    if (this.#pieces.length > 0) lines.push(this.#take());
    return lines;
  }

  #split(text: string): string[] {
    if (text === "") return [];
    const lines = text.split("\n");
    const rest = lines.pop() ?? "";
    if (lines.length > 0) {
      this.#keep(lines[0] ?? "");
      lines[0] = this.#take();
    }
    for (const [index, line] of lines.entries()) {
      const whole = line.endsWith("\r") ? line.slice(0, -1) : line;
      lines[index] = whole.length > this.#longest ? this.#cut(whole) : whole;
    }
    this.#keep(rest);
    return lines;
  }

  #keep(piece: string): void {
    if (piece === "") return;
    this.#pieces.push(piece);
    this.#length += piece.length;
    // Not before it is twice as long, so that cutting costs no more than reading; a CR may be at the end.
    if (this.#length <= this.#longest * 2 + 1) return;
    const kept = this.#cut(this.#pieces.join(""));
    this.#pieces = [kept];
    this.#length = kept.length;
  }

  #take(): string {
    const line = this.#pieces.length === 1 ? this.#pieces[0] ?? "" : this.#pieces.join("");
    this.#pieces = [];
    this.#length = 0;
    return line;
  }

  #cut(line: string): string {
    return this.#tooLong() === "end"
      ? line.slice(0, this.#longest)
      : line.slice(line.length - this.#longest);
  }
}
