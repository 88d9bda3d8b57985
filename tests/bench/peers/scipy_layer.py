#!/usr/bin/python3
"""scipy's BDF on the gradient flow of the whole layer (px, u, U, k), Omega = I, no noise, the query column in E E'.

    scipy_layer.py METHOD FILE
With A = u U + px k' the loss is that of the reduced layer at A and half the mean square of the part of the prediction that is
even in the task (p = px, S = sum x_i x_i', q = x_q):
    even = (1/N) [p' S U q + u (w' S w)(k.q) + (p.q)(q' U q)].
Its six expectations are written out below, each with its gradient. The stop is a relative gap, or the time at which ours
stopped at a stationary point of its own.
"""
import sys

from problem import Problem, missing, np, timed

try:
    from scipy.integrate import BDF
except ImportError:
    missing("scipy")


class Layer:
    """y = (px, u, U row by row, k)."""

    def __init__(self, p):
        self.p = p
        px, k = p.rest.reshape(2, p.d)
        self.start = np.concatenate([px, [p.u], p.U.ravel(), k])
        self.t1, self.t2, N = p.l.sum(), (p.l**2).sum(), p.N
        # E (w' S w)^2 = 2 E tr S^2 + E (tr S)^2
        self.c2 = 2 * (N**2 * self.t2 + N * (self.t2 + self.t1**2)) + N**2 * self.t1**2 + 2 * N * self.t2
        self.ll = p.l[:, None] * p.l[None, :]
        self.scale = 0.5 * (p.B**2 / np.diag(p.H)).sum()

    def split(self, y):
        d = self.p.d
        return y[:d], y[d], y[d + 1:-d].reshape(d, d), y[-d:]

    def common(self, y):
        l, (p, u, U, k) = self.p.l, self.split(y)
        s = 0.5 * (U + U.T)
        v, v2, m = l * p, l * l * p, l * k
        return s, v, v2, m, U.T @ v, U.T @ v2, s @ v

    def even(self, y):
        """E even^2 N^2."""
        l, N, t1, (p, u, U, k) = self.p.l, self.p.N, self.t1, self.split(y)
        s, v, v2, m, r, r2, z = self.common(y)
        t, P = l @ np.diag(U), l @ p**2
        of_S = (N**2 + N) * (l @ r**2) + N * (self.ll * U**2).sum() * P
        of_q = P * (t**2 + 2 * (self.ll * s**2).sum()) + 4 * (v @ z) * t + 8 * (l @ z**2)
        crossed = (2 * u * (N**2 * t1 * (r @ m) + 2 * N * (r2 @ m)) + 2 * N * ((r @ v) * t + 2 * (l * r) @ z)
                   + 2 * u * N * t1 * ((k @ v) * t + 2 * m @ z))
        return of_S + u**2 * (l @ k**2) * self.c2 + of_q + crossed

    def rhs(self, time, y):
        l, N, t1, (p, u, U, k) = self.p.l, self.p.N, self.t1, self.split(y)
        s, v, v2, m, r, r2, z = self.common(y)
        t, P, K = l @ np.diag(U), l @ p**2, l @ k**2
        dr = 2 * (N**2 + N) * l * r + 2 * u * N**2 * t1 * m + 2 * N * (v * t + 2 * l * z)
        dr2 = 4 * u * N * m
        dz = 16 * l * z + 4 * N * l * r + 4 * u * N * t1 * m
        dt = 2 * P * t + 4 * (v @ z) + 2 * N * (r @ v) + 2 * u * N * t1 * (k @ v)
        dP = N * (self.ll * U**2).sum() + t**2 + 2 * (self.ll * s**2).sum()
        dm = 2 * u * (N**2 * t1 * r + 2 * N * r2) + 4 * u * N * t1 * z
        dv = U @ dr + s @ dz + 8 * t * z + 2 * N * t * r + 2 * u * N * t1 * t * k
        du = (2 * u * K * self.c2 + 2 * (N**2 * t1 * (r @ m) + 2 * N * (r2 @ m))
              + 2 * N * t1 * ((k @ v) * t + 2 * m @ z))
        dU = (np.outer(v, dr) + np.outer(v2, dr2) + 2 * N * P * self.ll * U + 4 * P * self.ll * s
              + 4 * t * np.outer(v, v) + 0.5 * (np.outer(dz, v) + np.outer(v, dz)))
        dU[np.diag_indices(len(l))] += dt * l
        dp = l * dv + l**2 * (U @ dr2) + 2 * dP * l * p
        dk = 2 * u**2 * self.c2 * l * k + l * dm + 2 * u * N * t1 * t * v
        G = self.p.H * (u * U + np.outer(p, k)) - np.diag(self.p.B)
        c = 0.5 / N**2
        return -np.concatenate([c * dp + G @ k, [c * du + (G * U).sum()], (c * dU + u * G).ravel(), c * dk + G.T @ p])

    def gap(self, y):
        p, u, U, k = self.split(y)
        e = u * U + np.outer(p, k) - np.diag(self.p.V)
        return (0.5 * (self.p.H * e**2).sum() + 0.5 * self.even(y) / self.p.N**2) / self.scale


def solve(p):
    layer = Layer(p)
    atol = np.full(len(layer.start), 1e-12 * np.abs(p.U).max())
    solver = BDF(layer.rhs, 0.0, layer.start, 1e60, rtol=p.rtol, atol=atol)
    steps = 0
    while solver.status == "running":
        solver.step()
        steps += 1
        gap = layer.gap(solver.y)
        if gap <= p.error or solver.t >= p.end:
            return steps, gap
    return np.nan, layer.gap(solver.y)


def main():
    p = Problem(sys.argv[2])
    timed(lambda: solve(p))


if __name__ == "__main__":
    main()
