// Generated from the documents of the gateway; `make types` writes it anew.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Authorize
         * @description This is who I am from now on: a bearer token, because browsers cannot send one as a header here.
         *
         *     Answered with a new `hello`. A new one before the old one expires keeps the channel open.
         */
        Authorize: {
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "authorize";
            /** @description The bearer token. */
            token: string;
        };
        /**
         * BannerView
         * @description A banner as everybody may see it. A display past its `until` is never in it.
         *
         *     Nor are texts that wait for an operator's yes: only how many, with those of which nobody has said yet that
         *     they lapsed.
         */
        BannerView: {
            /** @description Whether every text needs an operator's yes before it shows. */
            approve_first: boolean;
            /** @description What it shows; null when it shows nothing. */
            display: components["schemas"]["Display"] | null;
            /** @description Why nothing shows until it is released; null when there is no hold. */
            hold: components["schemas"]["OnHold"] | null;
            /** @description What it is called, for ever. */
            id: string;
            /** @description What people call it. */
            name: string;
            /** @description How many texts wait for an operator's yes. */
            pending_length: number;
            /**
             * @description Whether the hardware is there.
             * @enum {unknown}
             */
            presence: "offline" | "online";
            /** @description How many wait for their turn. */
            queue_length: number;
            /** @description What the hardware last said that it shows; null when it never said anything. */
            reported: components["schemas"]["ReportedView"] | null;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @description What it is called together with others. */
            tags: string[];
        };
        /**
         * Changes
         * @description Banners that changed, each in its newest state, and the position that is reached with them.
         */
        Changes: {
            /** @description Banners. */
            banners: components["schemas"]["BannerView"][];
            /** @description How far the hardware was heard. */
            hardware: string;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "changes";
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Display
         * @description One message on a banner, from its Show to its deadline. Over for everybody once `until` is reached.
         */
        Display: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description What it is called, for ever. */
            id: string;
            /**
             * Format: date-time
             * @description Since when it shows.
             */
            shown_at: string;
            /** @description What there is to read. */
            text: string;
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until: string;
        };
        /**
         * Displays
         * @description Displays that are watched, each as it is now: when the watch begins, and whenever one changes.
         */
        Displays: {
            /** @description Displays. */
            displays: components["schemas"]["DisplayView"][];
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "displays";
        };
        /**
         * DisplayView
         * @description A message and what has become of it: in a lobby, waiting for a yes, in line, on the banner, or over.
         *
         *     What does not apply is absent. `starts_at` is the latest; `revision` is the banner's; a pending one ends
         *     by itself at `lapses_at`; `reason` is the operator's who rejected it.
         */
        DisplayView: {
            /** @description The id of a banner. */
            banner?: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at?: string;
            /**
             * @description How it ended: its time was up; its author or an operator ended it; a hold did; it left the line.
             * @enum {unknown}
             */
            how?: "cleared" | "expired" | "held" | "lapsed" | "left" | "rejected" | "removed" | "taken-down";
            /** @description What it is called, for ever. */
            id: string;
            /**
             * Format: date-time
             * @description Until when it waits for an operator's yes.
             */
            lapses_at?: string;
            /** @description At which place in the line, from 1. */
            position?: number;
            /** @description Why an operator said no. */
            reason?: string;
            /** @description The store's number of this state: only compared, never counted on. */
            revision?: number;
            /**
             * Format: date-time
             * @description Since when it shows.
             */
            shown_at?: string;
            /**
             * Format: date-time
             * @description When its turn comes at the latest; absent while nobody can tell.
             */
            starts_at?: string;
            /**
             * @description Where it is: in a lobby, before an operator, in a queue, on the banner, or over.
             * @enum {unknown}
             */
            state: "ended" | "pending" | "queued" | "showing" | "waiting";
            /** @description What there is to read. */
            text: string;
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until?: string;
        };
        /**
         * Hello
         * @description The first frame, and the answer to `authorize`: what is spoken here, what time it is, who you are.
         *
         *     A ping comes once in `heartbeat_ms`; whoever does not answer is taken for gone.
         */
        Hello: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description Names one life of the log; positions of another one mean nothing. */
            epoch: string;
            /** @description How often a ping comes, in milliseconds. */
            heartbeat_ms: number;
            /**
             * Format: date-time
             * @description What time it is here.
             */
            now: string;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "hello";
            /** @description Which version of this protocol is spoken. */
            protocol: number;
            /** @description As what: an author ends and mends what is their own, an operator everything. */
            role: ("author" | "operator" | "viewer") | null;
        };
        /**
         * Measured
         * @description What a banner's hardware, or another service, last said of one kind: `value` is its own JSON object.
         */
        Measured: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The id of a banner. */
            banner: string;
            /** @description Which kind of measurement. */
            kind: string;
            /** @description What was measured, as the hardware wrote it. */
            value: unknown;
        };
        /**
         * OnHold
         * @description Why nothing is shown at present, by whom and since when.
         */
        OnHold: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description Why, for people. */
            reason: string;
        };
        /**
         * Ping
         * @description Still there?
         */
        Ping: {
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "ping";
        };
        /**
         * Pong
         * @description Still here.
         */
        Pong: {
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "pong";
        };
        /**
         * Problem
         * @description The last frame was not understood, or not granted.
         */
        Problem: {
            /** @description Which problem, in a word. */
            code: string;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "error";
        };
        /**
         * ReportedView
         * @description What the hardware last said that it shows.
         */
        ReportedView: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Which display it shows; null for none. */
            display_id: string | null;
        };
        /**
         * Since
         * @description The position of a client: of which life of the log, which revision, and how far the hardware was heard.
         *
         *     Without `hardware`, every banner whose hardware was ever heard counts as changed.
         */
        Since: {
            /** @description Names one life of the log; positions of another one mean nothing. */
            epoch: string;
            /**
             * @description How far the hardware was heard.
             * @default
             */
            hardware?: string;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Snapshot
         * @description What was asked for, as of a position: the whole of it; or, `recovered`, what is newer than `since`.
         */
        Snapshot: {
            /** @description Banners. */
            banners: components["schemas"]["BannerView"][];
            /** @description Names one life of the log; positions of another one mean nothing. */
            epoch: string;
            /** @description How far the hardware was heard. */
            hardware: string;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "snapshot";
            /** @description Whether this is only what is newer than `since`, and whole; otherwise it is everything. */
            recovered: boolean;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Telemetry
         * @description The newest of each kind for each banner, gathered for a while.
         */
        Telemetry: {
            /** @description The newest of each kind for each banner. */
            measured: components["schemas"]["Measured"][];
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "telemetry";
        };
        /**
         * Unwatch
         * @description No more of these: `all` for every banner, however it came to be watched.
         */
        Unwatch: {
            /**
             * @description Every banner.
             * @default false
             */
            all?: boolean;
            /**
             * @description Banners.
             * @default []
             */
            banners?: string[];
            /**
             * @description Displays.
             * @default []
             */
            displays?: string[];
            /**
             * @description All of one's own.
             * @default false
             */
            mine?: boolean;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "unwatch";
            /**
             * @description Banners of whose hardware measurements are wanted.
             * @default []
             */
            telemetry?: string[];
        };
        /**
         * Watch
         * @description Tell me of these banners, or of all; of these displays, or of all of mine; of what hardware measures.
         *
         *     `since` concerns the banners: only those that changed after it are in the snapshot, if that can be told.
         */
        Watch: {
            /**
             * @description Every banner.
             * @default false
             */
            all?: boolean;
            /**
             * @description Banners.
             * @default []
             */
            banners?: string[];
            /**
             * @description Displays.
             * @default []
             */
            displays?: string[];
            /**
             * @description All of one's own.
             * @default false
             */
            mine?: boolean;
            /**
             * @description Which frame this is.
             * @enum {unknown}
             */
            op: "watch";
            /**
             * @description The position up to which everything is known already.
             * @default null
             */
            since?: components["schemas"]["Since"] | null;
            /**
             * @description Banners of whose hardware measurements are wanted.
             * @default []
             */
            telemetry?: string[];
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
