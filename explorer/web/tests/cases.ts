// Every page, and that it shows what the chain has.
import { readFileSync } from "node:fs";

import { expect, type Page } from "@playwright/test";

import { check, checkReport, everyLine, fourGood, openFile } from "./acts";
import { content, rest } from "./content";

export interface Case {
  name: string;
  /** Address, or what finds it out. */
  path: string | (() => Promise<string>);
  /** That the page shows what the chain has. Holds as often as it is asked. */
  shows: (page: Page) => Promise<void>;
}

const main = (page: Page) => page.locator("main");
const transaction = async () => (await rest(`/cosmos/tx/v1beta1/txs/${content.tx}`)).tx_response;

export const cases: Case[] = [
  {
    name: "overview", path: "/",
    shows: async (page) => {
      const { members } = await rest("/creditd/institution/v1/validator_set");
      await expect(page.getByText("Validators", { exact: true }).locator("xpath=following-sibling::*")).toHaveText(String(members.length));
      await expect(page.locator("main figure svg").first()).toBeVisible();
      await expect(page.getByRole("row")).not.toHaveCount(0);
    },
  },
  {
    name: "blocks", path: "/blocks",
    shows: async (page) => {
      const { block } = await rest("/cosmos/base/tendermint/v1beta1/blocks/latest");
      const newest = async () => Number(await page.locator("tbody a").first().textContent());
      await expect.poll(newest).toBeGreaterThanOrEqual(Number(block.header.height) - 10);
    },
  },
  {
    name: "transaction", path: `/txs/${content.tx}`,
    shows: async (page) => {
      await expect(main(page)).toContainText((await transaction()).txhash);
      await expect(main(page)).toContainText("states one attestation");
      if (!(await page.locator("pre.raw").isVisible())) await page.getByText("Raw message").click();
      await expect(page.locator("pre.raw")).toContainText("/creditd.attestation.v1.MsgAttest");
    },
  },
  {
    name: "block", path: async () => `/blocks/${(await transaction()).height}`,
    shows: async (page) => {
      const tx_response = await transaction();
      await expect(page.getByRole("cell", { name: tx_response.txhash.slice(0, 8) })).toBeVisible();
    },
  },
  {
    name: "institutions", path: "/institutions",
    shows: async (page) => {
      const { institutions } = await rest("/creditd/institution/v1/institutions");
      for (const one of institutions) await expect(page.getByRole("row", { name: one.licence_number })).toContainText(one.name);
    },
  },
  {
    name: "institution", path: `/institutions/${content.institution}`,
    shows: async (page) => {
      const { institution } = (await rest(`/creditd/institution/v1/institutions/${content.institution}`)).institution;
      await expect(page.locator("h1")).toHaveText(institution.name);
      await expect(main(page)).toContainText(content.licence);
    },
  },
  {
    name: "lender", path: async () => `/institutions/${(await rest(`/creditd/credit/v1/inquiries/${content.inquiry}`)).inquiry.data_user}`,
    shows: async (page) => {
      await expect(page.getByText("Looks by day", { exact: true })).toBeVisible();
      await expect(page.locator("figure svg")).toBeVisible();
    },
  },
  {
    name: "accreditations", path: "/accreditations",
    shows: async (page) => {
      const { accreditation } = await rest(`/creditd/attestation/v1/accreditations/${content.accreditation}`);
      const { institution } = (await rest(`/creditd/institution/v1/institutions/${accreditation.grantee}`)).institution;
      await expect(page.locator("ul.tree ul.tree")).toContainText(institution.name);
    },
  },
  {
    name: "schemas", path: "/schemas",
    shows: async (page) => {
      const { schemas } = await rest("/creditd/attestation/v1/schemas?pagination.limit=50");
      await expect(page.locator("tbody tr")).toHaveCount(schemas.length);
    },
  },
  {
    name: "schema", path: `/schemas/${content.schema}`,
    shows: async (page) => {
      const { schema } = await rest(`/creditd/attestation/v1/schemas/${content.schema}`);
      for (const field of schema.fields) await expect(page.getByLabel(field.name, { exact: true })).toBeVisible();
    },
  },
  {
    name: "attestation", path: `/attestations/${content.attestation}`,
    shows: async (page) => {
      const verdict = await rest(`/creditd/attestation/v1/verify/${content.attestation}`);
      await expect(page.getByRole("row", { name: "Validity" })).toContainText(verdict.validity === "VALIDITY_CURRENT" ? "current" : "?");
      await expect(page.locator("main li").filter({ hasText: "refers to" })).toBeVisible();
      await expect(page.locator("canvas").first()).toBeVisible();
    },
  },
  {
    name: "attestation-replaced", path: `/attestations/${content.replaced}`,
    shows: async (page) => {
      await expect(page.locator("main li").filter({ hasText: "was replaced by" }).first()).toBeVisible();
    },
  },
  {
    name: "inquiry", path: `/inquiries/${content.inquiry}`,
    shows: async (page) => {
      const { receipts } = await rest(`/creditd/credit/v1/inquiries/${content.inquiry}`);
      expect(receipts.length).toBeGreaterThan(0);
      await expect(page.locator("tbody tr")).toHaveCount(receipts.length);
      await expect(main(page)).not.toContainText(content.subject.slice(0, 8));
    },
  },
  {
    name: "dispute", path: `/disputes/${content.dispute}`,
    shows: async (page) => {
      await expect(main(page)).toContainText("an amount is wrong");
    },
  },
  {
    name: "contracts", path: "/contracts",
    shows: async (page) => {
      await expect(page.getByRole("row", { name: "disputed-record-review" })).toContainText("active");
    },
  },
  {
    name: "contract", path: `/contracts/${content.contract}`,
    shows: async (page) => {
      const { runs } = await rest(`/creditd/credit/v1/contracts/${content.contract}/runs`);
      expect(runs.length).toBeGreaterThan(0);
      await expect(page.locator("tbody tr")).toHaveCount(runs.length);
    },
  },
  {
    name: "supervisor", path: "/supervisor",
    shows: async (page) => {
      await expect(page.locator("figure svg")).toHaveCount(2);
      const value = page.getByText("Disputes opened", { exact: true }).first().locator("xpath=following-sibling::*");
      await expect(value).toHaveText("2");
      await expect(main(page)).not.toContainText(content.subject.slice(0, 8));
    },
  },
  {
    name: "governance", path: "/governance",
    shows: async (page) => {
      const { proposal } = await rest(`/cosmos/gov/v1/proposals/${content.proposal}`);
      await expect(main(page)).toContainText(proposal.title);
      await expect(main(page)).toContainText("approve data contract");
    },
  },
  {
    name: "network", path: "/network",
    shows: async (page) => {
      const info = await rest("/cosmos/base/tendermint/v1beta1/node_info");
      await expect(main(page)).toContainText(info.default_node_info.network);
      await expect(main(page)).toContainText(info.application_version.cosmos_sdk_version);
      const { peers } = await rest("/ui/peers.json");
      expect(peers.length).toBe(3);
      for (const peer of peers) await expect(page.getByRole("row", { name: peer.id.slice(0, 8) })).toContainText(peer.name);
    },
  },
  {
    name: "verify", path: "/verify",
    shows: async (page) => {
      await check(page, readFileSync(content.bundle, "utf8"));
      await fourGood(page);
    },
  },
  {
    name: "verify-report", path: "/verify",
    shows: async (page) => {
      await checkReport(page, readFileSync(content.report, "utf8"));
      await everyLine(page);
    },
  },
  {
    name: "subject", path: "/subject",
    shows: async (page) => {
      await openFile(page, content.subject);
      const path = `/creditd/credit/v1/subjects/${content.subject}`;
      const [{ consents }, { disputes }] = await Promise.all([rest(`${path}/consents`), rest(`${path}/disputes`)]);
      await expect(page.getByRole("table", { name: "Consents" }).locator("tbody tr")).toHaveCount(consents.length);
      await expect(page.getByRole("table", { name: "Disputes" }).locator("tbody tr")).toHaveCount(disputes.length);
      await expect(page.getByRole("region", { name: "What happened to this file" })).toContainText("Somebody looked");
    },
  },
  {
    name: "not-found", path: "/no/such/page",
    shows: async (page) => {
      await expect(main(page)).toContainText("There is no page at this address");
    },
  },
];

