# Completion of slotop for fish: goes to a directory of $fish_complete_path, such as
# /usr/share/fish/vendor_completions.d/slotop.fish.

# The words in front of the one to complete, without options and what they take: slotop, and
# perhaps its command.
function __slotop_words
    set -l skip no
    for word in (commandline -opc)
        if test $skip = yes
            set skip no
        else if contains -- $word $__slotop_with_argument
            set skip yes
        else if not string match -q -- '-*' $word
            echo -- $word
        end
    end
end

# Whether the command is one of these; "" is none.
function __slotop_is
    set -l words (__slotop_words)
    contains -- "$words[2]" $argv
end

# The state directory that the line names.
function __slotop_dir
    set -l words (commandline -opc)
    set -l dir "$HOME/.openclaw-dench"
    test -n "$OPENCLAW_HOME"; and set dir "$OPENCLAW_HOME/.openclaw-dench"
    for i in (seq (count $words))
        switch $words[$i]
            case -d --state-dir
                test $i -lt (count $words); and set dir $words[(math $i + 1)]
            case '--state-dir=*'
                set dir (string replace -- --state-dir= '' $words[$i])
        end
    end
    string replace -r '^~/' "$HOME/" -- $dir
end

# Runs slotop as the line does, reading only.
function __slotop_run
    set -l words (commandline -opc)
    command $words[1] --read-only -d (__slotop_dir) $argv 2>/dev/null </dev/null
end

# The first column of each line but the first, and the rest of the line as its description. Ids are
# words of strangers: those that are more than letters, digits and . _ - are left out.
function __slotop_lines
    __slotop_run $argv | tail -n +2 |
        string replace -rf '^ *([A-Za-z0-9][A-Za-z0-9._-]*)  +(.*)$' '$1\t$2' |
        string replace -ra '  +' ' '
end

function __slotop_sessions
    set -l words (__slotop_words)
    switch "$words[2]"
        case touch idle expire
            __slotop_lines list --state live
        case release
            __slotop_lines list --state live,odd
        case resume
            __slotop_lines list --state expired
        case purge
            __slotop_lines list --state expired,released,odd
        case allocate # a new one
        case '*'
            __slotop_lines list
    end
end

# The values of an argument, by its name in the tables.
function __slotop_complete
    switch $argv[1]
        case DIR
            __fish_complete_directories (commandline -ct | string replace -r '^--[^=]*=' '')
        case NAME
            for path in (__slotop_dir)/workspace*/
                string replace -rf '.*/workspace(-(.*))?/$' '$2' $path | string replace -r '^$' default
            end
        case WHEN
            printf '%s\n' auto always never
        case FORMAT
            printf '%s\n' prometheus openmetrics
        case S
            set -l before (commandline -ct | string replace -r '^--[^=]*=' '' | string match -r '.*,')
            printf '%s\n' "$before"$__slotop_states
        case ID
            __slotop_run list | tail -n +2 | string replace -rf '.* ([A-Za-z0-9][A-Za-z0-9._-]*)$' '$1' | sort -u
        case EXPR
            printf '%s\n' state: slot: title: id: workspace: finding: run:yes run:no 'age>' 'quiet>' 'left<'
        case T
            printf '%s\n' 90s 5m 30m 2h 1d 7d
        case MS
        case SESSION
            __slotop_sessions
        case OPERATION
            __slotop_run events --since 7d | string match -rg '\b(op-[0-9]+)' | sort -ur
        case COPY
            __slotop_lines restore --list
    end
end

complete -c slotop -f

# Made from the tables in tui/ by `make docs`.
# @begin fish
set -g __slotop_with_argument -d --state-dir -w --workspace --fence --now --color --state --slot --where --ttl --expired-before --since --format --every
set -g __slotop_states active idle expired released odd live overdue fallback stranded orphan running shared ghost in-use
complete -c slotop -n '__slotop_is ""' -a status -d 'pool, counts and findings, once'
complete -c slotop -n '__slotop_is ""' -a list -d 'the stored entries, filtered, in the order of the file'
complete -c slotop -n '__slotop_is ""' -a show -d 'the stored entry of a session'
complete -c slotop -n '__slotop_is show' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a why -d 'why it fell back'
complete -c slotop -n '__slotop_is why' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a allocate -d 'give a session a slot, or the workspace agent where none is free'
complete -c slotop -n '__slotop_is allocate' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a touch -d 'set the last use to now'
complete -c slotop -n '__slotop_is touch' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a idle -d 'mark as idle'
complete -c slotop -n '__slotop_is idle' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a expire -d 'end the hold on the slot now, as GC would'
complete -c slotop -n '__slotop_is expire' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a release -d 'give the slot back to the pool, as when the chat is deleted'
complete -c slotop -n '__slotop_is release' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a resume -d 'allocate an expired session anew'
complete -c slotop -n '__slotop_is resume' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a ensure -d 'the agent that takes the next message'
complete -c slotop -n '__slotop_is ensure' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a purge -d 'remove released and expired entries from the registry'
complete -c slotop -n '__slotop_is purge' -k -a '(__slotop_complete SESSION)'
complete -c slotop -n '__slotop_is ""' -a restore -d 'bring back what a wiped or torn registry has lost'
complete -c slotop -n '__slotop_is restore' -k -a '(__slotop_complete COPY)'
complete -c slotop -n '__slotop_is ""' -a gc -d 'expire what is due, then purge what is released'
complete -c slotop -n '__slotop_is ""' -a undo -d 'take back the last operation, or the named one, while its entries are as it left them'
complete -c slotop -n '__slotop_is undo' -k -a '(__slotop_complete OPERATION)'
complete -c slotop -n '__slotop_is ""' -a doctor -d 'everything that is wrong, worst first, and what to do'
complete -c slotop -n '__slotop_is ""' -a events -d 'what happened, as slotop saw it, and what operators did'
complete -c slotop -n '__slotop_is ""' -a metrics -d 'pool, counts and findings as numbers, in Prometheus\' text format'
complete -c slotop -s d -l state-dir -x -a '(__slotop_complete DIR)' -d 'state directory instead of the resolved one'
complete -c slotop -s w -l workspace -x -a '(__slotop_complete NAME)' -d 'this workspace instead of the active one'
complete -c slotop -l json -d 'machine output'
complete -c slotop -l read-only -d 'refuse every change'
complete -c slotop -s n -l dry-run -d 'say what would change'
complete -c slotop -s y -l yes -d 'do not ask'
complete -c slotop -l fence -x -a '(__slotop_complete MS)' -d 'how long an edit waits for a server in the middle of a save (250)'
complete -c slotop -l now -x -a '(__slotop_complete MS)' -d 'take MS (epoch milliseconds) as the time'
complete -c slotop -l demo -d 'a temporary state directory with a simulated server at work'
complete -c slotop -l color -x -a '(__slotop_complete WHEN)' -d 'auto, always or never (NO_COLOR counts)'
complete -c slotop -l ascii -d 'no characters beyond ASCII'
complete -c slotop -s h -l help -d 'this text'
complete -c slotop -s V -l version -d 'version and licence'
complete -c slotop -n '__slotop_is list' -l state -x -a '(__slotop_complete S)' -d 'only these'
complete -c slotop -n '__slotop_is list' -l slot -x -a '(__slotop_complete ID)' -d 'only entries of this slot or agent'
complete -c slotop -n '__slotop_is list' -l fallback -d 'only live entries on their workspace agent'
complete -c slotop -n '__slotop_is list' -l where -x -a '(__slotop_complete EXPR)' -d 'only what all of these terms are true of'
complete -c slotop -n '__slotop_is allocate resume' -l ttl -x -a '(__slotop_complete T)' -d 'idle TTL of the new entry'
complete -c slotop -n '__slotop_is expire' -l due -d 'all that are past their TTL, as GC does'
complete -c slotop -n '__slotop_is purge' -l expired-before -x -a '(__slotop_complete T)' -d 'all expired entries last used longer than T ago'
complete -c slotop -n '__slotop_is purge' -l force -d 'live entries too'
complete -c slotop -n '__slotop_is restore' -l list -d 'the copies that there are, newest first'
complete -c slotop -n '__slotop_is doctor' -l fix -d 'expire what is due, release what has no chat, purge what expired over a day ago'
complete -c slotop -n '__slotop_is events' -s f -l follow -d 'go on with what happens, until stopped'
complete -c slotop -n '__slotop_is events' -l since -x -a '(__slotop_complete T)' -d 'not what is longer ago than T'
complete -c slotop -n '__slotop_is metrics' -l format -x -a '(__slotop_complete FORMAT)' -d 'prometheus (as it is without), or openmetrics'
complete -c slotop -n '__slotop_is gc' -l every -x -a '(__slotop_complete T)' -d 'again and again until stopped (5m)'
# @end fish
