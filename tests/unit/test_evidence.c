/* Evidence files between two nodes on a virtual clock, cut and restarted in the middle; and what a partner that breaks the rules can do. */
#include "tests/unit/evil_say.h"

#include <unistd.h>

#include "node/api.h"
#include "node/files.h"

#define SIZE (2u * 1024u * 1024u + 17u)

static char *content(size_t n, uint64_t seed)
{
	uint8_t *bytes = malloc(n);
	char *hex = malloc(2 * n + 1);
	assert_true(bytes && hex);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (uint8_t)world_dice(&seed);
	hex_encode(hex, bytes, n);
	free(bytes);
	return hex;
}

static struct id add(struct scenario *s, int node, const char *to, const char *hex, const char *availability)
{
	struct id id;
	json_t *r = scenario_call(s, node, "evidence.add",
	                   json_pack("{s:{s:s, s:s}, s:[s], s:{s:s, s:s}}", "file", "name", "test.pdf", "hex", hex, "to", to, "body", "type", "test-result",
	                             "availability", availability));
	assert_int_equal(hex_decode(json_string_value(json_object_get(r, "id")), 64, id.b), OK);
	json_decref(r);
	return id;
}

static json_t *named(const struct id *id)
{
	char hex[65];
	hex_encode(hex, id->b, 32);
	return json_pack("{s:s}", "evidence", hex);
}

/* "yes", "no", "40%" */
static void is_here(struct scenario *s, int node, const char *want)
{
	json_t *r = scenario_call(s, node, "evidence.list", json_object());
	const char *here = json_string_value(json_object_get(json_array_get(json_object_get(r, "items"), 0), "here"));
	assert_string_equal(here ? here : "none", want);
	json_decref(r);
}

static void reads(struct scenario *s, int node, const struct id *id, const char *hex)
{
	json_t *r = scenario_call(s, node, "evidence.get", named(id));
	assert_string_equal(json_string_value(json_object_get(r, "hex")), hex);
	json_decref(r);
}

static void an_attached_file_comes(void **state)
{
	struct scenario s;
	char *hex = content(SIZE, 1);
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	struct id id = add(&s, 1, "node0", hex, "attached");
	scenario_run(&s, 60000);
	is_here(&s, 0, "yes");
	reads(&s, 0, &id, hex);
	reads(&s, 1, &id, hex);
	scenario_close(&s);
	free(hex);
}

static void one_on_request_waits(void **state)
{
	struct scenario s;
	char *hex = content(1000, 2);
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	struct id id = add(&s, 1, "node0", hex, "on-request");
	scenario_run(&s, 60000);
	is_here(&s, 0, "no");
	json_t *r = scenario_ask(&s, 0, "evidence.get", named(&id));
	assert_string_equal(json_string_value(json_object_get(r, "error")), "ERR_NOT_FOUND");
	json_decref(r);
	scenario_cut(&s, true); /* asked for while nobody is linked */
	json_decref(scenario_call(&s, 0, "evidence.fetch", named(&id)));
	is_here(&s, 0, "0%");
	scenario_cut(&s, false);
	scenario_run(&s, 20 * 60000);
	is_here(&s, 0, "yes");
	reads(&s, 0, &id, hex);
	scenario_close(&s);
	free(hex);
}

/* ---- the link is cut in the middle ---- */

struct meter {
	size_t bytes;  /* from node 1 to node 0 */
	size_t spoil;  /* when so many have passed, one is changed: the link ends there; 0: never */
};

static void measure(void *ctx, struct stream *st, struct buf *bytes)
{
	struct meter *m = ctx;
	if (st->from != 1)
		return;
	m->bytes += bytes->n;
	if (m->spoil && m->bytes >= m->spoil && bytes->n) {
		bytes->p[bytes->n - 1] ^= 1;
		m->spoil = 0;
		m->bytes = 0;
	}
}

static void cut_and_resumed(bool restart)
{
	struct scenario s;
	struct meter m = {.spoil = 1200000};
	char *hex = content(SIZE, 3);
	uint64_t have = 0;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	s.meddle = measure;
	s.ctx = &m;
	struct id id = add(&s, 1, "node0", hex, "attached");
	for (int i = 0; i < 1000 && m.spoil; i++)
		scenario_run(&s, 1);
	assert_int_equal(m.spoil, 0);
	assert_int_equal(files_part(s.node[0].files, &id, &have), OK);
	assert_true(have >= 2 * LIMIT_FILE_CHUNK && have < SIZE);
	if (restart)
		scenario_restart(&s, 0);
	m.bytes = 0;
	scenario_run(&s, 20 * 60000);
	is_here(&s, 0, "yes");
	reads(&s, 0, &id, hex);
	if (m.bytes > SIZE - have + SIZE / 4)
		fail_msg("%zu bytes came after the cut, though %llu of %u were there", m.bytes, (unsigned long long)have, SIZE);
	scenario_close(&s);
	free(hex);
}

static void a_cut_link_goes_on(void **state)
{
	(void)state;
	cut_and_resumed(false);
}

static void so_does_a_killed_node(void **state)
{
	(void)state;
	cut_and_resumed(true);
}

/* What is left of a part that a crash spoilt is found out by the hash, once. */
static void a_spoilt_part(void **state)
{
	struct scenario s;
	char *hex = content(1000, 4);
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	struct id id = add(&s, 1, "node0", hex, "attached");
	assert_int_equal(files_grow(s.node[0].files, &id, 0, SPAN("garbage", 7)), OK);
	scenario_run(&s, 60000);
	is_here(&s, 0, "does not fit its hash");
	json_decref(scenario_call(&s, 0, "evidence.fetch", named(&id)));
	scenario_run(&s, 60000);
	is_here(&s, 0, "yes");
	reads(&s, 0, &id, hex);
	scenario_close(&s);
	free(hex);
}

static void limits_of_adding(void **state)
{
	struct scenario s;
	char *hex = content(LIMIT_FILE + 1, 5);
	(void)state;
	scenario_open(&s, 2);
	scenario_pair(&s, 0, 1);
	json_t *r = scenario_ask(&s, 1, "evidence.add", json_pack("{s:{s:s}, s:[s], s:{s:s}}", "file", "hex", hex, "to", "node0", "body", "title", "x"));
	assert_string_equal(json_string_value(json_object_get(r, "error")), "ERR_LIMIT");
	json_decref(r);
	hex[2 * LIMIT_FILE] = '\0';
	struct id id = add(&s, 1, "node0", hex, "attached");
	scenario_run(&s, 60000);
	is_here(&s, 0, "yes");
	reads(&s, 0, &id, hex);
	r = scenario_ask(&s, 1, "evidence.add", json_pack("{s:{s:s}, s:[s], s:{s:s}}", "file", "hex", "", "to", "node0", "body", "title", "x"));
	assert_string_equal(json_string_value(json_object_get(r, "error")), "ERR_INVALID");
	json_decref(r);
	scenario_close(&s);
	free(hex);
}

/* ---- a partner that breaks the rules ---- */

static struct value *piece(struct stage *st, const struct id *record, uint64_t offset, const void *p, size_t n)
{
	struct value *m = value_map(st->v.a);
	set(st, MESSAGE_FILE_CHUNK, m, "record", value_id(st->v.a, record));
	set(st, MESSAGE_FILE_CHUNK, m, "offset", value_int(st->v.a, (int64_t)offset));
	if (p)
		set(st, MESSAGE_FILE_CHUNK, m, "bytes", value_bin(st->v.a, SPAN(p, n)));
	return m;
}

static struct value *wish(struct stage *st, const struct id *record, uint64_t offset)
{
	struct value *m = value_map(st->v.a);
	set(st, MESSAGE_FILE_WANT, m, "record", value_id(st->v.a, record));
	set(st, MESSAGE_FILE_WANT, m, "offset", value_int(st->v.a, (int64_t)offset));
	return m;
}

/* Evidence of theirs with a file of this size and this content. */
static struct id told(struct stage *st, struct client *c, struct chain *ch, const char *text, size_t size)
{
	const struct field *f = kind_by_number(KIND_EVIDENCE)->fields;
	struct value *body = value_map(st->v.a);
	struct carried_entry e[2];
	struct id hash, id;
	size_t n = 0;
	files_hash(SPAN(text, strlen(text)), &hash);
	fields_set(st->v.a, f, body, "title", value_str(st->v.a, "a file"));
	fields_set(st->v.a, f, body, "type", value_int(st->v.a, 1));
	fields_set(st->v.a, f, body, "availability", value_int(st->v.a, 1));
	fields_set(st->v.a, f, body, "hash", value_id(st->v.a, &hash));
	fields_set(st->v.a, f, body, "size", value_int(st->v.a, (int64_t)size));
	struct span record = evil_pack(&st->v, evil_header(&st->v, &st->v.org.org, KIND_EVIDENCE, TLP_GREEN, body));
	if (ch->e.n == 1)
		e[n++] = evil_first(&st->v, ch);
	e[n++] = evil_one(&st->v, ch, record);
	record_id(record, &id);
	say(st, c, MESSAGE_ENTRIES, entries_of(st, e, n));
	return id;
}

static const char *folder(struct stage *st)
{
	return st->v.victim->files;
}

static void asked_at(struct stage *st, struct client *c, const struct id *record, uint64_t offset)
{
	const struct value *m = next(c, MESSAGE_FILE_WANT);
	struct id id;
	int64_t at;
	(void)st;
	assert_non_null(m);
	assert_true(fields_id(message_fields(MESSAGE_FILE_WANT), m, "record", &id) && id_eq(&id, record));
	assert_true(fields_int(message_fields(MESSAGE_FILE_WANT), m, "offset", &at) && (uint64_t)at == offset);
}

static void pieces_nobody_asked_for(void **state)
{
	struct stage st;
	struct id id;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &st.v.org.org, 0, "x", 1));
	ended(&st, c, "a piece of a file that was not asked for");
	static const struct { uint64_t offset; size_t n; } wrong[] = {{0, 8}, {1, 1}, {0, 0}}; /* longer than it said; elsewhere; nothing, for ever */
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
		c = full(&st);
		id = told(&st, c, &ch, "content", 7);
		say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &id, wrong[i].offset, "contents", wrong[i].n));
		ended(&st, c, "a piece of a file that was not asked for");
		st.v.s.now += LIMIT_ALARM_MS;
	}
	stage_close(&st);
}

static void another_content(void **state)
{
	struct stage st;
	uint64_t have;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	struct id id = told(&st, c, &ch, "content", 7);
	asked_at(&st, c, &id, 0);
	say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &id, 0, "con", 3));
	asked_at(&st, c, &id, 3);
	say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &id, 3, "flic", 4));
	assert_false(c->closed); /* a wrong file is an alarm, no reason to hang up */
	assert_true(files_marked(folder(&st), &id));
	assert_int_equal(files_part(folder(&st), &id, &have), ERR_NOT_FOUND);
	assert_true(logged(&st, "is not what its evidence says"));
	struct id more = told(&st, c, &ch, "other", 5); /* the marked one is not asked for again */
	asked_at(&st, c, &more, 0);
	say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &more, 0, NULL, 0)); /* and what is gone is left alone */
	assert_null(next(c, MESSAGE_FILE_WANT));
	struct id hash;
	files_hash(SPAN("other", 5), &hash);
	assert_false(files_has(folder(&st), &hash, 5));
	stage_close(&st);
}

/* More than is kept of one partner is not even asked for. */
static void over_the_quota(void **state)
{
	struct stage st;
	(void)state;
	stage_open(&st);
	struct client *c = full(&st);
	struct chain ch = evil_chain(&st.v, &st.v.org, AUDIENCE_DIRECT, scenario_org(st.v.victim));
	uint8_t *big = calloc(1, LIMIT_FILE);
	struct id hash;
	size_t kept = LIMIT_FILES_PARTNER / LIMIT_FILE;
	assert_non_null(big);
	for (size_t i = 0; i < kept; i++) { /* as if they had come: sparse files that bear the names */
		char text[16], path[200], name[65];
		(void)snprintf(text, sizeof text, "file %zu", i);
		files_hash(SPAN(text, strlen(text)), &hash);
		assert_int_equal(files_want(folder(&st), &hash), OK);
		hex_encode(name, hash.b, 32);
		(void)snprintf(path, sizeof path, "%s/%s.part", folder(&st), name);
		assert_int_equal(truncate(path, LIMIT_FILE), 0);
		char to[200];
		(void)snprintf(to, sizeof to, "%s/%s", folder(&st), name);
		assert_int_equal(rename(path, to), 0);
		(void)told(&st, c, &ch, text, LIMIT_FILE);
		assert_null(next(c, MESSAGE_FILE_WANT)); /* it is here already */
	}
	struct id fits = told(&st, c, &ch, "small", LIMIT_FILES_PARTNER - kept * LIMIT_FILE);
	asked_at(&st, c, &fits, 0);
	say(&st, c, MESSAGE_FILE_CHUNK, piece(&st, &fits, 0, NULL, 0));
	(void)told(&st, c, &ch, "one byte more", LIMIT_FILES_PARTNER - kept * LIMIT_FILE + 1);
	assert_null(next(c, MESSAGE_FILE_WANT));
	assert_true(logged(&st, "evidence is not fetched"));
	struct id last = told(&st, c, &ch, "a byte", 1); /* what fits is, all the same */
	asked_at(&st, c, &last, 0);
	free(big);
	stage_close(&st);
}

static bool given(struct client *c, struct span *bytes)
{
	const struct value *m = next(c, MESSAGE_FILE_CHUNK);
	assert_non_null(m);
	return value_is_bin(fields_get(message_fields(MESSAGE_FILE_CHUNK), m, "bytes"), bytes);
}

/* Only who was sent the evidence may have its file; to all others there is none, whatever they ask. */
static void whose_file_it_is(void **state)
{
	struct stage st;
	struct maker other;
	struct span bytes;
	(void)state;
	stage_open(&st);
	maker_begin(&other, 0xe7, "Other Ltd");
	evil_enrol(&st.v, &other, "other", PARTNER_ACTIVE);
	char *hex = content(LIMIT_FILE_CHUNK + 5, 6);
	struct id theirs = add(&st.v.s, 0, "evil", hex, "on-request"), another = add(&st.v.s, 0, "other", hex, "attached");
	struct client *c = full(&st);
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &theirs, 0));
	assert_true(given(c, &bytes));
	assert_int_equal(bytes.n, LIMIT_FILE_CHUNK);
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &theirs, LIMIT_FILE_CHUNK));
	assert_true(given(c, &bytes));
	assert_int_equal(bytes.n, 5);
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &theirs, LIMIT_FILE_CHUNK + 5)); /* behind its end */
	assert_false(given(c, &bytes));
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &another, 0)); /* the same bytes, said to somebody else */
	assert_false(given(c, &bytes));
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &st.v.org.org, 0)); /* what nobody knows looks the same */
	assert_false(given(c, &bytes));
	char id[65];
	hex_encode(id, theirs.b, 32);
	json_decref(scenario_call(&st.v.s, 0, "record.retract", json_pack("{s:s, s:s}", "record", id, "reason", "sent in error")));
	say(&st, c, MESSAGE_FILE_WANT, wish(&st, &theirs, 0));
	assert_false(given(c, &bytes));
	assert_false(c->closed);
	maker_end(&other);
	free(hex);
	stage_close(&st);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_attached_file_comes), cmocka_unit_test(one_on_request_waits), cmocka_unit_test(a_cut_link_goes_on),
		cmocka_unit_test(so_does_a_killed_node),  cmocka_unit_test(a_spoilt_part),        cmocka_unit_test(limits_of_adding),
		cmocka_unit_test(pieces_nobody_asked_for), cmocka_unit_test(another_content),     cmocka_unit_test(over_the_quota),
		cmocka_unit_test(whose_file_it_is),
	};
	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
