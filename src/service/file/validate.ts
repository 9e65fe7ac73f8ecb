// Checks a text's nodes against a schema, and says what is wrong where. Only what schema.ts uses is known here.

import type { Member, Node } from "./jsonc.ts";
import type { Schema } from "./schema.ts";

/** What is wrong with one value. */
export interface Problem {
  /** For example `services.pg.port`. */
  readonly path: string;
  readonly message: string;
  readonly offset: number;
}

/** Everything that is wrong, in the order of the text. */
export function problemsOf(node: Node, schema: Schema, path = ""): Problem[] {
  return [...find(node, schema, path)].sort((a, b) => a.offset - b.offset);
}

function* find(node: Node, schema: Schema, path: string): Generator<Problem> {
  if (!fits(node, schema)) {
    yield { path, message: `must be ${schema.title ?? "something else"}`, offset: node.offset };
    return;
  }
  if (node.kind === "object") yield* members(node, node.members, schema, path);
  if (node.kind === "array") {
    for (const [index, item] of node.items.entries()) {
      const of = schema.prefixItems?.[index] ?? schema.items;
      if (of !== undefined) yield* find(item, of, `${path}[${index}]`);
    }
  }
  if (schema.if && schema.then && holds(node, schema.if)) yield* find(node, schema.then, path);
}

function* members(
  node: Node,
  all: readonly Member[],
  schema: Schema,
  path: string,
): Generator<Problem> {
  const { properties = {}, additionalProperties = true, propertyNames, required = [] } = schema;
  const inside = (key: string) => path === "" ? key : `${path}.${key}`;
  for (const { key, offset, value } of all) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    const of = known ?? additionalProperties;
    const name: Node = { kind: "scalar", value: key, offset };
    if (of === false) {
      yield { path: inside(key), message: `is no key here${hint(key, properties)}`, offset };
    } else if (propertyNames && !fits(name, propertyNames)) {
      yield { path: inside(key), message: `must be ${propertyNames.title}`, offset };
    } else if (of !== true) yield* find(value, of, inside(key));
  }
  for (const key of required) {
    if (all.some((member) => member.key === key)) continue;
    yield { path: inside(key), message: "is missing", offset: node.offset };
  }
}

function holds(node: Node, schema: Schema): boolean {
  return find(node, schema, "").next().done === true;
}

/** What can be told of the value itself, without looking into it. */
function fits(node: Node, schema: Schema): boolean {
  const { type, anyOf } = schema;
  if (anyOf !== undefined && !anyOf.some((one) => holds(node, one))) return false;
  if (type !== undefined && !isOfType(node, type)) return false;
  if (node.kind !== "scalar" && (schema.enum ?? schema.const) !== undefined) return false;
  if (node.kind === "array") return node.items.length >= (schema.minItems ?? 0);
  if (node.kind === "object") return true;
  const { value } = node;
  if (schema.const !== undefined && value !== schema.const) return false;
  if (schema.enum !== undefined && !schema.enum.some((one) => one === value)) return false;
  if (typeof value === "number") {
    return value >= (schema.minimum ?? -Infinity) && value <= (schema.maximum ?? Infinity);
  }
  if (typeof value !== "string") return true;
  return value.length >= (schema.minLength ?? 0) &&
    (schema.pattern === undefined || new RegExp(schema.pattern, "u").test(value)) &&
    (schema.format !== "regex" || isRegularExpression(value));
}

function isOfType(node: Node, type: NonNullable<Schema["type"]>): boolean {
  if (type === "object" || type === "array") return node.kind === type;
  if (node.kind !== "scalar") return false;
  if (type === "integer") return Number.isInteger(node.value);
  // What is too large for a number of JavaScript is none.
  if (type === "number") return typeof node.value === "number" && Number.isFinite(node.value);
  return type === "boolean" ? typeof node.value === "boolean" : typeof node.value === "string";
}

function isRegularExpression(text: string): boolean {
  try {
    new RegExp(text, "u");
    return true;
  } catch {
    return false;
  }
}

/** The key that was meant, if one is near. */
function hint(key: string, properties: Readonly<Record<string, Schema>>): string {
  const known = Object.keys(properties);
  const near = known.find((one) => distance(one, key.toLowerCase()) <= 2);
  return near === undefined ? `; there are ${known.join(", ")}` : `; is "${near}" meant?`;
}

/** How many letters must be changed, added or removed (Levenshtein). */
export function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= other.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      next.push(Math.min((next[column - 1] ?? 0) + 1, (row[column] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
