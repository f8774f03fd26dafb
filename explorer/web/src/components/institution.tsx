import { Badge, Group } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { institutions } from "../api/queries";
import { words } from "../lib/format";
import { Id } from "./id";

/** Who is behind an account: the institution by name, anyone else by address. */
export function Party({ address }: { address: string }) {
  const { data } = useQuery(institutions);
  const found = data?.find((i) => i.operator === address);
  return found ? <Link to="/institutions/$operator" params={{ operator: address }}>{found.name}</Link> : <Id value={address} />;
}

const colours: Record<string, string> = { ACTIVE: "teal", SUSPENDED: "orange", REVOKED: "red", EXPIRED: "gray" };

export function Licence({ status }: { status: string }) {
  const { t } = useTranslation();
  const name = status.replace("LICENCE_STATUS_", "");
  return (
    <Badge variant="light" color={colours[name] ?? "gray"}>
      {t(`licence.${name}`, words(status, "LICENCE_STATUS_"))}
    </Badge>
  );
}

export function Roles({ roles }: { roles: string[] }) {
  const { t } = useTranslation();
  return (
    <Group gap={4}>
      {roles.map((role) => (
        <Badge key={role} variant="outline" color="gray">
          {t(`role.${role.replace("ROLE_", "")}`, words(role, "ROLE_"))}
        </Badge>
      ))}
    </Group>
  );
}
