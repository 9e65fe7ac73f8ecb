// The first run makes the cgroup and the guardian that all runs of this process share, and that stay until it ends:
// made before the first test, they are nothing that a test leaves behind.

import { Command } from "@procref/procref/command";

await Command.shell("exit 0").run();
