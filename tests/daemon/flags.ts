// A daemon with few permissions, which tells what it may do.

import { daemonize } from "@procref/procref/daemon";

const [path = "", ...args] = Deno.args;
const daemon = await daemonize();
const state = async (descriptor: Deno.PermissionDescriptor) =>
  (await Deno.permissions.query(descriptor)).state;
const told = {
  args,
  location: location.href,
  write: await state({ name: "write", path }),
  elsewhere: await state({ name: "write", path: "/usr" }),
  read: await state({ name: "read" }),
  net: await state({ name: "net" }),
};
daemon.ready();
Deno.writeTextFileSync(path, JSON.stringify(told));
setInterval(() => {}, 1000);
