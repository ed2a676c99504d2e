// Copies what the pages and the PDFs use out of node_modules into static/build.
// Icons are the names listed in static/icons.txt ("check", or "star filled" for the filled drawing), one a line.
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync, existsSync } from "node:fs";
import { join } from "node:path";

const modules = "node_modules";
const target = "static/build";
const draft = `${target}.new`;

const WHOLE_FILES = {
  "tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
  "tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
};
const FONTS = {
  "source-sans-3": ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"],
  "source-serif-4": ["400Regular", "400Regular_Italic", "600SemiBold", "700Bold"],
};

if (!existsSync(modules)) {
  console.error("node_modules is missing. Run: npm ci");
  process.exit(1);
}
rmSync(draft, { recursive: true, force: true });
mkdirSync(join(draft, "icons"), { recursive: true });
mkdirSync(join(draft, "fonts"));

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

const missing = [];
const lines = existsSync("static/icons.txt") ? readFileSync("static/icons.txt", "utf8").split("\n") : [];
for (const line of lines.map((text) => text.trim()).filter((text) => text && !text.startsWith("#"))) {
  const [name, style = "outline"] = line.split(/\s+/);
  const source = join(modules, "@tabler/icons/icons", style, `${name}.svg`);
  if (!existsSync(source)) {
    missing.push(line);
    continue;
  }
  const svg = readFileSync(source, "utf8").replace(/<!--[\s\S]*?-->/g, "").replace(/\s+/g, " ").trim();
  writeFileSync(join(draft, "icons", `${name}${style === "outline" ? "" : `-${style}`}.svg`), svg);
}
if (missing.length > 0) {
  console.error(`static/icons.txt names icons that do not exist: ${missing.join(", ")}`);
  process.exit(1);
}
rmSync(target, { recursive: true, force: true });
renameSync(draft, target);
