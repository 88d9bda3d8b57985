"""theorem.py - Theorem 4.1 on a covariance of one's own: the flow's limit against the closed form, and a figure of the gap.

    PYTHONPATH=$(pkg-config --variable=pythondir lsaflow) python3 theorem.py [FIGURE.png]
"""

import sys

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

import lsaflow

d, N = 4, 30
rng = np.random.default_rng(1)
factor = rng.standard_normal((d, 2 * d))
Lambda = factor @ factor.T / (2 * d)

model = lsaflow.build({
    "title": "Theorem 4.1 on a random covariance",
    "statement": "merged",
    "data": {"context": N, "covariance": {"matrix": Lambda}},
    "init": {"scheme": "paper", "sigma": 0.1, "theta": {"random": 7}},
    "claims": ["limit-U", "limit-u", "minimum-loss"],
})

# The theorem: uU tends to Gamma^-1, Gamma = (1 + 1/N) Lambda + tr(Lambda)/N I.
Gamma = (1 + 1 / N) * Lambda + np.trace(Lambda) / N * np.eye(d)
run = model.run()
end = run["final"]["parameters"]
difference = np.abs(end["u"] * np.array(end["U"]) - np.linalg.inv(Gamma)).max()
print(f"the flow ends at a {run['final']['kind']}, |uU - inv(Gamma)| = {difference:.2g} there")

verdicts = model.verify()
for claim in verdicts["claims"]:
    print(f"{claim['name']:14} {claim['source']:20} {claim['verdict']}")

path = lsaflow.trajectory(run)
figure, axes = plt.subplots(figsize=(5, 3.5), layout="constrained")
axes.loglog(path["time"][1:], path["gap"][1:])
axes.set(xlabel="flow time", ylabel="relative gap of the loss", title="The path to the global minimum")
figure.savefig(sys.argv[1] if len(sys.argv) > 1 else "gap.png", dpi=150)

sys.exit(0 if difference < 1e-9 and verdicts["verdict"] == "holds" else 1)
