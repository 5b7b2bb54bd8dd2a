"""Published corpora as they are distributed, as mirrors have them, and with their odd files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import soundfile
from hydra.utils import get_class
from named_layouts import TREES, write_files, write_nemo_table, write_some
from omegaconf import OmegaConf

from ser.corpora import (
    AESDD,
    ASED,
    CREMAD,
    MESD,
    NEMO,
    RAVDESS,
    SAVEE,
    TESS,
    URDU,
    CaFE,
    EmoTale,
    NamedCorpus,
    ShEMO,
    TurEV,
)
from ser.corpora.ased import accepted
from ser.corpora.named import tree
from ser.data import RAVDESSDataModule, TESSDataModule
from ser.errors import CorpusError
from ser.runs.configuration import config_folder

# Utterances, speakers and emotions as the articles of the corpora have them.
PUBLISHED = {
    "aesdd": (605, 6, 5),
    "ased": (2474, 65, 5),
    "cafe": (936, 12, 7),
    "cremad": (7442, 91, 6),
    "emotale": (800, 18, 5),
    "emovo": (588, 6, 7),
    "mesd": (862, 3, 6),
    "nemo": (4481, 9, 6),
    "ravdess": (1440, 24, 8),
    "savee": (480, 4, 7),
    "shemo": (3000, 87, 6),
    "tess": (2800, 2, 7),
    "turev": (1735, 6, 4),
    "urdu": (400, 29, 4),
}
TAKE = "03-01-05-02-01-02-01"
every_named = pytest.mark.parametrize("name", PUBLISHED)


def of(name: str) -> type[NamedCorpus]:
    """Give the class that a file of ``conf/data`` reads."""
    settings = OmegaConf.load(Path(config_folder(), "data", f"{name}.yaml"))
    reads: type[NamedCorpus] = get_class(settings["_target_"]).reads
    return reads


def ids(corpus: NamedCorpus) -> list[str]:
    return [utterance.id for utterance in corpus.utterances()]


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(CorpusError) as error:
        act()
    return str(error.value)


@every_named
def test_facts_are_the_published_ones(name: str) -> None:
    facts = of(name)
    assert (facts.total, facts.voices, len(facts.labels)) == PUBLISHED[name]
    assert facts.counts == {} or sum(facts.counts.values()) == facts.total
    assert len(facts.published()) in (0, facts.total)
    assert len(list(TREES[name]())) == facts.total


@every_named
def test_docs_have_a_row_with_its_figures(name: str) -> None:
    text = Path(__file__).parents[2].joinpath("docs/corpora.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.MULTILINE)
    facts = of(name)
    for fact in (facts.title, f"{facts.total:,}".replace(",", " "), str(facts.voices)):
        assert fact in row
    for emotion in facts.labels:
        assert emotion in row


@every_named
def test_letters_of_the_other_case_and_a_deeper_folder_change_no_id(
    name: str, tmp_path: Path
) -> None:
    write_some(name, tmp_path / "plain")
    found = ids(of(name)(tmp_path / "plain"))
    swapped = [
        "/".join(part.swapcase() for part in path.relative_to(tmp_path / "plain").parts)
        for path in (tmp_path / "plain").rglob("*.wav")
    ]
    write_files(tmp_path / "deep" / "a" / "b", swapped)
    assert ids(of(name)(tmp_path / "deep")) == found


@every_named
def test_root_comes_from_the_environment(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"SER_{name.upper()}", str(tmp_path))
    said = refusal(of(name)().utterances)
    for part in (str(tmp_path), f"SER_{name.upper()}", of(name).example, "data.root"):
        assert part in said


RAVDESS_ROOTS = ("", "Actor_01/", "Audio_Speech_Actors_01-24/Actor_01/", "a/b/c/Actor_01/")


@pytest.mark.parametrize("folder", RAVDESS_ROOTS)
def test_depth_of_folders_does_not_matter(folder: str, tmp_path: Path) -> None:
    write_files(tmp_path, [f"{folder}{TAKE}.wav"])
    (utterance,) = RAVDESS(tmp_path).utterances()
    assert (utterance.id, utterance.emotion, utterance.speaker) == (TAKE, "anger", "01")
    assert (utterance.sentence, utterance.style, utterance.sex) == ("01", "strong", "m")


OTHERS = (
    f"Actor_01/._{TAKE}.wav",
    "__MACOSX/Actor_01/03-01-05-02-01-02-02.wav",
    "README.txt",
    "labels.csv",
    "Audio_Song_Actors_01-24/Actor_01/03-02-05-02-01-02-01.wav",
    "Video_Speech_Actor_01/01-01-05-02-01-02-01.mp4",
)


@pytest.mark.parametrize("other", OTHERS)
def test_what_is_called_otherwise_is_not_counted(other: str, tmp_path: Path) -> None:
    write_files(tmp_path, [f"Actor_01/{TAKE}.wav", other])
    assert ids(RAVDESS(tmp_path)) == [TAKE]


def test_mirror_with_a_second_folder_within_counts_each_file_once(tmp_path: Path) -> None:
    write_files(tmp_path, [f"Actor_01/{TAKE}.wav", f"speech/Actor_01/{TAKE}.wav"])
    (utterance,) = RAVDESS(tmp_path).utterances()
    assert utterance.path == tmp_path / "Actor_01" / f"{TAKE}.wav"


def test_two_files_of_one_name_with_other_content_are_refused(tmp_path: Path) -> None:
    write_files(tmp_path, [f"old/{TAKE}.wav", f"new/{TAKE}.wav"])
    (tmp_path / "old" / f"{TAKE}.wav").write_bytes(b"other")
    said = refusal(RAVDESS(tmp_path).utterances)
    assert "of which one may stay" in said
    assert f": new/{TAKE}.wav, old/{TAKE}.wav" in said


def test_copy_that_a_system_made_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, [f"{TAKE}.wav", f"{TAKE} (1).wav"])
    assert f"to be removed: {TAKE} (1).wav" in refusal(RAVDESS(tmp_path).utterances)


def test_broken_link_is_named(tmp_path: Path) -> None:
    (tmp_path / f"{TAKE}.wav").symlink_to(tmp_path / "nowhere")
    assert f"broken links: {TAKE}.wav" in refusal(RAVDESS(tmp_path).utterances)


def test_folder_that_links_to_itself_ends(tmp_path: Path) -> None:
    write_files(tmp_path, [f"Actor_01/{TAKE}.wav"])
    (tmp_path / "Actor_01" / "loop").symlink_to(tmp_path)
    assert ids(RAVDESS(tmp_path)) == [TAKE]


def test_a_disk_instead_of_a_corpus_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tree, "MOST", 3)
    write_files(tmp_path, [f"{n}/x.txt" for n in range(4)])
    assert "more than 3 folders" in refusal(RAVDESS(tmp_path).utterances)


def test_wavs_of_other_names_are_shown_where_nothing_fits(tmp_path: Path) -> None:
    write_files(tmp_path, ["happy.wav", "03-01-09-01-01-01-01.wav"])
    said = refusal(RAVDESS(tmp_path).utterances)
    assert "03-01-09-01-01-01-01.wav, happy.wav" in said
    assert RAVDESS.example in said


def test_unknown_wavs_are_named_beside_what_is_missing(tmp_path: Path) -> None:
    names = [name for name in TREES["savee"]() if "DC/a01" not in name]
    write_files(tmp_path, [*names, "AudioData/DC/anger1.wav"])
    said = refusal(SAVEE(tmp_path).verify)
    assert "1 missing: DC_a01" in said
    assert "1 wav of other names: anger1.wav" in said
    assert "data.verify=false" in said


def test_speakers_of_whom_nothing_is_left_are_named(tmp_path: Path) -> None:
    write_files(tmp_path, [name for name in TREES["ravdess"]() if "Actor_07" not in name])
    said = refusal(RAVDESS(tmp_path).verify)
    assert "60 missing: 03-01-01-01-01-01-07" in said
    assert "nothing by 07" in said


def test_folders_and_file_names_of_savee_give_the_same_ids(tmp_path: Path) -> None:
    write_files(tmp_path / "archive", ["AudioData/DC/sa01.wav", "AudioData/KL/n30.wav"])
    write_files(tmp_path / "mirror", ["ALL/DC_sa01.wav", "ALL/KL_n30.wav"])
    found = ids(SAVEE(tmp_path / "archive"))
    assert found == ids(SAVEE(tmp_path / "mirror")) == ["DC_sa01", "KL_n30"]


def test_tess_knows_its_odd_names(tmp_path: Path) -> None:
    names = ("OAF_neutral/OA_bite_neutral", "YAF_pleasant_surprised/YAF_bite_ps")
    write_files(tmp_path, [f"{name}.wav" for name in names])
    first, second = TESS(tmp_path).utterances()
    assert (first.id, first.speaker, first.sentence) == ("OAF_bite_neutral", "OAF", "bite")
    assert (second.emotion, second.sex) == ("surprise", "f")


def test_mirror_of_tess_with_a_doubled_folder_is_whole(tmp_path: Path) -> None:
    doubled = "TESS Toronto emotional speech set data/" * 2
    names = ["OAF_back_angry.wav", "YAF_back_angry.wav"]
    write_files(tmp_path, [*(f"{doubled}{n[:3]}_angry/{n}" for n in names)])
    write_files(tmp_path, [*(f"{doubled[: len(doubled) // 2]}{n[:3]}_angry/{n}" for n in names)])
    assert ids(TESS(tmp_path)) == ["OAF_back_angry", "YAF_back_angry"]


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (TESS, "OAF_Pleasant_surprise/OAF_back_sad.wav"),
        (URDU, "Angry/SM21_F1_N015.wav"),
        (TurEV, "Sound Source/Calm/1157_kz_acik.wav"),
        (AESDD, "anger/d01 (1).wav"),
    ],
)
def test_file_in_the_folder_of_another_emotion_is_doubted(
    kind: type[NamedCorpus], path: str, tmp_path: Path
) -> None:
    write_files(tmp_path, [path])
    assert len(kind(tmp_path).utterances()) == 1
    assert f"in the folder of another emotion than their names say: {path}" in refusal(
        kind(tmp_path).verify
    )


def test_a_file_too_many_is_named_where_names_are_known(tmp_path: Path) -> None:
    write_files(tmp_path, [*TREES["ased"](), "05Angry/a5-03-01-02-02.wav"])
    said = refusal(ASED(tmp_path).verify)
    assert "anger 487 instead of 486" in said
    assert "1 unknown: a5-03-01-02-02. " in said


def test_takes_of_ased_that_were_accepted_are_as_many_as_published() -> None:
    found = Counter(ASED.codes[name[0]] for name in accepted())
    assert found == ASED.counts
    assert len({name[-2:] for name in accepted()}) == ASED.voices


def test_a_name_of_ased_with_the_code_of_the_other_sex_is_of_its_speaker(tmp_path: Path) -> None:
    write_files(tmp_path, ["f2-01-01-02-15.wav", "f2-01-02-01-15.wav", "S4-04-02-01-29.wav"])
    assert {(u.speaker, u.sex) for u in ASED(tmp_path).utterances()} == {("15", "f"), ("29", "f")}


def test_a_word_of_turev_is_the_same_whichever_name_it_has(tmp_path: Path) -> None:
    write_files(
        tmp_path, ["Sound Source/Sad/7895_hl_ogul1.wav", "Sound Source/Sad/1984_hl_ogul.wav"]
    )
    assert {u.sentence for u in TurEV(tmp_path).utterances()} == {"ogul"}


def test_numbers_that_shemo_skips_are_named(tmp_path: Path) -> None:
    write_files(tmp_path, [f"female/F01A0{number}.wav" for number in (1, 2, 4)])
    said = refusal(ShEMO(tmp_path).verify)
    assert "absent (1, some of which may never have been published): F01A03. " in said


@pytest.mark.parametrize("kind", [AESDD, CREMAD])
def test_a_published_file_without_sound_need_not_be_there(
    kind: type[NamedCorpus], tmp_path: Path
) -> None:
    silent = {"aesdd": "s05 (3)", "cremad": "1076_MTI_SAD_XX"}[kind.name]
    write_files(tmp_path, [name for name in TREES[kind.name]() if Path(name).stem != silent])
    corpus = kind(tmp_path)
    corpus.verify()
    assert len(corpus.utterances()) == kind.total - 1


def test_compressed_audio_of_a_mirror_is_read_and_said(tmp_path: Path) -> None:
    write_files(tmp_path, [f"{TAKE}.flac", "other.wav"])
    corpus = RAVDESS(tmp_path)
    assert ids(corpus) == [TAKE]
    assert "the audio is flac, and RAVDESS was published as wav" in corpus.notes[0]


def test_compressed_audio_beside_the_wavs_is_not_read(tmp_path: Path) -> None:
    write_files(tmp_path, [f"AudioWAV/{TAKE}.wav", f"AudioMP3/{TAKE}.mp3"])
    corpus = RAVDESS(tmp_path)
    assert [u.path.suffix for u in corpus.utterances()] == [".wav"]
    assert corpus.notes == ()


def write_parquet(path: Path, names: list[str], folder: Path) -> None:
    """Write rows as Hugging Face does, with the audio within."""
    arrow = pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    rows = [
        {
            "file_id": name,
            "audio": {"bytes": (folder / name).read_bytes(), "path": None},
            "speaker_id": name[:3],
            "gender": "female",
            "age": 24,
        }
        for name in names
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    parquet.write_table(arrow.Table.from_pylist(rows), path)


@pytest.fixture
def packed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with one recording in parquet, and an empty cache."""
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    write_sound(tmp_path / "EB0_anger_1.wav", 24000)
    write_parquet(tmp_path / "x/a.parquet", ["EB0_anger_1.wav"], tmp_path)
    return tmp_path / "x"


def test_audio_within_parquet_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    names = ["EB0_anger_1.wav", "SB0_surprised_90.wav"]
    for name in names:
        write_sound(tmp_path / name, 24000)
    for number, name in enumerate(names):
        write_parquet(tmp_path / f"nEMO/data/train-0000{number}-of-2.parquet", [name], tmp_path)
    first, second = NEMO(tmp_path / "nEMO").utterances()
    assert (first.id, first.sex, first.age) == ("EB0_anger_1", "f", "24")
    assert second.emotion == "surprise"
    assert second.path.read_bytes() == (tmp_path / names[1]).read_bytes()


def test_parquet_of_something_else_is_no_corpus(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    pytest.importorskip("pyarrow", reason="needs pyarrow: pip install pyarrow")
    write_files(tmp_path / "x", ["a.parquet"])
    assert "a.parquet cannot be read as parquet" in refusal(NEMO(tmp_path / "x").utterances)
    write_sound(tmp_path / "other.wav")
    write_parquet(tmp_path / "y/a.parquet", ["other.wav"], tmp_path)
    assert NEMO.example in refusal(NEMO(tmp_path / "y").utterances)


def test_damaged_parquet_is_named_and_not_the_cache(packed: Path) -> None:
    content = (packed / "a.parquet").read_bytes()
    (packed / "a.parquet").write_bytes(content[:4] + b"\xff" * 16 + content[20:])
    assert "a.parquet cannot be read as parquet" in refusal(NEMO(packed).utterances)


def test_parquet_read_as_another_corpus_first_is_unpacked_anew(packed: Path) -> None:
    refusal(RAVDESS(packed).utterances)
    assert [u.id for u in NEMO(packed).utterances()] == ["EB0_anger_1"]


def test_compressed_audio_within_parquet_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "EB0_anger_1.wav").write_bytes(b"fLaC")
    write_parquet(tmp_path / "x/a.parquet", ["EB0_anger_1.wav"], tmp_path)
    (note,) = NEMO(tmp_path / "x").notes
    assert "audio is flac" in note


def test_filtered_copies_of_turev_are_not_read(tmp_path: Path) -> None:
    filtered = "Model Output for Test Data/testEmotions500HighPass/sound/Angry"
    write_files(tmp_path, [f"{filtered}/1157_kz_acik.wav", "Sound Source/Angry/1157_kz_acik.wav"])
    (tmp_path / filtered / "1157_kz_acik.wav").write_bytes(b"other")
    (utterance,) = TurEV(tmp_path).utterances()
    assert utterance.path.parent == tmp_path / "Sound Source" / "Angry"


def test_names_of_aesdd_are_no_copies(tmp_path: Path) -> None:
    names = ("a06 (5)", "a06 (5)b", "f10 (01)", "s20 (6)")
    write_files(tmp_path, [f"{name}.wav" for name in names])
    assert ids(AESDD(tmp_path)) == ["a06-5", "a06-5b", "f10-1", "s20-6"]


def test_words_of_mesd_may_have_several_parts(tmp_path: Path) -> None:
    write_files(tmp_path, ["Happiness_F_A_de_nada.wav", "Anger_C_B_ira.wav"])
    child, woman = MESD(tmp_path).utterances()
    assert (woman.sentence, woman.speaker, woman.sex) == ("de_nada", "F", "f")
    assert (child.speaker, child.sex) == ("C", None)


def test_accents_of_either_encoding_are_one_word(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        write_files(tmp_path / form, [normalize(form, "Fear_F_B_autobús.wav")])
        assert ids(MESD(tmp_path / form)) == [normalize("NFC", "Fear_F_B_autobús")]


def test_intensity_is_a_style(tmp_path: Path) -> None:
    write_files(tmp_path, ["Colère/Fort/02-C-2-1.wav"])
    (utterance,) = CaFE(tmp_path).utterances()
    assert (utterance.style, utterance.sex) == ("strong", "f")


def test_languages_of_emotale_are_known(tmp_path: Path) -> None:
    write_files(tmp_path, ["DK_004_A_5.wav", "EN_004_A_5.wav"])
    (tmp_path / "Speaker_Info.csv").write_text("Speaker ID;Gender;Age\n4;Female;24\n")
    utterances = EmoTale(tmp_path).utterances()
    assert [(u.language, u.sentence) for u in utterances] == [("Danish", "5"), ("English", "5")]
    assert {(u.speaker, u.sex, u.age) for u in utterances} == {("004", "f", "24")}


def test_speakers_of_shemo_have_a_sex(tmp_path: Path) -> None:
    write_files(tmp_path, ["female/F01W01.wav", "male/M01W01.wav"])
    assert {(u.speaker, u.sex) for u in ShEMO(tmp_path).utterances()} == {
        ("F01", "f"),
        ("M01", "m"),
    }


def test_a_published_file_without_sound_is_left_out_and_said(tmp_path: Path) -> None:
    write_files(tmp_path, ["1076_MTI_SAD_XX.wav", "1076_MTI_NEU_XX.wav"])
    corpus = CREMAD(tmp_path)
    assert ids(corpus) == ["1076_MTI_NEU_XX"]
    assert corpus.notes == ("1076_MTI_SAD_XX of CREMA-D holds no sound, and is left out.",)


def test_tables_of_cremad_tell_the_speakers_and_what_is_missing(tmp_path: Path) -> None:
    write_files(tmp_path, ["AudioWAV/1001_IEO_ANG_HI.wav", "AudioWAV/1040_ITH_SAD_X.wav"])
    (tmp_path / "VideoDemographics.csv").write_text("ActorID,Age,Sex\n1001,51,Male\n")
    (tmp_path / "SentenceFilenames.csv").write_text(
        '"Stimulus_Number","Filename"\n1,"1001_IEO_ANG_HI"\n2,"1002_IEO_ANG_HI"\n3,"1040_ITH_SAD_XX"\n'
    )
    first, second = CREMAD(tmp_path).utterances()
    assert (first.style, first.sex, first.age) == ("high", "m", "51")
    assert (second.style, second.sex, second.age) == (None, None, None)
    assert "1 missing: 1002_IEO_ANG_HI." in refusal(CREMAD(tmp_path).verify)


def test_table_of_nemo_tells_the_speakers(tmp_path: Path) -> None:
    write_some("nemo", tmp_path)
    write_nemo_table(tmp_path)
    sexes = Counter((u.speaker, u.sex, u.age) for u in NEMO(tmp_path).utterances())
    assert ("EB0", "f", "25") in sexes
    assert ("SB0", "m", "25") in sexes
    assert len(sexes) == 9


def test_known_twins_are_published_files() -> None:
    assert {name for pair in RAVDESS.twins for name in pair} <= RAVDESS.published()


@pytest.mark.parametrize("name", sorted(re.findall(r"03-01-[\d-]+", RAVDESS.quirks[0])))
def test_stereo_files_are_published_files(name: str) -> None:
    assert name in RAVDESS.published()


def write_sound(path: Path, rate: int = 16000, channels: int = 1) -> None:
    """Write a moment of noise that no other file has."""
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(abs(hash(path.name))).normal(0, 0.1, (rate // 10, 1))
    soundfile.write(path, np.repeat(noise, channels, axis=1), rate)


def test_stereo_files_are_learnt_from(tmp_path: Path) -> None:
    for number, name in enumerate(sorted(RAVDESS.published())):
        if name[-2:] in ("01", "02", "20") and name[12:17] == "01-01":
            write_sound(tmp_path / f"{name}.wav", 48000, channels=1 + number % 2)
    data = RAVDESSDataModule(tmp_path, cv="speaker", fold=2, verify=False)
    data.setup()
    assert len(data.fold_data.fold.test) == 15  # neutral has one intensity
    assert data.num_folds == 3


def test_odd_rate_of_tess_is_learnt_from(tmp_path: Path) -> None:
    for word in ("back", "bite", "bar", "base", "bath"):
        for code in TESS.codes:
            odd = (word, code) == ("bite", "neutral")
            name = f"{'OA' if odd else 'OAF'}_{word}_{code}.wav"
            write_sound(tmp_path / name, 96000 if odd else 24414)
    data = TESSDataModule(tmp_path, cv="kfold", verify=False)
    data.setup()
    assert data.fold_data.prepared.features.num_frames == 1
