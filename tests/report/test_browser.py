"""The report in a browser: headless Chromium, driven by Playwright, with the network off.

Needs both (`make test-browser` installs Playwright; Chromium is the machine's own) and is skipped
where one is missing. The pages: the hand-written example, the same with hostile names, and the
published report.
"""

import shutil
from pathlib import Path

import pytest

from pp_spin.report.document import sealed
from pp_spin.report.html import html_report
from tests.report.example import example_document, hostile_document

api = pytest.importorskip("playwright.sync_api", reason="make test-browser installs Playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
if CHROMIUM is None:
    pytest.skip("there is no Chromium on this machine", allow_module_level=True)

PUBLISHED = Path(__file__).parents[2] / "reports" / "report.html"
PAGES = {"example": example_document, "hostile": hostile_document, "published": None}


@pytest.fixture(scope="module")
def browser():
    with api.sync_playwright() as playwright:
        quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=quiet)
        yield browser
        browser.close()


@pytest.fixture(scope="module", params=PAGES, ids=list(PAGES))
def address(request, tmp_path_factory):
    """Where the page is, as a file."""
    make = PAGES[request.param]
    if make is None:
        return PUBLISHED.as_uri()
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html_report(sealed(make())), encoding="utf-8")
    return path.as_uri()


class Opened:
    """A page in its own offline context, with what it asked for and complained of."""

    def __init__(self, browser, address, **context):
        self.context = browser.new_context(offline=True, **context)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(address)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.context.close()


def test_the_page_asks_for_nothing_and_complains_of_nothing(browser, address):
    with Opened(browser, address) as opened:
        for link in opened.page.locator("nav.places a").all():
            link.click()
        opened.page.goto(address)
        opened.page.locator(".map .node").first.click()
        assert opened.complaints == []
        assert {url.partition("#")[0] for url in opened.requests} == {address}


def test_a_script_or_an_image_of_somebody_elses_would_be_noticed(browser, tmp_path):
    text = html_report(example_document())
    image = '<img src="https://example.org/a.png" alt=""><script>alert(1)</script></main>'
    (tmp_path / "report.html").write_text(text.replace("</main>", image), encoding="utf-8")
    with Opened(browser, (tmp_path / "report.html").as_uri()) as opened:
        assert len([said for said in opened.complaints if "Content Security Policy" in said]) == 2


def test_a_red_claim_of_the_map_leads_to_its_witness_and_back(browser, address):
    with Opened(browser, address) as opened:
        page = opened.page
        node = page.locator(".map .node.st-refuted").first
        node.click()
        article = page.locator("article.claim:visible")
        assert article.count() == 1
        assert article.get_attribute("id") == node.get_attribute("data-id")
        assert article.locator("p.witness code").is_visible()
        assert not page.locator("#map").is_visible()
        page.get_by_role("link", name="← Map").locator("visible=true").click()
        assert page.locator("#map").is_visible()
        assert page.locator("article.claim:visible").count() == 0


def test_a_proof_folds_out(browser, address):
    with Opened(browser, address) as opened:
        page = opened.page
        page.goto(
            f"{address}#{page.locator('article:has(details.proof)').first.get_attribute('id')}"
        )
        proof = page.locator("article.current details.proof")
        step = proof.locator("[aria-label='Step 1']")
        assert not step.is_visible()
        proof.locator("summary").click()
        assert step.is_visible()


def test_a_claim_of_the_map_shows_what_it_rests_on_before_it_is_opened(browser, address):
    with Opened(browser, address) as opened:
        page = opened.page
        near = page.locator(".map .arrows path").first.get_attribute("data-to")
        page.locator(f".map .node[data-id='{near}']").focus()
        assert page.locator("#told").inner_text()
        assert page.locator(".map .arrows path.near").count() >= 1
        page.locator("#filter").focus()
        assert page.locator(".map .arrows path.near").count() == 0


def test_the_theme_switches(browser, address):
    with Opened(browser, address, color_scheme="light") as opened:
        page = opened.page
        paper = "getComputedStyle(document.body).backgroundColor"
        before = page.evaluate(paper)
        page.locator("#theme").click()
        assert page.evaluate(paper) != before
        page.locator("#theme").click()
        assert page.evaluate(paper) == before


def test_the_filter_leaves_what_it_names(browser, address):
    with Opened(browser, address) as opened:
        page = opened.page
        rows = page.locator("#overview tr[data-standing]:visible")
        everything = rows.count()
        page.locator("#filter").fill("C.33 little")
        assert 1 <= rows.count() < everything
        assert all("C.33" in text for text in rows.all_inner_texts())


def test_a_status_of_the_legend_dims_the_other_claims(browser, address):
    with Opened(browser, address) as opened:
        page = opened.page
        key = page.locator(".key.st-refuted")
        key.click()
        shown = "element => getComputedStyle(element).opacity"
        assert page.locator(".node.st-refuted").first.evaluate(shown) == "1"
        assert float(page.locator(".node.st-proved").first.evaluate(shown)) < 1
        key.click()
        assert page.locator(".node.st-proved").first.evaluate(shown) == "1"


@pytest.mark.parametrize("width", [360, 800, 1280])
def test_nothing_is_wider_than_the_screen(browser, address, width):
    with Opened(browser, address, viewport={"width": width, "height": 800}) as opened:
        page = opened.page
        places = ["", "#pages"]
        for place in places:
            page.goto(address + place)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, place


def test_it_prints_with_every_claim(browser, address):
    with Opened(browser, address) as opened:
        opened.page.emulate_media(media="print")
        claims = opened.page.locator(".map .node").count()
        assert opened.page.locator("article.claim:visible").count() == claims
        paper = opened.page.pdf(format="A4")
        assert paper.startswith(b"%PDF")
        assert len(paper) > 20_000


def test_without_its_script_the_page_is_whole(browser, address):
    with Opened(browser, address, java_script_enabled=False) as opened:
        page = opened.page
        assert page.locator("article.claim:visible").count() == page.locator(".map .node").count()
        assert page.locator("#map").is_visible()
