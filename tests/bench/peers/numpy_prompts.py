#!/usr/bin/python3
"""Monte Carlo of the layer's squared error in numpy: float64 normals of SFC64, prompts in batches.

    numpy_prompts.py d M
"""
import sys
import time

from problem import np, report


def squared_errors(rng, d, M, n, root, A):
    """Sum of (x_q' A (1/M) sum y_i x_i - <w, x_q>)^2 over n prompts, Lambda = diag(root^2), A diagonal."""
    X = rng.standard_normal((n, M, d))
    X *= root
    w = rng.standard_normal((n, d))
    query = rng.standard_normal((n, d)) * root
    y = (X @ w[:, :, None])[:, :, 0]
    c = (y[:, None, :] @ X)[:, 0, :] / M
    error = ((A * c - w) * query).sum(1)
    return error @ error


def rate(work, size, seconds=0.6):
    """Seconds for one of the `size` things that a call of work makes."""
    work()
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        work()
        done += size
    return (time.perf_counter() - began) / done


def main():
    d, M = int(sys.argv[1]), int(sys.argv[2])
    rng = np.random.Generator(np.random.SFC64(1))
    spectrum = 1.0 / np.arange(1, d + 1)
    A = 1.0 / ((1.0 + 1.0 / M) * spectrum + spectrum.sum() / M)
    best = np.inf
    for n in (max(1, 40000 // (M * d)), max(1, 400000 // (M * d)), max(1, 2000000 // (M * d))):  # its best batch
        best = min(best, rate(lambda: squared_errors(rng, d, M, n, np.sqrt(spectrum), A), n, 0.3))
    report(best)


if __name__ == "__main__":
    main()
