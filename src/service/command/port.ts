import { once } from "node:events";
import { connect, createServer } from "node:net";

/** A TCP port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("No TCP port is free");
  return address.port;
}

/** True if something accepts connections on the port, on the loopback address. */
export async function accepts(port: number): Promise<boolean> {
  return await connects(port, "127.0.0.1") || await connects(port, "::1");
}

function connects(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
