"""Tab completion: what bash runs when somebody presses Tab behind a command of this package."""

from __future__ import annotations

from collections.abc import Iterable

# Hydra's own script knows ``python FILE`` and scripts, and not ``python -m``. It is asked for the
# choices, by the command line up to the cursor, as of a script. Words are cut at "=" as bash does.
BASH = r"""_ser_complete() {
    local line=${COMP_LINE:0:COMP_POINT} command skip current cut choices word
    local -a words starts
    COMPREPLY=()
    read -ra words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    case "${words[0]} ${words[1]-} ${words[2]-}" in
        python*" -m ser."*) command=${words[2]#ser.} skip=3 ;;
        ser-*) command=${words[0]#ser-} skip=1 ;;
        "ser "*) command=${words[1]-} skip=2 ;;
        *) return ;;
    esac
    current=${words[-1]}
    if (( ${#words[@]} == skip )); then
        choices="COMMANDS"
        [[ $current == ser.* ]] && choices="ser.${choices// / ser.}"
    else
        case $command in HYDRA) ;; *) return ;; esac
        starts=("${words[@]:0:skip}")
        line="ser-$command ${words[*]:skip}"
        choices=$(COMP_LINE=$line COMP_POINT=${#line} "${starts[@]}" -sc query=bash 2> /dev/null)
    fi
    cut=${current%"${current##*=}"}
    [[ $COMP_WORDBREAKS == *=* ]] || cut=
    for word in $(compgen -W "$choices" -- "$current"); do
        [[ $word == *[.=] ]] && compopt -o nospace 2> /dev/null
        COMPREPLY+=("${word#"$cut"}")
    done
}
complete -o bashdefault -o default -F _ser_complete python python3 ser SCRIPTS
"""


def bash(commands: Iterable[str], read_by_hydra: Iterable[str]) -> str:
    """Write the script that bash evaluates.

    Args:
        commands: Names of all commands.
        read_by_hydra: Those whose words Hydra reads, and can complete.
    """
    known, asked = list(commands), list(read_by_hydra)
    text = BASH.replace("COMMANDS", " ".join(known)).replace("HYDRA", " | ".join(asked))
    return text.replace("SCRIPTS", " ".join(f"ser-{name}" for name in known))
