"""The pages of the audit: what each role reads, an empty ledger, downloads; the command and the worker's job."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from insights import tasks
from insights.audit import bodies, queue, store
from insights.audit.bodies import Offer
from insights.audit.matching import Report, types
from insights.models import PredictionAudit
from insights.tests.audit.made_up import WEST, make_audit, spot, town
from ledger.imports import engine
from ledger.imports.undo import undo
from ledger.models import Area, AreaFigure, AuditEvent, ImportRun, VendorPrediction
from ledger.tests.factories import make_user
from ledger.tests.import_files import EXAMPLES, begun, loaded
from ledger.tests.stops import signed_in

pytestmark = pytest.mark.django_db
BLOCKS = EXAMPLES / "predpol-block-groups" / "springfield-geojson-with-data.json"


def text_of(client: Any, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return str(response.content.decode())


def made_offers(monkeypatch: pytest.MonkeyPatch, **marks: str) -> None:
    """Only made-up bodies, each with its mark."""
    made = [Offer(slug, mark, lambda slug=slug: town(slug)) for slug, mark in marks.items()]  # type: ignore[misc]
    monkeypatch.setattr(bodies, "_SOURCES", {"made up": lambda: made})


def test_a_list_that_comes_while_an_audit_is_computed_has_it_computed_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made_offers(monkeypatch, springfield="1")
    marks = iter(
        ["0-0", "1-0"]
    )  # of the list of sensitive places: before the audit is computed, and afterwards
    monkeypatch.setattr("insights.audit.sensitive.mark", lambda: next(marks))
    [offer] = bodies.offers()
    store.audit(offer)
    assert [one.slug for one in store.outdated()] == ["springfield"]


# Pages


def test_without_predictions_the_page_says_so_and_what_to_do() -> None:
    assert "No predictions have been audited yet. <a href" in text_of(signed_in("Analyst"), "/audit/")
    assert "the worker has not come to them" in text_of(signed_in("Policymaker"), "/audit/")
    assert signed_in("Analyst").get("/audit/?format=csv").status_code == 400


def test_a_body_is_told_in_sentences_tables_and_maps() -> None:
    make_audit("springfield")
    page = text_of(signed_in("Policymaker"), "/audit/springfield/")
    assert "Black residents are 18.5% in the 2 most targeted areas and 9.5% in the whole jurisdiction" in page
    assert "more predictions go with a higher share (correlation +1.00)" in page
    assert page.count('<figure class="map') == 3  # predictions, the share of a group, places
    assert "A19: 190 predictions" in page
    assert "Low income" in page


def test_another_group_is_asked_for_in_the_address_and_nonsense_is_ignored() -> None:
    make_audit("springfield")
    client = signed_in("Analyst")
    assert "Black residents by area" in text_of(client, "/audit/springfield/")
    assert "White residents by area" in text_of(client, "/audit/springfield/?group=white")
    assert "Black residents by area" in text_of(client, "/audit/springfield/?group=%27;--")
    assert client.get("/audit/nowhere/").status_code == 404


def test_what_cannot_be_told_is_said() -> None:
    make_audit("small", areas=4)
    make_audit("nowhere-known", areas=0, spots=[spot(1, 3)])
    client = signed_in("Analyst")
    small = text_of(client, "/audit/small/")
    assert "only 4 areas" in small
    assert "most targeted areas" not in small
    assert "No areas are known for these predictions" in text_of(client, "/audit/nowhere-known/")


def test_the_list_counts_departments_and_leaves_doubtful_and_our_own_out() -> None:
    for slug in ("one", "two"):
        make_audit(slug)
    make_audit("ours", ours=True)
    make_audit("doubtful", facts={"client": "doubtful"})
    page = text_of(signed_in("Policymaker"), "/audit/")
    assert "in 2 of 2 departments" in page
    assert "1 that may be a demonstration or lie abroad are listed, not counted." in page
    assert "our own" in page
    assert "Audit what has changed" not in page


def test_where_crimes_lay_is_drawn_for_analysts_only() -> None:
    reports = [Report(types("Burglary"), types("Burglary"), 2), Report(types("Burglary"), types(""), 0)]
    make_audit("springfield", matched=reports, made=500, actual=[(WEST + 0.005, 33.005)])
    analyst, policymaker = (
        text_of(signed_in(role), "/audit/springfield/") for role in ("Analyst", "Policymaker")
    )
    assert "Of 2 reported crimes of the predicted kinds 1 had been predicted" in policymaker
    assert "2 of 500" in policymaker
    assert ("A crime reported here" in analyst, "A crime reported here" in policymaker) == (True, False)


def test_names_of_places_are_text_not_markup() -> None:
    make_audit("springfield", spots=[spot(1, 3, label="<script>alert(1)</script>", kind="<b>")])
    page = text_of(signed_in("Analyst"), "/audit/springfield/")
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_downloads_hold_the_figures_of_the_page_and_are_noted() -> None:
    make_audit("springfield")
    client = signed_in("Analyst")
    rows = list(
        csv.DictReader(
            io.StringIO(
                client.get("/audit/springfield/?format=csv&table=areas").getvalue().decode("utf-8-sig")
            )
        )
    )
    assert (len(rows), rows[0]["area"], rows[0]["predictions"]) == (20, "A19", "190")
    told = client.get("/audit/springfield/?format=json").json()
    assert told["tables"]["groups"]["rows"][0]["most"] == pytest.approx(0.185)
    assert client.get("/audit/?format=json").json()["tables"]["across"]["rows"][0]["departments"] == 1
    for wrong in ("format=exe", "format=csv&table=nothing"):
        assert client.get(f"/audit/springfield/?{wrong}").status_code == 400
    assert AuditEvent.objects.filter(object_kind="prediction audit").count() == 3


# Command and job


def test_the_command_audits_what_changed_and_forgets_what_is_gone(
    monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    made_offers(monkeypatch, york="1", hull="1")
    call_command("audit_predictions")
    assert "2 audited" in capsys.readouterr().out
    made_offers(monkeypatch, york="1", leeds="1")
    call_command("audit_predictions", json=True)
    assert [json.loads(line)["slug"] for line in capsys.readouterr().out.splitlines()] == ["leeds"]
    assert set(PredictionAudit.objects.values_list("slug", flat=True)) == {"york", "leeds"}
    call_command("audit_predictions", "york")
    assert "york: 1,900 predictions in 20 areas" in capsys.readouterr().out
    with pytest.raises(CommandError, match="There are no predictions “hull”"):
        call_command("audit_predictions", "hull")


def test_the_job_audits_and_one_waits_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made_offers(monkeypatch, york="1")
    client = signed_in("Analyst")
    assert client.post("/audit/compute/").status_code == 302
    assert queue.is_under_way()
    assert queue.ask() is False
    assert client.get("/audit/progress/").json()["state"] == "running"
    context = SimpleNamespace(job=SimpleNamespace(attempts=0), should_abort=lambda: False)
    tasks.audit_predictions.func(context)  # type: ignore[arg-type]
    assert PredictionAudit.objects.get().slug == "york"
    assert signed_in("Policymaker").post("/audit/compute/").status_code == 403


def test_an_audit_that_fails_leaves_the_one_before(monkeypatch: pytest.MonkeyPatch) -> None:
    make_audit("york")
    monkeypatch.setattr(store, "drawings", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_audit("york", areas=12)
    assert PredictionAudit.objects.get().figures["areas"] == 20
    assert PredictionAudit.objects.get().maps.exists()


# From files


def test_imported_block_groups_with_counts_are_a_body_each_and_an_undo_takes_them_away() -> None:
    loaded(BLOCKS, "predpol-block-groups")
    made = {one.slug: one for one in store.audit_all(store.outdated())}
    assert {slug: (one.figures["areas"], one.figures["predictions"]) for slug, one in made.items()} == {
        "shelbyville": (1, 7),
        "springfield": (3, 14),
    }
    assert made["springfield"].flags[0]["key"] == "demonstration"  # no list of departments names it
    assert store.outdated() == []
    undo(ImportRun.objects.get(), make_user("Analyst"), "wrong file")
    assert store.forget_gone() == 2


def test_imported_places_are_placed_in_areas_and_their_days_told(tmp_path: Any) -> None:
    loaded(BLOCKS, "predpol-block-groups")
    path = tmp_path / "places.csv"
    rows = ["springfield,33.705,-84.395,2026-01-05,Theft,4", "springfield,10,10,2026-01-07,Theft,2"]
    path.write_text("\n".join(["client,lat,lon,prediction_date,type,count", *rows]) + "\n")
    assert loaded(path, "prediction-locations").rows_new == 2
    body = next(offer for offer in store.outdated() if offer.slug == "springfield").load()
    assert (body.days, sorted(one.count for one in body.spots)) == (3, [2, 4])
    made = store.audit(Offer("springfield", "", lambda: body))
    assert (made.figures["predictions"], [flag["key"] for flag in made.flags]) == (
        4,
        ["demonstration", "outside"],
    )


def test_the_invented_places_stand_in_for_predictions_abroad(tmp_path: Any) -> None:
    path = tmp_path / "home.csv"
    rows = [f"{client},40.6,-74.4,{at}" for at, client in enumerate(("one", "two", "three", "four"))]
    path.write_text("\n".join(["client,lat,lon,pred_count", *rows]) + "\n")
    loaded(path, "prediction-locations")
    invented = Path(settings.BASE_DIR) / "fixtures" / "invented_predictions.csv"
    report = loaded(invented, "prediction-locations")
    assert (report.rows_refused, report.rows_new) == (0, 243)
    made = store.audit(next(offer for offer in store.outdated() if offer.slug == "pearl-coast-invented"))
    assert [flag["key"] for flag in made.flags] == ["demonstration", "abroad", "targets", "constant"]
    page = text_of(signed_in("Policymaker"), "/audit/pearl-coast-invented/")
    assert "in or near Bahrain; most clients of this vendor are in the United States" in page
    assert "Old Mosque (an invented place)" in page
    assert "When each place was predicted" in page
    told = signed_in("Analyst").get("/audit/pearl-coast-invented/?format=json").json()
    with invented.open(newline="") as lines:
        rows_of_file = list(csv.DictReader(lines))
    in_february = Counter(
        row["place"] for row in rows_of_file if row["prediction_date"].startswith("2018-02")
    )
    leading = told["tables"]["leading"]["rows"]
    name, number = min(in_february.items(), key=lambda item: (-item[1], item[0]))
    assert [leading[1][key] for key in ("month", "place", "predictions")] == ["Feb 2018", name, number]
    assert sum(row["predictions"] for row in told["tables"]["places"]["rows"]) == 243


def test_a_list_of_places_is_set_against_predictions_and_an_undo_takes_it_back() -> None:
    loaded(BLOCKS, "predpol-block-groups")
    run = ImportRun.objects.create(source="prediction-locations", file_name="places.csv")
    VendorPrediction.objects.create(
        import_run=run, import_row=1, client="springfield", latitude=33.7055, longitude=-84.395, count=3
    )
    loaded(EXAMPLES / "sensitive-places" / "places.csv", "sensitive-places", partial=True)

    def flags() -> list[str]:
        (offer,) = (one for one in store.outdated() if one.slug == "springfield")
        return [flag["key"] for flag in store.audit(offer).flags]

    assert flags() == ["demonstration", "targets"]
    undo(ImportRun.objects.get(source="sensitive-places"), make_user("Analyst"), "wrong file")
    assert flags() == ["demonstration"]


def test_with_predictions_in_a_few_areas_only_nothing_is_compared() -> None:
    made = make_audit(
        "sparse", areas=30, spots=[spot(29, 5), spot(28, 1)]
    )  # the most targeted would be three areas
    assert made.figures["told"] is False
    page = text_of(signed_in("Analyst"), "/audit/sparse/")
    assert "Only 2 of 30 areas have any prediction" in page
    assert "most targeted areas and" not in page
    assert (
        make_audit("enough", areas=30, spots=[spot(29, 5), spot(28, 1), spot(27, 1)]).figures["told"] is True
    )


def test_clients_with_names_alike_are_bodies_of_their_own() -> None:
    run = ImportRun.objects.create(source="prediction-locations", file_name="places.csv")
    for client in ("A b", "a-b", "日本"):
        VendorPrediction.objects.create(
            import_run=run, import_row=1, client=client, label="Main Street", count=2
        )
    made = {one.slug: one.name for one in store.audit_all(store.outdated())}
    assert sorted(made.values()) == ["A b", "a-b", "日本"]
    assert {"a-b", "a-b-2"} < set(made)
    for slug in made:
        assert signed_in("Policymaker").get(f"/audit/{slug}/").status_code == 200


def test_areas_of_another_kind_are_left_out_so_that_nobody_is_counted_twice() -> None:
    loaded(BLOCKS, "predpol-block-groups")
    run = ImportRun.objects.get()
    county = Area.objects.create(kind="county", name="01001")
    AreaFigure.objects.create(
        import_run=run, import_row=9, area=county, client="springfield", measure="total_estimate", value=9000
    )
    body = next(offer for offer in store.outdated() if offer.slug == "springfield").load()
    assert [one.name for one in body.areas] == ["010010201001", "010010201002", "010010201004"]


def test_margins_of_error_of_the_census_become_bounds(tmp_path: Path) -> None:
    lines = ["geoid,client,B03002_001E,B03002_001M,B03002_004E,B03002_004M"]
    lines += [f"0100102{at:05d},york,{1000},{60},{40 * at},{30}" for at in range(12)]
    figures, places = tmp_path / "acs2018.csv", tmp_path / "places.csv"
    figures.write_text("\n".join(lines) + "\n")
    run = begun(
        figures, "census-figures", options={"values": {"source": "ACS 2018, 5 years", "year": "2018"}}
    )
    assert engine.load(run, figures).rows_new == 12
    places.write_text(
        "\n".join(["client,geoid,pred_count", *(f"york,0100102{at:05d},{at}" for at in range(12))]) + "\n"
    )
    assert loaded(places, "prediction-locations").rows_new == 12
    made = store.audit(next(offer for offer in store.outdated() if offer.slug == "york"))
    black = made.figures["groups"]["black"]
    assert (made.figures["areas"], made.figures["window"], black["spearman"]) == (12, 2, pytest.approx(1))
    most = black["shares"]["most"]  # 400 + 440 of 2000; margins √2 · 30 and √2 · 60
    assert most["value"] == pytest.approx(0.42)
    assert most["high"] - most["value"] == pytest.approx((1800 - 0.42**2 * 7200) ** 0.5 / 2000)
    assert "more than the census’s margins of error" in text_of(signed_in("Analyst"), "/audit/york/")
