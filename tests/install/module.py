"""The Python module: numbers against those of numpy, documents against the program's, refusals."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import numpy as np

import lsaflow

PROGRAM, MODELS = sys.argv[1], sys.argv[2]
LAMBDA = np.array([[2.0, 0.1], [0.1, 1 / 3]])
SETTINGS = {
    "statement": "merged",
    "data": {"context": 10, "covariance": {"matrix": LAMBDA}},
    "init": {"scheme": "values", "values": {"u": 0.3, "U": [[1.0, 2.0], [3.0, 4.0]]}},
    "flow": {"output": {"points": 6}},
    "tests": [{"name": "same"}, {"name": "long", "context": np.inf, "query_noise": True, "label_noise": 0.25}],
    "claims": ["limit-product", "monotone-loss"],
}


def without_seconds(document):
    if isinstance(document, dict):
        return {key: without_seconds(value) for key, value in document.items() if key != "seconds"}
    return [without_seconds(value) for value in document] if isinstance(document, list) else document


def loss_of(u, U, context):
    """(5.4) by hand: 1/2 (u^2 tr(Gamma Lambda U Lambda U') - 2 u tr(Lambda^2 U) + tr Lambda)."""
    Gamma = (1 + 1 / context) * LAMBDA + np.trace(LAMBDA) / context * np.eye(2)
    A = u * U
    return 0.5 * (np.trace(Gamma @ LAMBDA @ A @ LAMBDA @ A.T) - 2 * np.trace(LAMBDA @ LAMBDA @ A) + np.trace(LAMBDA))


class Numbers(unittest.TestCase):
    def setUp(self):
        self.study = lsaflow.build(SETTINGS).study()

    def test_blocks(self):
        self.assertEqual([block.name for block in self.study.blocks], ["u", "U"])
        self.assertEqual(self.study.size, 5)
        state = self.study.unpack(self.study.start)
        self.assertEqual(state["u"], 0.3)
        np.testing.assert_array_equal(state["U"], [[1, 2], [3, 4]])
        np.testing.assert_array_equal(self.study.pack(state), self.study.start)
        np.testing.assert_array_equal(self.study.pack({"u": 2.0}), [2, 0, 0, 0, 0])

    def test_loss_and_derivatives(self):
        theta, v, h = self.study.start, np.array([1.0, -1, 0.5, 2, 0.25]), 1e-6
        U = np.array([[1.0, 2], [3, 4]])
        self.assertAlmostEqual(self.study.loss({"u": 0.3, "U": U}), loss_of(0.3, U, 10), delta=1e-12)
        slope = (self.study.loss(theta + h * v) - self.study.loss(theta - h * v)) / (2 * h)
        self.assertAlmostEqual(self.study.gradient(theta) @ v, slope, delta=1e-6 * abs(slope))
        bend = (self.study.gradient(theta + h * v) - self.study.gradient(theta - h * v)) / (2 * h)
        np.testing.assert_allclose(self.study.hessian(theta, v), bend, rtol=1e-6, atol=1e-6)

    def test_minimum(self):
        limit = self.study.unpack(self.study.limit)
        Gamma = (1 + 1 / 10) * LAMBDA + np.trace(LAMBDA) / 10 * np.eye(2)
        np.testing.assert_allclose(limit["u"] * limit["U"], np.linalg.inv(Gamma), rtol=1e-12)
        self.assertAlmostEqual(self.study.loss(self.study.limit), self.study.minimum_loss, delta=1e-13)

    def test_errors_of_tests(self):
        theta = self.study.start
        self.assertAlmostEqual(self.study.test_error(0, theta), 2 * self.study.loss(theta), delta=1e-12)
        D = LAMBDA @ (0.3 * np.array([[1.0, 2], [3, 4]])) - np.eye(2)  # M = infinity: E (w' (Lambda u U - I) x)^2
        self.assertAlmostEqual(self.study.test_error(1, theta), np.trace(D @ LAMBDA @ D.T) + 0.25, delta=1e-11)

    def test_formula(self):
        self.assertIn("tr(Lambda)", self.study.formula())
        self.assertIn("\\Lambda", self.study.formula("U", "latex"))

    def test_heads(self):
        study = lsaflow.build({"statement": "multihead", "data": {"context": 5, "covariance": "identity", "dimension": 2,
                                                                 "heads": 3},
                               "init": {"scheme": "gaussian", "scale": 0.3, "seed": 18446744073709551615}}).study()
        state = study.unpack(study.start)
        self.assertEqual(state["U"].shape, (3, 2, 2))
        self.assertEqual(state["u"].shape, (3,))
        np.testing.assert_array_equal(study.pack(state), study.start)


class Documents(unittest.TestCase):
    def test_the_program_prints_the_same(self):
        path = os.path.join(MODELS, "quickstart.yaml")
        model = lsaflow.load(path)
        for kind in ("derive", "eval", "run", "predict"):
            printed = subprocess.run([PROGRAM, kind, path, "--json"], capture_output=True, check=True).stdout
            self.assertEqual(without_seconds(model.document(kind)), without_seconds(json.loads(printed)), kind)

    def test_sampled_and_judged(self):
        text = ("statement: merged\ndata: {context: 10, covariance: {spectrum: [2, 1]}}\ntests: [{name: same}]\n"
                "monte_carlo: {prompts: 4096, relative_error: 0.5}\nclaims: [limit-u, test-error, monotone-loss]\n")
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "small.yaml")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            for kind in ("sample", "verify"):
                printed = subprocess.run([PROGRAM, kind, path, "--json"], capture_output=True, check=True).stdout
                self.assertEqual(lsaflow.parse(text).document(kind), json.loads(printed), kind)

    def test_trajectory(self):
        run = lsaflow.build(SETTINGS).run()
        path = lsaflow.trajectory(run)
        self.assertEqual(path["time"].shape, (6,))
        self.assertEqual(path["U"].shape, (6, 2, 2))
        self.assertTrue(np.all(np.diff(path["loss"]) <= 0))
        np.testing.assert_allclose(path["U"][0], [[1, 2], [3, 4]], rtol=1e-14)  # there and back to Lambda's eigenbasis
        self.assertEqual(run["final"]["kind"], "global-minimum")

    def test_frame(self):
        try:
            import pandas  # noqa: F401
        except ImportError:
            self.skipTest("pandas is not installed")
        frame = lsaflow.frame(lsaflow.build(SETTINGS).run())
        self.assertEqual(list(frame.columns[-5:]), ["u", "U[0,0]", "U[0,1]", "U[1,0]", "U[1,1]"])

    def test_verify(self):
        document = lsaflow.build(SETTINGS).verify()
        self.assertEqual(document["verdict"], "holds")
        self.assertEqual({claim["name"] for claim in document["claims"]}, {"limit-product", "monotone-loss"})

    def test_vary(self):
        model = lsaflow.build(dict(SETTINGS, vary={"data.context": [5, 10, 20]}))
        self.assertEqual(model.runs, 3)
        losses = [model.study(run).minimum_loss for run in range(3)]
        self.assertGreater(losses[0], losses[2])
        self.assertRaises(IndexError, model.study, 3)

    def test_threads(self):
        alone = without_seconds(lsaflow.build(SETTINGS).run())
        found = []
        work = [threading.Thread(target=lambda: found.append(without_seconds(lsaflow.build(SETTINGS).run())))
                for _ in range(4)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        self.assertEqual(found, [alone] * 4)


class Interrupts(unittest.TestCase):
    """Ctrl-C while the library computes what would take hours."""

    def ended(self, exception, call):
        began = time.monotonic()
        timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        self.assertRaises(exception, call)
        timer.join()
        self.assertGreater(time.monotonic() - began, 0.4)
        return time.monotonic() - began

    def test_documents(self):
        endless = dict(SETTINGS, monte_carlo={"prompts": 10**12, "relative_error": 1e-9})
        self.assertLess(self.ended(KeyboardInterrupt, lsaflow.build(endless).sample), 100)
        endless["claims"] = ["test-error"]
        self.assertLess(self.ended(KeyboardInterrupt, lsaflow.build(endless).verify), 100)
        slow = {"statement": "full", "data": {"dimension": 40, "context": 50}, "flow": {"method": "dense", "rtol": 1e-13}}
        self.assertLess(self.ended(KeyboardInterrupt, lsaflow.build(slow).run), 100)
        self.assertEqual(lsaflow.build(SETTINGS).verify()["verdict"], "holds")

    def test_handlers(self):
        def handler(number, where):
            raise TimeoutError

        before = signal.signal(signal.SIGINT, handler)
        try:
            endless = dict(SETTINGS, monte_carlo={"prompts": 10**12, "relative_error": 1e-9})
            self.ended(TimeoutError, lsaflow.build(endless).sample)
        finally:
            signal.signal(signal.SIGINT, before)


class Refusals(unittest.TestCase):
    def refused(self, status, text, call, *arguments):
        with self.assertRaises(lsaflow.Error) as caught:
            call(*arguments)
        self.assertEqual(caught.exception.status, status)
        self.assertIn(text, str(caught.exception))

    def test_models(self):
        self.refused("read", "nowhere.yaml", lsaflow.load, "nowhere.yaml")
        self.refused("input", "mine.yaml:1:1: ", lsaflow.parse, "statment: merged", "mine.yaml")
        self.refused("input", "model: data.contxt", lsaflow.build, {"statement": "merged", "data": {"contxt": 3}})
        self.refused("input", "model: data.context: found 'nan'", lsaflow.build, {"statement": "merged", "data.context": np.nan})
        crooked = {"statement": "merged", "data": {"context": 3, "covariance": {"matrix": [[1, 2], [0, 1]]}}}
        self.refused("input", "data.covariance.matrix", lsaflow.build, crooked)

    def test_studies(self):
        model = lsaflow.build(SETTINGS)
        study = model.study(gradient_only=True)
        self.refused("unable", "no Hessian", study.hessian, study.start, study.start)
        self.refused("input", "no parameter 'V'", study.formula, "V")
        self.assertRaises(IndexError, study.test_error, 2, study.start)
        self.assertRaises(ValueError, study.loss, np.zeros(4))
        self.assertRaises(KeyError, study.pack, {"V": 1.0})
        self.refused("input", "no claim is called", lsaflow.build(dict(SETTINGS, claims=["limit"])).verify)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1], verbosity=2)
