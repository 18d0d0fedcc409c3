/**
 * One WebSocket from its opening to its end. A line on which nothing comes any more, not even a ping, is over,
 * whatever the system thinks of it. What the frames mean is left to `channel.ts`.
 */

import type { ClientFrame, ServerFrame } from "./types.ts";

const GREETED_WITHIN_MS = 10_000;
const HEARTBEATS_MISSED = 2;

/** No code of a WebSocket: the line broke, or fell silent. */
export const LOST = 1006;

export interface LineEnd {
  code: number;
  reason: string;
}

export class Line {
  /** Resolves once it is over; never rejects. */
  readonly ended: Promise<LineEnd>;
  readonly #socket: WebSocket;
  #end: (end: LineEnd) => void = () => {};
  #silence: ReturnType<typeof setTimeout> | undefined;
  #silenceMs = GREETED_WITHIN_MS;
  #heard = performance.now();

  constructor(address: URL, onFrame: (frame: ServerFrame, line: Line) => void) {
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#socket = new WebSocket(address);
    this.#socket.onmessage = ({ data }) => {
      this.#heard = performance.now();
      if (!this.#isOver) {
        this.#receive(data, onFrame);
      }
    };
    this.#socket.onclose = ({ code, reason }) => this.close({ code, reason });
    this.#listen(this.#silenceMs);
  }

  get #isOver(): boolean {
    return this.#silence === undefined;
  }

  send(frame: ClientFrame): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify(frame));
    }
  }

  /** That is the end; what still comes is not heard. */
  close(end: LineEnd = { code: LOST, reason: "" }): void {
    clearTimeout(this.#silence);
    this.#silence = undefined;
    this.#socket.close();
    this.#end(end);
  }

  #receive(data: unknown, onFrame: (frame: ServerFrame, line: Line) => void): void {
    const frame = read(data);
    if (frame === undefined) {
      this.close();
      return;
    }
    if (frame.op === "hello") {
      this.#silenceMs = HEARTBEATS_MISSED * frame.heartbeat_ms;
      clearTimeout(this.#silence);
      this.#listen(this.#silenceMs);
    } else if (frame.op === "ping") {
      this.send({ op: "pong" });
    }
    onFrame(frame, this);
  }

  /** Look once the line could have been silent for too long; when it was not, look again when it could be. */
  #listen(ms: number): void {
    this.#silence = setTimeout(() => {
      const left = this.#heard + this.#silenceMs - performance.now();
      if (left > 0) {
        this.#listen(left);
      } else {
        this.close();
      }
    }, ms);
  }
}

function read(data: unknown): ServerFrame | undefined {
  try {
    return JSON.parse(String(data)) as ServerFrame;
  } catch {
    return undefined;
  }
}
