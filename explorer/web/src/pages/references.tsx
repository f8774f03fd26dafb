import { Stack, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import type { Attestation } from "../api/types";
import { Graph } from "../components/graph";
import { Id } from "../components/id";
import { hexOf } from "../lib/bytes";
import { shorten } from "../lib/format";

/** Attestations that are followed from one to the next; a longer chain is followed from its last. */
const most = 25;

interface Link {
  from: string;
  to: string;
  kind: "refers" | "replaced";
}

/** From one attestation on: what it refers to, and what replaced each. */
const links = (start: string) =>
  queryOptions({
    queryKey: ["references", start],
    queryFn: async ({ signal }) => {
      const found: Link[] = [];
      const seen = new Set([start]);
      for (const id of seen) {
        const { attestation: a } = await get<{ attestation: Attestation }>(`/creditd/attestation/v1/attestations/${id}`, {}, signal);
        const next: [string, Link["kind"]][] = [[hexOf(a.reference), "refers"], [hexOf(a.superseded_by), "replaced"]];
        for (const [to, kind] of next) {
          if (to === "" || (seen.size >= most && !seen.has(to))) continue;
          found.push({ from: id, to, kind });
          seen.add(to);
        }
      }
      return found;
    },
  });

/** What an attestation refers to and was replaced by, drawn and in words; nothing when it stands alone. */
export function References({ id }: { id: string }) {
  const { t } = useTranslation();
  const { data } = useQuery(links(id));
  const drawn = useMemo(() => {
    if (!data) return undefined;
    const ids = [...new Set([id, ...data.flatMap((link) => [link.from, link.to])])];
    return {
      nodes: ids.map((one) => ({ id: one, label: shorten(one), to: `/attestations/${one}`, main: one === id })),
      edges: data.map((link) => ({ from: link.from, to: link.to, label: t(link.kind === "refers" ? "attestation.refers" : "attestation.by") })),
    };
  }, [data, id, t]);
  if (!drawn || drawn.edges.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">
        {t("attestation.references")}
      </Title>
      <Graph label={t("attestation.references")} {...drawn} />
      <ul>
        {drawn.edges.map((edge) => (
          <li key={edge.from + edge.to + edge.label}>
            <Id value={edge.from} to={`/attestations/${edge.from}`} /> {edge.label} <Id value={edge.to} to={`/attestations/${edge.to}`} />
          </li>
        ))}
      </ul>
    </Stack>
  );
}
