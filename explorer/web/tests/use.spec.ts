import { expect, type Page, test } from "@playwright/test";

import { openFile } from "./acts";
import { cases } from "./cases";
import { content, rest, turn } from "./content";
import { open, settled, watch } from "./open";

test("search takes whatever the chain has a name for", async ({ page }) => {
  await open(page, "/");
  for (const [typed, to] of [
    ["2", "/blocks/2"],
    [content.tx, `/txs/${content.tx}`],
    [content.institution, `/institutions/${content.institution}`],
    [content.licence.toLowerCase(), `/institutions/${content.institution}`],
    [content.schema, `/schemas/${content.schema}`],
    ["aldermoor.income", `/schemas/${content.schema}`],
    [content.attestation, `/attestations/${content.attestation}`],
    [content.inquiry, `/inquiries/${content.inquiry}`],
    [content.dispute, `/disputes/${content.dispute}`],
    [content.contract, `/contracts/${content.contract}`],
    [content.accreditation, "/accreditations"],
  ] as const) {
    await page.getByRole("searchbox").fill(typed);
    await page.getByRole("searchbox").press("Enter");
    await expect(page, typed).toHaveURL(content.ui.replace(/\/$/, "") + to);
    await settled(page);
  }
  await page.getByRole("searchbox").fill("no such thing");
  await page.getByRole("searchbox").press("Enter");
  await expect(page.getByText("The chain knows nothing of this.")).toBeVisible();
});

test("works without a mouse", async ({ page }) => {
  await open(page, "/");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.getByRole("link", { name: "Institutions" }).first().focus();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/institutions$/);
  await settled(page);
});

test("the first page comes quickly", async ({ browser }) => {
  for (let load = 1; load <= 3; load++) {
    const context = await browser.newContext(); // with nothing kept
    const page = await context.newPage();
    await page.addInitScript(() => {
      // A frame in which there is a place to type and the height of the chain: whoever looks can use it.
      const look = () => {
        const height = document.querySelector("[data-testid=node-state]")?.textContent ?? "";
        if (document.querySelector("input[type=search]") && /^\d+$/.test(height)) performance.mark("usable");
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
    await page.goto(content.ui);
    await page.getByRole("searchbox").fill("x");
    await expect(page.locator("figure svg").first()).toBeVisible();
    const { usable, bytes, later } = await page.evaluate(() => {
      const usable = performance.getEntriesByName("usable")[0]!.startTime;
      const files = ["navigation", "resource"].flatMap((type) => performance.getEntriesByType(type)) as PerformanceResourceTiming[];
      const sent = (which: PerformanceResourceTiming[]) => which.reduce((sum, file) => sum + file.transferSize, 0);
      return { usable, bytes: sent(files.filter((f) => f.startTime <= usable)), later: sent(files.filter((f) => f.startTime > usable)) };
    });
    const kib = (n: number) => (n / 1024).toFixed(0);
    console.log(`first load ${load}: ${kib(bytes)} KiB until the page can be used and shows the height, after ${usable.toFixed(0)} ms; ${kib(later)} KiB later`);
    expect(bytes).toBeGreaterThan(100 * 1024);
    expect(bytes).toBeLessThan(300 * 1024);
    await context.close();
  }
});

/** Names of files that the page has. */
const loaded = (page: Page) => page.evaluate(() => performance.getEntriesByType("resource").map((r) => r.name).join(" "));

/** Go on to a page of the application, as a link does: nothing is loaded anew. */
const go = (page: Page, path: string) => page.evaluate((to) => history.pushState(null, "", `/ui${to}`), path);

const state = (page: Page) => page.getByTestId("node-state");

/** Rows that are seen; a chart's table is folded away. */
const seen = (page: Page) => page.locator("main tbody tr").filter({ visible: true });

test("every page survives that the node dies and comes back", async ({ page }) => {
  await open(page, "/");
  await expect.poll(() => loaded(page), { message: "the other pages are fetched" }).toContain("governance");
  const known: { path: string; title: string; rows: number }[] = [];
  for (const one of cases) {
    const path = typeof one.path === "string" ? one.path : await one.path();
    await go(page, path);
    await one.shows(page);
    known.push({ path, title: (await page.locator("h1").textContent())!, rows: await seen(page).count() });
  }
  await turn("kill");
  await expect(state(page)).toHaveText("no answer");
  for (const [i, { path, title, rows }] of known.entries()) { // what was shown stays
    await go(page, path);
    await expect(page.locator("h1"), path).toHaveText(title);
    if (path === "/verify") await cases[i]!.shows(page); // without any server
    else if (path === "/subject") await openFile(page, content.subject);
    else if (rows > 0) await expect(seen(page).first(), path).toBeVisible();
    await expect(page.locator("main [role=alert]").filter({ hasText: "does not answer" }), path).toHaveCount(0);
  }
  await turn("restart");
  await expect(state(page)).toHaveText(/^\d+$/);
  for (const [i, { path }] of known.entries()) {
    await go(page, path);
    await cases[i]!.shows(page);
  }
});

test("a page that is opened first while the node is away comes when it is back", async ({ page }) => {
  await open(page, "/institutions");
  await expect.poll(() => loaded(page), { message: "the other pages are fetched" }).toContain("schemas");
  await turn("kill");
  await expect(state(page)).toHaveText("no answer");
  await page.getByRole("link", { name: "Schemas" }).first().click();
  await expect(page.locator("main")).toContainText("The node does not answer");
  await turn("restart");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Schemas");
  await expect(page.getByRole("row", { name: "aldermoor.income" })).toBeVisible();
});

test("survives a node that takes requests and says nothing", async ({ page }) => {
  await open(page, "/institutions");
  await expect(state(page)).toHaveText(/^\d+$/);
  const before = Number(await state(page).textContent());
  await expect.poll(() => loaded(page), { message: "the other pages are fetched" }).toContain("schemas");
  await turn("pause");
  await expect(state(page)).toHaveText("no answer");
  await expect(page.getByRole("row", { name: content.licence })).toBeVisible();
  await page.getByRole("link", { name: "Schemas" }).first().click();
  await turn("resume");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Schemas");
  await expect(page.getByRole("row", { name: "aldermoor.income" })).toBeVisible();
  await expect.poll(async () => Number(await state(page).textContent())).toBeGreaterThan(before);
});

test("nothing about a person is kept in the browser", async ({ page }) => {
  const wrong = watch(page);
  await open(page, `/inquiries/${content.inquiry}`);
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }) + JSON.stringify({ ...sessionStorage }) + document.cookie);
  expect(kept).not.toContain(content.subject);
  expect(kept).not.toContain(content.identity);
  const { subject } = (await rest(`/creditd/credit/v1/inquiries/${content.inquiry}`)).inquiry;
  expect(await page.locator("body").innerText()).not.toContain(subject);
  expect(wrong).toEqual([]);
});
