// `deno publish` with the @std packages from JSR: during development an npm package stands in for them.
// Arguments are passed on (`--dry-run`, `--token`).

const FROM_JSR: Readonly<Record<string, string>> = {
  "@std/cli/parse-args": "jsr:@std/cli@^1/parse-args",
  "@std/msgpack": "jsr:@std/msgpack@^1",
};

const config = JSON.parse(await Deno.readTextFile("deno.json"));
const published = { ...config, imports: FROM_JSR };

const path = "deno.publish.json";
await Deno.writeTextFile(path, JSON.stringify(published, undefined, 2));
try {
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["publish", `--config=${path}`, ...Deno.args],
    stdin: "inherit",
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(path);
}
