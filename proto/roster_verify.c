/* roster_verify.c - events as they are signed, and the rule that decides: a majority of those who were convenors before. */
#include <string.h>

#include "proto/roster.h"

struct value *roster_event_value(struct arena *a, const struct roster_event *ev)
{
	struct value *map = value_map(a), *list = value_array(a);

	for (size_t i = 0; i < ev->signatures; i++) {
		struct value *one = value_map(a);

		value_set(a, one, 0, value_id(a, &ev->by[i].org));
		value_set(a, one, 1, value_int(a, (int64_t)ev->by[i].kseq));
		value_set(a, one, 2, value_bin(a, SPAN(ev->by[i].sig, SIGN_LEN)));
		value_push(a, list, one);
	}
	value_set(a, map, 0, value_bin(a, ev->payload));
	value_set(a, map, 1, list);
	return map;
}

enum err roster_event_read(const struct value *v, struct roster_event *out)
{
	struct complaint why;
	const struct value *list = value_at(v, 1);
	enum err err = v && v->type == VALUE_MAP ? fields_check(roster_event_fields, v, &why) : ERR_SHAPE;

	if (err != OK)
		return err;
	value_is_bin(value_at(v, 0), &out->payload);
	out->signatures = value_count(list);
	for (size_t i = 0; i < out->signatures; i++) {
		const struct value *one = value_item(list, i);
		struct span sig = {NULL, 0};
		int64_t kseq = 0;

		value_is_id(value_at(one, 0), &out->by[i].org);
		value_is_int(value_at(one, 1), &kseq);
		value_is_bin(value_at(one, 2), &sig);
		if (sig.n != SIGN_LEN || (i && id_cmp(&out->by[i - 1].org, &out->by[i].org) >= 0))
			return ERR_INVALID;
		out->by[i].kseq = (uint64_t)kseq;
		memcpy(out->by[i].sig, sig.p, SIGN_LEN);
	}
	return OK;
}

/* ---- does it continue what was before ---- */

/* The event that brought a member in stays with it; who comes new is new by this event. */
static bool since_holds(const struct roster_member *m, const struct roster *r, const struct roster *before, size_t befores)
{
	uint64_t since = r->rseq;

	for (size_t i = 0; i < befores; i++) {
		const struct roster_member *was = roster_member(&before[i], &m->org);

		if (was && was->since < since)
			since = was->since;
	}
	return m->since == since;
}

/* Whoever was a member and is none is named as removed, and nobody else. */
static bool removals_hold(const struct roster *r, const struct roster *before, size_t befores)
{
	size_t gone = 0;

	for (size_t i = 0; i < befores; i++)
		for (size_t j = 0; j < before[i].members; j++) {
			const struct id *org = &before[i].member[j].org;
			bool counted = false;

			if (roster_member(r, org))
				continue;
			if (!roster_removal(r, org))
				return false;
			for (size_t k = 0; k < i; k++)
				counted = counted || roster_member(&before[k], org);
			gone += !counted;
		}
	return gone == r->removals;
}

static enum err continues(const struct roster *r, const struct roster *before, size_t befores)
{
	uint64_t rseq = 0;
	bool fresh = true, kept = false;

	if (befores != r->prevs)
		return ERR_CONFLICT;
	for (size_t i = 0; i < befores; i++) {
		rseq = before[i].rseq + 1 > rseq ? before[i].rseq + 1 : rseq;
		fresh = fresh && !id_eq(&before[i].tag, &r->tag);
		kept = kept || id_eq(&before[i].tag, &r->tag);
	}
	/* Somebody who is gone must not go on knowing the secret; else it stays. */
	bool renewed = befores != 1 || r->removals;
	if (r->rseq != rseq || (renewed ? !fresh : !kept) || !removals_hold(r, before, befores))
		return ERR_CONFLICT;
	for (size_t i = 0; i < r->members; i++)
		if (!since_holds(&r->member[i], r, before, befores))
			return ERR_CONFLICT;
	return OK;
}

/* ---- is it decided ---- */

static uint64_t signed_by(const struct roster_event *ev, const struct roster *convenors)
{
	uint64_t n = 0;

	for (size_t i = 0; i < ev->signatures; i++)
		n += roster_convenor(convenors, &ev->by[i].org);
	return n;
}

static bool same_rule(const struct roster *x, const struct roster *y)
{
	if (x->threshold != y->threshold || x->convenors != y->convenors)
		return false;
	for (size_t i = 0; i < x->convenors; i++)
		if (!id_eq(&x->convenor[i], &y->convenor[i]))
			return false;
	return true;
}

static enum err decided(const struct roster_event *ev, const struct roster *r, const struct roster *before, size_t befores)
{
	bool changed = befores == 0;

	for (size_t i = 0; i < befores; i++) {
		if (signed_by(ev, &before[i]) < before[i].threshold)
			return ERR_PENDING;
		changed = changed || !same_rule(r, &before[i]);
	}
	return changed && signed_by(ev, r) < r->threshold ? ERR_PENDING : OK;
}

static bool may_sign(const struct id *org, const struct roster *r, const struct roster *before, size_t befores)
{
	bool may = roster_convenor(r, org);

	for (size_t i = 0; i < befores; i++)
		may = may || roster_convenor(&before[i], org);
	return may;
}

enum err roster_verify(const struct roster_event *ev, const struct roster *r, const struct roster *before, size_t befores,
                       const struct roster_keys *keys)
{
	enum err err = continues(r, before, befores);

	for (size_t i = 0; i < ev->signatures && err == OK; i++) {
		const struct roster_signature *by = &ev->by[i];
		uint8_t pk[SIGN_PK];

		if (!may_sign(&by->org, r, before, befores))
			return ERR_SIGNATURE;
		err = keys->find(keys->ctx, &by->org, by->kseq, pk);
		if (err == OK)
			err = sign_check(SIGN_ROSTER, ev->payload, pk, by->sig);
	}
	return err == OK ? decided(ev, r, before, befores) : err;
}
