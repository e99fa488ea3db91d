/* Padded frames: what goes in comes out, in frames whose length says little, and nothing that is not exactly a frame is taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "proto/frames.h"

#define PAD 256u

struct pair {
	struct frames a, b;
	struct buf wire;
};

static int open_pair(void **state)
{
	struct pair *p = calloc(1, sizeof *p);

	assert_non_null(p);
	memset(p->a.tx.key, 1, 32);
	memset(p->b.rx.key, 1, 32);
	*state = p;
	return 0;
}

static int close_pair(void **state)
{
	struct pair *p = *state;

	frames_free(&p->a);
	frames_free(&p->b);
	buf_free(&p->wire);
	free(p);
	return 0;
}

static uint8_t *bytes(size_t n)
{
	uint8_t *p = malloc(n ? n : 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 + (i >> 8));
	return p;
}

/* Reads all of the wire; how many frames the message took. */
static size_t take_message(struct pair *p)
{
	size_t at = 0, frames = 0, used;
	bool last = false;

	while (!last) {
		assert_int_equal(frames_take(&p->b, SPAN(p->wire.p + at, p->wire.n - at), &used, &last), OK);
		assert_true(used > 0);
		assert_int_equal((used - FRAMES_HEAD - NOISE_TAG) % PAD, 0);
		at += used;
		frames++;
	}
	assert_int_equal(at, p->wire.n);
	return frames;
}

static void through(struct pair *p, size_t n, size_t frames)
{
	uint8_t *in = bytes(n);

	buf_clear(&p->wire);
	assert_int_equal(frames_send(&p->a, SPAN(in, n), &p->wire), OK);
	assert_int_equal(take_message(p), frames);
	assert_int_equal(p->b.message.n, n);
	if (n)
		assert_memory_equal(p->b.message.p, in, n);
	frames_next(&p->b);
	assert_int_equal(p->b.message.n, 0);
	free(in);
}

static void every_size_comes_through(void **state)
{
	struct pair *p = *state;

	through(p, 0, 1);
	through(p, 1, 1);
	through(p, PAD - 3, 1);
	through(p, PAD - 2, 1);
	through(p, FRAMES_DATA, 1);
	through(p, FRAMES_DATA + 1, 2);
	through(p, 2 * FRAMES_DATA, 2);
	through(p, LIMIT_MESSAGE, (LIMIT_MESSAGE + FRAMES_DATA - 1) / FRAMES_DATA);
}

static void sizes_are_hidden_up_to_the_padding(void **state)
{
	struct pair *p = *state;
	uint8_t *in = bytes(PAD);

	assert_int_equal(frames_send(&p->a, SPAN(in, 0), &p->wire), OK);
	assert_int_equal(p->wire.n, FRAMES_HEAD + PAD + NOISE_TAG);
	buf_clear(&p->wire);
	assert_int_equal(frames_send(&p->a, SPAN(in, PAD - 3), &p->wire), OK);
	assert_int_equal(p->wire.n, FRAMES_HEAD + PAD + NOISE_TAG);
	buf_clear(&p->wire);
	assert_int_equal(frames_send(&p->a, SPAN(in, PAD - 2), &p->wire), OK);
	assert_int_equal(p->wire.n, FRAMES_HEAD + 2 * PAD + NOISE_TAG);
	free(in);
}

static void one_byte_over_the_limit_is_not_sent(void **state)
{
	struct pair *p = *state;
	uint8_t *in = bytes(LIMIT_MESSAGE + 1);

	assert_int_equal(frames_send(&p->a, SPAN(in, LIMIT_MESSAGE + 1), &p->wire), ERR_LIMIT);
	assert_int_equal(p->wire.n, 0);
	through(p, 5, 1); /* and the session goes on */
	free(in);
}

static void one_byte_over_the_limit_is_not_read(void **state)
{
	struct pair *p = *state;
	uint8_t *room;
	size_t used;
	bool last = false;

	through(p, 1, 1);
	assert_int_equal(buf_room(&p->b.message, LIMIT_MESSAGE, &room), OK);
	memset(room, 0, LIMIT_MESSAGE);
	buf_clear(&p->wire);
	assert_int_equal(frames_send(&p->a, SPAN("x", 1), &p->wire), OK);
	assert_int_equal(frames_take(&p->b, buf_span(&p->wire), &used, &last), ERR_LIMIT);
}

static void an_unfinished_frame_waits(void **state)
{
	struct pair *p = *state;
	size_t used;
	bool last = false;

	assert_int_equal(frames_send(&p->a, SPAN("hello", 5), &p->wire), OK);
	for (size_t n = 0; n < p->wire.n; n++) {
		assert_int_equal(frames_take(&p->b, SPAN(p->wire.p, n), &used, &last), OK);
		assert_int_equal(used, 0);
		assert_false(last);
	}
	assert_int_equal(take_message(p), 1);
}

static void any_changed_bit_ends_it(void **state)
{
	struct pair *p = *state;

	assert_int_equal(frames_send(&p->a, SPAN("hello", 5), &p->wire), OK);
	for (size_t bit = 8 * FRAMES_HEAD; bit < 8 * p->wire.n; bit++) {
		size_t used;
		bool last = false;

		p->wire.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(frames_take(&p->b, buf_span(&p->wire), &used, &last), ERR_CRYPT);
		assert_int_equal(used, 0);
		p->wire.p[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	assert_int_equal(take_message(p), 1);
}

static void odd_lengths_are_refused_before_they_arrive(void **state)
{
	struct pair *p = *state;
	static const uint16_t odd[] = {0, 1, NOISE_TAG, PAD, PAD + NOISE_TAG - 1, PAD + NOISE_TAG + 1, 65535};

	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
		uint8_t head[2];
		size_t used;
		bool last = false;

		put_u16be(head, odd[i]);
		assert_int_equal(frames_take(&p->b, SPAN(head, 2), &used, &last), ERR_SHAPE);
	}
}

/* A partner that has the key but not the manners. */
static enum err crafted(struct pair *p, uint16_t length, uint8_t flag, uint8_t padding)
{
	uint8_t plain[PAD] = {0}, head[FRAMES_HEAD];
	size_t used;
	bool last = false;

	put_u16be(plain, length);
	plain[2] = flag;
	plain[PAD - 1] = padding;
	put_u16be(head, PAD + NOISE_TAG);
	buf_clear(&p->wire);
	assert_int_equal(buf_add(&p->wire, head, sizeof head), OK);
	assert_int_equal(noise_seal(&p->a.tx, SPAN(plain, PAD), &p->wire), OK);
	return frames_take(&p->b, buf_span(&p->wire), &used, &last);
}

static void bad_plaintexts_are_refused(void **state)
{
	struct pair *p = *state;

	assert_int_equal(crafted(p, 5, 1, 0), OK);
	assert_int_equal(crafted(p, 5, 2, 0), ERR_SHAPE);
	assert_int_equal(crafted(p, 5, 255, 0), ERR_SHAPE);
	assert_int_equal(crafted(p, PAD - 3, 1, 7), OK); /* its last byte is data */
	assert_int_equal(crafted(p, PAD - 4, 1, 7), ERR_SHAPE);
	assert_int_equal(crafted(p, PAD - 2, 1, 0), ERR_SHAPE);
	assert_int_equal(crafted(p, 65535, 1, 0), ERR_SHAPE);
	assert_int_equal(crafted(p, 0, 0, 0), ERR_SHAPE); /* no end and no progress */
	assert_int_equal(crafted(p, 0, 1, 0), OK);
}

static void a_frame_again_or_out_of_order_is_refused(void **state)
{
	struct pair *p = *state;
	struct buf second = {0};
	size_t used;
	bool last = false;

	assert_int_equal(frames_send(&p->a, SPAN("one", 3), &p->wire), OK);
	assert_int_equal(frames_send(&p->a, SPAN("two", 3), &second), OK);
	assert_int_equal(frames_take(&p->b, buf_span(&second), &used, &last), ERR_CRYPT);
	assert_int_equal(frames_take(&p->b, buf_span(&p->wire), &used, &last), OK);
	frames_next(&p->b);
	assert_int_equal(frames_take(&p->b, buf_span(&p->wire), &used, &last), ERR_CRYPT);
	buf_free(&second);
}

#define WITH_PAIR(f) cmocka_unit_test_setup_teardown(f, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_PAIR(every_size_comes_through),
		WITH_PAIR(sizes_are_hidden_up_to_the_padding),
		WITH_PAIR(one_byte_over_the_limit_is_not_sent),
		WITH_PAIR(one_byte_over_the_limit_is_not_read),
		WITH_PAIR(an_unfinished_frame_waits),
		WITH_PAIR(any_changed_bit_ends_it),
		WITH_PAIR(odd_lengths_are_refused_before_they_arrive),
		WITH_PAIR(bad_plaintexts_are_refused),
		WITH_PAIR(a_frame_again_or_out_of_order_is_refused),
	};

	return cmocka_run_group_tests_name("frames", tests, NULL, NULL);
}
