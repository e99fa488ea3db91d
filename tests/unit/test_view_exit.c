/* The end of a relationship: what is held until when, in any order of arrival, and the same at both ends. Amy is the customer, Bob the supplier. */
#include "tests/unit/tale.h"

#include "node/report.h"
#include "node/view_contract.h"
#include "node/view_exit.h"

static struct id list, ends;

/* What both ends must show alike: holders by name, states, deadlines. */
static json_t *look(struct tale *t, struct view *v)
{
	static const char *const apart[] = {"partner", "partner_org", "they_hold", "we_hold", "next"}; /* each end has its own side */
	struct endings all;
	struct duties due = {0};
	json_t *out = json_array(), *duties = json_array();
	(void)t;
	assert_int_equal(view_exit_all(v, NULL, &all), OK);
	for (size_t i = 0; i < all.n; i++) {
		const struct side *side[2] = {&all.p[i].theirs, &all.p[i].ours};
		json_t *o, *items = json_array();
		for (int at = 0; at < 2; at++) { /* the same order at both ends */
			const struct side *x = side[(id_cmp(&side[0]->holder, &side[1]->holder) < 0) ^ at];
			for (size_t k = 0; k < x->n; k++) {
				json_t *item;
				assert_int_equal(view_exit_show_item(v, x, &x->p[k], &item), OK);
				(void)json_array_append_new(items, item);
			}
		}
		assert_int_equal(view_exit_show_row(v, &all.p[i], &o), OK);
		for (size_t k = 0; k < sizeof apart / sizeof *apart; k++)
			(void)json_object_del(o, apart[k]);
		(void)json_object_set_new(o, "items", items);
		(void)json_array_append_new(out, o);
	}
	assert_int_equal(view_exit_duty_add(v, &due), OK);
	for (size_t i = 0; i < due.n; i++) {
		json_t *o;
		assert_int_equal(duty_json(v, &due.p[i], &o), OK);
		(void)json_object_del(o, "met"); /* the test's world keeps no receipts: met is when we know that it is stored */
		(void)json_array_append_new(duties, json_pack("{s:s, s:s, s:s, s:s}", "what", tale_text(o, "what"), "who", tale_text(o, "who"), "due",
		                                              tale_text(o, "due"), "state", tale_text(o, "state")));
		json_decref(o);
	}
	return json_pack("{s:o, s:o}", "endings", out, "duties", duties);
}

static struct tale_head by(int from, int64_t day, enum kind_number kind, const struct id *thread, const struct id *before)
{
	return (struct tale_head){from, from == AMY ? BOB : AMY, 0, TALE_DAY(day), kind, thread, before};
}

#define ITEM(id) "{\"id\": \"" id "\", \"class\": \"data\", \"description\": \"x\"}"

#define HELD(items) "{\"as_of\": \"2026-11-24\", \"contract\": \"C-1\", \"items\": [" items "]}"

/* Bob holds db and keys under C-1; it ends on the 26th. */
static void ending(struct tale *t, int me)
{
	tale_begin(t, me);
	t->now = TALE_DAY(5);
	list = tale_say(t, by(BOB, 0, KIND_ASSET_HELD, NULL, NULL), HELD(ITEM("db") "," ITEM("keys")));
	ends = tale_say(t, by(AMY, 1, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-26\", \"contract\": \"C-1\"}");
}

static struct id dispose(struct tale *t, int from, int64_t day, const struct id *before, const char *items)
{
	return tale_say(t, by(from, day, KIND_DISPOSITION, &ends, before), "{\"about\": \"%s\", \"items\": [%s]}", tale_hex(t, &ends), items);
}

static void decide(struct tale *t, int from, int64_t day, const struct id *about, const struct id *thread, const char *word)
{
	(void)tale_say(t, by(from, day, KIND_REPLY, thread, NULL), "{\"about\": \"%s\", \"decision\": \"%s\"}", tale_hex(t, about), word);
}

#define DELETED(id) "{\"id\": \"" id "\", \"outcome\": \"deleted\", \"method\": \"purge\", \"date\": \"2026-11-25\"}"
#define RETAINED(id, day) "{\"id\": \"" id "\", \"outcome\": \"retained\", \"basis\": \"law\", \"until\": \"" day "\"}"

static void state_is(struct tale *t, const char *state)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *x = json_array_get(json_object_get(all, "endings"), 0);
	if (strcmp(tale_text(x, "state"), state) != 0)
		fail_msg("\"%s\"; wanted \"%s\"", tale_text(x, "state"), state);
	assert_int_equal(json_is_true(json_object_get(x, "closed")), strcmp(state, "closed") == 0);
	json_decref(all);
}

static void item_is(struct tale *t, const char *id, const char *state)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *row = tale_row(json_object_get(json_array_get(json_object_get(all, "endings"), 0), "items"), "item", id);
	if (strcmp(tale_text(row, "state"), state) != 0)
		fail_msg("%s: \"%s\"; wanted \"%s\"", id, tale_text(row, "state"), state);
	json_decref(all);
}

static void duty_is(struct tale *t, const char *what, const char *due, const char *state)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *row = tale_row(json_object_get(all, "duties"), "what", what);
	if (strncmp(tale_text(row, "due"), due, strlen(due)) != 0 || strncmp(tale_text(row, "state"), state, strlen(state)) != 0)
		fail_msg("%s: due \"%s\" \"%s\"; wanted \"%s\" \"%s\"", what, tale_text(row, "due"), tale_text(row, "state"), due, state);
	json_decref(all);
}

/* Amy and Bob see the same, in every order. */
static void same_for_both(struct tale *t)
{
	json_t *seen[2];
	for (int me = AMY; me <= BOB; me++) {
		t->me = me;
		tale_shuffled(t, 8, look);
		seen[me] = tale_tell(t, NULL, look);
		json_t *x, *due = json_object();
		size_t i;
		json_array_foreach(json_object_get(seen[me], "duties"), i, x) { /* without their state: in this world nobody has receipts */
			char key[120];
			(void)snprintf(key, sizeof key, "%s: %s", tale_text(x, "who"), tale_text(x, "what"));
			(void)json_object_set(due, key, json_object_get(x, "due"));
		}
		(void)json_object_set_new(seen[me], "duties", due);
	}
	if (!json_equal(seen[AMY], seen[BOB]))
		fail_msg("%s\n%s", json_dumps(seen[AMY], JSON_INDENT(1)), json_dumps(seen[BOB], JSON_INDENT(1)));
	json_decref(seen[AMY]);
	json_decref(seen[BOB]);
}

static void until_it_closes(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	t.now = TALE_DAY(1);
	state_is(&t, "ends 2026-11-26");
	duty_is(&t, "dispose of db", "2026-11-26T23:59:59", "running");
	t.now = TALE_DAY(5);
	state_is(&t, "ended 2026-11-26, not closed: 2 held, 0 retained");
	duty_is(&t, "dispose of db", "2026-11-26T23:59:59", "overdue by");
	same_for_both(&t);
	struct id first = dispose(&t, BOB, 2, NULL, DELETED("db") "," RETAINED("keys", "2026-12-10"));
	item_is(&t, "db", "deleted, not accepted yet");
	state_is(&t, "ended 2026-11-26, not closed: 2 held, 0 retained");
	decide(&t, BOB, 3, &first, &ends, "accepted"); /* not by oneself */
	item_is(&t, "db", "deleted, not accepted yet");
	decide(&t, AMY, 3, &first, &ends, "accepted");
	item_is(&t, "db", "deleted, accepted");
	item_is(&t, "keys", "retained, until 2026-12-10");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 1 retained");
	duty_is(&t, "delete keys", "2026-12-10T23:59:59", "running");
	same_for_both(&t);
	t.now = TALE_DAY(17) - 1;
	item_is(&t, "keys", "retained, until 2026-12-10");
	t.now = TALE_DAY(17); /* it opens by itself */
	item_is(&t, "keys", "held: the retention is over");
	state_is(&t, "ended 2026-11-26, not closed: 1 held, 0 retained");
	duty_is(&t, "delete keys", "2026-12-10T23:59:59", "overdue by");
	struct id second = dispose(&t, BOB, 17, NULL, DELETED("keys"));
	decide(&t, AMY, 18, &second, &ends, "accepted");
	state_is(&t, "closed");
	same_for_both(&t);
	arena_free(t.a);
}

/* What was declared once stays to be accounted for, whatever later versions of the list leave out. */
static void left_out(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	(void)tale_say(&t, by(BOB, 2, KIND_ASSET_HELD, &list, &list), "{\"as_of\": \"2026-11-26\", \"contract\": \"C-1\", \"items\": [" ITEM("db") "]}");
	struct id first = dispose(&t, BOB, 3, NULL, DELETED("db"));
	decide(&t, AMY, 4, &first, &ends, "accepted");
	item_is(&t, "keys", "held");
	state_is(&t, "ended 2026-11-26, not closed: 1 held, 0 retained");
	same_for_both(&t);
	arena_free(t.a);
}

/* Nor does it help to take the list back: a new one must be confirmed. */
static void taken_back(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	(void)tale_say(&t, by(BOB, 2, KIND_RETRACT, &list, NULL), "{\"about\": \"%s\", \"reason\": \"wrong\"}", tale_hex(&t, &list));
	struct id less = tale_say(&t, by(BOB, 3, KIND_ASSET_HELD, NULL, NULL), HELD(ITEM("db")));
	struct id first = dispose(&t, BOB, 3, NULL, DELETED("db"));
	decide(&t, AMY, 4, &first, &ends, "accepted");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 0 retained");
	decide(&t, AMY, 4, &less, &less, "accepted");
	state_is(&t, "closed");
	tale_shuffled(&t, 20, look);
	arena_free(t.a);
}

static void disputed(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	struct id first = dispose(&t, BOB, 2, NULL, DELETED("db") "," DELETED("keys"));
	decide(&t, AMY, 3, &first, &ends, "accepted");
	state_is(&t, "closed");
	decide(&t, AMY, 4, &first, &ends, "disputed"); /* the last word counts */
	item_is(&t, "db", "deleted, disputed");
	state_is(&t, "ended 2026-11-26, not closed: 2 held, 0 retained");
	struct id second = dispose(&t, BOB, 5, &first, DELETED("db") "," DELETED("keys"));
	item_is(&t, "db", "deleted, not accepted yet"); /* what was said of the version before does not hold for this one */
	decide(&t, AMY, 6, &second, &ends, "accepted");
	state_is(&t, "closed");
	decide(&t, AMY, 7, &list, &list, "disputed"); /* nor does it close over a list that is disputed */
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 0 retained");
	same_for_both(&t);
	arena_free(t.a);
}

/* The customer disposes of nothing the supplier holds, and a third party of nothing at all. */
static void no_say(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	json_t *before = tale_tell(&t, NULL, look);
	struct id first = dispose(&t, AMY, 2, NULL, DELETED("db") "," DELETED("keys"));
	decide(&t, BOB, 3, &first, &ends, "accepted");
	(void)dispose(&t, CAT, 3, NULL, DELETED("db"));
	(void)tale_say(&t, by(CAT, 3, KIND_ASSET_HELD, &list, &list), "{\"as_of\": \"2026-11-26\", \"contract\": \"C-1\", \"complete\": true}");
	json_t *after = tale_tell(&t, NULL, look);
	(void)json_array_remove(json_object_get(after, "endings"), 1); /* what Cat holds of Amy's is another relationship */
	assert_true(json_equal(before, after));
	json_decref(before);
	json_decref(after);
	arena_free(t.a);
}

/* Nothing stated is not nothing held. */
static void never_stated(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	ends = tale_say(&t, by(AMY, 1, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-26\"}");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 0 retained");
	duty_is(&t, "state what is held", "2026-11-26T23:59:59", "overdue by");
	same_for_both(&t);
	list = tale_say(&t, by(BOB, 5, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-11-24\", \"complete\": false, \"items\": [" ITEM("db") "]}");
	struct id first = dispose(&t, BOB, 6, NULL, DELETED("db"));
	decide(&t, AMY, 7, &first, &ends, "accepted");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 0 retained"); /* it says that there is more */
	(void)tale_say(&t, by(BOB, 8, KIND_ASSET_HELD, &list, &list), "{\"as_of\": \"2026-11-24\", \"complete\": true}");
	state_is(&t, "closed");
	same_for_both(&t);
	arena_free(t.a);
}

/* What the customer gave away it may list itself; the same thing in both lists is one. */
static void mirror(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	struct id bob = tale_org(BOB);
	(void)tale_say(&t, by(AMY, 1, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-11-24\", \"contract\": \"C-1\", \"holder\": \"%s\","
	               " \"items\": [" ITEM("db") "," ITEM("vpn") "]}", tale_hex(&t, &bob));
	state_is(&t, "ended 2026-11-26, not closed: 3 held, 0 retained");
	item_is(&t, "vpn", "held");
	same_for_both(&t);
	arena_free(t.a);
}

/* The same id under two contracts is two things; what is said of the whole relationship is said of both. */
static void two_contracts(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.now = TALE_DAY(9);
	list = tale_say(&t, by(BOB, 0, KIND_ASSET_HELD, NULL, NULL), HELD(ITEM("db")));
	(void)tale_say(&t, by(BOB, 0, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-11-24\", \"contract\": \"C-2\", \"items\": [" ITEM("db") "]}");
	ends = tale_say(&t, by(AMY, 1, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-26\"}");
	struct id one = tale_say(&t, by(BOB, 2, KIND_DISPOSITION, &list, NULL), "{\"about\": \"%s\", \"items\": [" DELETED("db") "]}", tale_hex(&t, &list));
	decide(&t, AMY, 3, &one, &list, "accepted");
	state_is(&t, "ended 2026-11-26, not closed: 1 held, 0 retained");
	struct id both = dispose(&t, BOB, 4, NULL, DELETED("db"));
	decide(&t, AMY, 5, &both, &ends, "accepted");
	state_is(&t, "closed");
	same_for_both(&t);
	arena_free(t.a);
}

static void held_under(struct tale *t, const char *contract, size_t rows, const char *item, const char *state)
{
	json_t *all = tale_tell(t, NULL, look);
	const json_t *endings = json_object_get(all, "endings"), *x = tale_row(endings, "contract", contract);
	assert_int_equal(json_array_size(endings), rows);
	assert_string_equal(tale_text(x, "state"), state);
	assert_int_equal(json_array_size(json_object_get(x, "items")), 1);
	assert_string_equal(tale_text(tale_row(json_object_get(x, "items"), "item", item), "state"), "held");
	json_decref(all);
}

/* What is held under a contract that goes on is seen beside one that has ended, and by both. */
static void goes_on(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	(void)tale_say(&t, by(BOB, 2, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-11-24\", \"contract\": \"C-2\", \"items\": [" ITEM("ftp") "]}");
	held_under(&t, "C-2", 2, "ftp", "in force");
	t.me = BOB;
	held_under(&t, "C-2", 2, "ftp", "in force");
	/* what names no contract is due with the one that ends, and counted there alone */
	(void)tale_say(&t, by(BOB, 3, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-11-24\", \"items\": [" ITEM("any") "]}");
	held_under(&t, "C-2", 2, "ftp", "in force");
	duty_is(&t, "dispose of any", "2026-11-26T23:59:59", "overdue by");
	same_for_both(&t);
	arena_free(t.a);
}

/* Backups run out by themselves; subcontractors count. */
static void backups_and_below(void **state)
{
	struct tale t;
	(void)state;
	ending(&t, AMY);
	struct id first = tale_say(&t, by(BOB, 2, KIND_DISPOSITION, &ends, NULL),
	                           "{\"about\": \"%s\", \"subcontractors\": {\"held\": 3, \"disposed\": 2}, \"items\": [" DELETED("db")
	                           ", {\"id\": \"keys\", \"outcome\": \"deleted\", \"method\": \"purge\", \"date\": \"2026-11-25\","
	                           " \"backups_until\": \"2026-12-10\"}]}",
	                           tale_hex(&t, &ends));
	decide(&t, AMY, 3, &first, &ends, "accepted");
	item_is(&t, "keys", "deleted, in backups until 2026-12-10");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 1 retained");
	t.now = TALE_DAY(17);
	item_is(&t, "keys", "deleted, accepted");
	state_is(&t, "ended 2026-11-26, not closed: 0 held, 0 retained"); /* one subcontractor has said nothing */
	struct id second = tale_say(&t, by(BOB, 17, KIND_DISPOSITION, &ends, NULL), "{\"about\": \"%s\", \"subcontractors\": {\"held\": 3,"
	                            " \"disposed\": 3}, \"items\": [" DELETED("db") "]}", tale_hex(&t, &ends));
	decide(&t, AMY, 18, &second, &ends, "accepted");
	state_is(&t, "closed");
	same_for_both(&t);
	arena_free(t.a);
}

static struct id agreed;

static json_t *look_contract(struct tale *t, struct view *v)
{
	struct contract c;
	struct seen *s;
	json_t *o;
	(void)t;
	assert_int_equal(view_find(v, &agreed, &s), OK);
	assert_int_equal(view_contract_of(v, s, &c), OK);
	assert_int_equal(view_contract_sheet(v, &c, &o), OK);
	return o;
}

/* A contract that has ended needs no further notice; what is held is due when its clause says. */
static void contract_ended(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.now = TALE_DAY(5);
	struct id amy = tale_org(AMY), bob = tale_org(BOB);
	struct id offer = tale_say(&t, by(AMY, 0, KIND_CONTRACT, NULL, NULL),
	                           "{\"reference\": \"C-1\", \"customer\": \"%s\", \"supplier\": \"%s\", \"type\": \"bespoke\", \"start\": \"2026-01-01\","
	                           " \"end\": \"2026-11-26\", \"clauses\": {\"disposition_days\": 30}}", tale_hex(&t, &amy), tale_hex(&t, &bob));
	decide(&t, BOB, 1, &offer, &offer, "agreed");
	list = tale_say(&t, by(BOB, 1, KIND_ASSET_HELD, NULL, NULL), HELD(ITEM("db")));
	state_is(&t, "ended 2026-11-26, not closed: 1 held, 0 retained");
	duty_is(&t, "dispose of db", "2026-12-26T23:59:59", "running");
	same_for_both(&t);
	agreed = offer;
	json_t *sheet = tale_tell(&t, NULL, look_contract);
	assert_true(json_is_false(json_object_get(sheet, "closed")));
	assert_string_equal(json_string_value(json_array_get(json_object_get(sheet, "not_closed_because"), 0)), "bob: 1 held");
	json_decref(sheet);
	struct id gone = tale_say(&t, by(BOB, 4, KIND_DISPOSITION, &offer, NULL),
	                          "{\"about\": \"%s\", \"items\": [" DELETED("db") "]}", tale_hex(&t, &offer));
	decide(&t, AMY, 5, &gone, &offer, "accepted");
	sheet = tale_tell(&t, NULL, look_contract);
	assert_true(json_is_true(json_object_get(sheet, "closed")));
	json_decref(sheet);
	arena_free(t.a);
}

/* Notice ends a contract early; the time its clause gives for what comes after stays. */
static void notice_keeps_days(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.now = TALE_DAY(5);
	struct id amy = tale_org(AMY), bob = tale_org(BOB);
	agreed = tale_say(&t, by(AMY, 0, KIND_CONTRACT, NULL, NULL),
	                  "{\"reference\": \"C-1\", \"customer\": \"%s\", \"supplier\": \"%s\", \"type\": \"bespoke\", \"start\": \"2026-01-01\","
	                  " \"clauses\": {\"disposition_days\": 30}}", tale_hex(&t, &amy), tale_hex(&t, &bob));
	decide(&t, BOB, 1, &agreed, &agreed, "agreed");
	list = tale_say(&t, by(BOB, 1, KIND_ASSET_HELD, NULL, NULL), HELD(ITEM("db")));
	ends = tale_say(&t, by(AMY, 2, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-29\", \"contract\": \"C-1\"}");
	duty_is(&t, "dispose of db", "2026-12-29T23:59:59", "running");
	same_for_both(&t);
	arena_free(t.a);
}

static void contract_is(struct tale *t, const char *state)
{
	json_t *sheet = tale_tell(t, NULL, look_contract);
	if (strcmp(tale_text(sheet, "state"), state) != 0)
		fail_msg("\"%s\"; wanted \"%s\"", tale_text(sheet, "state"), state);
	json_decref(sheet);
}

/* Notice ends the contract it names, at both ends, on the earliest day that either side gave; not one that was made after it. */
static void notice_given(void **state)
{
	struct tale t;
	(void)state;
	tale_begin(&t, AMY);
	t.now = TALE_DAY(5);
	struct id amy = tale_org(AMY), bob = tale_org(BOB);
	(void)tale_say(&t, by(BOB, 0, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-25\"}"); /* of what was before */
	agreed = tale_say(&t, by(AMY, 1, KIND_CONTRACT, NULL, NULL),
	                  "{\"reference\": \"C-1\", \"customer\": \"%s\", \"supplier\": \"%s\", \"type\": \"bespoke\", \"start\": \"2026-01-01\"}",
	                  tale_hex(&t, &amy), tale_hex(&t, &bob));
	decide(&t, BOB, 1, &agreed, &agreed, "agreed");
	(void)tale_say(&t, by(CAT, 2, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-26\", \"contract\": \"C-1\"}");
	(void)tale_say(&t, by(AMY, 2, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-11-26\", \"contract\": \"C-2\"}");
	contract_is(&t, "agreed");
	ends = tale_say(&t, by(AMY, 2, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2026-12-31\", \"contract\": \"C-1\"}");
	contract_is(&t, "agreed, ends 2026-12-31");
	(void)tale_say(&t, by(BOB, 3, KIND_TERMINATION, NULL, NULL), "{\"reason\": \"x\", \"effective\": \"2027-03-31\", \"contract\": \"C-1\"}");
	contract_is(&t, "agreed, ends 2026-12-31"); /* nobody puts it off */
	t.me = BOB;
	contract_is(&t, "agreed, ends 2026-12-31");
	tale_shuffled(&t, 8, look_contract);
	t.now = TALE_DAY(60);
	contract_is(&t, "ended 2026-12-31, not closed");
	(void)tale_say(&t, by(BOB, 39, KIND_ASSET_HELD, NULL, NULL), "{\"as_of\": \"2026-12-31\", \"complete\": true}");
	contract_is(&t, "ended 2026-12-31, closed");
	(void)tale_say(&t, by(AMY, 40, KIND_TERMINATION, &ends, &ends), "{\"reason\": \"x\", \"effective\": \"2027-02-28\", \"contract\": \"C-1\"}");
	contract_is(&t, "agreed, ends 2027-02-28"); /* its author may */
	arena_free(t.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(until_it_closes), cmocka_unit_test(left_out), cmocka_unit_test(taken_back),
		cmocka_unit_test(disputed), cmocka_unit_test(no_say),
		cmocka_unit_test(never_stated), cmocka_unit_test(mirror), cmocka_unit_test(two_contracts), cmocka_unit_test(goes_on),
		cmocka_unit_test(backups_and_below), cmocka_unit_test(contract_ended), cmocka_unit_test(notice_keeps_days),
		cmocka_unit_test(notice_given),
	};
	return cmocka_run_group_tests_name("view_exit", tests, NULL, NULL);
}
