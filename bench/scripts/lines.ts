import process from "node:process";
import { createInterface } from "node:readline";

/** Answers each line of standard input with a line, until an empty one comes. */
export async function answer(body: (line: string) => string | Promise<string>): Promise<void> {
  for await (const line of createInterface(process.stdin)) {
    if (line === "") break;
    console.log(await body(line));
  }
  process.stdin.destroy();
}
