#!/usr/bin/env bash
# Starts a Slurm cluster of one node on loopback, with everything it writes in DIR, and prints what
# to export. Needs, once, as root: apt-get install -y --no-install-recommends slurm-wlm munge
#   eval "$(tests/cluster/slurm_up.sh DIR)"
set -euo pipefail
mkdir -p "${1:?usage: slurm_up.sh DIR}"/{state,spool,log,munge,bin}
dir=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
host=$(hostname -s)
port=${SLURM_TEST_PORT:-16817}
user=$(id -un)
hardware=$(slurmd -C | sed -n 's/^NodeName=[^ ]* //p')

# A key, a socket and a log of its own: no service and nothing in /etc is touched.
head -c 1024 /dev/urandom > "$dir/munge/key" && chmod 400 "$dir/munge/key"
munged --force --key-file="$dir/munge/key" --socket="$dir/munge/sock" \
  --pid-file="$dir/munge/pid" --log-file="$dir/munge/log" --seed-file="$dir/munge/seed"

# Loopback only, no control groups, no accounting. A random first job number, so that a job which
# outlives its cluster is not taken for one of the next.
cat > "$dir/slurm.conf" <<CONF
ClusterName=sertest
FirstJobId=$((1000 + RANDOM))
SlurmctldHost=$host(127.0.0.1)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
AuthInfo=socket=$dir/munge/sock
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
SlurmctldLogFile=$dir/log/slurmctld.log
SlurmdLogFile=$dir/log/slurmd.log
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
MpiDefault=none
SwitchType=switch/none
MailProg=/bin/true
SchedulerType=sched/backfill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 $hardware State=UNKNOWN
PartitionName=test Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
case $(slurmctld -V) in
  *" 2"[0-2].* | *" 23.02"*) plugin=cgroup/v1 ;;
  *) plugin=disabled ;;  # known from 23.11 on
esac
echo "CgroupPlugin=$plugin" > "$dir/cgroup.conf"
install -m 755 "$here/sacct" "$dir/bin/sacct"

export SLURM_CONF=$dir/slurm.conf
slurmctld -c -f "$SLURM_CONF"
slurmd -c -f "$SLURM_CONF" -N "$host"
for _ in $(seq 60); do
  if sinfo -h -o %t 2> /dev/null | grep -qE '^(idle|mix|alloc)$'; then
    echo "export SLURM_CONF=$SLURM_CONF PATH=$dir/bin:\$PATH"
    exit 0
  fi
  sleep 0.5
done
echo "slurm did not come up; its last words:" >&2
tail -n 20 "$dir"/log/*.log >&2
exit 1
