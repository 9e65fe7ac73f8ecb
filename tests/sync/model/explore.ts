// Visits every state that a model can reach, breadth first: the first violation found has the fewest steps.

/** A state: small numbers, as the model lays them out. */
export type State = readonly number[];

/** A step that may be taken. */
export interface Move {
  readonly label: string;
  readonly next: State;
  /** A death: it may happen, but nobody may rely on it. */
  readonly fault?: boolean;
}

/** What is explored. */
export interface Model {
  readonly initial: State;
  moves(state: State): Move[];
  /** What is wrong in this state, wherever it comes from. */
  violation(state: State): string | undefined;
  /** What is wrong in a state from which nobody can step. */
  endViolation(state: State): string | undefined;
}

/** What was found. */
export interface Result {
  readonly states: number;
  readonly ends: number;
  readonly violated: string | undefined;
  /** The shortest way to the violation. */
  readonly trace: readonly string[];
}

const MOST_STATES = 4_000_000;

/** Explores a model up to the first violation. */
export function explore(model: Model): Result {
  const numbers = new Map<string, number>();
  const states: State[] = [];
  const origins: { from: number; label: string }[] = [];
  let ends = 0;

  function add(state: State, from: number, label: string): void {
    const key = String.fromCharCode(...state);
    if (numbers.has(key)) return;
    numbers.set(key, states.length);
    states.push(state);
    origins.push({ from, label });
    if (states.length > MOST_STATES) throw new Error("The model has too many states");
  }

  function found(index: number, violated: string): Result {
    const trace: string[] = [];
    for (let at = index; at > 0;) {
      const origin = origins[at];
      if (origin === undefined) break;
      trace.unshift(origin.label);
      at = origin.from;
    }
    return { states: states.length, ends, violated, trace };
  }

  add(model.initial, 0, "");
  for (let index = 0; index < states.length; index++) {
    const state = states[index];
    if (state === undefined) break;
    const wrong = model.violation(state);
    if (wrong !== undefined) return found(index, wrong);
    const moves = model.moves(state);
    for (const { next, label } of moves) add(next, index, label);
    if (moves.some((move) => !move.fault)) continue;
    ends++;
    const stuck = model.endViolation(state);
    if (stuck !== undefined) return found(index, stuck);
  }
  return { states: states.length, ends, violated: undefined, trace: [] };
}
