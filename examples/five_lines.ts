import { commandService } from "@procref/procref/service";

const server = commandService("my-server", {
  command: ["python3", "-m", "http.server", "--bind", "127.0.0.1", "{port}"],
  port: "free",
});
await using handle = await server.acquire();
const page = await fetch(`http://127.0.0.1:${handle.port}`);
console.log(page.status, "shared by", server.count());
