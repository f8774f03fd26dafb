import { expect, type Page, test } from "@playwright/test";

import { openFile } from "./acts";
import { content, rest } from "./content";
import { accessible, open, watch } from "./open";

test.describe.configure({ mode: "serial" });

const passphrase = "a passphrase of my own";
const path = `/creditd/credit/v1/subjects/${content.subject}`;

async function useWords(page: Page): Promise<void> {
  await page.getByLabel("Words of your key").fill(content.words);
  await page.getByLabel("New passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Use this key" }).click();
  await expect(page.getByText("You sign with the key of this browser")).toBeVisible();
}

async function sign(page: Page, button: string, says: string): Promise<void> {
  await page.getByRole("button", { name: button, exact: true }).first().click();
  const dialog = page.getByRole("dialog");
  await expect(dialog).toContainText(says);
  await dialog.getByRole("button", { name: "Sign and send" }).click();
  await expect(dialog).toBeHidden();
}

test("takes control, withdraws a consent and freezes the file with a key of the browser", async ({ page }) => {
  const wrong = watch(page);
  await open(page, "/subject");
  await openFile(page, content.subject);
  await accessible(page, "subject, locked");
  await useWords(page);
  await sign(page, "Take control", "You take control");
  await expect(page.getByText("you", { exact: true })).toBeVisible();
  await sign(page, "Withdraw", "You take back consent");
  await expect(page.getByText("Consent was taken back").first()).toBeVisible();
  expect((await rest(`${path}/consents`)).consents.some((c: { status: string }) => c.status === "CONSENT_STATUS_WITHDRAWN")).toBe(true);
  await sign(page, "Freeze", "You freeze this credit file");
  await expect(page.getByText("frozen since")).toBeVisible();
  expect((await rest(path)).subject.freeze).not.toBeNull();
  await expect(page.getByRole("region", { name: "What happened to this file" })).toContainText("Somebody looked");
  await accessible(page, "subject");
  expect(wrong).toEqual([]);
});

test("keeps the key encrypted, and opens it by the passphrase alone", async ({ page }) => {
  await open(page, "/subject");
  await useWords(page);
  const kept = await page.evaluate(() => localStorage.getItem("creditd.key"));
  for (const word of [...content.words.split(" "), content.subject, "credit1"]) expect(kept).not.toContain(word);
  await page.reload();
  await page.getByLabel("Passphrase").fill("another one entirely");
  await page.getByRole("button", { name: "Unlock" }).click();
  await expect(page.getByRole("alert")).toContainText("passphrase is wrong");
  await page.getByLabel("Passphrase").fill(passphrase);
  await page.getByRole("button", { name: "Unlock" }).click();
  await expect(page.getByText("You sign with the key of this browser")).toBeVisible();
});

test("lifts the freeze through Keplr", async ({ page }) => {
  const { Secp256k1HdWallet } = await import("../../../clients/ts/node_modules/@cosmjs/amino/build/index.js");
  const wallet = await Secp256k1HdWallet.fromMnemonic(content.words, { prefix: "credit" });
  // Keplr signs outside the page: the stand-in is asked through functions of the test.
  await page.exposeFunction("keplrAccounts", async () => (await wallet.getAccounts()).map((a) => ({ ...a, pubkey: [...a.pubkey] })));
  await page.exposeFunction("keplrSign", (address: string, doc: never) => wallet.signAmino(address, doc));
  await page.addInitScript(() => {
    const { keplrAccounts, keplrSign } = window as unknown as {
      keplrAccounts: () => Promise<{ address: string; algo: string; pubkey: number[] }[]>;
      keplrSign: (address: string, doc: unknown) => Promise<unknown>;
    };
    const signer = {
      getAccounts: async () => (await keplrAccounts()).map((a) => ({ ...a, pubkey: Uint8Array.from(a.pubkey) })),
      signAmino: (address: string, doc: unknown) => keplrSign(address, doc),
    };
    Object.assign(window, {
      keplr: {
        experimentalSuggestChain: async (info: { bech32Config: { bech32PrefixAccAddr: string } }) => {
          if (info.bech32Config.bech32PrefixAccAddr !== "credit") throw new Error("another chain");
        },
        enable: async () => undefined, getOfflineSignerAuto: async () => signer,
      },
    });
  });
  await open(page, "/subject");
  await openFile(page, content.subject);
  await page.getByRole("button", { name: "Use Keplr" }).click();
  await expect(page.getByText("You sign with Keplr")).toBeVisible();
  await sign(page, "Lift the freeze", "You lift the freeze");
  await expect(page.getByText("not frozen")).toBeVisible();
});
