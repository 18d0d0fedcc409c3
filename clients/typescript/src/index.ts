/** A typed client for AirDisplay. Begin with `AirDisplay`; the README of this package shows it at work. */

export type { Retries } from "./calls.ts";
export type { Connection, WatchEvent } from "./channel.ts";
export { AirDisplay, type Asking, type Options, type Wishing } from "./client.ts";
export { AirDisplayError, ChannelClosed, Refused, OutcomeUnknown, Unreadable } from "./errors.ts";
export type { Token } from "./token.ts";
export type {
  Banner,
  BannerInFull,
  BannerStatus,
  Display,
  HistoryItem,
  Measured,
  NewBanner,
  Problem,
  Slug,
  TelemetryItem,
} from "./types.ts";
export type { Wanted } from "./wanted.ts";
export type { Watching } from "./watch.ts";
