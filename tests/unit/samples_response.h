/* samples_response.h - a good body of each kind about help and exercises, as JSON. */
#ifndef TALLY_TEST_SAMPLES_RESPONSE_H
#define TALLY_TEST_SAMPLES_RESPONSE_H

#define SAMPLE_RECORD "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

#define SAMPLE_QUERY "{\"title\": \"Pump 3.1?\", \"due\": \"2026-12-01T12:00:00Z\", \"vulnerabilities\": [\"CVE-2026-1234\"], " \
	"\"products\": [\"pump 3.1\"], \"services\": [\"cold chain\"], \"notice\": \"" SAMPLE_RECORD "\", \"scope\": \"all depots\", " \
	"\"text\": \"Do you run it?\", \"below\": true, \"contact\": \"soc@example.org\"}"
#define SAMPLE_ASSISTANCE "{\"mode\": \"standing-offer\", \"title\": \"Two analysts\", " \
	"\"kinds\": [\"forensics\", \"staff\"], \"capacity\": \"80 hours\", " \
	"\"terms\": \"at cost\", \"from\": \"2026-12-01T00:00:00Z\", \"expires\": \"2027-12-01T00:00:00Z\", \"about\": \"" SAMPLE_RECORD "\", " \
	"\"text\": \"Call us.\", \"contact\": \"soc@example.org\", \"countries\": [\"DE\"]}"
#define SAMPLE_PLAN "{\"title\": \"Cold night\", \"objectives\": [\"reach the duty officer\"], \"participants\": [\"" SAMPLE_RECORD "\"], " \
	"\"starts\": \"2026-12-01T08:00:00Z\", \"ends\": \"2026-12-01T16:00:00Z\", \"scenario\": \"An outage.\", \"injects\": [{\"id\": \"i1\", " \
	"\"at\": \"2026-12-01T09:00:00Z\", \"to\": \"" SAMPLE_RECORD "\", " \
	"\"title\": \"first call\", \"expected\": \"an early warning\"}, {\"id\": \"i2\"}], " \
	"\"rules\": \"no real systems\", \"contact\": \"A. Bell\"}"
#define SAMPLE_EXERCISE_REPORT "{\"about\": \"" SAMPLE_RECORD "\", \"step\": \"inject\", \"text\": \"The depot is dark.\", \"inject\": \"i1\", " \
	"\"went_well\": [\"the call\"], \"lessons\": [\"a second number\"], \"met\": [\"reach the duty officer\"], " \
	"\"rests_on\": \"" SAMPLE_RECORD "\", \"counts\": {\"participants\": 3, \"accepted\": 2, \"put\": 9, \"reacted\": 7, \"median_minutes\": 12}}"

#endif
