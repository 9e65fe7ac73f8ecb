// A program that calls the command's public main(), and ends when nothing holds it any more.

import process from "node:process";
import { main } from "../../src/cli/mod.ts";

console.log(await main(process.argv.slice(2)));
