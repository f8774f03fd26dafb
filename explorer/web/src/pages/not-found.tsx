import { Text, Title } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

export function NotFound() {
  const { t } = useTranslation();
  return (
    <>
      <Title order={1}>404</Title>
      <Text my="md">{t("page.notFound")}</Text>
      <Link to="/">{t("page.home")}</Link>
    </>
  );
}
