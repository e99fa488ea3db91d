/* words.c - bits to words that are read out over the telephone, and typed words back to their one spelling. */
#include "keys/words.h"

#include <sodium.h>
#include <string.h>

#include "keys/hash.h"

#define BITS 11
#define CUT 4     /* as many letters tell any two words of the list apart */
#define LONGEST 8 /* letters */
#define MOST (WORDS_TEXT / (LONGEST + 1)) /* words that always fit: each brings a blank or the NUL */

static size_t take_bits(const uint8_t *bits, size_t at)
{
	size_t v = 0;

	for (size_t i = at; i < at + BITS; i++)
		v = v << 1 | ((size_t)bits[i / 8] >> (7 - i % 8) & 1);
	return v;
}

static char *put_word(char *to, size_t index)
{
	size_t n = strlen(words_list[index]);

	memcpy(to, words_list[index], n);
	to[n] = ' ';
	return to + n + 1;
}

void words_encode(const uint8_t *bits, size_t words, char out[static WORDS_TEXT])
{
	char *to = out;

	for (size_t i = 0; i < words && i < MOST; i++)
		to = put_word(to, take_bits(bits, i * BITS));
	out[to == out ? 0 : to - out - 1] = '\0';
}

static void encode_hash(const char *person, struct span in, char out[static WORDS_TEXT])
{
	struct id h;

	hash_one(&h, person, in);
	words_encode(h.b, WORDS_ORG, out);
}

void words_org(const struct id *org, char out[static WORDS_TEXT])
{
	encode_hash("tally.words.v1", ID_SPAN(org), out);
}

void words_statement(struct span payload, char out[static WORDS_TEXT])
{
	encode_hash("tally.stmt.v1", payload, out);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_gap(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == ',' || c == '-';
}

static size_t skip_digits(const char *s)
{
	size_t n = 0;

	while (is_digit(s[n]))
		n++;
	return n;
}

/* The next word from *at on, and *at moved behind it. Empty at the end of the text. A number is skipped only with its dot:
 * bare digits are more likely a slip in a word, and are refused as one. */
static struct span next_word(const char **at)
{
	const char *s = *at;
	size_t n = 0;

	for (;;) {
		while (is_gap(*s))
			s++;
		n = skip_digits(s);
		if (n == 0 || s[n] != '.')
			break;
		s += n + 1;
	}
	for (n = 0; s[n] != '\0' && !is_gap(s[n]); n++)
		;
	*at = s + n;
	while (n > 1 && strchr(".;:!?", s[n - 1])) /* how a sentence ends */
		n--;
	return SPAN(s, n);
}

/* The letters beyond the fourth need not be there, but those that are must be right: that catches "lettuce" for "letter". */
static bool find_word(struct span typed, size_t *index)
{
	char w[LONGEST + 1] = {0};
	size_t low = 0, high = WORDS_COUNT, mid;
	bool found = false;
	int cmp;

	if (typed.n > LONGEST)
		return false;
	for (size_t i = 0; i < typed.n; i++) /* not tolower(), which asks the locale */
		w[i] = (char)(typed.p[i] >= 'A' && typed.p[i] <= 'Z' ? typed.p[i] - 'A' + 'a' : typed.p[i]);
	while (low < high && !found) {
		mid = low + (high - low) / 2;
		cmp = strncmp(w, words_list[mid], CUT);
		if (cmp == 0) {
			found = true;
			*index = mid;
		} else if (cmp < 0) {
			high = mid;
		} else {
			low = mid + 1;
		}
	}
	if (found)
		found = strncmp(w, words_list[*index], typed.n) == 0;
	sodium_memzero(w, sizeof w);
	return found;
}

enum err words_normal(const char *typed, size_t words, char out[static WORDS_TEXT], size_t *bad)
{
	size_t index[MOST], count = 0;
	enum err e = ERR_INVALID;
	struct span w;
	char *to = out;

	*bad = 0;
	if (words == 0 || words > MOST)
		return ERR_INVALID;
	while ((w = next_word(&typed)).n != 0) {
		if (count == words)
			goto done;
		if (!find_word(w, &index[count++])) {
			*bad = count;
			goto done;
		}
	}
	if (count != words)
		goto done;
	for (size_t i = 0; i < count; i++)
		to = put_word(to, index[i]);
	to[-1] = '\0';
	e = OK;
done:
	sodium_memzero(index, sizeof index); /* the words may be a recovery phrase */
	return e;
}
