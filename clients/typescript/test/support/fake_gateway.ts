/** A live channel that a test speaks for, for what a real gateway cannot be made to do. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import type { ClientFrame, Hello, ServerFrame, Snapshot } from "../../src/types.ts";

const HEARTBEAT_MS = 60_000;

/** One channel of a client, seen from the gateway. */
export class Caller {
  readonly #socket: WebSocket;
  readonly #frames: ClientFrame[] = [];
  #arrived: () => void = () => {};

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data) => {
      this.#frames.push(JSON.parse(String(data)));
      this.#arrived();
    });
  }

  /** Resolves once the client has gone. */
  get gone(): Promise<unknown> {
    return once(this.#socket, "close");
  }

  say(frame: ServerFrame): void {
    this.#socket.send(JSON.stringify(frame));
  }

  sayRaw(text: string): void {
    this.#socket.send(text);
  }

  hello(more: Partial<Hello> = {}): void {
    const now = new Date().toISOString();
    const who = { by: "ada", role: "author" } as const;
    this.say({ op: "hello", protocol: 1, epoch: "one", heartbeat_ms: HEARTBEAT_MS, now, ...who, ...more });
  }

  snapshot(revision: number, more: Partial<Snapshot> = {}): void {
    this.say({
      op: "snapshot",
      revision,
      recovered: false,
      epoch: "one",
      hardware: "",
      banners: [],
      ...more,
    });
  }

  close(code: number, reason = ""): void {
    this.#socket.close(code, reason);
  }

  /** The next frame of the client. */
  async frame(): Promise<ClientFrame> {
    while (true) {
      const frame = this.#frames.shift();
      if (frame !== undefined) {
        return frame;
      }
      await new Promise<void>((resolve) => {
        this.#arrived = resolve;
      });
    }
  }
}

export class FakeGateway {
  readonly #server: WebSocketServer;
  readonly #callers: Caller[] = [];
  #came: () => void = () => {};

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket) => {
      this.#callers.push(new Caller(socket));
      this.#came();
    });
  }

  static async start(context: TestContext): Promise<FakeGateway> {
    const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
    context.after(() => {
      for (const each of server.clients) {
        each.terminate();
      }
      server.close();
    });
    const gateway = new FakeGateway(server);
    await once(server, "listening");
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next channel that a client opens. */
  async caller(): Promise<Caller> {
    while (true) {
      const caller = this.#callers.shift();
      if (caller !== undefined) {
        return caller;
      }
      await new Promise<void>((resolve) => {
        this.#came = resolve;
      });
    }
  }
}
