import { Stack, Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { list } from "../api/queries";
import type { Page, Schema } from "../api/types";
import { Id } from "../components/id";
import { PagedTable } from "../components/paged-table";
import { State } from "../components/state";
import { hexOf } from "../lib/bytes";

const all = list<{ schemas: Schema[]; pagination: Page }>("/creditd/attestation/v1/schemas");

export function Schemas() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.schemas")}</Title>
      <Text maw={720}>{t("schema.lead")}</Text>
      <PagedTable
        of={all}
        rowsOf={(page) => page.schemas}
        caption={t("menu.schemas")}
        keyOf={(s) => s.id}
        empty={t("schema.none")}
        columns={[
          { name: t("schema.name"), cell: (s) => <Link to="/schemas/$id" params={{ id: hexOf(s.id) }}>{s.name}</Link> },
          { name: t("schema.version"), cell: (s) => s.version },
          { name: t("schema.fields"), cell: (s) => s.fields.length },
          { name: t("schema.status"), cell: (s) => <State value={s.deprecated_at ? "DEPRECATED" : "ACTIVE"} prefix="" /> },
          { name: t("schema.id"), cell: (s) => <Id value={hexOf(s.id)} /> },
        ]}
      />
    </Stack>
  );
}
