/* Running a node: first steps, health, store, configuration. */
#include "node/cli.h"

#define ARGS (const struct arg[])
#define COLUMNS (const struct column[])

const struct command commands_run[] = {
	{.noun = "init", .local = cli_local_init, .help = "make a new node: keys, recovery kit, configuration",
	 .words = ARGS{{.name = "name", .required = true, .help = "the organisation's name, as partners will see it"}, {0}},
	 .flags = ARGS{
		 {.name = "listen", .type = ARG_LIST, .shape = "HOST:PORT",
		 .help = "where partners can reach this node; without it the node only dials"},
		 {.name = "advertise", .type = ARG_LIST, .shape = "HOST:PORT",
		 .help = "the address partners are told, when it is not the one listened on"},
		 {.name = "recovery_out", .shape = "FILE", .help = "where the recovery kit goes; keep it off this machine"},
		 {.name = "passphrase", .type = ARG_SWITCH, .help = "protect the keys with a passphrase, asked for on the terminal now and at each \"up\""},
		 {.name = "passphrase_file", .shape = "FILE", .help = "protect the keys with the passphrase in this file"},
		 {0}},
	 .example = "tally init \"Harbour Foods\" --listen 0.0.0.0:7400 --recovery-out /media/stick/kit"},
	{.noun = "up", .local = cli_local_up, .help = "run the node",
	 .flags = ARGS{
		 {.name = "background", .type = ARG_SWITCH,
		 .help = "return when the node is ready; \"down\" ends it; its log is tally.log in its folder, opened again at SIGHUP"},
		 {.name = "listen", .type = ARG_LIST, .shape = "HOST:PORT", .help = "instead of the configured addresses"},
		 {.name = "advertise", .type = ARG_LIST, .shape = "HOST:PORT", .help = "instead of the configured addresses"},
		 {.name = "log_level", .shape = "LEVEL", .help = "error, warn, info or debug"},
		 {.name = "map_size", .shape = "SIZE", .help = "the most the store may grow to: 64G"},
		 {.name = "passphrase_file", .shape = "FILE", .help = "the passphrase that protects the keys"},
		 {0}},
	 .example = "tally up --background"},
	{.noun = "down", .local = cli_local_down, .help = "end the running node"},
	{.noun = "status", .call = "node.status", .style = STYLE_SHEET,
	 .help = "what is running, who is connected, what is waiting"},
	{.noun = "doctor", .call = "node.doctor", .style = STYLE_TABLE,
	 .help = "check the node and say what to do; 10 when there is something",
	 .columns = COLUMNS{{.path = "check"}, {.path = "state"}, {.path = "text", .max = 80}, {.path = "hint", .max = 80}, {0}}},
	{.noun = "version", .local = cli_local_version, .homeless = true, .help = "which version this is"},
	{.noun = "store", .verb = "check", .local = cli_local_store_check,
	 .help = "verify every stored record, signature, receipt and index as a stranger would; 10 when something is wrong"},
	{.noun = "config", .verb = "show", .local = cli_local_config, .help = "every option, its value and where that comes from"},
	{.noun = "completion", .verb = "bash", .local = cli_completion, .homeless = true, .prose = true, .help = "completion for bash",
	 .example = "tally completion bash > ~/.local/share/bash-completion/completions/tally"},
	{.noun = "help", .local = cli_local_help, .homeless = true, .prose = true, .help = "this, or one command in full",
	 .words = ARGS{{.name = "noun"}, {.name = "verb"}, {0}}, .example = "tally help incident report"},
	{0},
};
