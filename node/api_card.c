/* api_card.c - cards: our own to be shown or handed over as a file, and what stands on somebody else's. */
#include "keys/words.h"
#include "node/api.h"
#include "node/cards.h"

static enum err ours(struct api_call *c)
{
	const struct core_self *me = core_self(c->core);
	char words[WORDS_TEXT];
	words_org(&me->org, words);
	api_set(c->result, "name", me->name);
	api_set_id(c->result, "id", &me->org);
	api_set(c->result, "words", words);
	return OK;
}

/* The words of somebody else are to come from their mouth, not from this screen. */
static enum err theirs(struct api_call *c)
{
	struct card card;
	struct span file;
	enum err e = api_bytes(c, "file", LIMIT_CARD, &file);
	if (e == OK)
		e = card_decode(file, c->arena, &card, &c->why);
	if (e != OK)
		return e;
	json_t *list = json_array();
	for (size_t i = 0; i < card.addresses; i++)
		(void)json_array_append_new(list, json_string(card.address[i]));
	api_set(c->result, "name", card.newest.name);
	api_set_id(c->result, "id", &card.org);
	(void)json_object_set_new(c->result, "kseq", json_integer((json_int_t)card.newest.kseq));
	api_set_time(c->result, "issued", card.newest.issued);
	(void)json_object_set_new(c->result, "addresses", list);
	return OK;
}

static enum err show(struct api_call *c)
{
	return json_object_get(c->args, "file") ? theirs(c) : ours(c);
}

static enum err export(struct api_call *c)
{
	struct card card;
	struct buf file = {0};
	enum err e = cards_own(c->core, c->arena, &card);
	if (e == OK)
		e = card_encode(&card, &file);
	if (e == OK)
		e = api_bytes_set(c, &file);
	buf_free(&file);
	if (e != OK)
		return e;
	api_set_id(c->result, "id", &card.org);
	api_set(c->result, "next", "hand it over by any way; that it is ours they learn by telephone, from the words of: tally card show --words");
	return OK;
}

const struct api_row api_card_rows[] = {
	{"card.show", show, "who we are, for a partner to compare: {name, id, words}; with {file: {hex}} what stands on that card, but not its words"},
	{"card.export", export, "our card as a file: {hex}"},
	{0},
};
