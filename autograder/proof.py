"""Proof of an exercise: starter, solution, variants and mutants judged as declared."""

import hashlib
import importlib.metadata
import json
import os
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from autograder import given
from autograder.exercises import POINTS, Exercise, Variant
from autograder.imports import reached_modules
from autograder.judge import judge, points
from autograder.mutants import Mutant, make_mutants, read_equivalents
from autograder.namespace import files_of
from autograder.reformat import reformat
from autograder.rooms import Rooms

KILLED_SHARE = 0.95
_ROOT = Path(__file__).resolve().parent.parent
_JUDGING_LIBRARIES = (
    "hypothesis",
    "complexipy",
    "ruff",
    "cosmic-ray",
    "mypy",
    "zizmor",
    "check-jsonschema",
)


@cache
def _distributions() -> Mapping[str, list[str]]:
    """Which packages bring a module."""
    return importlib.metadata.packages_distributions()


@dataclass(frozen=True)
class Finding:
    """How one answer was judged.

    Attributes:
        met: For each criterion, in order, whether it is met.
        messages: What the learner reads for each one that is not.
        points: Points earned.
    """

    met: dict[str, bool]
    messages: dict[str, str]
    points: int

    @property
    def lost(self) -> list[str]:
        """Criteria that are not met."""
        return [name for name, met in self.met.items() if not met]


@dataclass
class Proof:
    """The matrix of one exercise: answers by criteria.

    Attributes:
        slug: The exercise.
        findings: By answer: ``starter``, ``reformatted``, ``solution``, variants.
        problems: Sentences about each cell that is not as declared; empty is proven.
        mutants_made: How many mutants the solution has.
        mutants_killed: How many of them lose a criterion.
        equivalent: Declared mutants that change nothing a caller could see.
        survivors: Keys of mutants that lived and are not declared.
    """

    slug: str
    findings: dict[str, Finding] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    mutants_made: int = 0
    mutants_killed: int = 0
    equivalent: list[str] = field(default_factory=list)
    survivors: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether everything is as declared."""
        return not self.problems

    def as_json(self) -> dict[str, object]:
        """The proof as plain data, one object per exercise in ``prove --json``."""

        def cell(name: str) -> dict[str, object]:
            finding = self.findings[name]
            return {"points": finding.points, "lost": finding.lost}

        def group(prefix: str) -> dict[str, object]:
            return {
                name: cell(name) for name in self.findings if name.startswith(prefix)
            }

        return {
            "slug": self.slug,
            "ok": self.ok,
            "starter": cell("starter"),
            "reformatted": cell("reformatted"),
            "solution": cell("solution"),
            "right": group("right_"),
            "wrong": group("wrong_"),
            "mutants": {
                "made": self.mutants_made,
                "killed": self.mutants_killed,
                "equivalent": self.equivalent,
            },
            "survivors": self.survivors,
            "problems": self.problems,
        }


class Prover:
    """Judges answers in worker processes and compares with what is declared.

    Args:
        rooms: The course.
        full: Judge every mutant anew, even where nothing changed since the last proof.
    """

    def __init__(self, rooms: Rooms, *, full: bool = False) -> None:
        self._rooms = rooms
        self._full = full
        self._record = MutantRecord(rooms)

    def prove(self, exercise: Exercise) -> Proof:
        """Prove one exercise.

        Args:
            exercise: A checked exercise.

        Returns:
            The matrix, with a sentence for each cell that is not as declared.
        """
        proof = Proof(exercise.slug)
        starter = exercise.brief.starter
        answers = {
            "starter": starter,
            "reformatted": reformat(starter),
            "solution": exercise.solution,
            **{v.name: v.source for v in exercise.variants},
        }
        findings = self._judge(exercise, answers.values(), stop_at_first=False)
        proof.findings = dict(zip(answers, findings, strict=True))
        proof.problems += list(_complaints(exercise, proof.findings))
        if not proof.problems:
            self._try_mutants(exercise, proof)
        return proof

    def _try_mutants(self, exercise: Exercise, proof: Proof) -> None:
        mutants = make_mutants(exercise.solution)
        known = None if self._full else self._record.look_up(exercise)
        if known is None:
            sources = [mutant.source for mutant in mutants]
            findings = self._judge(exercise, sources, stop_at_first=True)
            known = [
                m.key for m, f in zip(mutants, findings, strict=True) if not f.lost
            ]
        declared = read_equivalents(exercise)
        proof.mutants_made = len(mutants)
        proof.mutants_killed = len(mutants) - len(known)
        proof.equivalent = [key for key in known if key in declared]
        proof.survivors = [key for key in known if key not in declared]
        proof.problems += list(_mutant_complaints(proof, mutants, declared))
        self._record.write(exercise, known)

    def _judge(
        self, exercise: Exercise, sources: Iterable[str], *, stop_at_first: bool
    ) -> list[Finding]:
        jobs = [
            (exercise.part, exercise.slug, self._rooms.root, source, stop_at_first)
            for source in sources
        ]
        findings: list[Finding | None] = [None] * len(jobs)
        workers = os.cpu_count() or 1
        while None in findings:
            if _judge_in_pool(jobs, findings, workers):
                continue
            # An answer killed its worker, and the pool with it. With one worker the
            # first answer without a finding is the one that did it.
            if workers == 1:
                culprit = findings.index(None)
                findings[culprit] = Finding({"process": False}, {"process": "ended"}, 0)
            workers = 1
        return [finding for finding in findings if finding is not None]


_Job = tuple[str, str, Path, str, bool]


def _judge_in_pool(
    jobs: list[_Job], findings: list[Finding | None], workers: int
) -> bool:
    """Judge what has no finding yet; False when a worker died on the way."""
    with ProcessPoolExecutor(max_workers=workers) as pool:
        try:
            waiting = [i for i, finding in enumerate(findings) if finding is None]
            futures = {i: pool.submit(_judge_job, *jobs[i]) for i in waiting}
            for i, future in futures.items():
                findings[i] = future.result()
        except BrokenProcessPool:
            return False
    return True


def _judge_job(
    part: str, slug: str, root: Path, source: str, stop_at_first: bool
) -> Finding:
    exercise = _load(part, slug, root)
    verdicts = judge(exercise, source, stop_at_first=stop_at_first)
    return Finding(
        met={v.criterion.name: v.met for v in verdicts},
        messages={v.criterion.name: str(v.evidence) for v in verdicts if v.evidence},
        points=points(verdicts),
    )


@cache
def _load(part: str, slug: str, root: Path) -> Exercise:
    """One load of an exercise per worker process."""
    return Exercise(part, slug, Rooms(root))


def _complaints(exercise: Exercise, findings: dict[str, Finding]) -> Iterable[str]:
    yield from _starter_complaints(exercise, findings)
    for name in ["solution", *(v.name for v in exercise.variants if v.right)]:
        finding = findings[name]
        for criterion in finding.lost:
            yield f"{name} does not meet {criterion}: {finding.messages[criterion]}"
    for variant in exercise.variants:
        if not variant.right:
            yield from _wrong_complaints(variant, findings[variant.name])
    if findings["solution"].points != POINTS:
        yield f"the solution earns {findings['solution'].points} of {POINTS} points."


def _starter_complaints(
    exercise: Exercise, findings: dict[str, Finding]
) -> Iterable[str]:
    """Untouched and cosmetically edited code behave well and meet no rule."""
    behaviour = {c.name for c in exercise.criteria if c.kind == "behaviour"}
    for name in ("starter", "reformatted"):
        finding = findings[name]
        for criterion, met in finding.met.items():
            if met != (criterion in behaviour):
                state = "meets" if met else "does not meet"
                said = finding.messages.get(criterion, "")
                yield f"{name} {state} {criterion}. {said}".strip()


def _wrong_complaints(variant: Variant, finding: Finding) -> Iterable[str]:
    """A wrong variant loses the one criterion that it names, in the words it names."""
    name, caught_by = variant.name, variant.caught_by
    if finding.lost != [caught_by]:
        lost = ", ".join(f"{n} ({finding.messages[n]})" for n in finding.lost)
        yield f"{name} should lose {caught_by} alone; it loses {lost or 'nothing'}."
    elif variant.message not in finding.messages[caught_by]:
        said = finding.messages[caught_by]
        yield f"{name}: the learner reads {said!r}, not {variant.message!r}."


def _mutant_complaints(
    proof: Proof, mutants: list[Mutant], declared: dict[str, str]
) -> Iterable[str]:
    worth = proof.mutants_made - len(proof.equivalent)
    if worth and proof.mutants_killed / worth < KILLED_SHARE:
        yield (
            f"{proof.mutants_killed} of {worth} mutants are killed, fewer than "
            f"{KILLED_SHARE:.0%}; survivors: " + "; ".join(proof.survivors)
        )
    made = {mutant.key for mutant in mutants}
    for key in declared:
        if key not in proof.equivalent:
            reason = "is killed" if key in made else "is not made"
            yield f"equivalent.yml declares {key!r}, but this mutant {reason}."


class MutantRecord:
    """Which mutants lived, remembered under a hash of everything that decides it.

    Judging mutants takes minutes and depends only on committed content, so the record
    is committed too; ``prove --full`` ignores it.

    Args:
        rooms: The course.
    """

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._path = rooms.mutant_record

    def look_up(self, exercise: Exercise) -> list[str] | None:
        """Find the survivors of an unchanged exercise.

        Args:
            exercise: The exercise.

        Returns:
            Keys of the mutants that lived, or None when the exercise must be judged.
        """
        entry = self._entries().get(exercise.slug)
        if entry is None or entry["hash"] != self._hash(exercise):
            return None
        return list(entry["survivors"])

    def write(self, exercise: Exercise, survivors: list[str]) -> None:
        """Remember the survivors.

        Args:
            exercise: The exercise.
            survivors: Keys of the mutants that lived.
        """
        entries = self._entries()
        entry = {"hash": self._hash(exercise), "survivors": survivors}
        if entries.get(exercise.slug) == entry:
            return
        entries[exercise.slug] = entry
        text = json.dumps(dict(sorted(entries.items())), indent=2, ensure_ascii=False)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(text + "\n", encoding="utf-8")

    def _entries(self) -> dict[str, dict[str, Any]]:
        if not self._path.exists():
            return {}
        entries: dict[str, dict[str, Any]] = json.loads(
            self._path.read_text(encoding="utf-8")
        )
        return entries

    def _hash(self, exercise: Exercise) -> str:
        tests = [exercise.visible_path, exercise.hidden_path]
        reached = reached_modules(
            _ROOT, tests, "autograder.judge", "autograder.mutants"
        )
        digest = hashlib.sha256()
        files = files_of(exercise.solution, exercise.brief.package)
        code = [text for path, text in files.items() if path.endswith(".py")]
        for path in [*tests, *given.imported(*code), *sorted(reached)]:
            digest.update(path.read_bytes())
        digest.update(exercise.solution.encode())
        digest.update(exercise.brief.starter.encode())
        of_module = _distributions()
        own = [name for lib in exercise.brief.libraries for name in of_module[lib]]
        for library in [*_JUDGING_LIBRARIES, *own]:
            digest.update(f"{library}=={importlib.metadata.version(library)}".encode())
        return digest.hexdigest()
