"""lsaflow: the theory of in-context learning, checked by numbers.

One file on top of the shared library, by ctypes; it needs numpy alone.

    import lsaflow
    model = lsaflow.load("model.yaml")               # or parse(text), or build({...}) from Python values
    study = model.study()
    loss, gradient = study.loss(theta), study.gradient(theta)
    path = lsaflow.trajectory(model.run())           # arrays over time
    verdicts = model.verify()                        # the document of `lsaflow verify --json`, a dict

Parameters are one flat array in the order of study.blocks, each block column by column; `pack` and `unpack` turn them into
a dict of matrices and back, and every function takes either. Failures raise lsaflow.Error with the library's message. A
study is used by one thread at a time; several threads use several studies, and the interpreter's lock is free meanwhile.
Ctrl-C ends a document's computation and raises KeyboardInterrupt.
"""

import collections
import ctypes
import ctypes.util
import json
import math
import numbers
import os
import threading

import numpy as np

__all__ = ["Block", "Error", "Model", "Study", "build", "frame", "load", "parse", "trajectory"]

_STATUSES = ("ok", "usage", "input", "shape", "domain", "unable", "memory", "solver", "read", "write", "interrupted")
_DOCUMENTS = ("derive", "eval", "run", "predict", "sample", "verify")
_FORMATS = ("text", "latex", "mathml")


class Error(Exception):
    """What the library refused or could not do: its story as text, and `status`, one of "input", "unable", ..."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = _STATUSES[status] if 0 <= status < len(_STATUSES) else str(status)


# ---------------------------------------------------------------- the library

class _Error(ctypes.Structure):
    _fields_ = [("status", ctypes.c_int), ("text", ctypes.c_char * 2048)]


class _Block(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("symbol", ctypes.c_int), ("head", ctypes.c_ssize_t),
                ("family", ctypes.c_bool), ("rows", ctypes.c_ssize_t), ("cols", ctypes.c_ssize_t),
                ("offset", ctypes.c_ssize_t)]


class _StudyOptions(ctypes.Structure):
    _fields_ = [("gradient_only", ctypes.c_bool), ("may_reduce", ctypes.c_bool), ("threads", ctypes.c_int),
                ("interrupt", ctypes.c_void_p), ("progress", ctypes.c_void_p), ("progress_context", ctypes.c_void_p)]


def _candidates():
    """Where the library may be: as told, beside this file (any prefix, also a moved one), where the system looks."""
    told = os.environ.get("LSAFLOW_LIBRARY")
    if told:
        yield told
    here = os.path.dirname(os.path.abspath(__file__))
    for folder in (here, os.path.dirname(here)):
        for name in ("liblsaflow.so.0", "liblsaflow.so"):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                yield path
    found = ctypes.util.find_library("lsaflow")
    if found:
        yield found


def _open():
    for path in _candidates():
        return ctypes.CDLL(path)
    raise ImportError("liblsaflow is neither beside lsaflow.py nor where the system looks; LSAFLOW_LIBRARY names it")


_lib = _open()
_P, _S, _Z = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_ssize_t
_D, _E = ctypes.POINTER(ctypes.c_double), ctypes.POINTER(_Error)
_OUT = ctypes.POINTER(ctypes.c_void_p)


def _declare(name, result, *arguments):
    function = getattr(_lib, name)
    function.restype, function.argtypes = result, arguments
    return function


def _fallible(name, *arguments):
    """A function that returns a status and takes the error last: called without it, it raises."""
    function = _declare(name, ctypes.c_int, *arguments, _E)

    def call(*values):
        error = _Error()
        status = function(*values, ctypes.byref(error))
        if status != 0:
            raise Error(status, error.text.decode("utf-8", "replace"))
    return call


_version = _declare("lsa_version", _S)
_string_free = _declare("lsa_string_free", None, _P)
_model_load = _fallible("lsa_model_load", _S, _P, _OUT)
_model_parse = _fallible("lsa_model_parse", _S, _S, ctypes.c_size_t, _P, _OUT)
_model_destroy = _declare("lsa_model_destroy", None, _P)
_model_runs = _declare("lsa_model_runs", _Z, _P)
_model_name = _declare("lsa_model_name", _S, _P)
_model_experiment = _declare("lsa_model_experiment", _P, _P, _Z)
_builder_create = _declare("lsa_builder_create", _P, _S)
_builder_destroy = _declare("lsa_builder_destroy", None, _P)
_builder_string = _declare("lsa_builder_string", None, _P, _S, _S)
_builder_number = _declare("lsa_builder_number", None, _P, _S, ctypes.c_double)
_builder_vector = _declare("lsa_builder_vector", None, _P, _S, _Z, _D)
_builder_matrix = _declare("lsa_builder_matrix", None, _P, _S, _Z, _Z, _D)
_builder_yaml = _declare("lsa_builder_yaml", None, _P, _S, _S)
_builder_test = _declare("lsa_builder_test", None, _P, _S)
_builder_model = _fallible("lsa_builder_model", _P, _P, _OUT)
_study_options_for = _declare("lsa_study_options_for", _StudyOptions, ctypes.c_int)
_study_create = _fallible("lsa_study_create", _P, ctypes.POINTER(_StudyOptions), _OUT)
_study_destroy = _declare("lsa_study_destroy", None, _P)
_study_blocks = _fallible("lsa_study_blocks", _P, ctypes.POINTER(ctypes.POINTER(_Block)), ctypes.POINTER(_Z))
_study_size = _fallible("lsa_study_size", _P, ctypes.POINTER(_Z))
_study_start = _fallible("lsa_study_start", _P, ctypes.POINTER(_D))
_study_limit = _fallible("lsa_study_limit", _P, ctypes.POINTER(_D))
_study_loss = _fallible("lsa_study_loss", _P, _D, _D)
_study_gradient = _fallible("lsa_study_gradient", _P, _D, _D)
_study_hessian = _fallible("lsa_study_hessian", _P, _D, _D, _D)
_study_formula = _fallible("lsa_study_formula", _P, _S, ctypes.c_int, _OUT)
_study_minimum_loss = _fallible("lsa_study_minimum_loss", _P, _D)
_study_test_count = _declare("lsa_study_test_count", _Z, _P)
_study_test = _declare("lsa_study_test", _P, _P, _Z)
_study_test_error = _fallible("lsa_study_test_error", _P, _P, _D, _D)
_study_json = _fallible("lsa_study_json", _P, ctypes.c_int, _OUT)

__version__ = _version().decode()


def _pointer(array):
    return array.ctypes.data_as(_D)


def _take_string(pointer):
    text = ctypes.cast(pointer, _S).value.decode("utf-8")
    _string_free(pointer)
    return text


# ---------------------------------------------------------------- models

class Model:
    """A checked model: one experiment, or one for every value of its `vary`. Made by load, parse and build."""

    def __init__(self, handle):
        self._handle = handle

    def __del__(self):
        if getattr(self, "_handle", None):
            _model_destroy(self._handle)
            self._handle = None

    @property
    def name(self):
        return _model_name(self._handle).decode("utf-8")

    @property
    def runs(self):
        """The number of experiments: 1, or the product over `vary`."""
        return _model_runs(self._handle)

    def study(self, run=0, *, gradient_only=False, may_reduce=False, threads=0):
        """A Study of one run. gradient_only: no Hessian is derived and no flow followed; may_reduce: the flow may use its exact
        reduction; threads: of sampling, 0 for all."""
        return Study(self, run, _StudyOptions(gradient_only=gradient_only, may_reduce=may_reduce, threads=threads))

    def document(self, kind, run=0, threads=0):
        """The JSON document of a command, "derive", "eval", "run", "predict", "sample" or "verify", as a dict."""
        options = _study_options_for(_DOCUMENTS.index(kind))
        options.threads = threads
        return Study(self, run, options).document(kind)

    def derive(self, run=0):
        """Loss and gradient as formulas."""
        return self.document("derive", run)

    def eval(self, run=0):
        """Loss, gradient and test errors at the start."""
        return self.document("eval", run)

    def run(self, run=0):
        """The gradient flow: samples, end, conserved quantities, events. See trajectory() and frame()."""
        return self.document("run", run)

    def predict(self, run=0):
        """Minimum, constants and test errors in closed form."""
        return self.document("predict", run)

    def sample(self, run=0, threads=0):
        """Sampled test errors at the predicted limit."""
        return self.document("sample", run, threads)

    def verify(self, run=0, threads=0):
        """Every claim with both its numbers, and the verdict."""
        return self.document("verify", run, threads)


def load(path):
    """The model of a file."""
    handle = ctypes.c_void_p()
    _model_load(os.fsencode(path), None, ctypes.byref(handle))
    return Model(handle)


def parse(text, name="model.yaml"):
    """The model of a text; `name` stands for the path in messages, and for the folder of files that it names."""
    handle, data = ctypes.c_void_p(), text.encode("utf-8")
    _model_parse(os.fsencode(name), data, len(data), None, ctypes.byref(handle))
    return Model(handle)


def build(settings, name="model"):
    """The model of Python values: {"statement": "merged", "data": {"context": 40, "covariance": {"matrix": Lambda}},
    "tests": [{"name": "long", "context": 200}]}. Keys are those of model files, nested or by their dotted path; arrays of one
    and two dimensions are numpy's. Numbers keep every digit."""
    builder = _builder_create(os.fsencode(name))
    try:
        for key, value in settings.items():
            _set(builder, key, value)
        handle = ctypes.c_void_p()
        _builder_model(builder, None, ctypes.byref(handle))
        return Model(handle)
    finally:
        _builder_destroy(builder)


def _set(builder, key, value):
    path = key.encode("utf-8")
    if isinstance(value, dict) and key not in ("statement", "vary"):
        for name, item in value.items():
            _set(builder, key + "." + name, item)
    elif key == "tests" and isinstance(value, (list, tuple)):
        for number, test in enumerate(value):
            _builder_test(builder, str(test.get("name", "test-%d" % (number + 1))).encode("utf-8"))
            _set(builder, "tests.%d" % number, {name: item for name, item in test.items() if name != "name"})
    elif isinstance(value, str):
        _builder_string(builder, path, value.encode("utf-8"))
    elif isinstance(value, numbers.Integral) and not isinstance(value, bool):
        _builder_yaml(builder, path, str(int(value)).encode())
    elif isinstance(value, numbers.Real) and not isinstance(value, bool):
        _builder_number(builder, path, float(value))
    else:
        _set_list(builder, path, value)


def _set_list(builder, path, value):
    array = _array_of_numbers(value)
    if array is not None and array.ndim == 1:
        _builder_vector(builder, path, array.size, _pointer(np.ascontiguousarray(array)))
    elif array is not None and array.ndim == 2:
        columns = np.asfortranarray(array)
        _builder_matrix(builder, path, *array.shape, _pointer(columns))
    else:
        _builder_yaml(builder, path, json.dumps(value, default=_plain).encode("utf-8"))


def _array_of_numbers(value):
    if isinstance(value, (bool, dict)) or value is None:
        return None
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array.astype(float) if array.size > 0 and array.dtype.kind in "iuf" else None


def _plain(value):
    return value.tolist() if hasattr(value, "tolist") else str(value)


# ---------------------------------------------------------------- studies

def _interruptible(flag, call):
    """call(), which ends soon after `flag` is set: by Ctrl-C, or by what else a signal's handler raises. Python runs handlers
    between its own instructions and in the main thread alone; there a long call is left to a thread that is waited for."""
    if threading.current_thread() is not threading.main_thread():
        return call()
    outcome = {}

    def work():
        try:
            outcome["value"] = call()
        except BaseException as failure:  # is raised where it was asked for
            outcome["failure"] = failure

    worker = threading.Thread(target=work, name="lsaflow")
    worker.start()
    raised = None
    while worker.is_alive():
        try:
            worker.join()
        except BaseException as failure:
            raised = raised or failure
            flag.value = 1
    if raised or "failure" in outcome:
        raise raised or outcome["failure"]
    return outcome["value"]


Block = collections.namedtuple("Block", "name head family rows cols offset")


class Study:
    """One experiment under study: its loss and derivatives, start, predicted limit, test errors and documents."""

    def __init__(self, model, run, options):
        if not 0 <= run < model.runs:
            raise IndexError("run %d of a model with %d" % (run, model.runs))
        self._model = model  # which the study borrows from
        self._handle = ctypes.c_void_p()
        self._blocks = None
        self._interrupt = ctypes.c_int(0)  # a sig_atomic_t
        options.interrupt = ctypes.addressof(self._interrupt)
        _study_create(_model_experiment(model._handle, run), ctypes.byref(options), ctypes.byref(self._handle))

    def __del__(self):
        if getattr(self, "_handle", None):
            _study_destroy(self._handle)
            self._handle = None

    @property
    def blocks(self):
        """The blocks of the parameter array, in its order."""
        if self._blocks is None:
            blocks, count = ctypes.POINTER(_Block)(), _Z()
            _study_blocks(self._handle, ctypes.byref(blocks), ctypes.byref(count))
            self._blocks = tuple(Block(b.name.decode("utf-8"), b.head, b.family, b.rows, b.cols, b.offset)
                                 for b in (blocks[k] for k in range(count.value)))
        return self._blocks

    @property
    def size(self):
        """The numbers in the parameter array."""
        size = _Z()
        _study_size(self._handle, ctypes.byref(size))
        return size.value

    def unpack(self, parameters):
        """A dict of the blocks: rows x cols arrays, a float where both are 1; of a family an array over its heads."""
        flat, found = self._flat(parameters), collections.OrderedDict()
        for block in self.blocks:
            part = flat[block.offset:block.offset + block.rows * block.cols]
            value = part.reshape(block.rows, block.cols, order="F").copy() if part.size > 1 else float(part[0])
            found.setdefault((block.name, block.family), []).append(value)
        return {name: np.array(values) if family else values[0] for (name, family), values in found.items()}

    def pack(self, blocks):
        """The parameter array of a dict of blocks; those that are left out are 0."""
        unknown = set(blocks) - {block.name for block in self.blocks}
        if unknown:
            raise KeyError("no parameter is called " + ", ".join(sorted(unknown)))
        flat = np.zeros(self.size)
        for block in self.blocks:
            if block.name not in blocks:
                continue
            value = blocks[block.name][block.head] if block.family else blocks[block.name]
            shaped = np.asarray(value, dtype=float).reshape(block.rows, block.cols)
            flat[block.offset:block.offset + shaped.size] = shaped.ravel(order="F")
        return flat

    def _flat(self, parameters):
        if isinstance(parameters, dict):
            return self.pack(parameters)
        flat = np.ascontiguousarray(parameters, dtype=float)
        if flat.shape != (self.size,):
            raise ValueError("expected an array of %d parameters, got shape %r" % (self.size, flat.shape))
        return flat

    def _point(self, function):
        values = _D()
        function(self._handle, ctypes.byref(values))
        return np.ctypeslib.as_array(values, (self.size,)).copy()

    @property
    def start(self):
        """The initial parameters that the model asks for."""
        return self._point(_study_start)

    @property
    def limit(self):
        """The predicted parameters at the global minimum that the paper's start reaches."""
        return self._point(_study_limit)

    @property
    def minimum_loss(self):
        """The least loss over all parameters; nan where it is not known."""
        least = ctypes.c_double()
        _study_minimum_loss(self._handle, ctypes.byref(least))
        return least.value

    def loss(self, parameters):
        """1/2 E (prediction - target)^2 of the training law."""
        loss = ctypes.c_double()
        _study_loss(self._handle, _pointer(self._flat(parameters)), ctypes.byref(loss))
        return loss.value

    def gradient(self, parameters):
        out = np.empty(self.size)
        _study_gradient(self._handle, _pointer(self._flat(parameters)), _pointer(out))
        return out

    def hessian(self, parameters, direction):
        """The Hessian at the parameters times a direction."""
        out = np.empty(self.size)
        _study_hessian(self._handle, _pointer(self._flat(parameters)), _pointer(self._flat(direction)), _pointer(out))
        return out

    def formula(self, parameter=None, format="text"):
        """The derived loss, or its derivative by a parameter, as "text", "latex" or "mathml"."""
        text = ctypes.c_void_p()
        name = parameter.encode("utf-8") if parameter is not None else None
        _study_formula(self._handle, name, _FORMATS.index(format), ctypes.byref(text))
        return _take_string(text)

    def test_error(self, test, parameters):
        """E (prediction - label)^2 of the test of that number from 0, at the parameters."""
        setting, error = _study_test(self._handle, test), ctypes.c_double()
        if not setting:
            raise IndexError("test %d of %d" % (test, _study_test_count(self._handle)))
        _study_test_error(self._handle, setting, _pointer(self._flat(parameters)), ctypes.byref(error))
        return error.value

    def document(self, kind):
        """The JSON document of a command as a dict; of one study, so that stages are shared between documents. After Ctrl-C the
        study stays interrupted: another one computes anew."""
        text, number = ctypes.c_void_p(), _DOCUMENTS.index(kind)
        try:
            _interruptible(self._interrupt, lambda: _study_json(self._handle, number, ctypes.byref(text)))
        except BaseException:
            if text:  # what an interrupt left
                _string_free(text)
            raise
        return json.loads(_take_string(text))


# ---------------------------------------------------------------- trajectories

def trajectory(document):
    """The samples of a run as arrays over its times: "time", "loss", "gap", "gradient_norm", and one of every parameter that
    the document holds, times first. What a sample does not have is nan."""
    samples = document["samples"]
    out = {name: np.array([math.nan if sample[name] is None else sample[name] for sample in samples], dtype=float)
           for name in ("time", "loss", "gap", "gradient_norm")}
    states = [sample.get("parameters") for sample in samples]
    known = next((state for state in states if state), {})
    for name, value in known.items():
        none = np.full(np.shape(value), math.nan)
        out[name] = np.array([state[name] if state else none for state in states], dtype=float)
    return out


def frame(document):
    """The same as a pandas frame, one row a time; entries of matrices are columns "U[0,1]"."""
    import pandas

    columns = {}
    for name, values in trajectory(document).items():
        for index in np.ndindex(values.shape[1:]):
            label = name + "[" + ",".join(map(str, index)) + "]" if index else name
            columns[label] = values[(slice(None),) + index]
    return pandas.DataFrame(columns)
