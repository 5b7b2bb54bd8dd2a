"""Predict what ``ser.predict`` names: print the answers, and write them where they are to go."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ser.errors import AudioError, ConfigError, SerError
from ser.features.audio import decode
from ser.inference import showing
from ser.inference.answers import Answer
from ser.inference.folder import weights_file
from ser.inference.journal import SUFFIX, journal
from ser.inference.loading import load, model_files
from ser.inference.many import judge
from ser.inference.microphone import microphone
from ser.inference.naming import described, model_paths
from ser.inference.predictor import Predictor
from ser.inference.sources import STDIN, find, from_stream, is_one, split
from ser.inference.timeline import Timeline
from ser.inference.wishes import Wishes
from ser.inference.writers import Findings, writer_for
from ser.inference.writers.audformat import check_names
from ser.inference.writers.textgrid import check_places
from ser.system.digests import file_hash
from ser.system.paths import expanded
from ser.system.terminal import Terminal

MICROPHONE = "microphone"


def main(
    checkpoint: str, sound: str, speaker: str | None = None, wishes: Wishes | None = None
) -> None:
    """Predict recordings, and say what is to be known of model and recordings.

    Args:
        checkpoint: Model file, run folder, pattern, or several in brackets.
        sound: What to judge, as ``ser.inference.sources`` reads it, or ``"microphone"``.
        speaker: ``"one"`` if it is all of one speaker.
        wishes: How to judge, and where the answers go.

    Raises:
        SystemExit: If something cannot be used, in one sentence; with code 1 if some of many files
            could not be judged.
    """
    wishes = wishes or Wishes(speaker=speaker)
    try:
        failed = Job(checkpoint, sound, wishes).run()
    except SerError as error:
        raise SystemExit(f"error: {error}") from error
    if failed:
        raise SystemExit(1)


class Job:
    """One start of ``ser.predict``.

    Args:
        checkpoint: As ``main`` takes it.
        sound: As ``main`` takes it.
        wishes: How to judge, and where the answers go.

    Raises:
        SerError: If a model cannot be loaded, or the output cannot be one.
    """

    def __init__(self, checkpoint: str, sound: str, wishes: Wishes) -> None:
        self.sound, self.wishes, self.terminal = sound, wishes, Terminal()
        self.listens = sound == MICROPHONE and not Path(MICROPHONE).exists()
        if wishes.seconds is not None and not self.listens:
            raise ConfigError(
                f"seconds={wishes.seconds} is how long to listen; leave it out, or pass "
                f"input={MICROPHONE}."
            )
        self.write = None if wishes.output is None else writer_for(wishes.output)
        named = model_paths(checkpoint)
        self.files = model_files(named)
        self.predictor = load(self.files)
        self.model = described(self.files, named)

    def run(self) -> int:
        """Predict; gives how many files could not be judged."""
        if len(self.files) > 1:
            self.terminal.say(self.model)
        if self.wishes.speaker:
            failed = self._speaker()
        elif self.listens:
            failed = self._microphone()
        else:
            failed = self._files()
        for alarm in self.predictor.alarms:
            self.terminal.say(f"warning: {alarm}")
        return failed

    def _speaker(self) -> int:
        sources = find(self.sound)
        self._check_output(sources)
        folders = {path.parent for path in sources}
        if len(folders) > 1:
            self.terminal.say(
                f"{len(sources)} files in {len(folders)} folders are taken for all of one speaker."
            )
        answers = of_speaker(self.predictor, sources)
        for answer in answers:
            showing.show_one(self.terminal, answer, answer.file)
        self._write(answers)
        return 0

    def _microphone(self) -> int:
        timeline = Timeline(self.predictor, **self.wishes.windows)
        blocks, rate = microphone(self.wishes.seconds)
        answers: list[Answer] = []
        try:
            for answer in timeline.stream(blocks, rate):
                answers.append(replace(answer, file=MICROPHONE))
                share = f"{answer.probability:4.0%}" if answer.probabilities else ""
                self.terminal.say(f"{answer.start:7.1f} s  {answer.emotion:<12} {share}")
        finally:  # Ctrl-C is how it mostly ends
            showing.show_notes(self.terminal, answers)
            self._write(answers)
        return 0

    def _files(self) -> int:
        timeline = None
        if self.wishes.window is not None:
            timeline = Timeline(self.predictor, **self.wishes.windows)
        with tempfile.TemporaryDirectory(prefix="ser-predict-") as name:
            folder = Path(name)
            if self.sound == STDIN:
                sources = from_stream(sys.stdin.buffer, folder)
            else:
                sources = find(self.sound)
            self._check_output(sources)
            with journal(self._place(folder), self._settings()) as kept:
                for source in filter(kept.begun, sources):
                    self.terminal.say(f"{source} goes on where it was left.")
                before = judge(self.predictor, sources, kept, timeline)
                if before:
                    self.terminal.say(f"{before} of {len(sources)} had been judged before.")
                answers = [_named(answer, folder) for answer in kept.answers(sources)]
                one = len(sources) == 1 and is_one(self.sound)
                if one and answers[0].error:
                    kept.path.unlink()
                    raise AudioError(answers[0].error)
                failed = self._show(answers, len(sources), one=one, windows=timeline is not None)
                self._write(answers)
                kept.path.unlink()
        return failed

    def _show(self, answers: Sequence[Answer], count: int, *, one: bool, windows: bool) -> int:
        """Show answers and notes; those on many recordings stand in the output alone."""
        if one and not windows:
            showing.show_one(self.terminal, answers[0])
            return 0
        if self.write is None or (windows and count == 1):
            showing.show_table(self.terminal, answers, windows)
        else:
            showing.show_counts(self.terminal, answers)
        showing.show_notes(self.terminal, answers)
        return showing.show_failed(Terminal(stderr=True), answers, count)

    def _write(self, answers: Sequence[Answer]) -> None:
        if self.write and self.wishes.output:
            alarms, labels = self.predictor.alarms, self.predictor.labels
            self.write(self.wishes.output, Findings(answers, labels, self.model, alarms))
            self.terminal.say(f"Written to {self.wishes.output}.")

    def _place(self, folder: Path) -> Path:
        """Where answers are kept until all are there."""
        output = self.wishes.output
        if output is None:
            return folder / f"answers{SUFFIX}"
        return output.with_name(output.name.replace("*", "all") + SUFFIX)

    def _settings(self) -> dict[str, object]:
        windows = {} if self.wishes.window is None else self.wishes.windows
        return {
            "checkpoint": [file_hash(weights_file(path)) for path in self.files],
            **{name: windows.get(name) for name in ("window", "hop", "smoothing", "vad")},
        }

    def _check_output(self, sources: Sequence[Path]) -> None:
        """Refuse an output before it costs an hour."""
        output = self.wishes.output
        if output is None:
            return
        words = [expanded(word) for word in split(self.sound)]
        if any(path.is_file() and output.exists() and path.samefile(output) for path in words):
            raise ConfigError(f"output={output} is the input; choose another name.")
        suffix, names = output.suffix.lower(), [*map(str, sources)]
        if suffix == ".textgrid":
            check_places(output, names)
        elif suffix == ".audformat":
            check_names(names)


def of_speaker(predictor: Predictor, files: Sequence[Path]) -> list[Answer]:
    """Predict every file of a speaker.

    Raises:
        AudioError: If one of the files is no audio.
    """
    recordings = [decode(path) for path in files]
    found = predictor.of_speaker(recordings, [*map(str, files)])
    return [
        Answer(str(path), 0.0, sound.shape[1] / rate, a.emotion, a.probabilities, a.notes)
        for path, (sound, rate), a in zip(files, recordings, found, strict=True)
    ]


def _named(answer: Answer, folder: Path) -> Answer:
    """Call standard input by its name, and not by that of the file that it was put into."""
    if Path(answer.file).parent != folder:
        return answer
    return replace(answer, file=STDIN, error=answer.error.replace(answer.file, "standard input"))
