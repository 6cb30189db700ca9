# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for ouroborosctl(1). The test "completion" compares it with the program's own help.
_ouroborosctl() {
        local cur prev words cword
        _init_completion -n = || return

        local -A verbs=(
                [common]='--user --system --json --no-pager --no-ask-password --quiet --help --version'
                [status]='' [root]='add list rm rescan' [documents]='--root --state --errors --limit --after'
                [text]='--start --end' [search]='--root --mime --limit --after'
                [query]='--predicate --type --tier --document --all --limit --after'
                [entity]='--limit --after' [entities]='--type --limit --after' [predicates]='--entity --all'
                [contradictions]='--predicate --limit --after'
                [remember]='--type --number --bool --object-json --quote --document --confidence
                        --observed-at --supersedes --reason'
                [log]='--table --row --actor --connection --session --group --since --until --grep --limit --after'
                [show]='' [diff]='' [revert]='--preview --force --reason' [verify]='' [backup]=''
                [restore]='--yes' [rebuild]='' [rekey]='' [unlock]='' [reload]='' [restart]='' [panic]=''
                [tools]='list describe call' [key]='export import'
        )
        local -A family=(
                [root add]='--profile --feature --include --exclude --max-file-bytes --no-wait'
                [root rescan]='--no-wait'
        )
        local verb='' second='' i
        for ((i = 1; i < cword; i++)); do
                [[ ${words[i]} == -* ]] && continue
                if [[ -z $verb ]]; then verb=${words[i]}; elif [[ -z $second ]]; then second=${words[i]}; fi
        done

        case $prev in
        --profile | -p) [[ $verb == root ]] && COMPREPLY=($(compgen -W 'general legal code-doc paper' -- "$cur")) && return ;;
        --feature) COMPREPLY=($(compgen -W 'tables wikilinks code_blocks frontmatter external_refs citations procedures' -- "$cur")) && return ;;
        --tier) COMPREPLY=($(compgen -W 'human extracted inferred' -- "$cur")) && return ;;
        --actor | -a) [[ $verb == log ]] && COMPREPLY=($(compgen -W 'human agent system' -- "$cur")) && return ;;
        esac
        if [[ $cur == -* ]]; then
                local own=${verbs[${verb:-common}]:-}
                [[ $verb == root || $verb == tools || $verb == key ]] && own=${family[$verb $second]:-}
                COMPREPLY=($(compgen -W "${verbs[common]} $own" -- "$cur"))
        elif [[ -z $verb ]]; then
                COMPREPLY=($(compgen -W "$(printf '%s\n' "${!verbs[@]}" | grep -vx common)" -- "$cur"))
        elif [[ ($verb == root || $verb == tools || $verb == key) && -z $second ]]; then
                COMPREPLY=($(compgen -W "${verbs[$verb]}" -- "$cur"))
        elif [[ $verb == rebuild ]]; then
                COMPREPLY=($(compgen -W 'all search documents' -- "$cur"))
        elif [[ $verb == backup || $verb == restore || $verb == root ]]; then
                _filedir -d
        elif [[ $verb == key ]]; then
                _filedir
        fi
} && complete -F _ouroborosctl ouroborosctl
