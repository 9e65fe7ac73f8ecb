import { assertEquals, assertNotEquals } from "@std/assert";
import { readFileSync } from "node:fs";
import { isAlive, sendSignal, waitForExit } from "@procref/procref/process";
import { eventually, OWN, type Program, start, temporaryDirectory, test } from "../harness/mod.ts";

const CLIENT = new URL("./table_client.ts", import.meta.url);

async function ask(client: Program, line: string): Promise<string> {
  client.tell(line);
  return await client.line();
}

for (const runtime of OWN) {
  test(`docs/callbacks: the table is saved by the last one out, or by the guardian, and recovered (${runtime})`, async () => {
    using directory = temporaryDirectory();
    const file = `${directory.path}/table.json`;
    const saved = () => JSON.parse(readFileSync(file, "utf8"));
    const client = () => start(runtime, CLIENT, { env: { TABLE: file } });

    await using first = client();
    const pid = Number(await first.line());
    assertEquals(await ask(first, "PUT a one"), "a=one");
    first.tell("bye");
    assertEquals(await first.ended, 0);
    assertEquals([saved(), isAlive(pid)], [{ "/a": "one" }, false]);

    await using second = client();
    const hanging = Number(await second.line());
    assertEquals(await ask(second, "GET a"), "a=one");
    sendSignal(hanging, "SIGSTOP");
    await using third = client();
    const recovered = Number(await third.line());
    assertNotEquals(recovered, hanging);
    assertEquals(await ask(third, "PUT b two"), "b=two");

    for (const one of [second, third]) one.signal("SIGKILL");
    await waitForExit(recovered, { timeout: 10_000 });
    await eventually(() => saved()["/b"] === "two");
  });
}
