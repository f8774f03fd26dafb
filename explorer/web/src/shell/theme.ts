import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from "@mantine/core";

// One colour for what can be clicked; its shades pass WCAG AA on white and on the dark background.
const sea: MantineColorsTuple = [
  "#eaf4fd", "#d6e6f5", "#a9cbe9", "#79afdd", "#5197d3", "#3888cd", "#2980cb", "#1c6db3", "#1c5d99", "#064f88",
];

export const theme = createTheme({
  primaryColor: "sea",
  primaryShade: { light: 8, dark: 3 },
  colors: { sea },
  autoContrast: true,
  fontFamily: "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', 'Noto Sans SC', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SFMono-Regular', 'DejaVu Sans Mono', monospace",
  defaultRadius: "md",
});

// Where the library's own shades miss WCAG AA (4.5:1), on white and on the tint of badges, or on the dark background and
// the rows of tables there.
export const readable: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#495057",
    "--mantine-color-placeholder": "#5c636a",
    "--mantine-color-error": "#b02a37",
    "--mantine-color-teal-light-color": "#076b4d",
    "--mantine-color-orange-light-color": "#a33a07",
    "--mantine-color-red-light-color": "#a61e1e",
    "--mantine-color-gray-light-color": "#495057",
    "--mantine-color-gray-outline": "#495057",
  },
  dark: {
    "--mantine-color-anchor": "#79afdd",
    "--mantine-color-dimmed": "#b8b8b8",
    "--mantine-color-placeholder": "#a6a6a6",
    "--mantine-color-error": "#ffa8a8",
    "--mantine-color-teal-light-color": "#63e6be",
    "--mantine-color-orange-light-color": "#ffc078",
    "--mantine-color-red-light-color": "#ffa8a8",
    "--mantine-color-gray-light-color": "#ced4da",
    "--mantine-color-gray-outline": "#ced4da",
  },
});
