import type { LinesReply, OutputReply } from "./reply.ts";
import type { RunnerOutput } from "./runner.ts";
import { endedBy, type Script, type Write } from "./scripted_process.ts";

/** The script that a reply amounts to. */
export function scriptOf(reply: OutputReply | LinesReply): Script {
  const { duration = 0, ignores = [] } = reply;
  const status = statusOf(reply);
  if ("lines" in reply) return { writes: linesOf(reply), duration, status, ignores };
  const { stdout = "", stderr = "" } = reply;
  return {
    writes: [write("stdout", stdout), write("stderr", stderr)],
    duration,
    status,
    ignores,
  };
}

function statusOf(reply: OutputReply | LinesReply): Script["status"] {
  const { signal = null, success, timedOut = false }: OutputReply = "lines" in reply ? {} : reply;
  if (signal !== null) return endedBy(signal);
  if (timedOut) return endedBy("SIGTERM");
  const code = reply.code ?? (success === false ? 1 : 0);
  return { success: code === 0, code, signal: null };
}

async function* linesOf({ lines, delay = 0, stderr = "" }: LinesReply): AsyncGenerator<Write> {
  yield write("stderr", stderr);
  for await (const line of lines) yield { ...write("stdout", `${line}\n`), delay };
}

function write(stream: Write["stream"], content: string | Uint8Array): Write {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return { delay: 0, stream, bytes };
}

/** What was collected, with what a reply says of the run that no process shows. */
export function outputOf(collected: RunnerOutput, reply: Partial<RunnerOutput>): RunnerOutput {
  const timedOut = reply.timedOut ?? collected.timedOut;
  return {
    ...collected,
    timedOut,
    truncated: reply.truncated ?? collected.truncated,
    success: (reply.success ?? collected.success) && !timedOut,
  };
}
