import { Stack, Text, Title } from "@mantine/core";
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { get } from "../api/client";
import type { Schema } from "../api/types";
import { DataTable } from "../components/data-table";
import { Facts } from "../components/facts";
import { Id } from "../components/id";
import { Party, Roles } from "../components/institution";
import { SampleForm } from "../components/sample-form";
import { Result } from "../components/states";
import { State } from "../components/state";
import { Time } from "../components/time";
import { hexOf } from "../lib/bytes";
import { useWords } from "../lib/use-words";

const schema = (id: string) =>
  queryOptions({
    queryKey: ["schema", id],
    queryFn: ({ signal }) => get<{ schema: Schema }>(`/creditd/attestation/v1/schemas/${id}`, {}, signal),
  });

export function SchemaPage() {
  const { t } = useTranslation();
  const say = useWords();
  const { id } = useParams({ strict: false }) as { id: string };
  return (
    <Result of={useQuery(schema(id))}>
      {({ schema: s }) => (
        <Stack>
          <Title order={1}>
            {s.name} v{s.version}
          </Title>
          <Facts
            of={[
              [t("schema.id"), <Id value={hexOf(s.id)} whole />],
              [t("schema.status"), <State value={s.deprecated_at ? "DEPRECATED" : "ACTIVE"} prefix="" />],
              [t("schema.issuers"), <Issuers of={s} />],
              [t("schema.revocable"), t(s.revocable ? "yes" : "no")],
              [t("schema.creator"), s.creator ? <Party address={s.creator} /> : t("schema.builtIn")],
              [t("schema.deprecated"), s.deprecated_at ? <Time at={s.deprecated_at} exact /> : undefined],
            ]}
          />
          <Title order={2} size="h3">
            {t("schema.fields")}
          </Title>
          <DataTable
            caption={t("schema.fields")}
            empty=""
            rows={s.fields}
            keyOf={(f) => f.name}
            columns={[
              { name: t("schema.field"), cell: (f) => <span className="id">{f.name}</span> },
              { name: t("schema.kind"), cell: (f) => say(f.kind, "FIELD_KIND_") },
              { name: t("schema.unit"), cell: (f) => f.unit || "–" },
              { name: t("schema.provable"), cell: (f) => t(f.circuit ? "yes" : "no") },
              { name: t("schema.summed"), cell: (f) => t(f.summed ? "yes" : "no") },
            ]}
          />
          <Title order={2} size="h3">
            {t("schema.sample")}
          </Title>
          <Text size="sm" c="dimmed">
            {t("schema.sampleWhy")}
          </Text>
          <SampleForm fields={s.fields} jsonSchema={s.json_schema} />
        </Stack>
      )}
    </Result>
  );
}

function Issuers({ of: s }: { of: Schema }) {
  const { t } = useTranslation();
  if (s.accredited) return t("schema.accredited");
  if (s.issuers.length > 0) {
    return s.issuers.map((issuer) => (
      <div key={issuer}>
        <Party address={issuer} />
      </div>
    ));
  }
  return <Roles roles={s.issuer_roles} />;
}
