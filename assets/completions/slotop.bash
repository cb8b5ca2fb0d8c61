# Completion of slotop for bash. Needs nothing but bash; goes to
# /usr/share/bash-completion/completions/slotop, or is sourced from ~/.bashrc.

# Made from the tables in tui/ by `make docs`.
# @begin bash
_slotop_commands='status list show why allocate touch idle expire release resume ensure purge restore gc undo doctor events metrics'
_slotop_states='active idle expired released odd live overdue fallback stranded orphan running shared ghost in-use'
_slotop_options_of() {
    echo '-d --state-dir -w --workspace --json --read-only -n --dry-run -y --yes --fence --now --demo --color --ascii -h --help -V --version'
    case $1 in
    list) echo '--state --slot --fallback --where' ;;
    allocate) echo '--ttl' ;;
    expire) echo '--due' ;;
    resume) echo '--ttl' ;;
    purge) echo '--expired-before --force' ;;
    restore) echo '--list' ;;
    gc) echo '--every' ;;
    doctor) echo '--fix' ;;
    events) echo '-f --follow --since' ;;
    metrics) echo '--format' ;;
    esac
}
_slotop_argument_of() {
    case $1 in
    -d | --state-dir) echo DIR ;;
    -w | --workspace) echo NAME ;;
    --fence) echo MS ;;
    --now) echo MS ;;
    --color) echo WHEN ;;
    --state) echo S ;;
    --slot) echo ID ;;
    --where) echo EXPR ;;
    --ttl) echo T ;;
    --expired-before) echo T ;;
    --since) echo T ;;
    --format) echo FORMAT ;;
    --every) echo T ;;
    show) echo SESSION ;;
    why) echo SESSION ;;
    allocate) echo SESSION ;;
    touch) echo SESSION ;;
    idle) echo SESSION ;;
    expire) echo SESSION ;;
    release) echo SESSION ;;
    resume) echo SESSION ;;
    ensure) echo SESSION ;;
    purge) echo SESSION ;;
    restore) echo COPY ;;
    undo) echo OPERATION ;;
    esac
}
# @end bash

# Prints the first column of each line but the first that slotop prints: ids of sessions, numbers of
# copies. Ids are words of strangers: what a shell might read otherwise is left out.
_slotop_first_column() {
    local line
    "$@" 2>/dev/null </dev/null | {
        read -r line
        while read -r line; do
            [[ $line =~ ^([A-Za-z0-9][A-Za-z0-9._-]*)'  ' ]] && echo "${BASH_REMATCH[1]}"
        done
    }
}

# usage: _slotop_sessions COMMAND SLOTOP…: those that the command has something to do to.
_slotop_sessions() {
    case $1 in
    touch | idle | expire) _slotop_first_column "${@:2}" list --state live ;;
    release) _slotop_first_column "${@:2}" list --state live,odd ;;
    resume) _slotop_first_column "${@:2}" list --state expired ;;
    purge) _slotop_first_column "${@:2}" list --state expired,released,odd ;;
    allocate) ;; # a new one
    *) _slotop_first_column "${@:2}" list ;;
    esac
}

_slotop_workspaces() {
    local path
    for path in "$1"/workspace "$1"/workspace-*; do
        [[ -d $path ]] || continue
        path=${path##*/workspace}
        path=${path#-}
        echo "${path:-default}"
    done
}

# usage: _slotop_complete ARGUMENT CURRENT COMMAND DIR SLOTOP…
_slotop_complete() {
    local argument=$1 current=$2 command=$3 dir=$4 before='' words=''
    shift 4
    case $argument in
    OPTION) words=$(_slotop_options_of "$command") ;;
    COMMAND) words=$_slotop_commands ;;
    DIR)
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -d -- "$current")
        ;;
    NAME) words=$(_slotop_workspaces "$dir") ;;
    WHEN) words='auto always never' ;;
    FORMAT) words='prometheus openmetrics' ;;
    S)
        words=$_slotop_states
        [[ $current == *,* ]] && before=${current%,*},
        ;;
    ID) words=$("$@" list 2>/dev/null </dev/null |
        awk 'NR > 1 && $NF ~ /^[A-Za-z0-9][A-Za-z0-9._-]*$/ && !seen[$NF]++ { print $NF }') ;;
    EXPR)
        compopt -o nospace 2>/dev/null
        words='state: slot: title: id: workspace: finding: run:yes run:no age\> quiet\> left\<'
        ;;
    T) words='90s 5m 30m 2h 1d 7d' ;;
    MS) words='' ;;
    SESSION) words=$(_slotop_sessions "$command" "$@") ;;
    OPERATION) words=$("$@" events --since 7d 2>/dev/null </dev/null | grep -o 'op-[0-9]*' | sort -ur) ;;
    COPY) words=$(_slotop_first_column "$@" restore --list) ;;
    esac
    local word
    while read -r -d ' ' word; do
        [[ $before$word == "$current"* ]] && COMPREPLY+=("$before$word")
    done <<<"${words//$'\n'/ } "
}

_slotop() {
    local current=${COMP_WORDS[COMP_CWORD]} command='' wanted='' word argument value i
    local dir=${OPENCLAW_HOME:-$HOME}/.openclaw-dench
    local -a slotop=("$1" --read-only)
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        [[ $word == -- ]] && wanted=ended
        if [[ $word != -* || $wanted ]]; then
            [[ $command || $word == -- ]] || command=$word
            continue
        fi
        argument=$(_slotop_argument_of "$word")
        [[ $argument ]] || continue
        # "--option=value" comes as three words.
        ((++i == COMP_CWORD)) || [[ ${COMP_WORDS[i]} != = ]] || ((++i))
        if ((i >= COMP_CWORD)); then
            _slotop_complete "$argument" "${current#=}" "$command" "$dir" "${slotop[@]}"
            return
        fi
        value=${COMP_WORDS[i]/#\~\//$HOME/}
        case $word in
        -d | --state-dir) slotop+=(-d "$value") dir=$value ;;
        -w | --workspace) slotop+=(-w "$value") ;;
        esac
    done
    if [[ $current == -* && ! $wanted ]]; then
        wanted=OPTION
    elif [[ ! $command ]]; then
        wanted=COMMAND
    else
        wanted=$(_slotop_argument_of "$command")
    fi
    _slotop_complete "$wanted" "$current" "$command" "$dir" "${slotop[@]}"
}
complete -F _slotop slotop
