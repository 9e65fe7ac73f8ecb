// What a guardian is while nothing happens: a shell that sleeps in `read` on a pipe. Each client holds the
// write end; the kernel closes it at any death, and `read` returns with the last one gone.
//
// - The line `q` dismisses it.
// - At end of file a pass decides by the kernel's count (see pass.ts) and prints a verdict: `watch` means read
//   on, `linger N` means look again after N seconds, anything else that nothing is left to guard.
// - A pass that was killed half-way is repeated; ten times, so that one that cannot run at all is not for ever.
// - Only the shell itself may hold the read end; therefore the redirections.

/** The script. The pass's code comes in `PROCREF_PASS`, the command that runs it as arguments. */
export const SCRIPT = `code=$PROCREF_PASS
unset PROCREF_PASS
export PROCREF_GUARDIAN=$$
pass() { printf %s "$code" | (cd "$PROCREF_CWD" && exec "$@") 2>/dev/null; }
while :; do
  while IFS= read -r line; do [ "$line" = q ] && exit; done
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
