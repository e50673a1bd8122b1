# SPDX-License-Identifier: BSD-2-Clause
"""Loads the programs of bench/, whose names have no suffix, and runs them."""

import importlib.machinery
import importlib.util
import os
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def path_of(name):
    """The path of a program of bench/."""
    return os.path.join(ROOT, "bench", name)


def load(name):
    """A program as a module."""
    loader = importlib.machinery.SourceFileLoader(
        name.replace("-", "_"), path_of(name))
    loader_spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(loader_spec)
    loader.exec_module(module)
    return module


def run(name, *args, env=None, timeout=120):
    """Runs a program; gives its subprocess.CompletedProcess."""
    return subprocess.run([path_of(name), *args], capture_output=True,
                          text=True, check=False, timeout=timeout,
                          env={**os.environ, **(env or {})})
