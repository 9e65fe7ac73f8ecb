import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { statSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VERBS } from "../../src/cli/verbs/all.ts";
import { waitForExit, which } from "../../src/process/mod.ts";
import { OWN, RUNTIMES, temporaryDirectory, test, uniqueName } from "../harness/mod.ts";
import { procref, quoted, run, Running, SLEEP } from "./cli.ts";

for (const runtime of OWN) {
  test(`${runtime}: every verb helps, with examples, on standard output and without colours`, async () => {
    const main = await run(runtime, ["--help"]);
    assertEquals([main.code, main.err], [0, ""]);
    for (const { name, load } of VERBS) {
      const { summary } = await load();
      assertStringIncludes(main.out, `  ${name} `);
      assertStringIncludes(main.out, summary);
      const own = await run(runtime, [name, "--help"]);
      assertEquals([own.code, own.err], [0, ""]);
      assertMatch(own.out, new RegExp(`Usage: procref ${name} `));
      assertMatch(own.out, /Examples:\n {2}\S/);
      // Examples are there to be copied, each in one piece.
      const text = own.out.split("\n").filter((line) => !line.startsWith("  procref "));
      for (const line of text) assert(line.length <= 110, line);
    }
    assertMatch((await run(runtime, ["--version"])).out, /^procref \d+\.\d+\.\d+\n$/);
    assertStringIncludes((await run(runtime, ["stauts"])).err, 'is "status" meant?');
  });

  test(`${runtime}: bash completes verbs, options, values, services and commands`, async () => {
    using directory = temporaryDirectory();
    writeFileSync(
      `${directory.path}/procref.json`,
      '{ "services": { "pg": { "command": "x" }, "redis": { "command": "x" } } }',
    );
    // The completions ask \`procref\` for names.
    writeFileSync(
      `${directory.path}/procref`,
      `#!/bin/sh\nexec ${procref(runtime).map(quoted).join(" ")} "$@"\n`,
      { mode: 0o755 },
    );
    const complete = (...words: string[]) =>
      `COMP_WORDS=(procref ${
        words.map(quoted).join(" ")
      }); COMP_CWORD=${words.length}; COMPREPLY=(); _procref; echo "\${COMPREPLY[*]}"`;
    const script = [
      "source <(procref completions bash)",
      complete("sta"),
      complete("with", "--ready-p"),
      complete("with", "re"),
      complete("with", "--port", "f"),
      complete("run", "--mechanism", ""),
      complete("completions", ""),
      complete("with", "pg", "--", "tru"),
    ].join("\n");
    await using shell = new Running(["bash", "--norc", "-c", script], {
      cwd: directory.path,
      env: { PATH: `${directory.path}:/usr/bin:/bin` },
    });
    const { out, err } = await shell.ended;
    assertEquals(err, "");
    const [verbs, options, names, ports, mechanisms, shells, commands] = out.split("\n");
    assertEquals(
      [verbs, options, names, ports, mechanisms, shells],
      [
        "status",
        "--ready-pattern --ready-port",
        "redis",
        "free",
        "cgroup_v2 process_group job_object",
        "bash zsh fish",
      ],
    );
    assert(commands?.split(" ").includes("true"));
  });

  for (const shell of ["bash", "zsh", "fish"]) {
    const path = which(shell);
    const title = `${runtime}: ${shell} takes its completions for a script`;
    test(path === undefined ? `${title} (skipped: no ${shell} here)` : title, async () => {
      if (path === undefined) return;
      using directory = temporaryDirectory();
      const file = `${directory.path}/completions`;
      writeFileSync(file, (await run(runtime, ["completions", shell])).out);
      await using running = new Running([path, "-n", file]);
      assertEquals(await running.ended, { code: 0, out: "", err: "" });
    });
  }

  const fish = which("fish");
  const title = `${runtime}: fish completes verbs and options`;
  test(fish === undefined ? `${title} (skipped: no fish here)` : title, async () => {
    if (fish === undefined) return;
    using directory = temporaryDirectory();
    const file = `${directory.path}/completions`;
    writeFileSync(file, (await run(runtime, ["completions", "fish"])).out);
    const script = `source ${file}; complete -C "procref sta"; complete -C "procref status --w"`;
    await using running = new Running([fish, "--no-config", "-c", script]);
    const { out } = await running.ended;
    assertEquals(out.split("\n").map((line) => line.split("\t")[0]), ["status", "--watch", ""]);
  });

  test(`${runtime}: the scripts for zsh and fish name every verb and option`, async () => {
    for (const shell of ["zsh", "fish"]) {
      const { code, out } = await run(runtime, ["completions", shell]);
      assertEquals(code, 0);
      for (const { load } of VERBS) {
        const { name, options } = await load();
        assertStringIncludes(out, name);
        for (const { name } of options) assertStringIncludes(out, name);
      }
    }
  });
}

test("a script of one's own is procref, in either runtime", async () => {
  const script = fileURLToPath(new URL("../../examples/procref.ts", import.meta.url));
  for (const runtime of RUNTIMES) {
    const words = ["run", "--", "sh", "-c", "exit 5"];
    await using running = new Running([...procref(runtime).slice(0, -1), script, ...words]);
    assertEquals((await running.ended).code, 5);
  }
});

test("importing the command runs nothing, and needs no permission", async () => {
  const [deno = "deno"] = procref("deno");
  const cli = new URL("../../src/cli/mod.ts", import.meta.url);
  const script = `const { main } = await import(${
    JSON.stringify(cli.href)
  }); console.log(typeof main);`;
  await using running = new Running([deno, "eval", "--quiet", "--no-lock", script]);
  assertEquals(await running.ended, { code: 0, out: "function\n", err: "" });
});

if (OWN.includes("deno")) {
  // `deno compile` downloads what it builds on; a deno stands in for that here, so that what is made is not run.
  test("`deno task compile` makes one file, of the command and no packages", async () => {
    using directory = temporaryDirectory();
    const [deno = ""] = procref("deno");
    const binary = `${directory.path}/procref`;
    const root = fileURLToPath(new URL("../../", import.meta.url));
    await using compiling = new Running([deno, "run", "-A", ".ci/compile.ts", binary], {
      cwd: root,
      env: { DENORT_BIN: deno },
    });
    const { code, err } = await compiling.ended;
    assertEquals(code, 0, err);
    const added = statSync(binary).size - statSync(deno).size;
    assert(added > 100_000 && added < 10_000_000, `${added} bytes`);
  });
}

test("a binary made by `bun build --compile` is procref, on a machine without a runtime", async () => {
  using directory = temporaryDirectory();
  const binary = `${directory.path}/procref`;
  const bun = fileURLToPath(new URL("../../node_modules/.bin/bun", import.meta.url));
  const cli = fileURLToPath(new URL("../../src/cli/mod.ts", import.meta.url));
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const build = [bun, "build", "--compile", cli, "--outfile", binary];
  await using building = new Running(build, { cwd: root });
  assertEquals((await building.ended).code, 0);
  const env = { PATH: "/usr/bin:/bin" };
  const words = ["with", uniqueName("binary"), "--start", SLEEP, "--env-prefix=S", "--"];
  await using one = new Running([binary, ...words, "sh", "-c", "echo $S_PID; read line; exit 3"], {
    env,
  });
  const pid = Number(await one.line());
  assert(pid > 0);
  one.type("\n");
  assertEquals((await one.ended).code, 3);
  await using other = new Running([binary, ...words, "sh", "-c", "echo $S_PID; read line"], {
    env,
  });
  const orphan = Number(await other.line());
  other.signal("SIGKILL");
  await other.ended;
  await waitForExit(orphan, { timeout: 5000 });
});
