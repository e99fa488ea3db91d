/* samples_requirement.h - a good body of each kind about requirements that stands in no other sample, as JSON. */
#ifndef TALLY_TEST_SAMPLES_REQUIREMENT_H
#define TALLY_TEST_SAMPLES_REQUIREMENT_H

#define SAMPLE_ID "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

#define SAMPLE_CHALLENGE "{\"about\": \"" SAMPLE_ID "\", \"rid\": \"R-1\", \"kind\": \"guidance-missing\", \"text\": \"How long?\", " \
	"\"due\": \"2026-12-20\"}"
#define SAMPLE_EQUIVALENCE "{\"set\": \"" SAMPLE_ID "\", \"scheme\": \"ISO/IEC 27001:2022\", \"covers\": [{\"rid\": \"R-1\", \"extent\": \"full\", " \
	"\"clauses\": [\"A.5.1\"]}, {\"rid\": \"R-2\", \"extent\": \"partial\", \"remains\": \"the restore test\"}], \"max_age\": 1095, " \
	"\"accredited\": true, \"expires\": \"2027-12-31\"}"
#define SAMPLE_GUIDANCE "{\"set\": \"" SAMPLE_ID "\", \"rids\": [\"R-1\", \"R-2\"], \"title\": \"Keeping logs\", \"text\": \"Twelve months.\", " \
	"\"link\": \"https://example.org/logs\", \"language\": \"en\"}"
#define SAMPLE_MATRIX "{\"contract\": \"C-17\", \"supplier\": \"" SAMPLE_ID "\", \"rows\": [{\"control\": \"R-1\", \"owner\": \"shared\", " \
	"\"supplier\": \"patches the host\", \"customer\": \"patches the guest\"}, {\"control\": \"R-2\"}]}"
#define SAMPLE_FLOWDOWN "{\"about\": \"" SAMPLE_ID "\", \"as_of\": \"2026-11-23\", \"rows\": [{\"rid\": \"R-1\", \"passed\": 2, " \
	"\"acknowledged\": 0, " \
	"\"exceptions\": 0, \"worst\": \"unanswered\"}]}"
#define SAMPLE_TENDER "{\"title\": \"Cold chain 2027\", \"set\": \"" SAMPLE_ID "\", \"stages\": [{\"stage\": \"selection\", \"deadline\": " \
	"\"2026-12-15\", " \
	"\"level\": \"basic\"}, {\"stage\": \"tender\", \"deadline\": \"2027-01-31\", \"level\": \"standard\", \"evidence\": [\"a certificate\"]}]}"

#endif
