/* What we read and learnt ourselves: what commodity suppliers and prospects publish, and who of us was made aware of what. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "node/chain.h"
#include "node/report.h"
#include "node/view_ask.h"
#include "node/view_requirement.h"
#include "proto/vocab.h"

#define SOON_DAYS 60
#define UNSURE 50 /* confidence below this is told */

/* ---- what is published ---- */

struct reading { /* of one supplier */
	const struct value *const *row;
	size_t n;
};

struct readings { /* of all, by supplier */
	const struct value **row;
	size_t n;
	const struct seen *set; /* our newest that stands; NULL: none */
};

static int by_supplier(const void *a, const void *b)
{
	struct span x = {0}, y = {0};
	size_t n;
	int order;

	(void)fields_str(published_fields, *(const struct value *const *)a, "supplier", &x);
	(void)fields_str(published_fields, *(const struct value *const *)b, "supplier", &y);
	n = x.n < y.n ? x.n : y.n;
	order = n ? memcmp(x.p, y.p, n) : 0;
	return order ? order : (x.n > y.n) - (x.n < y.n);
}

static enum err read_all(struct view *v, struct readings *out)
{
	size_t n = 0, cap = 0;
	struct seens sets;
	struct walk w;
	enum err e = view_kind(v, KIND_REQUIREMENT_SET, &sets);

	*out = (struct readings){0};
	for (size_t i = 0; e == OK && i < sets.n; i++)
		out->set = sets.p[i]->mine && view_active(sets.p[i]) ? sets.p[i] : out->set;
	if (e == OK)
		e = locals_walk(v->t, &local_published, &w);
	if (e != OK)
		return e;
	while (e == OK && walk_next(&w)) {
		if (n == cap) {
			const struct value **more = arena_alloc(v->a, (cap = 2 * cap + 64) * sizeof *more);

			if (!more) {
				e = ERR_MEMORY;
				break;
			}
			if (n)
				memcpy(more, out->row, n * sizeof *more);
			out->row = more;
		}
		e = rows_value(w.value, v->a, &out->row[n++]);
	}
	if ((e = walk_close(&w, e)) != OK)
		return e;
	if (n > 1)
		qsort(out->row, n, sizeof *out->row, by_supplier);
	out->n = n;
	return OK;
}

static struct reading about(const struct readings *all, const char *supplier)
{
	size_t low = 0, high = all->n, end;
	struct span name;

	while (low < high) {
		size_t mid = low + (high - low) / 2, n = strlen(supplier);
		bool there = fields_str(published_fields, all->row[mid], "supplier", &name);
		int order = there ? memcmp(name.p, supplier, name.n < n ? name.n : n) : -1;

		if (order < 0 || (order == 0 && there && name.n < n))
			low = mid + 1;
		else
			high = mid;
	}
	for (end = low; end < all->n && fields_str(published_fields, all->row[end], "supplier", &name) && span_eq(name, SPAN(supplier, strlen(supplier)));)
		end++;
	return (struct reading){all->row + low, end - low};
}

static bool answers(const struct reading *r, struct span rid)
{
	const struct field *f = fields_find(published_fields, "answers");
	struct span text;

	for (size_t i = 0; i < r->n; i++) {
		const struct value *list = value_at(r->row[i], f->key);

		for (size_t k = 0; k < value_count(list); k++)
			if (fields_str(f->group, value_item(list, k), "requirement", &text) && span_eq(text, rid))
				return true;
	}
	return false;
}

/* Requirements of our newest set that nothing published answers. */
static enum err unanswered(const struct seen *set, const struct reading *r, json_t *o)
{
	json_t *missing = json_array();
	size_t asked = 0;
	const struct value *all = set ? fields_get(set->kind->fields, set->r.body, "requirements") : NULL;
	for (; asked < value_count(all); asked++) {
		struct span rid = {0};

		(void)fields_str(view_requirement_group(), value_item(all, asked), "rid", &rid);
		if (rid.n && !answers(r, rid))
			(void)json_array_append_new(missing, json_stringn((const char *)rid.p, rid.n));
	}
	(void)json_object_set_new(o, "answered", json_integer((json_int_t)(asked - json_array_size(missing))));
	(void)json_object_set_new(o, "unanswered", json_integer((json_int_t)json_array_size(missing)));
	if (json_object_set_new(o, "missing", missing) != 0)
		return ERR_MEMORY;
	return set ? report_why(o, &set->id) : OK;
}

static enum err published_line(struct view *v, const struct readings *all, const struct chain_supplier *s, json_t *items)
{
	const struct reading r = about(all, s->name);
	int64_t sure = 101, due = INT64_MAX, i, today = view_ask_today(v);
	char state[80];
	json_t *o = json_object();
	enum err e = OK;

	view_put(o, "who", s->name);
	view_put(o, "type", view_word(supplier_fields, s->row, "type"));
	view_put(o, "standing", view_word(supplier_fields, s->row, "state"));
	(void)json_object_set_new(o, "read", json_integer((json_int_t)r.n));
	for (size_t k = 0; e == OK && k < r.n; k++) {
		if (fields_int(published_fields, r.row[k], "confidence", &i) && i < sure) {
			sure = i;
			view_put(o, "confidence_reason", view_text(v, published_fields, r.row[k], "confidence_reason"));
			view_put(o, "assurance", view_word(published_fields, r.row[k], "assurance"));
		}
		due = fields_int(published_fields, r.row[k], "review_due", &i) && i < due ? i : due;
		e = report_why_row(o, "published", view_text(v, published_fields, r.row[k], "name"));
	}
	if (sure <= 100)
		(void)json_object_set_new(o, "confidence", json_integer(sure));
	view_put_date(o, "review_due", due == INT64_MAX ? 0 : due);
	(void)snprintf(state, sizeof state, "%s", r.n == 0 ? "nothing read yet" : due < today ? "to be read again" : sure > 100 ? "confidence not stated"
	               : sure < UNSURE ? "not sure enough" : "read");
	view_put(o, "state", state);
	if (e == OK)
		e = unanswered(all->set, &r, o);
	if (e == OK)
		e = report_why_row(o, "supplier", s->name);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static int by_priority(const void *a, const void *b)
{
	const struct chain_supplier *x = a, *y = b;

	return x->priority != y->priority ? (x->priority > y->priority) - (x->priority < y->priority) : strcmp(x->name, y->name);
}

/* Those who answer no questions: commodity suppliers and communities; and whoever we only think of buying from. */
static bool is_read(const struct chain_supplier *s)
{
	const char *type = view_word(supplier_fields, s->row, "type");

	return s->state != SUPPLIER_FORMER && (strcmp(type, "commodity") == 0 || strcmp(type, "community-project") == 0 || s->state == SUPPLIER_PROSPECT);
}

static enum err published(struct api_call *call, struct view *v, json_t *items)
{
	struct readings all;
	struct chain c;
	enum err e = chain_read(v, &c);

	(void)call;
	if (e == OK)
		e = read_all(v, &all);
	if (e == OK && c.suppliers)
		qsort(c.supplier, c.suppliers, sizeof *c.supplier, by_priority);
	for (size_t i = 0; e == OK && i < c.suppliers; i++)
		if (is_read(&c.supplier[i]))
			e = published_line(v, &all, &c.supplier[i], items);
	return e;
}

const struct report report_read_published = {
	.name = "published", .title = "commodity suppliers, communities and prospects: what was read, what it leaves open, and how sure we are",
	.seed = "U4 U5 E4 E6", .fn = published,
	.leaves_out = "suppliers that answer questions themselves; requirements of other sets than our newest; whether what is published is true",
};

/* ---- awareness ---- */

static enum err awareness(struct api_call *c, struct view *v, json_t *items)
{
	const struct field *f = awareness_fields;
	int64_t today = view_ask_today(v);
	struct walk w;
	enum err e = locals_walk(v->t, &local_awareness, &w);

	(void)c;
	while (e == OK && walk_next(&w)) {
		const struct value *row;
		int64_t expires, absent = 0;
		const char *state;
		json_t *o;

		if ((e = rows_value(w.value, v->a, &row)) != OK)
			break;
		expires = view_int(f, row, "expires");
		(void)fields_int(f, row, "absent", &absent);
		state = expires && expires < today ? "expired" : expires && expires - today <= SOON_DAYS ? "expires soon" : absent ? "some were absent" : "";
		if (!*state)
			continue;
		o = json_object();
		view_put(o, "role", view_text(v, f, row, "role"));
		view_put(o, "topic", view_text(v, f, row, "topic"));
		view_put(o, "form", view_word(f, row, "form"));
		view_put_date(o, "date", view_int(f, row, "date"));
		view_put_date(o, "expires", expires);
		(void)json_object_set_new(o, "absent", json_integer(absent));
		view_put(o, "state", state);
		e = report_why_row(o, "awareness", view_text(v, f, row, "name"));
		if (json_array_append_new(items, o) != 0)
			e = ERR_MEMORY;
	}
	return walk_close(&w, e);
}

const struct report report_read_awareness = {
	.name = "awareness", .title = "who of us has to learn about the security of suppliers again, and who was absent", .seed = "E3", .fn = awareness,
	.leaves_out = "what holds for longer than 60 days with nobody absent; roles of whom nothing is written down",
};
