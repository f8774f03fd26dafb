import { Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { institutions } from "../api/queries";
import { DataTable } from "../components/data-table";
import { Licence, Roles } from "../components/institution";
import { Result } from "../components/states";
import { Time } from "../components/time";
import { Votes } from "./institution-record";

export function Institutions() {
  const { t } = useTranslation();
  return (
    <Stack>
      <Title order={1}>{t("menu.institutions")}</Title>
      <Text maw={720}>{t("institution.lead")}</Text>
      <Votes />
      <Result of={useQuery(institutions)}>
        {(all) => (
          <DataTable
            caption={t("menu.institutions")}
            empty={t("institution.none")}
            rows={all.toSorted((a, b) => a.name.localeCompare(b.name))}
            keyOf={(i) => i.operator}
            columns={[
              { name: t("institution.name"), cell: (i) => <Link to="/institutions/$operator" params={{ operator: i.operator }}>{i.name}</Link> },
              { name: t("institution.number"), cell: (i) => i.licence_number },
              { name: t("institution.jurisdiction"), cell: (i) => i.jurisdiction },
              { name: t("institution.roles"), cell: (i) => <Roles roles={i.roles} /> },
              { name: t("institution.status"), cell: (i) => <Licence status={i.status} /> },
              { name: t("institution.until"), cell: (i) => (i.valid_until ? <Time at={i.valid_until} /> : "–") },
            ]}
          />
        )}
      </Result>
    </Stack>
  );
}
