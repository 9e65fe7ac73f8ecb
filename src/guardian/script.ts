// What a guardian is while nothing happens: a shell that sleeps in `read` on a pipe. Each client holds the
// write end; the kernel closes it at any death, and `read` returns with the last one gone.
//
// - The line `q` dismisses it. Any other line is a note for the pass, which finds the last one in `PROCREF_NOTE`; a
//   line that begins with `+` is added to the note there is, as a shell reads a pipe byte by byte.
// - At end of file a pass does what is to be done for this kind of charge (service/guardian/pass.ts,
//   group/process_groups/pass.ts) and prints a verdict: `watch` means read on, `linger N` means look again after N
//   seconds, anything else that nothing is left to guard.
// - A pass that was killed half-way is repeated; ten times, so that one that cannot run at all is not for ever.
// - Only the shell itself may hold the read end; therefore the redirections.
// - Where the pipe is a FIFO, its name goes with the shell.

/** The script. The code of the pass comes in `PROCREF_PASS`, the command that runs it as arguments; without one it is the shell's own. */
export const SCRIPT = `code=$PROCREF_PASS
fifo=$PROCREF_FIFO
unset PROCREF_PASS PROCREF_FIFO
[ -z "$fifo" ] || trap 'rm -f "$fifo"' EXIT
export PROCREF_GUARDIAN=$$
pass() {
  if [ $# -eq 0 ]; then eval "$code"; else printf %s "$code" | (cd "$PROCREF_CWD" && exec "$@"); fi 2>/dev/null
}
while :; do
  while IFS= read -r line; do
    case $line in
      q) exit ;;
      +*) export PROCREF_NOTE="$PROCREF_NOTE \${line#+}" ;;
      *) export PROCREF_NOTE="$line" ;;
    esac
  done
  left=10
  while [ $left -gt 0 ]; do
    verdict=$(pass "$@" </dev/null) || { left=$((left - 1)); verdict=; continue; }
    case $verdict in
      linger*) sleep "\${verdict#* }" </dev/null ;;
      *) break ;;
    esac
  done
  [ "$verdict" = watch ] || exit
done`;
