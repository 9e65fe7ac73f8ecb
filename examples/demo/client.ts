// A client of the demo: it comes when it is started, uses the service, and leaves when it is told to.

import process from "node:process";
import { demo } from "./service.ts";

const before = demo.count();
await using handle = await demo.acquire();
const answer = await (await fetch(`http://127.0.0.1:${handle.port}`)).text();
console.log(JSON.stringify({ started: before === 0, service: handle.info, answer }));
await new Promise((resolve) => process.stdin.once("data", resolve));
process.stdin.destroy();
