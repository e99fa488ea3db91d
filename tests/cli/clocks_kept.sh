# A backup brings the clock profiles back as they were edited; what is there already stays.
. "$(dirname "$0")/lib.sh"
node A "Harbour Foods"
printf 'title Ours\nuse own\nowed authority\nclock call: aware + 1 h; met by early-warning\n' >A/clocks/ours.clock
rm A/clocks/nis2.clock
ok A backup create copy
ok "$tally" --home B backup restore copy --yes
ok "$tally" --home B clock list
says '^ours +call +aware \+ 1 h'
silent '^nis2'
ok "$tally" --home C init "Harbour Foods" --recovery-out kit-C
rm -rf C/store C/keys
ok "$tally" --home C backup restore copy --yes
ok "$tally" --home C clock list
says '^nis2'
silent '^ours'
