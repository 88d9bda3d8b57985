# A job array of Slurm: the script as sbatch and srun take it. Needs slurmctld and a node that are up (sinfo).
load support

@test "the script names program, file, options and shards" {
    lsaflow sweep small.yaml --slurm "--array=1-3" --out "it's here" --set 'vary={init.sigma: [0.1, 0.2]}'
    [ "$status" -eq 0 ]
    sh -n "it's here/sweep.sbatch"
    grep -q '^#SBATCH --array=1-3$' "it's here/sweep.sbatch"
    for i in 1 2 3; do
        SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_TASK_COUNT=3 sh "it's here/sweep.sbatch"
    done
    lsaflow sweep merge "it's here"/shard-*/sweep.db --out merged
    [ "$status" -eq 0 ]
    [ "$(wc -l <merged/sweep.csv)" -eq 3 ]
    lsaflow_fails 2 "--array" sweep small.yaml --slurm "--time=1" --out there
}

@test "a job array on a real node" {
    command -v sbatch >/dev/null && sinfo -h >/dev/null 2>&1 || skip "no Slurm is up here"
    cat >many.yaml <<'YAML'
statement: merged
data: {dimension: 4, context: 20}
vary: {init.sigma: {log: [1e-3, 0.1, 40]}}
measure: {loss: limit(loss)}
YAML
    lsaflow sweep many.yaml --slurm "--array=1-4 --output=slurm-%a.txt" --out swept
    sbatch --wait swept/sweep.sbatch
    lsaflow sweep merge swept/shard-*/sweep.db --out merged
    lsaflow sweep many.yaml --out alone
    cmp merged/sweep.csv alone/sweep.csv
}
