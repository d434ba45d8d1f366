// Loaded by every page: sees what the page is and fetches only what it needs.
import { facts } from "./facts.mjs";
import "./page.css";

const features = [];
if (facts.kind === "chapter") features.push(import("./cells.mjs"));
if (facts.kind === "exercise") features.push(import("./exercise.mjs"));
features.push(import("./reader.mjs")); // progress, offline

for (const feature of features) feature.then(({ attach }) => attach());
