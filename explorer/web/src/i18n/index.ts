import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "./en.json";

export const languages = ["en", "zh"] as const;
export type Language = (typeof languages)[number];

const key = "creditd.language";

function preferred(): Language {
  const kept = localStorage.getItem(key);
  const wanted = kept ?? navigator.language;
  return languages.find((language) => wanted.startsWith(language)) ?? "en";
}

/** Switch, load the texts when they are not here yet, and remember it in this browser. */
export async function use(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const texts = await import("./zh.json");
    i18next.addResourceBundle(language, "translation", texts.default);
  }
  await i18next.changeLanguage(language);
  localStorage.setItem(key, language);
  document.documentElement.lang = language;
}

/** Start with the language of this browser; English is in the first file that is loaded, and what stands in for gaps. */
export async function start(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false }, // React escapes
  });
  const language = preferred();
  if (language !== "en") await use(language);
  document.documentElement.lang = i18next.language;
}
