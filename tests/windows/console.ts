// Runs the command that its arguments are, in this process's console; as soon as that prints a line, it gets a Ctrl-C,
// as all in the console do. Prints its code.

import process from "node:process";
import { SharedChild } from "@procref/procref/child";
import { native, type SymbolTable } from "../../ffi/mod.ts";
import { lines } from "./programs.ts";

const CONSOLE = {
  GenerateConsoleCtrlEvent: { args: ["u32", "u32"], returns: "i32" },
} as const satisfies SymbolTable;
const CTRL_C = 0;
const EVERYBODY = 0;

const [program = "", ...args] = process.argv.slice(2);
process.on("SIGINT", () => {});
const child = SharedChild.spawn(program, { args, stdin: "null", stdout: "piped" });
const output = lines(child.takeStdout());
console.log((await output.next()).value);
const { GenerateConsoleCtrlEvent } = native.open(["kernel32.dll"], CONSOLE);
if (GenerateConsoleCtrlEvent(CTRL_C, EVERYBODY) === 0) console.log("no console");
for await (const line of output) console.log(line);
console.log(`ended with ${(await child.wait()).code}`);
process.exit();
