// Copies the style, the fonts and the icons that pages and PDFs use out of node_modules into static/build.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const modules = "node_modules";
const target = "static/build";
const draft = `${target}.new`;

const WHOLE_FILES = {
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
};
// The screen's font: a variable cut in two subsets (the PDFs need the full files below).
const WEB_FONTS = ["latin", "latin-ext"];
const FONTS = {
  "source-sans-3": ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"],
  "source-serif-4": ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"],
};

if (!existsSync(modules)) {
  console.error("node_modules is missing. Run: npm ci");
  process.exit(1);
}
rmSync(draft, { recursive: true, force: true });
mkdirSync(join(draft, "fonts"), { recursive: true });

for (const [name, source] of Object.entries(WHOLE_FILES)) {
  // The maps stay behind, so the remarks that point at them go.
  const text = readFileSync(join(modules, source), "utf8").replace(/\/[*/]# sourceMappingURL=.*$/gm, "");
  writeFileSync(join(draft, name), text);
}

for (const [family, cuts] of Object.entries(FONTS)) {
  for (const cut of cuts) {
    const prefix = family.split("-").map((word) => word[0].toUpperCase() + word.slice(1)).join("");
    const file = `${prefix}_${cut}.ttf`;
    cpSync(join(modules, "@expo-google-fonts", family, cut, file), join(draft, "fonts", `${family}-${cut.replace(/^\d+/, "").toLowerCase()}.ttf`));
  }
}

for (const subset of WEB_FONTS) {
  const file = `source-sans-3-${subset}-wght-normal.woff2`;
  cpSync(join(modules, "@fontsource-variable/source-sans-3/files", file), join(draft, "fonts", `source-sans-3-${subset}.woff2`));
}

// The drawings of the icons named in static/icons.txt, one a line.
const names = readFileSync("static/icons.txt", "utf8").split("\n").map((line) => line.trim()).filter((line) => line && !line.startsWith("#"));
const missing = names.filter((name) => !existsSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`)));
if (missing.length > 0) {
  console.error(`static/icons.txt names icons that do not exist: ${missing.join(", ")}`);
  process.exit(1);
}
const shapes = (name) => readFileSync(join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8").match(/<(?!\/?svg\b|path stroke="none")[^>]+>/g).join("");
writeFileSync(join(draft, "icons.json"), JSON.stringify(Object.fromEntries(names.map((name) => [name, shapes(name)]))));

rmSync(target, { recursive: true, force: true });
renameSync(draft, target);
