#include "proto/verdict.h"

const char *verdict_text(enum verdict v)
{
	switch (v) {
#define X(name, number, class, blames, text) \
	case name:                           \
		return text;
		VERDICT_TABLE(X)
#undef X
	}
	return "unknown verdict";
}

/* Written out, for the preprocessor cannot lower the case; the compiler sees to it that none is missing. */
const char *verdict_name(enum verdict v)
{
	switch (v) {
	case VERDICT_GOOD: return "good";
	case VERDICT_KNOWN: return "known";
	case VERDICT_AHEAD: return "ahead";
	case VERDICT_GAP: return "gap";
	case VERDICT_UNKNOWN_KEY: return "unknown-key";
	case VERDICT_SUSPENDED: return "suspended";
	case VERDICT_NO_LOG_OPEN: return "no-log-open";
	case VERDICT_QUOTA: return "quota";
	case VERDICT_UNKNOWN_ROSTER: return "unknown-roster";
	case VERDICT_ENTRY_SHAPE: return "entry-shape";
	case VERDICT_SIGNATURE: return "signature";
	case VERDICT_NOT_PARTNER: return "not-partner";
	case VERDICT_AUDIENCE: return "audience";
	case VERDICT_MISMATCH: return "mismatch";
	case VERDICT_CHAIN: return "chain";
	case VERDICT_FORK: return "fork";
	case VERDICT_FROZEN: return "frozen";
	case VERDICT_OPENING: return "opening";
	case VERDICT_NOT_MEMBER: return "not-member";
	case VERDICT_CUT: return "cut";
	case VERDICT_SHAPE: return "shape";
	case VERDICT_LIMIT: return "limit";
	case VERDICT_TLP: return "tlp";
	case VERDICT_NOT_NAMED: return "not-named";
	case VERDICT_VOID: return "void";
	case VERDICT_BODY_MISSING: return "body-missing";
	case VERDICT_AUTHOR: return "author";
	case VERDICT_DATED: return "dated";
	}
	return "unknown";
}

/* A number we do not know: transient, nobody's fault, so that nothing is refused or held against anybody for it. */
char verdict_class(enum verdict v)
{
	switch (v) {
#define X(name, number, class, blames, text) \
	case name:                           \
		return class;
		VERDICT_TABLE(X)
#undef X
	}
	return 'T';
}

char verdict_blames(enum verdict v)
{
	switch (v) {
#define X(name, number, class, blames, text) \
	case name:                           \
		return blames;
		VERDICT_TABLE(X)
#undef X
	}
	return 'N';
}
