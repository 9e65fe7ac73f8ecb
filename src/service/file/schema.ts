// What a procref.json may say, as a JSON Schema (draft 2020-12). It is what the reader checks against and what is
// published as procref.schema.json: the two cannot differ.

/** The part of JSON Schema that is used here. */
export interface Schema {
  readonly $schema?: string;
  /** What a value must be, as the end of a sentence. */
  readonly title?: string;
  readonly description?: string;
  readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
  readonly const?: string | boolean;
  readonly enum?: readonly string[];
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly pattern?: string;
  readonly format?: "regex";
  readonly minItems?: number;
  readonly prefixItems?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
  readonly anyOf?: readonly Schema[];
  readonly if?: Schema;
  readonly then?: Schema;
}

const NO_NUL = "^[^\\u0000]*$";
const text = (title: string): Schema => ({ type: "string", pattern: NO_NUL, title });
const someText = (title: string, description: string): Schema => ({
  ...text(title),
  minLength: 1,
  description,
});

const duration = (description: string, byDefault?: number): Schema => ({
  title: 'milliseconds, or a text such as "500ms", "30s", "5m" or "1h"',
  description,
  anyOf: [
    { type: "number", minimum: 0 },
    { type: "string", pattern: "^[0-9]+(\\.[0-9]+)?(ms|s|m|h)$" },
  ],
  ...(byDefault === undefined ? {} : { default: byDefault }),
});

const variables = (description: string): Schema => ({
  type: "object",
  title: "an object of texts",
  description,
  propertyNames: { pattern: "^[^=\\u0000]+$", title: "the name of a variable" },
  additionalProperties: text("a text without NUL"),
});

const ready: Schema = {
  type: "object",
  title: "an object",
  description: "When the service counts as ready: when all that is named here holds. " +
    "Default: its port accepts connections, or, without a port, it has been launched.",
  additionalProperties: false,
  properties: {
    line: someText("a text", "A line of its output contains this text."),
    pattern: {
      type: "string",
      format: "regex",
      title: "a regular expression",
      description: "A line of its output matches this regular expression.",
    },
    port: {
      type: "boolean",
      title: "true or false",
      description: "Its port accepts connections on the loopback address.",
    },
    http: {
      type: "string",
      pattern: "^https?://[^\\u0000 ]+$",
      title: "a URL with http or https",
      description: "This URL answers with a status from 200 to 299; {port} in it is replaced.",
    },
    timeout: duration("Until the start counts as failed.", 30_000),
  },
  if: { required: ["line"] },
  then: { properties: { pattern: { const: false, title: "left out where line is given" } } },
};

const stop: Schema = {
  type: "object",
  title: "an object",
  description: "How the service is stopped when its last client is gone.",
  additionalProperties: false,
  properties: {
    signal: {
      enum: ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGKILL"],
      title: "SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2 or SIGKILL",
      description: "What asks it to end.",
      default: "SIGTERM",
    },
    timeout: duration("From asking to SIGKILL.", 5000),
  },
};

const service: Schema = {
  type: "object",
  title: "an object",
  required: ["command"],
  additionalProperties: false,
  properties: {
    command: {
      title: "a command line, or an array of a program and its arguments",
      description:
        "What to run; {port} in it is replaced. A text is run by /bin/sh (on Windows by cmd.exe), an array as it is.",
      anyOf: [
        { type: "string", minLength: 1, pattern: NO_NUL },
        {
          type: "array",
          minItems: 1,
          prefixItems: [{ type: "string", minLength: 1, pattern: NO_NUL }],
          items: { type: "string", pattern: NO_NUL },
        },
      ],
    },
    port: {
      title: 'an integer from 1 to 65535, or "free"',
      description: 'The TCP port it listens on; "free" picks one that nobody uses. ' +
        "It replaces {port} and stands in the variable PORT.",
      anyOf: [{ type: "integer", minimum: 1, maximum: 65535 }, { const: "free" }],
    },
    ready,
    stop,
    linger: duration("How long it stays when its last client is gone.", 0),
    env: variables("Variables to add to its environment; {port} in them is replaced."),
    provides: variables(
      "Variables that `procref with` adds to the environment of its command; {port} and {pid} in them are replaced.",
    ),
    cwd: someText("a path", "Its working directory. Default: where this file lies."),
    log: someText("a path", "The file that its output is appended to. Relative to this file."),
    directory: someText("a path", "Where its record lives. Default: a directory of this user's."),
    scope: {
      enum: ["file", "user"],
      title: '"file" or "user"',
      description:
        '"file": shared by all that use this file. "user": by all processes of this user that name it.',
      default: "file",
    },
  },
  if: {
    required: ["ready"],
    properties: { ready: { required: ["port"], properties: { port: { const: true } } } },
  },
  then: { required: ["port"] },
};

/** The schema of a procref.json. */
export const SCHEMA: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "an object",
  description: "procref.json: services that many processes share, by name.",
  type: "object",
  required: ["services"],
  additionalProperties: false,
  properties: {
    $schema: { type: "string", title: "a text", description: "Where this schema lies." },
    services: {
      type: "object",
      title: "an object of services",
      description: "The services by name.",
      propertyNames: {
        pattern: "^[A-Za-z0-9_][A-Za-z0-9_.@/-]{0,99}$",
        title: "a name of letters, digits and _ . @ / -, at most 100",
      },
      additionalProperties: service,
    },
  },
};
