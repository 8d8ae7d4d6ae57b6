"""The proxy audit as a run, on its page, and applied to tables; no way leads to a person."""

from __future__ import annotations

import json
import re
from io import StringIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from ledger.models import AuditEvent
from ledger.models.figures import PublishedRate
from ledger.tests.stops import signed_in
from prediction import runs
from prediction.kinds import kind_named, kinds_of
from prediction.management.commands import train
from prediction.models import ModelRun
from prediction.proxy import training
from prediction.proxy.applying import HEADER, NotATable, apply
from prediction.proxy.features import FEATURES, PUBLISHED
from prediction.tests.proxy.rates import make_rates, table
from securecheck.access_map import ACCESS
from securecheck.tests.browser import assert_accessible, assert_clean

PAGE = "/prediction/proxy/"


def silent(done: int, total: int, message: str) -> None:
    """Nobody watches."""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer shuffles and trees: enough to be right."""
    monkeypatch.setattr(training, "SHUFFLES", 5)
    monkeypatch.setattr(training, "FEW_SHUFFLES", 2)
    monkeypatch.setattr("prediction.proxy.models.TREES", 10)


@pytest.fixture(scope="module")
def drafted(django_db_setup: None, django_db_blocker: Any) -> Any:
    """One training for all tests of this module: a table whose stop rate is a key and whose search rate differs a little."""
    from django.db import transaction

    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr(training, "SHUFFLES", 5)
        patch.setattr(training, "FEW_SHUFFLES", 2)
        patch.setattr("prediction.proxy.models.TREES", 10)
        make_rates(states=6, districts=24, effect=0.5)
        kind = kind_named("proxy-states")
        draft = kind.train(1, silent)
        transaction.set_rollback(True)
    return draft


@pytest.fixture
def run(db: None, drafted: Any) -> ModelRun:
    return runs.sign_off(runs.keep(drafted, 1.0))


# The run


def test_the_key_is_found_and_random_folds_are_shown_beside_unseen_states(run: ModelRun) -> None:
    rows = {row["rival"]: row for row in run.metrics["rivals"]}
    boosting = rows["gradient boosting, stop rate alone"]
    assert boosting["random_accuracy"]["value"] > 0.95
    assert boosting["states_accuracy"]["value"] < 0.6
    assert boosting["states_log_loss"]["value"] > rows["dummy"]["states_log_loss"]["value"]
    [keys] = [one for one in run.card["tables"] if one["title"].startswith("Columns that are a key")]
    assert [row[0] for row in keys["rows"] if row[-1] == "yes"] == [
        "stop_rate",
        "stop_rate_n",
        "stop-rate ratio",
    ]
    assert len(rows) == 1 + 3 * 7
    assert sum(row["served"] for row in rows.values()) == 1


def test_what_is_kept_is_the_best_on_unseen_states(run: ModelRun) -> None:
    rivals = [
        row
        for row in run.metrics["rivals"]
        if row["rival"] != "dummy" and row["rival"].partition(", ")[2] in PUBLISHED
    ]
    assert len(rivals) == 9
    best = min(rivals, key=lambda row: row["states_log_loss"]["value"])
    assert best["served"]
    assert run.serving["name"] == best["rival"]
    assert (run.gate == "open") == (best["difference"]["high"] < 0)


def test_sentences_are_computed_from_the_figures(run: ModelRun) -> None:
    told = " ".join(run.card["findings"])
    assert "stop_rate and stop_rate_n are keys to the group" in told
    assert "stop_rate has 18 values on 432 rows" in told
    assert "cannot be applied to a person" in told
    assert "A share of the population gives a group away" in told
    [nulls] = [one for one in run.card["tables"] if one["title"].startswith("What a score is")]
    assert len(nulls["rows"]) == 5 * 3 + 2
    by_lot = next(
        row
        for row in nulls["rows"]
        if row[0].startswith("gradient boosting") and row[2] == "within districts"
    )
    assert f"is {by_lot[4]} on average of 2 tables, with the true names {by_lot[3]}" in told


@pytest.mark.django_db
def test_the_command_prints_every_set_of_columns_and_what_it_means(
    drafted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "kinds_of", lambda family: kinds_of(family)[:1])
    monkeypatch.setattr(train, "train_one", lambda kind, seed, tell: runs.keep(drafted, 1.0))
    call_command("train", "proxy", stdout=(text := StringIO()))
    assert all(f"gradient boosting, {name} " in text.getvalue() for name in FEATURES)
    assert all(sentence in text.getvalue() for sentence in drafted.card["findings"])
    call_command("train", "proxy", "--json", stdout=(text := StringIO()))
    assert json.loads(text.getvalue())["findings"] == drafted.card["findings"]


# Applied to a table


def test_a_table_is_told_as_a_whole(run: ModelRun) -> None:
    found = apply(run, table(60))
    assert (found.rows, found.used, found.accuracy.part) == (
        60,
        60,
        20,
    )  # all rows alike: one group is told throughout
    assert found.balanced == pytest.approx(1 / 3)
    assert found.null[0] == pytest.approx(1 / 3, abs=0.01)


def test_rows_of_few_stops_and_unknown_groups_are_left_out_and_counted(run: ModelRun) -> None:
    lines = table(90).decode().splitlines()
    lines[1] = lines[1].replace("250.5", "99.9")
    lines[2] = lines[2].replace("250.5", "NA")
    lines[3] = lines[3].replace("white", "martian")
    found = apply(run, "\n".join(lines).encode())
    assert (found.used, sum(found.left_out.values())) == (87, 3)
    assert apply(run, ("\ufeff" + table(60).decode().replace("\n", "\r\n") + "\r\n\r\n").encode()).used == 60


@pytest.mark.parametrize(
    "content, why",
    [
        (b"", "is missing"),
        (b"driver_name,age\nAnna,31\n", "“driver_name” is no column of a table of aggregate rates"),
        (
            table(60, (*HEADER, "vehicle_number")),
            "“vehicle_number” is no column of a table of aggregate rates",
        ),
        (table(1), "1 row of 1 group can be used"),
        (table(29), "At least 30 rows of two groups"),
        (table(60, stops_per_year="1"), "0 rows of 0 groups can be used"),
        (table(60, stop_rate="-1"), "Row 1, stop_rate: “-1” is not a rate between 0 and 100"),
        (table(60, search_rate="4.5"), "Row 1, search_rate: “4.5” is not a rate between 0 and 1"),
        (table(60, hit_rate="45%"), "Row 1, hit_rate: “45%” is not a rate between 0 and 1"),
        (table(60, inferred_threshold="1_0"), "is not a rate between 0 and 1"),
        (
            table(60, stop_rate_n="inf"),
            "Row 1, stop_rate_n: “inf” is not a number of stops between 0 and 1,000,000,000",
        ),
        (table(60, stops_per_year="inf"), "0 rows of 0 groups can be used"),
        (table(60, stops_per_year="nan"), "0 rows of 0 groups can be used"),
        (table(60, stops_per_year="1e300"), "0 rows of 0 groups can be used"),
        (
            table(60) + b"\nZZ,Statewide,ZZ,d0,white,0.06,0.1,NA,NA,250.5,9000",
            "Row 61 gives other figures than an earlier row",
        ),
        (
            table(60, tuple(name for name in HEADER if name != "stops_per_year")),
            "“stops_per_year” is missing",
        ),
        (table(60, (*HEADER, "state")), "stands twice"),
        (table(60) + b"\nonly,three,cells", "Row 61 has 3 cells"),
        (table(60) + b'\n"torn', "no CSV that can be read"),
        (b"\xff\xfe\x00x", "no text in UTF-8"),
        (b"x" * (10 * 1024 * 1024 + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_table_of_aggregates_is_refused_in_words(run: ModelRun, content: bytes, why: str) -> None:
    with pytest.raises(NotATable, match=why.replace("(", "\\(").replace(")", "\\)")):
        apply(run, content)


def test_a_row_told_again_and_again_makes_no_table(run: ModelRun) -> None:
    """Else any one row could be written out thirty times, to read off which group it is told to be of."""
    header, first, second, *_ = table(60).decode().splitlines()
    with pytest.raises(NotATable, match="2 rows of 2 groups can be used"):
        apply(run, "\n".join([header, *[first, second] * 20]).encode())
    few = ("state", "subject_race", *dict.fromkeys(("stops_per_year", *run.serving["columns"])))
    lines = [",".join(few)] + [
        ",".join({"state": "ZZ", "subject_race": group}.get(name, "250.5" if "stops" in name else "0.1") for name in few)
        for group in ("black", "white") * 20
    ]  # fmt: skip
    with pytest.raises(NotATable, match="2 rows of 2 groups can be used"):
        apply(run, "\n".join(lines).encode())
    content = table(60).decode()
    found = apply(run, f"{content}\n{content.splitlines()[-1]}".encode())
    assert (found.rows, found.used, list(found.left_out.values())) == (61, 60, [1])


def test_rates_that_the_model_may_have_learned_are_left_out(run: ModelRun) -> None:
    """Applied to its own table a model knows each stop rate again, and would seem to tell groups apart."""
    make_rates(states=1, districts=1)
    [rates] = PublishedRate.objects.filter(group="white").values_list("stop_rate", flat=True)
    again = table(60, state="S0", stop_rate=repr(rates), geography="X").partition(b"\n")[2]
    found = apply(run, table(60, state="S0") + b"\n" + again)
    assert (found.used, found.rows) == (100, 120)
    assert list(found.left_out.items()) == [
        ("of the published rates that the model learned from, or may have", 20)
    ]
    with pytest.raises(NotATable, match="Left out: 60 rows of the published rates that the model learned"):
        apply(run, table(60, subject_race="white", state="S0", stop_rate=repr(rates)))


def test_words_for_unknown_are_those_of_the_source_and_rates_above_one_are_told(run: ModelRun) -> None:
    assert apply(run, table(60, hit_rate="nan")).told == apply(run, table(60)).told
    assert (apply(run, table(60)).above, apply(run, table(60, stop_rate="10.1")).above) == (0, 60)
    assert "If these are percentages" in send(table(60, stop_rate="10.1")).content.decode()
    assert "If these are percentages" not in send(table(60)).content.decode()


def test_no_more_of_a_file_is_read_than_a_table_may_have(
    run: ModelRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []

    def noted(run: ModelRun, content: bytes) -> Any:
        read.append(len(content))
        return apply(run, content)

    monkeypatch.setattr("prediction.views.proxy.apply", noted)
    assert "larger than 10 MB" in send(b"x" * (11 * 1024 * 1024)).content.decode()
    assert read == [10 * 1024 * 1024 + 1]


def test_no_page_command_or_api_takes_a_person(run: ModelRun) -> None:
    for words in (["predict", "proxy"], ["predict", "proxy-states"]):
        with pytest.raises(CommandError):
            call_command(*words)
    client = signed_in("Analyst")
    answer = client.post(
        "/api/predict_stop",
        json.dumps({"predict": "proxy", "violation": "DUI"}),
        content_type="application/json",
    )
    assert answer.status_code == 400
    assert {name for name in ACCESS if "proxy" in name} == {"proxy-audit", "apply-proxy"}
    assert ACCESS["apply-proxy"].roles == ("Analyst",)
    for address in (f"{PAGE}?race=black&stop_rate=0.1", f"{PAGE}apply/?stop_rate=0.1"):
        assert b"Your table" not in client.get(address).content
    assert "Never to a person" in kinds_of("proxy")[0].use


# The page


def send(content: bytes, level: str = "states", role: str = "Analyst") -> Any:
    file = SimpleUploadedFile("rates.csv", content, content_type="text/csv")
    return signed_in(role).post(reverse("apply-proxy"), {"file": file, "level": level})


def test_the_page_shows_both_splits_why_and_what_it_is_not_for(run: ModelRun) -> None:
    text = signed_in("Policymaker").get(PAGE).content.decode()
    for said in (
        "An audit, not for use on people",
        "Accuracy, random folds",
        "Accuracy, states held out",
        "Columns that are a key",
        "The shortcut",
        "are keys to the group",
        "Columns reckoned within a district",
        "Gradient boosting, every share of the district",
        "Logit, stop-rate ratio",
    ):
        assert said in text
    assert "Apply to this table" not in text
    card = signed_in("Policymaker").get(run.get_absolute_url()).content.decode()
    assert "no page, command or API takes one" in card
    body = signed_in("Officer").get(PAGE, {"format": "json"}).json()
    assert body["gate"] == run.gate
    assert len(body["rivals"]) == len(run.metrics["rivals"])
    assert signed_in("Officer").get(PAGE, {"level": "streets"}).status_code == 400
    assert signed_in("Officer").get(PAGE, {"level": "cities", "format": "json"}).status_code == 404


def test_an_analyst_applies_it_to_a_table_and_only_that_it_was_done_is_kept(run: ModelRun) -> None:
    response = send(table(60))
    assert response.status_code == 200
    assert "tells the group of 20 of 60 rows" in response.content.decode()
    event = AuditEvent.objects.get(object_kind="prediction")
    assert (event.object_id, event.detail["rows"]) == (str(run.key), 60)
    assert not PublishedRate.objects.exists()
    assert b"applied to a table" not in signed_in("Supervisor").get(run.get_absolute_url()).content
    refused = send(b"driver_name\nAnna\n")
    assert refused.status_code == 400
    assert "never to a person" in refused.content.decode()
    assert signed_in("Analyst").post(reverse("apply-proxy"), {}).status_code == 400
    for answer in (response, refused):  # below the tab's address, and yet within it
        text = answer.content.decode()
        assert re.findall(r'href="([^"]*)" aria-current="true"', text).count(PAGE) == 1
        assert f'href="{PAGE}?level=cities"' in text
        assert 'href="?' not in text
    assert send(table(60), role="Policymaker").status_code == 403
    assert "No audit of this level is in use" in send(table(60), level="cities").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_page_is_clean_accessible_and_fits(page_as: Any, drafted: Any, size: str, tmp_path: Any) -> None:
    page = page_as("Analyst", size)
    page.goto(PAGE)
    assert_accessible(page)
    run = runs.sign_off(runs.keep(drafted, 1.0))
    page.goto(PAGE)
    page.wait_for_selector("figure.chart canvas[role=img]")
    assert_clean(page)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    path = tmp_path / "rates.csv"
    path.write_bytes(table(60))
    page.set_input_files("#table-file", str(path))
    page.click("text=Apply to this table")
    page.wait_for_selector("#applied")
    assert_accessible(page)
    page.goto(run.get_absolute_url())
    assert_clean(page)
    assert_accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
