#include "node/view_subcontract.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "node/view_ask.h"
#include "node/view_contract.h"
#include "node/view_record.h"
#include "proto/when.h"
#include "store/locals.h"

static const struct field *disclosure(void)
{
	return kind_by_number(KIND_SUBCONTRACTOR_DISCLOSURE)->fields;
}

static const struct field *request(void)
{
	return kind_by_number(KIND_SUBCONTRACTING_REQUEST)->fields;
}

const struct field *view_subcontract_items(void)
{
	return fields_find(disclosure(), "items")->group;
}

/* ---- what holds ---- */

/* The contract it names, by id or by its reference; between its author and one who has it. */
static enum err find_contract(struct view *v, const struct seen *s, struct contract *out, bool *found)
{
	const char *reference = view_text(v, s->kind->fields, s->r.body, "reference");
	struct contract *all;
	struct seen *named;
	struct id id;
	size_t n;
	enum err e;

	*found = false;
	if (fields_id(s->kind->fields, s->r.body, "contract", &id)) {
		e = view_find(v, &id, &named);
		if (e == OK)
			e = view_contract_of(v, named, out);
		*found = e == OK;
		return e == ERR_NOT_FOUND ? OK : e;
	}
	if (!*reference)
		return OK;
	if ((e = view_contract_all(v, &all, &n)) != OK)
		return e;
	for (size_t i = 0; i < n; i++) {
		const struct seen *x = all[i].force ? all[i].force : all[i].first;

		if (!id_eq(&all[i].supplier, &s->r.author) || strcmp(view_text(v, x->kind->fields, x->r.body, "reference"), reference) != 0)
			continue;
		*out = all[i];
		*found = true;
	}
	return OK;
}

static enum err read_terms(struct view *v, const char *supplier, struct subcontract_terms *out)
{
	struct walk w;
	enum err e = locals_walk(v->t, &local_terms, &w);

	while (e == OK && walk_next(&w)) {
		const struct value *row;
		int64_t mode = 0;

		e = rows_value(w.value, v->a, &row);
		if (e != OK || strcmp(view_text(v, terms_fields, row, "supplier"), supplier) != 0)
			continue;
		(void)fields_int(terms_fields, row, "subcontracting", &mode);
		if (!mode)
			continue;
		out->mode = (enum subcontract_mode)mode;
		out->terms = view_text(v, terms_fields, row, "name");
		out->data_classes = fields_get(terms_fields, row, "data_classes");
		out->countries = fields_get(terms_fields, row, "countries");
	}
	return walk_close(&w, e);
}

enum err view_subcontract_terms(struct view *v, const struct seen *s, const char *supplier, struct subcontract_terms *out)
{
	struct contract c;
	bool found;
	enum err e = find_contract(v, s, &c, &found);

	*out = (struct subcontract_terms){.terms = ""};
	if (e != OK)
		return e;
	if (!found || !c.force)
		return supplier ? read_terms(v, supplier, out) : OK;
	const struct field *f = c.force->kind->fields, *g = fields_find(f, "clauses")->group;
	out->contract = c.force;
	out->mode = (enum subcontract_mode)view_int(g, fields_get(f, c.force->r.body, "clauses"), "subcontracting");
	out->data_classes = fields_get(f, c.force->r.body, "data_classes");
	out->countries = fields_get(f, c.force->r.body, "countries");
	return OK;
}

/* ---- requests ---- */

enum request_state { REQUEST_OPEN, REQUEST_GRANTED, REQUEST_REFUSED, REQUEST_LAPSED };

struct request {
	const struct seen *of, *decided; /* decided: the reply; NULL: none */
	enum request_state state;
	int64_t until; /* day; 0: no end */
};

static enum err read_request(struct view *v, const struct seen *s, struct request *out)
{
	struct seens replies;
	enum err e = view_about(v, &s->id, KIND_REPLY, &replies);

	*out = (struct request){.of = s};
	for (size_t i = 0; e == OK && i < replies.n; i++) {
		const struct seen *r = replies.p[i];
		const char *word = view_active(r) ? view_word(r->kind->fields, r->r.body, "decision") : "";

		if (id_eq(&r->r.author, &s->r.author) || (strcmp(word, "granted") != 0 && strcmp(word, "refused") != 0))
			continue;
		out->decided = r;
		out->state = strcmp(word, "granted") == 0 ? REQUEST_GRANTED : REQUEST_REFUSED;
		out->until = out->state == REQUEST_GRANTED ? view_int(r->kind->fields, r->r.body, "until") : 0;
	}
	if (out->until && out->until < view_ask_today(v))
		out->state = REQUEST_LAPSED;
	return e;
}

static const char *state_word(const struct request *r)
{
	switch (r->state) {
	case REQUEST_OPEN:
		return "not decided";
	case REQUEST_GRANTED:
		return "granted";
	case REQUEST_REFUSED:
		return "refused";
	case REQUEST_LAPSED:
		return "lapsed";
	}
	return "";
}

/* Letters in any case; blanks at the ends, or several where one would do, make no other name. */
static bool same_name(const char *a, const char *b)
{
	for (;;) {
		size_t i = strspn(a, " "), k = strspn(b, " ");

		a += i;
		b += k;
		if (!*a || !*b)
			return !*a && !*b;
		if (!i != !k || strncasecmp(a, b, 1) != 0)
			return false;
		a++;
		b++;
	}
}

/* The request of this author for this subcontractor that stands best: granted before open, open before refused. */
static enum err find_request(struct view *v, const struct seen *s, const char *name, struct request *out)
{
	static const int rank[] = {[REQUEST_GRANTED] = 4, [REQUEST_OPEN] = 3, [REQUEST_LAPSED] = 2, [REQUEST_REFUSED] = 1};
	struct request one;
	struct contract mine, theirs;
	bool has_mine, has_theirs;
	struct seens list;
	enum err e = view_kind(v, KIND_SUBCONTRACTING_REQUEST, &list);

	*out = (struct request){0};
	if (e == OK)
		e = find_contract(v, s, &mine, &has_mine);
	for (size_t i = 0; e == OK && i < list.n; i++) {
		const struct seen *r = list.p[i];

		if (!view_active(r) || !id_eq(&r->r.author, &s->r.author) || !same_name(view_text(v, request(), r->r.body, "subcontractor"), name))
			continue;
		e = find_contract(v, r, &theirs, &has_theirs);
		if (e != OK || has_mine != has_theirs || (has_mine && !id_eq(&mine.first->root, &theirs.first->root)))
			continue;
		e = read_request(v, r, &one);
		if (e == OK && (!out->of || rank[one.state] >= rank[out->state]))
			*out = one;
	}
	return e;
}

/* ---- verdicts ---- */

static bool listed(const struct value *list, const struct value *text)
{
	struct span a, b;

	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &a) && value_is_str(text, &b) && a.n == b.n && strncasecmp((const char *)a.p, (const char *)b.p, a.n) == 0)
			return true;
	return false;
}

/* The first that the contract does not name; NULL: none, or it names none at all. */
static const struct value *strange(const struct value *allowed, const struct value *used)
{
	for (size_t i = 0; value_count(allowed) && i < value_count(used); i++)
		if (!listed(allowed, value_item(used, i)))
			return value_item(used, i);
	return NULL;
}

static bool outside(const struct subcontract_terms *t, const struct value *item, struct subcontract_verdict *out)
{
	const struct field *g = view_subcontract_items();
	const struct value *x = strange(t->data_classes, fields_get(g, item, "data_classes"));
	struct span text = {0};

	if (value_is_str(x, &text))
		(void)snprintf(out->because, sizeof out->because, "holds data that the contract does not name: %.*s", (int)text.n, (const char *)text.p);
	else if (value_is_str(x = strange(t->countries, fields_get(g, item, "countries")), &text))
		(void)snprintf(out->because, sizeof out->because, "is in a country that the contract does not name: %.*s", (int)text.n, (const char *)text.p);
	out->breach = x != NULL;
	return out->breach;
}

static enum err approval(struct view *v, const struct seen *s, const char *name, struct subcontract_verdict *out)
{
	struct request r;
	enum err e = find_request(v, s, name, &r);

	if (e != OK)
		return e;
	out->why[1] = r.of;
	out->why[2] = r.decided;
	out->breach = !r.of || r.state != REQUEST_GRANTED;
	if (!r.of)
		(void)snprintf(out->because, sizeof out->because, "needs approval, and nobody asked for it");
	else
		(void)snprintf(out->because, sizeof out->because, out->breach ? "needs approval, and the request is %s" : "approved: the request is %s",
		               state_word(&r));
	return OK;
}

enum err view_subcontract_item(struct view *v, const struct seen *s, const struct value *item, const struct subcontract_terms *t,
                               struct subcontract_verdict *out)
{
	const struct field *g = view_subcontract_items();
	int64_t since = view_int(g, item, "since");

	*out = (struct subcontract_verdict){.why = {t->contract}};
	switch (t->mode) {
	case MODE_UNKNOWN:
		(void)snprintf(out->because, sizeof out->because, "no terms say what holds for subcontractors");
		return OK;
	case MODE_FORBIDDEN:
		out->breach = true;
		(void)snprintf(out->because, sizeof out->because, "the contract forbids subcontractors");
		return OK;
	case MODE_APPROVAL:
	case MODE_NOTIFY:
	case MODE_FREE:
		break;
	}
	if (outside(t, item, out))
		return OK;
	if (t->mode == MODE_APPROVAL)
		return approval(v, s, view_text(v, g, item, "name"), out);
	out->breach = t->mode == MODE_NOTIFY && since && since < s->r.created / WHEN_DAY_MS && !s->r.has_supersedes;
	(void)snprintf(out->because, sizeof out->because, "%s", t->mode == MODE_FREE ? "the contract leaves it free" : out->breach
	               ? "was to be notified, and was told after it had begun" : "notified");
	return OK;
}

enum err view_subcontract_disclosures(struct view *v, bool mine, struct seens *out)
{
	struct seens all;
	enum err e = view_kind(v, KIND_SUBCONTRACTOR_DISCLOSURE, &all);

	*out = (struct seens){0};
	for (size_t i = 0; e == OK && i < all.n; i++)
		if (view_active(all.p[i]) && all.p[i]->mine == mine && !all.p[i]->r.has_exercise)
			e = view_push(v, out, all.p[i]);
	return e;
}

/* ---- until when ---- */

enum err view_subcontract_duties(struct view *v, struct duties *out)
{
	struct seens list;
	enum err e = view_kind(v, KIND_SUBCONTRACTING_REQUEST, &list);

	for (size_t i = 0; e == OK && i < list.n; i++) {
		struct seen *s = list.p[i];
		struct duty d = {.of = s, .what = "decide on a subcontractor", .profile = "", .debtor = v->me, .creditor = s->r.author};
		struct request r;
		struct ids who;
		bool everybody;
		char *next = arena_alloc(v->a, 64), hex[65];

		if (!view_active(s))
			continue;
		if (!next)
			return ERR_MEMORY;
		hex_encode(hex, s->id.b, 32);
		(void)snprintf(next, 64, "tally subcontractor decide %.12s granted|refused", hex);
		d.next = next;
		d.due = duty_day(view_int(request(), s->r.body, "answer_by"));
		e = read_request(v, s, &r);
		if (e == OK && r.decided)
			e = duty_done(v, &d, r.decided);
		if (e == OK && s->mine && (e = view_readers(v, s, &who, &everybody)) == OK && who.n)
			d.debtor = who.p[0];
		if (e == OK)
			e = duty_add(v, out, &d);
	}
	return e;
}

/* ---- JSON ---- */

static void put_list(struct view *v, json_t *o, const char *name, const struct value *list)
{
	json_t *items = json_array();
	struct span text;

	(void)v;
	for (size_t i = 0; i < value_count(list); i++)
		if (value_is_str(value_item(list, i), &text))
			(void)json_array_append_new(items, json_stringn((const char *)text.p, text.n));
	if (json_array_size(items))
		(void)json_object_set(o, name, items);
	json_decref(items);
}

static enum err disclosed_item(struct view *v, const struct seen *s, const struct value *item, const struct subcontract_terms *t, json_t *items)
{
	const struct field *g = view_subcontract_items();
	struct subcontract_verdict x;
	struct span hash;
	bool critical = false;
	char hex[17] = "";
	json_t *o;
	enum err e = view_record_row(v, s, &o);

	if (e != OK)
		return e;
	e = view_subcontract_item(v, s, item, t, &x);
	if (value_is_bin(fields_get(g, item, "blinded"), &hash))
		hex_encode(hex, hash.p, 8);
	view_put(o, "subcontractor", *view_text(v, g, item, "name") ? view_text(v, g, item, "name") : hex);
	view_put(o, "service", view_text(v, g, item, "service"));
	(void)json_object_set_new(o, "rank", json_integer(view_int(g, item, "rank")));
	view_put(o, "parent", view_text(v, g, item, "parent"));
	if (fields_bool(g, item, "critical", &critical))
		(void)json_object_set_new(o, "critical", json_boolean(critical));
	put_list(v, o, "data_classes", fields_get(g, item, "data_classes"));
	put_list(v, o, "countries", fields_get(g, item, "countries"));
	view_put_date(o, "since", view_int(g, item, "since"));
	(void)json_object_set_new(o, "breach", json_boolean(x.breach));
	view_put(o, "because", x.because);
	return json_array_append_new(items, o) == 0 ? e : ERR_MEMORY;
}

static enum err disclosed(struct view *v, const struct seen *s, json_t *items)
{
	const struct value *list = fields_get(disclosure(), s->r.body, "items");
	struct subcontract_terms t;
	json_t *o;
	enum err e = view_subcontract_terms(v, s, NULL, &t);

	for (size_t i = 0; e == OK && i < value_count(list); i++)
		e = disclosed_item(v, s, value_item(list, i), &t, items);
	if (e != OK || value_count(list) > 0)
		return e;
	if ((e = view_record_row(v, s, &o)) != OK)
		return e;
	view_put(o, "subcontractor", "none");
	view_put(o, "because", "affirmed: there are none");
	(void)json_object_set_new(o, "breach", json_false());
	return json_array_append_new(items, o) == 0 ? OK : ERR_MEMORY;
}

enum err view_subcontract_disclosed(struct view *v, json_t **out)
{
	json_t *items = json_array();
	struct seens list;
	enum err e = items ? OK : ERR_MEMORY;

	for (int mine = 0; e == OK && mine < 2; mine++) {
		e = view_subcontract_disclosures(v, mine, &list);
		for (size_t i = 0; e == OK && i < list.n; i++)
			e = disclosed(v, list.p[i], items);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}

enum err view_subcontract_asked(struct view *v, bool open, json_t **out)
{
	json_t *items = json_array();
	struct seens list;
	enum err e = items ? view_kind(v, KIND_SUBCONTRACTING_REQUEST, &list) : ERR_MEMORY;

	for (size_t i = e == OK ? list.n : 0; e == OK && i-- > 0;) {
		const struct seen *s = list.p[i];
		struct request r;
		json_t *o;

		if (!view_active(s) || (e = read_request(v, s, &r)) != OK || (open && r.state != REQUEST_OPEN))
			continue;
		if ((e = view_record_row(v, s, &o)) != OK)
			break;
		view_put(o, "subcontractor", view_text(v, request(), s->r.body, "subcontractor"));
		view_put(o, "service", view_text(v, request(), s->r.body, "service"));
		view_put_date(o, "start", view_int(request(), s->r.body, "start"));
		view_put_date(o, "answer_by", view_int(request(), s->r.body, "answer_by"));
		view_put(o, "decision", state_word(&r));
		view_put_date(o, "until", r.until);
		if (r.decided) {
			view_put_id(o, "decided_by", &r.decided->id);
			view_put(o, "conditions", view_text(v, r.decided->kind->fields, r.decided->r.body, "conditions"));
		}
		(void)json_array_append_new(items, o);
	}
	if (e != OK)
		json_decref(items);
	else
		*out = items;
	return e;
}
