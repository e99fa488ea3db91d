/* kit.c - the recovery kit: a text file that can be printed, read, and typed in again.
 * Under the seal: "tallykt1", org id, kseq u64be, root seed. What the text says outside must agree with it. */
#include "keys/kit.h"

#include <string.h>

#include "keys/vault.h"

#define MAGIC 8
#define BODY (MAGIC + 32 + 8 + 32)
#define FILE_MOST 65536u
#define NAME_MOST 1024u
#define COLUMN 64u
#define HEADING "TALLYSTICK RECOVERY KIT, FORMAT "

static const uint8_t magic[MAGIC] = "tallykt1";

static const char explanation[] =
	"\n"
	"This file can name new keys for the organisation below. You need it when the\n"
	"keys of its node are lost or stolen, or when the time has come to change them.\n"
	"It is sealed: it opens only with the recovery phrase of twelve words that was\n"
	"shown when it was made. Whoever has both can speak for the organisation.\n"
	"\n"
	"What to do with it:\n"
	"- Keep this away from the machine that runs the node: on a USB stick, or on\n"
	"  paper, in a safe. Then delete it on that machine.\n"
	"- Keep the phrase on paper, in another place than this file.\n"
	"- It is good for one change of keys. That change makes a new kit; destroy\n"
	"  this one then.\n"
	"\n";

static enum err add_text(struct buf *out, const char *text)
{
	return buf_add(out, text, strlen(text));
}

static enum err add_line(struct buf *out, const char *label, const char *text)
{
	enum err e = add_text(out, label);

	if (!e)
		e = add_text(out, text);
	return e ? e : add_text(out, "\n");
}

static bool name_valid(const char *name) /* one line, whatever the language */
{
	size_t n = strnlen(name, NAME_MOST + 1);

	for (size_t i = 0; i < n; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return n <= NAME_MOST;
}

static void put_body(uint8_t body[static BODY], const struct kit_input *in)
{
	memcpy(body, magic, MAGIC);
	memcpy(body + MAGIC, in->org.b, 32);
	put_u64be(body + MAGIC + 32, in->kseq);
	memcpy(body + MAGIC + 40, in->root_seed, 32);
}

static void put_number(char text[static 21], uint64_t v)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + v % 10);
	while (v /= 10);
	for (size_t i = 0; i < n; i++)
		text[i] = digits[n - 1 - i];
	text[n] = '\0';
}

static enum err add_head(const struct kit_input *in, struct buf *out)
{
	char hex[65], number[21], words[WORDS_TEXT];
	enum err e;

	hex_encode(hex, in->org.b, 32);
	put_number(number, in->kseq);
	words_org(&in->org, words);
	if ((e = add_line(out, HEADING, "1")) || (e = add_text(out, explanation)) ||
	    (e = add_line(out, "# name: ", in->name ? in->name : "")) || (e = add_line(out, "# its ten words: ", words)))
		return e;
	if ((e = add_line(out, "organisation: ", hex)) || (e = add_line(out, "key statement: ", number)))
		return e;
	return add_text(out, "sealed root key:\n");
}

static enum err add_blob(struct span blob, struct buf *out)
{
	struct buf text = {0};
	enum err e = base32_encode(blob, &text);

	for (size_t i = 0; !e && i < text.n; i += COLUMN) {
		e = buf_add(out, text.p + i, text.n - i < COLUMN ? text.n - i : COLUMN);
		if (!e)
			e = add_text(out, "\n");
	}
	buf_free(&text);
	return e ? e : add_text(out, "end\n");
}

enum err kit_make(const struct kit_input *in, struct buf *file, char phrase[static WORDS_TEXT])
{
	struct buf blob = {0}, text = {0};
	char words[WORDS_TEXT] = {0};
	uint8_t body[BODY];
	enum err e;

	if (in->name && !name_valid(in->name))
		return ERR_INVALID;
	words_encode(in->entropy, KIT_PHRASE_WORDS, words);
	put_body(body, in);
	if ((e = sealed_make(SPAN(body, BODY), words, in->entropy + 17, &blob)) || (e = add_head(in, &text)) ||
	    (e = add_blob(buf_span(&blob), &text)) || (e = buf_add(file, text.p, text.n)))
		goto done;
	memcpy(phrase, words, sizeof words);
done:
	bytes_wipe(body, sizeof body);
	bytes_wipe(words, sizeof words);
	buf_free(&blob);
	buf_free(&text);
	return e;
}

/* ---- reading ---- */

struct parts {
	bool has_org, has_kseq, has_blob;
	struct id org;
	uint64_t kseq;
	struct buf text; /* base32 */
};

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* The next line without the blanks around it: a kit may have been through an editor or a scanner. */
static struct span next_line(struct span *rest)
{
	const uint8_t *nl = memchr(rest->p, '\n', rest->n);
	size_t n = nl ? (size_t)(nl - rest->p) : rest->n;
	struct span line = SPAN(rest->p, n);

	*rest = SPAN(rest->p + n + (nl ? 1 : 0), rest->n - n - (nl ? 1 : 0));
	while (line.n && is_blank(line.p[line.n - 1]))
		line.n--;
	while (line.n && is_blank(line.p[0]))
		line = SPAN(line.p + 1, line.n - 1);
	return line;
}

static bool take_label(struct span *line, const char *label)
{
	size_t n = strlen(label);

	if (line->n < n || memcmp(line->p, label, n) != 0)
		return false;
	*line = SPAN(line->p + n, line->n - n);
	while (line->n && is_blank(line->p[0]))
		*line = SPAN(line->p + 1, line->n - 1);
	return true;
}

static enum err read_number(struct span text, uint64_t *out)
{
	uint64_t v = 0, digit;

	if (text.n == 0 || (text.p[0] == '0' && text.n > 1))
		return ERR_INVALID;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return ERR_INVALID;
		digit = (uint64_t)text.p[i] - '0';
		if (v > (UINT64_MAX - digit) / 10)
			return ERR_INVALID;
		v = v * 10 + digit;
	}
	*out = v;
	return OK;
}

static enum err read_org(struct span text, struct id *out)
{
	return text.n == 64 ? hex_decode((const char *)text.p, text.n, out->b) : ERR_INVALID;
}

static enum err read_blob(struct span *rest, struct parts *p)
{
	struct span line;
	enum err e;

	while (rest->n) {
		line = next_line(rest);
		if (span_eq(line, SPAN("end", 3))) {
			p->has_blob = true;
			return OK;
		}
		e = buf_add(&p->text, line.p, line.n);
		if (e)
			return e;
	}
	return ERR_INVALID;
}

static enum err read_line(struct span line, struct span *rest, struct parts *p)
{
	enum err e = OK;

	if (take_label(&line, "organisation:")) {
		e = p->has_org ? ERR_INVALID : read_org(line, &p->org);
		p->has_org = true;
	} else if (take_label(&line, "key statement:")) {
		e = p->has_kseq ? ERR_INVALID : read_number(line, &p->kseq);
		p->has_kseq = true;
	} else if (take_label(&line, "sealed root key:")) {
		e = p->has_blob || line.n ? ERR_INVALID : read_blob(rest, p);
	}
	return e;
}

/* Lines it does not know are prose. */
static enum err read_parts(struct span file, struct parts *p)
{
	struct span line;
	enum err e = OK;

	if (file.n > FILE_MOST)
		return ERR_LIMIT;
	line = file.n ? next_line(&file) : file;
	if (!take_label(&line, HEADING))
		return ERR_INVALID;
	if (!span_eq(line, SPAN("1", 1)))
		return ERR_VERSION;
	while (!e && file.n)
		e = read_line(next_line(&file), &file, p);
	if (e)
		return e;
	return p->has_org && p->has_kseq && p->has_blob ? OK : ERR_INVALID;
}

/* What is outside the seal is there to be read by people; it must not tell them anything else than what the seal covers. */
static enum err check_body(struct span body, const struct parts *p)
{
	if (body.n != BODY || memcmp(body.p, magic, MAGIC) != 0)
		return ERR_INVALID;
	if (memcmp(body.p + MAGIC, p->org.b, 32) != 0 || get_u64be(body.p + MAGIC + 32) != p->kseq)
		return ERR_CRYPT;
	return OK;
}

enum err kit_open(struct span file, const char *phrase, struct kit_input *out)
{
	struct buf blob = {0}, body = {0};
	char words[WORDS_TEXT];
	struct parts p = {0};
	size_t bad;
	enum err e;

	if ((e = read_parts(file, &p)) || (e = base32_decode(buf_span(&p.text), &blob)) ||
	    (e = words_normal(phrase, KIT_PHRASE_WORDS, words, &bad)) || (e = sealed_open(buf_span(&blob), words, &body)) ||
	    (e = check_body(buf_span(&body), &p)))
		goto done;
	*out = (struct kit_input){.org = p.org, .kseq = p.kseq};
	memcpy(out->root_seed, body.p + MAGIC + 40, 32);
done:
	bytes_wipe(words, sizeof words);
	buf_free(&p.text);
	buf_free(&blob);
	buf_free(&body);
	return e;
}
