import type { Library, Prototype, SymbolTable } from "./types.ts";

/**
 * Binds each function of a table at its first use: a program needs few of them.
 *
 * @param table The functions.
 * @param bind Binds one.
 */
export function lazily<Table extends SymbolTable>(
  table: Table,
  bind: (name: string, prototype: Prototype) => unknown,
): () => Library<Table> {
  let library: Library<Table> | undefined;
  return () => library ??= bindingAtFirstUse(table, bind);
}

function bindingAtFirstUse<Table extends SymbolTable>(
  table: Table,
  bind: (name: string, prototype: Prototype) => unknown,
): Library<Table> {
  const library = {};
  for (const [name, prototype] of Object.entries(table)) {
    Object.defineProperty(library, name, {
      configurable: true,
      get(): unknown {
        const value = bind(name, prototype);
        Object.defineProperty(library, name, { value, enumerable: true });
        return value;
      },
    });
  }
  return library as Library<Table>;
}
