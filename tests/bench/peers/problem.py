"""The problem that `lsaflow bench` hands to a peer, and what peers share: the flow on all unknowns and on the reduction.

The reduced layer with Lambda = diag(l), N examples, no noise, Omega = I:
    L = 1/2 u^2 sum H_ij U_ij^2 - u sum l_i^2 U_ii,   H_ij = l_i l_j g_i,   g_i = (1 + 1/N) l_i + tr(Lambda)/N
    du/dt = sum l_i^2 U_ii - u sum H_ij U_ij^2,       dU_ij/dt = u l_i^2 delta_ij - u^2 H_ij U_ij
The limit of u U is V = diag(1/g). The stop is |uU - V|_F <= error |V|_F.
"""
import sys
import time

NOT_INSTALLED = 77


def missing(what):
    """Ends the peer: something that it needs is not there."""
    print("missing:", what)
    sys.exit(NOT_INSTALLED)


try:
    import numpy as np
except ImportError:
    missing("numpy")


def report(seconds, steps=np.nan, error=np.nan):
    """The one line that is read."""
    print(f"peer {seconds:.9g} {steps:.9g} {error:.9g}")


class Problem:
    """Doubles: d, N, rtol, error, end, u(0), l (d), U(0) (d x d, column-major), then what a method knows: `rest`."""

    def __init__(self, path):
        x = np.fromfile(path)
        d = self.d = int(x[0])
        self.N, self.rtol, self.error, self.end, self.u = x[1:6]
        self.l = x[6:6 + d]
        self.U = x[6 + d:6 + d + d * d].reshape(d, d, order="F")
        self.rest = x[6 + d + d * d:]
        self.g = (1 + 1 / self.N) * self.l + self.l.sum() / self.N
        self.H = (self.l * self.g)[:, None] * self.l[None, :]
        self.B = self.l**2
        self.V = 1 / self.g
        # u*, by the conserved u^2 - |U|^2; absolute tolerances are tied to it
        c = self.u**2 - (self.U**2).sum()
        self.u_limit = np.sqrt((c + np.hypot(c, 2 * np.linalg.norm(self.V))) / 2)
        self.atol = 1e-12 * self.u_limit


def timed(solve):
    """solve() -> (steps, error), from the set-up of the problem to the stop; imports and reading are not counted."""
    began = time.perf_counter()
    steps, error = solve()
    report(time.perf_counter() - began, steps, error)
