#include "node/loop.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "node/api.h"
#include "node/clockwork.h"
#include "node/home.h"
#include "node/local.h"
#include "node/notify.h"
#include "node/reminder.h"
#include "node/wire.h"

enum { DOOR_PARTNERS = 1, DOOR_LOCAL = 2 };

#define LOCAL_MOST 512u
#define FILES 8192u /* closing a stream takes nng a while: in a storm more are open than the doors let in */
#define LOCAL_SILENCE_MS 10000
#define DIAL_MS 10000
#define IDLE_MS 60000
#define PAUSE_MS 1000 /* after a turn that could not begin */
#define FAREWELL_MS 500 /* of the two seconds in which SIGTERM ends a node */

struct call { /* one connection of the local door, from its request to its response */
	struct call *next;
	uint64_t conn;
	struct local in;
	json_t *request, *response;
	struct api_wait wait;
	bool fresh; /* it waits since this turn */
};

struct loop {
	struct host host;
	struct store *store;
	struct vault *vault;
	struct core *core;
	struct wire *wire;
	struct notify *notify;
	struct reminder reminder;
	struct call *calls;
	bool missed; /* the last turn did not begin: the next one comes at once */
	struct clockwork *again; /* to be read anew in the next turn */
};

static struct wire *woken_by_signal; /* the one thing a signal handler may touch */
static volatile sig_atomic_t signalled, hung_up;

static void on_signal(int number)
{
	if (number == SIGHUP)
		hung_up = 1;
	else
		signalled = 1;
	if (woken_by_signal)
		wire_wake(woken_by_signal);
}

static enum err fail(struct complaint *why, enum err e, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err fail(struct complaint *why, enum err e, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(why->text, sizeof why->text, format, args);
	va_end(args);
	return e;
}

/* ---- the local door ---- */

static struct call *call_of(struct loop *l, uint64_t conn)
{
	struct call *c = l->calls;
	while (c && c->conn != conn)
		c = c->next;
	return c;
}

static void drop_call(struct loop *l, uint64_t conn)
{
	for (struct call **at = &l->calls; *at; at = &(*at)->next)
		if ((*at)->conn == conn) {
			struct call *c = *at;
			*at = c->next;
			local_free(&c->in);
			json_decref(c->request);
			json_decref(c->response);
			free(c);
			return;
		}
}

static void local_accepted(struct loop *l, uint64_t conn)
{
	struct call *c = calloc(1, sizeof *c);
	if (!c) {
		wire_hangup(l->wire, conn, false);
		return;
	}
	c->conn = conn;
	c->next = l->calls;
	l->calls = c;
	wire_deadline(l->wire, conn, LOCAL_SILENCE_MS);
}

static void run(struct loop *l, struct call *c)
{
	c->fresh = !c->wait.waiting;
	c->response = api_run(l->core, c->request, &c->wait);
}

static void local_bytes(struct loop *l, uint64_t conn, struct span bytes)
{
	struct call *c = call_of(l, conn);
	struct span message;
	json_error_t where;
	if (!c || c->request || c->response)
		return;
	if (local_feed(&c->in, bytes) != OK || local_next(&c->in, LIMIT_REQUEST, &message) != OK) {
		c->response = api_failure(ERR_LIMIT, "this request is too large or not one", NULL);
		return;
	}
	if (!message.p)
		return;
	wire_deadline(l->wire, conn, 0);
	c->request = json_loadb((const char *)message.p, message.n, JSON_REJECT_DUPLICATES, &where);
	if (!c->request)
		c->response = api_failure(ERR_INVALID, where.text, NULL);
	else
		run(l, c);
}

static void respond(struct loop *l, uint64_t conn, json_t *response)
{
	struct buf out = {0};
	char *text = response ? json_dumps(response, JSON_COMPACT) : NULL;
	if (text && strlen(text) > LOCAL_RESPONSE) {
		json_t *no = api_failure(ERR_LIMIT, "the answer is longer than one answer may be (64 MiB)", "ask for less, with --limit or another flag");
		free(text);
		text = no ? json_dumps(no, JSON_COMPACT) : NULL;
		json_decref(no);
	}
	if (text && local_frame(SPAN(text, strlen(text)), &out) == OK)
		wire_write(l->wire, conn, &out);
	free(text);
	buf_free(&out);
	wire_hangup(l->wire, conn, true);
}

/* Only now, after the commit, or with the commit's failure in its place. */
static void release_calls(struct loop *l, enum err turn)
{
	for (struct call *c = l->calls, *next; c; c = next) {
		next = c->next;
		if (!c->response && (turn == OK || !c->fresh)) {
			c->fresh = false;
			continue;
		}
		if (turn != OK) {
			json_t *no = api_turn_failed(turn);
			respond(l, c->conn, no);
			json_decref(no);
		} else {
			respond(l, c->conn, c->response);
		}
		drop_call(l, c->conn);
	}
}

/* ---- a turn ---- */

static void apply(struct loop *l, struct wire_event *e)
{
	switch (e->type) {
	case WIRE_ACCEPTED:
		if (e->tag == DOOR_LOCAL)
			local_accepted(l, e->conn);
		else
			core_accepted(l->core, e->conn);
		return;
	case WIRE_DIALLED:
		core_dialled(l->core, e->conn, e->dial);
		return;
	case WIRE_DIAL_FAILED:
		core_dial_failed(l->core, e->dial);
		return;
	case WIRE_BYTES:
		if (call_of(l, e->conn))
			local_bytes(l, e->conn, buf_span(&e->bytes));
		else
			core_bytes(l->core, e->conn, buf_span(&e->bytes));
		return;
	case WIRE_CLOSED:
		if (call_of(l, e->conn))
			drop_call(l, e->conn);
		else
			core_closed(l->core, e->conn);
		return;
	case WIRE_DRAINED:
		core_drained(l->core, e->conn);
		return;
	case WIRE_WOKEN:
		return;
	}
}

static void release(struct loop *l, struct output *o)
{
	char address[96];
	switch (o->type) {
	case OUTPUT_WRITE:
		wire_write(l->wire, o->conn, &o->bytes);
		if (wire_unsent(l->wire, o->conn) > WIRE_UNSENT_HIGH)
			core_slow(l->core, o->conn);
		return;
	case OUTPUT_HANGUP:
		wire_hangup(l->wire, o->conn, true);
		return;
	case OUTPUT_DIAL:
		(void)snprintf(address, sizeof address, "tcp://%s", o->address);
		if (wire_dial(l->wire, address, o->dial, DIAL_MS) != OK)
			core_dial_failed(l->core, o->dial);
		return;
	}
}

/* No transaction, no turn: what was taken is lost to us, so every one of these streams begins again, and so does every dial. */
static void lose(struct loop *l, const struct wire_event *v)
{
	if (v->type == WIRE_DIALLED || v->type == WIRE_DIAL_FAILED)
		core_dial_failed(l->core, v->dial);
	if (call_of(l, v->conn))
		drop_call(l, v->conn);
	else
		core_closed(l->core, v->conn);
	wire_hangup(l->wire, v->conn, false);
}

/* Out of memory passes. A store that begins no transaction for another reason never will again in this process. */
static enum err not_begun(struct loop *l, const struct wire_event *events, enum err e)
{
	char line[300];
	if (e != ERR_MEMORY && e != ERR_BUSY) {
		(void)snprintf(line, sizeof line, "event=store-failed text=\"%s: the store takes nothing any more, so this node ends; see whether the disk "
		               "is well, then start it again: tally up\"", err_text(e));
		host_log(&l->host, HOST_ERROR, line);
		return e;
	}
	(void)snprintf(line, sizeof line, "event=turn-not-begun text=\"%s\"", err_text(e));
	host_log(&l->host, HOST_WARN, line);
	for (const struct wire_event *v = events; v; v = v->next)
		lose(l, v);
	l->missed = true;
	(void)poll(NULL, 0, PAUSE_MS); /* a signal ends it */
	return OK;
}

static void read_clocks(struct loop *l)
{
	if (!l->again)
		return;
	bool good = clockwork_again(l->again, l->core) == OK;
	host_log(&l->host, good ? HOST_INFO : HOST_WARN, good ? "event=clocks-read" : "event=clocks-not-read text=\"see: tally doctor\"");
	l->again = NULL;
}

static enum err turn(struct loop *l, struct wire_event *events)
{
	struct output *outputs;
	size_t count;
	enum err e = core_begin(l->core);
	if (e != OK)
		return not_begun(l, events, e);
	l->missed = false;
	read_clocks(l);
	for (struct wire_event *v = events; v; v = v->next)
		apply(l, v);
	core_tick(l->core);
	for (struct call *c = l->calls; c; c = c->next)
		if (c->wait.waiting)
			run(l, c);
	reminder_turn(&l->reminder, l->core, &l->host);
	notify_turn(l->notify, l->core);
	e = core_end(l->core, &outputs, &count);
	for (size_t i = 0; i < count; i++)
		release(l, &outputs[i]);
	release_calls(l, e);
	notify_release(l->notify, e == OK);
	return OK;
}

static int next_timeout(struct loop *l)
{
	int64_t soonest = notify_deadline(l->notify, core_deadline(l->core)), steady = l->host.world.steady(l->host.world.ctx), left;
	for (struct call *c = l->calls; c; c = c->next)
		if (c->wait.waiting && c->wait.until < soonest)
			soonest = c->wait.until;
	left = l->missed || l->again ? 0 : soonest == INT64_MAX ? IDLE_MS : soonest - steady;
	return left < 1 ? 1 : left > IDLE_MS ? IDLE_MS : (int)left;
}

static enum err serve(struct loop *l, const struct loop_config *config)
{
	while (!signalled && !core_stopping(l->core)) {
		if (hung_up) {
			hung_up = 0;
			l->again = config->clocks;
			if (config->hangup)
				config->hangup(config->ctx), host_log(&l->host, HOST_INFO, "event=log-opened-again");
		}
		struct wire_event *events = NULL;
		enum err e = wire_take(l->wire, next_timeout(l), &events);
		if (e != OK)
			return e;
		e = turn(l, events);
		wire_events_free(events);
		if (e != OK)
			return e;
	}
	return OK;
}

/* ---- opening and closing ---- */

static void log_damage(void *ctx, const char *problem)
{
	const struct loop *l = ctx;
	char line[300];
	(void)snprintf(line, sizeof line, "event=store-damaged text=\"%s\"", problem);
	host_log(&l->host, HOST_ERROR, line);
}

/* Partners learn that a node stopped, and not that a line was cut. What is still unsaid when the time is over stays unsaid. */
static void farewell(struct loop *l)
{
	int64_t end = l->host.world.steady(l->host.world.ctx) + FAREWELL_MS, left;
	struct output *outputs;
	size_t count, open = 0;
	if (core_begin(l->core) != OK)
		return;
	core_farewell(l->core), notify_turn(l->notify, l->core); /* what was told is noted */
	if (core_end(l->core, &outputs, &count) != OK)
		return;
	for (size_t i = 0; i < count; i++) {
		open += outputs[i].type == OUTPUT_HANGUP;
		release(l, &outputs[i]);
	}
	while (open && (left = end - l->host.world.steady(l->host.world.ctx)) > 0) {
		struct wire_event *events = NULL;
		if (wire_take(l->wire, (int)left, &events) != OK)
			return;
		for (struct wire_event *v = events; v; v = v->next)
			open -= v->type == WIRE_CLOSED && !call_of(l, v->conn) && open;
		wire_events_free(events);
	}
}

static enum err open_home(struct loop *l, const struct loop_config *config, struct complaint *why)
{
	struct home home = {0};
	enum err e = home_open(&(struct home_config){config->home, config->passphrase, config->map_size, log_damage, l}, &l->host.world, &home, why);
	l->store = home.store;
	l->vault = home.vault;
	l->core = home.core;
	if (e == OK)
		clockwork_use(config->clocks, l->core);
	return e;
}

static enum err open_doors(struct loop *l, const struct loop_config *config, struct complaint *why)
{
	char address[4200];
	struct wire_door partners = {address, DOOR_PARTNERS, LIMIT_STREAMS, LIMIT_HANDSHAKE_MS};
	struct wire_door local = {address, DOOR_LOCAL, LOCAL_MOST, 0};
	uint16_t port;
	enum err e = wire_open(&l->wire);
	if (e != OK)
		return fail(why, e, "the network cannot be used: %s", err_text(e));
	for (size_t i = 0; i < config->listens; i++) {
		const char *colon = strrchr(config->listen[i], ':');
		(void)snprintf(address, sizeof address, "tcp://%s", config->listen[i]);
		e = colon ? wire_listen(l->wire, &partners, &port) : ERR_INVALID;
		if (e == ERR_BUSY)
			return fail(why, e, "%s is taken by another program", config->listen[i]);
		if (e != OK)
			return fail(why, e, "cannot listen on %s: %s", config->listen[i],
			            e == ERR_INVALID ? "this machine has no such address, or the name is unknown" : err_text(e));
		if (config->advertises == 0 && !wire_everywhere(config->listen[i], (size_t)(colon - config->listen[i]))) {
			(void)snprintf(address, sizeof address, "%.*s:%u", (int)(colon - config->listen[i]), config->listen[i], port);
			if (core_advertise(l->core, address) != OK)
				return fail(why, ERR_LIMIT, "at most four addresses");
		}
	}
	for (size_t i = 0; i < config->advertises; i++)
		if (core_advertise(l->core, config->advertise[i]) != OK)
			return fail(why, ERR_LIMIT, "at most four addresses");
	(void)snprintf(address, sizeof address, "ipc://%s/%s", config->home, LOCAL_SOCKET);
	e = wire_listen(l->wire, &local, &port);
	return e == OK ? OK : fail(why, e, "cannot open %s/%s: %s", config->home, LOCAL_SOCKET, err_text(e));
}

static void catch_signals(struct wire *w)
{
	struct sigaction stop = {.sa_handler = on_signal}, ignore = {.sa_handler = SIG_IGN};
	signalled = hung_up = 0;
	woken_by_signal = w;
	(void)sigaction(SIGTERM, &stop, NULL);
	(void)sigaction(SIGINT, &stop, NULL);
	(void)sigaction(SIGHUP, &stop, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
	(void)sigaction(SIGXFSZ, &ignore, NULL); /* a file size limit is "no space left", not death */
}

enum err loop_run(const struct loop_config *config, struct complaint *why)
{
	struct loop l = {.reminder.on = config->remind};
	char path[4200] = "";
	enum err e = host_open(&l.host, config->home);
	struct notify_config told = {.program = config->notify, .host = &l.host, .passphrase = config->passphrase};
	if (e != OK)
		return fail(why, e, "the system gives no randomness");
	host_crowd(FILES), l.host.level = config->level;
	if ((e = notify_open(&told, &l.notify)) != OK) /* before there are threads and secrets */
		return fail(why, e, e == ERR_INVALID ? "notify: expected an absolute path, not %s" : "no process can be made for %s", config->notify);
	e = open_home(&l, config, why);
	if (e == OK)
		e = open_doors(&l, config, why);
	if (e == OK) {
		catch_signals(l.wire);
		host_log(&l.host, HOST_INFO, "event=ready");
		if (config->ready)
			config->ready(config->ctx);
		e = serve(&l, config);
		if (e == OK)
			farewell(&l);
		else
			(void)fail(why, e, "the node had to end (%s): its log says more", err_text(e));
		woken_by_signal = NULL;
		host_log(&l.host, HOST_INFO, "event=stopped");
		(void)snprintf(path, sizeof path, "%s/%s", config->home, LOCAL_SOCKET);
	}
	while (l.calls)
		drop_call(&l, l.calls->conn);
	notify_close(l.notify);
	core_free(l.core);
	vault_free(l.vault);
	store_close(l.store);
	/* Last, for whoever waits for the end goes by it, and then starts the node again or copies its folder. */
	if (path[0])
		(void)remove(path);
	wire_close(l.wire);
	return e;
}
