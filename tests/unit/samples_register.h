/* samples_register.h - a good body of each kind about subcontractors and support, as JSON. */
#ifndef TALLY_TEST_SAMPLES_REGISTER_H
#define TALLY_TEST_SAMPLES_REGISTER_H

#define SAMPLE_DISCLOSURE "{\"reference\": \"C-17\", \"as_of\": \"2026-11-20\", \"complete\": true, \"items\": [{\"name\": \"Northdata\", " \
	"\"service\": \"data centre\", \"rank\": 2, \"critical\": true, \"data_classes\": [\"orders\"], \"countries\": [\"NO\"]}, " \
	"{\"name\": \"Icepower\", \"service\": \"power\", \"rank\": 3, \"parent\": \"Northdata\"}]}"
#define SAMPLE_REQUEST "{\"reference\": \"C-17\", \"subcontractor\": \"Northdata\", \"service\": \"data centre\", \"countries\": [\"NO\"], " \
	"\"start\": \"2027-01-01\", \"reason\": \"ours closes\", \"answer_by\": \"2026-12-10\"}"
#define SAMPLE_SUPPORT "{\"product\": \"ColdTrack\", \"versions\": [\"4.1\", \"4.2\"], \"identifiers\": [\"pkg:generic/coldtrack\"], " \
	"\"support\": \"vendor\", \"end_of_support\": \"2027-06-30\", \"end_of_fixes\": \"2027-12-31\", \"successor\": \"ColdTrack 5\"}"

#endif
