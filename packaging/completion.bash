# Completion in bash for hvnet-subagent, hvnet-sim and hvnet-setup-snmpd.

_hvnet() {
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options
  case ${COMP_WORDS[0]##*/} in
    hvnet-subagent)
      options="--help --version -c --source --state --agentx --standalone --show --json --watch \
        --check --rebuild-map --log" ;;
    hvnet-sim)
      options="--help --version --adapters --interval --scenario --seed --duration --speedup" ;;
    *) options="--help --undo --check --no-restart" ;;
  esac
  case $before in
    -c | --scenario) mapfile -t COMPREPLY < <(compgen -f -- "$word") ;;
    --state) mapfile -t COMPREPLY < <(compgen -d -- "$word") ;;
    --source) mapfile -t COMPREPLY < <(compgen -W "linux report:" -- "$word") ;;
    --log) mapfile -t COMPREPLY < <(compgen -W "error warning info debug" -- "$word") ;;
    *)
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
      else
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
      fi ;;
  esac
}
complete -F _hvnet hvnet-subagent hvnet-sim hvnet-setup-snmpd
