import "./warm.ts";
import { assertEquals, assertMatch } from "@std/assert";
import process from "node:process";
import { Command, type CommandOptions } from "@procref/procref/command";
import { hostContainment, ProcessGroup } from "@procref/procref/group";
import { linuxTest, test } from "../harness/mod.ts";

async function environment(options: CommandOptions): Promise<Record<string, string>> {
  const text = await new Command("/usr/bin/env", { args: ["-0"], ...options }).run();
  const entries = text.split("\0").filter((entry) => entry !== "");
  return Object.fromEntries(entries.map((entry) => entry.split(/=(.*)/s).slice(0, 2)));
}

/** Without what a shell sets, and, where a tree is found by it, without the tree's mark. */
function given(variables: Record<string, string>): Record<string, string> {
  const own = ["PWD", "SHLVL", "_", "OLDPWD"];
  const marked = hostContainment().mechanism === "process_group";
  if (marked) assertMatch(variables["PROCREF_GROUP"] ?? "", /^[-0-9a-f]{36}$/);
  const known = marked ? [...own, "PROCREF_GROUP"] : own;
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !known.includes(name)));
}

test("variables are added to the environment, or replaced", async () => {
  const { PATH, HOME, PROCREF_TEST_A } = await environment({
    env: { PROCREF_TEST_A: "1 = 2", HOME: "/x" },
  });
  assertEquals([PATH, HOME, PROCREF_TEST_A], [process.env["PATH"], "/x", "1 = 2"]);
});

test("clearEnv leaves what is set, and nothing else", async () => {
  assertEquals(given(await environment({ clearEnv: true, env: { A: "1" } })), { A: "1" });
});

test("inheritEnv takes over what it names, and nothing else", async () => {
  process.env["PROCREF_TEST_B"] = "b";
  const variables = await environment({
    inheritEnv: ["PROCREF_TEST_B", "NOT_THERE"],
    env: { A: "1" },
  });
  delete process.env["PROCREF_TEST_B"];
  assertEquals(given(variables), { A: "1", PROCREF_TEST_B: "b" });
});

test("unsetEnv takes variables out", async () => {
  process.env["PROCREF_TEST_C"] = "c";
  const { PATH, PROCREF_TEST_C } = await environment({ unsetEnv: ["PROCREF_TEST_C"] });
  delete process.env["PROCREF_TEST_C"];
  assertEquals([PATH, PROCREF_TEST_C], [process.env["PATH"], undefined]);
});

test("a program gets the environment as it is now, in whatever way its tree is held together", async () => {
  const HOW = ["cgroup_v2", "process_group", undefined] as const;
  const mechanisms = HOW.filter((one) =>
    one !== "cgroup_v2" || one === hostContainment().mechanism
  );
  const name = "PROCREF_TEST_D";
  const line = `echo "$${name}"`;
  for (const mechanism of mechanisms) {
    await using group = mechanism && await ProcessGroup.create({ mechanism });
    const command = Command.shell(line, group ? { group } : {});
    for (const value of ["first", "second"]) {
      process.env[name] = value;
      assertEquals(await command.run(), value);
    }
    delete process.env[name];
    assertEquals(await command.run(), "");
  }
});

linuxTest("limits hold for a command", async () => {
  const command = Command.shell("ulimit -n", { rlimits: { nofile: 64 } });
  assertEquals(await command.run(), "64");
});

test("what a child can be given, a command can", async () => {
  const shell = (line: string, options: CommandOptions) => Command.shell(line, options).run();
  assertEquals(await shell("umask", { umask: 0o27 }), "0027");
  assertEquals(await shell("nice", { priority: 5 }), "5");
  const session = await shell("cut -d' ' -f1,6 /proc/self/stat; echo $$", { newSession: true });
  const [[, group], [pid]] = session.split("\n").map((line) => line.split(" ")) as [
    string[],
    string[],
  ];
  assertEquals(group, pid);
  if (process.getuid?.() === 0) {
    assertEquals(await shell("id -u; id -g", { uid: 65534, gid: 65534, cwd: "/" }), "65534\n65534");
  }
});
