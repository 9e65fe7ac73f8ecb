// The Windows programs of both runtimes, as the npm registry has them.

import { join } from "@std/path";
import { call, installOnce, PLACE } from "./place.ts";

const DENO = "@deno/win32-x64@2.9.5"; // the newest for Windows on npm
const BUN = "@oven/bun-windows-x64@1.4.4";

/** Paths of the executables on this host. */
export interface Runtimes {
  readonly deno: string;
  readonly bun: string;
}

/** Both runtimes; they are downloaded first if need be. */
export async function runtimes(): Promise<Runtimes> {
  return {
    deno: join(await unpacked("deno", DENO), "deno.exe"),
    bun: join(await unpacked("bun", BUN), "bin", "bun.exe"),
  };
}

async function unpacked(name: string, what: string): Promise<string> {
  const folder = join(PLACE, `${name}-${what.split("@").pop()}`);
  await installOnce(folder, async () => {
    await call("npm", ["pack", "--silent", what], { cwd: folder });
    for await (const { name: file } of Deno.readDir(folder)) {
      if (!file.endsWith(".tgz")) continue;
      await call("tar", ["xzf", file], { cwd: folder });
      await Deno.remove(join(folder, file));
    }
  });
  return join(folder, "package");
}
