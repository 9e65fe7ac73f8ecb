// Only `ffi/` and `src/runtime/` may name a runtime: the core knows neither Deno nor Bun.

const ADAPTERS = /\/(ffi|src\/runtime)\//;
const CORE = /\/(src\/|mod\.ts$)/;

const plugin: Deno.lint.Plugin = {
  name: "procref",
  rules: {
    "runtime-names": {
      create(context) {
        const concerned = CORE.test(context.filename) && !ADAPTERS.test(context.filename);
        if (!concerned) return {};
        return {
          MemberExpression({ object }) {
            if (object.type !== "Identifier" || !["Deno", "Bun"].includes(object.name)) return;
            context.report({
              node: object,
              message: `${object.name} is named outside ffi/ and src/runtime/`,
              hint: "Put what differs between the runtimes into src/runtime/",
            });
          },
        };
      },
    },
  },
};

export default plugin;
