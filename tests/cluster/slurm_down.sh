#!/usr/bin/env bash
# Stops what slurm_up.sh started in DIR: the jobs first, then the daemons, by their pid files.
dir=${1:?usage: slurm_down.sh DIR}
export SLURM_CONF=$dir/slurm.conf
jobs() { squeue -h -o %A 2> /dev/null | sort -u; }
for _ in $(seq 20); do  # a job lives some seconds longer than its result
  [ -z "$(jobs)" ] && break
  sleep 0.5
done
if [ -n "$(jobs)" ]; then
  scancel $(jobs)
  sleep 6
fi
for file in slurmd.pid slurmctld.pid munge/pid; do
  [ -f "$dir/$file" ] || continue
  pid=$(cat "$dir/$file")
  kill "$pid" 2> /dev/null
  for _ in $(seq 40); do
    kill -0 "$pid" 2> /dev/null || break
    sleep 0.25
  done
done
exit 0
