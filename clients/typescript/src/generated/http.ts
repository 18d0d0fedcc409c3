// Generated from the documents of the gateway; `make types` writes it anew.

export interface paths {
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is it alive
         * @description This process answers.
         */
        get: operations["healthz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Figures for Prometheus
         * @description In Prometheus' text format.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{slug}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What a problem means
         * @description What the `type` of every problem leads to.
         */
        get: operations["explainProblem"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Is it ready
         * @description Everything that it needs is there; 503 says what is missing.
         */
        get: operations["readyz"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List banners
         * @description Banners in the order of their ids; `next_cursor` asks for the next page.
         */
        get: operations["listBanners"];
        put?: never;
        /**
         * Register a banner
         * @description A new banner, which shows nothing yet. Without an `id` it gets one.
         */
        post: operations["register"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One banner
         * @description One banner as the store has it now. To poll, send the `ETag` as `If-None-Match`.
         *
         *     The `ETag` is the revision of what was decided, so 304 says that nothing else was. What hardware says
         *     stands beside that and changes without a revision: who polls for it asks without `If-None-Match`.
         */
        get: operations["getBanner"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Approve texts first
         * @description From now on every text waits for an operator's yes before it shows, or waits for its turn.
         */
        put: operations["requireApproval"];
        post?: never;
        /**
         * Show texts at once
         * @description Texts show without a yes again; those that wait for one go on waiting.
         */
        delete: operations["waiveApproval"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/display": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Mend what shows
         * @description Let one's display read differently; its deadline stays. Needs `If-Match`.
         */
        put: operations["replace"];
        /**
         * Show a text
         * @description Show a text on a banner for 60 seconds, or, with `"when": "queue"`, wait there for a turn.
         *
         *     Where texts need an operator's yes, every text waits for that first (`"state": "pending"`).
         */
        post: operations["show"];
        /**
         * End what shows
         * @description End what shows now, whatever it is; or, with `If-Match`, only what was seen.
         */
        delete: operations["clear"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was decided about a banner
         * @description Every decision, the newest first; `next_cursor` asks, as `before`, for the page after this one.
         *
         *     Where a display ended, it is told from when to when the hardware has confirmed it. Kept for 30 days, and
         *     at most 10,000 a banner.
         */
        get: operations["getHistory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/hold": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Hold a banner
         * @description Nothing shows until it is released: what shows ends, and the queue stands still.
         */
        put: operations["hold"];
        post?: never;
        /**
         * Release a banner
         * @description The hold ends, and the queue goes on.
         */
        delete: operations["release"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow one banner
         * @description Server-sent events: `event: banner`, `id: <epoch>:<revision>:<hardware>`, and the banner as `data`.
         *
         *     Whoever comes back with `Last-Event-ID` is not told again what was told already.
         */
        get: operations["liveEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for a yes on a banner
         * @description The texts that wait for a yes, the oldest first.
         */
        get: operations["pendingOn"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/banners/{banner}/telemetry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What is measured on a banner
         * @description Without a `kind`, the newest of each kind. With one, its values, the oldest first, for a day.
         *
         *     From `since` on, `limit` of them, and `next_cursor` asks, as `cursor`, for those that came after; without
         *     `since`, the last `limit` of them.
         */
        get: operations["getTelemetry"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which words are blocked
         * @description All blocked words, in order.
         */
        get: operations["getBlocklist"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/blocklist/{word}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Block a word
         * @description No text with this word shows any more, however it is written; also where it was blocked before.
         *
         *     Letters and digits; a `*` at its beginning or end stands for any that may be there.
         */
        put: operations["block"];
        post?: never;
        /**
         * Unblock a word
         * @description Texts with this word may show again.
         */
        delete: operations["unblock"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/displays": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a text on any free banner
         * @description Show a text on a free banner, chosen at random; where all are taken it waits in the lobby.
         */
        post: operations["showAnywhere"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/displays/{display}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow a message
         * @description What has become of a message, from waiting to ended, for a day at least; and what hardware says of it.
         *
         *     Hardware that says that it shows the message confirms it: `confirmed_from` when it first said so, and
         *     `confirmed_to` when it said that it did no longer, or, if it never did, when it last said that it does.
         */
        get: operations["getDisplay"];
        put?: never;
        post?: never;
        /**
         * Take back a message
         * @description Leave the line, or end what shows.
         */
        delete: operations["endDisplay"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/displays/{display}/approval": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Say yes or no to a text
         * @description With a yes it shows, or waits for its turn; a no needs a reason, which its author reads.
         */
        put: operations["decide"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/v1/pending": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What waits for a yes anywhere
         * @description The texts that wait for a yes, by banner; `next_cursor` asks for the next page.
         *
         *     A page ends with a whole banner, so it may have some more than `limit`.
         */
        get: operations["pendingAnywhere"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * AddressTooLongProblem
         * @description Path and query are longer than they may be; the connection ends.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/address-too-long",
         *       "title": "Address too long",
         *       "status": 414,
         *       "detail": "Expected at most 16384 bytes of path and query, found more."
         *     }
         */
        AddressTooLongProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 414;
            /** @constant */
            title: "Address too long";
            /** @constant */
            type: "/problems/address-too-long";
        };
        /**
         * AlreadyPendingProblem
         * @description A text of this author waits for an operator's yes already.
         *
         *     Try again? Once an operator has said yes or no to the other text, or it was taken back.
         * @example {
         *       "type": "/problems/already-pending",
         *       "title": "Already waiting for a yes",
         *       "status": 409,
         *       "detail": "A text of yours waits for an operator's yes on this banner already; one at a time.",
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10"
         *     }
         */
        AlreadyPendingProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @constant */
            status: 409;
            /** @constant */
            title: "Already waiting for a yes";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/already-pending";
        };
        /**
         * AlreadyRegisteredProblem
         * @description A banner with this id is there already.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/already-registered",
         *       "title": "Already registered",
         *       "status": 409,
         *       "detail": "There is a banner 'lightning' already.",
         *       "banner": "lightning"
         *     }
         */
        AlreadyRegisteredProblem: {
            /** @description The id of a banner. */
            banner: string;
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 409;
            /** @constant */
            title: "Already registered";
            /** @constant */
            type: "/problems/already-registered";
        };
        /**
         * AlreadyWaitingProblem
         * @description The author waits for this banner already.
         *
         *     Try again? Once that display has had its turn, or was taken back.
         * @example {
         *       "type": "/problems/already-waiting",
         *       "title": "Already waiting",
         *       "status": 409,
         *       "detail": "You wait for this banner already, at place 2; one turn at a time.",
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10",
         *       "position": 2
         *     }
         */
        AlreadyWaitingProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @description At which place in the line, from 1. */
            position: number;
            /** @constant */
            status: 409;
            /** @constant */
            title: "Already waiting";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/already-waiting";
        };
        /**
         * ApprovalBody
         * @description An operator's yes to a text; or no, for this reason.
         */
        ApprovalBody: {
            /** @description Yes or no. */
            approved: boolean;
            /**
             * @description Why not, for the author; needed with a no.
             * @default null
             */
            reason?: string | null;
        };
        /**
         * ApprovalSet
         * @description From now on texts need an operator's yes, or do not.
         */
        ApprovalSet: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description Whether texts need an operator's yes from now on. */
            required: boolean;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "approval-set";
        };
        /**
         * Approved
         * @description An operator said yes; the text shows or waits for its turn, by the same commit.
         */
        Approved: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "approved";
        };
        /**
         * BadTextProblem
         * @description The text may not be shown.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/bad-text",
         *       "title": "Text cannot be shown",
         *       "status": 422,
         *       "detail": "This text cannot be shown: expected 1 to 120 characters, found nothing.",
         *       "problem": "expected 1 to 120 characters, found nothing"
         *     }
         */
        BadTextProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /** @constant */
            status: 422;
            /** @constant */
            title: "Text cannot be shown";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/bad-text";
        };
        /**
         * BadWordProblem
         * @description What was sent is no word that can be blocked.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/bad-word",
         *       "title": "Not a word",
         *       "status": 422,
         *       "detail": "This cannot be blocked: expected 2 to 64 characters beside the *, found 1.",
         *       "problem": "expected 2 to 64 characters beside the *, found 1"
         *     }
         */
        BadWordProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /** @constant */
            status: 422;
            /** @constant */
            title: "Not a word";
            /** @constant */
            type: "/problems/bad-word";
        };
        /**
         * BannerInFull
         * @description A banner with the newest of each kind that is measured on it; null when that cannot be had at once.
         */
        BannerInFull: {
            /** @description Whether every text needs an operator's yes before it shows. */
            approve_first: boolean;
            /** @description Whether the hardware says that it shows this; null when nothing shows. */
            confirmation: components["schemas"]["Confirmation"] | null;
            /** @description What it shows; null when it shows nothing. */
            display: components["schemas"]["Display"] | null;
            /** @description Why nothing shows until it is released; null when there is no hold. */
            hold: components["schemas"]["OnHold"] | null;
            /** @description What it is called, for ever. */
            id: string;
            /** @description When it was last heard of; null while it is there, and when it never was. */
            last_seen: string | null;
            /** @description What people call it. */
            name: string;
            /** @description Why it is not there: fell silent, said goodbye, or never came; null while it is. */
            offline_because: ("left" | "never-seen" | "silent") | null;
            /** @description What it said when it said goodbye. */
            offline_note: string | null;
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
            /** @description The newest of each kind, by kind; null when it was not to be had at once. */
            telemetry: {
                [key: string]: components["schemas"]["Reading"];
            } | null;
        };
        /**
         * BannerPage
         * @description Some banners, in the order of their ids; `next_cursor` asks for those after them.
         */
        BannerPage: {
            /** @description What is on this page. */
            items: components["schemas"]["BannerView"][];
            /** @description Asks for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /**
         * BannerView
         * @description A banner as everybody may see it. A display past its `until` is never in it.
         *
         *     Nor are texts that wait for an operator's yes: only how many, with those of which nobody has said yet that
         *     they lapsed.
         *
         *     `revision` is that of what was decided. What the hardware says stands beside it and changes without a new
         *     one: `confirmation`, null while nothing shows; `presence`, with the last sign of life and why there is
         *     none now; and `reported`.
         */
        BannerView: {
            /** @description Whether every text needs an operator's yes before it shows. */
            approve_first: boolean;
            /** @description Whether the hardware says that it shows this; null when nothing shows. */
            confirmation: components["schemas"]["Confirmation"] | null;
            /** @description What it shows; null when it shows nothing. */
            display: components["schemas"]["Display"] | null;
            /** @description Why nothing shows until it is released; null when there is no hold. */
            hold: components["schemas"]["OnHold"] | null;
            /** @description What it is called, for ever. */
            id: string;
            /** @description When it was last heard of; null while it is there, and when it never was. */
            last_seen: string | null;
            /** @description What people call it. */
            name: string;
            /** @description Why it is not there: fell silent, said goodbye, or never came; null while it is. */
            offline_because: ("left" | "never-seen" | "silent") | null;
            /** @description What it said when it said goodbye. */
            offline_note: string | null;
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
         * BlockedTextProblem
         * @description The text holds a word that operators have blocked; `found` is that part of it, as it was sent.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/blocked-text",
         *       "title": "Text is blocked",
         *       "status": 422,
         *       "detail": "This text cannot be shown: 'F.R.0.G' reads like a word that is blocked here.",
         *       "found": "F.R.0.G"
         *     }
         */
        BlockedTextProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The part of the text that reads like a blocked word. */
            found: string;
            /** @constant */
            status: 422;
            /** @constant */
            title: "Text is blocked";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/blocked-text";
        };
        /**
         * BlocklistFullProblem
         * @description As many words are blocked as may be.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/blocklist-full",
         *       "title": "The blocklist is full",
         *       "status": 409,
         *       "detail": "1000 words are blocked already, which is as many as may be; unblock one first.",
         *       "at_most": 1000
         *     }
         */
        BlocklistFullProblem: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 409;
            /** @constant */
            title: "The blocklist is full";
            /** @constant */
            type: "/problems/blocklist-full";
        };
        /**
         * BlocklistView
         * @description The words that no banner shows, in order.
         */
        BlocklistView: {
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @description All blocked words, in order. */
            words: string[];
        };
        /**
         * BusyProblem
         * @description Another message is showing.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/busy",
         *       "title": "The banner is busy",
         *       "status": 409,
         *       "detail": "Another message is showing for 25 s more, until 2026-05-04T12:01:00.250Z.",
         *       "until": "2026-05-04T12:01:00.250Z",
         *       "retry_after_ms": 24750,
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10",
         *       "revision": 57
         *     }
         */
        BusyProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @constant */
            status: 409;
            /** @constant */
            title: "The banner is busy";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/busy";
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until: string;
        };
        /**
         * Confirmation
         * @description Whether the hardware has said that it shows what it shall show.
         *
         *     `showing`: not yet, and there is still time. `confirmed`: it has, first `at`, `after_ms` since it was
         *     decided; nothing else since. `unconfirmed`: there was time enough, or it says by now that it shows
         *     something else.
         */
        Confirmation: {
            /** @description How many milliseconds after it was decided; null unless it is confirmed. */
            after_ms: number | null;
            /** @description When the hardware first said so; null unless it did. */
            at: string | null;
            /**
             * @description What the hardware has said of what shows: nothing yet, that it does, or not so.
             * @enum {unknown}
             */
            state: "confirmed" | "showing" | "unconfirmed";
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
         * DisplayView
         * @description A message and what has become of it: in a lobby, waiting for a yes, in line, on the banner, or over.
         *
         *     What does not apply is absent. `starts_at` is the latest; `revision` is the banner's; a pending one ends
         *     by itself at `lapses_at`; `reason` is the operator's who rejected it. Where it is asked for, it is told as
         *     well from when to when the hardware has confirmed it; while that goes on there is no `confirmed_to`.
         */
        DisplayView: {
            /** @description The id of a banner. */
            banner?: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * Format: date-time
             * @description When the hardware first said that it shows this; absent when it never did.
             */
            confirmed_from?: string;
            /**
             * Format: date-time
             * @description When it said that it did no longer; if it never did, when it last said that it does.
             */
            confirmed_to?: string;
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
         * Ended
         * @description A display was over. The hardware showed it from `confirmed_from` to `confirmed_to`, if it said so.
         */
        Ended: {
            /**
             * Format: date-time
             * @description When the hardware first said that it shows this; absent when it never did.
             */
            confirmed_from?: string;
            /**
             * Format: date-time
             * @description When it said that it did no longer; if it never did, when it last said that it does.
             */
            confirmed_to?: string;
            /** @description What was over. */
            display: components["schemas"]["Display"];
            /**
             * Format: date-time
             * @description When it was over.
             */
            ended_at: string;
            /**
             * @description How it ended: its time was up; its author or an operator ended it; a hold did; it left the line.
             * @enum {unknown}
             */
            how: "cleared" | "expired" | "held" | "lapsed" | "left" | "rejected" | "removed" | "taken-down";
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "ended";
        };
        /**
         * FailedProblem
         * @description A bug on our side; the instance that met it is restarted.
         *
         *     Try again? Not at once: somebody has to mend it. With the same `Idempotency-Key` that does no harm.
         * @example {
         *       "type": "/problems/failed",
         *       "title": "Internal error",
         *       "status": 500,
         *       "detail": "Something is broken on our side; it has been written down."
         *     }
         */
        FailedProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 500;
            /** @constant */
            title: "Internal error";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/failed";
        };
        /**
         * Forgotten
         * @description Nobody said yes or no to a text in time.
         */
        Forgotten: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "lapsed";
        };
        /**
         * HeadersTooLargeProblem
         * @description There are more headers, or longer ones, than there may be; the connection ends.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/headers-too-large",
         *       "title": "Headers too large",
         *       "status": 431,
         *       "detail": "Expected at most 100 headers of 32768 bytes, found more."
         *     }
         */
        HeadersTooLargeProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 431;
            /** @constant */
            title: "Headers too large";
            /** @constant */
            type: "/problems/headers-too-large";
        };
        /**
         * Health
         * @description The answer when all is well.
         */
        Health: {
            /** @description How it is. */
            status: string;
        };
        /**
         * Held
         * @description Nothing shows until it is released; a display that was up ended with this.
         */
        Held: {
            /** @description Why nothing shows until it is released; null when there is no hold. */
            hold: components["schemas"]["OnHold"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "held";
        };
        /**
         * HeldProblem
         * @description An operator holds the banner; nothing shows until it is released.
         *
         *     Try again? Once the banner is released; or wait in its queue, which is open.
         * @example {
         *       "type": "/problems/held",
         *       "title": "The banner is on hold",
         *       "status": 409,
         *       "detail": "An operator holds this banner since 2026-05-04T11:58:00.000Z: storm warning. The queue is open.",
         *       "problem": "storm warning",
         *       "since": "2026-05-04T11:58:00.000Z"
         *     }
         */
        HeldProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
            /** @constant */
            status: 409;
            /** @constant */
            title: "The banner is on hold";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/held";
        };
        /**
         * HistoryItem
         * @description One decision: when, by whom, upon which command, and what happened.
         */
        HistoryItem: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description Upon which command: its verb. */
            command: string;
            /** @description What happened, in this order. */
            events: (components["schemas"]["Registered"] | components["schemas"]["Shown"] | components["schemas"]["Replaced"] | components["schemas"]["Ended"] | components["schemas"]["Queued"] | components["schemas"]["Left"] | components["schemas"]["Held"] | components["schemas"]["Released"] | components["schemas"]["ApprovalSet"] | components["schemas"]["Approved"] | components["schemas"]["Withheld"] | components["schemas"]["TurnedDown"] | components["schemas"]["Forgotten"] | components["schemas"]["TakenBack"])[];
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * HistoryPage
         * @description Decisions about one banner, the newest first; `next_cursor` asks for those before them.
         */
        HistoryPage: {
            /** @description What is on this page. */
            items: components["schemas"]["HistoryItem"][];
            /** @description Asks for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /**
         * HoldBody
         * @description Why nothing shall show.
         */
        HoldBody: {
            /** @description Why, for people. */
            reason: string;
        };
        /**
         * InvalidRequestProblem
         * @description The request can be read, and a part of it is not as it has to be; `detail` names each.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/invalid-request",
         *       "title": "Invalid request",
         *       "status": 422,
         *       "detail": "limit: Expected `int` <= 1000"
         *     }
         */
        InvalidRequestProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 422;
            /** @constant */
            title: "Invalid request";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/invalid-request";
        };
        /**
         * KeyReusedProblem
         * @description The same command id came before with another content.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/key-reused",
         *       "title": "Key used before",
         *       "status": 422,
         *       "detail": "This key was used before for something else; a new wish needs a new key."
         *     }
         */
        KeyReusedProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 422;
            /** @constant */
            title: "Key used before";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/key-reused";
        };
        /**
         * Left
         * @description Somebody waits no more, for a turn or for an operator's yes: by own wish, or by an operator's.
         */
        Left: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @enum {unknown}
             */
            role: "author" | "operator";
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "left";
        };
        /**
         * LobbyFullProblem
         * @description As many wait in the lobby as may wait.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/lobby-full",
         *       "title": "The lobby is full",
         *       "status": 429,
         *       "detail": "1000 wait for a free banner already; try again later.",
         *       "at_most": 1000
         *     }
         */
        LobbyFullProblem: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 429;
            /** @constant */
            title: "The lobby is full";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/lobby-full";
        };
        /**
         * MalformedRequestProblem
         * @description The request cannot be read at all: its body is no JSON, or no text.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/malformed-request",
         *       "title": "Malformed request",
         *       "status": 400,
         *       "detail": "Expected JSON, found bytes that are no UTF-8."
         *     }
         */
        MalformedRequestProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 400;
            /** @constant */
            title: "Malformed request";
            /** @constant */
            type: "/problems/malformed-request";
        };
        /**
         * MeshUnavailableProblem
         * @description The store cannot be reached; nothing was done.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/mesh-unavailable",
         *       "title": "Mesh unavailable",
         *       "status": 503,
         *       "detail": "The mesh cannot be reached right now; nothing was done, try again shortly."
         *     }
         */
        MeshUnavailableProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 503;
            /** @constant */
            title: "Mesh unavailable";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/mesh-unavailable";
        };
        /**
         * NeedsApprovalProblem
         * @description While texts need an operator's yes, only operators mend what shows.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/needs-approval",
         *       "title": "Needs a yes",
         *       "status": 403,
         *       "detail": "Texts need an operator's yes on this banner: end this one and send the other, or ask one."
         *     }
         */
        NeedsApprovalProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 403;
            /** @constant */
            title: "Needs a yes";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/needs-approval";
        };
        /**
         * NeedsIfMatchProblem
         * @description A change must name the revision that it was made for.
         *
         *     Try again? Yes, with `If-Match` and the `ETag` of what you have seen.
         * @example {
         *       "type": "/problems/needs-if-match",
         *       "title": "Needs the revision",
         *       "status": 428,
         *       "detail": "Say which revision you have seen: in If-Match over HTTP, in `revision` over NATS."
         *     }
         */
        NeedsIfMatchProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 428;
            /** @constant */
            title: "Needs the revision";
            /** @constant */
            type: "/problems/needs-if-match";
        };
        /**
         * NoSuchPoolProblem
         * @description No banner is in this pool, so nobody could ever be placed.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/no-such-pool",
         *       "title": "No such pool",
         *       "status": 404,
         *       "detail": "There is no banner in the pool 'tag-coast', so waiting there would be in vain.",
         *       "pool": "tag-coast"
         *     }
         */
        NoSuchPoolProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description All banners, `all`, or those with a tag, `tag-<tag>`. */
            pool: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "No such pool";
            /** @constant */
            type: "/problems/no-such-pool";
        };
        /**
         * NotAuthorizedProblem
         * @description The request shows a token that proves nothing, or none where guests are not let in.
         *
         *     Try again? Yes, with a valid token, or as a guest without any where guests are let in.
         * @example {
         *       "type": "/problems/not-authorized",
         *       "title": "Not authorized",
         *       "status": 401,
         *       "detail": "Expected a token that is still valid, found one that expired at 2026-05-04T12:00:00.000Z."
         *     }
         */
        NotAuthorizedProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 401;
            /** @constant */
            title: "Not authorized";
            /** @constant */
            type: "/problems/not-authorized";
        };
        /**
         * NotAuthorProblem
         * @description Who only looks does not do this.
         *
         *     Try again? Yes, with the token of an author.
         * @example {
         *       "type": "/problems/not-author",
         *       "title": "For authors",
         *       "status": 403,
         *       "detail": "Expected an author, found somebody who may only look: show the token of an author."
         *     }
         */
        NotAuthorProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 403;
            /** @constant */
            title: "For authors";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-author";
        };
        /**
         * NotBlockedProblem
         * @description The word is not blocked.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-blocked",
         *       "title": "Not blocked",
         *       "status": 404,
         *       "detail": "The word 'frog' is not in the blocklist, written like this.",
         *       "word": "frog"
         *     }
         */
        NotBlockedProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Not blocked";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-blocked";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * NotFoundProblem
         * @description There is nothing at this path.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-found",
         *       "title": "Not found",
         *       "status": 404,
         *       "detail": "Not Found"
         *     }
         */
        NotFoundProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Not found";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-found";
        };
        /**
         * NotHeldProblem
         * @description There is no hold to end.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-held",
         *       "title": "Not on hold",
         *       "status": 404,
         *       "detail": "The banner is not on hold, so there is nothing to release."
         *     }
         */
        NotHeldProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Not on hold";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-held";
        };
        /**
         * NothingShowingProblem
         * @description There is no display to end.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/nothing-showing",
         *       "title": "Nothing is showing",
         *       "status": 404,
         *       "detail": "The banner shows nothing, so there is nothing to end."
         *     }
         */
        NothingShowingProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Nothing is showing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/nothing-showing";
        };
        /**
         * NotOperatorProblem
         * @description Only operators do this.
         *
         *     Try again? Yes, with the token of an operator.
         * @example {
         *       "type": "/problems/not-operator",
         *       "title": "For operators",
         *       "status": 403,
         *       "detail": "Only an operator may do this."
         *     }
         */
        NotOperatorProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 403;
            /** @constant */
            title: "For operators";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-operator";
        };
        /**
         * NotPendingProblem
         * @description The text that was named does not wait for a yes here: it was decided, taken back, or has lapsed.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-pending",
         *       "title": "Not waiting for a yes",
         *       "status": 404,
         *       "detail": "The text '1ab9fb6f0c5d71b0e2aa9f10' does not wait for an operator's yes here, or not any more.",
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10"
         *     }
         */
        NotPendingProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Not waiting for a yes";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-pending";
        };
        /**
         * NotReadyProblem
         * @description This gateway cannot be of use at present; `missing` says why.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/not-ready",
         *       "title": "Not ready",
         *       "status": 503,
         *       "detail": "Not ready; missing: banner service.",
         *       "missing": [
         *         "banner service"
         *       ]
         *     }
         */
        NotReadyProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is not there, each in a word. */
            missing: string[];
            /** @constant */
            status: 503;
            /** @constant */
            title: "Not ready";
            /** @constant */
            type: "/problems/not-ready";
        };
        /**
         * NotShowingProblem
         * @description The display that was named neither shows nor waits here; it is over already.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-showing",
         *       "title": "Not showing",
         *       "status": 404,
         *       "detail": "The display 1ab9fb6f0c5d71b0e2aa9f10 neither shows nor waits here; it is over already.",
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10"
         *     }
         */
        NotShowingProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Not showing";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-showing";
        };
        /**
         * NotYoursProblem
         * @description Only its author or an operator ends a display.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/not-yours",
         *       "title": "Not yours",
         *       "status": 403,
         *       "detail": "Only the author of a message or an operator may end or change it."
         *     }
         */
        NotYoursProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 403;
            /** @constant */
            title: "Not yours";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/not-yours";
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
         * OutcomeUnknownProblem
         * @description It was sent to the store and no answer came; asking again with the same id finds out.
         *
         *     Try again? Yes, with the same `Idempotency-Key`: that finds out what became of it.
         * @example {
         *       "type": "/problems/outcome-unknown",
         *       "title": "Outcome unknown",
         *       "status": 504,
         *       "detail": "No answer came in time; it may or may not have been done. The same key again finds out."
         *     }
         */
        OutcomeUnknownProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 504;
            /** @constant */
            title: "Outcome unknown";
            /** @constant */
            type: "/problems/outcome-unknown";
        };
        /**
         * OverloadedProblem
         * @description Too much is under way; nothing was done.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/overloaded",
         *       "title": "Too busy",
         *       "status": 503,
         *       "detail": "Too many commands are under way; nothing was done, try again shortly."
         *     }
         */
        OverloadedProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 503;
            /** @constant */
            title: "Too busy";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/overloaded";
        };
        /**
         * PendingFullProblem
         * @description As many texts wait for an operator's yes as may wait.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/pending-full",
         *       "title": "Too many wait for a yes",
         *       "status": 429,
         *       "detail": "20 texts wait for an operator's yes here already; try again later.",
         *       "at_most": 20
         *     }
         */
        PendingFullProblem: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 429;
            /** @constant */
            title: "Too many wait for a yes";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/pending-full";
        };
        /**
         * PendingPage
         * @description Texts that wait for an operator's yes, by banner and in the order of their coming.
         *
         *     `next_cursor` asks for those of the banners after these.
         */
        PendingPage: {
            /** @description What is on this page. */
            items: components["schemas"]["DisplayView"][];
            /** @description Asks for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /**
         * ProblemPage
         * @description A kind of problem in words: what it means, whether to try again, and what one looks like.
         */
        ProblemPage: {
            /** @description What one looks like. */
            example: Record<string, never>;
            /** @description What it means. */
            meaning: string;
            /** @description Whether to try again. */
            retry: string;
            /** @description The HTTP status. */
            status: number;
            /** @description What it is called. */
            title: string;
            /** @description What stands in `type` of such a problem. */
            type: string;
        };
        /**
         * Queued
         * @description Somebody waits for a turn.
         */
        Queued: {
            /** @description A text that waits. */
            ticket: components["schemas"]["Ticket"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "queued";
        };
        /**
         * QueueFullProblem
         * @description As many wait as may wait.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/queue-full",
         *       "title": "The queue is full",
         *       "status": 429,
         *       "detail": "20 wait already, which is as many as may wait here; try again later.",
         *       "at_most": 20,
         *       "retry_after_ms": 24750
         *     }
         */
        QueueFullProblem: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
            /** @constant */
            status: 429;
            /** @constant */
            title: "The queue is full";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/queue-full";
        };
        /**
         * Reading
         * @description What was measured, and when the mesh took it; `value` is the JSON object of whoever measured it.
         */
        Reading: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description What was measured, as the hardware wrote it. */
            value: {
                [key: string]: unknown;
            };
        };
        /**
         * RecordUnreadableProblem
         * @description The stored record cannot be read by this version; it was left as it is.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/record-unreadable",
         *       "title": "Record unreadable",
         *       "status": 500,
         *       "detail": "The stored record cannot be read by this version and was left as it is: expected a banner record of schema 3 or older, found 4.",
         *       "problem": "expected a banner record of schema 3 or older, found 4"
         *     }
         */
        RecordUnreadableProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /** @constant */
            status: 500;
            /** @constant */
            title: "Record unreadable";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/record-unreadable";
        };
        /**
         * RegisterBody
         * @description A new banner; without an id it gets one.
         */
        RegisterBody: {
            /**
             * @description What it is called, for ever.
             * @default null
             */
            id?: string | null;
            /**
             * @description What people call it.
             * @default null
             */
            name?: string | null;
            /**
             * @description What it is called together with others.
             * @default []
             */
            tags?: string[];
        };
        /**
         * Registered
         * @description The banner is there.
         */
        Registered: {
            /** @description What it is called, for ever. */
            id: string;
            /** @description What people call it. */
            name: string;
            /**
             * @description What it is called together with others.
             * @default []
             */
            tags?: string[];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "registered";
        };
        /**
         * Released
         * @description The hold has ended.
         */
        Released: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "released";
        };
        /**
         * ReplaceBody
         * @description What a display shall read instead.
         */
        ReplaceBody: {
            /** @description 1 to 120 characters after NFC and trimming; at least one to see, none a control character. */
            text: string;
        };
        /**
         * Replaced
         * @description A display reads differently now; its deadline is what it was.
         */
        Replaced: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @enum {unknown}
             */
            role: "author" | "operator";
            /** @description What there is to read. */
            text: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "replaced";
            /** @description What it read before. */
            was: string;
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
         * ShowAnywhereBody
         * @description A text to show on any free banner, or on any of those with a tag.
         */
        ShowAnywhereBody: {
            /**
             * @description Only banners with this tag.
             * @default null
             */
            tag?: string | null;
            /** @description 1 to 120 characters after NFC and trimming; at least one to see, none a control character. */
            text: string;
        };
        /**
         * ShowBody
         * @description A text to show.
         */
        ShowBody: {
            /** @description 1 to 120 characters after NFC and trimming; at least one to see, none a control character. */
            text: string;
            /**
             * @description At once, or once those who came before have had their turn.
             * @default now
             * @enum {unknown}
             */
            when?: "now" | "queue";
        };
        /**
         * Shown
         * @description A display has begun.
         */
        Shown: {
            /** @description What began to show. */
            display: components["schemas"]["Display"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "shown";
        };
        /**
         * StaleProblem
         * @description The caller asked for a revision that is no longer the newest.
         *
         *     Try again? Yes, after a look at what is there now.
         * @example {
         *       "type": "/problems/stale",
         *       "title": "Changed meanwhile",
         *       "status": 412,
         *       "detail": "Expected revision 56, found 57: look again before you change it.",
         *       "expected": 56,
         *       "revision": 57
         *     }
         */
        StaleProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The revision that the request named. */
            expected: number;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @constant */
            status: 412;
            /** @constant */
            title: "Changed meanwhile";
            /** @constant */
            type: "/problems/stale";
        };
        /**
         * TakenBack
         * @description A text that waited for an operator's yes was taken back, or out.
         */
        TakenBack: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @enum {unknown}
             */
            role: "author" | "operator";
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "withdrawn";
        };
        /**
         * TelemetryItem
         * @description What was measured of one kind, and when the mesh took it; `value` is the JSON object of whoever did.
         */
        TelemetryItem: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Which kind of measurement. */
            kind: string;
            /** @description What was measured, as the hardware wrote it. */
            value: {
                [key: string]: unknown;
            };
        };
        /**
         * TelemetryPage
         * @description Some of what was measured on a banner; `next_cursor` asks for what came after it.
         */
        TelemetryPage: {
            /** @description What is on this page. */
            items: components["schemas"]["TelemetryItem"][];
            /** @description Asks for the next page; null on the last one. */
            next_cursor: string | null;
        };
        /**
         * Ticket
         * @description A text that waits for its turn; shown, it becomes the display of the same id, for `ttl_ms`.
         */
        Ticket: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description What it is called, for ever. */
            id: string;
            /** @description What there is to read. */
            text: string;
            /** @description How long it will show, in milliseconds. */
            ttl_ms: number;
        };
        /**
         * TooLargeProblem
         * @description The body is longer than bodies may be.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/too-large",
         *       "title": "Too large",
         *       "status": 413,
         *       "detail": "Request Entity Too Large"
         *     }
         */
        TooLargeProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 413;
            /** @constant */
            title: "Too large";
            /** @constant */
            type: "/problems/too-large";
        };
        /**
         * TooLateProblem
         * @description The command arrived when its sender had stopped waiting for it; nothing was done.
         *
         *     Try again? Yes, at once: nothing was done.
         * @example {
         *       "type": "/problems/too-late",
         *       "title": "Too late",
         *       "status": 408,
         *       "detail": "The command was to be carried out by 2026-05-04T12:00:05.000Z; it came later, so nothing was done.",
         *       "not_after": "2026-05-04T12:00:05.000Z"
         *     }
         */
        TooLateProblem: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * Format: date-time
             * @description Past this, nobody carries it out.
             */
            not_after: string;
            /** @constant */
            status: 408;
            /** @constant */
            title: "Too late";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/too-late";
        };
        /**
         * TooManyRequestsProblem
         * @description A user, or an address, does this more often than is fair to the others; nothing was done.
         *
         *     Try again? Yes, after as many seconds as `Retry-After` says.
         * @example {
         *       "type": "/problems/too-many-requests",
         *       "title": "Too many requests",
         *       "status": 429,
         *       "detail": "The limit shows-per-user is used up; nothing was done, try again in 25 s.",
         *       "limit": "shows-per-user",
         *       "retry_after_ms": 24750
         *     }
         */
        TooManyRequestsProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description Which limit is used up; docs/fair-use.md has them all. */
            limit: string;
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
            /** @constant */
            status: 429;
            /** @constant */
            title: "Too many requests";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/too-many-requests";
        };
        /**
         * TooSlowProblem
         * @description The request did not come as a whole in the time that there is for it; the connection ends.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/too-slow",
         *       "title": "Too slow",
         *       "status": 408,
         *       "detail": "Expected the body within 20 s, found a part of it."
         *     }
         */
        TooSlowProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 408;
            /** @constant */
            title: "Too slow";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/too-slow";
        };
        /**
         * TurnedDown
         * @description An operator said no to a text.
         */
        TurnedDown: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "rejected";
        };
        /**
         * UnknownBannerProblem
         * @description No banner has this id.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/unknown-banner",
         *       "title": "Unknown banner",
         *       "status": 404,
         *       "detail": "There is no banner 'nobody'. Ids match [a-z0-9][a-z0-9-]{0,62}.",
         *       "banner": "nobody"
         *     }
         */
        UnknownBannerProblem: {
            /** @description The id of a banner. */
            banner: string;
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Unknown banner";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/unknown-banner";
        };
        /**
         * UnknownDisplayProblem
         * @description Nothing is known of this display: it never was, or ended long ago.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/unknown-display",
         *       "title": "Unknown display",
         *       "status": 404,
         *       "detail": "Nothing is known of the display '1ab9fb6f0c5d71b0e2aa9f10': it never was, or it ended long ago.",
         *       "display_id": "1ab9fb6f0c5d71b0e2aa9f10"
         *     }
         */
        UnknownDisplayProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @constant */
            status: 404;
            /** @constant */
            title: "Unknown display";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/unknown-display";
        };
        /**
         * UnsupportedMediaTypeProblem
         * @description The body says that it is something else than JSON.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/unsupported-media-type",
         *       "title": "Unsupported media type",
         *       "status": 415,
         *       "detail": "Expected application/json, found text/plain."
         *     }
         */
        UnsupportedMediaTypeProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @constant */
            status: 415;
            /** @constant */
            title: "Unsupported media type";
            /** @constant */
            type: "/problems/unsupported-media-type";
        };
        /**
         * Withheld
         * @description A text waits for an operator's yes. Which one, only its author and operators know.
         */
        Withheld: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "submitted";
        };
        /**
         * WrongHostProblem
         * @description This was meant for another host, or led here by a name that is none of ours.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/wrong-host",
         *       "title": "Wrong host",
         *       "status": 421,
         *       "detail": "Expected a host that this gateway serves, found 'other.example'.",
         *       "found": "other.example"
         *     }
         */
        WrongHostProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description Which it was instead. */
            found: string;
            /** @constant */
            status: 421;
            /** @constant */
            title: "Wrong host";
            /** @constant */
            type: "/problems/wrong-host";
        };
        /**
         * WrongOriginProblem
         * @description A page of another site sent this, and that site is not listed.
         *
         *     Try again? No: the same again is answered the same.
         * @example {
         *       "type": "/problems/wrong-origin",
         *       "title": "Wrong origin",
         *       "status": 403,
         *       "detail": "Expected a page of this gateway or of a listed origin, found one of https://other.example.",
         *       "found": "https://other.example"
         *     }
         */
        WrongOriginProblem: {
            /** @description One sentence for people. */
            detail: string;
            /** @description Which it was instead. */
            found: string;
            /** @constant */
            status: 403;
            /** @constant */
            title: "Wrong origin";
            /**
             * @description discriminator enum property added by openapi-typescript
             * @enum {string}
             */
            type: "/problems/wrong-origin";
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: {
        /** @description What can be done with this path. */
        Allow: string;
        /** @description Ask each time whether it is still so. */
        "Cache-Control": string;
        /** @description In quotes: of a banner its revision, of a list or a display a digest of what it says. */
        ETag: string;
        /** @description Where to find what was made. */
        Location: string;
        /** @description How many seconds to wait before trying again. */
        "Retry-After": number;
        /** @description What to show, and what was wrong with what was shown. */
        "WWW-Authenticate": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    healthz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": string;
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"];
                };
            };
        };
    };
    explainProblem: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description What stands behind `/problems/` in a `type`.
                 * @example busy
                 */
                slug: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The problem in words; as a page for whoever accepts HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ProblemPage"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`not-found`](/problems/not-found): There is nothing at this path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"];
                };
            };
        };
    };
    readyz: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"];
                };
            };
            /** @description [`not-ready`](/problems/not-ready): This gateway cannot be of use at present; `missing` says why. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotReadyProblem"];
                };
            };
        };
    };
    listBanners: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Only banners that are that at present. */
                status?: "free" | "busy" | "held" | "online" | "offline";
                /**
                 * @description Only banners with this tag.
                 * @example coast
                 */
                tag?: string;
            };
            header?: {
                /** @description Answer 304 if this is still the newest. */
                "If-None-Match"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Some banners, in the order of their ids. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerPage"];
                };
            };
            /** @description It is still as `If-None-Match` says. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends. */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /** @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted. */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"];
                };
            };
            /** @description [`overloaded`](/problems/overloaded): Too much is under way; nothing was done. */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OverloadedProblem"];
                };
            };
        };
    };
    register: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body have one effect and the same answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["RegisterBody"];
            };
        };
        responses: {
            /** @description The banner is there. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`already-registered`](/problems/already-registered): A banner with this id is there already. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AlreadyRegisteredProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /**
             * @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each.
             *
             *     [`key-reused`](/problems/key-reused): The same command id came before with another content.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"] | components["schemas"]["KeyReusedProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    getBanner: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is still the newest. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The banner, as of now. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerInFull"];
                };
            };
            /** @description It is still as `If-None-Match` says. */
            304: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    requireApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description From now on texts need a yes. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    waiveApproval: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Texts need no yes any more. */
            204: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    replace: {
        parameters: {
            query?: never;
            header?: {
                /** @description The revision that must still be the newest, such as "41". */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ReplaceBody"];
            };
        };
        responses: {
            /** @description It reads like that now. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`needs-approval`](/problems/needs-approval): While texts need an operator's yes, only operators mend what shows.
             *
             *     [`not-author`](/problems/not-author): Who only looks does not do this.
             *
             *     [`not-yours`](/problems/not-yours): Only its author or an operator ends a display.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NeedsApprovalProblem"] | components["schemas"]["NotAuthorProblem"] | components["schemas"]["NotYoursProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`nothing-showing`](/problems/nothing-showing): There is no display to end.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["NothingShowingProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`stale`](/problems/stale): The caller asked for a revision that is no longer the newest. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["StaleProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /**
             * @description [`bad-text`](/problems/bad-text): The text may not be shown.
             *
             *     [`blocked-text`](/problems/blocked-text): The text holds a word that operators have blocked; `found` is that part of it, as it was sent.
             *
             *     [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadTextProblem"] | components["schemas"]["BlockedTextProblem"] | components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`needs-if-match`](/problems/needs-if-match): A change must name the revision that it was made for. */
            428: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NeedsIfMatchProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    show: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body have one effect and the same answer. */
                "Idempotency-Key"?: string;
            };
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShowBody"];
            };
        };
        responses: {
            /** @description It shows. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description It waits for its turn, or for an operator's yes. */
            202: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-author`](/problems/not-author): Who only looks does not do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /**
             * @description [`already-pending`](/problems/already-pending): A text of this author waits for an operator's yes already.
             *
             *     [`already-waiting`](/problems/already-waiting): The author waits for this banner already.
             *
             *     [`busy`](/problems/busy): Another message is showing.
             *
             *     [`held`](/problems/held): An operator holds the banner; nothing shows until it is released.
             */
            409: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AlreadyPendingProblem"] | components["schemas"]["AlreadyWaitingProblem"] | components["schemas"]["BusyProblem"] | components["schemas"]["HeldProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /**
             * @description [`bad-text`](/problems/bad-text): The text may not be shown.
             *
             *     [`blocked-text`](/problems/blocked-text): The text holds a word that operators have blocked; `found` is that part of it, as it was sent.
             *
             *     [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each.
             *
             *     [`key-reused`](/problems/key-reused): The same command id came before with another content.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadTextProblem"] | components["schemas"]["BlockedTextProblem"] | components["schemas"]["InvalidRequestProblem"] | components["schemas"]["KeyReusedProblem"];
                };
            };
            /**
             * @description [`pending-full`](/problems/pending-full): As many texts wait for an operator's yes as may wait.
             *
             *     [`queue-full`](/problems/queue-full): As many wait as may wait.
             *
             *     [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done.
             */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["PendingFullProblem"] | components["schemas"]["QueueFullProblem"] | components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    clear: {
        parameters: {
            query?: never;
            header?: {
                /** @description The revision that must still be the newest, such as "41". */
                "If-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It has ended; whoever waits is next. */
            204: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-author`](/problems/not-author): Who only looks does not do this.
             *
             *     [`not-yours`](/problems/not-yours): Only its author or an operator ends a display.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorProblem"] | components["schemas"]["NotYoursProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`nothing-showing`](/problems/nothing-showing): There is no display to end.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["NothingShowingProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`stale`](/problems/stale): The caller asked for a revision that is no longer the newest. */
            412: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["StaleProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    getHistory: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                before?: string;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Some decisions, the newest first. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["HistoryPage"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    hold: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["HoldBody"];
            };
        };
        responses: {
            /** @description The banner is on hold. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BannerView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    release: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The hold has ended. */
            204: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`not-held`](/problems/not-held): There is no hold to end.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["NotHeldProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    liveEvents: {
        parameters: {
            query?: never;
            header?: {
                /** @description The last event that was received. */
                "Last-Event-ID"?: string;
            };
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its newest state, whenever that changes. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": string;
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    pendingOn: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of it. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingPage"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    getTelemetry: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description Only this kind of measurement, and how it changed. */
                kind?: string;
                /** @description How many at most. */
                limit?: number;
                /** @description Nothing that was measured before this time: RFC 3339, UTC. */
                since?: string;
            };
            header?: never;
            path: {
                /**
                 * @description The id of a banner.
                 * @example lightning
                 */
                banner: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was measured. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TelemetryPage"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-banner`](/problems/unknown-banner): No banner has this id.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownBannerProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    getBlocklist: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlocklistView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    block: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A word; `*` at its beginning or end stands for any letters there.
                 * @example frog
                 */
                word: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is blocked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`not-found`](/problems/not-found): There is nothing at this path. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`blocklist-full`](/problems/blocklist-full): As many words are blocked as may be. */
            409: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BlocklistFullProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`bad-word`](/problems/bad-word): What was sent is no word that can be blocked. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadWordProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    unblock: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description A word; `*` at its beginning or end stands for any letters there.
                 * @example frog
                 */
                word: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is not blocked any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-blocked`](/problems/not-blocked): The word is not blocked.
             *
             *     [`not-found`](/problems/not-found): There is nothing at this path.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotBlockedProblem"] | components["schemas"]["NotFoundProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`bad-word`](/problems/bad-word): What was sent is no word that can be blocked. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadWordProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    showAnywhere: {
        parameters: {
            query?: never;
            header?: {
                /** @description The same key and body have one effect and the same answer. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ShowAnywhereBody"];
            };
        };
        responses: {
            /** @description It shows. */
            201: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description It waits for a free banner. */
            202: {
                headers: {
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-author`](/problems/not-author): Who only looks does not do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /** @description [`no-such-pool`](/problems/no-such-pool): No banner is in this pool, so nobody could ever be placed. */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NoSuchPoolProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /**
             * @description [`bad-text`](/problems/bad-text): The text may not be shown.
             *
             *     [`blocked-text`](/problems/blocked-text): The text holds a word that operators have blocked; `found` is that part of it, as it was sent.
             *
             *     [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each.
             *
             *     [`key-reused`](/problems/key-reused): The same command id came before with another content.
             */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["BadTextProblem"] | components["schemas"]["BlockedTextProblem"] | components["schemas"]["InvalidRequestProblem"] | components["schemas"]["KeyReusedProblem"];
                };
            };
            /**
             * @description [`lobby-full`](/problems/lobby-full): As many wait in the lobby as may wait.
             *
             *     [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done.
             */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["LobbyFullProblem"] | components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    getDisplay: {
        parameters: {
            query?: never;
            header?: {
                /** @description Answer 304 if this is still the newest. */
                "If-None-Match"?: string;
            };
            path: {
                /**
                 * @description The id of a display: of what was shown, or waits.
                 * @example 1ab9fb6f0c5d71b0e2aa9f10
                 */
                display: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Where it is by now. */
            200: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description It is still as `If-None-Match` says. */
            304: {
                headers: {
                    "Cache-Control": components["headers"]["Cache-Control"];
                    ETag: components["headers"]["ETag"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /** @description [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed. */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`unknown-display`](/problems/unknown-display): Nothing is known of this display: it never was, or ended long ago.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["UnknownDisplayProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    endDisplay: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a display: of what was shown, or waits.
                 * @example 1ab9fb6f0c5d71b0e2aa9f10
                 */
                display: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It neither waits nor shows any more. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-author`](/problems/not-author): Who only looks does not do this.
             *
             *     [`not-yours`](/problems/not-yours): Only its author or an operator ends a display.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorProblem"] | components["schemas"]["NotYoursProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`not-showing`](/problems/not-showing): The display that was named neither shows nor waits here; it is over already.
             *
             *     [`unknown-display`](/problems/unknown-display): Nothing is known of this display: it never was, or ended long ago.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["NotShowingProblem"] | components["schemas"]["UnknownDisplayProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    decide: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /**
                 * @description The id of a display: of what was shown, or waits.
                 * @example 1ab9fb6f0c5d71b0e2aa9f10
                 */
                display: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ApprovalBody"];
            };
        };
        responses: {
            /** @description What has become of it. */
            200: {
                headers: {
                    ETag: components["headers"]["ETag"];
                    Location: components["headers"]["Location"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DisplayView"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`not-found`](/problems/not-found): There is nothing at this path.
             *
             *     [`not-pending`](/problems/not-pending): The text that was named does not wait for a yes here: it was decided, taken back, or has lapsed.
             *
             *     [`unknown-display`](/problems/unknown-display): Nothing is known of this display: it never was, or ended long ago.
             */
            404: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotFoundProblem"] | components["schemas"]["NotPendingProblem"] | components["schemas"]["UnknownDisplayProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`too-large`](/problems/too-large): The body is longer than bodies may be. */
            413: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLargeProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`unsupported-media-type`](/problems/unsupported-media-type): The body says that it is something else than JSON. */
            415: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["UnsupportedMediaTypeProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /**
             * @description [`queue-full`](/problems/queue-full): As many wait as may wait.
             *
             *     [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done.
             */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["QueueFullProblem"] | components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
    pendingAnywhere: {
        parameters: {
            query?: {
                /** @description Where the page before ended: its `next_cursor`. */
                cursor?: string;
                /** @description How many at most. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Some of it, by banner. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["PendingPage"];
                };
            };
            /** @description [`malformed-request`](/problems/malformed-request): The request cannot be read at all: its body is no JSON, or no text. */
            400: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MalformedRequestProblem"];
                };
            };
            /** @description [`not-authorized`](/problems/not-authorized): The request shows a token that proves nothing, or none where guests are not let in. */
            401: {
                headers: {
                    "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotAuthorizedProblem"];
                };
            };
            /**
             * @description [`not-operator`](/problems/not-operator): Only operators do this.
             *
             *     [`wrong-origin`](/problems/wrong-origin): A page of another site sent this, and that site is not listed.
             */
            403: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["NotOperatorProblem"] | components["schemas"]["WrongOriginProblem"];
                };
            };
            /**
             * @description [`too-late`](/problems/too-late): The command arrived when its sender had stopped waiting for it; nothing was done.
             *
             *     [`too-slow`](/problems/too-slow): The request did not come as a whole in the time that there is for it; the connection ends.
             */
            408: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooLateProblem"] | components["schemas"]["TooSlowProblem"];
                };
            };
            /** @description [`address-too-long`](/problems/address-too-long): Path and query are longer than they may be; the connection ends. */
            414: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["AddressTooLongProblem"];
                };
            };
            /** @description [`wrong-host`](/problems/wrong-host): This was meant for another host, or led here by a name that is none of ours. */
            421: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["WrongHostProblem"];
                };
            };
            /** @description [`invalid-request`](/problems/invalid-request): The request can be read, and a part of it is not as it has to be; `detail` names each. */
            422: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["InvalidRequestProblem"];
                };
            };
            /** @description [`too-many-requests`](/problems/too-many-requests): A user, or an address, does this more often than is fair to the others; nothing was done. */
            429: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["TooManyRequestsProblem"];
                };
            };
            /** @description [`headers-too-large`](/problems/headers-too-large): There are more headers, or longer ones, than there may be; the connection ends. */
            431: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["HeadersTooLargeProblem"];
                };
            };
            /**
             * @description [`failed`](/problems/failed): A bug on our side; the instance that met it is restarted.
             *
             *     [`record-unreadable`](/problems/record-unreadable): The stored record cannot be read by this version; it was left as it is.
             */
            500: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["FailedProblem"] | components["schemas"]["RecordUnreadableProblem"];
                };
            };
            /**
             * @description [`mesh-unavailable`](/problems/mesh-unavailable): The store cannot be reached; nothing was done.
             *
             *     [`overloaded`](/problems/overloaded): Too much is under way; nothing was done.
             */
            503: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["MeshUnavailableProblem"] | components["schemas"]["OverloadedProblem"];
                };
            };
            /** @description [`outcome-unknown`](/problems/outcome-unknown): It was sent to the store and no answer came; asking again with the same id finds out. */
            504: {
                headers: {
                    "Retry-After": components["headers"]["Retry-After"];
                    [name: string]: unknown;
                };
                content: {
                    "application/problem+json": components["schemas"]["OutcomeUnknownProblem"];
                };
            };
        };
    };
}
