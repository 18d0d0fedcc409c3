/**
 * The words of AirDisplay as types. All of them come from the documents of the gateway; here they only get the
 * names under which the client speaks of them.
 */

import type { components as Http } from "./generated/http.ts";
import type { components as Live } from "./generated/live.ts";

type InHttp = Http["schemas"];
type InLive = Live["schemas"];

/** A banner and what it shows. */
export type Banner = InHttp["BannerView"];

/** A banner with the newest of each kind that is measured on it; null when that was not to be had at once. */
export type BannerInFull = InHttp["BannerInFull"];

/** What was measured of one kind, and when. */
export type TelemetryItem = InHttp["TelemetryItem"];

/** A message and what has become of it: it waits, is queued, shows, or is over. What does not apply is absent. */
export type Display = InHttp["DisplayView"];

/** One decision about a banner: when, by whom, upon which command, and what happened. */
export type HistoryItem = InHttp["HistoryItem"];

/** What a banner's hardware, or another service, last said of one kind. */
export type Measured = InLive["Measured"];

/** Where a client is in the live channel, so that it can go on from there. */
export type Since = InLive["Since"];

/** What a new banner is to be. */
export type NewBanner = InHttp["RegisterBody"];

/** By which the list of banners can be narrowed. */
export type BannerStatus = "free" | "busy" | "held" | "online" | "offline";

/** What the gateway says instead of doing what was asked; `type` tells which it is, and which facts come with it. */
export type Problem = InHttp[Extract<keyof InHttp, `${string}Problem`>];

/** The last part of a problem's type, such as `busy`. */
export type Slug = Problem["type"] extends `/problems/${infer Each}` ? Each : never;

export type ServerFrame =
  | InLive["Hello"]
  | InLive["Snapshot"]
  | InLive["Changes"]
  | InLive["Displays"]
  | InLive["Telemetry"]
  | InLive["Ping"]
  | InLive["Problem"];

export type Hello = InLive["Hello"];
export type Snapshot = InLive["Snapshot"];
export type Changes = InLive["Changes"];
export type ClientFrame = InLive["Watch"] | InLive["Unwatch"] | InLive["Authorize"] | InLive["Pong"];
