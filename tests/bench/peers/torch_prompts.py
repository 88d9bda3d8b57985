#!/usr/bin/python3
"""Monte Carlo of the layer's squared error in torch: float32, one thread, prompts in batches.

    torch_prompts.py d M
"""
import sys

from problem import missing, np, report

try:
    import torch
except ImportError:
    missing("torch")
from numpy_prompts import rate


def squared_errors(d, M, n, root, A):
    X = torch.randn(n, M, d)
    X *= root
    w = torch.randn(n, d)
    query = torch.randn(n, d) * root
    y = torch.bmm(X, w[:, :, None])[:, :, 0]
    c = torch.bmm(y[:, None, :], X)[:, 0, :] / M
    error = ((A * c - w) * query).sum(1)
    return error @ error


def main():
    d, M = int(sys.argv[1]), int(sys.argv[2])
    torch.set_num_threads(1)
    torch.manual_seed(1)
    spectrum = 1.0 / torch.arange(1, d + 1, dtype=torch.float32)
    A = 1.0 / ((1.0 + 1.0 / M) * spectrum + spectrum.sum() / M)
    best = np.inf
    with torch.no_grad():
        for n in (max(1, 40000 // (M * d)), max(1, 400000 // (M * d)), max(1, 2000000 // (M * d))):
            best = min(best, rate(lambda: squared_errors(d, M, n, torch.sqrt(spectrum), A), n, 0.3))
    report(best)


if __name__ == "__main__":
    main()
