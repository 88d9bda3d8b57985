#!/usr/bin/python3
"""scipy's stiff solvers on the flow: all d^2 + 1 unknowns, or the d + 2 of the exact reduction.

    scipy_flow.py METHOD FILE
METHOD: whole-bdf (sparse arrowhead Jacobian), whole-bdf-max (the same, rtol bounding the maximum norm over the unknowns, as
ours does, not the root of a mean square), whole-lsoda (dense Jacobian), and on the reduction pairs-bdf, pairs-lsoda
(the sum over pairs as it stands) and nodes-bdf, nodes-lsoda (the sum compressed to Chebyshev nodes, as ours). path-bdf is
whole-bdf, path-lsoda nodes-lsoda, through the times of a reference path, from which the greatest distance is the error.
"""
import sys

from problem import Problem, missing, np, timed

try:
    import scipy.integrate._ivp.bdf as bdf
    from scipy.integrate import BDF, LSODA
    from scipy.sparse import csc_matrix
except ImportError:
    missing("scipy")


def drive(solver, distance, tolerance, largest_steps=200000):
    """Steps until distance(y) <= tolerance; the last step is not cut, as ours is not paid for its location either."""
    steps = 0
    while solver.status == "running" and steps < largest_steps:
        solver.step()
        steps += 1
        if distance(solver.y) <= tolerance:
            return steps, distance(solver.y)
    return np.nan, distance(solver.y)


class Whole:
    """y = (u, U row by row)."""

    def __init__(self, p):
        self.p, self.h, n = p, p.H.ravel(), p.d * p.d
        self.start = np.concatenate([[p.u], p.U.ravel()])
        self.diagonal = 1 + np.arange(p.d) * (p.d + 1)
        self.limit = np.linalg.norm(p.V)
        # the arrowhead's pattern, once: row 0, column 0, the diagonal, column by column
        self.indices = np.concatenate([np.arange(n + 1), np.stack([np.zeros(n, int), 1 + np.arange(n)], 1).ravel()])
        self.pointers = np.concatenate([[0, n + 1], n + 1 + 2 * (1 + np.arange(n))])

    def rhs(self, t, y):
        u, U, f = y[0], y[1:], np.empty_like(y)
        hU = self.h * U
        f[0] = self.p.B @ y[self.diagonal] - u * (hU @ U)
        np.multiply(hU, -u * u, out=f[1:])
        f[self.diagonal] += u * self.p.B
        return f

    def border(self, y):
        """df_0/dU and df_U/du, equal by symmetry of the Hessian; df_0/du."""
        u, U = y[0], y[1:]
        hU = self.h * U
        row = -2 * u * hU
        row[self.diagonal - 1] += self.p.B
        return row, -(hU @ U)

    def sparse(self, t, y):
        row, corner = self.border(y)
        tail = np.stack([row, -y[0]**2 * self.h], 1).ravel()
        data = np.concatenate([[corner], row, tail])
        return csc_matrix((data, self.indices, self.pointers), shape=(len(y), len(y)))

    def dense(self, t, y):
        row, corner = self.border(y)
        J = np.diag(np.concatenate([[corner], -y[0]**2 * self.h]))
        J[0, 1:] = row
        J[1:, 0] = row
        return J

    def whole(self, y):
        return y

    def distance(self, y):
        e = y[0] * y[1:]
        e[self.diagonal - 1] -= self.p.V
        return np.linalg.norm(e) / self.limit


class Reduced:
    """y = (u, U_ii, s), U_ij = U_ij(0) exp(-H_ij s) elsewhere; du/dt needs sum c exp(-2 H s), c = H U(0)^2."""

    def __init__(self, p, compressed):
        self.p = p
        off = ~np.eye(p.d, dtype=bool)
        self.rates, self.c, self.U2 = p.H[off], (p.H * p.U**2)[off], (p.U**2)[off]
        if compressed:
            self.rates, sums = compress(self.rates, np.stack([self.c, self.U2]))
            self.c, self.U2 = sums
        self.h = np.diag(p.H).copy()
        self.start = np.concatenate([[p.u], np.diag(p.U), [0.0]])
        self.limit = np.linalg.norm(p.V)

    def decay(self, s):
        return np.exp(np.maximum(-2 * s * self.rates, -600))  # denormal numbers would take ten times as long

    def rhs(self, t, y):
        u, U, s, f = y[0], y[1:-1], y[-1], np.empty_like(y)
        hU = self.h * U
        f[0] = self.p.B @ U - u * (hU @ U + self.c @ self.decay(s))
        f[1:-1] = u * self.p.B - u * u * hU
        f[-1] = u * u
        return f

    def parts(self, y):
        u, U, s = y[0], y[1:-1], y[-1]
        hU, e = self.h * U, self.decay(s)
        row = self.p.B - 2 * u * hU
        corner = -(hU @ U + self.c @ e)
        by_s = 2 * u * ((self.c * self.rates) @ e)
        return row, corner, by_s

    def dense(self, t, y):
        row, corner, by_s = self.parts(y)
        J = np.diag(np.concatenate([[corner], -y[0]**2 * self.h, [0.0]]))
        J[0, 1:-1] = row
        J[1:-1, 0] = row
        J[0, -1] = by_s
        J[-1, 0] = 2 * y[0]
        return J

    def sparse(self, t, y):
        row, corner, by_s = self.parts(y)
        d = len(row)
        i = np.concatenate([np.zeros(d + 2, int), 1 + np.arange(d), 1 + np.arange(d), [d + 1]])
        j = np.concatenate([np.arange(d + 2), np.zeros(d, int), 1 + np.arange(d), [0]])
        data = np.concatenate([[corner], row, [by_s], row, -y[0]**2 * self.h, [2 * y[0]]])
        return csc_matrix((data, (i, j)), shape=(d + 2, d + 2))

    def whole(self, y):
        U = self.p.U * np.exp(-self.p.H * y[-1])
        U[np.diag_indices(self.p.d)] = y[1:-1]
        return np.concatenate([y[:1], U.ravel()])

    def distance(self, y):
        off = y[0]**2 * (self.U2 @ self.decay(y[-1]))
        return np.sqrt(max(off, 0.0) + ((y[0] * y[1:-1] - self.p.V)**2).sum()) / self.limit


def compress(rates, weights, nodes=20):
    """Moves weights (rows) onto Chebyshev nodes of panels that double with the distance from the least rate: the sums
    sum w exp(-2 a s) stay to rounding, relative to their slowest term."""
    low, high = rates.min(), rates.max()
    if high <= low * (1 + 1e-12):
        return np.array([low]), weights.sum(1, keepdims=True)
    edges = [0.0, min(low, high - low)]
    while edges[-1] < high - low:
        edges.append(min(2 * edges[-1], high - low))
    edges = low + np.array(edges)
    k = np.arange(nodes)
    x = np.cos(np.pi * (k + 0.5) / nodes)
    sign = (-1.0)**k * np.sin(np.pi * (k + 0.5) / nodes)
    panel = np.clip(np.searchsorted(edges, rates, side="right") - 1, 0, len(edges) - 2)
    out_rates, out = [], []
    for m in range(len(edges) - 1):
        mine = panel == m
        center, half = (edges[m + 1] + edges[m]) / 2, (edges[m + 1] - edges[m]) / 2
        difference = (rates[mine, None] - center) / half - x
        hit = np.abs(difference) < 1e-15
        difference[hit] = 1e-15
        basis = sign / difference
        basis /= basis.sum(1, keepdims=True)
        out_rates.append(center + half * x)
        out.append(weights[:, mine] @ basis)
    return np.concatenate(out_rates), np.concatenate(out, 1)


def follow(solver, problem, rest):
    """Steps through the times of the reference; the greatest relative distance of (u, U) from it."""
    d, count = problem.p.d, int(rest[0])
    times, states = rest[1:1 + count], rest[1 + count:].reshape(count, -1)
    steps, error, k = 0, 0.0, 0
    while k < count:
        if solver.status != "running":
            return np.nan, np.nan
        solver.step()
        steps += 1
        while k < count and times[k] <= solver.t:
            y = problem.whole(solver.dense_output()(times[k]))
            reference = np.concatenate([states[k, :1], states[k, 1:].reshape(d, d, order="F").ravel()])
            error = max(error, np.linalg.norm(y - reference) / np.linalg.norm(reference))
            k += 1
    return steps, error


def solve(p, method):
    form, kind, *norm = method.split("-")
    if norm:
        if not hasattr(bdf, "norm"):
            missing("scipy with a norm that can be set")
        bdf.norm = lambda x: np.abs(x).max()
    whole = form == "whole" or method == "path-bdf"
    problem = Whole(p) if whole else Reduced(p, form != "pairs")
    options = {"rtol": p.rtol, "atol": np.full(len(problem.start), p.atol)}
    if kind == "bdf":
        solver = BDF(problem.rhs, 0.0, problem.start, 1e60, jac=problem.sparse, **options)
    else:
        solver = LSODA(problem.rhs, 0.0, problem.start, 1e60, jac=problem.dense, **options)
    return follow(solver, problem, p.rest) if form == "path" else drive(solver, problem.distance, p.error)


def main():
    method, path = sys.argv[1:3]
    p = Problem(path)
    timed(lambda: solve(p, method))


if __name__ == "__main__":
    main()
