import AxeBuilder from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

import { content } from "./content";

/**
 * What went wrong in a page by itself: errors, refusals of the content security policy, requests to anybody else, addresses that
 * name a person.
 */
export function watch(page: Page): string[] {
  const wrong: string[] = [];
  page.on("pageerror", (error) => wrong.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // That something does not exist is an answer.
    if (message.type() === "error" && !/status of 404/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on("framenavigated", (frame) => {
    for (const secret of [content.subject, content.identity]) if (frame.url().includes(secret)) wrong.push("the address names a person");
  });
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (/^https?:$/.test(url.protocol) && url.origin !== new URL(content.ui).origin) wrong.push(`asks ${url.origin}`);
  });
  return wrong;
}

/** Open a page and wait until all that it asked for is on it. */
export async function open(page: Page, path: string | (() => Promise<string>)): Promise<void> {
  const to = typeof path === "string" ? path : await path();
  await page.goto(content.ui + to.replace(/^\//, ""));
  await settled(page);
}

export async function settled(page: Page): Promise<void> {
  await expect(page.locator("main h1")).toBeVisible();
  await expect(page.getByRole("status", { name: /Loading|正在加载/ })).toHaveCount(0);
}

/** Nothing that axe calls serious or critical. */
export async function accessible(page: Page, what: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(" | ")}`);
  expect(serious, what).toEqual([]);
}
