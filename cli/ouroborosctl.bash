# SPDX-License-Identifier: GPL-3.0-or-later
# bash completion for ouroborosctl(1). The test "completion" compares it with the program's own help.
_ouroborosctl() {
        local cur prev words cword
        _init_completion -n = || return

        local page='--limit --after' why='--reason' when='--since --until'
        local scope='--entity --everything' terms='--profile --tool --expires --calls-per-day --bytes-per-day --observer --list'
        local -A verbs=(
                [common]='--user --system --json --no-pager --no-ask-password --quiet --help --version'
                [status]='' [root]='add list rm rescan' [documents]="--root --state --errors $page"
                [text]='--start --end' [search]="--root --mime $page"
                [query]="--predicate --type --tier --document --all $page"
                [entity]="$page" [entities]="--type $page" [resolve]='--type --limit' [merge]="--type $why"
                [alias]='add rm' [predicates]='--entity --all' [predicate]='propose confirm retire reinstate'
                [trace]='--type --object --depth' [as-of]="--type --predicate --all --table --row $page"
                [contradictions]="--predicate --state --all --overridden $page" [contradiction]='acknowledge reopen'
                [topology]="--type --order $page" [sql]='--limit --timeout'
                [rule]='list add confirm retire reinstate' [projection]='list add show rm'
                [discovered]='list promote merge dismiss restore' [link]='list accept reject'
                [code]='add list remove sync overview modules symbols callers callees references path imports exports
                        entry-points hot-spots diff source mentions'
                [mine]='list add cancel'
                [remember]="--type --number --bool --object-json --quote --document --confidence
                        --observed-at --supersedes $why"
                [log]="--table --row --entity --actor --connection --session --group $when --grep --diff --reverse $page"
                [show]='' [diff]='' [history]="--table --reverse $page" [revert]="--preview --force $when $why"
                [preview]="--entity --limit $when" [sessions]="--actor --connection $page" [audit]="$when $page"
                [anomalies]='--since --factor --limit' [import]=''
                [export]="--ops --table --row --actor --connection --session --group $when"
                [hard-delete]="--kind --preview --remove-copies --yes $why" [verify]='' [backup]=''
                [restore]='--yes' [rebuild]='' [rekey]='' [unlock]='' [reload]='' [restart]='' [panic]=''
                [mcp]='--connection' [tools]='list describe call' [key]='export import' [settings]='list get set'
                [approvals]="--state $page" [approve]="--name --answer --payload $terms $scope" [deny]="$why"
                [connection]='request collect mint list show rename scope terms revoke rotate config log'
        )
        local -A family=(
                [root add]='--profile --feature --include --exclude --max-file-bytes --no-wait'
                [root rescan]='--no-wait' [alias add]="--type $why" [alias rm]="--type $why"
                [predicate propose]='--one' [predicate confirm]="$why" [predicate retire]="$why"
                [predicate reinstate]="$why" [contradiction acknowledge]='--type --note'
                [contradiction reopen]='--type --note' [rule list]="--state $page"
                [rule add]='--description --max-depth --function --window --days --time --group-by --cumulative'
                [projection list]="$page" [projection add]='--type --group-by --description'
                [projection show]="--entity --order $page" [discovered list]="--state --type --document $page"
                [discovered promote]="--name --type $why" [discovered merge]="$why" [discovered dismiss]="$why"
                [discovered restore]="$why" [code list]="$page" [code remove]='' [code sync]=''
                [code add]='--name --entity --language --include --exclude --skip-generated --include-vendored --no-wait'
                [code overview]='--repository' [code source]='--repository --module --context' [code path]='--repository'
                [code modules]="--repository --language --module-kind --errors $page"
                [code symbols]="--repository --match --kind --module --language --exported --no-tests $page"
                [code callers]="--repository --module --depth --no-tests $page" [code callees]="--repository --module --depth $page"
                [code references]="--repository --module --no-tests $page" [code imports]="--repository --incoming $page"
                [code exports]='--repository --limit' [code entry-points]='--repository --limit'
                [code hot-spots]='--repository --limit' [code diff]="--repository --since --to --no-tests $page"
                [code mentions]="--repository --module $page"
                [link list]="--state --kind --entity --document --fact --symbol $page"
                [link accept]="$why" [link reject]="$why" [mine list]="--state $page"
                [connection list]="--state $page" [connection request]="--purpose --wait --no-wait $terms $scope" [connection mint]="$terms $scope $why" [connection terms]="$terms $why"
                [connection scope]="$scope $why" [connection rename]="$why" [connection revoke]="$why"
                [connection rotate]="$why" [connection config]='--http'
                [connection log]="--tool --session --row $when $page"
                [mine add]='--priority --profile --feature --again' [mine cancel]="$why"
        )
        local -A families=([root]=1 [alias]=1 [predicate]=1 [contradiction]=1 [rule]=1 [projection]=1 [discovered]=1
                [link]=1 [code]=1 [mine]=1 [tools]=1 [key]=1 [connection]=1 [settings]=1)
        local verb='' second='' i
        for ((i = 1; i < cword; i++)); do
                [[ ${words[i]} == -* ]] && continue
                if [[ -z $verb ]]; then verb=${words[i]}; elif [[ -z $second ]]; then second=${words[i]}; fi
        done

        case $prev in
        --profile | -p)
                [[ $verb == root || $verb == mine ]] && COMPREPLY=($(compgen -W 'general legal code-doc paper' -- "$cur")) && return
                [[ $verb == connection || $verb == approve ]] && COMPREPLY=($(compgen -W 'full read-only custom' -- "$cur")) && return ;;
        --list) COMPREPLY=($(compgen -W 'essential full' -- "$cur")) && return ;;
        --state)
                [[ $verb == approvals ]] && COMPREPLY=($(compgen -W 'pending approved denied withdrawn all' -- "$cur")) && return
                [[ $verb == connection ]] && COMPREPLY=($(compgen -W 'active expired revoked all' -- "$cur")) && return ;;
        --feature) COMPREPLY=($(compgen -W 'tables wikilinks code_blocks frontmatter external_refs citations procedures' -- "$cur")) && return ;;
        --match) COMPREPLY=($(compgen -W 'exact prefix fuzzy' -- "$cur")) && return ;;
        --language) COMPREPLY=($(compgen -W 'typescript tsx javascript python rust go java csharp c cpp' -- "$cur")) && return ;;
        --module-kind) COMPREPLY=($(compgen -W 'lib test script generated vendored' -- "$cur")) && return ;;
        --order) [[ $verb == topology ]] && COMPREPLY=($(compgen -W 'weakest strongest recent contested' -- "$cur")) && return ;;
        --function) COMPREPLY=($(compgen -W 'sum count min max avg latest' -- "$cur")) && return ;;
        --window) COMPREPLY=($(compgen -W 'all day week month quarter year' -- "$cur")) && return ;;
        --tier) COMPREPLY=($(compgen -W 'human extracted inferred' -- "$cur")) && return ;;
        --actor | -a) [[ $verb == log || $verb == sessions || $verb == export ]] && COMPREPLY=($(compgen -W 'human agent system' -- "$cur")) && return ;;
        esac
        if [[ $cur == -* ]]; then
                local own=${verbs[${verb:-common}]:-}
                [[ -n $verb && -v families[$verb] ]] && own=${family[$verb $second]:-}
                COMPREPLY=($(compgen -W "${verbs[common]} $own" -- "$cur"))
        elif [[ -z $verb ]]; then
                COMPREPLY=($(compgen -W "$(printf '%s\n' "${!verbs[@]}" | grep -vx common)" -- "$cur"))
        elif [[ -v families[$verb] && -z $second ]]; then
                COMPREPLY=($(compgen -W "${verbs[$verb]}" -- "$cur"))
        elif [[ $verb == connection && $second == config && $cword -eq 4 ]]; then
                COMPREPLY=($(compgen -W 'claude-code codex cursor generic' -- "$cur"))
        elif [[ $verb == rebuild ]]; then
                COMPREPLY=($(compgen -W 'all search documents graph journal' -- "$cur"))
        elif [[ $verb == backup || $verb == restore || $verb == root ]]; then
                _filedir -d
        elif [[ $verb == rule && $second == add && $cword -eq 4 ]]; then
                COMPREPLY=($(compgen -W 'closure inverse aggregate' -- "$cur"))
        elif [[ $verb == code && $second == add ]]; then
                _filedir -d
        elif [[ $verb == key || $verb == export || $verb == import ]]; then
                _filedir
        fi
} && complete -F _ouroborosctl ouroborosctl
