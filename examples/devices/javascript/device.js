// A banner in JavaScript, with the NATS client from npm and nothing else.
//
//     npm ci
//     node device.js ID CREDENTIALS [URL] [CA]

import { readFileSync } from "node:fs";
import { connect, credsAuthenticator } from "@nats-io/transport-node";

const HEARTBEAT_MS = 5_000;
const HELLO_MS = [250, 5_000]; // until the second hello, and between later ones
const STILL_RIGHT_MS = 600_000; // then hello although nothing was missed

const [banner, credentials, url = "nats://127.0.0.1:4222", caFile] = process.argv.slice(2);
const subject = (kind) => `airdisplay.banner.${banner}.${kind}`;
const shows = (text) => console.log(text === undefined ? `${banner} dark` : `${banner} shows: ${text}`);

// The time as it stands on the wire. Its form is fixed, so that texts compare as the times do.
const now = () => new Date().toISOString();

let nats;
let connected = false;
let newest = { at: "", number: 0 }; // the record by which we go
let display = null; // what shows
let darkTimer;
let helloTimer;

// Publish. Without a connection nothing is kept for later: later everything is said anew.
function say(kind, message) {
  if (connected) nats.publish(subject(kind), message ? JSON.stringify(message) : "");
}

// Say what is really shown.
function report() {
  say("reported", { display_id: display?.id ?? null, at: now() });
}

// A record: live, or in answer to a hello, or an old one that took a detour.
function receive(data) {
  let record;
  try {
    // Empty: the banner is no more, and shows nothing.
    record = data === "" ? { ...newest, state: { display: null } } : JSON.parse(data);
    if (typeof record.at !== "string" || record.state.display === undefined) return;
  } catch {
    return; // not a record; the next one will be
  }
  sayHelloIn(STILL_RIGHT_MS); // it is answered
  if (data === "" || record.at > newest.at || (record.at === newest.at && record.number > newest.number)) {
    newest = { at: record.at, number: record.number };
    become(record.state.display);
  }
  report(); // also if nothing is new: whoever sent it may not have heard what shows
}

// Show that, unless it is over.
function become(next) {
  clearTimeout(darkTimer);
  const left = next ? Date.parse(next.until) - Date.now() : 0;
  const before = display;
  display = left > 0 ? next : null;
  // Whether or not anybody is there to say so. Looks now and then before that, because clocks are set.
  if (display) darkTimer = setTimeout(look, Math.min(left, 1_000));
  if (display?.id !== before?.id || display?.text !== before?.text) shows(display?.text);
}

function look() {
  become(display);
  if (!display) report();
}

function sayHelloIn(ms, pause = HELLO_MS[0]) {
  clearTimeout(helloTimer);
  helloTimer = setTimeout(() => {
    say("hello");
    sayHelloIn(pause, Math.min(2 * pause, HELLO_MS[1]));
  }, ms);
}

// Also after a gap: what was said meanwhile reached nobody, and what came was missed.
function onConnect() {
  connected = true;
  say("presence", { at: now() });
  if (newest.at) report();
  sayHelloIn(0);
}

function fail(why) {
  console.error(`${banner}: ${why}`);
  process.exit(1);
}

// A lost connection comes back by itself. Credentials that are refused do not.
async function followConnection() {
  for await (const status of nats.status()) {
    if (status.type === "disconnect") connected = false;
    if (status.type === "reconnect") onConnect();
    if (status.type === "error") fail(`refused by the server: ${status.error.message}`);
  }
}

for (const signal of ["SIGTERM", "SIGINT"]) {
  process.once(signal, async () => {
    say("presence", { at: now(), leaving: "switched off" });
    if (connected) await nats.flush();
    process.exit(0);
  });
}

try {
  nats = await connect({
    servers: url,
    authenticator: credsAuthenticator(readFileSync(credentials)),
    tls: caFile ? { caFile } : undefined,
    waitOnFirstConnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 1_000,
    pingInterval: HEARTBEAT_MS, // how a radio that went silent is noticed
    maxPingOut: 2,
  });
} catch (error) {
  fail(`refused by the server, or no credentials in ${credentials}: ${error.message}`);
}
void followConnection();
void nats.closed().then((error) => error && fail(`refused by the server: ${error.message}`));

// Subscribe first and say hello then, so that nothing is missed between the two.
nats.subscribe(subject("state"), {
  callback: (error, message) =>
    error ? fail(`refused by the server: ${error.message}`) : receive(message.string()),
});
onConnect();
setInterval(() => say("presence", { at: now() }), HEARTBEAT_MS);
