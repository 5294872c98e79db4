"""Timings: one client for latency, eight for throughput. An operation that fails stops the measure."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from bench.browser import Browser

Operation = Callable[[Browser, int], None]


@dataclass
class Figures:
    """Milliseconds and operations per second of one operation."""

    p50_ms: float
    p95_ms: float
    ops_s_8: float
    p95_ms_8: float


def percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def alone(operation: Operation, browser: Browser, rounds: int) -> list[float]:
    """Milliseconds of ``rounds`` calls by one client, after a short warm-up."""
    for number in range(5):
        operation(browser, 90_000 + number)
    times = []
    for number in range(rounds):
        started = time.perf_counter()
        operation(browser, number)
        times.append((time.perf_counter() - started) * 1000)
    return times


def together(operation: Operation, browsers: list[Browser], seconds: float) -> tuple[float, list[float]]:
    """(operations per second, milliseconds of each) by all clients at once."""
    times: list[list[float]] = [[] for _ in browsers]
    errors: list[BaseException] = []
    end = time.perf_counter() + seconds

    def run(place: int) -> None:
        number = place * 10_000 + 100_000
        try:
            while time.perf_counter() < end:
                started = time.perf_counter()
                operation(browsers[place], number)
                times[place].append((time.perf_counter() - started) * 1000)
                number += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(place,)) for place in range(len(browsers))]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - started
    if errors:
        raise errors[0]
    every = [value for one in times for value in one]
    return len(every) / took, every


def measure(
    operation: Operation, browsers: list[Browser], *, rounds: int = 100, seconds: float = 20
) -> Figures:
    single = alone(operation, browsers[0], rounds)
    rate, many = together(operation, browsers, seconds)
    return Figures(
        round(statistics.median(single), 2),
        round(percentile(single, 0.95), 2),
        round(rate, 1),
        round(percentile(many, 0.95), 2),
    )
