// Generated from the documents of the gateway; `make types` writes it anew.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description A banner with this id is there already. */
        AlreadyRegisteredProblem: {
            banner: string;
            detail: string;
            /** @enum {unknown} */
            status: 409;
            title: string;
            /** @enum {unknown} */
            type: "/problems/already-registered";
        };
        /** @description The author waits for this banner already. */
        AlreadyWaitingProblem: {
            detail: string;
            display_id: string;
            position: number;
            /** @enum {unknown} */
            status: 409;
            title: string;
            /** @enum {unknown} */
            type: "/problems/already-waiting";
        };
        /**
         * Authorize
         * @description This is who I am from now on: a bearer token, because browsers cannot send one as a header here.
         *
         *         Answered with a new `hello`. A new one before the old one expires keeps the channel open.
         */
        Authorize: {
            /** @enum {unknown} */
            op: "authorize";
            token: string;
        };
        /** @description The text may not be shown. */
        BadTextProblem: {
            detail: string;
            problem: string;
            /** @enum {unknown} */
            status: 422;
            title: string;
            /** @enum {unknown} */
            type: "/problems/bad-text";
        };
        /**
         * BannerView
         * @description A banner as everybody may see it. A display past its `until` is never in it.
         */
        BannerView: {
            display: components["schemas"]["Display"] | null;
            /** @default null */
            hold?: components["schemas"]["OnHold"] | null;
            id: string;
            name: string;
            /**
             * @default offline
             * @enum {unknown}
             */
            presence?: "offline" | "online";
            /** @default 0 */
            queue_length?: number;
            /** @default null */
            reported?: components["schemas"]["ReportedView"] | null;
            revision: number;
            tags: string[];
        };
        /** @description Another message is showing. */
        BusyProblem: {
            detail: string;
            display_id: string;
            retry_after_ms: number;
            /** @default 0 */
            revision: number;
            /** @enum {unknown} */
            status: 409;
            title: string;
            /** @enum {unknown} */
            type: "/problems/busy";
            until: string;
        };
        /**
         * Changes
         * @description Banners that changed, each in its newest state, and the position that is reached with them.
         */
        Changes: {
            banners: components["schemas"]["BannerView"][];
            /** @default  */
            hardware?: string;
            /** @enum {unknown} */
            op: "changes";
            /** @default 0 */
            revision?: number;
        };
        /**
         * Display
         * @description One message on a banner, from its Show to its deadline. Over for everybody once `until` is reached.
         */
        Display: {
            by: string;
            id: string;
            shown_at: string;
            text: string;
            until: string;
        };
        /**
         * Displays
         * @description Displays that are watched, each as it is now: when the watch begins, and whenever one changes.
         */
        Displays: {
            displays: components["schemas"]["DisplayView"][];
            /** @enum {unknown} */
            op: "displays";
        };
        /**
         * DisplayView
         * @description A message and what has become of it: in a lobby, in a banner's queue, on the banner, or over.
         *
         *         What does not apply is absent. `starts_at` is the latest; `revision` is the banner's.
         */
        DisplayView: {
            /** @default null */
            banner?: string | null;
            by: string;
            /** @default null */
            ended_at?: string | null;
            /** @default null */
            how?: ("cleared" | "expired" | "held" | "left" | "removed" | "taken-down") | null;
            id: string;
            /** @default null */
            position?: number | null;
            /** @default null */
            revision?: number | null;
            /** @default null */
            shown_at?: string | null;
            /** @default null */
            starts_at?: string | null;
            /** @enum {unknown} */
            state: "ended" | "queued" | "showing" | "waiting";
            text: string;
            /** @default null */
            until?: string | null;
        };
        /**
         * Ended
         * @description A display was over.
         */
        Ended: {
            display: components["schemas"]["Display"];
            ended_at: string;
            /** @enum {unknown} */
            how: "cleared" | "expired" | "held" | "left" | "removed" | "taken-down";
            /** @enum {unknown} */
            type: "ended";
        };
        /** @description A bug on our side; the instance that met it is restarted. */
        FailedProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 500;
            title: string;
            /** @enum {unknown} */
            type: "/problems/failed";
        };
        /**
         * Held
         * @description Nothing shows until it is released; a display that was up ended with this.
         */
        Held: {
            hold: components["schemas"]["OnHold"];
            /** @enum {unknown} */
            type: "held";
        };
        /** @description An operator holds the banner; nothing shows until it is released. */
        HeldProblem: {
            detail: string;
            problem: string;
            since: string;
            /** @enum {unknown} */
            status: 409;
            title: string;
            /** @enum {unknown} */
            type: "/problems/held";
        };
        /**
         * Hello
         * @description The first frame, and the answer to `authorize`: what is spoken here, what time it is, who you are.
         *
         *         A ping comes once in `heartbeat_ms`; whoever does not answer is taken for gone.
         */
        Hello: {
            /** @default  */
            by?: string;
            epoch: string;
            heartbeat_ms: number;
            now: string;
            /** @enum {unknown} */
            op: "hello";
            /** @default 1 */
            protocol?: number;
            /** @default null */
            role?: ("author" | "operator" | "viewer") | null;
        };
        /**
         * HistoryItem
         * @description One decision: when, by whom, upon which command, and what happened.
         */
        HistoryItem: {
            at: string;
            by: string;
            command: string;
            events: (components["schemas"]["Registered"] | components["schemas"]["Shown"] | components["schemas"]["Replaced"] | components["schemas"]["Ended"] | components["schemas"]["Queued"] | components["schemas"]["Left"] | components["schemas"]["Held"] | components["schemas"]["Released"])[];
            revision: number;
        };
        /**
         * HistoryPage
         * @description Decisions about one banner, the newest first; `next_cursor` asks for those before them.
         */
        HistoryPage: {
            items: components["schemas"]["HistoryItem"][];
            next_cursor: string | null;
        };
        /** @description The same command id came before with another content. */
        KeyReusedProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 422;
            title: string;
            /** @enum {unknown} */
            type: "/problems/key-reused";
        };
        /**
         * Left
         * @description Somebody waits no more: by own wish, or by an operator's.
         */
        Left: {
            by: string;
            display_id: string;
            /** @enum {unknown} */
            role: "author" | "operator";
            /** @enum {unknown} */
            type: "left";
        };
        /** @description As many wait in the lobby as may wait. */
        LobbyFullProblem: {
            at_most: number;
            detail: string;
            /** @enum {unknown} */
            status: 429;
            title: string;
            /** @enum {unknown} */
            type: "/problems/lobby-full";
        };
        /** @description What was sent is not the command that the subject names. */
        MalformedProblem: {
            detail: string;
            problem: string;
            /** @enum {unknown} */
            status: 400;
            title: string;
            /** @enum {unknown} */
            type: "/problems/malformed";
        };
        /**
         * Measured
         * @description What a banner's hardware, or another service, last said of one kind: `value` is its own JSON object.
         */
        Measured: {
            at: string;
            banner: string;
            kind: string;
            value: unknown;
        };
        /** @description The store cannot be reached; nothing was done. */
        MeshUnavailableProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 503;
            title: string;
            /** @enum {unknown} */
            type: "/problems/mesh-unavailable";
        };
        /** @description A change must name the revision that it was made for. */
        NeedsIfMatchProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 428;
            title: string;
            /** @enum {unknown} */
            type: "/problems/needs-if-match";
        };
        /** @description No banner is in this pool, so nobody could ever be placed. */
        NoSuchPoolProblem: {
            detail: string;
            pool: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/no-such-pool";
        };
        /** @description The display has time left by the clock of whoever decides. */
        NotDueProblem: {
            detail: string;
            retry_after_ms: number;
            /** @enum {unknown} */
            status: 409;
            title: string;
            /** @enum {unknown} */
            type: "/problems/not-due";
            until: string;
        };
        /** @description There is no hold to end. */
        NotHeldProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/not-held";
        };
        /** @description There is no display to end. */
        NothingShowingProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/nothing-showing";
        };
        /** @description Only operators do this. */
        NotOperatorProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 403;
            title: string;
            /** @enum {unknown} */
            type: "/problems/not-operator";
        };
        /** @description The display that was named neither shows nor waits here; it is over already. */
        NotShowingProblem: {
            detail: string;
            display_id: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/not-showing";
        };
        /** @description Only its author or an operator ends a display. */
        NotYoursProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 403;
            title: string;
            /** @enum {unknown} */
            type: "/problems/not-yours";
        };
        /**
         * OnHold
         * @description Why nothing is shown at present, by whom and since when.
         */
        OnHold: {
            at: string;
            by: string;
            reason: string;
        };
        /** @description Too much is under way; nothing was done. */
        OverloadedProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 503;
            title: string;
            /** @enum {unknown} */
            type: "/problems/overloaded";
        };
        /**
         * Ping
         * @description Still there?
         */
        Ping: {
            /** @enum {unknown} */
            op: "ping";
        };
        /**
         * Pong
         * @description Still here.
         */
        Pong: {
            /** @enum {unknown} */
            op: "pong";
        };
        /**
         * Problem
         * @description The last frame was not understood, or not granted.
         */
        Problem: {
            code: string;
            detail: string;
            /** @enum {unknown} */
            op: "error";
        };
        /**
         * Queued
         * @description Somebody waits for a turn.
         */
        Queued: {
            ticket: components["schemas"]["Ticket"];
            /** @enum {unknown} */
            type: "queued";
        };
        /** @description As many wait as may wait. */
        QueueFullProblem: {
            at_most: number;
            detail: string;
            retry_after_ms: number;
            /** @enum {unknown} */
            status: 429;
            title: string;
            /** @enum {unknown} */
            type: "/problems/queue-full";
        };
        /** @description The stored record cannot be read by this version; it was left as it is. */
        RecordUnreadableProblem: {
            detail: string;
            problem: string;
            /** @enum {unknown} */
            status: 500;
            title: string;
            /** @enum {unknown} */
            type: "/problems/record-unreadable";
        };
        /**
         * Registered
         * @description The banner is there.
         */
        Registered: {
            id: string;
            name: string;
            /** @default [] */
            tags?: string[];
            /** @enum {unknown} */
            type: "registered";
        };
        /**
         * Released
         * @description The hold has ended.
         */
        Released: {
            by: string;
            /** @enum {unknown} */
            type: "released";
        };
        /**
         * Replaced
         * @description A display reads differently now; its deadline is what it was.
         */
        Replaced: {
            by: string;
            display_id: string;
            /** @enum {unknown} */
            role: "author" | "operator";
            text: string;
            /** @enum {unknown} */
            type: "replaced";
            was: string;
        };
        /**
         * ReportedView
         * @description What the hardware last said that it shows.
         */
        ReportedView: {
            at: string;
            display_id: string | null;
        };
        /**
         * Shown
         * @description A display has begun.
         */
        Shown: {
            display: components["schemas"]["Display"];
            /** @enum {unknown} */
            type: "shown";
        };
        /**
         * Since
         * @description The position of a client: of which life of the log, which revision, and how far the hardware was heard.
         *
         *         Without `hardware`, every banner whose hardware was ever heard counts as changed.
         */
        Since: {
            epoch: string;
            /** @default  */
            hardware?: string;
            revision: number;
        };
        /**
         * Snapshot
         * @description What was asked for, as of a position: the whole of it; or, `recovered`, what is newer than `since`.
         */
        Snapshot: {
            banners: components["schemas"]["BannerView"][];
            /** @default  */
            epoch?: string;
            /** @default  */
            hardware?: string;
            /** @enum {unknown} */
            op: "snapshot";
            recovered: boolean;
            revision: number;
        };
        /** @description The caller asked for a revision that is no longer the newest. */
        StaleProblem: {
            detail: string;
            expected: number;
            revision: number;
            /** @enum {unknown} */
            status: 412;
            title: string;
            /** @enum {unknown} */
            type: "/problems/stale";
        };
        /**
         * Telemetry
         * @description The newest of each kind for each banner, gathered for a while.
         */
        Telemetry: {
            measured: components["schemas"]["Measured"][];
            /** @enum {unknown} */
            op: "telemetry";
        };
        /**
         * Ticket
         * @description A text that waits for its turn; shown, it becomes the display of the same id, for `ttl_ms`.
         */
        Ticket: {
            at: string;
            by: string;
            id: string;
            text: string;
            ttl_ms: number;
        };
        /** @description The command arrived when its sender had stopped waiting for it; nothing was done. */
        TooLateProblem: {
            detail: string;
            not_after: string;
            /** @enum {unknown} */
            status: 408;
            title: string;
            /** @enum {unknown} */
            type: "/problems/too-late";
        };
        /** @description No banner has this id. */
        UnknownBannerProblem: {
            banner: string;
            detail: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/unknown-banner";
        };
        /** @description Nothing is known of this display: it never was, or ended long ago. */
        UnknownDisplayProblem: {
            detail: string;
            display_id: string;
            /** @enum {unknown} */
            status: 404;
            title: string;
            /** @enum {unknown} */
            type: "/problems/unknown-display";
        };
        /** @description It was sent to the store and no answer came; asking again with the same id finds out. */
        UnknownProblem: {
            detail: string;
            /** @enum {unknown} */
            status: 504;
            title: string;
            /** @enum {unknown} */
            type: "/problems/outcome-unknown";
        };
        /**
         * Unwatch
         * @description No more of these: `all` for every banner, however it came to be watched.
         */
        Unwatch: {
            /** @default false */
            all?: boolean;
            /** @default [] */
            banners?: string[];
            /** @default [] */
            displays?: string[];
            /** @default false */
            mine?: boolean;
            /** @enum {unknown} */
            op: "unwatch";
            /** @default [] */
            telemetry?: string[];
        };
        /**
         * Watch
         * @description Tell me of these banners, or of all; of these displays, or of all of mine; of what hardware measures.
         *
         *         `since` concerns the banners: only those that changed after it are in the snapshot, if that can be told.
         */
        Watch: {
            /** @default false */
            all?: boolean;
            /** @default [] */
            banners?: string[];
            /** @default [] */
            displays?: string[];
            /** @default false */
            mine?: boolean;
            /** @enum {unknown} */
            op: "watch";
            /** @default null */
            since?: components["schemas"]["Since"] | null;
            /** @default [] */
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
