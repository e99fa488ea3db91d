/* api_core.c - the node itself: status, health, our card and keys, stopping. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "keys/words.h"
#include "node/api_contradiction.h"
#include "node/clocks.h"
#include "node/files.h"
#include "node/partners.h"
#include "node/saying.h"
#include "node/stopped.h"
#include "proto/when.h"
#include "store/orgs.h"
#include "store/records.h"

#define ALARM_DAYS 7
#define ALARMS_SHOWN 5
#define DISK_LOW (256ull * 1024 * 1024) /* bytes: some hours of a busy day */

static int64_t rss_bytes(void)
{
	long pages = 0;
	FILE *f = fopen("/proc/self/statm", "re");
	if (f) {
		if (fscanf(f, "%*d %ld", &pages) != 1)
			pages = 0;
		(void)fclose(f);
	}
	return (int64_t)pages * sysconf(_SC_PAGESIZE);
}

struct count {
	int64_t partners, linked, pending, suspended;
	char compare[65]; /* one of those pending */
};

static enum err count_partners(struct api_call *c, struct count *n)
{
	struct walk w;
	enum err e = walk_open(core_txn(c->core), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		struct core_link l;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		e = partners_get(core_txn(c->core), c->arena, &org, &p);
		if (e != OK || p.state == PARTNER_REMOVED)
			continue;
		core_link_state(c->core, &org, &l);
		n->partners++;
		n->linked += l.linked;
		n->pending += p.state == PARTNER_PENDING;
		if (p.state == PARTNER_PENDING)
			(void)snprintf(n->compare, sizeof n->compare, "%s", p.name);
		n->suspended += p.state == PARTNER_SUSPENDED;
	}
	return walk_close(&w, e);
}

static enum err status(struct api_call *c)
{
	const struct core_self *me = core_self(c->core);
	struct store_figures f;
	struct count n = {0};
	json_t *addresses = json_array();
	enum err e = core_figures(c->core, &f);
	if (e == OK)
		e = count_partners(c, &n);
	for (size_t i = 0; core_address(c->core, i); i++)
		(void)json_array_append_new(addresses, json_string(core_address(c->core, i)));
	api_set(c->result, "name", me->name);
	api_set_id(c->result, "id", &me->org);
	(void)json_object_set_new(c->result, "reachable_at", addresses);
	(void)json_object_set_new(c->result, "pid", json_integer(getpid()));
	(void)json_object_set_new(c->result, "partners", json_integer(n.partners));
	(void)json_object_set_new(c->result, "linked", json_integer(n.linked));
	(void)json_object_set_new(c->result, "to_be_compared", json_integer(n.pending));
	(void)json_object_set_new(c->result, "suspended", json_integer(n.suspended));
	(void)json_object_set_new(c->result, "records", json_integer((json_int_t)f.records));
	(void)json_object_set_new(c->result, "entries", json_integer((json_int_t)f.entries));
	(void)json_object_set_new(c->result, "store_bytes", json_integer((json_int_t)f.bytes_used));
	(void)json_object_set_new(c->result, "memory_bytes", json_integer(rss_bytes()));
	return e;
}

/* ---- doctor ---- */

enum state {
	GOOD,
	PAST, /* it happened, and nothing is left to do about it */
	LOOK  /* a person is needed now */
};

static void finding(struct api_call *c, const char *check, enum state state, const char *text, const char *hint)
{
	static const char *const words[] = {[GOOD] = "good", [PAST] = "past", [LOOK] = "look"};
	json_t *o = json_object();
	json_int_t problems = json_integer_value(json_object_get(c->result, "problems"));
	api_set(o, "check", check);
	api_set(o, "state", words[state]);
	api_set(o, "text", text);
	api_set(o, "hint", state == LOOK ? hint : NULL);
	(void)json_array_append_new(json_object_get(c->result, "items"), o);
	(void)json_object_set_new(c->result, "problems", json_integer(problems + (state == LOOK)));
}

static void check_kit(struct api_call *c)
{
	struct span v;
	char path[4096] = "", text[4200];
	if (store_get(core_txn(c->core), TABLE_META, SPAN("kit_path", 8), &v) == OK && v.n < sizeof path) {
		memcpy(path, v.p, v.n);
		path[v.n] = 0;
	}
	bool here = path[0] && access(path, F_OK) == 0;
	(void)snprintf(text, sizeof text, here ? "the recovery kit is still on this machine: %.4000s" : "the recovery kit is not on this machine%.0s",
	               path);
	finding(c, "recovery kit", here ? LOOK : GOOD, text, "move it to a safe that is not this machine; its phrase to another");
}

static bool says(const struct value *row, const char *field, const char *word)
{
	struct span v;
	return fields_str(operation_fields, row, field, &v) && v.n == strlen(word) && memcmp(v.p, word, v.n) == 0;
}

static void show_alarm(struct api_call *c, const struct value *row, int64_t time, bool past)
{
	struct span what = {0}, about = {0};
	char text[300], when[WHEN_TEXT];
	(void)fields_str(operation_fields, row, "what", &what);
	(void)fields_str(operation_fields, row, "about", &about);
	when_format(time, when);
	(void)snprintf(text, sizeof text, "%s %.*s: %.*s", when, (int)(about.n < 120 ? about.n : 120), (const char *)about.p,
	               (int)(what.n < 150 ? what.n : 150), (const char *)what.p);
	finding(c, "alarm", past ? PAST : LOOK, text, "when you have seen to it: tally doctor --acknowledge");
}

/* The newest first. An alarm needs somebody until it was acknowledged: whether it is over cannot be known here, but for a log that stopped, which
 * has a check of its own. What is acknowledged now is shown, all of it. */
static enum err check_alarms(struct api_call *c)
{
	struct walk w;
	char text[80];
	bool now = api_flag(c, "acknowledge"), before = false;
	int64_t shown = 0, more = 0;
	enum err e = walk_open(core_txn(c->core), TABLE_OPERATIONS, SPAN(NULL, 0), true, &w);
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		int64_t t = 0;
		if (rows_value(w.value, c->arena, &row) != OK || !fields_int(operation_fields, row, "time", &t) ||
		    t < core_now(c->core) - ALARM_DAYS * WHEN_DAY_MS)
			break;
		before = before || (says(row, "who", "operator") && says(row, "what", CORE_ALARM_SEEN));
		if (!says(row, "who", "node"))
			continue;
		bool past = now || before || says(row, "what", STOPPED_ALARM);
		if (shown < ALARMS_SHOWN || (now && !before)) {
			show_alarm(c, row, t, past);
			shown++;
		} else {
			more += !past;
		}
	}
	e = walk_close(&w, e);
	if (e == OK && !shown)
		finding(c, "alarms", GOOD, "none in seven days", NULL);
	if (e == OK && more) {
		(void)snprintf(text, sizeof text, "%lld more that nobody has acknowledged", (long long)more);
		finding(c, "alarms", LOOK, text, "the node's log has them, and so has: tally doctor --acknowledge");
	}
	return e == OK && now ? core_alarms_seen(c->core) : e;
}

/* Nothing was lost by it, since nothing was promised; but nothing came in either. */
static void check_turns(struct api_call *c)
{
	struct core_trouble t = core_trouble(c->core);
	char text[200], when[WHEN_TEXT], again[WHEN_TEXT] = "";
	if (!t.at) {
		finding(c, "changes", GOOD, "all were stored", NULL);
		return;
	}
	when_format(t.at, when);
	if (t.over)
		when_format(t.over, again);
	(void)snprintf(text, sizeof text, "at %s something could not be stored: %s%s%s", when, err_text(t.why), t.over ? "; again since " : "", again);
	finding(c, "changes", t.over ? PAST : LOOK, text,
	        t.why == ERR_SPACE ? "free disk space, or raise map_size in tally.conf; what waits then goes on by itself"
	                                                              : "see the node's log; what waits goes on by itself when that is mended");
}

static void check_store(struct api_call *c, const struct store_figures *f)
{
	const double mib = 1024.0 * 1024;
	char text[160];
	(void)snprintf(text, sizeof text, "%.1f MiB used of %.0f GiB at most; the oldest reader is %llu behind", (double)f->bytes_used / mib,
	               (double)f->map_size / mib / 1024, (unsigned long long)f->oldest_reader_lag);
	finding(c, "store", f->bytes_used < f->map_size / 10 * 9 && f->oldest_reader_lag < 10000 ? GOOD : LOOK, text,
	        "stop what reads the store for long; or give it more room: map_size in tally.conf");
	if (f->disk_free == UINT64_MAX)
		return;
	(void)snprintf(text, sizeof text, "%.0f MiB free where the store is", (double)f->disk_free / mib);
	finding(c, "disk", f->disk_free >= DISK_LOW ? GOOD : LOOK, text, "free disk space: when none is left nothing can be received");
}

/* Whoever should be linked and is not, by name, with the reason as far as one is known. */
static size_t add_unlinked(struct api_call *c, const struct partner *p, char *text, size_t at, size_t room)
{
	struct core_link l;
	core_link_state(c->core, &p->org, &l);
	if (p->state != PARTNER_ACTIVE || l.linked || at + 2 >= room)
		return at;
	int n = snprintf(text + at, room - at, "; not linked: %s%s%s%s", p->name, l.problem[0] ? " (" : "", l.problem, l.problem[0] ? ")" : "");
	return n < 0 ? at : at + (size_t)n < room ? at + (size_t)n : room - 1;
}

/* A log that we must not write to: nothing goes to that partner before the operator has decided. */
static enum err check_stopped(struct api_call *c)
{
	struct walk w;
	char text[200], hint[200];
	enum err e = walk_open(core_txn(c->core), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		bool stopped = false;
		if ((e = stopped_to(c->core, &org, &stopped)) == OK && stopped)
			e = partners_get(core_txn(c->core), c->arena, &org, &p);
		if (e != OK || !stopped)
			continue;
		(void)snprintf(text, sizeof text, "%.64s holds of our log what this node has lost: nothing new goes to them", p.name);
		(void)snprintf(hint, sizeof hint, "was this node restored? If its earlier state is gone for good: tally partner reopen %s", p.name);
		finding(c, "log", LOOK, text, hint);
	}
	return walk_close(&w, e);
}

/* Whoever it is, people have to speak with each other; that they have is what the operator says with --acknowledge. */
static enum err check_contradictions(struct api_call *c)
{
	json_t *items = json_array(), *o;
	size_t i;
	char text[400];
	enum err e = api_contradiction_list(c, NULL, items);
	json_array_foreach(items, i, o)
	{
		const char *id = json_string_value(json_object_get(o, "id"));
		(void)snprintf(text, sizeof text, "proven: %.100s signed %.160s. It proves two branches, not intent; see: tally evidence show %.12s",
		               json_string_value(json_object_get(o, "from")), json_string_value(json_object_get(o, "title")), id);
		finding(c, "evidence", PAST, text, NULL);
	}
	json_decref(items);
	return e;
}

static enum err check_partners(struct api_call *c)
{
	struct count n = {0};
	char text[400], hint[120];
	struct walk w;
	size_t at;
	enum err e = count_partners(c, &n);
	if (e != OK)
		return e;
	if (n.partners == 0) {
		finding(c, "partners", GOOD, "none yet", NULL);
		return OK;
	}
	at = (size_t)snprintf(text, sizeof text, "%lld of %lld linked", (long long)n.linked, (long long)n.partners);
	if (n.suspended)
		at += (size_t)snprintf(text + at, sizeof text - at, ", %lld suspended", (long long)n.suspended);
	e = walk_open(core_txn(c->core), TABLE_PARTNERS, SPAN(NULL, 0), false, &w);
	while (e == OK && walk_next(&w)) {
		struct id org;
		struct partner p;
		if (w.key.n != sizeof org.b)
			continue;
		memcpy(org.b, w.key.p, sizeof org.b);
		if (partners_get(core_txn(c->core), c->arena, &org, &p) == OK)
			at = add_unlinked(c, &p, text, at, sizeof text);
	}
	e = walk_close(&w, e);
	finding(c, "links", n.linked + n.pending + n.suspended >= n.partners ? GOOD : LOOK, text, "see why: tally partner list");
	(void)snprintf(text, sizeof text, "%lld to be compared", (long long)n.pending);
	(void)snprintf(hint, sizeof hint, "call them and compare: tally partner verify %s", n.compare);
	finding(c, "words", n.pending == 0 ? GOOD : LOOK, text, hint);
	return e;
}

/* Our own evidence whose file is gone, as after a restore: a backup holds the records alone. */
static enum err check_files(struct api_call *c)
{
	const struct field *f = kind_by_number(KIND_EVIDENCE)->fields;
	struct view v;
	struct seens list;
	size_t lost = 0;
	char text[120], hex[65] = "";
	saying_view(c, &v);
	enum err e = view_kind(&v, KIND_EVIDENCE, &list);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *s = list.p[i];
		struct span hash;
		struct id id;
		if (!s->mine || !view_active(s) || !value_is_bin(fields_get(f, s->r.body, "hash"), &hash) || hash.n != sizeof id.b)
			continue;
		memcpy(id.b, hash.p, sizeof id.b);
		if (files_has(core_files(c->core), &id, (uint64_t)view_int(f, s->r.body, "size")))
			continue;
		hex_encode(hex, s->id.b, 32);
		lost++;
	}
	if (e != OK || !lost)
		return e;
	(void)snprintf(text, sizeof text, "%zu of our evidence file%s not here, such as that of %.12s: nobody can fetch it", lost,
	               lost == 1 ? " is" : "s are", hex);
	finding(c, "evidence", LOOK, text, "put it back into the folder files of the home, under its hash");
	return OK;
}

/* As they were read last: at the start, or at SIGHUP. */
static enum err check_clocks(struct api_call *c)
{
	const struct clocks *p = core_clocks(c->core);
	char text[400] = "no profile: no clock runs on an incident";
	size_t at = 0;
	enum err e = p ? OK : clocks_shipped(c->arena, &p);
	for (; e == OK && p && at < sizeof text; p = p->next)
		at += (size_t)snprintf(text + at, sizeof text - at, "%s%s", at ? ", " : "profiles in use: ", p->name);
	if (e == OK)
		finding(c, "clocks", GOOD, text, NULL);
	return e;
}

static enum err doctor(struct api_call *c)
{
	struct store_figures f;
	struct signed_statement st;
	struct statement parsed;
	char text[160];
	(void)json_object_set_new(c->result, "problems", json_integer(0));
	(void)json_object_set_new(c->result, "items", json_array());
	bool locked = core_self(c->core)->memory_locked;
	finding(c, "memory", locked ? GOOD : LOOK, locked ? "keys are locked in memory" : "keys may be swapped to disk",
	        "raise the limit on locked memory (LimitMEMLOCK, ulimit -l), or encrypt swap");
	check_kit(c);
	enum err e = check_partners(c);
	if (e == OK)
		e = check_files(c);
	if (e == OK)
		e = check_clocks(c);
	if (e == OK)
		e = check_stopped(c);
	if (e == OK)
		e = check_contradictions(c);
	if (e == OK)
		e = check_alarms(c);
	if (e == OK)
		e = core_figures(c->core, &f);
	if (e == OK) {
		check_turns(c);
		check_store(c, &f);
		e = statements_newest(core_txn(c->core), &core_self(c->core)->org, &st, &parsed);
	}
	if (e == OK) {
		char when[WHEN_TEXT];
		when_format(parsed.stale_after, when);
		(void)snprintf(text, sizeof text, "our key statement is fresh until %s", when);
		finding(c, "keys", parsed.stale_after > core_now(c->core) ? GOOD : LOOK, text, "partners will be told that our keys are old");
	}
	return e;
}

static enum err stop(struct api_call *c)
{
	(void)json_object_set_new(c->result, "pid", json_integer(getpid()));
	return core_stop(c->core);
}

const struct api_row api_core_rows[] = {
	{"node.status", status, "what is running, who is linked, how much is stored"},
	{"node.doctor", doctor, "checks the node: {problems, items: [{check, state, text, hint}]}; acknowledge: the alarms it shows are past"},
	{"node.stop", stop, "ends the node after this turn"},
	{0},
};
