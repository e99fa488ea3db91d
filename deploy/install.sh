#!/bin/sh
# Installs the program: deploy/install.sh build/tally. PREFIX (/usr/local) and DESTDIR are honoured. It makes no user and starts nothing:
# the last lines say how to run it as a service.
set -eu
program=${1:-build/tally}
prefix=${PREFIX:-/usr/local}
dest=${DESTDIR:-}
[ -x "$program" ] || { echo "install: $program is not there: run make first" >&2; exit 1; }

install -d "$dest$prefix/bin" "$dest$prefix/share/bash-completion/completions" "$dest$prefix/share/doc/tally" "$dest$prefix/lib/systemd/system"
install -m 0755 "$program" "$dest$prefix/bin/tally"
"$program" completion bash >"$dest$prefix/share/bash-completion/completions/tally"
here=$(dirname "$0")
install -m 0644 "$here"/../README.md "$here"/../LICENSE "$here"/../docs/*.md "$here"/../docs/*.txt "$here"/../docs/*.svg "$dest$prefix/share/doc/tally/"
sed "s,/usr/local/bin/tally,$prefix/bin/tally," "$here/tally.service" >"$dest$prefix/lib/systemd/system/tally.service"
chmod 0644 "$dest$prefix/lib/systemd/system/tally.service" "$dest$prefix/share/bash-completion/completions/tally"

cat <<TEXT
installed $dest$prefix/bin/tally
For yourself:   tally init "Your organisation" && tally up --background
As a service:   useradd --system --home-dir /var/lib/tally --shell /usr/sbin/nologin tally
                install -d -m 0700 -o tally -g tally /var/lib/tally
                cd / && sudo -u tally tally --home /var/lib/tally init "Your organisation" --listen 0.0.0.0:7400 --advertise HOST:7400 --recovery-out /var/lib/tally/kit
                (HOST: this machine, as partners see it. Move the kit to a safe place, off this machine)
                systemctl enable --now tally
TEXT
