"""OpenFisca's country template, for comparison. Run by the interpreter it is installed for.

Called with a number of persons; prints the CPU seconds of `disposable_income` for all of them, and of one person with
its full trace.
"""

import sys
import time
from typing import Any


def main() -> None:
    """Measure both, each once."""
    import numpy  # noqa: ICN001, PLC0415  # by its whole name; only where OpenFisca is

    system = _system()
    several = int(sys.argv[1])
    drawn = numpy.random.default_rng(1)
    for people in (several, several):  # the first warms up
        simulation = _simulation(system, people, drawn, traced=False)
        begin = time.process_time()
        simulation.calculate("disposable_income", "2017-01")
        seconds = time.process_time() - begin
    ones = []
    for _ in range(20):
        simulation = _simulation(system, 1, drawn, traced=True)
        begin = time.process_time()
        simulation.calculate("disposable_income", "2017-01")
        simulation.tracer.computation_log.lines()
        ones.append(time.process_time() - begin)
    sys.stdout.write(f"{seconds} {sorted(ones)[len(ones) // 2]}\n")


# Helpers


def _system() -> Any:
    from openfisca_country_template import (  # type: ignore[import-not-found]  # noqa: PLC0415  # only where it is
        CountryTaxBenefitSystem,
    )

    return CountryTaxBenefitSystem()


def _simulation(system: Any, people: int, drawn: Any, *, traced: bool) -> Any:
    from openfisca_core.simulation_builder import (  # type: ignore[import-not-found]  # noqa: PLC0415  # the same
        SimulationBuilder,
    )

    simulation = SimulationBuilder().build_default_simulation(system, count=people)
    simulation.trace = traced
    simulation.set_input("salary", "2017-01", drawn.integers(0, 5000, people))
    simulation.set_input("age", "2017-01", drawn.integers(18, 70, people))
    return simulation


if __name__ == "__main__":
    main()
