#include "node/reminder.h"

#include <stdio.h>

#include "node/api.h"

#define LOOK_MS 60000 /* between two looks, */
#define SHARE 200     /* and so many times what the last look took */

static void told(const struct host *host, json_t *response)
{
	size_t n = json_array_size(json_object_get(json_object_get(response, "result"), "items"));
	const char *problem = json_string_value(json_object_get(response, "error"));
	char line[120];
	if (problem) {
		(void)snprintf(line, sizeof line, "event=not-reminded text=\"%.60s\"", problem);
		host_log(host, HOST_WARN, line);
	} else if (n) {
		(void)snprintf(line, sizeof line, "event=reminded questions=%zu", n);
		host_log(host, HOST_INFO, line);
	}
}

void reminder_turn(struct reminder *r, struct core *c, const struct host *host)
{
	struct api_wait wait = {0};
	int64_t began = host->world.steady(host->world.ctx);
	json_t *request, *response;
	if (!r->on || began < r->next)
		return;
	request = json_pack("{s:s}", "call", "incident.remind_due");
	response = request ? api_run(c, request, &wait) : NULL;
	told(host, response);
	json_decref(response);
	json_decref(request);
	r->next = began + LOOK_MS + SHARE * (host->world.steady(host->world.ctx) - began);
}
