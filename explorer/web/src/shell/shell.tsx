import { AppShell, Burger, Group, NavLink, ScrollArea, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { Language } from "./language";
import { NodeState } from "./node-state";
import { Scheme } from "./scheme";
import { Search } from "./search";

/** The sections in the order of the menu; each is the address of its first page. */
const sections = [
  ["/", "overview"],
  ["/blocks", "blocks"],
  ["/institutions", "institutions"],
  ["/accreditations", "accreditations"],
  ["/schemas", "schemas"],
  ["/contracts", "contracts"],
  ["/supervisor", "supervisor"],
  ["/governance", "governance"],
  ["/verify", "verify"],
  ["/subject", "subject"],
  ["/network", "network"],
] as const;

/** What stands around every page: menu, search, the node's state, language and colours. */
export function Shell() {
  const { t } = useTranslation();
  const [open, { toggle, close }] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const section = sections.findLast(([to]) => (to === "/" ? path === "/" : path.startsWith(to)));
  useEffect(() => {
    document.title = section ? `${t(`menu.${section[1]}`)} · ${t("title")}` : t("title");
  }, [section, t]);
  return (
    <AppShell header={{ height: 60 }} navbar={{ width: 220, breakpoint: "sm", collapsed: { mobile: !open } }} padding="md">
      <a className="skip" href="#main">
        {t("skip")}
      </a>
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group wrap="nowrap">
            <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t("menu.open")} />
            <Text component={Link} to="/" fw={700} size="lg" c="inherit" td="none">
              creditd
            </Text>
          </Group>
          <Search />
          <Group gap="xs" wrap="nowrap">
            <NodeState />
            <Language />
            <Scheme />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t("menu.label")}>
        <AppShell.Section grow component={ScrollArea}>
          {sections.map(([to, name]) => (
            <NavLink key={to} component={Link} to={to} label={t(`menu.${name}`)} active={section?.[0] === to} onClick={close} />
          ))}
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main">
        <Outlet />
      </AppShell.Main>
    </AppShell>
  );
}
