"""The trees of published corpora, file by file as they are distributed, written without readers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice, product
from pathlib import Path

from ser.corpora import TurEV
from ser.corpora.ased import accepted
from ser.corpora.urdu import TURNS


def write_files(root: Path, names: Iterable[str]) -> None:
    """Write empty files: listing reads names alone."""
    made: set[Path] = set()
    for name in names:
        path = root / name
        if path.parent not in made:
            path.parent.mkdir(parents=True, exist_ok=True)
            made.add(path.parent)
        path.touch()


def write_whole(name: str, root: Path) -> None:
    """Write a corpus as published, with the table of nEMO, which names its files."""
    write_files(root, TREES[name]())
    if name == "nemo":
        write_nemo_table(root)


def write_some(name: str, root: Path) -> None:
    """Write some files of a corpus, of every emotion and several speakers."""
    names = list(TREES[name]())
    rare = name == "shemo"  # with 38 of 3 000 utterances of fear
    write_files(root, random.Random(0).sample(names, 400 if rare else 80))


def write_nemo_table(root: Path) -> None:
    """Write what lies beside the samples of nEMO; texts may hold quotation marks."""
    rows = ["file_id\temotion\traw_text\tnormalized_text\tspeaker_id\tgender\tage"]
    for name in nemo():
        file = Path(name).name
        speaker, emotion, _ = file.split("_")
        sex = "female" if speaker < "MO0" else "male"
        rows.append(f'{file}\t{emotion}\tOna "mówi".\tona mówi\t{speaker}\t{sex}\t25')
    (root / "data.tsv").write_text("\n".join(rows), "utf-8")


def ravdess() -> Iterator[str]:
    for actor, emotion, intensity, statement, repetition in product(
        range(1, 25), range(1, 9), (1, 2), (1, 2), (1, 2)
    ):
        if (emotion, intensity) != (1, 2):
            codes = (3, 1, emotion, intensity, statement, repetition, actor)
            name = "-".join(f"{code:02d}" for code in codes)
            yield f"Audio_Speech_Actors_01-24/Actor_{actor:02d}/{name}.wav"


def cremad() -> Iterator[str]:
    sentences = ["DFA", "IOM", "ITH", "ITS", "IWL", "IWW", "MTI", "TAI", "TIE", "TSI", "WSI"]
    absent = {
        f"1091_{s}_{e}_XX"
        for s in ("TSI", "WSI", "TIE")
        for e in ["ANG", "DIS", "FEA", "HAP", "SAD"]
    }
    absent |= {f"1091_{s}_NEU_XX" for s in ("TSI", "WSI", "TIE", "TAI", "MTI")}
    for actor, emotion in product(range(1001, 1092), ["ANG", "DIS", "FEA", "HAP", "NEU", "SAD"]):
        levels = ["XX"] if emotion == "NEU" else ["LO", "MD", "HI"]
        names = [f"{actor}_IEO_{emotion}_{level}" for level in levels]
        names += [f"{actor}_{sentence}_{emotion}_XX" for sentence in sentences]
        for name in names:
            if name not in absent:
                named = "1040_ITH_SAD_X" if name == "1040_ITH_SAD_XX" else name
                yield f"AudioWAV/{named}.wav"


def savee() -> Iterator[str]:
    for speaker, code in product(("DC", "JE", "JK", "KL"), ("a", "d", "f", "h", "n", "sa", "su")):
        for number in range(1, 31 if code == "n" else 16):
            yield f"AudioData/{speaker}/{code}{number:02d}.wav"


def tess() -> Iterator[str]:
    words = ["bite", "back", *(f"w{a}{b}" for a, b in islice(product(LETTERS, LETTERS), 198))]
    codes = ("angry", "disgust", "fear", "happy", "neutral", "sad", "ps")
    for speaker, code in product(("OAF", "YAF"), codes):
        folder = {"OAF": "Pleasant_surprise", "YAF": "pleasant_surprised"}[speaker]
        for word in words:
            who = "OA" if (speaker, word, code) == ("OAF", "bite", "neutral") else speaker
            yield f"{speaker}_{folder if code == 'ps' else code}/{who}_{word}_{code}.wav"


def emovo() -> Iterator[str]:
    sentences = ["b1", "b2", "b3", "l1", "l2", "l3", "l4", "n1", "n2", "n3", "n4", "n5", "d1", "d2"]
    emotions = ["dis", "gio", "neu", "pau", "rab", "sor", "tri"]
    for speaker in ("f1", "f2", "f3", "m1", "m2", "m3"):
        for emotion, sentence in product(emotions, sentences):
            yield f"{speaker}/{emotion}-{speaker}-{sentence}.wav"


def nemo() -> Iterator[str]:
    counts = {"anger": 749, "fear": 736, "happiness": 749, "neutral": 809, "sadness": 769}
    speakers = ["EB0", "JA0", "KK0", "LG0", "MO0", "MP0", "MZ0", "SB0", "TW0"]
    for emotion, count in {**counts, "surprised": 669}.items():
        for sentence, speaker in islice(product(range(1, 91), speakers), count):
            yield f"samples/{speaker}_{emotion}_{sentence}.wav"


def urdu() -> Iterator[str]:
    folders = {"A": "Angry", "H": "Happy", "N": "Neutral", "S": "Sad"}
    for letter, turns in TURNS.items():
        number = 0
        for speaker, files in turns.items():
            for take in range(1, files + 1):
                number += 1
                yield f"{folders[letter]}/{speaker}_F{take}_{letter}0{number}.wav"


def ased() -> Iterator[str]:
    folders = {
        "n1": "01Neutral",
        "f2": "02Fearful",
        "h3": "03Happy",
        "s4": "04Sad",
        "a5": "05Angry",
    }
    for name in sorted(accepted()):
        odd = name.replace("s", "S") if name == "s4-04-02-01-29" else name
        yield f"{folders[name[:2]]}/{odd}.wav"


def turev() -> Iterator[str]:
    folders = {"kz": "Angry", "sk": "Calm", "mt": "Happy", "hl": "Sad"}
    for name in sorted(TurEV.published()):
        yield f"Sound Source/{folders[name[5:7]]}/{name}.wav"


def emotale() -> Iterator[str]:
    danish = [n for n in range(1, 20) if n != 2]
    english = [n for n in danish if n not in (14, 15, 18, 19)]
    for language, speakers in (("DK", danish), ("EN", english)):
        for speaker, code, sentence in product(speakers, "ABHNS", range(1, 6)):
            yield f"audio/{language}_{speaker:03d}_{code}_{sentence}.wav"


def shemo() -> Iterator[str]:
    women, men = [f"F{n:02d}" for n in range(1, 32)], [f"M{n:02d}" for n in range(1, 57)]
    counts = {"A": 1059, "F": 38, "H": 201, "N": 1028, "S": 449, "W": 225}
    for code, count in counts.items():
        for number, speaker in islice(product(range(1, 99), (*women, *men)), count):
            folder = "female" if speaker[0] == "F" else "male"
            yield f"{folder}/{speaker}{code}{number:02d}.wav"


def mesd() -> Iterator[str]:
    common = ["de_nada", *(f"a{letter}" for letter in LETTERS[:23])]
    emotions = ("Anger", "Disgust", "Fear", "Happiness", "Neutral", "Sadness")
    every = [
        f"{emotion}_{voice}_{part}_{word}"
        for emotion, voice, part in product(emotions, "CFM", "AB")
        for word in (common if part == "A" else [f"{emotion.lower()}{x}" for x in LETTERS[:24]])
    ]
    for name in every:
        if name not in ("Anger_M_A_aa", "Neutral_M_A_ab"):
            yield f"Mexican Emotional Speech Database (MESD)/{name}.wav"


def cafe() -> Iterator[str]:
    words = ["Colère", "Dégoût", "Joie", "Neutre", "Peur", "Surprise", "Tristesse"]
    folders = {word[0]: word for word in words}
    for code, intensity, actor, sentence in product(folders, (1, 2), range(1, 13), range(1, 7)):
        place = "" if code == "N" else ("Faible/", "Fort/")[intensity - 1]
        if (code, intensity) != ("N", 2):
            yield f"{folders[code]}/{place}{actor:02d}-{code}-{intensity}-{sentence}.wav"


def aesdd() -> Iterator[str]:
    absent = {"d18 (5)", "f02 (4)", "h11 (3)", "s01 (5)"}
    folders = {word[0]: word for word in ("anger", "disgust", "fear", "happiness", "sadness")}
    names = [f"{c}{s:02d} ({a})" for c, s, a in product(folders, range(1, 21), range(1, 7))]
    second = "a06 (5)b d01 (5)b d03 (5)b d04 (5)b f18 (5)b s01 (5)a s01 (5)b s02 (5)b s04 (5)b"
    names += [f"{a} {b}" for a, b in zip(second.split()[::2], second.split()[1::2], strict=True)]
    for name in names:
        if name not in absent:
            odd = "f10 (01)" if name == "f10 (1)" else name
            yield f"{folders[name[0]]}/{odd}.wav"


LETTERS = "abcdefghijklmnopqrstuvwxyz"
TREES: Mapping[str, Callable[[], Iterable[str]]] = {
    tree.__name__: tree
    for tree in (
        aesdd, ased, cafe, cremad, emotale, emovo, mesd, nemo, ravdess, savee, shemo, tess, turev,
        urdu,
    )
}  # fmt: skip
# Which files are missing can be known neither from the others nor from a list.
COUNTED = {"shemo"}
