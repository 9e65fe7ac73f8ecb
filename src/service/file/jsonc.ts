// JSON with comments and trailing commas, as people write configuration by hand, read into nodes that know where
// they stand: an error can then name line and column (RFC 8259; the extensions are those of .jsonc files).

/** A value, and where it begins in the text. */
export type Node =
  & { readonly offset: number }
  & (
    | { readonly kind: "scalar"; readonly value: string | number | boolean | null }
    | { readonly kind: "array"; readonly items: readonly Node[] }
    | { readonly kind: "object"; readonly members: readonly Member[] }
  );

/** A key and its value. */
export interface Member {
  readonly key: string;
  readonly offset: number;
  readonly value: Node;
}

/** The text is no JSON. */
export class JsonSyntaxError extends Error {
  /** Where in the text. */
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** Reads a text. @throws {JsonSyntaxError} */
export function parseJsonc(text: string): Node {
  return new Parser(text).document();
}

/** The plain value of a node. */
export function valueOf(node: Node): unknown {
  switch (node.kind) {
    case "scalar":
      return node.value;
    case "array":
      return node.items.map(valueOf);
    case "object":
      return Object.fromEntries(node.members.map(({ key, value }) => [key, valueOf(value)]));
  }
}

/** Line and column of an offset, both from 1; a column counts UTF-16 units, as editors do. */
export function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split("\n");
  return { line: before.length, column: (before.at(-1) ?? "").length + 1 };
}

const BLANK = /(?:[ \t\r\n\ufeff]|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
// deno-lint-ignore no-control-regex
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[A-Za-z_$][\w$]*/y;
const WORDS = new Map<string, boolean | null>([["true", true], ["false", false], ["null", null]]);
const DEEPEST = 100;

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Node {
    const node = this.#value();
    this.#blank();
    if (this.#at < this.#text.length) this.#fail("There is more after the end");
    return node;
  }

  #value(): Node {
    this.#blank();
    const offset = this.#at;
    const character = this.#text[offset];
    if (character === "{" || character === "[") {
      if (++this.#depth > DEEPEST) this.#fail(`More than ${DEEPEST} levels`);
      const node = character === "{" ? this.#object(offset) : this.#array(offset);
      this.#depth--;
      return node;
    }
    if (character === '"') return { kind: "scalar", offset, value: this.#string() };
    const number = this.#match(NUMBER);
    if (number !== undefined) return { kind: "scalar", offset, value: Number(number) };
    const word = this.#match(WORD);
    const value = word === undefined ? undefined : WORDS.get(word);
    if (value === undefined) {
      this.#at = offset;
      this.#fail(word === undefined ? this.#unexpected() : `No value of JSON: ${word}`);
    }
    return { kind: "scalar", offset, value };
  }

  #object(offset: number): Node {
    const members: Member[] = [];
    this.#list("}", () => {
      const offset = this.#at;
      if (this.#text[offset] !== '"') this.#fail(`A key in double quotes is expected`);
      const key = this.#string();
      if (members.some((member) => member.key === key)) {
        this.#at = offset;
        this.#fail(`The key ${JSON.stringify(key)} is there twice`);
      }
      this.#blank();
      if (!this.#skip(":")) this.#fail("A colon is expected");
      members.push({ key, offset, value: this.#value() });
    });
    return { kind: "object", offset, members };
  }

  #array(offset: number): Node {
    const items: Node[] = [];
    this.#list("]", () => items.push(this.#value()));
    return { kind: "array", offset, items };
  }

  /** What stands between brackets, with commas; one after the last is fine. */
  #list(end: string, item: () => void): void {
    this.#at++;
    for (;;) {
      this.#blank();
      if (this.#skip(end)) return;
      item();
      this.#blank();
      if (this.#skip(end)) return;
      if (!this.#skip(",")) this.#fail(`A comma or "${end}" is expected`);
    }
  }

  #string(): string {
    const text = this.#match(STRING);
    if (text === undefined) this.#fail("A string that does not end, or holds what must be escaped");
    return JSON.parse(text);
  }

  #blank(): void {
    this.#match(BLANK);
    if (this.#text.startsWith("/*", this.#at)) this.#fail("A comment that does not end");
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #unexpected(): string {
    const character = this.#text[this.#at];
    return character === undefined
      ? "The text ends too early"
      : `A value is expected, not ${JSON.stringify(character)}`;
  }

  #fail(message: string): never {
    throw new JsonSyntaxError(message, this.#at);
  }
}
