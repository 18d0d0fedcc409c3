// Generated from the documents of the gateway; `make types` writes it anew.

export type paths = Record<string, never>;
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /**
         * Accepted[Banner]
         * @description Done: the entity as that commit left it. `repeated` when the same command had been accepted before.
         */
        AcceptedBanner: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The id of the command that was accepted. */
            command: string | null;
            /** @description The same command had been accepted before; this is that answer. */
            repeated: boolean;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @description The whole entity. */
            state: components["schemas"]["Banner"];
        };
        /**
         * AcceptedBlocklist
         * @description The blocked words as of this revision.
         */
        AcceptedBlocklist: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The id of the command that was accepted. */
            command: string | null;
            /** @description The same command had been accepted before; this is that answer. */
            repeated: boolean;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @description The whole entity. */
            state: components["schemas"]["Blocklist"];
        };
        /**
         * AcceptedLobby
         * @description The lobby as its newest commit left it.
         */
        AcceptedLobby: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The id of the command that was accepted. */
            command: string | null;
            /** @description The same command had been accepted before; this is that answer. */
            repeated: boolean;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /** @description The whole entity. */
            state: components["schemas"]["Lobby"];
        };
        /**
         * Admitted
         * @description What has become of an Enter: it shows, with the answer of its banner, or it waits; or it is over.
         */
        Admitted: {
            /**
             * @description The id of a banner.
             * @default null
             */
            banner?: components["schemas"]["AcceptedBanner"] | null;
            /** @description What has become of it. */
            view: components["schemas"]["DisplayView"];
        };
        /**
         * AlreadyBlocked
         * @description The word is blocked already.
         */
        AlreadyBlockedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "already-blocked";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * AlreadyPending
         * @description A text of this author waits for an operator's yes already.
         */
        AlreadyPendingRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "already-pending";
        };
        /**
         * AlreadyRegistered
         * @description A banner with this id is there already.
         */
        AlreadyRegisteredRefusal: {
            /** @description The id of a banner. */
            banner: string;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "already-registered";
        };
        /**
         * AlreadyWaiting
         * @description The author waits for this banner already.
         */
        AlreadyWaitingRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /** @description At which place in the line, from 1. */
            position: number;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "already-waiting";
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
         * Approve
         * @description This text may show: now if the banner is free, else in its turn. For operators.
         */
        Approve: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            display_id: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
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
         * Assigned
         * @description The first in line goes to this place.
         */
        Assigned: {
            /** @description The id of a display. */
            display_id: string;
            /** @description Where it goes. */
            place: components["schemas"]["Place"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "assigned";
        };
        /**
         * Assignment
         * @description A ticket on its way to a place; it is nowhere else, and goes nowhere else before this is settled.
         */
        Assignment: {
            /** @description Where it goes. */
            place: components["schemas"]["Place"];
            /** @description A text that waits. */
            ticket: components["schemas"]["LobbyTicket"];
        };
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
         * BadText
         * @description The text may not be shown.
         */
        BadTextRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "bad-text";
        };
        /**
         * BadWord
         * @description What was sent is no word that can be blocked.
         */
        BadWordRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "bad-word";
        };
        /**
         * Banner
         * @description Everything that decides what one banner shows.
         *
         *     While nothing shows and nothing is on hold, nobody waits: the commit that ends a display shows the next.
         *     With `approve_first` every text is `pending` first: it waits for an operator's yes, then for its turn.
         */
        Banner: {
            /**
             * @description Whether every text needs an operator's yes before it shows.
             * @default false
             */
            approve_first?: boolean;
            /**
             * @description What shows, or showed last; over once its `until` is reached.
             * @default null
             */
            display?: components["schemas"]["Display"] | null;
            /**
             * @description Why nothing shows until it is released; null when there is no hold.
             * @default null
             */
            hold?: components["schemas"]["OnHold"] | null;
            /** @description What it is called, for ever. */
            id: string;
            /** @description What people call it. */
            name: string;
            /**
             * @description What waits for an operator's yes, in the order of coming.
             * @default []
             */
            pending?: components["schemas"]["Ticket"][];
            /**
             * @description Who waits, in order.
             * @default []
             */
            queue?: components["schemas"]["Ticket"][];
            /**
             * @description What it is called together with others.
             * @default []
             */
            tags?: string[];
        };
        /**
         * Left
         * @description Somebody waits no more, for a turn or for an operator's yes: by own wish, or by an operator's.
         */
        BannerLeft: {
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
         * BannerRecord
         * @description What one commit about a banner wrote: when, from whom, by which command, what happened, what is now.
         *
         *     The records of a banner are numbered from 1 without a gap, and each names the revision of the `previous`
         *     one; 0 where that is not known. Read past members that you do not know: later versions may add some.
         */
        BannerRecord: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of the command that was accepted. */
            command: components["schemas"]["Mark"];
            /** @description What happened, in this order. */
            events: (components["schemas"]["Registered"] | components["schemas"]["Shown"] | components["schemas"]["Replaced"] | components["schemas"]["Cleared"] | components["schemas"]["Expired"] | components["schemas"]["Queued"] | components["schemas"]["BannerLeft"] | components["schemas"]["Held"] | components["schemas"]["Released"] | components["schemas"]["ApprovalSet"] | components["schemas"]["Submitted"] | components["schemas"]["Approved"] | components["schemas"]["Rejected"] | components["schemas"]["Lapsed"])[];
            /**
             * @description Its number, in the order in which people came.
             * @default 0
             */
            number?: number;
            /**
             * @description The revision of the record before it.
             * @default 0
             */
            previous?: number;
            /**
             * @description Commands before it: id, digest of the content, the revision that answered.
             * @default []
             */
            recent?: components["schemas"]["Remembered"][];
            /** @description Which version of the record this is. */
            schema: number;
            /** @description The whole entity. */
            state: components["schemas"]["Banner"];
        };
        BannerRefusal: components["schemas"]["MalformedRefusal"] | components["schemas"]["OverloadedRefusal"] | components["schemas"]["MeshUnavailableRefusal"] | components["schemas"]["UnknownRefusal"] | components["schemas"]["FailedRefusal"] | components["schemas"]["RecordUnreadableRefusal"] | components["schemas"]["KeyReusedRefusal"] | components["schemas"]["TooLateRefusal"] | components["schemas"]["StaleRefusal"] | components["schemas"]["UnknownBannerRefusal"] | components["schemas"]["AlreadyRegisteredRefusal"] | components["schemas"]["BadTextRefusal"] | components["schemas"]["BlockedTextRefusal"] | components["schemas"]["BusyRefusal"] | components["schemas"]["HeldRefusal"] | components["schemas"]["QueueFullRefusal"] | components["schemas"]["AlreadyWaitingRefusal"] | components["schemas"]["NeedsIfMatchRefusal"] | components["schemas"]["NothingShowingRefusal"] | components["schemas"]["NotShowingRefusal"] | components["schemas"]["NotDueRefusal"] | components["schemas"]["NotHeldRefusal"] | components["schemas"]["NotYoursRefusal"] | components["schemas"]["NotOperatorRefusal"] | components["schemas"]["AlreadyPendingRefusal"] | components["schemas"]["PendingFullRefusal"] | components["schemas"]["NotPendingRefusal"] | components["schemas"]["NeedsApprovalRefusal"];
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
         * Block
         * @description No text with this word shall show. For operators.
         */
        Block: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * Blocked
         * @description The word is blocked from now on.
         */
        Blocked: {
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "blocked";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * BlockedText
         * @description The text holds a word that operators have blocked; `found` is that part of it, as it was sent.
         */
        BlockedTextRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The part of the text that reads like a blocked word. */
            found: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "blocked-text";
        };
        /**
         * Blocklist
         * @description The words, in order.
         */
        Blocklist: {
            /**
             * @description All blocked words, in order.
             * @default []
             */
            words?: string[];
        };
        /**
         * BlocklistFull
         * @description As many words are blocked as may be.
         */
        BlocklistFullRefusal: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "blocklist-full";
        };
        /**
         * BlocklistRecord
         * @description What one commit about the blocked words wrote: when, from whom, what happened, what is now.
         */
        BlocklistRecord: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of the command that was accepted. */
            command: components["schemas"]["Mark"];
            /** @description What happened, in this order. */
            events: (components["schemas"]["Blocked"] | components["schemas"]["Unblocked"])[];
            /**
             * @description Its number, in the order in which people came.
             * @default 0
             */
            number?: number;
            /**
             * @description The revision of the record before it.
             * @default 0
             */
            previous?: number;
            /**
             * @description Commands before it: id, digest of the content, the revision that answered.
             * @default []
             */
            recent?: components["schemas"]["Remembered"][];
            /** @description Which version of the record this is. */
            schema: number;
            /** @description The whole entity. */
            state: components["schemas"]["Blocklist"];
        };
        BlocklistRefusal: components["schemas"]["MalformedRefusal"] | components["schemas"]["OverloadedRefusal"] | components["schemas"]["MeshUnavailableRefusal"] | components["schemas"]["UnknownRefusal"] | components["schemas"]["FailedRefusal"] | components["schemas"]["RecordUnreadableRefusal"] | components["schemas"]["KeyReusedRefusal"] | components["schemas"]["TooLateRefusal"] | components["schemas"]["StaleRefusal"] | components["schemas"]["NotOperatorRefusal"] | components["schemas"]["BadWordRefusal"] | components["schemas"]["AlreadyBlockedRefusal"] | components["schemas"]["NotBlockedRefusal"] | components["schemas"]["BlocklistFullRefusal"];
        /**
         * Busy
         * @description Another message is showing.
         */
        BusyRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "busy";
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until: string;
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
         * Claim
         * @description A command was about to be committed to `key`, which was at `revision` then.
         */
        Claim: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Tells one content from another. */
            digest: string;
            /** @description Which entity. */
            key: string;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Clear
         * @description What shows now shall end; or the display that is named, whether it shows or waits for its turn.
         */
        Clear: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The id of a display.
             * @default null
             */
            display_id?: string | null;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
        };
        /**
         * Cleared
         * @description A display was ended before its deadline.
         */
        Cleared: {
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
            type: "cleared";
        };
        ClientFrame: components["schemas"]["Watch"] | components["schemas"]["Unwatch"] | components["schemas"]["Authorize"] | components["schemas"]["Pong"];
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
         * Enter
         * @description This text shall show on any banner of the pool, as soon as one is free.
         */
        Enter: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /** @description What there is to read. */
            text: string;
        };
        /**
         * Entered
         * @description Somebody waits.
         */
        Entered: {
            /** @description A text that waits. */
            ticket: components["schemas"]["LobbyTicket"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "entered";
        };
        /**
         * Expire
         * @description This one display shall end, because its time is up. Names it, so that it never ends another.
         */
        Expire: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            display_id: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
        };
        /**
         * Expired
         * @description A display reached its deadline, `until`; the commit that says so may be later.
         */
        Expired: {
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "expired";
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until: string;
        };
        /**
         * ExpireMany
         * @description Many expiries in one request; each is decided and committed on its own.
         */
        ExpireMany: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /** @description Which displays, on which banners. */
            expiries: components["schemas"]["Expiry"][];
        };
        /**
         * ExpireManyReply
         * @description One outcome for each expiry, in the order of the request: `expired`, or the reason of the refusal.
         */
        ExpireManyReply: {
            /** @description One for each expiry, in the order of the request. */
            outcomes: components["schemas"]["ExpiryOutcome"][];
        };
        /**
         * Expiry
         * @description One of many displays whose time is up.
         */
        Expiry: {
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            banner: string;
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            display_id: string;
        };
        /**
         * ExpiryOutcome
         * @description What became of one of many expiries; `until` is there when it was not due yet.
         */
        ExpiryOutcome: {
            /** @description The id of a banner. */
            banner: string;
            /** @description The id of a display. */
            display_id: string;
            /** @description `expired`, or the reason of the refusal. */
            outcome: string;
            /**
             * @description When it is over for everybody.
             * @default null
             */
            until?: string | null;
        };
        /**
         * Failed
         * @description A bug on our side; the instance that met it is restarted.
         */
        FailedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "failed";
        };
        /**
         * Gone
         * @description The answer to a Leave: it neither waits nor shows any more.
         */
        Gone: {
            /** @description The id of a display. */
            display_id: string;
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
         * Held
         * @description An operator holds the banner; nothing shows until it is released.
         */
        HeldRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "held";
            /**
             * Format: date-time
             * @description Since when.
             */
            since: string;
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
         * Hold
         * @description Nothing shall show until it is released, for this reason. For operators.
         */
        Hold: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /** @description Why, for people. */
            reason: string;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
        };
        /**
         * KeptReport
         * @description A report as the mesh keeps it, once it was looked at: `heard_at` is by the server's clock.
         */
        KeptReport: {
            /** @description When. */
            at: string | null;
            /** @description The id of a display. */
            display_id: string | null;
            /**
             * Format: date-time
             * @description When the mesh heard it, by the server's clock.
             */
            heard_at: string;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number | null;
        };
        /**
         * KeyReused
         * @description The same command id came before with another content.
         */
        KeyReusedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "key-reused";
        };
        /**
         * Lapsed
         * @description Nobody said yes or no to a text in time, which was until `at`; the commit that says so may be later.
         */
        Lapsed: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "lapsed";
        };
        /**
         * Leave
         * @description This one shall wait no more; what shows already shall end.
         */
        Leave: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            display_id: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
        };
        /**
         * Lobby
         * @description Who waits, and who is being placed; both in the order of their numbers.
         */
        Lobby: {
            /**
             * @description Who is on the way to a banner.
             * @default []
             */
            assigned?: components["schemas"]["Assignment"][];
            /**
             * @description The number of whoever came last.
             * @default 0
             */
            last_number?: number;
            /**
             * @description Who waits, in order.
             * @default []
             */
            waiting?: components["schemas"]["LobbyTicket"][];
        };
        /**
         * LobbyFull
         * @description As many wait in the lobby as may wait.
         */
        LobbyFullRefusal: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "lobby-full";
        };
        /**
         * Left
         * @description Somebody waits no more.
         */
        LobbyLeft: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "left";
        };
        /**
         * LobbyRecord
         * @description What one commit about a lobby wrote: when, from whom, by which command, what happened, what is now.
         */
        LobbyRecord: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of the command that was accepted. */
            command: components["schemas"]["Mark"];
            /** @description What happened, in this order. */
            events: (components["schemas"]["Entered"] | components["schemas"]["Assigned"] | components["schemas"]["Placed"] | components["schemas"]["Returned"] | components["schemas"]["LobbyLeft"])[];
            /**
             * @description Its number, in the order in which people came.
             * @default 0
             */
            number?: number;
            /**
             * @description The revision of the record before it.
             * @default 0
             */
            previous?: number;
            /**
             * @description Commands before it: id, digest of the content, the revision that answered.
             * @default []
             */
            recent?: components["schemas"]["Remembered"][];
            /** @description Which version of the record this is. */
            schema: number;
            /** @description The whole entity. */
            state: components["schemas"]["Lobby"];
        };
        LobbyRefusal: components["schemas"]["MalformedRefusal"] | components["schemas"]["OverloadedRefusal"] | components["schemas"]["MeshUnavailableRefusal"] | components["schemas"]["UnknownRefusal"] | components["schemas"]["FailedRefusal"] | components["schemas"]["RecordUnreadableRefusal"] | components["schemas"]["KeyReusedRefusal"] | components["schemas"]["TooLateRefusal"] | components["schemas"]["BadTextRefusal"] | components["schemas"]["BlockedTextRefusal"] | components["schemas"]["NoSuchPoolRefusal"] | components["schemas"]["LobbyFullRefusal"] | components["schemas"]["NotYoursRefusal"] | components["schemas"]["UnknownDisplayRefusal"];
        /**
         * LobbyTicket
         * @description A text that waits for any banner; tickets are numbered in the order in which they came.
         */
        LobbyTicket: {
            /**
             * Format: date-time
             * @description When.
             */
            at: string;
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description What it is called, for ever. */
            id: string;
            /** @description Its number, in the order in which people came. */
            number: number;
            /** @description What there is to read. */
            text: string;
        };
        /**
         * Malformed
         * @description What was sent is not the command that the subject names.
         */
        MalformedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "malformed";
        };
        /**
         * Mark
         * @description The command that a record came from; without an id it is not recognised again.
         */
        Mark: {
            /**
             * @description Tells one content from another.
             * @default
             */
            digest?: string;
            /**
             * @description What it is called, for ever.
             * @default null
             */
            id?: string | null;
            /** @description The word for it, as it stands in the subject. */
            verb: string;
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
            value: {
                [key: string]: unknown;
            };
        };
        /** @description Whatever was measured, as an object. */
        Measurements: Record<string, never>;
        /**
         * MeshUnavailable
         * @description The store cannot be reached; nothing was done.
         */
        MeshUnavailableRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "mesh-unavailable";
        };
        /**
         * NeedsApproval
         * @description While texts need an operator's yes, only operators mend what shows.
         */
        NeedsApprovalRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "needs-approval";
        };
        /**
         * NeedsIfMatch
         * @description A change must name the revision that it was made for.
         */
        NeedsIfMatchRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "needs-if-match";
        };
        /**
         * NoSuchPool
         * @description No banner is in this pool, so nobody could ever be placed.
         */
        NoSuchPoolRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description All banners, `all`, or those with a tag, `tag-<tag>`. */
            pool: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "no-such-pool";
        };
        /**
         * NotBlocked
         * @description The word is not blocked.
         */
        NotBlockedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-blocked";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * NotDue
         * @description The display has time left by the clock of whoever decides.
         */
        NotDueRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-due";
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
            /**
             * Format: date-time
             * @description When it is over for everybody.
             */
            until: string;
        };
        /**
         * NotHeld
         * @description There is no hold to end.
         */
        NotHeldRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-held";
        };
        /**
         * NothingShowing
         * @description There is no display to end.
         */
        NothingShowingRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "nothing-showing";
        };
        /**
         * NotOperator
         * @description Only operators do this.
         */
        NotOperatorRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-operator";
        };
        /**
         * NotPending
         * @description The text that was named does not wait for a yes here: it was decided, taken back, or has lapsed.
         */
        NotPendingRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-pending";
        };
        /**
         * NotShowing
         * @description The display that was named neither shows nor waits here; it is over already.
         */
        NotShowingRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-showing";
        };
        /**
         * NotYours
         * @description Only its author or an operator ends a display.
         */
        NotYoursRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "not-yours";
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
         * Overloaded
         * @description Too much is under way; nothing was done.
         */
        OverloadedRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "overloaded";
        };
        /**
         * Panel
         * @description The panel itself; `faults` counts elements that do not work.
         */
        Panel: {
            /** @description How bright the panel is, in percent. */
            brightness_pct: number;
            /** @description How many elements do not work. */
            faults: number;
            /** @description In degrees Celsius. */
            temperature_c: number;
        };
        /**
         * PendingFull
         * @description As many texts wait for an operator's yes as may wait.
         */
        PendingFullRefusal: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "pending-full";
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
         * Place
         * @description A banner that was free at this revision. What is shown there is shown right after it, or never.
         */
        Place: {
            /** @description The id of a banner. */
            banner: string;
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Placed
         * @description It was shown there; the lobby is done with it.
         */
        Placed: {
            /** @description The id of a banner. */
            banner: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "placed";
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
         * Position
         * @description Where the plane is, and how it moves; WGS 84, heading clockwise from north.
         */
        Position: {
            /** @description How high, in metres. */
            altitude_m: number;
            /** @description Where to, in degrees clockwise from north. */
            heading_deg: number;
            /** @description Latitude in degrees, WGS 84. */
            lat: number;
            /** @description Longitude in degrees, WGS 84. */
            lon: number;
            /** @description How fast, in metres a second. */
            speed_mps: number;
        };
        /**
         * Power
         * @description How much is left in the battery, and how much is drawn from it; less than nothing while it charges.
         */
        Power: {
            /** @description What is left in the battery, in percent. */
            battery_pct: number;
            /** @description What is drawn from it, in watts. */
            watts: number;
        };
        /**
         * Presence
         * @description A heartbeat: the hardware is up. With `leaving`, a goodbye and why; it is offline at once.
         *
         *     Over MQTT a goodbye may be left with the server as a will.
         */
        Presence: {
            /**
             * @description When.
             * @default null
             */
            at?: string | null;
            /**
             * @description A goodbye, and why.
             * @default null
             */
            leaving?: string | null;
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
         * QueueFull
         * @description As many wait as may wait.
         */
        QueueFullRefusal: {
            /** @description How many may wait. */
            at_most: number;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "queue-full";
            /** @description How many milliseconds to wait before trying again. */
            retry_after_ms: number;
        };
        /**
         * RecordUnreadable
         * @description The stored record cannot be read by this version; it was left as it is.
         */
        RecordUnreadableRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description What is wrong, in words. */
            problem: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "record-unreadable";
        };
        /**
         * Register
         * @description There shall be a banner of this name; without one it is called by its id.
         */
        Register: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description What people call it.
             * @default null
             */
            name?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
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
         * Reject
         * @description This text shall not show, for this reason. For operators.
         */
        Reject: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /** @description lower-case letters, digits, hyphens; 1 to 63 */
            display_id: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /** @description Why not, for the author. */
            reason: string;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
        };
        /**
         * Rejected
         * @description An operator said no.
         */
        Rejected: {
            /** @description Whose: a guest, a user, an operator or a service. */
            by: string;
            /** @description The id of a display. */
            display_id: string;
            /** @description Why not, for the author. */
            reason: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "rejected";
        };
        /**
         * Release
         * @description The hold shall end, and the queue go on. For operators.
         */
        Release: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
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
         * Remembered
         * @description An accepted command, what it said, and the revision that its commit made.
         */
        Remembered: [
            string,
            string,
            number
        ];
        /**
         * Replace
         * @description What shows now shall read like this; its deadline stays. Needs the `revision` that was seen.
         */
        Replace: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
            /** @description What there is to read. */
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
         * Reported
         * @description What the hardware really shows: `display_id` is null when it shows nothing.
         *
         *     `at` is by the hardware's own clock, if it has one. `revision` is that of the record that it goes by, as
         *     the header `Nats-Sequence` told it; MQTT has no headers, so there it is absent.
         */
        Reported: {
            /**
             * @description When.
             * @default null
             */
            at?: string | null;
            /** @description Which display it shows; null for none. */
            display_id: string | null;
            /**
             * @description The store's number of this state: only compared, never counted on.
             * @default null
             */
            revision?: number | null;
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
         * Returned
         * @description It was not shown there and never will be; it waits again, at its old place in the line.
         */
        Returned: {
            /** @description The id of a banner. */
            banner: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "returned";
        };
        ServerFrame: components["schemas"]["Hello"] | components["schemas"]["Snapshot"] | components["schemas"]["Changes"] | components["schemas"]["Displays"] | components["schemas"]["Telemetry"] | components["schemas"]["Ping"] | components["schemas"]["Problem"];
        /**
         * SetApproval
         * @description From now on every text shall wait for an operator's yes before it shows, or none. For operators.
         */
        SetApproval: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /** @description Whether texts need an operator's yes from now on. */
            required: boolean;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
        };
        /**
         * Show
         * @description This text shall show now; or, with `when: queue`, once those who came before have had their turn.
         */
        Show: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /** @description What there is to read. */
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
         * Stale
         * @description The caller asked for a revision that is no longer the newest.
         */
        StaleRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The revision that the request named. */
            expected: number;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "stale";
            /** @description The store's number of this state: only compared, never counted on. */
            revision: number;
        };
        /**
         * Submitted
         * @description A text waits for an operator's yes.
         */
        Submitted: {
            /** @description A text that waits. */
            ticket: components["schemas"]["Ticket"];
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "submitted";
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
         * TooLate
         * @description The command arrived when its sender had stopped waiting for it; nothing was done.
         */
        TooLateRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * Format: date-time
             * @description Past this, nobody carries it out.
             */
            not_after: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "too-late";
        };
        /**
         * Unblock
         * @description Texts with this word may show again. For operators.
         */
        Unblock: {
            /**
             * @description Whose: a guest, a user, an operator or a service.
             * @default nobody
             */
            by?: string;
            /**
             * @description The same id twice has one effect and the same answer.
             * @default null
             */
            id?: string | null;
            /**
             * @description Past this, nobody carries it out.
             * @default null
             */
            not_after?: string | null;
            /**
             * @description Only if this is still the newest revision.
             * @default null
             */
            revision?: number | null;
            /**
             * @description As what: an author ends and mends what is their own, an operator everything.
             * @default author
             * @enum {unknown}
             */
            role?: "author" | "operator";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * Unblocked
         * @description The word is blocked no more.
         */
        Unblocked: {
            /**
             * @description Which event this is.
             * @enum {unknown}
             */
            type: "unblocked";
            /** @description A word, lower-case, with `*` where it may go on. */
            word: string;
        };
        /**
         * UnknownBanner
         * @description No banner has this id.
         */
        UnknownBannerRefusal: {
            /** @description The id of a banner. */
            banner: string;
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "unknown-banner";
        };
        /**
         * UnknownDisplay
         * @description Nothing is known of this display: it never was, or ended long ago.
         */
        UnknownDisplayRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /** @description The id of a display. */
            display_id: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "unknown-display";
        };
        /**
         * Unknown
         * @description It was sent to the store and no answer came; asking again with the same id finds out.
         */
        UnknownRefusal: {
            /** @description One sentence for people. */
            detail: string;
            /**
             * @description Which refusal this is.
             * @enum {unknown}
             */
            reason: "outcome-unknown";
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
             * @description The ids of these banners.
             * @default []
             */
            banners?: string[];
            /**
             * @description The ids of these displays.
             * @default []
             */
            displays?: string[];
            /**
             * @description All displays of your own.
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
        /** @description When the limit is whole again, in microseconds since 1970. */
        Used: number;
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
             * @description The ids of these banners.
             * @default []
             */
            banners?: string[];
            /**
             * @description The ids of these displays.
             * @default []
             */
            displays?: string[];
            /**
             * @description All displays of your own.
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
        /**
         * Whereabouts
         * @description Where a ticket of a pool went: to `banner`, by the commit `revision`; or it `ended`; or neither as yet.
         *
         *     Kept for a day after the lobby has forgotten the ticket.
         */
        Whereabouts: {
            /**
             * @description The id of a banner.
             * @default null
             */
            banner?: string | null;
            /** @description Tells one content from another. */
            digest: string;
            /**
             * @description What has become of it, when it never had a turn.
             * @default null
             */
            ended?: components["schemas"]["DisplayView"] | null;
            /** @description All banners, `all`, or those with a tag, `tag-<tag>`. */
            pool: string;
            /**
             * @description The store's number of this state: only compared, never counted on.
             * @default 0
             */
            revision?: number;
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
