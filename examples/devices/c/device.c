/* A banner in C, written as for a microcontroller: one loop, no threads of its own, and no clock that knows
 * what time it is. It learns the time from what it is told, as docs/hardware.md says under "Without a clock".
 *
 *     make
 *     ./device ID CREDENTIALS [URL] [CA]
 */
#define _POSIX_C_SOURCE 200809L

#include <cjson/cJSON.h>
#include <nats/nats.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { HEARTBEAT_MS = 5000, LOOK_MS = 20, AT_BYTES = 32 };
enum { HELLO_MS = 250, HELLO_AT_MOST_MS = 5000 }; /* until the second hello, and between later ones */
enum { STILL_RIGHT_MS = 600000 };                 /* then hello although nothing was missed */

static const char *banner;
static natsConnection *nats;
static char newest_at[AT_BYTES];    /* the record by which we go, */
static double newest_number;        /* and of the same instant the last */
static char *shown_id, *shown_text; /* what shows, or NULL */
static int64_t until;               /* when that is over, by the clock that we learn */
static int64_t behind = INT64_MIN;  /* that clock, less the running time; nothing learned yet */
static int64_t hello_at, beat_at;   /* when these are due, by the running time */
static atomic_bool connected_anew;  /* these two are set by a thread of the client, and read by the loop */
static atomic_bool refused;
static volatile sig_atomic_t ended;

/* Milliseconds since some moment; all the clock that a microcontroller has to have. */
static int64_t millis(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Publish. Without a connection nothing is kept for later: later everything is said anew. */
static void say(const char *what, const char *message)
{
    char subject[128];
    if (natsConnection_Status(nats) != NATS_CONN_STATUS_CONNECTED) return;
    snprintf(subject, sizeof subject, "airdisplay.banner.%s.%s", banner, what);
    natsConnection_PublishString(nats, subject, message);
}

/* Say what is really shown. Ids are letters, digits and hyphens, so that nothing has to be escaped. */
static void report(void)
{
    char message[256] = "{\"display_id\":null}";
    if (shown_id) snprintf(message, sizeof message, "{\"display_id\":\"%.200s\"}", shown_id);
    say("reported", message);
}

/* Show that, or nothing for NULL. */
static void become(const char *id, const char *text)
{
    if (id && shown_id ? !strcmp(id, shown_id) && !strcmp(text, shown_text) : !id && !shown_id) return;
    free(shown_id), free(shown_text);
    shown_id = id ? strdup(id) : NULL;
    shown_text = id ? strdup(text) : NULL;
    if (id) printf("%s shows: %s\n", banner, text);
    else printf("%s dark\n", banner);
    fflush(stdout);
}

/* An instant such as 2026-05-04T12:00:00.250Z in milliseconds; only compared with others of its kind. */
static bool instant(const char *text, int64_t *ms)
{
    int y, mo, d, h, mi, s, f;
    if (!text || sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%3dZ", &y, &mo, &d, &h, &mi, &s, &f) != 7) return false;
    if (mo < 3) y -= 1, mo += 12; /* the year begins in March, so that a leap day is its last */
    int64_t days = 365LL * y + y / 4 - y / 100 + y / 400 + (153 * (mo - 3) + 2) / 5 + d;
    *ms = (((days * 24 + h) * 60 + mi) * 60 + s) * 1000 + f;
    return true;
}

/* Show what the newest record said, until that is over, whether or not anybody is there to say so. */
static bool look(void)
{
    if (!shown_id || millis() + behind < until) return false;
    become(NULL, NULL);
    return true;
}

static const cJSON *member(const cJSON *in, const char *name) { return cJSON_GetObjectItemCaseSensitive(in, name); }
static const char *text_of(const cJSON *in, const char *name) { return cJSON_GetStringValue(member(in, name)); }

/* A record: live, or in answer to a hello, or an old one that took a detour. What is none is passed over. */
static bool receive(const cJSON *record)
{
    const char *at = text_of(record, "at"), *now = text_of(record, "now");
    const cJSON *number = member(record, "number"), *display = member(member(record, "state"), "display");
    const char *id = text_of(display, "id"), *text = text_of(display, "text");
    int64_t told;

    if (!at || strlen(at) >= AT_BYTES || !cJSON_IsNumber(number) || !display) return false;
    if (!instant(now ? now : at, &told)) return false;
    /* The latest time that anybody told, and what passed since: never ahead of the mesh, and never set back. */
    if (told - millis() > behind) behind = told - millis();
    int order = strcmp(at, newest_at);
    if (order < 0 || (order == 0 && number->valuedouble <= newest_number)) return true;
    strcpy(newest_at, at);
    newest_number = number->valuedouble;
    become(id && text && instant(text_of(display, "until"), &until) && millis() + behind < until ? id : NULL, text);
    return true;
}

static void on_reconnected(natsConnection *c, void *closure) { (void)c, (void)closure, connected_anew = true; }

static void on_error(natsConnection *c, natsSubscription *s, natsStatus error, void *closure)
{
    (void)c, (void)s, (void)closure;
    if (error == NATS_NOT_PERMITTED) refused = true; /* the credentials are those of another banner */
}

static void on_signal(int number) { (void)number, ended = 1; }

static int fail(const char *what)
{
    const char *why = nats_GetLastError(NULL);
    fprintf(stderr, "%s: %s%s%s\n", banner, what, why ? ": " : "", why ? why : "");
    return EXIT_FAILURE;
}

int main(int argc, char **argv)
{
    if (argc < 3) return fprintf(stderr, "usage: %s ID CREDENTIALS [URL] [CA]\n", argv[0]), 2;
    banner = argv[1];
    signal(SIGTERM, on_signal), signal(SIGINT, on_signal);

    natsOptions *options = NULL;
    natsOptions_Create(&options);
    natsOptions_SetURL(options, argc > 3 ? argv[3] : "nats://127.0.0.1:4222");
    natsOptions_SetUserCredentialsFromFiles(options, argv[2], NULL);
    natsOptions_SetMaxReconnect(options, -1);
    natsOptions_SetReconnectWait(options, 1000);
    natsOptions_SetPingInterval(options, HEARTBEAT_MS); /* how a radio that went silent is noticed */
    natsOptions_SetReconnectedCB(options, on_reconnected, NULL);
    natsOptions_SetErrorHandler(options, on_error, NULL);
    if (argc > 4 && natsOptions_LoadCATrustedCertificates(options, argv[4]) != NATS_OK) return fail(argv[4]);

    natsStatus status;
    while ((status = natsConnection_Connect(&nats, options)) == NATS_NO_SERVER && !ended) nats_Sleep(1000);
    if (ended) return EXIT_SUCCESS;
    if (status != NATS_OK) return fail("refused by the server");

    /* Subscribe first and say hello then, so that nothing is missed between the two. */
    char subject[128];
    natsSubscription *states = NULL;
    snprintf(subject, sizeof subject, "airdisplay.banner.%s.state", banner);
    if (natsConnection_SubscribeSync(&states, nats, subject) != NATS_OK) return fail("cannot subscribe");
    connected_anew = true;

    for (int64_t pause = 0; !ended && !refused && natsConnection_Status(nats) != NATS_CONN_STATUS_CLOSED;) {
        /* Also after a gap: what was said meanwhile reached nobody, and what came was missed. */
        if (atomic_exchange(&connected_anew, false)) {
            hello_at = beat_at = 0, pause = HELLO_MS;
            if (*newest_at) report();
        }
        if (look()) report();
        if (millis() >= beat_at) say("presence", "{}"), beat_at = millis() + HEARTBEAT_MS;
        if (millis() >= hello_at) {
            say("hello", "");
            hello_at = millis() + pause, pause = pause < HELLO_AT_MOST_MS / 2 ? pause * 2 : HELLO_AT_MOST_MS;
        }

        natsMsg *message = NULL;
        if (natsSubscription_NextMsg(&message, states, LOOK_MS) != NATS_OK) continue;
        cJSON *record = cJSON_ParseWithLength(natsMsg_GetData(message), natsMsg_GetDataLength(message));
        bool is_end = natsMsg_GetDataLength(message) == 0; /* the banner is no more, and shows nothing */
        if (is_end) become(NULL, NULL);
        if (is_end || receive(record)) {
            hello_at = millis() + STILL_RIGHT_MS;
            report(); /* also if nothing is new: whoever sent it may not have heard what shows */
        }
        cJSON_Delete(record), natsMsg_Destroy(message);
    }
    if (!ended) return fail("refused by the server");
    say("presence", "{\"leaving\":\"switched off\"}");
    natsConnection_FlushTimeout(nats, 1000);
    natsConnection_Destroy(nats);
    return EXIT_SUCCESS;
}
