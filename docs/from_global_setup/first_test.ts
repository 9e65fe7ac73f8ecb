import { match } from "node:assert/strict";
import { test } from "node:test";
import { url } from "./setup.ts";

test("the first file reaches the server", async () => {
  const answer = await (await fetch(url)).text();
  console.log(answer);
  match(answer, /^I am \d+$/);
});
