import { queryOptions } from "@tanstack/react-query";

import { get } from "../../api/client";
import { list } from "../../api/queries";
import type { Page } from "../../api/types";

export interface Subject {
  pseudonym: string;
  enrolled_by: string;
  enrolled_at: string;
  controller: string;
  offered_to: string;
  freeze: { since: string; lifted_until: string | null; lifted_for: string } | null;
  fraud_alert: { since: string; until: string } | null;
}

export interface Consent {
  id: string;
  grantee: string;
  purpose: string;
  mode: string;
  uses_left: number;
  valid_until: string;
  status: string;
  last_used: string | null;
}

export interface Dispute {
  id: string;
  furnisher: string;
  reason: string;
  status: string;
  outcome: string;
  opened_at: string;
}

export interface TrailEntry {
  height: string;
  time: string;
  kind: string;
  actor: string;
  ref: string;
  purpose: string;
}

const path = (id: string) => `/creditd/credit/v1/subjects/${id}`;

export const subject = (id: string) =>
  queryOptions({
    queryKey: ["subject", id],
    queryFn: async ({ signal }) => (await get<{ subject: Subject }>(path(id), {}, signal)).subject,
  });

export const consents = (id: string) => list<{ consents: Consent[]; pagination: Page }>(`${path(id)}/consents`);
export const disputes = (id: string) => list<{ disputes: Dispute[]; pagination: Page }>(`${path(id)}/disputes`);
export const trail = (id: string) => list<{ entries: TrailEntry[]; pagination: Page }>(`${path(id)}/trail`, { "pagination.reverse": "true" });
