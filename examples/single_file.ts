// Any number of copies of this script may run at once: together they do at most ten things a second.
// Try it in several terminals: deno run --allow-all examples/single_file.ts one two three four five

import { commandService } from "@procref/procref"; // in a file of your own: "jsr:@procref/procref"

const limiter = commandService("example-rate-limit", {
  command: [Deno.execPath(), "run", "--allow-net", "--allow-env", import.meta.url, "--serve"],
  port: "free",
});

if (Deno.args[0] === "--serve") {
  let next = 0;
  Deno.serve({ hostname: "127.0.0.1", port: Number(Deno.env.get("PORT")) }, async () => {
    const turn = next = Math.max(next + 100, Date.now());
    await new Promise((resolve) => setTimeout(resolve, turn - Date.now()));
    return new Response(`${turn}`);
  });
} else if (import.meta.main) {
  await using handle = await limiter.acquire();
  for (const task of Deno.args) {
    const turn = await fetch(`http://127.0.0.1:${handle.port}`); // answers when it is ours
    console.log(await turn.text(), task);
  }
}
