"""The import pages: choose, check, decide, follow, report, undo; and who may do so with what."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from ledger.choices import AuditVerb, ImportState
from ledger.imports.refused import rows_to_mend
from ledger.models import Agency, AuditEvent, ImportRun, ImportUndo, RefusedRow, Stop
from ledger.tests.factories import make_agency, make_user
from ledger.tests.import_files import EXAMPLES, HEADER, begun, line, loaded
from ledger.tests.test_import_tasks import check, load
from ledger.tests.workbooks import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def uploads(settings: Any, tmp_path: Path) -> Path:
    settings.UPLOADS = tmp_path / "uploads"
    return tmp_path / "uploads"


@pytest.fixture
def analyst(client: Client) -> User:
    user = make_user("Analyst", username="analyst")
    client.force_login(user)
    return user


@pytest.fixture
def supervisor(client: Client) -> User:
    user = make_user("Supervisor", make_agency("India", "India"), username="supervisor")
    client.force_login(user)
    return user


def example(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, (EXAMPLES / name).read_bytes(), content_type="text/csv")


def uploaded(client: Client, name: str, **data: Any) -> ImportRun:
    """Upload an example on the page; its check is left to the worker."""
    reply = client.post(reverse("new-import"), {"file": example(name), **data})
    assert reply.status_code == 302, reply.content.decode()
    return ImportRun.objects.get(key=reply["Location"].strip("/").split("/")[-1])


def uploaded_bytes(client: Client, name: str, content: bytes, **data: Any) -> Any:
    return client.post(reverse("new-import"), {"file": SimpleUploadedFile(name, content), **data})


def page(client: Client, run: ImportRun, query: str = "") -> str:
    reply = client.get(run.get_absolute_url() + query)
    assert reply.status_code == 200
    return reply.content.decode()


def errors(client: Client, **data: Any) -> str:
    """The upload page when it refuses."""
    reply = client.post(reverse("new-import"), data)
    assert reply.status_code == 200
    assert not ImportRun.objects.exists()
    return reply.content.decode()


def decide(client: Client, run: ImportRun, choice: str) -> Any:
    return client.post(reverse("load-import", args=[run.key]), {"choice": choice})


def acts() -> list[str]:
    return [
        event.detail.get("act", "")
        for event in AuditEvent.objects.filter(object_kind="import").order_by("pk")
    ]


def test_an_analyst_imports_a_file_of_three_countries_from_upload_to_undo(
    client: Client, analyst: User
) -> None:
    run = uploaded(client, "securecheck-good.csv")
    assert (run.source, run.user, run.state) == ("securecheck", analyst, ImportState.UPLOADED)
    assert "Waiting for its turn" in page(client, run)
    check(run)
    checked = page(client, run)
    assert "Nothing is stored yet" in checked
    assert "Loading makes new agencies: Canada, India, USA" in checked
    assert "KA01HH1234" in checked, "the first values of each column help to judge how it was understood"
    assert decide(client, run, "load").status_code == 302
    assert load(run).state == ImportState.LOADED
    report = page(client, run)
    assert run.digest in report
    assert "Undo this import" in report
    assert Stop.objects.count() == 3
    client.post(reverse("undo-import", args=[run.key]), {"reason": "wrong file"})
    assert ImportUndo.objects.get().user == analyst
    assert "Its stops are kept and no longer count" in page(client, run)
    assert [act for act in acts() if act] == ["uploaded", "checked", "load asked for", "loaded", "undone"]


def test_the_check_and_the_load_are_handed_to_the_worker(client: Client, analyst: User) -> None:
    run = uploaded(client, "securecheck-good.csv")
    check(run)
    decide(client, run, "load")
    jobs = ProcrastinateJob.objects.filter(args={"run_id": run.pk}).order_by("pk")
    assert [job.task_name for job in jobs] == ["ledger.check_import", "ledger.load_import"]


def test_uploads_are_kept_under_names_of_our_own(client: Client, analyst: User, uploads: Path) -> None:
    file = SimpleUploadedFile("../../etc/passwd.csv", (EXAMPLES / "securecheck-good.csv").read_bytes())
    client.post(reverse("new-import"), {"file": file})
    run = ImportRun.objects.get()
    assert run.file_name == "passwd.csv"
    assert [path.name for path in uploads.iterdir()] == [run.stored_name]
    assert run.stored_name != run.file_name
    assert (uploads / run.stored_name).stat().st_mode & 0o077 == 0


def test_a_supervisor_imports_rows_of_the_own_agency_only(client: Client, supervisor: User) -> None:
    run = uploaded(client, "securecheck-good.csv")
    assert run.agency == Agency.objects.get(name="India")
    check(run)
    found = page(client, run)
    assert "is another agency; this import is for India only" in found
    decide(client, run, "load")
    load(run)
    assert [stop.agency.name for stop in Stop.objects.all()] == ["India"]


def test_a_supervisor_cannot_name_another_agency(client: Client, supervisor: User) -> None:
    other = make_agency("Riverton Police")
    run = uploaded(client, "open-policing.csv", agency=other.pk, new_agency="Elsewhere")
    assert (run.agency, run.notes) == (Agency.objects.get(name="India"), {})


def test_a_supervisor_without_an_agency_is_told_so(client: Client) -> None:
    user = make_user("Analyst")
    user.groups.set(make_user("Supervisor").groups.all())
    client.force_login(User.objects.get(pk=user.pk))
    assert "belongs to no agency" in errors(client, file=example("securecheck-good.csv"))


def test_an_analyst_names_the_agency_of_a_file_that_names_none(client: Client, analyst: User) -> None:
    known = make_agency("State Police", "USA")
    assert uploaded(client, "open-policing.csv").state == ImportState.ASKING
    assert uploaded(client, "open-policing.csv", agency=known.pk).agency == known
    assert uploaded(client, "open-policing.csv", new_agency="state police").agency == known
    run = uploaded(client, "open-policing.csv", new_agency="Highway Patrol")
    assert (run.agency, run.notes["agency"]) == (None, "Highway Patrol")
    check(run)
    decide(client, run, "load")
    assert str(load(run).agency) == "Highway Patrol"


def test_an_agency_is_chosen_or_named_not_both(client: Client, analyst: User) -> None:
    known = make_agency("State Police", "USA")
    answer = errors(client, file=example("open-policing.csv"), agency=known.pk, new_agency="Highway Patrol")
    assert "not both" in answer


@pytest.mark.parametrize(
    "name, words",
    [
        ("empty.csv", "The file is empty"),
        ("bomb.csv", "no header of a CSV file"),
        ("spreadsheet.csv", "no sheet with cells"),
        ("binary.csv", "not text"),
        ("securecheck-utf-16.csv", "UTF-16"),
        ("securecheck-double-column.csv", "twice"),
        ("securecheck-semicolons.csv", "semicolons"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_at_once(
    client: Client, analyst: User, uploads: Path, name: str, words: str
) -> None:
    assert words in errors(client, file=example(name))
    assert not uploads.exists()


def test_a_file_in_a_wrong_encoding_is_found_by_the_check(client: Client, analyst: User) -> None:
    run = uploaded(client, "securecheck-latin-1.csv")
    check(run)
    found = page(client, run)
    assert "Row 2 holds the byte 0xFC, which is not UTF-8" in found
    assert "Undo" not in found


def test_an_upload_past_the_limit_is_dropped_with_a_sentence(
    client: Client, analyst: User, settings: Any
) -> None:
    settings.MAX_UPLOAD_BYTES = 1024 * 1024
    large = SimpleUploadedFile("large.csv", (HEADER + "\n" + (line() + "\n") * 20_000).encode())
    assert "larger than 1 MB" in errors(client, file=large)
    large.seek(0)
    client.post(reverse("new-import"), {"file": [large, example("securecheck-good.csv")]})
    assert dict(ImportRun.objects.values_list("file_name", "state")) == {
        "large.csv": ImportState.FAILED,
        "securecheck-good.csv": ImportState.UPLOADED,
    }


def test_the_kind_of_file_can_be_overruled_but_not_forced(client: Client, analyst: User) -> None:
    assert uploaded(client, "securecheck-good.csv", source="securecheck").source == "securecheck"
    forced = uploaded(client, "open-policing.csv", source="securecheck")
    assert (forced.source, forced.state) == ("securecheck", ImportState.ASKING)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("read-me.md", "words")
    answer = uploaded_bytes(client, "a.zip", packed.getvalue(), source="securecheck")
    assert "holds no file of the kind" in answer.content.decode()


def test_errors_are_grouped_by_cause_and_shown_with_row_column_value_and_reason(
    client: Client, analyst: User
) -> None:
    run = check(uploaded(client, "securecheck-bad-cells.csv"))
    found = page(client, run)
    assert found.index("is not an age between 1 and 120") < found.index("is not a time of day")
    assert "1000000000000000000000000000000" in found
    only = page(client, run, "?cause=2").split('id="errors"')[1].split("</section>")[0]
    assert "2026-02-30" in only
    assert "1000000000000000000000000000000" not in only
    assert page(client, run, "?cause=999&page=x")


def test_refused_rows_are_downloaded_mended_and_imported(client: Client, analyst: User) -> None:
    run = check(uploaded(client, "securecheck-bad-cells.csv"))
    reply = client.get(reverse("refused-rows", args=[run.key]))
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 21
    assert rows[0]["refused because"] == "row 1: driver_age: is not an age between 1 and 120"
    assert rows[19]["vehicle_number"] == "'=HYPERLINK(1)"
    assert AuditEvent.objects.filter(verb=AuditVerb.DISCLOSURE, object_id=str(run.key)).exists()
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0])
    writer.writeheader()
    writer.writerow(rows[0] | {"driver_age": "44"})
    mended = client.post(
        reverse("new-import"), {"file": SimpleUploadedFile("mended.csv", out.getvalue().encode())}
    )
    again = check(ImportRun.objects.get(key=mended["Location"].strip("/").split("/")[-1]))
    assert (again.rows_new, again.rows_refused, again.notes["extra_columns"]) == (1, 0, [])


def test_broken_rows_are_in_the_download_as_far_as_they_can_be_read(client: Client, analyst: User) -> None:
    run = check(uploaded(client, "securecheck-short-and-long.csv"))
    reply = client.get(reverse("refused-rows", args=[run.key]))
    text = b"".join(reply.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    short, long = csv.DictReader(io.StringIO(text))
    assert (short["stop_date"], short["vehicle_number"]) == ("2026-01-05", "")
    assert long["vehicle_number"] == "NY44QT0001"
    assert long["refused because"].endswith("cells too many: more")


@pytest.mark.parametrize("sign", ["\u2028", "\x85", "\x0b", "\x1c"])
def test_what_ends_a_line_in_unicode_alone_ends_no_refused_row(sign: str) -> None:
    run = ImportRun.objects.create(
        source="securecheck", file_name="a.csv", notes={"header": ["one", "two", "three"]}
    )
    RefusedRow.objects.create(import_run=run, row=1, message="is wrong", text=f'a{sign}b,"c\nd",e')
    assert list(rows_to_mend(run)) == [[f"a{sign}b", "c\nd", "e", "row 1: is wrong"]]


def test_loading_nothing_forgets_the_file(
    client: Client, analyst: User, uploads: Path, django_capture_on_commit_callbacks: Any
) -> None:
    run = check(uploaded(client, "securecheck-bad-cells.csv"))
    with django_capture_on_commit_callbacks(execute=True):
        decide(client, run, "nothing")
    run.refresh_from_db()
    assert (run.state, run.stored_name) == (ImportState.ABANDONED, "")
    assert not list(uploads.iterdir())
    assert not RefusedRow.objects.exists()
    assert not Stop.objects.exists()
    assert "the file is no longer kept" in page(client, run)


def test_a_decision_is_made_once(client: Client, analyst: User) -> None:
    run = check(uploaded(client, "securecheck-good.csv"))
    for choice in ("load", "load", "nothing"):
        decide(client, run, choice)
    assert (
        ProcrastinateJob.objects.filter(task_name="ledger.load_import", args={"run_id": run.pk}).count() == 1
    )
    assert ImportRun.objects.get().state == ImportState.LOADING


def test_no_choice_loads_nothing(client: Client, analyst: User) -> None:
    run = check(uploaded(client, "securecheck-good.csv"))
    reply = client.post(reverse("load-import", args=[run.key]), {}, follow=True)
    assert "Choose whether the good rows are loaded" in reply.content.decode()
    assert ImportRun.objects.get().state == ImportState.CHECKED


def test_progress_is_told_until_there_is_a_page_to_go_to(client: Client, analyst: User) -> None:
    run = uploaded(client, "securecheck-good.csv")
    url = reverse("import-progress", args=[run.key])
    assert client.get(url).json() == {
        "state": "uploaded", "url": "", "done": 0, "total": 0, "message": "Waiting for its turn.", "pace": "",
    }  # fmt: skip
    begun_at = timezone.now() - timedelta(seconds=10)
    ImportRun.objects.update(
        state=ImportState.CHECKING, progress=100, progress_total=546, progress_rows=50_000, begun_at=begun_at
    )
    told = client.get(url).json()
    assert told | {"message": "", "pace": ""} == {
        "state": "checking", "url": "", "done": 100, "total": 546, "message": "", "pace": "",
    }  # fmt: skip
    assert re.fullmatch(r"50,000 rows, 4,[0-9]{3} a second, about 4[05] seconds left to read", told["pace"])
    assert told["pace"].split(",")[0] in page(client, run)
    ImportRun.objects.update(progress=546)
    assert client.get(url).json()["total"] == 0
    ImportRun.objects.update(state=ImportState.LOADED)
    assert client.get(url).json()["url"] == run.get_absolute_url()


def test_the_same_file_loaded_before_is_pointed_out(client: Client, analyst: User) -> None:
    loaded(EXAMPLES / "securecheck-good.csv")
    found = page(client, check(uploaded(client, "securecheck-good.csv")))
    assert "The very same file was loaded" in found
    assert "Every row is in the ledger already" in found


def test_an_undo_needs_a_reason_and_no_correction(client: Client, analyst: User) -> None:
    run = check(uploaded(client, "securecheck-good.csv"))
    decide(client, run, "load")
    load(run)
    url = reverse("undo-import", args=[run.key])
    assert "at least 5 characters" in client.post(url, {"reason": "bad"}).content.decode()
    stop = Stop.objects.earliest("pk")
    Stop.objects.create(
        number=stop.number, version=2, supersedes=stop, agency=stop.agency, stopped_on=stop.stopped_on
    )
    reply = client.post(url, {"reason": "wrong file"}, follow=True)
    assert "was corrected since" in reply.content.decode()
    assert not ImportUndo.objects.exists()


def test_imports_of_others_are_as_if_they_were_not_there(client: Client, supervisor: User) -> None:
    run = begun(EXAMPLES / "securecheck-good.csv", user=make_user("Analyst"), state=ImportState.LOADED)
    for name in ("import", "import-progress", "undo-import", "refused-rows"):
        assert client.get(reverse(name, args=[run.key])).status_code == 404
    assert client.post(reverse("load-import", args=[run.key])).status_code == 404
    assert run.file_name not in client.get(reverse("imports")).content.decode()


def test_values_of_rows_are_for_who_uploaded_them(client: Client, analyst: User) -> None:
    """Another analyst sees that the import is there and why rows were refused, not the rows."""
    run = check(uploaded(client, "securecheck-bad-cells.csv"))
    client.force_login(make_user("Analyst"))
    found = page(client, run)
    assert "is not an age between 1 and 120" in found
    assert "1000000000000000000000000000000" not in found
    assert "ON12AB3456" not in found
    assert client.get(reverse("refused-rows", args=[run.key])).status_code == 403
    assert decide(client, run, "load").status_code == 403
    assert ImportRun.objects.get().state == ImportState.CHECKED


def test_a_workbook_and_a_packed_file_are_taken_in(client: Client, analyst: User, tmp_path: Path) -> None:
    book = workbook(tmp_path / "stops.xlsx", Log=[HEADER.split(","), line().split(",")])
    packed = SimpleUploadedFile("stops.csv.gz", gzip.compress(f"{HEADER}\n{line()}\n".encode()))
    for file in (SimpleUploadedFile("stops.xlsx", book.read_bytes()), packed):
        reply = client.post(reverse("new-import"), {"file": file})
        run = check(ImportRun.objects.get(key=reply["Location"].strip("/").split("/")[-1]))
        assert (run.source, run.rows_new, run.message) == ("securecheck", 1, "")
        assert "ON12AB3456" in page(client, run), "the first values are shown of every format"


def test_a_supervisor_is_offered_and_allowed_the_own_kinds_only(client: Client, supervisor: User) -> None:
    assert "police-uk-archive" not in client.get(reverse("new-import")).content.decode()
    answer = errors(client, file=example("securecheck-good.csv"), source="police-uk-archive")
    assert "Choose one of the kinds of file" in answer


@pytest.mark.parametrize("role", ["Officer", "Policymaker", "Administrator"])
def test_other_roles_import_nothing(client: Client, role: str) -> None:
    client.force_login(make_user(role))
    assert client.get(reverse("imports")).status_code == 403
    assert client.post(reverse("new-import"), {"file": example("securecheck-good.csv")}).status_code == 403
    assert not ImportRun.objects.exists()


def test_file_names_are_shown_as_text(client: Client, analyst: User) -> None:
    begun(EXAMPLES / "securecheck-good.csv", user=analyst, state=ImportState.LOADED)
    ImportRun.objects.update(file_name="<script>alert(1)</script>.csv")
    for address in (reverse("imports"), ImportRun.objects.get().get_absolute_url()):
        found = client.get(address).content.decode()
        assert "<script>alert(1)" not in found
        assert "&lt;script&gt;alert(1)" in found


def test_the_list_takes_a_constant_number_of_queries(
    client: Client, analyst: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        begun(EXAMPLES / "securecheck-good.csv", user=analyst, state=ImportState.LOADED)
    with django_assert_max_num_queries(14):
        found = client.get(reverse("imports")).content.decode()
    assert found.count("securecheck-good.csv") == 12
