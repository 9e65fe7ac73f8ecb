// What a user without rights sees: run as nobody, prints what the host offers and what a group does.

import {
  hostContainment,
  ProcessGroup,
  ProcrefError,
  SharedChild,
  type SpawnOptions,
} from "../../src/group/mod.ts";

const refused = await ProcessGroup.create({ mechanism: "cgroup_v2" }).then(
  () => "made",
  ({ code }) => code,
);
const limits = await ProcessGroup.create({ limits: { memory: 1 << 30 } })
  .then(() => "made", ({ code, reason }) => `${code} ${reason}`);
await using group = await ProcessGroup.create();
const child = await group.spawn("sleep", { args: ["60"] });
const foreign = await group.spawn("true", { uid: 0 }).then(() => "started", ({ code }) => code);
const code = (options: SpawnOptions) => {
  try {
    SharedChild.spawn("true", options);
    return "started";
  } catch (error) {
    return error instanceof ProcrefError ? error.code : String(error);
  }
};
const rights = {
  priority: code({ priority: -5 }),
  ioPriority: code({ ioPriority: { class: "realtime" } }),
  rlimits: code({ rlimits: { core: { soft: 0, hard: 0 } } }),
  raised: code({ rlimits: { nofile: Infinity } }),
};
await group.killAll();
console.log(JSON.stringify({
  host: hostContainment(),
  mechanism: group.mechanism,
  refused,
  limits,
  foreign,
  rights,
  signal: (await child.wait()).signal,
}));
