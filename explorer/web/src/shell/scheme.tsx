import { ActionIcon, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Dark or light; until it is pressed, what the system says. */
export function Scheme() {
  const { t } = useTranslation();
  const { setColorScheme } = useMantineColorScheme();
  const now = useComputedColorScheme("light");
  const other = now === "dark" ? "light" : "dark";
  return (
    <ActionIcon variant="default" size="lg" aria-label={t(`scheme.${other}`)} title={t(`scheme.${other}`)} onClick={() => setColorScheme(other)}>
      <span aria-hidden>{now === "dark" ? "☀" : "☾"}</span>
    </ActionIcon>
  );
}
