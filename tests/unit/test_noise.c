/* test_noise.c - the interpreter over the published vectors of all patterns, and the one pattern we use under attack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <sodium.h>
#include <unistd.h>

#include "keys/noise.h"

#define VECTORS "/usr/share/gocode/src/github.com/flynn/noise/vectors.txt" /* Debian: golang-github-flynn-noise-dev */
#define SUITE "_25519_ChaChaPoly_BLAKE2b"
#define TEXT 256

#define E NOISE_E
#define S NOISE_S
#define EE NOISE_EE
#define ES NOISE_ES
#define SE NOISE_SE
#define SS NOISE_SS

static const struct noise_pattern rows[] = {
	{"N", false, true, 1, {{E, ES}}},
	{"K", true, true, 1, {{E, ES, SS}}},
	{"X", false, true, 1, {{E, ES, S, SS}}},
	{"NN", false, false, 2, {{E}, {E, EE}}},
	{"NK", false, true, 2, {{E, ES}, {E, EE}}},
	{"NX", false, false, 2, {{E}, {E, EE, S, ES}}},
	{"XN", false, false, 3, {{E}, {E, EE}, {S, SE}}},
	{"XK", false, true, 3, {{E, ES}, {E, EE}, {S, SE}}},
	{"XX", false, false, 3, {{E}, {E, EE, S, ES}, {S, SE}}},
	{"KN", true, false, 2, {{E}, {E, EE, SE}}},
	{"KK", true, true, 2, {{E, ES, SS}, {E, EE, SE}}},
	{"KX", true, false, 2, {{E}, {E, EE, SE, S, ES}}},
	{"IN", false, false, 2, {{E, S}, {E, EE, SE}}},
	{"IK", false, true, 2, {{E, ES, S, SS}, {E, EE, SE}}},
	{"IX", false, false, 2, {{E, S}, {E, EE, SE, S, ES}}},
};

/* The row of "XXpsk3" from that of "XX": psk0 goes before the first message's tokens, pskN behind the N-th's. */
static void find_row(const char *name, struct noise_pattern *out)
{
	size_t base = strcspn(name, "p"), at = 0;
	int place;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		if (strlen(rows[i].name) == base && strncmp(rows[i].name, name, base) == 0)
			*out = rows[i];
	assert_non_null(out->name);
	out->name = name;
	if (!name[base])
		return;
	assert_int_equal(strncmp(name + base, "psk", 3), 0);
	place = name[base + 3] - '0';
	assert_true(place >= 0 && place <= out->messages && !name[base + 4]);
	if (place == 0) {
		memmove(out->token[0] + 1, out->token[0], 7 * sizeof **out->token);
		out->token[0][0] = NOISE_PSK;
		return;
	}
	while (out->token[place - 1][at] != NOISE_END)
		at++;
	out->token[place - 1][at] = NOISE_PSK;
}

/* ---- the published vectors ---- */

struct vector {
	char name[TEXT], init_static[TEXT], resp_static[TEXT], gen_init_ephemeral[TEXT], gen_resp_ephemeral[TEXT];
	char preshared_key[TEXT], prologue[TEXT], payload[8][TEXT], message[8][1024];
	unsigned messages;
};

static const uint8_t *key_of(const char *hex, uint8_t out[static 32])
{
	if (!*hex)
		return NULL;
	assert_int_equal(strlen(hex), 64);
	assert_int_equal(hex_decode(hex, 64, out), OK);
	return out;
}

static struct buf from_hex(const char *hex)
{
	struct buf b = {0};
	uint8_t *at;

	assert_int_equal(buf_room(&b, strlen(hex) / 2, &at), OK);
	assert_int_equal(hex_decode(hex, strlen(hex), at), OK);
	return b;
}

struct sides {
	uint8_t s_sk[2][32], s_pk[2][32], e_sk[2][32], psk[32];
	struct noise *n[2]; /* initiator, responder */
};

static void open_sides(const struct vector *v, const struct noise_pattern *p, struct sides *s)
{
	const char *const s_hex[2] = {v->init_static, v->resp_static};
	struct buf prologue = from_hex(v->prologue);
	const uint8_t *s_sk[2];

	for (int i = 0; i < 2; i++) {
		s_sk[i] = key_of(s_hex[i], s->s_sk[i]);
		if (s_sk[i])
			crypto_scalarmult_base(s->s_pk[i], s_sk[i]);
	}
	for (int i = 0; i < 2; i++) {
		bool knows = i == 0 ? p->pre_r : p->pre_i;
		struct noise_config c = {
			.pattern = p,
			.initiator = i == 0,
			.prologue = buf_span(&prologue),
			.s_sk = s_sk[i],
			.rs_pk = knows ? s->s_pk[1 - i] : NULL,
			.psk = key_of(v->preshared_key, s->psk),
			.e_sk = key_of(i == 0 ? v->gen_init_ephemeral : v->gen_resp_ephemeral, s->e_sk[i]),
		};
		assert_int_equal(noise_open(&c, &s->n[i]), OK);
	}
	buf_free(&prologue);
}

static bool both_ends(struct span want_message, struct span want_payload, const struct buf *message, const struct buf *payload)
{
	return span_eq(want_message, buf_span(message)) && span_eq(want_payload, buf_span(payload));
}

/* Handshake messages alternate; behind them the initiator is always the first to speak. */
static bool run_vector(const struct vector *v)
{
	struct noise_pattern made = {0};
	const struct noise_pattern *p = &made;
	struct noise_cipher send[2], receive[2];
	struct sides s = {0};
	bool good = true;

	find_row(v->name, &made);
	if (strcmp(v->name, noise_xkpsk3.name) == 0)
		p = &noise_xkpsk3;
	open_sides(v, p, &s);
	for (unsigned i = 0; good && i < v->messages; i++) {
		struct buf want = from_hex(v->message[i]), plain = from_hex(v->payload[i]), message = {0}, payload = {0};
		unsigned from = i < p->messages ? i % 2 : (i - p->messages) % 2;

		if (i == p->messages)
			good = noise_split(s.n[0], &send[0], &receive[0]) == OK && noise_split(s.n[1], &send[1], &receive[1]) == OK;
		if (i < p->messages)
			good = noise_write(s.n[from], buf_span(&plain), &message) == OK &&
			       noise_read(s.n[1 - from], buf_span(&message), &payload) == OK;
		else
			good = good && noise_seal(&send[from], buf_span(&plain), &message) == OK &&
			       noise_unseal(&receive[1 - from], buf_span(&message), &payload) == OK;
		good = good && both_ends(buf_span(&want), buf_span(&plain), &message, &payload);
		buf_free(&want);
		buf_free(&plain);
		buf_free(&message);
		buf_free(&payload);
	}
	noise_free(s.n[0]);
	noise_free(s.n[1]);
	return good && v->messages > p->messages;
}

static void take(char *to, size_t room, const char *value)
{
	assert_true(strlen(value) < room);
	memcpy(to, value, strlen(value) + 1);
}

static void take_line(struct vector *v, const char *key, const char *value)
{
	unsigned i = strncmp(key, "msg_", 4) == 0 ? (unsigned)(key[4] - '0') : 0;

	assert_true(i < 8);
	if (strcmp(key, "init_static") == 0)
		take(v->init_static, TEXT, value);
	else if (strcmp(key, "resp_static") == 0)
		take(v->resp_static, TEXT, value);
	else if (strcmp(key, "gen_init_ephemeral") == 0)
		take(v->gen_init_ephemeral, TEXT, value);
	else if (strcmp(key, "gen_resp_ephemeral") == 0)
		take(v->gen_resp_ephemeral, TEXT, value);
	else if (strcmp(key, "preshared_key") == 0)
		take(v->preshared_key, TEXT, value);
	else if (strcmp(key, "prologue") == 0)
		take(v->prologue, TEXT, value);
	else if (strncmp(key, "msg_", 4) == 0 && strcmp(key + 5, "_payload") == 0)
		take(v->payload[i], TEXT, value);
	else if (strncmp(key, "msg_", 4) == 0 && strcmp(key + 5, "_ciphertext") == 0) {
		take(v->message[i], 1024, value);
		v->messages = i + 1;
	} else {
		fail_msg("unknown line %s", key);
	}
}

struct tally {
	unsigned vectors, passed;
};

static void finish(struct vector *v, struct tally *t)
{
	bool good;

	if (*v->name) {
		good = run_vector(v);
		t->vectors++;
		t->passed += good;
		if (!good)
			print_message("does not pass: %s, the %u. vector\n", v->name, t->vectors);
	}
	*v = (struct vector){0};
}

static void start(struct vector *v, const char *handshake)
{
	size_t n = strlen(handshake);

	if (n > 6 + strlen(SUITE) && strcmp(handshake + n - strlen(SUITE), SUITE) == 0)
		memcpy(v->name, handshake + 6, n - 6 - strlen(SUITE)); /* behind "Noise_" */
}

static void published_vectors(void **state)
{
	static struct vector v;
	struct tally t = {0};
	char *line = NULL, *value;
	size_t cap = 0;
	ssize_t n;
	FILE *f;

	(void)state;
	f = fopen(VECTORS, "r");
	if (!f) {
		print_message("skipped: the Debian package golang-github-flynn-noise-dev is not installed\n");
		assert_null(getenv("CI")); /* there it is no excuse */
		skip();
	}
	while ((n = getline(&line, &cap, f)) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (strcmp(line, "handshake") == 0) {
			finish(&v, &t);
			start(&v, value);
		} else if (*v.name) {
			take_line(&v, line, value);
		}
	}
	finish(&v, &t);
	free(line);
	fclose(f);
	print_message("Noise vectors: %u of %u passed\n", t.passed, t.vectors);
	assert_int_equal(t.passed, t.vectors);
	assert_true(t.vectors >= 15);
}

/* ---- our pattern ---- */

struct pair {
	uint8_t i_sk[32], r_sk[32], i_pk[32], r_pk[32], e_sk[2][32], psk[32];
	struct noise_config config[2];
	struct noise *i, *r;
	struct buf message[3];
};

static const uint8_t payload_of[3][256] = {"mode and selector", "", "statements"};
static const size_t size_of[3] = {24, 0, 256}, wire_of[3] = {72, 48, 320};

static void configure(struct pair *p)
{
	*p = (struct pair){0};
	memset(p->i_sk, 1, 32);
	memset(p->r_sk, 2, 32);
	memset(p->e_sk[0], 3, 32);
	memset(p->e_sk[1], 4, 32);
	memset(p->psk, 5, 32);
	crypto_scalarmult_base(p->i_pk, p->i_sk);
	crypto_scalarmult_base(p->r_pk, p->r_sk);
	p->config[0] = (struct noise_config){&noise_xkpsk3, true, SPAN("prologue", 8), p->i_sk, p->r_pk, p->psk, p->e_sk[0]};
	p->config[1] = (struct noise_config){&noise_xkpsk3, false, SPAN("prologue", 8), p->r_sk, NULL, p->psk, p->e_sk[1]};
}

static void open_pair(struct pair *p)
{
	assert_int_equal(noise_open(&p->config[0], &p->i), OK);
	assert_int_equal(noise_open(&p->config[1], &p->r), OK);
}

static void close_pair(struct pair *p)
{
	noise_free(p->i);
	noise_free(p->r);
	p->i = p->r = NULL;
	for (int i = 0; i < 3; i++)
		buf_free(&p->message[i]);
}

static enum err write_step(struct pair *p, unsigned step)
{
	return noise_write(step % 2 ? p->r : p->i, SPAN(payload_of[step], size_of[step]), &p->message[step]);
}

static enum err read_step(struct pair *p, unsigned step)
{
	struct buf got = {0};
	enum err e = noise_read(step % 2 ? p->i : p->r, buf_span(&p->message[step]), &got);

	if (e)
		assert_int_equal(got.n, 0);
	else
		assert_true(span_eq(buf_span(&got), SPAN(payload_of[step], size_of[step])));
	buf_free(&got);
	return e;
}

static void run_steps(struct pair *p, unsigned steps)
{
	for (unsigned i = 0; i < steps; i++) {
		assert_int_equal(write_step(p, i), OK);
		assert_int_equal(read_step(p, i), OK);
	}
}

static void both_sides_agree(void **state)
{
	uint8_t a[64], b[64];
	struct pair p;

	(void)state;
	configure(&p);
	open_pair(&p);
	assert_true(noise_remote_static(p.i, a));
	assert_false(noise_remote_static(p.r, a));
	for (unsigned i = 0; i < 3; i++) {
		assert_false(noise_done(p.i) || noise_done(p.r));
		assert_int_equal(write_step(&p, i), OK);
		assert_int_equal(p.message[i].n, wire_of[i]);
		assert_int_equal(read_step(&p, i), OK);
	}
	assert_true(noise_done(p.i) && noise_done(p.r));
	assert_true(noise_remote_static(p.r, a));
	assert_memory_equal(a, p.i_pk, 32);
	assert_true(noise_remote_static(p.i, a));
	assert_memory_equal(a, p.r_pk, 32);
	noise_hash(p.i, a);
	noise_hash(p.r, b);
	assert_memory_equal(a, b, 64);
	noise_chaining(p.i, a);
	noise_chaining(p.r, b);
	assert_memory_equal(a, b, 32);
	close_pair(&p);
}

static void is_a_function_of_its_inputs(void **state)
{
	struct pair p, q;
	uint8_t a[64], b[64];

	(void)state;
	configure(&p);
	configure(&q);
	open_pair(&p);
	open_pair(&q);
	run_steps(&p, 3);
	run_steps(&q, 3);
	for (int i = 0; i < 3; i++)
		assert_true(span_eq(buf_span(&p.message[i]), buf_span(&q.message[i])));
	close_pair(&q);
	configure(&q);
	q.e_sk[1][0] ^= 8; /* one other ephemeral, and nothing is the same */
	open_pair(&q);
	run_steps(&q, 3);
	noise_chaining(p.i, a);
	noise_chaining(q.i, b);
	assert_memory_not_equal(a, b, 32);
	noise_hash(p.i, a);
	noise_hash(q.i, b);
	assert_memory_not_equal(a, b, 64);
	close_pair(&p);
	close_pair(&q);
}

/* Nothing works any more, and nothing is written. */
static void assert_dead(struct noise *n, struct span good)
{
	struct noise_cipher a, b;
	struct buf out = {0};
	uint8_t key[32];

	assert_false(noise_done(n));
	assert_int_equal(noise_read(n, good, &out), ERR_INVALID);
	assert_int_equal(noise_write(n, good, &out), ERR_INVALID);
	assert_int_equal(noise_split(n, &a, &b), ERR_INVALID);
	assert_false(noise_remote_static(n, key));
	assert_int_equal(out.n, 0);
	buf_free(&out);
}

static void any_flipped_bit_kills(void **state)
{
	struct pair p;

	(void)state;
	configure(&p);
	for (unsigned step = 0; step < 3; step++) {
		for (size_t bit = 0; bit < wire_of[step] * 8; bit += 3) {
			struct noise *reader;

			open_pair(&p);
			run_steps(&p, step);
			assert_int_equal(write_step(&p, step), OK);
			p.message[step].p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			assert_int_equal(read_step(&p, step), ERR_CRYPT);
			p.message[step].p[bit / 8] ^= (uint8_t)(1u << bit % 8);
			reader = step % 2 ? p.i : p.r;
			assert_dead(reader, buf_span(&p.message[step]));
			close_pair(&p);
		}
	}
}

static void any_length_but_the_right_one_kills(void **state)
{
	struct pair p;

	(void)state;
	configure(&p);
	for (unsigned step = 0; step < 3; step++) {
		for (size_t n = 0; n <= wire_of[step] + 1; n++) {
			struct span cut;
			struct buf got = {0};
			struct noise *reader;
			enum err e;

			if (n == wire_of[step])
				continue;
			open_pair(&p);
			run_steps(&p, step);
			assert_int_equal(write_step(&p, step), OK);
			assert_int_equal(buf_add(&p.message[step], "", 1), OK);
			reader = step % 2 ? p.i : p.r;
			uint8_t *exact = malloc(n ? n : 1);
			assert_non_null(exact);
			memcpy(exact, p.message[step].p, n);
			cut = SPAN(exact, n);
			e = noise_read(reader, cut, &got);
			assert_true(e == ERR_INVALID || e == ERR_CRYPT);
			assert_int_equal(got.n, 0);
			assert_dead(reader, cut);
			free(exact);
			buf_free(&got);
			close_pair(&p);
		}
	}
}

static void what_differs_on_the_two_sides_is_seen(void **state)
{
	uint8_t other[32];
	struct pair p;

	(void)state;
	memset(other, 9, sizeof other);
	configure(&p); /* prologue: already the first message */
	p.config[1].prologue = SPAN("prologuf", 8);
	open_pair(&p);
	assert_int_equal(write_step(&p, 0), OK);
	assert_int_equal(read_step(&p, 0), ERR_CRYPT);
	close_pair(&p);
	configure(&p); /* another responder than the one meant */
	p.config[1].s_sk = other;
	open_pair(&p);
	assert_int_equal(write_step(&p, 0), OK);
	assert_int_equal(read_step(&p, 0), ERR_CRYPT);
	close_pair(&p);
	configure(&p); /* psk: the third */
	p.config[1].psk = other;
	open_pair(&p);
	run_steps(&p, 2);
	assert_int_equal(write_step(&p, 2), OK);
	assert_int_equal(read_step(&p, 2), ERR_CRYPT);
	assert_dead(p.r, buf_span(&p.message[2]));
	close_pair(&p);
}

static void psk_may_come_late_but_must_come(void **state)
{
	struct pair p;

	(void)state;
	configure(&p);
	p.config[0].psk = p.config[1].psk = NULL;
	open_pair(&p);
	run_steps(&p, 2);
	noise_set_psk(p.i, p.psk);
	noise_set_psk(p.r, p.psk);
	assert_int_equal(write_step(&p, 2), OK);
	assert_int_equal(read_step(&p, 2), OK);
	close_pair(&p);
	open_pair(&p);
	run_steps(&p, 2);
	noise_set_psk(p.i, p.psk);
	assert_int_equal(write_step(&p, 2), OK);
	assert_int_equal(read_step(&p, 2), ERR_INVALID);
	close_pair(&p);
	open_pair(&p);
	run_steps(&p, 2);
	assert_int_equal(write_step(&p, 2), ERR_INVALID);
	assert_int_equal(p.message[2].n, 0);
	assert_dead(p.i, SPAN("", 0));
	close_pair(&p);
}

static void out_of_turn_kills(void **state)
{
	struct pair p;
	struct buf out = {0};

	(void)state;
	configure(&p);
	open_pair(&p);
	assert_int_equal(noise_write(p.r, SPAN("", 0), &out), ERR_INVALID);
	assert_dead(p.r, SPAN("", 0));
	assert_int_equal(noise_read(p.i, SPAN("", 0), &out), ERR_INVALID);
	assert_dead(p.i, SPAN("", 0));
	close_pair(&p);
	open_pair(&p);
	run_steps(&p, 1);
	assert_int_equal(noise_read(p.r, buf_span(&p.message[0]), &out), ERR_INVALID); /* the first message again */
	assert_int_equal(noise_write(p.i, SPAN("", 0), &out), ERR_INVALID);
	close_pair(&p);
	open_pair(&p);
	run_steps(&p, 3);
	assert_int_equal(noise_write(p.r, SPAN("", 0), &out), ERR_INVALID); /* there is no fourth */
	assert_int_equal(out.n, 0);
	close_pair(&p);
}

static void low_order_keys_are_refused(void **state)
{
	static const uint8_t low[2][32] = {{0}, {1}};
	struct pair p;

	(void)state;
	for (int i = 0; i < 2; i++) {
		configure(&p);
		p.config[0].rs_pk = low[i];
		open_pair(&p);
		assert_int_equal(write_step(&p, 0), ERR_CRYPT);
		assert_int_equal(p.message[0].n, 0);
		assert_dead(p.i, SPAN("", 0));
		close_pair(&p);
		configure(&p);
		open_pair(&p);
		assert_int_equal(write_step(&p, 0), OK);
		memcpy(p.message[0].p, low[i], 32);
		assert_int_equal(read_step(&p, 0), ERR_CRYPT);
		close_pair(&p);
		open_pair(&p);
		run_steps(&p, 1);
		assert_int_equal(write_step(&p, 1), OK);
		memcpy(p.message[1].p, low[i], 32);
		assert_int_equal(read_step(&p, 1), ERR_CRYPT);
		close_pair(&p);
	}
}

static void a_message_has_65535_bytes_at_most(void **state)
{
	uint8_t *big = calloc(1, NOISE_MAX + 1);
	struct buf out = {0}, got = {0};
	struct pair p;

	(void)state;
	assert_non_null(big);
	configure(&p);
	open_pair(&p);
	assert_int_equal(buf_add(&out, "#", 1), OK); /* appends */
	assert_int_equal(noise_write(p.i, SPAN(big, NOISE_MAX - 48), &out), OK);
	assert_int_equal(out.n, 1 + NOISE_MAX);
	assert_int_equal(noise_read(p.r, SPAN(out.p + 1, out.n - 1), &got), OK);
	assert_int_equal(got.n, NOISE_MAX - 48);
	close_pair(&p);
	for (size_t n = NOISE_MAX - 47; n <= NOISE_MAX + 1; n += 24) {
		open_pair(&p);
		assert_int_equal(noise_write(p.i, SPAN(big, n), &out), ERR_INVALID);
		assert_int_equal(out.n, 1 + NOISE_MAX);
		assert_dead(p.i, SPAN("", 0));
		close_pair(&p);
	}
	open_pair(&p);
	assert_int_equal(noise_read(p.r, SPAN(big, NOISE_MAX + 1), &got), ERR_INVALID);
	close_pair(&p);
	buf_free(&out);
	buf_free(&got);
	free(big);
}

static void opening_needs_what_the_pattern_knows(void **state)
{
	struct noise_pattern named = noise_xkpsk3;
	struct noise *n = NULL;
	struct pair p;

	(void)state;
	configure(&p);
	p.config[0].rs_pk = NULL;
	assert_int_equal(noise_open(&p.config[0], &n), ERR_INVALID);
	configure(&p);
	p.config[1].s_sk = NULL;
	assert_int_equal(noise_open(&p.config[1], &n), ERR_INVALID);
	configure(&p);
	p.config[0].pattern = &named;
	named.name = "X2345678901234567890123456789012345";
	assert_int_equal(noise_open(&p.config[0], &n), ERR_INVALID);
	assert_null(n);
	named.name = "X23456789012345678901234567890123"; /* the protocol's name has 64 bytes then */
	assert_int_equal(noise_open(&p.config[0], &n), OK);
	noise_free(n);
	noise_free(NULL);
}

static void no_static_or_ephemeral_key_to_write(void **state)
{
	struct pair p;

	(void)state;
	configure(&p);
	p.config[0].s_sk = NULL;
	open_pair(&p);
	run_steps(&p, 2);
	assert_int_equal(write_step(&p, 2), ERR_INVALID);
	close_pair(&p);
	configure(&p);
	p.config[0].e_sk = NULL;
	open_pair(&p);
	assert_int_equal(write_step(&p, 0), ERR_INVALID);
	close_pair(&p);
}

/* ---- after the handshake ---- */

static void finish_pair(struct noise_cipher send[2], struct noise_cipher receive[2])
{
	struct pair p;

	configure(&p);
	open_pair(&p);
	assert_int_equal(noise_split(p.i, &send[0], &receive[0]), ERR_INVALID);
	run_steps(&p, 3);
	assert_int_equal(noise_split(p.i, &send[0], &receive[0]), OK);
	assert_int_equal(noise_split(p.r, &send[1], &receive[1]), OK);
	close_pair(&p);
	assert_memory_equal(send[0].key, receive[1].key, 32);
	assert_memory_equal(send[1].key, receive[0].key, 32);
	assert_memory_not_equal(send[0].key, send[1].key, 32);
	assert_true(send[0].nonce == 0 && receive[0].nonce == 0);
}

static void transport_keeps_the_order(void **state)
{
	struct noise_cipher send[2], receive[2];
	struct buf one = {0}, two = {0}, got = {0};

	(void)state;
	finish_pair(send, receive);
	assert_int_equal(noise_seal(&send[0], SPAN("one", 3), &one), OK);
	assert_int_equal(noise_seal(&send[0], SPAN("", 0), &two), OK);
	assert_int_equal(one.n, 19);
	assert_int_equal(two.n, 16);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&two), &got), ERR_CRYPT); /* too early */
	assert_int_equal(noise_unseal(&receive[0], buf_span(&one), &got), ERR_CRYPT); /* its own way back */
	for (size_t i = 0; i < one.n * 8; i++) {
		one.p[i / 8] ^= (uint8_t)(1u << i % 8);
		assert_int_equal(noise_unseal(&receive[1], buf_span(&one), &got), ERR_CRYPT);
		one.p[i / 8] ^= (uint8_t)(1u << i % 8);
	}
	for (size_t n = 0; n < one.n; n++)
		assert_int_equal(noise_unseal(&receive[1], SPAN(one.p, n), &got), n < 16 ? ERR_INVALID : ERR_CRYPT);
	assert_int_equal(got.n, 0);
	assert_true(receive[1].nonce == 0);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&one), &got), OK);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&one), &got), ERR_CRYPT); /* again */
	assert_int_equal(noise_unseal(&receive[1], buf_span(&two), &got), OK);
	assert_true(span_eq(buf_span(&got), SPAN("one", 3)));
	assert_true(send[0].nonce == 2 && receive[1].nonce == 2);
	buf_free(&one);
	buf_free(&two);
	buf_free(&got);
}

static void the_last_nonce_is_never_used(void **state)
{
	struct noise_cipher send[2], receive[2];
	struct buf out = {0}, got = {0};

	(void)state;
	finish_pair(send, receive);
	send[0].nonce = receive[1].nonce = UINT64_MAX - 1;
	assert_int_equal(noise_seal(&send[0], SPAN("x", 1), &out), OK);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&out), &got), OK);
	assert_true(send[0].nonce == UINT64_MAX);
	assert_int_equal(noise_seal(&send[0], SPAN("x", 1), &out), ERR_LIMIT);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&out), &got), ERR_LIMIT);
	assert_int_equal(out.n, 17);
	assert_int_equal(got.n, 1);
	assert_true(send[0].nonce == UINT64_MAX && receive[1].nonce == UINT64_MAX);
	buf_free(&out);
	buf_free(&got);
}

static void transport_limits(void **state)
{
	struct noise_cipher send[2], receive[2];
	uint8_t *big = calloc(1, NOISE_MAX + 1);
	struct buf out = {0}, got = {0};

	(void)state;
	assert_non_null(big);
	finish_pair(send, receive);
	assert_int_equal(noise_seal(&send[0], SPAN(big, NOISE_MAX - NOISE_TAG + 1), &out), ERR_INVALID);
	assert_true(send[0].nonce == 0 && out.n == 0);
	assert_int_equal(noise_seal(&send[0], SPAN(big, NOISE_MAX - NOISE_TAG), &out), OK);
	assert_int_equal(out.n, NOISE_MAX);
	assert_int_equal(noise_unseal(&receive[1], SPAN(big, NOISE_MAX + 1), &got), ERR_INVALID);
	assert_int_equal(noise_unseal(&receive[1], buf_span(&out), &got), OK);
	assert_int_equal(got.n, NOISE_MAX - NOISE_TAG);
	buf_free(&out);
	buf_free(&got);
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(published_vectors), cmocka_unit_test(both_sides_agree), cmocka_unit_test(is_a_function_of_its_inputs),
		cmocka_unit_test(any_flipped_bit_kills), cmocka_unit_test(any_length_but_the_right_one_kills),
		cmocka_unit_test(what_differs_on_the_two_sides_is_seen), cmocka_unit_test(psk_may_come_late_but_must_come),
		cmocka_unit_test(out_of_turn_kills), cmocka_unit_test(low_order_keys_are_refused),
		cmocka_unit_test(a_message_has_65535_bytes_at_most), cmocka_unit_test(opening_needs_what_the_pattern_knows),
		cmocka_unit_test(no_static_or_ephemeral_key_to_write), cmocka_unit_test(transport_keeps_the_order),
		cmocka_unit_test(the_last_nonce_is_never_used), cmocka_unit_test(transport_limits),
	};

	return cmocka_run_group_tests_name("noise", tests, NULL, NULL);
}
