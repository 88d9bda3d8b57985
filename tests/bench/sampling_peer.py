#!/usr/bin/python3
"""The direct sampler's peer in numpy: the same squared errors from float64 normals of SFC64, in batches.

CSV: case, d, M, prompts per second of processor time; and its generator alone, in normals per second.
Run with one thread of BLAS (OPENBLAS_NUM_THREADS=1), beside `test_bench_sampling -l` in the same minute."""
import time

import numpy as np


def squared_errors(rng, d, M, n, spectrum, A):
    """Sum of (x_q' A (1/M) sum y_i x_i - <w, x_q>)^2 over n prompts, Lambda = diag(spectrum), A diagonal."""
    root = np.sqrt(spectrum)
    X = rng.standard_normal((n, M, d)) * root
    w = rng.standard_normal((n, d))
    query = rng.standard_normal((n, d)) * root
    y = (X @ w[:, :, None])[:, :, 0]
    c = (y[:, None, :] @ X)[:, 0, :] / M
    error = (c * A * query).sum(1) - (w * query).sum(1)
    return (error * error).sum()


def rate(work, size, seconds=0.3, groups=7):
    """Best of some groups: `size` things a call of `work`, per second."""
    best = 0.0
    for _ in range(groups):
        start, done = time.process_time(), 0
        while time.process_time() - start < seconds:
            work()
            done += size
        best = max(best, done / (time.process_time() - start))
    return best


def main():
    rng = np.random.Generator(np.random.SFC64(1))
    print("case,d,M,per second")
    for d, M, n in ((20, 40, 1000), (100, 400, 50)):
        spectrum = 1.0 / np.arange(1, d + 1)
        A = 1.0 / ((1.0 + 1.0 / M) * spectrum + spectrum.sum() / M)
        print(f"numpy,{d},{M},{rate(lambda: squared_errors(rng, d, M, n, spectrum, A), n):.4g}")
    print(f"numpy normals,,,{rate(lambda: rng.standard_normal(10**6), 10**6):.4g}")


if __name__ == "__main__":
    main()
