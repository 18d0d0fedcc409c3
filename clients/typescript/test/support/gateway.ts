/** The gateway that the tests were given, people who call it, and a hand that can harm it. */

import { connect } from "node:net";
import { AirDisplay, type Options } from "../../src/index.ts";

export const url = given("AIRDISPLAY_URL");

/** A guest, told apart by a cookie; without a name by the address. */
export function guest(name?: string, options: Partial<Options> = {}): AirDisplay {
  return new AirDisplay({ url, ...(name === undefined ? {} : { fetch: withCookie(name) }), ...options });
}

export function operator(): AirDisplay {
  return new AirDisplay({ url, token: given("AIRDISPLAY_OPERATOR_TOKEN") });
}

/** A banner that no other test knows, registered. */
export async function newBanner(tags: string[] = []): Promise<string> {
  const { id } = await operator().register({ tags });
  return id;
}

/** Have something done to the mesh; returns once it is done. */
export function command(...words: string[]): Promise<void> {
  const [host, port] = given("AIRDISPLAY_CONTROL").split(":");
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () => socket.write(`${words.join(" ")}\n`));
    let said = "";
    socket.on("data", (data) => {
      said += data;
    });
    socket.on("error", reject);
    socket.on("close", () => (said === "done\n" ? resolve() : reject(new Error(`control said ${said}`))));
  });
}

function withCookie(name: string): typeof fetch {
  return (address, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("Cookie", `airdisplay_guest=${name}`);
    return fetch(address, { ...init, headers });
  };
}

function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`expected ${name} in the environment: tests/clients/test_typescript.py sets it`);
  }
  return value;
}
