import { AirDisplay, Refused } from "@airdisplay/client";

const sky = new AirDisplay({ url: process.env.AIRDISPLAY_URL ?? "http://127.0.0.1:8000" });

// What is on a banner, from now on; through tunnels, restarts and deploys.
const watching = sky.watch({ banners: ["lightning"] });
const watched = (async () => {
  for await (const event of watching) {
    if (event.type === "connection") {
      console.log(event.connection); // connecting, live, reconnecting, offline
    } else if (event.type === "state") {
      console.log(`${event.banner.id} shows ${event.banner.display?.text ?? "nothing"}`);
    }
  }
})();

// One message, one banner, sixty seconds. However often it has to be sent, it has one effect.
const display = await sky.show("lightning", "Hello from TypeScript");

try {
  await sky.show("lightning", "Me too");
} catch (error) {
  if (error instanceof Refused && error.is("busy")) {
    console.log(`lightning is busy until ${error.problem.until}`);
  } else {
    throw error;
  }
}

// Follow it to its end; after two seconds we take it back.
const patience = setTimeout(() => sky.takeBack(display.id), 2_000);
for await (const { state, how } of sky.follow(display.id)) {
  console.log(how === undefined ? state : `${state}: ${how}`);
}

clearTimeout(patience);
watching.close();
await watched;
